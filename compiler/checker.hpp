// The checks, one for each family of declarations. They share the program that they fill and the list of what they
// have to say; a check that meets something broken that was reported already says nothing more.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <unordered_map>

#include "compiler/facts.hpp"
#include "compiler/program.hpp"
#include "compiler/project_files.hpp"

namespace fairlead::compiler {

/// An event that has a name in an expression: `event`, or `as click`.
struct Binding {
  std::string name;
  Index event = none;
  Index number = 0;
  Index record = none;  // what is bound is a record of this kind, not an event
};

/// A value that a pass keeps: `let share = …`, or what an action answered, `let deal = do …`.
struct Local {
  std::string name;
  Index number = 0;
  Type type;
  Index action = none;        // its answer's fields have the numbers after its own
  bytecode::Labels labels{};  // of what it was made of
};

/// What an expression may read.
struct Scope {
  bool contact = true;
  bool history = true;
  bool nobody = false;  // a workflow that is for no contact: neither of these, but there is a clock
  std::vector<Binding> bindings;
  std::optional<Binding> subject;  // the event that is being tested: its fields go by their bare names
  const std::vector<bytecode::EventField>* parameters = nullptr;
  std::vector<Local> locals;
  std::vector<std::string>* provided = nullptr;      // a provider's callback: every name is a text, and is noted here
  bool site = false;                                 // a rule: `workflow`, and what the effect says of itself
  bytecode::Effect effect = bytecode::Effect::send;  // a rule's: a message has `channel` and `content`
  bool rates = false;                                // `pause when`: `rate`
  Facts present;                                     // optionals known to be there
  Facts invariants;                                  // those that every wait leaves there (`leave when`)
  StaleFacts<Place> stale;                           // what was known to be there, and where time passed since
};

/// A value that stands in a call, by name; parts of records by their dotted names.
struct Argument {
  std::string name;     // empty where it has none
  grammar::Node node;   // all of it
  grammar::Node value;  // its expression; empty where it has none
};
std::vector<Argument> arguments_of(grammar::Node call);

/// Names in backquotes, with commas between.
std::string listed(const std::vector<std::string>& names);

class Checker {
 public:
  /// The first `own` files are the project's, the others the standard library's.
  Checker(const std::vector<grammar::Source>& files, std::size_t own, Program& program,
          std::vector<grammar::Diagnostic>& diagnostics, Templates& templates)
      : files_(files),
        own_(own),
        library_end_(files.size()),
        program_(program),
        diagnostics_(diagnostics),
        templates_(templates) {}

  /// Everything, in an order in which what is read has been declared.
  void check(const std::vector<grammar::Node>& roots);

 private:
  // ---- names (names.cpp)
  void collect(const std::vector<grammar::Node>& roots);
  /// The declaration that `name` (a token) means, or none after a diagnostic.
  Index find(NameKind kind, grammar::Node name);
  [[nodiscard]] std::string suggestion(NameKind kind, std::string_view word) const;
  /// The fix that goes with the suggestion.
  void mend_name(grammar::Diagnostic& said, NameKind kind, grammar::Node name) const;
  /// Says that the contact has no such field; `name` is without `contact.`.
  void no_field(Place at, const std::string& name);

  // ---- declarations (declarations.cpp)
  void project(grammar::Node node);
  void lint_level(grammar::Node clause);
  void type_alias(grammar::Node node);
  void record(grammar::Node node);
  /// What stands at a record goes for all of its parts.
  struct Inherited {
    bytecode::Labels labels;
    bool fixed = false, optional = false;
    std::optional<Duration> fresh;
    std::optional<Decimal> complete;
  };
  void record_field(grammar::Node node, const std::string& prefix, const Inherited& inherited);
  void other_record(grammar::Node node, Index index);
  void event(grammar::Node node, Index index);
  /// What a channel reports of a message's way is nothing that the contact did.
  void events_of_contact();
  Index segment(Index index);
  Type type(grammar::Node node);
  std::vector<bytecode::EventField> event_fields(const grammar::Nodes& nodes);
  /// The parts of a record, of a type that is one or that is called by a name of one; else none.
  [[nodiscard]] grammar::Node record_of(grammar::Node type) const;
  static bytecode::Labels labels_of(grammar::Node field);

  // ---- measures (measures.cpp)
  void goal(grammar::Node node, Index index);
  void score(Index index);
  void points(Index index);
  ExprId point(grammar::Node node, const std::string& owner);
  /// The score or the points of this name; no_expr where there are none, or where they cannot be read.
  ExprId measure_of(const std::string& name, Place at, const Scope& scope);
  ExprId band_of(ExprId score, grammar::Node name);
  /// How far a definition that others ask for has come.
  enum class Stage : std::uint8_t { untouched, begun, done, broken };
  /// Follows a definition once; those that ask, in the end, for themselves are reported and broken. True where it is
  /// sound.
  bool define(Stage& stage, const Declared& what, NameKind kind, const std::function<void()>& follow);

  // ---- channels (channels.cpp)
  void channel(grammar::Node node, Index index);
  void channel_slots(grammar::Node clause, Index index);
  /// Whether the contact has what a channel of the library reads; what it lacks is said when the channel is named.
  bool channel_field(grammar::Node channel, Index index, grammar::Node clause, std::string_view verb);
  /// A channel is named: says what it lacks, where it was dormant, and gives the index that it has from now on.
  Index wake_channel(Index index, grammar::Node name);
  void library_channels_sleep();
  void swap_channels(Index a, Index b);

  // ---- contents and models (content.cpp)
  void content_head(grammar::Node node, Index index);
  void content_texts(grammar::Node node, Index index);
  bytecode::Slot slot(grammar::Node node, const SlotForm& form, const Scope& scope, const std::string& name);
  std::vector<bytecode::SlotText> adaptive(grammar::Node node, const SlotForm& form, const Scope& scope,
                                           const std::string& name);
  bytecode::Generated generated(grammar::Node node, const SlotForm& form, const Scope& scope, const std::string& name,
                                Index& otherwise);
  void model(grammar::Node node, Index index);

  // ---- what a slot says (texts.cpp, templates.cpp)
  ExprId slot_text(grammar::Node node, const SlotForm& form, const Scope& scope);
  ExprId quoted_html(grammar::Node node, const Scope& scope);
  /// A web address with holes: where it leads is fixed.
  ExprId address_text(grammar::Node node, const Scope& scope);
  ExprId file_text(grammar::Node node, const SlotForm& form, const Scope& scope);
  ExprId html_template(const grammar::Tree& tree, Place at, const Scope& scope);
  ExprId plain_template(const grammar::Tree& tree, const SlotForm& form, Place at, const Scope& scope);
  /// The value of a hole, which has to be there and to be something that a text can show; nothing after a diagnostic.
  std::optional<ExprId> shown(grammar::Node hole, const Scope& scope);
  ExprId as_text(ExprId value);
  ExprId escaped(ExprId text, bytecode::Escape form);
  ExprId joined(std::vector<ExprId> parts, Place at);
  void refuse_hole(grammar::Node hole, std::string_view where, std::string help);
  void length(const std::string& fixed, const SlotForm& form, Place at);

  // ---- colleagues (colleagues.cpp), actions and connectors (connections.cpp)
  void role(grammar::Node node, Index index);
  void team(grammar::Node node, Index index);
  /// Text that must be a colleague's address; nothing after a diagnostic.
  std::optional<std::string> address(grammar::Node text);
  void action(grammar::Node node, Index index);
  void connector(grammar::Node node, Index index);
  friend class ConnectionReader;

  // ---- policies (policies.cpp)
  void policy(grammar::Node node, Index index);
  [[nodiscard]] bool clock_only(ExprId expr) const;
  /// What an expression means, whatever it is called and wherever it stands.
  [[nodiscard]] std::string meaning(ExprId expr) const;
  /// Puts a workflow under the policies that bind it.
  void bind_policies(Index workflow);
  /// Whether a rule may put a message off, so that time passes there.
  [[nodiscard]] bool may_hold(Index workflow, Index channel) const;
  /// Says which policies bind nothing.
  void unbound_policies();

  /// So much `per` what the token says; the amount is the caller's.
  bytecode::Quota quota(grammar::Node token);

  // ---- rules that are settled by looking (settled.cpp)
  void settle_rules();

  // ---- ways (records.cpp, repeat.cpp, split.cpp)
  void other_field(grammar::Node node, const std::string& prefix, grammar::Node type, bytecode::RecordType& record,
                   std::map<std::string, Place>& seen);
  /// `binding.FIELD` of a record; `names` is the whole path.
  /// Says that a record has no such field; `before`: what is written before its name there.
  void no_record_field(Place at, Index record, const std::string& field, const std::string& before);
  ExprId record_field_of(const Binding& binding, const grammar::Nodes& names, const Scope& scope, Place at);
  /// Workflows that follow each other in a circle.
  void follow_circles();
  /// A whole number from 1 to `most`; `what` it counts is for the message.
  std::optional<std::uint32_t> whole(grammar::Node token, std::uint32_t most, std::string_view what);
  /// `move at most 10% per day with approval by legal beyond`
  std::optional<bytecode::Pace> pace(grammar::Node clause);
  /// `per day`, `per 7 days`: nothing after a diagnostic.
  std::optional<std::pair<bytecode::Period, Duration>> period(grammar::Node token);
  /// The role of `with approval by ROLE`; empty where there is none.
  std::string approver(grammar::Node owner);

  // ---- workflows (workflows.cpp, heads.cpp)
  void workflow(grammar::Node node, Index index);

  // ---- tests and simulations (trials.cpp, simulations.cpp)
  void test(grammar::Node node);
  void test_case(grammar::Node node, bytecode::Test& test, std::map<std::string, Place>& seen, bool expects);
  /// One of what an `expect` lists.
  void outcome(grammar::Node node, std::vector<bytecode::TestStep>& out);
  Index choice_of(grammar::Node path);
  void fields_read(ExprId id, std::vector<Index>& out) const;
  void simulate(grammar::Node node);
  /// People who are made up: `like { … }`.
  void people(grammar::Node clause, grammar::Node mix, bytecode::Simulation& simulation);
  void mixtures(grammar::Node block, const std::string& prefix, std::map<std::string, Place>& seen,
                bytecode::Simulation& simulation);
  std::vector<bytecode::Given> event_arguments(grammar::Node call, Index event);
  void given_values(grammar::Node block, const std::string& prefix, std::vector<bytecode::Given>& out);
  /// The same for a row of a record beside the contact.
  void given_row(grammar::Node block, Index record, const std::string& prefix, std::vector<bytecode::Given>& out);
  /// Says which fields a row has to have and does not say.
  void row_is_whole(grammar::Node name, Index record, const std::vector<bytecode::Given>& values);

  // ---- expressions (expressions.cpp, operands.cpp)
  friend class ExpressionReader;
  friend class FlowReader;
  friend class HeadReader;
  friend class RuleReader;
  friend class Settling;
  /// Checks an expression against `expected` (any value where null) and names the function that it becomes.
  Index function(grammar::Node node, const Scope& scope, const Type* expected, std::string name);
  ExprId expression(grammar::Node node, const Scope& scope, const Type* expected);
  ExprId operand_of(grammar::Node node, const Scope& scope, const Type* expected);
  ExprId list_of(grammar::Node node, const Scope& scope, const Type* expected);
  ExprId path_of(grammar::Node node, const Scope& scope, const Type* expected);
  /// What a pass keeps under the first name of the path; nothing where it keeps nothing of that name.
  std::optional<ExprId> local_of(grammar::Node node, const Scope& scope);
  ExprId call_of(grammar::Node node, const Scope& scope);
  ExprId release(grammar::Node node, const Scope& scope, const Type* expected);

  // ---- the history (history.cpp)
  /// What a call asks of it: an event, one of its fields, a condition, a window.
  struct Question {
    Index event = none, field = none;
    grammar::Node where;
    Duration window;
    std::string text;  // but for the window
  };
  ExprId history_of(grammar::Node call, const Scope& scope);
  /// `last(purchased).amount`; `field` is empty where none stands there.
  ExprId last_of(grammar::Node call, grammar::Node field, const Scope& scope);
  ExprId since_of(grammar::Node node, const Scope& scope);
  ExprId idle_of(grammar::Node call);
  ExprId rate_of(grammar::Node call, const Scope& scope);
  bool history_here(Place at, const Scope& scope);
  std::optional<Question> question(grammar::Node call, bool field, bool window);
  Index event_named(grammar::Node expression, Index* field);
  std::optional<Duration> window_of(grammar::Node literal);
  Index counter(Place at, bytecode::CounterKind kind, const Question& asked);
  ExprId ask(Op op, Type type, Place at, Index counter);
  ExprId since(Place at, Index counter, std::string path);
  ExprId text(grammar::Node node, const Scope& scope, const Type* expected);
  Index add_function(ExprId root, std::string name);
  ExprId add(Expr expr);
  /// Whether what is known to be there is there still after time has passed (language, section 10.2).
  [[nodiscard]] bool survives(const std::string& fact) const;
  /// What is sure to be there where the expression is `truth`.
  void facts(ExprId expr, bool truth, Facts& out) const;
  /// Whether asking always has an answer: no sum overflows, nothing is divided.
  [[nodiscard]] bool cannot_fail(ExprId expr) const;
  /// Whether time alone may make it true.
  [[nodiscard]] bool comes_by_clock(ExprId expr) const;
  /// Says that a value may be absent where one is needed.
  void absent(const Expr& expr, const Scope& scope, std::string message, std::string help);
  /// Says that a value is not of the type that is wanted.
  void unlike(const Expr& expr, const Type& wanted);
  bool agrees(const Type& found, const Type& expected) const;
  ExprId constant(Place place, Type type, bytecode::Constant value);

  // ---- literals (literals.cpp)
  std::optional<Decimal> number(grammar::Node token);  // number or percent
  std::optional<Decimal> share(grammar::Node token);   // 0 to 1
  std::optional<Duration> duration(grammar::Node token);
  std::optional<std::pair<Decimal, std::string>> money(grammar::Node token);  // amount, currency
  std::optional<TimeOfDay> time(grammar::Node token);
  /// The text of a literal without holes.
  std::optional<std::string> plain_text(grammar::Node node);
  std::string unescape(grammar::Node chunk);

  // ---- saying (saying.cpp)
  [[nodiscard]] Place place(grammar::Node node) const;
  /// A place and the blanks behind it: what goes when a word goes.
  [[nodiscard]] grammar::Span with_blanks(Place at) const;
  grammar::Diagnostic& report(grammar::Code code, Place place, std::string message, std::string label = "",
                              std::string help = "");
  /// Adds the name that is near as a fix, where there is one. Another case of its letters is surely what was meant.
  static void mend_near(grammar::Diagnostic& said, grammar::Span span, std::string_view found, std::string_view near);
  grammar::Diagnostic& warn(grammar::Code code, Place place, std::string message, std::string label = "",
                            std::string help = "");
  /// Says that this version knows a part of the language, and does not carry it out.
  void not_supported(grammar::Node node, std::string_view what);
  /// A clause that may stand once: true the first time.
  bool once(std::map<std::string, Place>& seen, const std::string& what, grammar::Node node);
  /// The tokens of a node, joined by single spaces: what a reader would have written.
  [[nodiscard]] std::string source_text(grammar::Node node) const;
  /// A short stretch of source, for quoting; `…` where it is not short.
  [[nodiscard]] std::string source_of(Place at) const;
  [[nodiscard]] bool in_library(Place at) const { return at.file >= own_ && at.file < library_end_; }
  [[nodiscard]] std::uint32_t line(Place place) const { return files_[place.file].line(place.span.begin); }

  /// Read when the first waiver asks for them.
  const Signatures& signatures() {
    if (!signatures_) signatures_.emplace(templates_.project());
    return *signatures_;
  }

  const std::vector<grammar::Source>& files_;
  std::size_t own_;
  std::size_t library_end_;  // templates come behind
  Program& program_;
  std::vector<grammar::Diagnostic>& diagnostics_;
  Templates& templates_;
  std::optional<Signatures> signatures_;
  // Channels of the library that nothing has named yet, and what the contact lacks for them.
  std::map<Index, std::vector<grammar::Diagnostic>> dormant_;
  struct NameHash {
    std::size_t operator()(const std::pair<NameKind, std::string_view>& name) const {
      return std::hash<std::string_view>()(name.second) + static_cast<std::size_t>(name.first);
    }
  };
  // The declarations of `program_.names`, which are asked for wherever one is named.
  std::unordered_map<std::pair<NameKind, std::string_view>, const Declared*, NameHash> declared_;
  std::vector<Declared> segments_, points_, scores_;  // by index
  std::vector<Stage> segment_stages_, point_stages_, score_stages_;
  unsigned defining_ = 0;                            // how many definitions are being followed
  std::unordered_map<std::string, Index> counters_;  // by key
  std::unordered_map<std::uint32_t, std::string> counter_ids_;
  std::map<std::string, Place, std::less<>> connected_;    // channels and actions that have a connector
  std::map<std::string, Place, std::less<>> hooks_;        // paths at which connectors receive
  bool no_contact_ = false;                                // there is no `record contact`, which has been said
  Place contact_;                                          // its name
  std::map<std::string, std::vector<std::string>> under_;  // by workflow: policies that it names itself
  std::map<std::string, std::set<Index>> policies_of_;     // by workflow: policies that name it
  Place here_;
  std::set<std::string, std::less<>> followed_;  // workflows that some `follow` names
  struct Follow {
    Index to;
    Place place;
  };
  std::vector<std::vector<Follow>> follows_;  // by workflow
};

}  // namespace fairlead::compiler
