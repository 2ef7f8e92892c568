// The verifier: what each refusal is about.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "tests/bytecode/sample.hpp"

namespace fairlead::bytecode {
namespace {

using I = Instruction;

struct Case {
  std::string wanted;  // part of what the verifier says
  std::function<void(Module&)> spoil;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    Module m = sample_module();
    c.spoil(m);
    const auto result = verify(m);
    BOOST_TEST(!result, "accepted, and should say: " << c.wanted);
    if (result) continue;
    BOOST_TEST((result.error().code == FaultCode::module_damaged));
    const std::string& said = result.error().args.at(0);
    BOOST_TEST(said.find(c.wanted) != std::string::npos, "says: " << said << "; wanted: " << c.wanted);
  }
}

/// The code of the function is replaced by this.
Case code(std::string wanted, std::uint32_t registers, std::vector<Instruction> instructions) {
  return {std::move(wanted), [registers, instructions = std::move(instructions)](Module& m) {
            m.functions[0] = function_of("changed", registers, instructions);
          }};
}

Decimal decimal(std::string_view text) {
  return *Decimal::parse(text);
}

Index missing(std::size_t size) {
  return static_cast<Index>(size);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(verifier)

BOOST_AUTO_TEST_CASE(the_sample_is_sound) {
  const auto result = verify(sample_module());
  BOOST_TEST(result.has_value(), (result ? "" : result.error().args.at(0)));
}

BOOST_AUTO_TEST_CASE(the_smallest_modules_are_sound) {
  Module m;
  m.project = "p";
  m.zone = "UTC";
  BOOST_TEST(verify(m).has_value());
  m.workflows.emplace_back().name = "empty";
  BOOST_TEST(verify(m).has_value());
}

BOOST_AUTO_TEST_CASE(functions) {
  using enum Opcode;
  const I end = I::ax(give, 0, 0);
  check({
      code("it has no instructions", 1, {}),
      code("it has 0 registers", 0, {end}),
      code("it has 256 registers", 256, {end}),
      code("no opcode has number 200", 1, {I{200}, end}),
      code("no opcode has number " + std::to_string(opcode_count), 1, {I{opcode_count}, end}),
      code("register 1 of 1", 1, {I::ax(give, 1, 0)}),
      code("register 2 of 2", 2, {I::abc(move, 2, 0, 0), end}),
      code("register 2 of 2", 2, {I::abc(move, 0, 2, 0), end}),
      code("register 2 of 2", 2, {I::abc(equal, 0, 0, 2), end}),
      code("constant 12 of 12", 1, {I::ax(load, 0, 12), end}),
      code("field 7 of 7", 1, {I::ax(field, 0, 7), end}),
      code("counter 4 of 4", 1, {I::ax(count, 0, 4), end}),
      code("counter 4 of 4", 1, {I::ax(seen, 0, 4), end}),
      code("parameter 256 of 256", 1, {I::ax(parameter, 0, 256), end}),
      code("site value 6 of 6", 1, {I::ax(site, 0, 6), end}),
      code("currency 2 of 2", 1, {I::abc(to_text, 0, 0, 2), end}),
      code("escape 5 of 5", 1, {I::abc(escape, 0, 0, 5), end}),
      code("register 2 of 2", 2, {I::abc(escape, 0, 2, 0), end}),
      code("nothing to join", 1, {I::abc(concat, 0, 0, 0), end}),
      code("passes the last register", 3, {I::abc(concat, 0, 1, 3), end}),
      code("passes the last register", 255, {I::abc(concat, 0, 254, 255), end}),
      code("instruction 0: target 2 of 2", 1, {I::ax(jump, 0, 1), end}),
      code("instruction 0: target 65536 of 2", 1, {I::ax(jump_true, 0, 65535), end}),
      code("it does not end in `give`", 1, {end, I::ax(load_none, 0, 0)}),
      code("target 1 of 1", 1, {I::ax(jump, 0, 0)}),
      {"it has 2 instructions and 1 lines", [](Module& m) { m.functions[0].lines.pop_back(); }},
      {"it has no name", [](Module& m) { m.functions[0].name.clear(); }},
  });
  Module m = sample_module();
  m.functions[0] = function_of("at every limit", 255,
                               {I::abc(concat, 254, 0, 255), I::ax(parameter, 0, 255), I::abc(event, 0, 255, 255),
                                I::abc(to_text, 0, 0, no_currency), I::ax(jump, 0, 1), I::ax(site, 0, 4), end});
  BOOST_TEST(verify(m).has_value());
}

BOOST_AUTO_TEST_CASE(constants) {
  const auto with = [](Constant c) { return [c](Module& m) { m.constants[0] = c; }; };
  Constant nested = constant(Tag::list, 0);
  for (int i = 0; i < 8; ++i) nested = Constant{Tag::list, 0, "", {nested}};
  check({
      {"not a truth value", with(constant(Tag::boolean, 2))},
      {"not a date", with(constant(Tag::date, int128{1} << 31))},
      {"not a date", with(constant(Tag::date, -(int128{1} << 31) - 1))},
      {"not a time of day", with(constant(Tag::time, 86'400))},
      {"not a time of day", with(constant(Tag::time, -1))},
      {"not a count of milliseconds", with(constant(Tag::duration, int128{1} << 63))},
      {"not a count of milliseconds", with(constant(Tag::instant, -(int128{1} << 63) - 1))},
      {"an item of its list is absent", with({Tag::list, 0, "", {Constant()}})},
      {"not a time of day", with({Tag::list, 0, "", {constant(Tag::time, 86'400)}})},
      {"it has items and is not a list", with({Tag::text, 0, "", {constant(Tag::boolean, 1)}})},
      {"nested too deep", with(nested)},
  });
}

BOOST_AUTO_TEST_CASE(names) {
  check({
      {"the project has no name", [](Module& m) { m.project.clear(); }},
      {"the project has no zone", [](Module& m) { m.zone.clear(); }},
      {"currency 1 (unnamed): it has no name", [](Module& m) { m.currencies[1].clear(); }},
      {"field 2 (): it has no name", [](Module& m) { m.fields[2].name.clear(); }},
      {"event 0", [](Module& m) { m.events[0].name.clear(); }},
      {"event 0 (visited): it has no name", [](Module& m) { m.events[0].fields[0].name.clear(); }},
      {"counter 0", [](Module& m) { m.counters[0].key.clear(); }},
      {"segment 0", [](Module& m) { m.segments[0].name.clear(); }},
      {"goal 0", [](Module& m) { m.goals[0].name.clear(); }},
      {"channel 0", [](Module& m) { m.channels[0].name.clear(); }},
      {"content 1", [](Module& m) { m.contents[1].name.clear(); }},
      {"content 2 (story): it has no name",
       [](Module& m) { m.contents[2].variants[0].slots[0].one_of[0].name.clear(); }},
      {"model 0", [](Module& m) { m.models[0].name.clear(); }},
      {"content 1 (receipt): it has no name", [](Module& m) { m.contents[1].parameters[0].name.clear(); }},
      {"content 1 (receipt): it has no name", [](Module& m) { m.contents[1].variants[0].slots[0].name.clear(); }},
      {"rule 0", [](Module& m) { m.rules[0].name.clear(); }},
      {"choice 0", [](Module& m) { m.choices[0].key.clear(); }},
      {"choice 0 (nurture/offer): it has no name", [](Module& m) { m.choices[0].options[0].name.clear(); }},
      {"choice 0 (nurture/offer): it has no name", [](Module& m) { m.choices[0].features[0].name.clear(); }},
      {"step 0", [](Module& m) { m.steps[0].key.clear(); }},
      {"workflow 0", [](Module& m) { m.workflows[0].name.clear(); }},
      {"test 0", [](Module& m) { m.tests[0].name.clear(); }},
      {"simulation 0", [](Module& m) { m.simulations[0].name.clear(); }},
  });
}

BOOST_AUTO_TEST_CASE(indices_beyond_their_tables) {
  const auto f = missing(sample_module().functions.size());
  check({
      {"its default is 11 of a table of 11", [f](Module& m) { m.fields[0].initial = f; }},
      {"its event is none", [](Module& m) { m.counters[0].event = none; }},
      {"its event is 3 of a table of 3", [](Module& m) { m.counters[0].event = 3; }},
      {"its condition", [f](Module& m) { m.counters[0].where = f; }},
      {"its condition is none", [](Module& m) { m.segments[0].when = none; }},
      {"its event", [](Module& m) { m.goals[0].event = none; }},
      {"its condition", [f](Module& m) { m.goals[0].where = f; }},
      {"its address", [](Module& m) { m.channels[0].to = 7; }},
      {"its consent", [](Module& m) { m.channels[0].consent = 7; }},
      {"its event", [](Module& m) { m.channels[0].withdrawn_on = {3}; }},
      {"its event", [](Module& m) { m.channels[0].reports = {none}; }},
      {"its channel is none", [](Module& m) { m.contents[0].variants[0].channel = none; }},
      {"its text", [f](Module& m) { m.contents[0].variants[0].slots[0].text = f; }},
      {"its text", [f](Module& m) { m.contents[2].variants[0].slots[0].one_of[1].text = f; }},
      {"one text to choose from", [](Module& m) { m.contents[2].variants[0].slots[0].one_of.pop_back(); }},
      {"a text of its own beside", [](Module& m) { m.contents[2].variants[0].slots[0].text = 4; }},
      {"a text of its own beside",
       [](Module& m) {
         m.contents[2].variants[0].slots[0].generated = Generated{0, 4, 1};
       }},
      {"its text is none", [](Module& m) { m.contents[2].variants[0].slots[0].one_of.clear(); }},
      {"its model is 1", [](Module& m) { m.contents[2].variants[0].slots[1].generated->model = 1; }},
      {"its prompt", [f](Module& m) { m.contents[2].variants[0].slots[1].generated->prompt = f; }},
      {"its text is none", [](Module& m) { m.contents[2].variants[0].slots[1].text = none; }},
      {"its channel", [](Module& m) { m.rules[0].channels = {1}; }},
      {"its workflow", [](Module& m) { m.rules[0].workflow = 1; }},
      {"its condition", [f](Module& m) { m.rules[0].when = f; }},
      {"its goal", [](Module& m) { m.choices[0].goal = none; }},
      {"its feature", [](Module& m) { m.choices[0].features[0].value = none; }},
      {"its condition", [f](Module& m) { m.choices[0].options[0].when = f; }},
      {"its first step", [](Module& m) { m.choices[0].options[0].first = 15; }},
      {"its next step", [](Module& m) { m.steps[0].next = 15; }},
      {"its other step", [](Module& m) { m.steps[3].otherwise = 15; }},
      {"its value", [f](Module& m) { m.steps[3].value = f; }},
      {"its content", [](Module& m) { m.steps[0].content = 9; }},
      {"its channel", [](Module& m) { m.steps[0].channel = 1; }},
      {"its argument", [](Module& m) { m.steps[0].arguments = {none}; }},
      {"its event", [](Module& m) { m.steps[1].arms[0].event = none; }},
      {"its content", [](Module& m) { m.steps[1].arms[0].of_content = 9; }},
      {"its condition", [f](Module& m) { m.steps[1].arms[0].where = f; }},
      {"its first step", [](Module& m) { m.steps[1].arms[0].first = 15; }},
      {"its choice", [](Module& m) { m.steps[2].choice = 1; }},
      {"its field", [](Module& m) { m.steps[4].field = 7; }},
      {"its action", [](Module& m) { m.steps[9].action = 2; }},
      {"its kept value", [](Module& m) { m.steps[9].local = 64; }},
      {"its role", [](Module& m) { m.steps[11].role = 1; }},
      {"its covered step", [](Module& m) { m.steps[11].covered = {15}; }},
      {"its team", [](Module& m) { m.steps[14].team = 1; }},
      {"its condition", [f](Module& m) { m.teams[0].members[1].when = f; }},
      {"its amount", [f](Module& m) { m.actions[1].amount = f; }},
      {"its channel", [](Module& m) { m.connectors[0].channels = {1}; }},
      {"its action", [](Module& m) { m.connectors[0].actions = {2}; }},
      {"its address", [](Module& m) { m.connectors[0].request.address = none; }},
      {"its credential", [f](Module& m) { m.connectors[0].request.credentials = {f}; }},
      {"its value", [f](Module& m) { m.connectors[0].request.json[0].value = f; }},
      {"its event", [](Module& m) { m.connectors[0].receives[0].callbacks[0].event = 3; }},
      {"its condition", [f](Module& m) { m.connectors[0].receives[0].callbacks[0].when = f; }},
      {"its goal", [](Module& m) { m.workflows[0].goal = 1; }},
      {"its event", [](Module& m) { m.workflows[0].enter[0].event = none; }},
      {"its condition", [f](Module& m) { m.workflows[0].enter[0].where = f; }},
      {"its event", [](Module& m) { m.workflows[0].leave_on[0].event = 3; }},
      {"its condition", [](Module& m) { m.workflows[0].leave_when = {none}; }},
      {"its rule", [](Module& m) { m.workflows[0].rules = {6}; }},
      {"its step is 15", [](Module& m) { m.workflows[0].steps.push_back(15); }},
      {"its first step", [](Module& m) { m.workflows[0].first = 15; }},
  });
}

BOOST_AUTO_TEST_CASE(rules_and_heads) {
  const auto f = missing(sample_module().functions.size());
  check({
      {"its workflow of a share is 1", [](Module& m) { m.rules[1].shares[0].workflow = 1; }},
      {"its shares come to 6 of 5", [](Module& m) { m.rules[1].shares[0].count = 6; }},
      {"its shares come to 4294967296 of 5",
       [](Module& m) {
         m.rules[1].shares = {{0, 0xffff'ffff}, {0, 1}};
       }},
      {"it asks nobody", [](Module& m) { m.rules[2].role.clear(); }},
      {"it asks nobody, or somebody", [](Module& m) { m.rules[0].role = "legal"; }},
      {"it holds for nobody", [](Module& m) { m.rules[2].hold_for.clear(); }},
      {"does not hold", [](Module& m) { m.rules[2].otherwise = Otherwise::skip; }},
      {"its action is missing", [](Module& m) { m.rules[2].action.clear(); }},
      {"its action is missing, or not wanted", [](Module& m) { m.rules[0].action = "create_deal"; }},
      {"words where none are wanted", [](Module& m) { m.rules[3].words.clear(); }},
      {"words where none are wanted", [](Module& m) { m.rules[0].words = {"free"}; }},
      {"a word is empty", [](Module& m) { m.rules[3].words[1].clear(); }},
      {"its amount is no sum", [](Module& m) { m.rules[4].amount = Decimal::from_int(-1); }},
      {"its share is not between 0 and 1", [](Module& m) { m.rules[5].amount = decimal("1.1"); }},
      {"its trigger is 1 of a table of 1", [](Module& m) { m.workflows[0].head.entries[0].triggers = {1}; }},
      {"an entry has no trigger", [](Module& m) { m.workflows[0].head.entries[0].triggers.clear(); }},
      {"does not want one", [](Module& m) { m.workflows[0].head.entries[1].triggers = {0}; }},
      {"its segment is none", [](Module& m) { m.workflows[0].head.entries[1].segment = none; }},
      {"without a pause", [](Module& m) { m.workflows[0].head.entries[2].every = Duration{}; }},
      {"no time of day", [](Module& m) { m.workflows[0].head.entries[2].at = TimeOfDay{86'400}; }},
      {"its limit of entries", [](Module& m) { m.workflows[0].head.entries[0].at_most->most = decimal("-1"); }},
      {"its budget is for no time", [](Module& m) { m.workflows[0].head.budget->window = Duration{}; }},
      {"its condition of a pause", [f](Module& m) { m.workflows[0].head.pause = f; }},
      {"its share of a stage", [](Module& m) { m.workflows[0].head.rollout[1].share = decimal("2"); }},
      {"its lift", [](Module& m) { m.workflows[0].head.rollout[1].lift = decimal("2"); }},
      {"its confidence", [](Module& m) { m.workflows[0].head.rollout[1].confidence = decimal("-1"); }},
      {"its stage", [](Module& m) { m.workflows[0].head.rollout[0].lasts = Duration{-1}; }},
      {"its waived rule", [](Module& m) { m.workflows[0].head.waivers[0].rule = 6; }},
      {"a waiver lasts too long", [](Module& m) { m.workflows[0].head.waivers[0].until = Date{INT32_MAX}; }},
      {"a waiver was signed at no time", [](Module& m) { m.workflows[0].head.waivers[0].signed_at = {INT64_MIN}; }},
  });
}

BOOST_AUTO_TEST_CASE(the_history_and_what_is_measured) {
  const auto f = missing(sample_module().functions.size());
  const auto code = [](Opcode op, Index counter) {
    return [op, counter](Module& m) { m.functions[9].code[0] = I::ax(op, 0, counter); };
  };
  check({
      {"its event is none", [](Module& m) { m.counters[1].event = none; }},
      {"its event is none", [](Module& m) { m.counters[2].event = none; }},
      {"its field is 1 of a table of 1", [](Module& m) { m.counters[1].field = 1; }},
      {"it adds up no field", [](Module& m) { m.counters[1].field = none; }},
      {"it counts, and has a field", [](Module& m) { m.counters[0].field = 0; }},
      {"what it adds up is no amount", [](Module& m) { m.counters[1].event = 0; }},
      {"does not keep what is asked of it", code(Opcode::sum, 0)},
      {"does not keep what is asked of it", code(Opcode::count, 1)},
      {"does not keep what is asked of it", code(Opcode::seen, 3)},
      {"does not keep what is asked of it", code(Opcode::last, 3)},
      {"does not keep what is asked of it", code(Opcode::since, 2)},
      {"counter 4 of 4", code(Opcode::sum, 4)},
      {"score 1 of 1", code(Opcode::score, 1)},
      {"rate 1 of 1", code(Opcode::rate, 1)},
      {"nothing to join", [](Module& m) { m.functions[9].code[3] = I::abc(Opcode::list, 3, 0, 0); }},
      {"passes the last register", [](Module& m) { m.functions[9].code[3] = I::abc(Opcode::list, 3, 2, 3); }},
      {"its event is 3 of a table of 3", [](Module& m) { m.rates[0].per = 3; }},
      {"rate 0", [](Module& m) { m.rates[0].key.clear(); }},
      {"its event is none", [](Module& m) { m.scores[0].event = none; }},
      {"its condition", [f](Module& m) { m.scores[0].where = f; }},
      {"its feature", [f](Module& m) { m.scores[0].features[0].value = f; }},
      {"its band is not between 0 and 1", [](Module& m) { m.scores[0].bands[0].below = decimal("1.1"); }},
      {"its last band has an end", [](Module& m) { m.scores[0].bands[1].below = decimal("0.5"); }},
      {"its last band has an end", [](Module& m) { m.scores[0].bands[0].below.reset(); }},
      {"its bands do not rise",
       [](Module& m) {
         m.scores[0].bands = {{"a", decimal("0.5")}, {"b", decimal("0.5")}, {"c", std::nullopt}};
       }},
      {"its value", [f](Module& m) { m.points[0].value = f; }},
      {"release 0", [](Module& m) { m.releases[0].text.clear(); }},
      {"its field is 1 of a table of 1", [](Module& m) { m.goals[0].sum = 1; }},
      {"its event", [](Module& m) { m.goals[0].without[0].event = 3; }},
      {"its guard metric is not between 0 and 1", [](Module& m) { m.goals[0].without[0].above = decimal("2"); }},
      {"its greatest age", [](Module& m) { m.fields[0].fresh = Duration{-1}; }},
      {"its completeness is not between 0 and 1", [](Module& m) { m.fields[1].complete = decimal("1.1"); }},
  });
}

BOOST_AUTO_TEST_CASE(tests_and_simulations) {
  check({
      {"its field is 1 of a table of 1",
       [](Module& m) {
         m.tests[0].steps[1].values = {{1, 4}};
       }},
      {"its value is none",
       [](Module& m) {
         m.tests[0].steps[1].values = {{0, none}};
       }},
      {"its event is none", [](Module& m) { m.tests[0].steps[1].event = none; }},
      {"its event", [](Module& m) { m.tests[0].steps[0].event = 3; }},
      {"its content", [](Module& m) { m.tests[0].steps[1].of_content = 9; }},
      {"its content", [](Module& m) { m.tests[0].steps[3].content = none; }},
      {"its channel", [](Module& m) { m.tests[0].steps[3].channel = 1; }},
      {"its workflow", [](Module& m) { m.tests[0].steps[4].workflow = 1; }},
      {"its pause", [](Module& m) { m.tests[0].steps[2].after = Duration{-1}; }},
      {"it does not set one field", [](Module& m) { m.tests[0].steps[5].values.clear(); }},
      {"its field is 7 of a table of 7",
       [](Module& m) {
         m.tests[0].steps[5].values = {{7, 5}};
       }},
      {"it has no name", [](Module& m) { m.tests[0].cases[0].name.clear(); }},
      {"its field is 7 of a table of 7",
       [](Module& m) {
         m.tests[0].cases[0].values = {{7, 4}};
       }},
      {"does something beyond", [](Module& m) { m.tests[0].cases[0].expect[0].kind = TestStep::Kind::after; }},
      {"its channel", [](Module& m) { m.tests[0].cases[0].expect[0].channel = 1; }},
      {"its choice", [](Module& m) { m.tests[0].cases[0].expect[1].choice = none; }},
      {"its option is 2 of a table of 2", [](Module& m) { m.tests[0].cases[0].expect[1].option = 2; }},
      {"its condition", [](Module& m) { m.tests[0].cases[0].expect[2].condition = none; }},
      {"its field is 7 of a table of 7", [](Module& m) { m.tests[0].cases[0].expect[2].fields = {7}; }},
      {"its field", [](Module& m) { m.simulations[0].like[0].field = 7; }},
      {"its value", [](Module& m) { m.simulations[0].like[0].portions[0].value = none; }},
      {"its share is not", [](Module& m) { m.simulations[0].like[0].portions[0].share = decimal("-0.1"); }},
      {"its shares together", [](Module& m) { m.simulations[0].like[0].portions[0].share = decimal("0.700000001"); }},
      {"it makes up more than",
       [](Module& m) {
         m.simulations[0].from.clear();
         m.simulations[0].contacts = most_made_up + 1;
       }},
      {"it names no content", [](Module& m) { m.simulations[0].expect[1].content = 9; }},
      {"its content", [](Module& m) { m.simulations[0].reactions[0].content = none; }},
      {"its event", [](Module& m) { m.simulations[0].reactions[1].event = none; }},
      {"its event", [](Module& m) { m.simulations[0].reactions[0].effect = none; }},
      {"its field",
       [](Module& m) {
         m.simulations[0].reactions[0].values = {{1, 4}};
       }},
      {"its condition", [](Module& m) { m.simulations[0].reactions[0].when = 11; }},
      {"its probability", [](Module& m) { m.simulations[0].reactions[0].probability = decimal("1.000000001"); }},
      {"its delay", [](Module& m) { m.simulations[0].reactions[0].within = Duration{-1}; }},
      {"its run", [](Module& m) { m.simulations[0].run = Duration{-1}; }},
      {"its goal", [](Module& m) { m.simulations[0].expect[0].goal = none; }},
      {"its expected share", [](Module& m) { m.simulations[0].expect[0].share = decimal("-0.1"); }},
  });
}

BOOST_AUTO_TEST_CASE(shares_and_durations) {
  constexpr Duration endless{std::numeric_limits<std::int64_t>::max()};
  check({
      {"its holdout is not between 0 and 1", [](Module& m) { m.goals[0].holdout = decimal("1.1"); }},
      {"its holdout is not between 0 and 1", [](Module& m) { m.goals[0].holdout = decimal("-0.000000001"); }},
      {"its start is not between 0 and 1", [](Module& m) { m.choices[0].options[0].start = decimal("2"); }},
      {"its exploration is not between 0 and 1", [](Module& m) { m.choices[0].explore = decimal("-1"); }},
      {"more than the whole", [](Module& m) { m.choices[0].explore = decimal("0.500000001"); }},
      {"its window", [=](Module& m) { m.counters[0].window = endless; }},
      {"its window", [=](Module& m) { m.goals[0].within = endless; }},
      {"its window", [](Module& m) { m.rules[1].window = Duration{-1}; }},
      {"its longest delay", [=](Module& m) { m.rules[0].up_to = endless; }},
      {"its pause", [=](Module& m) { m.workflows[0].again = endless; }},
  });
  Module m = sample_module();
  m.choices[0].explore = decimal("0.5");
  m.goals[0].holdout = Decimal::from_int(1);
  BOOST_TEST(verify(m).has_value());
}

BOOST_AUTO_TEST_CASE(types) {
  check({
      {"its type is not", [](Module& m) { m.fields[6].type.element.clear(); }},
      {"its type is not", [](Module& m) { m.fields[0].type.element = {FieldType()}; }},
      {"its type is not", [](Module& m) { m.events[0].fields[0].type.kind = TypeKind::list; }},
      {"its type is not", [](Module& m) { m.choices[0].features[0].type.kind = TypeKind::list; }},
      {"its type is nested too deep",
       [](Module& m) {
         FieldType type = type_of(TypeKind::text);
         for (int i = 0; i < 9; ++i) {
           FieldType list = type_of(TypeKind::list);
           list.element = {type};
           type = list;
         }
         m.fields[6].type = type;
       }},
  });
}

BOOST_AUTO_TEST_CASE(steps_have_what_their_kind_needs) {
  check({
      {"it has no content or no channel", [](Module& m) { m.steps[0].content = none; }},
      {"it has no content or no channel", [](Module& m) { m.steps[0].channel = none; }},
      {"it gives 0 arguments to 1", [](Module& m) { m.steps[0].arguments.clear(); }},
      {"no form for its channel", [](Module& m) { m.contents[1].variants.clear(); }},
      {"it has no time", [](Module& m) { m.steps[1].value = none; }},
      {"it has no time", [](Module& m) { m.steps[5].value = none; }},
      {"it has no time", [](Module& m) { m.steps[6].value = none; }},
      {"it has no condition", [](Module& m) { m.steps[3].value = none; }},
      {"it has no choice", [](Module& m) { m.steps[2].choice = none; }},
      {"it has no field", [](Module& m) { m.steps[4].field = none; }},
      {"it has no value", [](Module& m) { m.steps[4].value = none; }},
      {"it has no action", [](Module& m) { m.steps[9].action = none; }},
      {"it gives 0 arguments to 1", [](Module& m) { m.steps[9].arguments.clear(); }},
      {"it keeps values 2 to 3 of 3", [](Module& m) { m.steps[9].local = 2; }},
      {"it has no value", [](Module& m) { m.steps[10].value = none; }},
      {"it has no place for its value", [](Module& m) { m.steps[10].local = none; }},
      {"it keeps values 3 to 3 of 3", [](Module& m) { m.steps[10].local = 3; }},
      {"it keeps 65 values", [](Module& m) { m.workflows[0].locals = 65; }},
      {"it has no role", [](Module& m) { m.steps[11].role = none; }},
      {"it covers no step", [](Module& m) { m.steps[11].covered.clear(); }},
      {"it does not lead to the first step that it covers", [](Module& m) { m.steps[11].next = 7; }},
      {"the steps that it covers do not follow each other", [](Module& m) { m.steps[12].next = 14; }},
      {"it covers step 9, which is no effect",
       [](Module& m) {
         m.steps[9].kind = StepKind::wait_for;
         m.steps[9].value = 3;
         m.steps[9].action = none;
         m.steps[9].local = none;
         m.steps[13].next = 9;
         m.steps[11].covered = {12, 13, 9};
         m.steps[10].next = none;
       }},
      {"it leads to step 12 around its approval", [](Module& m) { m.steps[8].next = 12; }},
      {"it leads to step 12 without an approval", [](Module& m) { m.steps[11].otherwise = 12; }},
      {"its first step wants an approval", [](Module& m) { m.workflows[0].first = 13; }},
      {"it has no team", [](Module& m) { m.steps[14].team = none; }},
      {"it spends and does not say how much", [](Module& m) { m.actions[1].amount = none; }},
      {"it has more secrets", [](Module& m) { m.connectors[0].inputs.clear(); }},
      {"99 is no status", [](Module& m) { m.connectors[0].retry_on = {99}; }},
      {"its choice is that of step 2 already", [](Module& m) { m.steps[8].choice = 0; }},
  });
}

BOOST_AUTO_TEST_CASE(workflows_and_their_steps) {
  const auto other = [](Module& m, Index step) {  // moves the step into a second workflow
    std::erase(m.workflows[0].steps, step);
    Workflow w;
    w.name = "other";
    w.steps = {step};
    w.first = step;
    m.workflows.push_back(w);
  };
  check({
      {"it binds event 2 of 2", [](Module& m) { m.steps[1].arms[0].bind = 2; }},
      {"its binding is 64", [](Module& m) { m.steps[1].arms[0].bind = 64; }},
      {"it binds 65 events", [](Module& m) { m.workflows[0].bindings = 65; }},
      {"it binds 0 events", [](Module& m) { m.workflows[0].bindings = 0; }},
      {"it has steps and no first", [](Module& m) { m.workflows[0].first = none; }},
      {"it has steps and no first", [](Module& m) { m.workflows[0].steps.clear(); }},
      {"its step 0 is listed before", [](Module& m) { m.workflows[0].steps.push_back(0); }},
      {"its first step is not its own",
       [&](Module& m) {
         other(m, 8);
         m.workflows[0].first = 8;
       }},
      {"it leads to step 1 of another workflow", [&](Module& m) { other(m, 1); }},
      {"it leads to step 8 of another workflow",
       [&](Module& m) {
         other(m, 8);
         m.steps[1].arms[0].first = 8;
       }},
      {"it leads to step 8 of another workflow",
       [&](Module& m) {
         other(m, 8);
         m.choices[0].options[1].first = 8;
       }},
  });
}

BOOST_AUTO_TEST_CASE(no_way_leads_back) {
  check({
      {"a way leads back to it that is no round of a repeat", [](Module& m) { m.steps[0].next = 0; }},
      {"a way leads back to it that is no round of a repeat",
       [](Module& m) { m.steps[4].next = 3, m.steps[3].next = 4; }},
      {"a way leads back to it that is no round of a repeat", [](Module& m) { m.steps[3].otherwise = 3; }},
      {"a way leads back to it that is no round of a repeat", [](Module& m) { m.choices[0].options[1].first = 2; }},
      {"a way leads back to it that is no round of a repeat",
       [](Module& m) {  // a step that does not wait may not hide behind arms that it has no use for
         m.steps[7].arms = {{0, none, none, none, 7}};
       }},
  });
  // Not by a wait either: only what counts its rounds ends.
  check({
      {"a way leads back to it", [](Module& m) { m.steps[5].next = 0; }},
      {"a way leads back to it", [](Module& m) { m.steps[6].next = 6; }},
      {"a way leads back to it", [](Module& m) { m.steps[1].arms[0].first = 1; }},
  });
}

BOOST_AUTO_TEST_CASE(a_deep_graph_is_walked) {
  Module m = sample_module();
  const Index before = static_cast<Index>(m.steps.size());
  Step stop;
  stop.key = "s";
  stop.kind = StepKind::stop;
  for (Index i = 0; i < 50'000; ++i) {
    stop.next = before + i + 1;
    m.steps.push_back(stop);
    m.workflows[0].steps.push_back(before + i);
  }
  m.steps.back().next = none;
  BOOST_TEST(verify(m).has_value());
  m.steps.back().next = before;
  BOOST_TEST(!verify(m).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::bytecode
