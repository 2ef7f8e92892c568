#include "tests/simulation/of_people.hpp"

namespace fairlead::simulation {

const Posted* OfPeople::row(Posted::Kind kind, const std::string& what) {
  const Posted* out = rows_.next(kind);
  if (out == nullptr) known_.wrong("batch {}: {} comes out of no row, or before its turn", known_.seq, what);
  return out;
}

void OfPeople::see(Instant, const audit::ContactStored& stored) {
  const Posted* from = row(Posted::Kind::contact, "a contact");
  if (from == nullptr) return;
  const auto before = ids_.find(from->email);
  if (stored.created != (before == ids_.end()) || (before != ids_.end() && before->second != stored.contact))
    known_.wrong("{} became another contact", from->email);
  ids_[from->email] = stored.contact;
  Values& values = known_.values[stored.contact];
  for (const auto& [to, said] : {std::pair(&values.zone, &from->zone),
                                 {&values.country, &from->country},
                                 {&values.consent, &from->consent},
                                 {&values.plan, &from->plan}}) {
    if (!said->empty()) *to = *said;
  }
}

void OfPeople::see(Instant, const audit::EventTaken& taken) {
  const Posted* from = row(Posted::Kind::event, "an event");
  if (from == nullptr) return;
  if (from->id != taken.id || from->type != taken.type || from->at != taken.at || ids_[from->email] != taken.contact)
    known_.wrong("the event {} was taken where {} was due", taken.id, from->id);
  end_turn();
  // The channel takes it for a withdrawal, in this very turn.
  if (taken.type == "unsubscribed") known_.values[taken.contact].consent = "withdrawn";
  if (taken.type != "became_mql") return;
  // Whoever has an open window in which it happened has reached the goal, in this turn.
  for (auto& [pass, state] : known_.passes) {
    if (pass.contact != taken.contact || !state.goal_until) continue;
    if (taken.at < state.entered || *state.goal_until < taken.at) continue;
    must_reach_.insert(pass);
    state.goal_until.reset();
  }
}

void OfPeople::see(Instant, const audit::Forgotten& forgotten) {
  const Posted* from = row(Posted::Kind::forget, "somebody forgotten");
  if (from == nullptr) return;
  if (from->by != forgotten.by) known_.wrong("{} was forgotten by {}", from->email, forgotten.by);
  ids_.erase(from->email);
  known_.values.erase(forgotten.contact);
  known_.gone[forgotten.contact] = known_.seq;
  known_.filled.erase(forgotten.contact);
  for (auto& [pass, state] : known_.passes) {
    if (pass.contact != forgotten.contact) continue;
    state.goal_until.reset();
    if (state.open) known_.wrong("{} goes on, and was forgotten", name(pass));
  }
}

void OfPeople::see(Instant at, const audit::Entered& entered) {
  if (!entered.goal.empty()) known_.passes[entered.pass].goal_until = at + days(14);
}

void OfPeople::see(Instant, const audit::Reached& reached) {
  if (must_reach_.erase(reached.pass) == 0) known_.wrong("{} reached its goal without the event", name(reached.pass));
}

void OfPeople::see(Instant at, const audit::Closed& closed) {
  const auto pass = known_.passes.find(closed.pass);
  if (pass == known_.passes.end() || !pass->second.goal_until || !(*pass->second.goal_until < at)) {
    known_.wrong("the goal's window of {} is closed, and was not over", name(closed.pass));
    return;
  }
  pass->second.goal_until.reset();
}

void OfPeople::see(Instant, const audit::Refused& refused) {
  if (const std::size_t at = refused.what.find("` by "); at != std::string::npos)
    ++by_hand_[refused.what.substr(at + 5)];
}

void OfPeople::end_turn() {
  for (const audit::Pass& pass : must_reach_)
    known_.wrong("{} does not reach its goal, and the event came", name(pass));
  must_reach_.clear();
}

void OfPeople::end() {
  if (!known_.seen.over) return;
  if (rows_.left() > 0) known_.wrong("{} rows of the inbox came to nothing", rows_.left());
  for (const Posted& row : known_.seen.posted) {
    if (row.kind == Posted::Kind::by_hand && by_hand_[row.by] != 1)
      known_.wrong("what {} did by hand came to {} things", row.by, by_hand_[row.by]);
  }
}

}  // namespace fairlead::simulation
