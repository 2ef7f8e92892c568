// Mistakes that are switched on one at a time (compiler/proof/planted.hpp): random projects on the real engine, or the
// verdicts of a careful reader, find each. What the engine does is the same whatever the prover says of it, so each
// project is lived once and held against every mistake.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <iostream>

#include "compiler/proof/planted.hpp"
#include "tests/proofs/precision.hpp"
#include "tests/proofs/random_project.hpp"
#include "tests/proofs/verdicts.hpp"

namespace fairlead::soundness {
namespace {

using compiler::proof::Mistake;
using compiler::proof::the_planted_mistake;

struct Planted {
  Mistake mistake;
  const char* name;
  std::string by_running = {}, by_reading = {};
};

/// In the words of compiler/proof/planted.hpp.
std::vector<Planted> mistakes() {
  return {{Mistake::wait_keeps, "what was known before a wait is known after it"},
          {Mistake::approval_keeps, "an approval takes no time"},
          {Mistake::held_keeps, "what is held back goes out as it was known when somebody came"},
          {Mistake::counts_outlast, "how often something happened stays as it was while time passes"},
          {Mistake::fields_outlast, "every field is as if it were `fixed`"},
          {Mistake::not_yet_is_never, "what has not happened yet, or is not there yet, never will be"},
          {Mistake::join_one_side, "where two ways meet one of them is forgotten"},
          {Mistake::leave_after_set, "`leave when` is asked after `set`, too"},
          {Mistake::round_keeps, "a later round knows what the first one knew"},
          {Mistake::round_writes_nothing, "what a round writes is not forgotten in the next one"},
          {Mistake::else_is_then, "the condition of an `if` holds behind `else`, too"},
          {Mistake::set_forgets_nothing, "`set` adds what it writes to what was known"},
          {Mistake::zone_set_keeps_clock, "whose clock it is does not change with the zone"},
          {Mistake::late_event_only, "an event that is waited for never came before the wait"},
          {Mistake::option_for_all, "the `when` of one option holds in all"},
          {Mistake::always_chosen, "one of the options is always taken"},
          {Mistake::where_for_all, "the `where` of one entry holds for all"},
          {Mistake::skip_is_stop, "whom a guard skips is gone"},
          {Mistake::wait_until_moves, "a wait until a field that changes was until what it is now"},
          {Mistake::consent_assumed, "whoever is sent a message has consented to its channel"},
          {Mistake::fault_is_false, "a rule that cannot be asked does not fire"},
          {Mistake::second_never_fails, "the second operand of `and` and `or` never fails"},
          {Mistake::ends_left_out, "the opposite of `<` is `>`"},
          {Mistake::list_cut, "the last of a list is not in it"},
          {Mistake::fallback_ignored, "`x or y` is x"},
          {Mistake::none_is_unlike, "nothing is not equal to nothing"},
          {Mistake::wide_is_narrow, "a longer window has no more than a shorter one"},
          {Mistake::window_edge, "a window has its far edge in it"},
          {Mistake::again_ignored, "nobody comes again"},
          {Mistake::waits_longer, "a wait lasts twice as long"},
          {Mistake::early_is_late, "an event is as late as the end of its wait"},
          {Mistake::shares_ignored, "each workflow has the whole limit to itself"},
          {Mistake::transactional_counted, "what is transactional counts, and the rest does not"},
          {Mistake::days_of_24_hours, "every calendar day has 24 hours, on one clock"},
          {Mistake::others_not_counted, "what other workflows send does not count"}};
}

/// Switches a mistake on for as long as it lives.
class On {
 public:
  explicit On(Mistake mistake) { the_planted_mistake = mistake; }
  ~On() { the_planted_mistake = Mistake::none; }
  On(const On&) = delete;
  On& operator=(const On&) = delete;
};

BOOST_AUTO_TEST_SUITE(planted_mistakes)

BOOST_AUTO_TEST_CASE(each_is_found) {
  std::vector<Planted> all = mistakes();
  const char* text_of_programs = std::getenv("FAIRLEAD_PROOF_PLANTED");
  const std::uint32_t seeds =
      text_of_programs == nullptr ? 60 : static_cast<std::uint32_t>(std::atoi(text_of_programs));
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    const std::string text = RandomProject(seed).text();
    const std::optional<bytecode::Module> module = runnable(text);
    if (!module) continue;
    // Some projects take long to prove, and each is proved once a mistake.
    const auto begun = std::chrono::steady_clock::now();
    (void)verdicts(*module, text);
    if (std::chrono::steady_clock::now() - begun > std::chrono::milliseconds(60)) continue;
    const Life life = live(*module, seed, false);
    for (Planted& planted : all) {
      if (!planted.by_running.empty()) continue;
      const On on(planted.mistake);
      const std::vector<std::string> found = violations(*module, verdicts(*module, text), life);
      if (!found.empty()) planted.by_running = fmt::format("seed {}", seed);
    }
  }
  const compiler::Tally without = compiler::tally();
  for (Planted& planted : all) {
    const On on(planted.mistake);
    const compiler::Tally tally = compiler::tally();
    if (!tally.unsound.empty()) planted.by_reading = fmt::format("{} proved that are not", tally.unsound.size());
    if (planted.by_reading.empty() && tally.exact < without.exact)
      planted.by_reading = fmt::format("{} verdicts fewer", without.exact - tally.exact);
  }
  for (const Planted& planted : all) {
    std::cout << fmt::format("| {} | {} | {} |\n", planted.name, planted.by_running, planted.by_reading);
    BOOST_TEST((!planted.by_running.empty() || !planted.by_reading.empty()), planted.name << ": not found");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::soundness
