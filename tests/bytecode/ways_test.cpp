// Ways through a workflow in a module: repeats, splits, plans, records and budgets, what the verifier says of them, and
// how they read.
#include <boost/test/unit_test.hpp>
#include <functional>
#include <random>

#include "tests/bytecode/sample.hpp"

namespace fairlead::bytecode {
namespace {

Decimal decimal(std::string_view text) {
  return *Decimal::parse(text);
}

Step step(StepKind kind, std::string key, std::uint32_t line, Index next) {
  Step s;
  s.kind = kind;
  s.key = "ways/" + std::move(key);
  s.line = line;
  s.next = next;
  return s;
}

constexpr Index first = 15;  // after the steps of the sample

/// The sample and a workflow `ways` with one of each.
Module module_with_ways() {
  Module m = sample_module();
  m.functions.push_back(function_of("a campaign is live", 1,
                                    {Instruction::abc(Opcode::event, 0, 1, 1), Instruction::ax(Opcode::give, 0, 0)}));
  const auto live = static_cast<Index>(m.functions.size() - 1);
  Field key{.name = "name", .id = name_id("name"), .type = type_of(TypeKind::text)};
  key.key = true;
  const Field flag{.name = "live", .id = name_id("live"), .type = type_of(TypeKind::boolean)};
  m.records = {{"campaign", {key, flag}}};
  m.splits = {{"ways/tone", 0, {{"short", decimal("0.25"), first + 3}, {"long", decimal("0.75"), none}}, true, "lead"}};
  m.plans = {{"ways/path",
              0,
              6,
              days(2),
              days(45),
              {{"aware", none}, {"engaged", 6}},
              {{"educate", {}, none, "", first + 7}, {"call", {1}, 6, "lead", none}}}};
  m.allocations = {{"ways/allocate campaign#1", 0, Decimal::from_int(10'000), Period::week, Duration{}, 0, live,
                    decimal("0.05"), decimal("0.5"), Pace{decimal("0.2"), Period::day, Duration{}, ""}}};
  Step repeat = step(StepKind::repeat, "repeat#1", 30, first + 1);
  repeat.times = 5;
  repeat.every = days(7);
  repeat.value = 6;
  repeat.otherwise = first + 2;
  Step round = step(StepKind::stop, "repeat#1/stop#1", 31, first);
  Step split = step(StepKind::split, "tone", 32, none);
  split.split = 0;
  Step each = step(StepKind::for_each, "for each campaign#1", 36, first + 4);
  each.record = 0;
  each.bind = 1;
  each.value = live;
  each.otherwise = first + 5;
  Step body = step(StepKind::wait_for, "for each campaign#1/wait#1", 37, first + 3);
  body.value = 3;
  Step allocate = step(StepKind::allocate, "allocate campaign#1", 39, first + 6);
  allocate.allocation = 0;
  allocate.bind = 1;
  Step plan = step(StepKind::plan, "path", 43, first + 8);
  plan.plan = 0;
  Step send = step(StepKind::send, "path/educate/send receipt#1", 47, first + 6);
  send.content = 1;
  send.best = {0};
  send.best_hour = Hours{{8 * 3600}, {20 * 3600}};
  send.arguments = {4};
  Step follow = step(StepKind::follow, "follow nurture#1", 49, none);
  follow.workflow = 0;
  const std::vector<Step> steps{repeat, round, split, each, body, allocate, plan, send, follow};
  Workflow w;
  w.name = "ways";
  w.file = "ways.lead";
  w.line = 28;
  w.first = first;
  w.bindings = 2;
  for (const Step& s : steps) {
    w.steps.push_back(static_cast<Index>(m.steps.size()));
    m.steps.push_back(s);
  }
  m.workflows.push_back(w);
  m.choices[0].half_life = days(30);
  m.choices[0].move = Pace{decimal("0.1"), Period::window, days(2), "lead"};
  m.choices[0].options[0].at_most = decimal("0.8");
  m.choices[0].options[1].at_least = decimal("0.05");
  return m;
}

struct Case {
  std::string wanted;
  std::function<void(Module&)> spoil;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    Module m = module_with_ways();
    c.spoil(m);
    const auto result = verify(m);
    BOOST_TEST(!result, "accepted, and should say: " << c.wanted);
    if (result) continue;
    const std::string& said = result.error().args.at(0);
    BOOST_TEST(said.find(c.wanted) != std::string::npos, "says: " << said << "; wanted: " << c.wanted);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ways)

BOOST_AUTO_TEST_CASE(they_are_sound_and_come_back_from_their_bytes) {
  const Module m = module_with_ways();
  const auto sound = verify(m);
  BOOST_TEST(sound.has_value(), (sound ? "" : sound.error().args.at(0)));
  const auto again = decode(encode(m));
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST((*again == m));
}

BOOST_AUTO_TEST_CASE(they_read_as_they_did) {
  check_golden("bytecode/ways.disasm", disassemble(module_with_ways()));
}

BOOST_AUTO_TEST_CASE(rounds) {
  check({
      {"it has 0 rounds", [](Module& m) { m.steps[first].times = 0; }},
      {"it has 1001 rounds", [](Module& m) { m.steps[first].times = 1'001; }},
      {"its rounds take no time", [](Module& m) { m.steps[first].every = Duration{}; }},
      {"its round is not between", [](Module& m) { m.steps[first].every = Duration{-1}; }},
      {"it has no round", [](Module& m) { m.steps[first].next = none; }},
      {"it leads to step 0 of another workflow", [](Module& m) { m.steps[first].next = 0; }},
      {"it has no record", [](Module& m) { m.steps[first + 3].record = none; }},
      {"it has no binding", [](Module& m) { m.steps[first + 3].bind = none; }},
      {"it binds record 2 of 2", [](Module& m) { m.steps[first + 3].bind = 2; }},
      {"its record is 1", [](Module& m) { m.steps[first + 3].record = 1; }},
      // Where a round leads back to by another way than the step that counts it.
      {"a way leads back to it", [](Module& m) { m.steps[first].otherwise = first; }},
      {"a way leads back to it", [](Module& m) { m.steps[first + 2].next = first; }},
      {"a way leads back to it", [](Module& m) { m.steps[first + 1].next = first + 1; }},
      {"a way leads back to it", [](Module& m) { m.splits[0].variants[1].first = first + 2; }},
  });
  // A round of nothing is one.
  Module m = module_with_ways();
  m.steps[first].next = first;
  BOOST_TEST(verify(m).has_value());
}

BOOST_AUTO_TEST_CASE(shares_of_splits_and_choices) {
  check({
      {"its shares are not the whole", [](Module& m) { m.splits[0].variants[0].share = decimal("0.2"); }},
      {"its shares are not the whole", [](Module& m) { m.splits[0].variants[0].share = decimal("0.3"); }},
      {"its share is not between 0 and 1", [](Module& m) { m.splits[0].variants[0].share = decimal("-0.25"); }},
      {"it adopts the better way and has no goal", [](Module& m) { m.splits[0].goal = none; }},
      {"its first step", [](Module& m) { m.splits[0].variants[0].first = 99; }},
      {"its split is that of step 17 already", [](Module& m) { m.steps[first + 6].split = 0; }},
      {"it has no split", [](Module& m) { m.steps[first + 2].split = none; }},
      {"its least is not between", [](Module& m) { m.choices[0].options[1].at_least = decimal("1.1"); }},
      {"more at least than at most", [](Module& m) { m.choices[0].options[0].at_most = decimal("0.01"); }},
      {"more than the whole", [](Module& m) { m.choices[0].options[1].at_least = decimal("0.91"); }},
      {"its half-life is nothing", [](Module& m) { m.choices[0].half_life = Duration{}; }},
      {"its move is not between", [](Module& m) { m.choices[0].move->share = decimal("2"); }},
  });
}

BOOST_AUTO_TEST_CASE(plans_budgets_and_following) {
  check({
      {"it has no stages or no plays", [](Module& m) { m.plans[0].stages.clear(); }},
      {"it has no stages or no plays", [](Module& m) { m.plans[0].plays.clear(); }},
      {"it plays 0 times", [](Module& m) { m.plans[0].most = 0; }},
      {"its stage is 2", [](Module& m) { m.plans[0].plays[1].stages = {2}; }},
      {"its condition", [](Module& m) { m.plans[0].stages[1].when = 99; }},
      {"its goal", [](Module& m) { m.plans[0].goal = none; }},
      {"its plan is that of step 21 already", [](Module& m) { m.steps[first + 7].plan = 0; }},
      {"it has nothing to share out", [](Module& m) { m.allocations[0].amount = Decimal(); }},
      {"each has more at least than at most", [](Module& m) { m.allocations[0].least = decimal("0.6"); }},
      {"its record", [](Module& m) { m.allocations[0].record = none; }},
      {"it has no allocation", [](Module& m) { m.steps[first + 5].allocation = none; }},
      {"it has no workflow", [](Module& m) { m.steps[first + 8].workflow = none; }},
      {"its workflow is 2", [](Module& m) { m.steps[first + 8].workflow = 2; }},
      {"it follows itself", [](Module& m) { m.steps[first + 8].workflow = 1; }},
      {"it follows itself",
       [](Module& m) {
         m.steps[8].kind = StepKind::follow;
         m.steps[8].workflow = 1;
       }},
      {"its channel is 1", [](Module& m) { m.steps[first + 7].best = {1}; }},
      {"it has no content or no channel", [](Module& m) { m.steps[first + 7].channel = 0; }},
      {"its content has no form", [](Module& m) { m.contents[1].variants.clear(), m.steps[0].kind = StepKind::stop; }},
  });
}

BOOST_AUTO_TEST_CASE(a_stranger_changes_them) {
  std::mt19937_64 dice(4);
  const std::string body = encode(module_with_ways()).substr(header_bytes);
  int accepted = 0;
  for (int i = 0; i < 5'000; ++i) {
    std::string changed = body;
    for (int n = 0; n < 2; ++n) changed[dice() % changed.size()] = static_cast<char>(dice());
    const auto module = decode(seal(changed));
    if (!module) continue;
    ++accepted;
    BOOST_REQUIRE(!disassemble(*module).empty());
  }
  BOOST_TEST(accepted > 100);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::bytecode
