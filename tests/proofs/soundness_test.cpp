// The prover against the engine: nothing that is proved ever fires, nothing that is unreachable is ever reached. The
// engine asks every rule all the same, so what it does is a test of what the prover says.
//
// FAIRLEAD_PROOF_PROGRAMS=N runs so many random projects (300); FAIRLEAD_PROOF_SEED=N runs that one and tells its
// story.
#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <iostream>

#include "tests/proofs/asked.hpp"
#include "tests/proofs/random_project.hpp"
#include "tests/proofs/verdicts.hpp"

namespace fairlead::soundness {
namespace {

using compiler::proof::Verdict;

struct Figures {
  std::size_t tried = 0, programs = 0, fired = 0, fires = 0, said = 0, asked = 0, passes = 0, messages = 0, entries = 0,
              by_facts = 0, conditions = 0;
  std::map<Verdict, std::size_t> pairs;
  std::size_t guarded_that_fired = 0, proved_and_asked = 0;
};

void one(std::uint32_t seed, bool told, Figures& figures, std::vector<std::string>& found) {
  const std::string text = RandomProject(seed).text();
  ++figures.tried;
  if (told) std::cout << text << "\n";
  const std::optional<bytecode::Module> module = runnable(text);
  if (!module) {
    if (told) std::cout << "it does not compile\n";
    return;
  }
  ++figures.programs;
  const Verdicts said = verdicts(*module, text);
  const Life life = live(*module, seed, told);
  for (const std::string& line : life.story) std::cout << line << "\n";
  for (const auto& [pair, verdict] : said.all) {
    ++figures.pairs[verdict];
    const auto rule = std::find_if(module->rules.begin(), module->rules.end(),
                                   [&r = pair.second](const auto& x) { return x.name == r; });
    const bool limit = rule->kind == bytecode::RuleKind::limit;
    if (!limit && verdict != Verdict::unreachable) ++figures.conditions;
    if (told) std::cout << fmt::format("{} at {}: {}\n", pair.second, pair.first, to_string(verdict));
    if (verdict == Verdict::guarded && life.fired.contains(pair)) ++figures.guarded_that_fired;
    if (verdict == Verdict::proved && life.reached.contains(pair.first)) ++figures.proved_and_asked;
    if (verdict == Verdict::proved && said.by_facts.contains(pair)) ++figures.by_facts;
  }
  figures.fired += life.fired.size();
  figures.fires += life.fires;
  figures.said += life.said.size();
  figures.asked += life.asked;
  figures.passes += life.passes;
  figures.messages += life.messages.size();
  figures.entries += life.entries;
  for (const std::string& violation : violations(*module, said, life))
    found.push_back(fmt::format("seed {}: {}", seed, violation));
}

BOOST_AUTO_TEST_SUITE(soundness)

BOOST_AUTO_TEST_CASE(what_is_proved_never_fires) {
  Figures f;
  std::vector<std::string> found;
  const auto begun = std::chrono::steady_clock::now();
  if (const std::uint32_t seed = number_from("FAIRLEAD_PROOF_SEED", 0); seed != 0) {
    one(seed, true, f, found);
  } else {
    const std::uint32_t programs = number_from("FAIRLEAD_PROOF_PROGRAMS", 300);
    const std::uint32_t first = number_from("FAIRLEAD_PROOF_FIRST", 1);
    for (std::uint32_t s = first; f.programs < programs; ++s) one(s, false, f, found);
    std::size_t pairs = 0;
    for (const auto& [verdict, n] : f.pairs) pairs += n;
    std::cout << fmt::format(
        "{} programs of {} ran: {} passes, {} messages, {} entries of the audit\n"
        "{} pairs of step and rule: {} proved ({} of what is known there, of {} with a condition), {} guarded, {} "
        "broken, {} unreachable\n"
        "{} questions, of which {} fired; {} pairs fired, {} in the audit; {} of the guarded ones did, {} of the "
        "proved ones were asked\n"
        "{:.1f} seconds\n",
        f.programs, f.tried, f.passes, f.messages, f.entries, pairs, f.pairs[Verdict::proved], f.by_facts, f.conditions,
        f.pairs[Verdict::guarded], f.pairs[Verdict::broken], f.pairs[Verdict::unreachable], f.asked, f.fires, f.fired,
        f.said, f.guarded_that_fired, f.proved_and_asked,
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    // A test of nothing would pass, too.
    BOOST_TEST(f.by_facts * 100 >= f.conditions * 15);
    BOOST_TEST(f.guarded_that_fired * 4 >= f.pairs[Verdict::guarded]);
    BOOST_TEST(f.proved_and_asked * 2 >= f.pairs[Verdict::proved]);
    BOOST_TEST(f.tried <= f.programs * 2);
  }
  for (const std::string& violation : found) BOOST_ERROR(violation);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::soundness
