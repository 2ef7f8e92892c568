// Mistakes that can be switched on, to see that the tests of the prover find them (tests/proofs/planted_test.cpp): each
// is one that whoever writes a prover may make, at the place where it would be made. Only the tests' own copy of the
// prover is compiled with FAIRLEAD_PLANTED_PROOFS; everywhere else `planted` is false at compile time, and nothing of
// it is left.
#pragma once

#include <cstdint>

namespace fairlead::compiler::proof {

enum class Mistake : std::uint8_t {
  none,
  wait_keeps,             // what was known before a wait is known after it
  approval_keeps,         // an approval takes no time
  held_keeps,             // what is held back goes out as it was known when somebody came
  counts_outlast,         // how often something happened stays as it was while time passes
  fields_outlast,         // every field is as if it were `fixed`
  not_yet_is_never,       // what has not happened yet, or is not there yet, never will be
  join_one_side,          // where two ways meet one of them is forgotten
  leave_after_set,        // `leave when` is asked after `set`, too
  round_keeps,            // a later round knows what the first one knew
  round_writes_nothing,   // what a round writes is not forgotten in the next one
  else_is_then,           // the condition of an `if` holds behind `else`, too
  set_forgets_nothing,    // `set` adds what it writes to what was known
  zone_set_keeps_clock,   // whose clock it is does not change with the zone
  late_event_only,        // an event that is waited for never came before the wait
  option_for_all,         // the `when` of one option holds in all
  always_chosen,          // one of the options is always taken
  where_for_all,          // the `where` of one entry holds for all
  skip_is_stop,           // whom a guard skips is gone
  wait_until_moves,       // a wait until a field that changes was until what it is now
  consent_assumed,        // whoever is sent a message has consented to its channel
  fault_is_false,         // a rule that cannot be asked does not fire
  second_never_fails,     // the second operand of `and` and `or` never fails
  ends_left_out,          // the opposite of `<` is `>`
  list_cut,               // the last of a list is not in it
  fallback_ignored,       // `x or y` is x
  none_is_unlike,         // nothing is not equal to nothing
  wide_is_narrow,         // a longer window has no more than a shorter one
  window_edge,            // a window has its far edge in it
  again_ignored,          // nobody comes again
  waits_longer,           // a wait lasts twice as long
  early_is_late,          // an event is as late as the end of its wait
  shares_ignored,         // each workflow has the whole limit to itself
  transactional_counted,  // what is transactional counts, and the rest does not
  days_of_24_hours,       // every calendar day has 24 hours, on one clock
  others_not_counted,     // what other workflows send does not count
};

/// What may be forgotten of all that a workflow's proofs depend on, so that the cache knows too little
/// (tests/proofs/cache_test.cpp).
enum class LeftOut : std::uint8_t {
  nothing,
  constants,  // what is written in a condition or for a wait
  otherwise,  // what a rule does with what would break it
  waivers,    // that a rule is waived
  concern,    // which rules are about an effect
  fixed,      // that a field never changes
  written,    // which field is set
  answers,    // that an event may have come before it is waited for
  followers,  // that another workflow leads here
  ever,       // other questions about the same event
  places,     // which of the places are the same
  addresses,  // to which field a channel goes
};

#ifdef FAIRLEAD_PLANTED_PROOFS
inline LeftOut what_is_left_out = LeftOut::nothing;
inline bool left_out(LeftOut part) {
  return what_is_left_out == part;
}
inline Mistake the_planted_mistake = Mistake::none;
inline bool planted(Mistake mistake) {
  return the_planted_mistake == mistake;
}
/// The figures of `proofs --bounds` are no verdicts, and take longer than these.
inline bool without_figures = false;
#else
constexpr bool without_figures = false;
constexpr bool planted(Mistake) {
  return false;
}
constexpr bool left_out(LeftOut) {
  return false;
}
#endif

}  // namespace fairlead::compiler::proof
