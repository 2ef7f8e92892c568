// The prover and the guards while nothing stays as it is: the provider is slow and fails, channels have rates, and
// another version, with other rules and other steps, is deployed over people who are under way. Two judgements, since
// two things are promised (docs/inside/proofs.md):
//  - what is proved of a version is not broken at the commit, by who came in by it while it is in force;
//  - what the provider is given breaks no rule that is in force at that moment, whenever it was committed and whatever
//    was proved of it.
//
// FAIRLEAD_UPHEAVALS=N runs so many random projects (60); FAIRLEAD_UPHEAVAL=N runs that one and tells of it.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <iostream>

#include "tests/proofs/asked.hpp"
#include "tests/proofs/at_hand_over.hpp"
#include "tests/proofs/edited.hpp"
#include "tests/proofs/people.hpp"
#include "tests/proofs/random_project.hpp"
#include "tests/proofs/verdicts.hpp"
#include "tests/proofs/witness.hpp"

namespace fairlead::soundness {
namespace {

using compiler::proof::Verdict;
using engine::testing::must;

struct Version {
  std::string text;
  bytecode::Module module;
};

struct Told {
  Life first, second;
  AtHandOver::Figures handed;
  std::vector<std::string> found;
  std::uint64_t moved = 0, stayed = 0;
};

engine::Settings settings_of(std::uint32_t seed, Dice& dice) {
  engine::Settings out;
  out.seed = seed;
  out.virtual_clock = true;
  out.pacing.first_retry = minutes(10 + dice.below(300));
  out.pacing.longest_retry = hours(1 + dice.below(40));
  out.pacing.failures = 3 + dice.below(4);
  for (const char* channel : {"email", "sms"}) {
    if (dice.likely(40)) out.pacing.rates[channel] = {1 + dice.below(2), hours(1 + dice.below(12))};
  }
  return out;
}

Told live_through(const Version& one, const Version& other, std::uint32_t seed, bool told) {
  Dice dice(seed * 104'729U + 11);
  engine::testing::Provider provider;
  const std::unique_ptr<store::Store> store =
      must(store::open_sqlite(":memory:", store::Access::create, store::Durability::none));
  const std::unique_ptr<engine::Engine> engine = must(engine::Engine::open(*store, provider, settings_of(seed, dice)));
  const Instant start = engine::testing::at(dice.one({"2026-01-05T12:00Z", "2026-03-21T06:00Z", "2026-10-17T00:00Z"}));
  const Instant end = start + days(18), changes = start + hours(24 * 3 + dice.below(24 * 5));
  must(engine->deploy(start, one.module));

  Told out;
  People people(one.module, dice, start, end);
  Witness first(*engine, one.module, out.first, told);
  std::optional<Witness> second;
  AtHandOver at_hand_over(*engine, Dice(seed + 5));
  provider.answers = [&](const connect::Message& message) { return at_hand_over.answer(message); };
  engine->watch([&](const audit::Entry& entry) {
    first.hear(entry);
    if (second) second->hear(entry);
    people.hear(entry);
    at_hand_over.hear(entry);
    if (const auto* rolled = std::get_if<audit::Rolled>(&entry)) {
      out.moved += rolled->moved;
      out.stayed += rolled->stayed;
    }
  });
  must(store->post(people.come(told ? &out.first.story : nullptr), {}));
  while (true) {
    const auto due = must(engine->next_due());
    if (!due || end < *due) break;
    if (!second && changes < *due) {
      const audit::InFlight how = dice.likely(50) ? audit::InFlight::stay : audit::InFlight::move;
      must(engine->deploy(changes, other.module, {how, "", ""}));
      first.replaced();
      second.emplace(*engine, other.module, out.second, told);
      continue;
    }
    at_hand_over.clock(*due);
    provider.clock = *due;
    while (must(engine->batch(*due)).more) {
    }
    must(engine->hand_over(*due));
    const std::vector<store::Inbox> answers = people.answer(*due, nullptr);
    if (!answers.empty()) must(store->post(answers, {}));
  }
  out.handed = at_hand_over.figures();
  out.found = at_hand_over.found();
  return out;
}

/// Limits are proved of one version's history alone.
Verdicts without_limits(Verdicts verdicts, const bytecode::Module& module) {
  std::erase_if(verdicts.all, [&](const auto& one) {
    return std::ranges::any_of(module.rules, [&](const bytecode::Rule& rule) {
      return rule.name == one.first.second && rule.kind == bytecode::RuleKind::limit;
    });
  });
  return verdicts;
}

struct Figures {
  std::size_t tried = 0, programs = 0, first_proved = 0, second_proved = 0, moved = 0, stayed = 0, later = 0,
              later_fired = 0;
  AtHandOver::Figures handed;
};

std::size_t proved_and_asked(const Verdicts& verdicts, const std::set<std::string>& reached) {
  return static_cast<std::size_t>(std::ranges::count_if(verdicts.all, [&](const auto& one) {
    return one.second == Verdict::proved && reached.contains(one.first.first);
  }));
}

void one(std::uint32_t seed, bool told, Figures& f, std::vector<std::string>& found) {
  ++f.tried;
  Dice dice(seed * 37 + 1);
  Version before, after;
  before.text = RandomProject(seed).text();
  after.text = edited_steps(edited_rules(before.text, dice), dice);
  std::optional<bytecode::Module> first = runnable(before.text), second = runnable(after.text);
  if (!first || !second) return;
  ++f.programs;
  before.module = std::move(*first);
  after.module = std::move(*second);
  if (told) std::cout << before.text << "\n----\n" << after.text << "\n";
  const Told out = live_through(before, after, seed, told);
  for (const std::string& line : out.first.story) std::cout << line << "\n";
  const auto add = [&](const std::string& of, const std::vector<std::string>& all) {
    for (const std::string& each : all) found.push_back(fmt::format("seed {}: {}{}", seed, of, each));
  };
  const Verdicts of_first = verdicts(before.module, before.text);
  const Verdicts of_second = without_limits(verdicts(after.module, after.text), after.module);
  add("first version: ", violations(before.module, of_first, out.first));
  add("second version: ", violations(after.module, of_second, out.second));
  add("", out.found);
  for (const auto& [pair, verdict] : without_limits(of_first, before.module).all) {
    if (verdict != Verdict::proved || !out.first.reached_later.contains(pair.first)) continue;
    ++f.later;
    if (!out.first.fired_later.contains(pair)) continue;
    ++f.later_fired;
    if (told)
      std::cout << "stays: " << pair.second << " at " << pair.first << " " << out.first.fired_later.at(pair) << "\n";
  }
  f.first_proved += proved_and_asked(of_first, out.first.reached);
  f.second_proved += proved_and_asked(of_second, out.second.reached);
  f.moved += out.moved;
  f.stayed += out.stayed;
  f.handed.handed += out.handed.handed;
  f.handed.again += out.handed.again;
  f.handed.later += out.handed.later;
  f.handed.other_policies += out.handed.other_policies;
  f.handed.withheld += out.handed.withheld;
  f.handed.deferred += out.handed.deferred;
}

BOOST_AUTO_TEST_SUITE(upheaval)

BOOST_AUTO_TEST_CASE(nothing_that_breaks_a_rule_in_force_goes_out) {
  Figures f;
  std::vector<std::string> found;
  if (const std::uint32_t seed = number_from("FAIRLEAD_UPHEAVAL", 0); seed != 0) {
    one(seed, true, f, found);
  } else {
    const std::uint32_t programs = number_from("FAIRLEAD_UPHEAVALS", 60);
    for (std::uint32_t s = 1; f.programs < programs; ++s) one(s, false, f, found);
    std::cout << fmt::format(
        "{} programs of {}, each followed by another version: {} passes moved, {} stayed; {} proved and asked of the "
        "first, {} of the second\n"
        "{} messages handed over, {} of them once more, {} later than they were committed, {} under other policies; "
        "rules kept back {} for good and {} for a time\n"
        "of who stays when other policies are in force: {} proved and asked, {} fired\n",
        f.programs, f.tried, f.moved, f.stayed, f.first_proved, f.second_proved, f.handed.handed, f.handed.again,
        f.handed.later, f.handed.other_policies, f.handed.withheld, f.handed.deferred, f.later, f.later_fired);
    // A test of nothing would pass, too.
    BOOST_TEST(f.moved >= f.programs / 8);
    BOOST_TEST(f.stayed >= f.programs / 8);
    BOOST_TEST(f.first_proved >= f.programs);
    BOOST_TEST(f.second_proved >= f.programs / 2);
    BOOST_TEST(f.handed.again >= f.programs);
    BOOST_TEST(f.handed.later >= f.programs);
    BOOST_TEST(f.handed.other_policies >= f.programs / 4);
    BOOST_TEST(f.handed.withheld >= f.programs / 4);
    BOOST_TEST(f.handed.deferred >= 1U);
    BOOST_TEST(f.tried <= f.programs * 3);
  }
  for (const std::string& each : found) BOOST_ERROR(each);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::soundness
