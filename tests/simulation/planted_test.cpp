// Bugs that are switched on one at a time (runtime/guard/planted.hpp): the simulation finds each within so many seeds,
// and nothing where none is on. A simulation that finds nothing has shown as much as it can find.
#include <fmt/format.h>

#include "runtime/guard/planted.hpp"
#include "tests/simulation/seeds.hpp"

namespace fairlead::simulation {
namespace {

struct Planted {
  Bug bug;
  const char* name;
  std::uint32_t within;  // seeds
};

constexpr Planted all[] = {{Bug::inbox_row_left, "an inbox row that is not consumed in its batch", 20},
                           {Bug::duplicate_taken, "an event that comes twice and counts twice", 20},
                           {Bug::late_event_ignored, "a late event that reaches no goal", 60},
                           {Bug::key_without_visit, "a key that is the same in every round", 100},
                           {Bug::rules_not_asked_again, "rules that are not asked again at hand-over", 60},
                           {Bug::window_edge, "a limit's window with its far edge in it", 200},
                           {Bug::cap_counted_at_hand_over, "a cap counted at hand-over", 60},
                           {Bug::early_not_withheld, "a pass that was left and still sends", 100},
                           {Bug::timer_lost_in_crash, "a timer that a crash loses", 40},
                           {Bug::tail_from_wrong_seq, "recovery that begins a record too late", 40},
                           {Bug::claimed_sent_again, "claimed rows sent without asking the connector", 40},
                           {Bug::handed_over_before_claim, "a hand-over before its claim is durable", 60},
                           {Bug::unknown_sent_again, "what may have gone out, sent again on a guess", 60},
                           {Bug::rate_forgotten_in_crash, "a rate that a crash forgets", 200},
                           {Bug::circuit_ignored, "a connector that is not left alone", 60},
                           {Bug::clock_goes_back, "a clock that goes back", 40},
                           {Bug::audit_entry_left_out, "an entry that the audit leaves out", 20},
                           {Bug::held_out_gets_message, "a message for who is held out", 60},
                           {Bug::forget_leaves_outbox, "a message for who was forgotten", 200},
                           {Bug::approval_without_look, "an approval of what is not what was shown", 100},
                           {Bug::values_replaced, "values that a contact's row does not name, lost", 100},
                           {Bug::cap_from_deployment, "a limit over all that counts from its deployment on", 150},
                           {Bug::charge_released_twice, "a cost that is paid back twice", 100},
                           {Bug::charge_of_calls_only, "messages that cost nothing", 40},
                           {Bug::pause_not_at_hand_over, "a pause that is not asked at hand-over", 60},
                           {Bug::pause_lost_in_crash, "a pause that a crash loses", 60},
                           {Bug::shadow_sends, "a shadow that sends", 60},
                           {Bug::rollout_for_all, "a stage that lets everybody in", 40},
                           {Bug::rollout_share_drawn_anew, "a share that is drawn anew for each stage", 40},
                           {Bug::mover_drops_pass, "a move that loses people", 60},
                           {Bug::mover_moves_anybody, "a move to another place", 800},
                           {Bug::place_lost_in_crash, "a loop whose place among its rows a crash loses", 200},
                           {Bug::undo_moves_all, "an undo that takes back who has gone on", 300},
                           {Bug::pruned_id_taken, "a pruned event that counts once more", 100},
                           {Bug::pruned_under_way, "what somebody under way reads, pruned", 100},
                           {Bug::alone_ends_all, "a command that leaves what is due for later", 800},
                           {Bug::own_spend_of_messages, "a call that costs its contact nothing", 400},
                           {Bug::word_of_anybody, "a yes of somebody who has no say", 100},
                           {Bug::word_kept, "a yes that is good for the next message, too", 800}};

Findings search(Bug bug, std::uint32_t seeds, bool stop_at_first) {
  return run_seeds({1, seeds, stop_at_first}, [bug](std::uint32_t seed, const std::string& folder) {
    the_planted_bug = bug;  // in a process of its own
    return report(life_of(seed, folder));
  });
}

BOOST_AUTO_TEST_SUITE(planted_bugs)

BOOST_AUTO_TEST_CASE(each_is_found) {
  for (const Planted& planted : all) {
    const Findings findings = search(planted.bug, planted.within, true);
    BOOST_TEST(!findings.found.empty(), planted.name << ": not found within " << planted.within << " seeds");
    if (findings.found.empty()) continue;
    const auto& [seed, what] = *findings.found.begin();
    BOOST_TEST_MESSAGE(planted.name << ": seed " << seed << ", " << what.substr(0, what.find("; ")));
  }
}

BOOST_AUTO_TEST_CASE(where_there_is_none_nothing_is_found) {
  const Findings findings = search(Bug::none, 60, false);
  for (const auto& [seed, what] : findings.found) BOOST_ERROR(reproduce(seed) << "\n  " << what);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::simulation
