// Hand-over: claims what may go, asks the rules again, hands over, and records the answers.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/sender.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

namespace {

/// Most rows that one hand-over looks at; what is more waits for the next.
constexpr std::size_t most_messages = 5'000;
/// Whether the row says whose contact somebody becomes (assign.cpp).
bool assigns(const Origin& origin) {
  return origin.action.starts_with("assign to ");
}

/// Far enough away, and near enough that what is added to it does not overflow.
constexpr Instant never{INT64_MAX / 4};

}  // namespace

void Engine::release(const store::Outbox& row, const Origin& origin, Instant now) {
  // What was tried may have gone out, whatever was said of it then; only of a single attempt that failed it is sure.
  const std::uint32_t in_vain = row.state == store::OutboxState::failed ? 1 : 0;
  if (origin.cost.units() == 0 || row.attempts > in_vain) return;
  std::string workflow = "?";
  for (const auto& version : deployments_.all()) {
    const auto at = version->workflows.find(origin.workflow);
    if (at != version->workflows.end()) workflow = version->module.workflows[at->second].name;
  }
  say(now, audit::Released{workflow, origin.cost, row.filled_at});
  // What limits the money for this contact has it back too. (A store that cannot be read ends the batch at its commit.)
  const Result<Cell*> cell = this->cell(row.contact);
  if (!cell) return;
  const auto spent = std::find_if((*cell)->spent.begin(), (*cell)->spent.end(), [&](const guard::Spent& s) {
    return s.at == row.filled_at && s.workflow == origin.workflow && s.cost == origin.cost &&
           s.side == guard::Side::out && s.channel == (origin.channel.empty() ? 0 : name_id(origin.channel));
  });
  if (spent == (*cell)->spent.end()) return;
  touch(row.contact);
  (*cell)->spent.erase(spent);
}

void Engine::withhold(const store::Outbox& row, const Origin& origin, Instant now, const std::string& why) {
  tick(now);  // before anything is said, so that the journal tells things in their order
  release(row, origin, now);
  batch_.move.push_back({row.key, store::OutboxState::withheld});
  using Handed = audit::Handed;
  if (origin.action.empty()) {
    say(now, Handed{row.key, Handed::Result::withheld, why, origin.content, origin.channel, {}});
  } else {
    say(now, audit::ActionHanded{row.key, Handed::Result::withheld, why, origin.action});
  }
}

Result<bool> Engine::held_back(const store::Outbox& row, const Origin& origin, Instant now,
                               std::vector<audit::Guarded>& waived) {
  Turn turn(*this, row.contact, now);
  const Result<Cell*> cell = this->cell(row.contact);
  if (!cell) return tl::unexpected(cell.error());
  const auto withheld = [&](const std::string& why) {
    withhold(row, origin, now, why);
    return true;
  };
  // Leaving early cancels what was not handed over.
  if (std::any_of((*cell)->past.begin(), (*cell)->past.end(), [&](const Past& p) {
        return p.workflow == origin.workflow &&
               std::find(p.early.begin(), p.early.end(), origin.serial) != p.early.end();
      }))
    return withheld("left");
  if (!origin.rules.empty() && origin.rules != view(rules_hash(deployments_, origin.workflow)))
    return withheld(lapsed_approval);
  // Of a workflow that is paused nothing goes out; when it is resumed, all that waits for it is due.
  if (pauses().paused(origin.workflow) && !planted(Bug::pause_not_at_hand_over)) {
    batch_.move.push_back({row.key, store::OutboxState::ready, never, store::WaitsFor::resume});
    return true;
  }
  // On a second attempt every rule that forbids is asked again (language, section 10.3), as where anything has changed
  // since. None of them is about whose contact somebody becomes.
  const bool unchanged = assigns(origin) || (row.revision == (*cell)->revision && !(row.valid_until < now) &&
                                             row.attempts == 0 && origin.version == deployments_.newest().number);
  if (unchanged || planted(Bug::rules_not_asked_again)) return false;
  const Version* pinned = deployments_.find(origin.version);
  const Version& follows = pinned == nullptr ? deployments_.newest() : *pinned;
  Sending sending{origin.workflow, origin.content, origin.channel, origin.since, guard::Side::out, {}};
  sending.action = origin.action;
  sending.granted = origin.granted;
  Arena arena;
  std::vector<Value> arguments;
  const auto& actions = follows.module.actions;
  const auto action =
      std::find_if(actions.begin(), actions.end(), [&](const auto& a) { return a.name == origin.action; });
  if (action != actions.end()) {
    const nlohmann::json payload = nlohmann::json::parse(row.payload, nullptr, false);
    Result<std::vector<Value>> read = arguments_in(payload, *action, arena);
    const Result<Value> amount = amount_in(payload, follows.module.currency, arena);
    // Of what cannot be read nobody can tell whether it may go out.
    if (!read) return withheld(describe(read.error()));
    if (!amount) return withheld(describe(amount.error()));
    arguments = std::move(*read);
    sending.arguments = arguments;
    sending.amount = *amount;
  }
  Judged judged = judge(*this, turn, **cell, follows, sending, guard::Ask::forbidding);
  if (!judged.fault.empty()) return fault(FaultCode::store_failed, "", judged.fault);
  if (origin.action.empty()) {
    Judged words = judge_words(*this, follows, sending, row.payload);
    if (judged.kind < words.kind) judged = std::move(words);
  }
  // What a rule would hold is withheld: its pass has gone on, and nothing could hold it any more.
  if (judged.kind >= guard::Verdict::Kind::skip) {
    withheld(judged.rule.empty() ? judged.detail : judged.rule);
    if (judged.kind == guard::Verdict::Kind::stop) {
      const std::string reason = fmt::format("rule {}", judged.rule);
      if (const Result<void> ended = turn.end(origin.workflow, origin.serial, reason); !ended)
        return tl::unexpected(ended.error());
    }
    return true;
  }
  if (judged.kind != guard::Verdict::Kind::defer) {
    const auto workflow = follows.workflows.find(origin.workflow);
    const std::string name =
        workflow == follows.workflows.end() ? "?" : follows.module.workflows[workflow->second].name;
    for (const LetPass& one : judged.let_pass) waived.push_back(entry_of(one, {row.contact, name, origin.serial}, ""));
    return false;
  }
  tick(now);
  batch_.move.push_back({row.key, store::OutboxState::ready, judged.until, store::WaitsFor::rule});
  if (origin.action.empty()) {
    say(now, audit::Handed{row.key, audit::Handed::Result::deferred, judged.rule, origin.content, origin.channel,
                           judged.until});
  } else {
    say(now, audit::ActionHanded{row.key, audit::Handed::Result::deferred, judged.rule, origin.action});
  }
  return true;
}

Result<std::size_t> Engine::hand_over(Instant now) {
  if (!planted(Bug::clock_goes_back)) now = std::max(now, standing_.clock);
  const Delivery& delivery = standing_.delivery;
  if (delivery.open() && now < delivery.open_until() && !planted(Bug::circuit_ignored)) return 0;
  const store::Reading reading(store_);
  const Result<std::vector<store::Outbox>> rows = store_.outbox_due(now, most_messages);
  if (!rows) return tl::unexpected(rows.error());
  std::vector<store::Outbox> claimed;
  std::vector<Origin> origins;
  std::map<std::string, std::uint32_t> paced;
  std::vector<audit::Guarded> waived;  // of those that are handed over
  for (const store::Outbox& row : *rows) {
    // A connector that was left alone is tried with one message.
    if (delivery.open() && !claimed.empty()) break;
    const Result<Origin> origin = decode_origin(row.origin);
    if (!origin) return tl::unexpected(origin.error());
    std::vector<audit::Guarded> let_pass;
    const Result<bool> held = held_back(row, *origin, now, let_pass);
    if (!held) return tl::unexpected(held.error());
    if (*held) continue;
    if (const auto rate = settings_.pacing.rates.find(row.channel); rate != settings_.pacing.rates.end()) {
      const bool forgets = planted(Bug::rate_forgotten_in_crash);
      Places& places = places_
                           .try_emplace(row.channel, rate->second,
                                        forgets ? decltype(delivery.past("")){} : delivery.past(row.channel))
                           .first->second;
      // Whose turn has come has a place already. The rate itself is asked of what was handed over, which the audit
      // knows over any restart.
      const bool has_place = row.waits == store::WaitsFor::turn;
      const bool room = forgets || delivery.room(row.channel, rate->second, now, paced[row.channel]);
      const Instant place = has_place && room ? now : places.take(now);
      if (!room || now < place) {
        batch_.move.push_back(
            {row.key, store::OutboxState::ready, std::max(place, now + Duration{1}), store::WaitsFor::turn});
        continue;
      }
      ++paced[row.channel];
    }
    batch_.move.push_back({row.key, store::OutboxState::claimed});
    if (planted(Bug::cap_counted_at_hand_over) && origin->action.empty()) {
      const Result<Cell*> cell = this->cell(row.contact);
      if (!cell) return tl::unexpected(cell.error());
      touch(row.contact);
      (*cell)->counted.push_back({now, name_id(origin->channel), origin->workflow, guard::Side::out});
    }
    claimed.push_back(row);
    origins.push_back(*origin);
    waived.insert(waived.end(), let_pass.begin(), let_pass.end());
  }
  if (batch_.move.empty()) return 0;
  tick(now);
  for (const audit::Guarded& one : waived) say(now, one);
  for (const auto& [channel, count] : paced) {
    if (count == 0) continue;
    const Duration window = settings_.pacing.rates.at(channel).window;
    say(now, audit::Paced{channel, count, static_cast<std::uint64_t>(window.ms)});
  }
  std::vector<connect::Message> messages;
  for (const store::Outbox& row : claimed) messages.push_back({row.key, row.payload});
  Result<std::vector<connect::Answer>> answers;
  const bool rash = planted(Bug::handed_over_before_claim) && !messages.empty();
  if (rash) answers = connector_.deliver(messages);
  if (const Result<void> committed = commit(now); !committed) return tl::unexpected(committed.error());
  if (claimed.empty()) return 0;
  if (!rash) answers = connector_.deliver(messages);
  if (!answers) return tl::unexpected(answers.error());
  // What a connector does not speak of may have gone out.
  answers->resize(claimed.size(), {connect::Outcome::unknown, "the connector said nothing of it", {}});
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    handed_.push_back(
        {std::move(claimed[i]), std::move(origins[i].content), std::move(origins[i].action), std::move((*answers)[i])});
    handed_.back().row.payload.clear();
    ++handed_.back().row.attempts;
  }
  return handed_.size();
}

Result<void> Engine::count_unsent() {
  const Result<std::map<store::OutboxState, std::uint64_t>> counts = store_.outbox_counts();
  if (!counts) return tl::unexpected(counts.error());
  unsent_ = 0;
  for (const store::OutboxState state : {store::OutboxState::ready, store::OutboxState::claimed}) {
    if (const auto at = counts->find(state); at != counts->end()) unsent_ += at->second;
  }
  return {};
}

void Engine::did_not_go(const HandedOver& handed) {
  using Why = audit::SetAside::Why;
  using connect::Outcome;
  const store::Outbox& row = handed.row;
  const auto aside = [&](store::OutboxState state, Why why) {
    batch_.move.push_back({row.key, state});
    say(standing_.clock, audit::SetAside{row.key, why, row.attempts, handed.answer.detail});
  };
  if (handed.answer.outcome == Outcome::refused) return aside(store::OutboxState::failed, Why::refused);
  // What may have gone out is never sent again on a guess: only where the other side knows it by its key.
  const bool uncertain = handed.answer.outcome == Outcome::unknown;
  if (uncertain && !connector_.honours_keys() && !planted(Bug::unknown_sent_again))
    return aside(store::OutboxState::uncertain, Why::uncertain);
  if (row.attempts >= settings_.pacing.attempts)
    return aside(uncertain ? store::OutboxState::uncertain : store::OutboxState::failed,
                 uncertain ? Why::uncertain : Why::exhausted);
  const Duration wait =
      std::max(retry_after(settings_.pacing, row.attempts, settings_.seed, row.key), handed.answer.after);
  const Instant until = standing_.clock + wait;
  batch_.move.push_back({row.key, store::OutboxState::ready, until, store::WaitsFor::retry});
  say(standing_.clock, audit::Retrying{row.key, row.attempts, until, handed.answer.detail});
}

void Engine::confirm() {
  // What was handed over before this batch: recorded with it, in one transaction with what a trial answers.
  if (handed_.empty()) return;
  bool taken = false;
  std::string failing;
  for (const HandedOver& handed : handed_) {
    if (handed.answer.outcome != connect::Outcome::taken) {
      if (handed.answer.outcome != connect::Outcome::refused) failing = handed.answer.detail;
      did_not_go(handed);
      continue;
    }
    taken = true;
    batch_.move.push_back({handed.row.key, store::OutboxState::sent});
    if (!handed.action.empty()) {
      say(standing_.clock, audit::ActionHanded{handed.row.key, audit::Handed::Result::sent, "", handed.action});
      continue;
    }
    if (planted(Bug::audit_entry_left_out) && handed.row.key.front() < '4') continue;
    say(standing_.clock,
        audit::Handed{handed.row.key, audit::Handed::Result::sent, "", handed.content, handed.row.channel, {}});
    if (observer_ != nullptr)
      observer_->sent(handed.row.contact, handed.row.key, handed.content, handed.row.filled_at, batch_.post);
  }
  handed_.clear();
  const Delivery& delivery = standing_.delivery;
  const Pacing& pacing = settings_.pacing;
  const bool answered = taken || failing.empty();
  if (delivery.open() && answered) {
    say(standing_.clock, audit::Circuit{connector_.name(), false, {}, ""});
  } else if (delivery.failures() > 0 && (delivery.open() || delivery.failures() >= pacing.failures)) {
    std::int64_t pause = pacing.shortest_break.ms;
    for (std::uint32_t i = 0; i < delivery.openings() && pause < pacing.longest_break.ms; ++i) pause *= 2;
    say(standing_.clock, audit::Circuit{connector_.name(), true,
                                        standing_.clock + Duration{std::min(pause, pacing.longest_break.ms)}, failing});
  }
}

Result<void> Engine::settle() {
  // A crash between hand-over and record: the connector is asked what became of it.
  const Result<std::vector<store::Outbox>> rows = store_.outbox(store::OutboxState::claimed, 1'000'000);
  if (!rows) return tl::unexpected(rows.error());
  if (rows->empty()) return {};
  std::vector<std::string> keys;
  for (const store::Outbox& row : *rows) keys.push_back(row.key);
  Result<std::vector<connect::Answer>> answers = connector_.recall(keys);
  if (!answers) return tl::unexpected(answers.error());
  answers->resize(keys.size(), {connect::Outcome::unknown, "the connector said nothing of it", {}});
  std::vector<connect::Message> again;
  std::vector<std::size_t> places;  // in handed_, of those
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const store::Outbox& row = (*rows)[i];
    const connect::Answer& answer = (*answers)[i];
    if (answer.outcome == connect::Outcome::failed || planted(Bug::claimed_sent_again)) {
      if (!settings_.virtual_clock) {
        // It goes back to be asked again.
        batch_.move.push_back({row.key, store::OutboxState::ready, standing_.clock});
        continue;
      }
      // No time has passed on a virtual clock, and the claim was the last thing that happened: its answer stands.
      again.push_back({row.key, row.payload});
      places.push_back(handed_.size());
    }
    const Result<Origin> origin = decode_origin(row.origin);
    if (!origin) return tl::unexpected(origin.error());
    handed_.push_back({row, origin->content, origin->action, answer});
    handed_.back().row.payload.clear();
  }
  if (!again.empty()) {
    Result<std::vector<connect::Answer>> later = connector_.deliver(again);
    if (!later) return tl::unexpected(later.error());
    later->resize(again.size(), {connect::Outcome::unknown, "the connector said nothing of it", {}});
    for (std::size_t i = 0; i < again.size(); ++i) handed_[places[i]].answer = std::move((*later)[i]);
  }
  return batch_.move.empty() ? Result<void>() : commit(standing_.clock);
}

}  // namespace fairlead::engine
