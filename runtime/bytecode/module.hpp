// A compiled project: everything the runtime, the trials and the reports need, so that none of them needs
// the compiler. Names and keys, never positions, are what journal, weights and idempotency keys use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/bytecode/head.hpp"
#include "runtime/values/hash.hpp"
#include "runtime/values/type.hpp"

namespace fairlead::bytecode {

/// The format of the file; one up for every change that an older reader would not understand.
constexpr std::uint32_t format_version = 4;

/// How many values one workflow may keep: an instance holds them for as long as it lives, and a number fits a byte.
constexpr std::uint32_t most_locals = 64;

enum class Opcode : std::uint8_t {
#define OPCODE(name, shape, operands, meaning) name,
#include "runtime/bytecode/opcodes.def"
#undef OPCODE
};

/// How `to_text` writes a value: money needs its currency, which is constant `c` of the module's currencies.
/// Register operand c of to_text is an index into Module::currencies, or 255 for no currency.
constexpr std::uint8_t no_currency = 255;

/// What a guard may ask about the effect that it judges (operand x of `site`).
enum class SiteValue : std::uint8_t { channel, consent, content, transactional, workflow, amount };
constexpr std::uint8_t site_values = 6;

/// What `escape` makes of a text, by where it is going to stand (its number c).
enum class Escape : std::uint8_t {
  text,       // between the tags of HTML
  lines,      // the same for a text that is no HTML: its line breaks become `<br>`
  attribute,  // in a quoted attribute of HTML
  part,       // a part of a web address: percent-encoded
  address,    // a whole web address in an attribute: http, https or mailto, or a fault
};
constexpr std::uint8_t escapes = 5;

struct Instruction {
  std::uint32_t word = 0;

  static Instruction abc(Opcode op, unsigned a, unsigned b, unsigned c) {
    return {static_cast<std::uint32_t>(op) | a << 8U | b << 16U | c << 24U};
  }
  static Instruction ax(Opcode op, unsigned a, unsigned x) {
    return {static_cast<std::uint32_t>(op) | a << 8U | x << 16U};
  }

  [[nodiscard]] Opcode op() const { return static_cast<Opcode>(word & 0xffU); }
  [[nodiscard]] unsigned a() const { return word >> 8U & 0xffU; }
  [[nodiscard]] unsigned b() const { return word >> 16U & 0xffU; }
  [[nodiscard]] unsigned c() const { return word >> 24U; }
  [[nodiscard]] unsigned x() const { return word >> 16U; }
  bool operator==(const Instruction&) const = default;
};

/// An expression. Register 0… are free; the result is what `give` names.
struct Function {
  std::string name;             // for the disassembly: `whitepaper_nurture/offer/demo when`
  std::uint32_t registers = 0;  // at most 255
  std::vector<Instruction> code;
  std::vector<std::uint32_t> lines;  // of each instruction, 1-based, in `file`
  Labels labels{};                   // of its result
  bool operator==(const Function&) const = default;
};

/// A leaf field of the contact record; nested records are flattened: `consent.email`.
struct Field {
  std::string name;
  std::uint32_t id = 0;  // name_id(name): how stored records know it
  FieldType type;
  bool key = false;
  Labels labels{};
  bool zone = false, country = false, fixed = false;
  Index initial = none;             // function of its default
  std::optional<Duration> fresh;    // data readiness: how old it may be
  std::optional<Decimal> complete;  // the share of contacts that must have it
  bool operator==(const Field&) const = default;
};

/// A leaf field of an event or a parameter of a content; nested records are flattened: `address.city`.
struct EventField {
  std::string name;
  FieldType type;
  Labels labels{};
  bool operator==(const EventField&) const = default;
};

struct EventType {
  std::string name;
  std::vector<EventField> fields;
  bool of_message = false;  // reported by a channel: may say which content it answers
  bool of_contact = true;   // something that the contact did: `idle` counts it
  bool operator==(const EventType&) const = default;
};

/// What is kept of a contact's history, up to date as events arrive.
///   count  `count(E where …, last W)`: the instants of matching events within the window
///   sum    `sum(E.field where …, last W)`: their amounts too
///   last   `since last(E where …)`, `last(E).field`, `idle(D)`: the last matching event, however long ago
enum class CounterKind : std::uint8_t { count, sum, last };

struct Counter {
  std::string key;       // canonical text: `visited where page == "pricing", 7 days`
  std::uint32_t id = 0;  // name_id(key)
  Index event = none;    // last: none where it is anything that the contact did
  Index where = none;    // function over the event (bound as number 0); none: all
  Duration window;       // last: none
  CounterKind kind = CounterKind::count;
  Index field = none;  // of the event: what is added up, or looked at
  bool operator==(const Counter&) const = default;
};

/// `rate(complained per sent, last 7 days)`, over a workflow.
struct Rate {
  std::string key;
  Index event = none;
  Index per = none;  // none: messages that the workflow sends
  Duration window;
  std::string file;
  std::uint32_t line = 0;
  bool operator==(const Rate&) const = default;
};

/// `without unsubscribed above 0.5%`: an event that must not become frequent.
struct GuardMetric {
  Index event = none;
  Decimal above;  // share, 0 to 1
  bool operator==(const GuardMetric&) const = default;
};

struct Goal {
  std::string name;
  Index event = none;
  Index where = none;
  Duration within;
  std::optional<Decimal> worth, baseline, target;  // baseline and target: shares, or of what is summed
  Decimal holdout;                                 // share, 0 to 1
  Index sum = none;                                // reach sum: the event's field
  std::vector<GuardMetric> without;
  std::string file;
  std::uint32_t line = 0;
  bool operator==(const Goal&) const = default;
};

struct Channel {
  std::string name;
  Index to = none;                  // field; none where the channel needs no address
  Index consent = none;             // field; none: not needed
  std::vector<Index> withdrawn_on;  // events
  std::vector<Index> reports;       // events
  Decimal cost;                     // in the project's currency, per message
  bool operator==(const Channel&) const = default;
};

/// One of the texts of an adaptive slot.
struct SlotText {
  std::string name;
  Index text = none;  // function
  bool operator==(const SlotText&) const = default;
};

/// `write with MODEL { … }`: a model writes the text when it is wanted.
struct Generated {
  Index model = none;
  Index prompt = none;        // function
  std::uint32_t at_most = 0;  // characters; 0: as many as the slot takes
  bool operator==(const Generated&) const = default;
};

struct Slot {
  std::string name;
  Index text = none;               // function; none where `one_of` has several. Of a generated text: what stands in
  std::uint32_t line = 0;          // in the content's file
  std::vector<SlotText> one_of{};  // `one of { … }`: each slot learns on its own
  std::optional<Generated> generated{};
  bool operator==(const Slot&) const = default;
};

struct Variant {
  Index channel = none;
  std::vector<Slot> slots;
  bool operator==(const Variant&) const = default;
};

struct Content {
  std::string name;
  bool transactional = false;
  std::vector<EventField> parameters;
  std::vector<Variant> variants;  // one a channel
  std::string file{};
  bool operator==(const Content&) const = default;
};

/// Colleagues who may decide where a person's word is wanted.
struct Role {
  std::string name;
  std::vector<std::string> members;  // e-mail addresses, as written
  bool operator==(const Role&) const = default;
};

/// A colleague to whom contacts are assigned.
struct Member {
  std::string address;
  std::uint32_t capacity = 0;  // contacts a period
  Period per = Period::week;   // a window is `within` long
  Duration within;
  Index when = none;  // function: whom of the contacts the member takes
  bool operator==(const Member&) const = default;
};

struct Team {
  std::string name;
  std::vector<Member> members;
  bool operator==(const Team&) const = default;
};

/// What an effect does to the world outside; policies speak of these.
enum class EffectKind : std::uint8_t { message, spend, publish, retract, write };
std::string_view to_string(EffectKind kind);

/// A call that a connector carries out.
struct Action {
  std::string name;
  std::vector<EventField> parameters;
  std::vector<EventField> returns;
  EffectKind effect = EffectKind::write;
  Index amount = none;  // spend: function over the parameters
  bool operator==(const Action&) const = default;
};

enum class Method : std::uint8_t { get, post, put, patch, erase };
std::string_view to_string(Method method);

/// A name in a request and the function that gives its value; one that is absent is left out.
struct Pair {
  std::string name;
  Index value = none;
  FieldType type;
  bool operator==(const Pair&) const = default;
};
/// A value that the provider answers, and the path at which its answer has it.
struct Answer {
  std::string name, path;
  bool operator==(const Answer&) const = default;
};

/// How a connector asks its provider. Its functions read Connector::inputs as parameters.
struct Request {
  Method method = Method::post;
  Index address = none;            // function: the URL
  std::vector<Index> credentials;  // none: unsigned; one: bearer; two: basic
  std::vector<Pair> headers, query, form, json;
  std::vector<Answer> answers;
  std::string idempotency_header;  // empty: the provider knows no such key
  std::uint32_t line = 0;
  bool operator==(const Request&) const = default;
};

/// An event that a provider reports: `delivered when MessageStatus == "delivered" for MessageSid`.
struct Callback {
  Index event = none;
  Index when = none;    // function over Receive::fields as parameters
  std::string message;  // the path at which the provider names the message
  bool operator==(const Callback&) const = default;
};

enum class Digest : std::uint8_t { sha1, sha256 };

struct Receive {
  std::string path;  // `/hooks/twilio`
  Digest digest = Digest::sha256;
  std::string header;               // that carries the signature
  std::string secret;               // with which it is made
  std::vector<std::string> fields;  // of the provider's callback: paths, all of them text
  std::vector<Callback> callbacks;
  bool operator==(const Receive&) const = default;
};

/// How a channel or an action reaches the outside.
struct Connector {
  std::string name, file;
  std::uint32_t line = 0;
  std::vector<Index> channels, actions;
  std::vector<std::string> secrets;
  std::vector<EventField> inputs;  // what its requests may read: secrets first, then what the effect says
  Request request;
  std::vector<std::uint32_t> retry_on;  // HTTP status codes
  std::uint32_t retries = 0;            // at most so many; 0: as long as the effect may wait
  std::uint32_t rate = 0;               // requests a `rate_window`; 0: no limit
  Duration rate_window;
  std::vector<Receive> receives;
  bool operator==(const Connector&) const = default;
};

/// What writes generated texts, as audits name it.
struct Model {
  std::string name, connector, provider_name, version;
  bool operator==(const Model&) const = default;
};

/// So much per period and no more: a weight, or a part of a budget. Beyond it a role approves, where one is named.
struct Pace {
  Decimal share;
  Period period = Period::window;
  Duration window;
  std::string approval;
  bool operator==(const Pace&) const = default;
};

struct Feature {
  std::string name;
  Index value = none;  // function
  FieldType type;
  bool operator==(const Feature&) const = default;
};

struct Option {
  std::string name;
  Index when = none;
  std::optional<Decimal> start;
  Decimal at_least;  // beside what the choice explores
  std::optional<Decimal> at_most;
  Index first = none;  // step
  bool operator==(const Option&) const = default;
};

struct Choice {
  std::string key;  // `whitepaper_nurture/offer`
  Index goal = none;
  std::vector<Feature> features;
  Decimal explore;  // floor per eligible option
  std::vector<Option> options;
  std::optional<Duration> half_life;
  std::optional<Pace> move;
  bool operator==(const Choice&) const = default;
};

/// A fixed experiment: who goes which way is a hash of the contact, with a salt of its own.
struct SplitVariant {
  std::string name;
  Decimal share;
  Index first = none;  // step
  bool operator==(const SplitVariant&) const = default;
};

struct Split {
  std::string key;    // `whitepaper_nurture/tone`
  Index goal = none;  // none: it measures nothing
  std::vector<SplitVariant> variants;
  bool adopt = false;    // the better one, when sure
  std::string approval;  // of that, by this role; empty: none
  bool operator==(const Split&) const = default;
};

/// A state that a plan distinguishes; of those whose condition holds the last counts.
struct Stage {
  std::string name;
  Index when = none;  // the first has none
  bool operator==(const Stage&) const = default;
};

struct Play {
  std::string name;
  std::vector<Index> stages;  // of its plan; empty: all
  Index when = none;
  std::string approval;
  Index first = none;  // step; its ways lead back to the plan
  bool operator==(const Play&) const = default;
};

struct Plan {
  std::string key;
  Index goal = none;
  std::uint32_t most = 0;  // plays
  Duration apart, within;
  std::vector<Stage> stages;
  std::vector<Play> plays;
  bool operator==(const Plan&) const = default;
};

/// A record beside the contact.
struct RecordType {
  std::string name;
  std::vector<Field> fields;
  bool operator==(const RecordType&) const = default;
};

/// A budget that is shared out over records.
struct Allocation {
  std::string key;
  Index goal = none;
  Decimal amount;  // in the project's currency
  Period period = Period::window;
  Duration window;
  Index record = none, where = none;
  Decimal least, most;  // of the whole, for each
  std::optional<Pace> move;
  bool operator==(const Allocation&) const = default;
};

/// `at best hour between …`
struct Hours {
  TimeOfDay from, to;
  bool operator==(const Hours&) const = default;
};

enum class StepKind : std::uint8_t {
  send,
  wait_for,
  wait_until,
  wait_event,
  branch,
  choose,
  set,
  stop,
  leave,
  repeat,
  split,
  follow,
  for_each,
  allocate,
  plan,
  act,
  let,
  approve,
  assign,
};
std::string_view to_string(StepKind kind);
enum class AssignBy : std::uint8_t { round_robin, least_loaded, best };
std::string_view to_string(AssignBy by);

/// One `for E …` of a wait.
struct Arm {
  Index event = none;
  Index of_content = none;
  Index where = none;
  Index bind = none;   // number under which the event is bound; none: not bound
  Index first = none;  // step
  bool operator==(const Arm&) const = default;
};

struct Step {
  StepKind kind = StepKind::leave;
  std::string key;  // `whitepaper_nurture/offer/demo/send demo_invite#1`
  std::uint32_t line = 0;
  Index next = none;                     // none: the workflow ends here. For branch: where the condition holds
  Index otherwise = none;                // branch: where it does not; wait_event: after the time; approve: not approved
  Index value = none;                    // function: condition, duration, time of day, new value
  Index content = none, channel = none;  // send
  std::vector<Index> arguments;          // send, act: functions
  std::vector<Arm> arms;                 // wait_event
  Index choice = none;                   // choose
  Index field = none;                    // set
  std::uint32_t times = 0;               // repeat: rounds; value: until. next: a round, otherwise: what comes after
  Duration every{};                      // repeat: how long a round lasts at least
  Index split = none, plan = none, allocation = none;
  Index workflow = none;                // follow
  Index record = none;                  // for_each; value: where. next: a round, otherwise: what comes after
  Index bind = none;                    // for_each, allocate: number under which the record is bound, like an event
  std::vector<Index> best{};            // send: channels of which the best is picked
  std::optional<Hours> best_hour{};     // send
  Index action = none;                  // act
  Index local = none;                   // let: where the value is kept; act: where its answer is, one a field after it
  Index role = none;                    // approve: who decides
  Duration within;                      // approve: how long it waits for them
  std::vector<Index> covered;           // approve: the steps that are decided on, in order; next is the first
  Index team = none;                    // assign
  AssignBy by = AssignBy::round_robin;  // assign
  std::vector<Index> proved{};          // send, act: rules that nobody who comes here can break, ascending
  bool operator==(const Step&) const = default;
};

struct Trigger {
  Index event = none;
  Index where = none;  // function over the event as number 0
  bool operator==(const Trigger&) const = default;
};

struct Workflow {
  std::string name, owner, file;
  std::uint32_t line = 0;
  Index goal = none;
  std::vector<Trigger> enter;
  std::vector<Trigger> leave_on;
  std::vector<Index> leave_when;
  std::optional<Duration> again;    // after leaving; none: never
  std::string subject = "contact";  // whom it is for; empty: nobody
  Head head;                        // what else it says before its steps
  std::vector<Index> rules;         // that bind it
  std::vector<Index> steps;         // all of it, in source order
  Index first = none;
  std::uint32_t bindings = 1;  // how many events it may bind, the entry's (0) included
  std::uint32_t locals = 0;    // how many values it may keep
  bool operator==(const Workflow&) const = default;
};

/// A field or argument and the function that gives its value.
struct Given {
  Index field = none;
  Index value = none;
  bool operator==(const Given&) const = default;
};

struct TestStep {
  enum class Kind : std::uint8_t {
    given,
    when,
    after,
    set,
    expect_sent,
    expect_nothing_sent,
    expect_left,
    expect_entered,
    expect_chosen,
    expect_that,
    given_row
  };
  Kind kind = Kind::given;
  std::uint32_t line = 0;
  std::vector<Given> values;  // given, given_row: fields; when: event fields; set: one
  Index event = none;         // when; given_row: the record
  Index of_content = none;    // when: which content it answers
  Index workflow = none;      // expect left/entered
  Duration after;
  Index content = none, channel = none;  // expect sent
  bool negated = false;                  // expect not sent, not left, …
  std::uint32_t times = 0;               // expect sent: exactly so often; 0: at least once
  Index choice = none;                   // expect chosen
  std::uint32_t option = 0;              // expect chosen: of the choice
  Index condition = none;                // expect that: function over the contact
  std::vector<Index> fields;             // expect that: what it reads of the contact, to be shown
  std::string text;                      // expect that: as written, on one line
  bool operator==(const TestStep&) const = default;
};

/// One row of a test's table: what is different about the contact, and what is expected at the end.
struct TestCase {
  std::string name;
  std::uint32_t line = 0;
  std::vector<Given> values;  // over those of `given`
  std::vector<TestStep> expect;
  bool operator==(const TestCase&) const = default;
};

struct Test {
  std::string name, file;
  std::uint32_t line = 0;
  std::vector<TestStep> steps;
  std::vector<TestCase> cases;  // the test runs once for each; once where there is none
  bool operator==(const Test&) const = default;
};

/// `sent(welcome) leads to clicked 8% when … within 2 days`
struct Reaction {
  enum class Cause : std::uint8_t { arrival, sent, event };
  Cause cause = Cause::arrival;
  Index content = none;  // sent
  Index event = none;    // event
  Index effect = none;   // the event it leads to
  std::vector<Given> values;
  Decimal probability;  // 0 to 1
  Index when = none;
  Duration within;
  bool operator==(const Reaction&) const = default;
};

struct Expectation {
  Index goal = none;  // how many reach it; none: how many messages of `content` are sent
  Index content = none;
  bool above = true;
  Decimal share;            // of a goal
  std::uint64_t count = 0;  // of a content
  std::uint32_t line = 0;
  bool operator==(const Expectation&) const = default;
};

/// A value and how many of the people who are made up have it.
struct Portion {
  Index value = none;  // function
  Decimal share;       // 0 to 1
  bool operator==(const Portion&) const = default;
};

/// A field of people who are made up. The rest, up to the whole, has the field's default or nothing.
struct Mixture {
  Index field = none;
  std::vector<Portion> portions;
  bool operator==(const Mixture&) const = default;
};

/// More people than this are not made up.
constexpr std::uint64_t most_made_up = 10'000'000;

struct Simulation {
  std::string name, file;
  std::uint32_t line = 0;
  std::uint64_t contacts = 0;
  std::string from;  // path as written: relative to the folder of the project; empty: people are made up
  std::vector<Mixture> like;
  std::vector<Reaction> reactions;
  Duration run;
  std::uint64_t seed = 0;
  std::vector<Expectation> expect;
  bool operator==(const Simulation&) const = default;
};

struct SourceFile {
  std::string path;
  std::string text;
  bool operator==(const SourceFile&) const = default;
};

/// A segment, for the disassembly and the reports; its expression is inlined where it is asked.
struct Segment {
  std::string name;
  Index when = none;
  bool operator==(const Segment&) const = default;
};

/// A band of a score, from where the one before ends.
struct Band {
  std::string name;
  std::optional<Decimal> below;  // the last has none
  bool operator==(const Band&) const = default;
};

/// A learned score: the probability of an event.
struct Score {
  std::string name;
  Index event = none;
  Index where = none;
  Duration within;
  std::vector<Feature> features;
  std::vector<Band> bands;
  std::string file;
  std::uint32_t line = 0;
  bool operator==(const Score&) const = default;
};

/// Points, for the reports; their expression is inlined where they are asked.
struct Points {
  std::string name;
  Index value = none;
  bool operator==(const Points&) const = default;
};

/// `release EXPR because "…"`: labels that an author took away, and why.
struct Release {
  std::string text;  // what was released, as written
  Labels labels;     // that it had
  std::string because, file;
  std::uint32_t line = 0;
  bool operator==(const Release&) const = default;
};

/// A constant owns its bytes.
struct Constant {
  Tag tag = Tag::none;
  int128 units = 0;  // number, money; others: their integer
  std::string text;
  std::vector<Constant> items;
  bool operator==(const Constant&) const = default;
};

struct Module {
  std::string project;
  std::string zone;      // IANA name of the project's zone
  std::string currency;  // ISO 4217
  std::vector<Constant> constants;
  std::vector<std::string> currencies;
  std::vector<Function> functions;
  std::vector<Field> fields;
  std::vector<EventType> events;
  std::vector<Counter> counters;
  std::vector<Rate> rates;
  std::vector<Segment> segments;
  std::vector<Score> scores;
  std::vector<Points> points;
  std::vector<Release> releases;
  std::vector<Goal> goals;
  std::vector<Channel> channels;
  std::vector<Content> contents;
  std::vector<Model> models;
  std::vector<Rule> rules;
  std::vector<Role> roles;
  std::vector<Team> teams;
  std::vector<Action> actions;
  std::vector<Connector> connectors;
  std::vector<Choice> choices;
  std::vector<Split> splits;
  std::vector<Plan> plans;
  std::vector<RecordType> records;  // beside the contact
  std::vector<Allocation> allocations;
  std::vector<Step> steps;
  std::vector<Workflow> workflows;
  std::vector<Test> tests;
  std::vector<Simulation> simulations;
  std::vector<SourceFile> sources;
  bool operator==(const Module&) const = default;
};

/// Bytes of a module: magic "FLBC", format version, SHA-256 of the rest, the rest.
std::string encode(const Module& module);

/// Reads, checks the hash and verifies (see verify). The bytes may be a stranger's.
Result<Module> decode(std::string_view bytes);

/// Refuses what could crash or hang the VM or the engine: every index within its table, every register within
/// its function, every jump forward and inside, every function ending in `give` or `jump`, no way of a flow
/// leading back but by a repeat, whose rounds are counted and take time, every share between 0 and 1.
Result<void> verify(const Module& module);

/// The hash by which a deployed version is known: of the encoded bytes after the header.
Hash fingerprint(const Module& module);

/// For a person, beside the source: tables, steps with their keys, functions with their instructions.
std::string disassemble(const Module& module);

struct OpcodeInfo {
  std::string_view name, shape, operands, meaning;
};
OpcodeInfo info(Opcode op);
extern const unsigned opcode_count;

}  // namespace fairlead::bytecode
