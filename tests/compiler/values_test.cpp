// Values, the history and what is measured: what expressions of them mean, what labels they carry, and what they come
// to in the module.
#include <boost/test/unit_test.hpp>

#include "compiler/checker.hpp"
#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

using bytecode::Label;
using bytecode::Labels;
using grammar::Code;
using testing::compile_text;
using testing::holds;
using testing::project;
using testing::workflow;

const std::string paid = "event paid { amount: Money, note: Text?, bonus: Number?, kind: Text sensitive }\n";
const std::string personal = "  secret: Text private\n  health: Text? sensitive\n  gender: Text? protected\n";

bytecode::Module module_of(const std::string& text) {
  Compiled compiled = compile_text(text);
  BOOST_REQUIRE_MESSAGE(compiled.module, testing::rendered(compiled));
  BOOST_REQUIRE(bytecode::verify(*compiled.module).has_value());
  return std::move(*compiled.module);
}

bool fine(const std::string& rest, const std::string& fields = "") {
  const Compiled compiled = compile_text(project(paid + rest, fields));
  BOOST_TEST_MESSAGE(testing::rendered(compiled));
  return compiled.errors() == 0;
}

/// The one thing that is wrong.
std::string wrong(const std::string& rest, const std::string& fields = "") {
  const Compiled compiled = compile_text(project(paid + rest, fields));
  if (compiled.diagnostics.size() != 1) return testing::rendered(compiled);
  return compiled.diagnostics[0].message;
}

/// What the condition of a segment carries.
std::string labels(const std::string& condition, const std::string& more = "") {
  const bytecode::Module module = module_of(project(paid + more + "segment asked = " + condition + "\n", personal));
  const auto asked = std::find_if(module.segments.begin(), module.segments.end(),
                                  [](const bytecode::Segment& s) { return s.name == "asked"; });
  return to_string(module.functions[asked->when].labels);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(values_test)

BOOST_AUTO_TEST_CASE(lists_may_hold_what_is_not_fixed) {
  const auto country = [](const char* c) { return std::map<std::string, Value>{{"country", Value::text(c)}}; };
  const std::map<std::string, Value> ana{{"first_name", Value::text("NO")}, {"country", Value::text("NO")}};
  BOOST_TEST(holds("contact.visits in [1, contact.visits + 1]", {{"visits", Value::of(Decimal::from_int(1))}}) ==
             "yes");
  BOOST_TEST(holds("contact.visits in [2, contact.visits + 1]", {{"visits", Value::of(Decimal::from_int(1))}}) == "no");
  BOOST_TEST(holds("\"NO\" in [(contact.first_name or \"x\"), \"SE\"]", ana) == "yes");
  BOOST_TEST(holds("contact.country in [\"SE\", \"NO\"]", country("NO")) == "yes");
  BOOST_TEST(wrong("segment a = contact.visits in [[contact.visits]]\n") != "");
}

BOOST_AUTO_TEST_CASE(times_between_wrap_midnight) {
  for (const auto& [asked, wanted] :
       std::vector<std::pair<std::string, std::string>>{{"22:00 between 21:00 and 08:00", "yes"},
                                                        {"21:00 between 21:00 and 08:00", "yes"},
                                                        {"08:00 between 21:00 and 08:00", "no"},
                                                        {"07:59 between 21:00 and 08:00", "yes"},
                                                        {"12:00 between 21:00 and 08:00", "no"},
                                                        {"12:00 between 09:00 and 17:00", "yes"},
                                                        {"17:00 between 09:00 and 17:00", "no"},
                                                        {"08:59 between 09:00 and 17:00", "no"},
                                                        {"03:00 between 09:00 and 09:00", "yes"}}) {
    BOOST_TEST(holds(asked) == wanted, asked);
  }
}

BOOST_AUTO_TEST_CASE(records_are_flattened_wherever_they_stand) {
  const bytecode::Module module = module_of(
      project("type place = { city: Text, code: Text? }\n"
              "event moved { to: place private, why: Text }\n"
              "content hello(at: place) { email { subject \"Hi\" body \"{at.city} {at.code or \"\"}\" } }\n"
              "segment near = contact.home.city == \"Oslo\" and seen(moved where to.city == \"Oslo\", last 7 days)\n" +
                  workflow("send hello(at: { city: event.to.city })", "enter on moved\n"),
              "  home: place sensitive fixed\n  work: { city: Text }?\n"));
  const bytecode::EventType& moved =
      *std::find_if(module.events.begin(), module.events.end(), [](const auto& e) { return e.name == "moved"; });
  BOOST_REQUIRE(moved.fields.size() == 3U);
  BOOST_TEST(moved.fields[0].name == "to.city");
  BOOST_TEST(moved.fields[0].labels.has(Label::personal));
  BOOST_TEST(moved.fields[1].type.optional);
  BOOST_TEST(moved.fields[2].labels.empty());
  const auto field = [&](std::string_view name) {
    return *std::find_if(module.fields.begin(), module.fields.end(), [&](const auto& f) { return f.name == name; });
  };
  BOOST_TEST(field("home.city").fixed);
  BOOST_TEST(field("home.city").labels.has(Label::sensitive));
  BOOST_TEST(!field("home.city").type.optional);
  BOOST_TEST(field("work.city").type.optional);
  BOOST_TEST(module.contents.back().parameters.size() == 2U);
}

BOOST_AUTO_TEST_CASE(data_readiness_is_lowered) {
  const bytecode::Module module = module_of(project("", "  score: Number = 0 complete 98% fresh 24 hours\n"));
  BOOST_TEST((module.fields.back().fresh == hours(24)));
  BOOST_TEST((module.fields.back().complete == *Decimal::parse("0.98")));
}

BOOST_AUTO_TEST_CASE(labels_travel_through_expressions) {
  BOOST_TEST(labels("contact.vip") == "");
  BOOST_TEST(labels("contact.secret == \"x\"") == "private");
  BOOST_TEST(labels("contact.health exists") == "sensitive");
  BOOST_TEST(labels("not (contact.vip or contact.health exists) and contact.secret == \"x\"") == "private sensitive");
  BOOST_TEST(labels("\"{contact.secret} {contact.gender or \"\"}\" == \"x\"") == "private protected");
  BOOST_TEST(labels("\"x\" in [contact.secret, \"y\"]") == "private");
  BOOST_TEST(labels("seen(paid where kind == \"x\", last 7 days)") == "sensitive");
  BOOST_TEST(labels("(last(paid).kind or \"\") == \"x\"") == "sensitive");
  BOOST_TEST(labels("seen(paid)") == "");
  BOOST_TEST(labels("contact is other", "segment other = contact.gender exists\n") == "protected");
  BOOST_TEST(labels("fit > 3", "points fit { +5 when contact.gender exists }\n") == "protected");
  BOOST_TEST(labels("intent > 3%",
                    "score intent { predict became_mql within 3 days\n from contact.gender, contact.plan }\n") ==
             "protected");
}

BOOST_AUTO_TEST_CASE(a_release_takes_labels_away_and_is_on_record) {
  const std::string condition = "(release contact.secret because \"asked for\") == \"x\" and contact.gender exists";
  BOOST_TEST(labels(condition) == "protected");
  const bytecode::Module module = module_of(project("segment asked = " + condition + "\n", personal));
  BOOST_REQUIRE(module.releases.size() == 1U);
  BOOST_TEST(module.releases[0].text == "contact.secret");
  BOOST_TEST(module.releases[0].because == "asked for");
  BOOST_TEST(to_string(module.releases[0].labels) == "private");
  BOOST_TEST(module.releases[0].line > 0U);
  BOOST_TEST(bytecode::disassemble(module).find("private \"contact.secret\" because \"asked for\"") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(labels_know_where_they_come_from) {
  std::vector<grammar::Source> files{
      {"test.lead",
       project("segment asked = contact.vip and contact.secret == \"x\" or contact.health exists\n", personal)}};
  const grammar::Parsed parsed = grammar::parse(files[0], 0);
  // The library is not looked for here.
  Program program;
  std::vector<grammar::Diagnostic> said;
  Templates templates(files, {});
  Checker(files, 1, program, said, templates).check({parsed.tree.root()});
  BOOST_REQUIRE(!program.segment_roots.empty());
  const auto texts = [&](Label label) {
    std::vector<std::string> out;
    for (const Place& place : program.sources(program.segment_roots[0], label))
      out.emplace_back(files[place.file].text(place.span));
    return out;
  };
  BOOST_TEST((texts(Label::personal) == std::vector<std::string>{"contact.secret"}));
  BOOST_TEST((texts(Label::sensitive) == std::vector<std::string>{"contact.health"}));
  BOOST_TEST(texts(Label::guarded).empty());
}

BOOST_AUTO_TEST_CASE(the_history_has_types) {
  BOOST_TEST(fine("segment a = sum(paid.amount, last 7 days) > $5\n"));
  BOOST_TEST(fine("segment a = sum(paid.amount, last 7 days) / count(paid, last 7 days) > $5\n"));
  BOOST_TEST(wrong("segment a = sum(paid.amount, last 7 days) > 5\n").starts_with("`>` does not go between"));
  BOOST_TEST(fine("segment a = (last(paid).amount or $0) > $5\n"));
  BOOST_TEST(fine("segment a = last(paid).amount exists and last(paid).amount > $5\n"));
  BOOST_TEST(fine("segment a = seen(paid) and last(paid).amount > $5\n"));
  BOOST_TEST(fine("segment a = last(paid).bonus exists and last(paid).amount > $5 and last(paid).bonus > 5\n"));
  BOOST_TEST(wrong("segment a = seen(paid) and last(paid).bonus > 3\n") ==
             "`last(paid).bonus` may be absent, and a value is needed here");
  BOOST_TEST(fine("segment a = seen(paid) and since last(paid) < 5 days\n"));
  BOOST_TEST(fine("segment a = (since last(paid where amount > $3) or 9 days) < 5 days and idle(3 days)\n"));
  BOOST_TEST(fine("segment a = (since last(paid) or 1 day) / 1 hour > 12\n"));
}

BOOST_AUTO_TEST_CASE(questions_that_are_the_same_share_a_counter) {
  const bytecode::Module module = module_of(
      project(paid + "segment a = idle(3 days) and idle(4 days) and seen(paid) and since last(paid) < 2 days\n"
                     "segment b = sum(paid.amount, last 7 days) > $5 or sum(paid.amount, last 1 week) > $7\n"));
  std::vector<std::string> keys;
  for (const bytecode::Counter& c : module.counters) keys.push_back(c.key);
  BOOST_TEST((keys == std::vector<std::string>{"last(anything)", "last(paid)", "sum paid.amount, 7 days"}));
}

BOOST_AUTO_TEST_CASE(what_happened_has_happened_after_a_wait_too) {
  const std::string use = "if since last(paid) < 5 days { send welcome }\n";
  BOOST_TEST(fine(workflow("if not seen(paid) { stop }\nwait 1 day\n" + use)));
  BOOST_TEST(fine(workflow("if not (since last(paid) exists) { stop }\nwait 1 day\n" + use)));
  BOOST_TEST(fine(workflow("if not (last(paid).bonus exists) { stop }\nwait 1 day\n" + use)));
  // What the last event said may be left out by the next.
  BOOST_TEST(wrong(workflow("if not (last(paid).bonus exists) { stop }\nwait 1 day\n"
                            "if last(paid).bonus > 3 { send welcome }\n")) ==
             "`last(paid).bonus` may be absent, and a value is needed here");
  const Compiled stale = compile_text(project(
      paid + workflow("if not contact.mrr exists { stop }\nwait 1 day\nif contact.mrr > $5 { send welcome }\n")));
  BOOST_REQUIRE(stale.diagnostics.size() == 1U);
  BOOST_REQUIRE(stale.diagnostics[0].secondary.size() == 1U);
  BOOST_TEST(stale.diagnostics[0].secondary[0].text ==
             "time passes here: it was there before, and may have gone since");
}

BOOST_AUTO_TEST_CASE(a_score_is_a_number_with_bands) {
  const std::string score =
      "score intent {\n predict became_mql within 30 days\n from contact.plan, count(visited, last 14 days)\n"
      " bands cold below 20%, warm below 60%, hot\n}\n";
  const bytecode::Module module =
      module_of(project(score + "segment a = intent is warm\nsegment b = intent is not hot and intent > 5%\n"));
  BOOST_REQUIRE(module.scores.size() == 1U);
  BOOST_TEST(module.scores[0].features.size() == 2U);
  BOOST_TEST(module.scores[0].bands.size() == 3U);
  const vm::Program program(module);
  const auto asked = [&](std::size_t segment, const char* value) {
    vm::World world;
    world.score = [&](bytecode::Index) -> Result<Value> { return Value::of(*Decimal::parse(value)); };
    Arena arena;
    return program.evaluate(module.segments[segment].when, world, arena)->as_bool();
  };
  BOOST_TEST(!asked(0, "0.199999999"));
  BOOST_TEST(asked(0, "0.2"));
  BOOST_TEST(asked(0, "0.599999999"));
  BOOST_TEST(!asked(0, "0.6"));
  BOOST_TEST(asked(1, "0.59"));
  BOOST_TEST(!asked(1, "0.6"));
  BOOST_TEST(!asked(1, "0.05"));
}

BOOST_AUTO_TEST_CASE(goals_may_sum_and_guard) {
  const bytecode::Module module =
      module_of(project(paid + "goal revenue {\n target $30\n reach sum paid.amount where amount > $1 within 60 days\n"
                               " baseline $20\n without unsubscribed above 0.5%\n without complained above 0.1%\n}\n"));
  const bytecode::Goal& goal = module.goals.back();
  BOOST_TEST(goal.sum == 0U);
  BOOST_TEST((goal.baseline == Decimal::from_int(20)));
  BOOST_TEST((goal.target == Decimal::from_int(30)));
  BOOST_TEST(goal.without.size() == 2U);
  BOOST_TEST((goal.without[0].above == *Decimal::parse("0.005")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
