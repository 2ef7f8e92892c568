// Bugs that can be switched on, to see that the simulation finds them (tests/simulation). They are the mistakes that
// journey engines really make, each at the place where it would be made. Only the simulation's own copy of the engine
// is compiled with FAIRLEAD_PLANTED; everywhere else `planted` is false at compile time, and nothing of it is left.
#pragma once

#include <cstdint>

namespace fairlead {

enum class Bug : std::uint8_t {
  none,
  inbox_row_left,            // a row of the inbox is not consumed in the batch that takes it
  duplicate_taken,           // a second arrival of an event counts again
  late_event_ignored,        // an event that comes late reaches no goal
  key_without_visit,         // the idempotency key is the same in every round
  rules_not_asked_again,     // what was filled is handed over as it was judged then
  window_edge,               // a limit's window has its far edge in it
  cap_counted_at_hand_over,  // a message counts when it goes out, not when it is filled
  early_not_withheld,        // a pass that was left early still sends what it had filled
  timer_lost_in_crash,       // what is in the journal's tail is not scheduled again
  tail_from_wrong_seq,       // recovery begins one record too late
  claimed_sent_again,        // what was claimed when the process died is sent without asking the connector
  handed_over_before_claim,  // the connector gets a message before the claim is in the store
  unknown_sent_again,        // what may have gone out is tried again, though the other side knows no keys
  rate_forgotten_in_crash,   // how many messages left lately is only in memory
  circuit_ignored,           // a connector that is to be left alone is not
  clock_goes_back,           // turns happen at what the machine's clock shows
  audit_entry_left_out,      // a message goes out and nobody writes it down
  held_out_gets_message,     // suppressed in the audit, and in the outbox all the same
  forget_leaves_outbox,      // who was forgotten still gets what was filled
  approval_without_look,     // what was approved goes out as it is now, not as it was shown
  values_replaced,           // what comes in of a contact replaces all values, not only those that it names
  cap_from_deployment,       // what counts over all contacts is counted from the newest version on only
  charge_released_twice,     // what was set aside is there again twice where nothing comes of it
  charge_of_calls_only,      // messages cost nothing
  pause_not_at_hand_over,    // what a paused workflow has filled goes out
  pause_lost_in_crash,       // whether a workflow is paused is only in memory
  shadow_sends,              // a pass that is only tried sends
  rollout_for_all,           // a stage lets everybody in
  rollout_share_drawn_anew,  // who is in a stage's share is drawn anew for each stage
  mover_drops_pass,          // who is moved to another version stands nowhere
  mover_moves_anybody,       // people move where it is not the same place
  place_lost_in_crash,       // where a loop stands among its rows is only in memory
  undo_moves_all,            // an undo takes those back, too, who have gone on
  pruned_id_taken,           // an event that was pruned and comes again is taken for a new one
  pruned_under_way,          // what somebody under way still reads is pruned with the rest
  alone_ends_all,            // a command that is a batch of its own ends the work, whatever else is due
  own_spend_of_messages,     // what a call spends on a contact is not counted
  word_of_anybody,           // who says yes is not asked for their role
  word_kept                  // a yes is good for the next message, too
};

#ifdef FAIRLEAD_PLANTED
inline Bug the_planted_bug = Bug::none;
inline bool planted(Bug bug) {
  return the_planted_bug == bug;
}
#else
constexpr bool planted(Bug) {
  return false;
}
#endif

}  // namespace fairlead
