#include "tests/simulation/of_acts.hpp"

#include <algorithm>

namespace fairlead::simulation {

using engine::testing::RuleSays;
using Result = audit::Handed::Result;

namespace {

std::string said(const RuleSays& rule) {
  return rule.name.empty() ? "the workflow's limit" : rule.name;
}

}  // namespace

bool OfActs::fires(const RuleSays& rule, const audit::Pass& pass, const std::string& channel, Instant at, Side side) {
  return forbids(rule, {pass.workflow, channel, side}, known_.values[pass.contact], known_.filled[pass.contact], at);
}

void OfActs::see(Instant at, const audit::Effect& effect) {
  const PassState* state = known_.going_on(effect.pass, "a message");
  const bool receipt = effect.content == "receipt";
  Side side = side_of(state == nullptr ? audit::Mode::live : state->mode);
  if (receipt && side == Side::held_out) side = Side::out;  // what is owed goes to who is held out, and from no shadow
  if (effect.suppressed != (side != Side::out))
    known_.wrong("{}: {} is suppressed, or is not", name(effect.pass), effect.content);
  Act& act = begin(effect.pass, effect.step, effect.key, effect.suppressed);
  act.content = effect.content;
  act.channel = effect.channel;
  if (receipt) return;
  for (const RuleSays& rule : known_.says().rules) {
    if (fires(rule, effect.pass, effect.channel, at, side))
      known_.wrong("{}: {} goes into the outbox against {}", name(effect.pass), effect.content, said(rule));
  }
  known_.filled[effect.pass.contact].push_back({at, effect.channel, effect.pass.workflow, side});
}

void OfActs::see(Instant, const audit::Acted& acted) {
  known_.going_on(acted.pass, "a call");
  if (acted.suppressed != (known_.mode(acted.pass) != audit::Mode::live))
    known_.wrong("{}: {} is suppressed, or is not", name(acted.pass), acted.action);
  begin(acted.pass, acted.step, acted.key, acted.suppressed);
}

void OfActs::see(Instant at, const audit::Assigned& assigned) {
  known_.going_on(assigned.pass, "an assignment");
  if (assigned.suppressed != (known_.mode(assigned.pass) != audit::Mode::live))
    known_.wrong("{}: it is assigned, or is not", name(assigned.pass));
  if (!assigned.suppressed && !assigned.assignee.empty()) {
    // The random project's team: Kim takes 4 a day, Per 3 per two days.
    std::vector<Instant>& taken = assigned_[assigned.assignee];
    taken.push_back(at);
    const Zone& office = zone_named("America/New_York");
    const auto count = [&](const auto& within) { return std::count_if(taken.begin(), taken.end(), within); };
    if (assigned.assignee.starts_with("kim") &&
        count([&](Instant t) { return office.civil(t).date == office.civil(at).date; }) > 4)
      known_.wrong("{}: a fifth contact of the day for Kim", name(assigned.pass));
    if (assigned.assignee.starts_with("per") && count([&](Instant t) { return at - days(2) < t; }) > 3)
      known_.wrong("{}: a fourth contact in two days for Per", name(assigned.pass));
  }
  begin(assigned.pass, assigned.step, assigned.key, assigned.suppressed);
}

Act& OfActs::begin(const audit::Pass& pass, const std::string& step, const std::string& key, bool suppressed) {
  const auto [at, fresh] = known_.acts.try_emplace(key);
  if (!fresh) known_.wrong("the key of {}, {} stood for something else", name(pass), step);
  Act& act = at->second;
  act.pass = pass;
  act.step = step;
  act.suppressed = suppressed;
  const auto approved = approved_.find(pass);
  if (approved != approved_.end() && step.starts_with(approved->second.step) &&
      !step.starts_with(approved->second.step + "otherwise/"))
    act.shown = approved->second.effects;
  return act;
}

void OfActs::see(Instant at, const audit::Guarded& guarded) {
  known_.going_on(guarded.pass, "a rule");
  if (guarded.rule.empty()) return;
  const std::vector<RuleSays>& rules = known_.says().rules;
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const RuleSays& r) { return r.name == guarded.rule; });
  if (rule == rules.end()) return;  // a workflow's own has no name here; limits over all are of_totals'
  if (!fires(*rule, guarded.pass, channel_of(guarded.step), at, side_of(known_.mode(guarded.pass))))
    known_.wrong("{}, {}: {} is said to forbid it, and does not", name(guarded.pass), guarded.step, said(*rule));
}

void OfActs::see(Instant, const audit::ApprovalAsked& asked) {
  known_.going_on(asked.pass, "a question");
}

void OfActs::see(Instant, const audit::ApprovalEnded& ended) {
  known_.going_on(ended.pass, "an answer");
  const auto shown = known_.seen.shown.find(ended.key);
  if (ended.result != audit::ApprovalEnded::Result::approved || shown == known_.seen.shown.end()) return;
  approved_[ended.pass] = {ended.step + "/", nlohmann::json::parse(shown->second, nullptr, false)["effects"]};
}

void OfActs::ended(const std::string& key, Result result, const std::string& what) {
  const auto at = known_.acts.find(key);
  if (at == known_.acts.end()) {
    known_.wrong("{} is recorded of a key that nothing stands for", what);
    return;
  }
  if (result == Result::deferred) return;
  Act& act = at->second;
  if (act.suppressed) known_.wrong("{}, {}: suppressed, and handed over", name(act.pass), act.step);
  if (act.ended) known_.wrong("{}, {}: ended twice", name(act.pass), act.step);
  act.ended = true;
  act.aside = false;
  act.sent = result == Result::sent;
}

Act* OfActs::tried(const std::string& key) {
  const auto at = known_.acts.find(key);
  if (at == known_.acts.end() || at->second.suppressed || at->second.ended || at->second.aside) {
    known_.wrong("batch {}: the key {} was tried, and was not to go out", known_.seq, key);
    return nullptr;
  }
  at->second.uncertain = true;
  return &at->second;
}

void OfActs::see(Instant, const audit::Retrying& retrying) {
  if (Act* act = tried(retrying.key)) act->retry = retrying.until;
}

void OfActs::see(Instant, const audit::SetAside& aside) {
  if (Act* act = tried(aside.key)) act->aside = true;
}

void OfActs::see(Instant, const audit::Resolved& resolved) {
  const auto at = known_.acts.find(resolved.key);
  if (at == known_.acts.end() || !at->second.aside) {
    known_.wrong("the key {} was decided on, and was not set aside", resolved.key);
    return;
  }
  at->second.aside = false;
  at->second.retry.reset();
  at->second.ended = resolved.how == audit::Resolved::How::drop;
}

void OfActs::handed(const Delivered& message, Act& act) {
  tries(message, act);
  if (!message.out) return;
  act.out = true;
  if (!keys_.insert(message.key).second) known_.wrong("the key {} came twice to the provider", message.key);
  const std::string what = fmt::format("{}, {}", name(act.pass), act.step);
  if (act.suppressed) known_.wrong("{}: held out or in shadow, and the provider has it", what);
  if (const auto gone = known_.gone.find(act.pass.contact); gone != known_.gone.end() && gone->second < message.seq + 1)
    known_.wrong("{}: handed over, and the contact was forgotten", what);
  const auto pass = known_.passes.find(act.pass);
  if (pass != known_.passes.end() && !pass->second.open && pass->second.early && pass->second.left_seq <= message.seq)
    known_.wrong("{}: handed over, and the pass was left early", what);
  const nlohmann::json payload = nlohmann::json::parse(message.payload, nullptr, false);
  if (act.shown && !is_among(payload, *act.shown)) known_.wrong("{}: what went out is not what was approved", what);
  if (act.content.empty() || act.content == "receipt") return;
  // The clock of the batch that claimed it; and what showed on the wall, where that is later. (A virtual clock stands
  // still from the claim on, however long the process is down.)
  const Instant claimed = known_.record_at;
  for (const Instant when : {claimed, known_.seen.virtual_clock ? claimed : std::max(claimed, message.at)}) {
    for (const RuleSays& rule : known_.says().rules) {
      if (rule.kind == RuleSays::Kind::window || rule.kind == RuleSays::Kind::calendar) continue;
      if (fires(rule, act.pass, act.channel, when, Side::out))
        known_.wrong("{}: {} is handed over at {} against {}", what, act.content, to_string(when), said(rule));
    }
  }
}

void OfActs::tries(const Delivered& message, const Act& act) {
  const std::string what = fmt::format("{}, {}", name(act.pass), act.step);
  const Instant claimed = known_.record_at;
  if (left_alone_ && claimed < *left_alone_)
    known_.wrong("{}: tried at {}, and the connector was to be left alone until {}", what, to_string(claimed),
                 to_string(*left_alone_));
  if (act.retry && claimed < *act.retry) known_.wrong("{}: tried again before its time", what);
  const auto rate = known_.seen.rates.find(act.channel);
  if (rate == known_.seen.rates.end() || !claims_.emplace(message.key, message.seq).second) return;
  std::vector<Instant>& left = left_by_[act.channel];
  std::erase_if(left, [&](Instant t) { return !(claimed - rate->second.window < t); });
  left.push_back(claimed);
  if (left.size() > rate->second.count) known_.wrong("{}: faster than {} may go", what, act.channel);
}

void OfActs::end() {
  const auto keys_of = [&](std::initializer_list<store::OutboxState> states) {
    std::set<std::string> out;
    for (const auto state : states) {
      if (const auto rows = known_.seen.outbox.find(state); rows != known_.seen.outbox.end())
        out.insert(rows->second.begin(), rows->second.end());
    }
    return out;
  };
  const std::set<std::string> ready = keys_of({store::OutboxState::ready, store::OutboxState::claimed});
  const std::set<std::string> aside = keys_of({store::OutboxState::failed, store::OutboxState::uncertain});
  for (const auto& [key, act] : known_.acts) {
    const std::string what = fmt::format("{}, {}", name(act.pass), act.step);
    if (act.sent && !keys_.contains(key)) known_.wrong("{}: recorded as sent, and the provider does not have it", what);
    if (!act.suppressed && !act.ended && !act.aside && !ready.contains(key)) known_.wrong("{}: lost on the way", what);
    if (act.aside != aside.contains(key)) known_.wrong("{}: set aside, and is not", what);
    if (known_.seen.over && keys_.contains(key) && !act.sent && !act.uncertain)
      known_.wrong("{}: handed over, and nobody wrote it down", what);
  }
  if (known_.seen.over && known_.seen.outbox.contains(store::OutboxState::claimed))
    known_.wrong("something is claimed for ever");
}

}  // namespace fairlead::simulation
