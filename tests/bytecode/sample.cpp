// The module made by hand.
#include "tests/bytecode/sample.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "runtime/values/bytes.hpp"

namespace fairlead::bytecode {
namespace {

using I = Instruction;
using enum Opcode;

std::vector<Constant> constants() {
  Constant countries{Tag::list, 0, "", {text_constant("DE"), text_constant("FR")}};
  return {text_constant("pricing"),
          constant(Tag::number, Decimal::from_int(3).units()),
          countries,
          constant(Tag::time, 21 * 3600),
          constant(Tag::time, 8 * 3600),
          constant(Tag::duration, days(3).ms),
          constant(Tag::money, -Decimal::from_int(45).units()),
          constant(Tag::instant, 1'795'000'000'000),
          constant(Tag::date, 20'000),
          constant(Tag::boolean, 1),
          text_constant("Hi \"you\"\n"),
          constant(Tag::none, 0)};
}

std::vector<Function> functions() {
  return {
      function_of("contact.mrr default", 1, {I::ax(load, 0, 6), I::ax(give, 0, 0)}),
      function_of("on the pricing page", 2,
                  {I::abc(event, 0, 0, 0), I::ax(load, 1, 0), I::abc(equal, 0, 0, 1), I::ax(give, 0, 0)}),
      function_of("at night", 3, {I::ax(load, 1, 3), I::ax(load, 2, 4), I::abc(within, 0, 1, 2), I::ax(give, 0, 0)}),
      function_of("three days", 1, {I::ax(load, 0, 5), I::ax(give, 0, 0)}),
      function_of("greeting", 3,
                  {I::ax(load, 1, 10), I::ax(field, 2, 1), I::ax(jump_exists, 2, 1), I::ax(load, 2, 0),
                   I::abc(concat, 0, 1, 2), I::ax(give, 0, 0)}),
      function_of("order", 2,
                  {I::ax(parameter, 1, 0), I::abc(to_text, 0, 1, 1), I::abc(to_text, 0, 0, no_currency),
                   I::abc(escape, 0, 0, 2), I::ax(give, 0, 0)}),
      function_of("often, in two countries", 3,
                  {I::ax(field, 0, 2), I::ax(load, 1, 2), I::abc(member, 0, 0, 1), I::ax(jump_false, 0, 3),
                   I::ax(count, 1, 0), I::ax(load, 2, 1), I::abc(less_equal, 0, 2, 1), I::ax(give, 0, 0)}),
      function_of("sent by sms", 2, {I::ax(site, 0, 0), I::abc(exists, 1, 0, 0), I::ax(give, 1, 0)}),
      function_of("of the click", 1, {I::abc(event, 0, 1, 0), I::ax(give, 0, 0)}),
      function_of("a rich list", 4,
                  {I::ax(sum, 0, 1), I::ax(score, 1, 0), I::ax(rate, 2, 0), I::abc(list, 3, 0, 2), I::ax(last, 0, 2),
                   I::ax(since, 1, 3), I::abc(member, 0, 0, 3), I::ax(give, 0, 0)}),
      function_of("what is kept", 1, {I::ax(local, 0, 2), I::ax(give, 0, 0)}),
  };
}

std::vector<Field> contact() {
  Field email{"email", name_id("email"), type_of(TypeKind::email), true, Labels(1), false, false, false, none};
  Field name{"first_name", name_id("first_name"), type_of(TypeKind::text), false, Labels(3), false, false, true, none};
  name.type.optional = true;
  Field country{"country", name_id("country"), type_of(TypeKind::country), false, Labels(), false, true, false, none};
  Field zone{"timezone", name_id("timezone"), type_of(TypeKind::timezone), false, Labels(), true, false, false, none};
  Field mrr{"mrr", name_id("mrr"), type_of(TypeKind::money), false, Labels(), false, false, false, 0};
  mrr.type.currency = "EUR";
  Field plan{"plan", name_id("plan"), type_of(TypeKind::enumeration), false, Labels(), false, false, false, none};
  plan.type.members = {"free", "pro"};
  Field tags{"tags", name_id("tags"), type_of(TypeKind::list), false, Labels(), false, false, false, none};
  tags.type.element = {type_of(TypeKind::text)};
  return {email, name, country, zone, mrr, plan, tags};
}

std::vector<Content> contents() {
  Content welcome;
  welcome.name = "welcome";
  welcome.variants = {{0, {{"subject", 4}}}};
  Content receipt;
  receipt.name = "receipt";
  receipt.transactional = true;
  receipt.parameters = {{"order", type_of(TypeKind::text)}};
  receipt.variants = {{0, {{"body", 5}}}};
  Content story;
  story.name = "story";
  story.file = "stories.lead";
  story.variants = {
      {0, {Slot{"subject", none, 4, {{"plain", 4}, {"urgent", 4}}, {}}, Slot{"body", 4, 8, {}, Generated{0, 4, 900}}}}};
  return {welcome, receipt, story};
}

std::vector<Rule> rules() {
  Rule night;
  night.name = "brand.night";
  night.channels = {0};
  night.workflow = 0;
  night.when = 2;
  night.clock_only = true;
  night.otherwise = Otherwise::defer;
  night.up_to = hours(12);
  night.because = "people sleep";
  night.text = "forbid send by email between 21:00 and 08:00";
  night.hash = sha256("night");
  night.file = "brand.lead";
  night.line = 3;
  Rule frequency;
  frequency.name = "brand.frequency";
  frequency.kind = RuleKind::limit;
  frequency.transactional = false;
  frequency.count = 5;
  frequency.period = Period::week;
  frequency.window = days(7);
  frequency.text = "limit messages to 5 per week";
  frequency.shares = {{0, 3}};
  frequency.whole_project = true;
  Rule deal;
  deal.name = "brand.deal";
  deal.kind = RuleKind::approval;
  deal.effect = Effect::action;
  deal.action = "create_deal";
  deal.role = "legal";
  deal.otherwise = Otherwise::hold;
  deal.hold_for = "legal";
  deal.up_to = days(2);
  deal.waivable_by = "legal";
  Rule claims;
  claims.name = "brand.claims";
  claims.kind = RuleKind::ban;
  claims.words = {"risk free", "guaranteed"};
  claims.otherwise = Otherwise::stop;
  Rule spend;
  spend.name = "brand.spend";
  spend.kind = RuleKind::spend;
  spend.effect = Effect::spend;
  spend.amount = Decimal::from_int(10'000);
  spend.period = Period::month;
  Rule measured;
  measured.name = "brand.measured";
  measured.kind = RuleKind::goal;
  measured.baseline = measured.holdout = measured.proved = true;
  measured.amount = *Decimal::parse("0.05");
  return {night, frequency, deal, claims, spend, measured};
}

Step step(StepKind kind, std::string key, std::uint32_t line, Index next) {
  Step s;
  s.kind = kind;
  s.key = "nurture/" + std::move(key);
  s.line = line;
  s.next = next;
  return s;
}

std::vector<Step> steps() {
  Step send = step(StepKind::send, "send receipt#1", 10, 1);
  send.content = 1;
  send.channel = 0;
  send.arguments = {4};
  Step wait = step(StepKind::wait_event, "wait#1", 12, 2);
  wait.value = 3;
  wait.otherwise = 3;
  wait.arms = {{1, 1, 8, 1, 2}};
  Step choose = step(StepKind::choose, "offer", 14, 4);
  choose.choice = 0;
  Step branch = step(StepKind::branch, "if#1", 16, 5);
  branch.value = 6;
  branch.otherwise = 6;
  Step set = step(StepKind::set, "set plan#1", 18, 7);
  set.field = 5;
  set.value = 5;
  Step pause = step(StepKind::wait_for, "wait#2", 20, 7);
  pause.value = 3;
  Step until = step(StepKind::wait_until, "wait#3", 22, 7);
  until.value = 2;
  Step call = step(StepKind::act, "do create_deal#1", 26, 10);
  call.action = 0;
  call.arguments = {4};
  call.local = 0;
  Step keep = step(StepKind::let, "let share#1", 27, 11);
  keep.value = 6;
  keep.local = 2;
  Step approve = step(StepKind::approve, "approve#1", 28, 12);
  approve.role = 0;
  approve.within = days(2);
  approve.covered = {12, 13};
  approve.otherwise = 7;
  Step offer = send;
  offer.key = "nurture/approve#1/send receipt#1";
  offer.next = 13;
  Step launch = step(StepKind::act, "approve#1/do launch#1", 30, 14);
  launch.action = 1;
  launch.arguments = {10};
  Step assign = step(StepKind::assign, "assign to sales#1", 32, none);
  assign.team = 0;
  assign.by = AssignBy::least_loaded;
  return {send,
          wait,
          choose,
          branch,
          set,
          pause,
          until,
          step(StepKind::stop, "stop#1", 24, none),
          step(StepKind::leave, "leave#1", 25, none),
          call,
          keep,
          approve,
          offer,
          launch,
          assign};
}

Workflow workflow() {
  Workflow w;
  w.name = "nurture";
  w.owner = "growth@acme.example";
  w.file = "nurture.lead";
  w.line = 1;
  w.goal = 0;
  w.enter = {{0, 1}};
  w.leave_on = {{2, none}};
  w.leave_when = {6};
  w.again = days(90);
  w.rules = {0, 1};
  Entry visits;
  visits.kind = Entry::Kind::event;
  visits.triggers = {0};
  visits.at_most = Quota{Decimal::from_int(500), Period::day, {}};
  Entry becomes;
  becomes.kind = Entry::Kind::segment;
  becomes.segment = 0;
  becomes.by_clock = true;
  Entry daily;
  daily.kind = Entry::Kind::every;
  daily.every = days(1);
  daily.at = TimeOfDay{6 * 3600};
  w.head.entries = {visits, becomes, daily, Entry()};
  w.head.budget = Quota{Decimal::from_int(2'000), Period::window, days(7)};
  w.head.pause = 6;
  RolloutStage shadow;
  shadow.shadow = true;
  shadow.lasts = days(3);
  RolloutStage all;
  all.share = Decimal::from_int(1);
  all.approval_by = "legal";
  all.lift = Decimal();
  all.confidence = *Decimal::parse("0.95");
  w.head.rollout = {shadow, all};
  w.head.waivers = {{2, Date{21'000}, "opted in", 9, "lee@acme.example", Instant{1'790'000'000'000}}};
  w.steps = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
  w.first = 0;
  w.bindings = 2;
  w.locals = 3;
  return w;
}

Team team() {
  return {
      "sales",
      {{"kim@acme.example", 30, Period::week, Duration(), none}, {"ola@acme.example", 2, Period::window, hours(4), 6}}};
}

std::vector<Action> actions() {
  Action deal{"create_deal", {{"title", type_of(TypeKind::text)}}, {{"deal", type_of(TypeKind::text)}}};
  Action launch{"launch", {{"amount", type_of(TypeKind::money)}}, {}, EffectKind::spend, 5};
  return {deal, launch};
}

Connector connector() {
  Connector c;
  c.name = "crm";
  c.file = "crm.lead";
  c.line = 60;
  c.channels = {0};
  c.actions = {0, 1};
  c.secrets = {"token"};
  c.inputs = {{"token", type_of(TypeKind::text)}, {"title", type_of(TypeKind::text)}};
  c.request = {
      Method::put,       5, {5}, {{"X-Key", 5, type_of(TypeKind::text)}}, {}, {}, {{"title", 5, {}}}, {{"deal", "a.b"}},
      "Idempotency-Key", 61};
  c.retry_on = {429};
  c.retries = 5;
  c.rate = 10;
  c.rate_window = seconds(1);
  c.receives = {{"/hooks/crm", Digest::sha1, "X-Signature", "token", {"status"}, {{1, 5, "id"}}}};
  return c;
}

Choice choice() {
  Choice c;
  c.key = "nurture/offer";
  c.goal = 0;
  c.features = {{"country", 6, type_of(TypeKind::country)}};
  c.explore = *Decimal::parse("0.05");
  c.options = {{.name = "story", .start = *Decimal::parse("0.6"), .first = 3}, {.name = "rest", .when = 6}};
  return c;
}

Test test() {
  using enum TestStep::Kind;
  TestStep arrival;
  arrival.kind = when;
  arrival.event = 1;
  arrival.of_content = 1;
  arrival.values = {{0, 4}};
  TestStep later;
  later.kind = after;
  later.line = 42;
  later.after = days(1);
  TestStep sent;
  sent.kind = expect_sent;
  sent.content = 1;
  sent.channel = 0;
  TestStep left;
  left.kind = expect_left;
  left.workflow = 0;
  TestStep put;
  put.kind = set;
  put.values = {{5, 5}};
  TestStep chosen;
  chosen.kind = expect_chosen;
  chosen.choice = 0;
  chosen.option = 1;
  TestStep that;
  that.kind = expect_that;
  that.condition = 6;
  that.fields = {0};
  that.text = "contact.country is \"DE\"";
  TestStep twice = sent;
  twice.times = 2;
  twice.negated = true;
  const TestCase other{"abroad", 47, {{0, 4}}, {twice, chosen, that}};
  return {"it works", "test.lead", 40, {TestStep(), arrival, later, sent, left, put}, {other}};
}

Simulation simulation() {
  Reaction reaction;
  reaction.cause = Reaction::Cause::sent;
  reaction.content = 1;
  reaction.effect = 1;
  reaction.values = {{0, 4}};
  reaction.probability = *Decimal::parse("0.08");
  reaction.when = 6;
  reaction.within = days(2);
  Reaction next;
  next.cause = Reaction::Cause::event;
  next.event = 1;
  next.effect = 2;
  Simulation s{"first month", "test.lead", 50, 10'000, "people.csv", {}, {reaction, next}, days(30), 7, {}};
  s.like = {{0, {{4, *Decimal::parse("0.6")}, {4, *Decimal::parse("0.3")}}}};
  s.expect = {{0, none, false, *Decimal::parse("0.09"), 0, 57}, {none, 1, true, Decimal(), 500, 58}};
  return s;
}

}  // namespace

Constant text_constant(std::string text) {
  return {Tag::text, 0, std::move(text), {}};
}
Constant constant(Tag tag, int128 units) {
  return {tag, units, "", {}};
}

Function function_of(std::string name, std::uint32_t registers, std::vector<Instruction> code) {
  Function f{std::move(name), registers, std::move(code), {}};
  for (std::uint32_t line = 1; line <= f.code.size(); ++line) f.lines.push_back(line);
  return f;
}

FieldType type_of(TypeKind kind) {
  FieldType type;
  type.kind = kind;
  return type;
}

Module sample_module() {
  Module m;
  m.project = "acme";
  m.zone = "Europe/Oslo";
  m.currency = "EUR";
  m.constants = constants();
  m.currencies = {"EUR", "USD"};
  m.functions = functions();
  m.fields = contact();
  const EventField page{"page", type_of(TypeKind::text)};
  m.events = {{"visited", {page}, false}, {"clicked", {page}, true}, {"purchased", {}, false}};
  const EventField amount{"amount", type_of(TypeKind::number), Labels(2)};
  m.events[2] = {"purchased", {amount}, false, false};
  m.counters = {{"visited where page == \"pricing\", 7 days", 0xdeadbeef, 0, 1, days(7)},
                {"sum purchased.amount, 1 day", 0xdeadbee1, 2, none, days(1), CounterKind::sum, 0},
                {"last(visited).page", 0xdeadbee2, 0, 1, {}, CounterKind::last, 0},
                {"last(anything)", 0xdeadbee3, none, none, {}, CounterKind::last}};
  m.rates = {{"clicked per visited, last 7 days", 1, 0, days(7), "nurture.lead", 3}};
  m.scores = {{"intent",
               2,
               none,
               days(30),
               {{"often", 6, type_of(TypeKind::boolean)}},
               {{"cold", *Decimal::parse("0.2")}, {"hot", std::nullopt}},
               "nurture.lead",
               9}};
  m.points = {{"engagement", 0}};
  m.releases = {{"contact.email", Labels(1), "asked for", "nurture.lead", 12}};
  m.segments = {{"hot", 6}};
  m.goals = {{"qualified",
              2,
              6,
              days(30),
              Decimal::from_int(45),
              *Decimal::parse("0.09"),
              *Decimal::parse("0.12"),
              *Decimal::parse("0.1"),
              0,
              {{1, *Decimal::parse("0.005")}},
              "nurture.lead",
              5}};
  m.fields[0].fresh = days(1);
  m.fields[1].complete = *Decimal::parse("0.98");
  m.functions[1].labels = Labels(5);
  m.channels = {{"email", 0, 1, {2}, {0, 1}, *Decimal::parse("0.0079")}};
  m.contents = contents();
  m.models = {{"copywriter", "openai_compatible", "large", "2026-01"}};
  m.rules = rules();
  m.roles = {{"legal", {"lee@acme.example", "sam@acme.example"}}};
  m.teams = {team()};
  m.actions = actions();
  m.connectors = {connector()};
  m.choices = {choice()};
  m.steps = steps();
  m.workflows = {workflow()};
  m.tests = {test()};
  m.simulations = {simulation()};
  m.sources = {{"nurture.lead", "workflow nurture { }\n"}};
  return m;
}

std::string seal(std::string_view body) {
  ByteWriter out;
  out.raw("FLBC");
  out.u32(format_version);
  out.raw(view(sha256(body)));
  out.raw(body);
  return out.take();
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void check_golden(const std::string& path, const std::string& text) {
  const std::string full = std::string(FAIRLEAD_SOURCE_DIR) + "/tests/" + path;
  if (std::getenv("FAIRLEAD_UPDATE") != nullptr) std::ofstream(full, std::ios::binary) << text;
  BOOST_TEST(read_file(full) == text, "tests/" << path << " is not what is made now, which is:\n" << text);
}

}  // namespace fairlead::bytecode
