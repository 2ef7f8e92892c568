// The sender: claims what lies in the outbox, asks the rules again, hands over, and records.
#include "runtime/engine/sender.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

namespace {

/// Most messages that one hand-over takes; what is more waits for the next.
constexpr std::size_t most_messages = 5'000;

}  // namespace

std::string encode(const Origin& origin) {
  ByteWriter out;
  out.u32(origin.workflow);
  out.varint(origin.serial);
  out.varint(origin.version);
  out.bytes(origin.content);
  out.bytes(origin.channel);
  out.signed_varint(origin.since.ms);
  out.bytes(origin.action);
  out.bytes(origin.rules);
  return out.take();
}

Result<Origin> decode_origin(std::string_view bytes) {
  ByteReader in(bytes);
  Origin out;
  out.workflow = in.u32();
  out.serial = in.varint();
  out.version = static_cast<std::uint32_t>(in.varint());
  out.content = in.bytes();
  out.channel = in.bytes();
  out.since.ms = in.signed_varint();
  out.action = in.bytes();
  out.rules = in.bytes();
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "a row of the outbox cannot be read");
  return out;
}

Judged judge_send(Engine& engine, Turn& turn, const Cell& cell, const Version& pinned, const Sending& sending,
                  guard::Ask ask) {
  const auto has = [&](const Version& v) {
    return v.workflows.contains(sending.workflow) && v.contents.contains(name_id(sending.content)) &&
           v.channels.contains(name_id(sending.channel));
  };
  const Version& newest = engine.deployments().newest();
  const Version& version = has(newest) ? newest : pinned;
  Judged out;
  if (!has(version)) {
    out.kind = guard::Verdict::Kind::skip;
    out.detail = "no version knows this message any more";
    return out;
  }
  const Result<vm::World> world = turn.world(version, nullptr);
  if (!world) {
    out.fault = describe(world.error());
    return out;
  }
  guard::Site site;
  site.workflow = version.workflows.at(sending.workflow);
  site.content = version.contents.at(name_id(sending.content));
  site.channel = version.channels.at(name_id(sending.channel));
  site.counted = cell.counted;
  site.held = sending.held;
  site.held_out = sending.held_out;
  site.project_zone = &version.zone;
  std::vector<Index> asked;
  const guard::Verdict verdict =
      guard::judge(*version.program, version.module.workflows[site.workflow].rules, site, *world, ask, asked);
  for (const Index rule : asked) engine.asked(version.module.rules[rule].name);
  out.kind = verdict.kind;
  out.until = verdict.until;
  out.detail = verdict.detail;
  if (verdict.rule != bytecode::none) out.rule = version.module.rules[verdict.rule].name;
  return out;
}

Result<std::size_t> Engine::hand_over(Instant now) {
  if (!planted(Bug::clock_goes_back)) now = std::max(now, standing_.clock);
  std::map<std::string, Instant>& deferred = standing_.deferred;
  const std::size_t most = most_messages + deferred.size();
  const Result<std::vector<store::Outbox>> rows = store_.outbox(store::OutboxState::ready, most);
  if (!rows) return tl::unexpected(rows.error());
  waiting_ = rows->size() == most;
  std::vector<store::Outbox> claimed;
  std::vector<Origin> origins;
  bool changed = false;
  // The clock moves before anything is said, so that the journal tells things in their order.
  const auto changes = [&] {
    if (!changed) tick(now);
    changed = true;
  };
  for (const store::Outbox& row : *rows) {
    if (const auto later = deferred.find(row.key); later != deferred.end() && now < later->second) continue;
    const Result<Origin> origin = decode_origin(row.origin);
    if (!origin) return tl::unexpected(origin.error());
    Turn turn(*this, row.contact, now);
    const Result<Cell*> cell = this->cell(row.contact);
    if (!cell) return tl::unexpected(cell.error());
    const auto withhold = [&](const std::string& why) {
      changes();
      batch_.move.push_back({row.key, store::OutboxState::withheld});
      using Handed = audit::Handed;
      if (origin->action.empty()) {
        say(now, Handed{row.key, Handed::Result::withheld, why, origin->content, origin->channel, {}});
      } else {
        say(now, audit::ActionHanded{row.key, Handed::Result::withheld, why, origin->action});
      }
      deferred.erase(row.key);
    };
    // Leaving early cancels what was not handed over.
    if (std::any_of((*cell)->past.begin(), (*cell)->past.end(), [&](const Past& p) {
          return p.workflow == origin->workflow &&
                 std::find(p.early.begin(), p.early.end(), origin->serial) != p.early.end();
        })) {
      withhold("left");
      continue;
    }
    if (!origin->rules.empty() && origin->rules != view(rules_hash(deployments_, origin->workflow))) {
      withhold(lapsed_approval);
      continue;
    }
    // Rules that forbid are about messages.
    const bool unchanged = !origin->action.empty() || (row.revision == (*cell)->revision && !(row.valid_until < now) &&
                                                       origin->version == deployments_.newest().number);
    if (!unchanged && !planted(Bug::rules_not_asked_again)) {
      const Version* pinned = deployments_.find(origin->version);
      const Version& follows = pinned == nullptr ? deployments_.newest() : *pinned;
      const Sending sending{origin->workflow, origin->content, origin->channel, origin->since};
      Judged judged = judge_send(*this, turn, **cell, follows, sending, guard::Ask::forbidding);
      if (!judged.fault.empty()) return fault(FaultCode::store_failed, "", judged.fault);
      if (const Judged words = judge_words(*this, follows, sending, row.payload); judged.kind < words.kind)
        judged = words;
      if (judged.kind >= guard::Verdict::Kind::skip) {
        withhold(judged.rule.empty() ? judged.detail : judged.rule);
        if (judged.kind == guard::Verdict::Kind::stop) {
          const std::string reason = fmt::format("rule {}", judged.rule);
          if (const Result<void> ended = turn.end(origin->workflow, origin->serial, reason); !ended)
            return tl::unexpected(ended.error());
        }
        continue;
      }
      if (judged.kind == guard::Verdict::Kind::defer) {
        changes();
        deferred[row.key] = judged.until;
        say(now, audit::Handed{row.key, audit::Handed::Result::deferred, judged.rule, origin->content, origin->channel,
                               judged.until});
        continue;
      }
    }
    changes();
    deferred.erase(row.key);
    batch_.move.push_back({row.key, store::OutboxState::claimed});
    if (planted(Bug::cap_counted_at_hand_over) && origin->action.empty()) {
      touch(row.contact);
      (*cell)->counted.push_back({now, name_id(origin->channel), origin->workflow, false});
    }
    claimed.push_back(row);
    origins.push_back(*origin);
  }
  if (!changed) return 0;
  std::vector<connect::Message> messages;
  for (const store::Outbox& row : claimed) messages.push_back({row.key, row.payload});
  const bool rash = planted(Bug::handed_over_before_claim);
  if (rash && !claimed.empty()) {
    if (const Result<void> delivered = connector_.deliver(messages); !delivered)
      return tl::unexpected(delivered.error());
  }
  if (const Result<void> committed = commit(now); !committed) return tl::unexpected(committed.error());
  if (claimed.empty()) return 0;
  if (!rash) {
    if (const Result<void> delivered = connector_.deliver(messages); !delivered)
      return tl::unexpected(delivered.error());
  }
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    handed_.push_back({std::move(claimed[i]), std::move(origins[i].content), std::move(origins[i].action)});
    handed_.back().row.payload.clear();
  }
  return handed_.size();
}

void Engine::confirm() {
  // What was handed over before this batch: recorded with it, in one transaction with what a trial answers.
  for (const HandedOver& handed : handed_) {
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
}

Result<void> Engine::settle() {
  // A crash between hand-over and record: the connector knows what went out. What did not goes back to be asked again.
  const Result<std::vector<store::Outbox>> rows = store_.outbox(store::OutboxState::claimed, 1'000'000);
  if (!rows) return tl::unexpected(rows.error());
  if (rows->empty()) return {};
  std::vector<std::string> keys;
  for (const store::Outbox& row : *rows) keys.push_back(row.key);
  const Result<std::vector<std::string>> delivered = connector_.delivered(keys);
  if (!delivered) return tl::unexpected(delivered.error());
  const std::set<std::string> went(delivered->begin(), delivered->end());
  std::vector<connect::Message> again;
  for (const store::Outbox& row : *rows) {
    // Whatever deferred it was over when it was claimed, which the journal does not say.
    standing_.deferred.erase(row.key);
    if (!went.contains(row.key) || planted(Bug::claimed_sent_again)) {
      if (!settings_.virtual_clock) {
        batch_.move.push_back({row.key, store::OutboxState::ready});
        continue;
      }
      // No time has passed on a virtual clock, and the claim was the last thing that happened: its answer stands.
      again.push_back({row.key, row.payload});
    }
    const Result<Origin> origin = decode_origin(row.origin);
    if (!origin) return tl::unexpected(origin.error());
    handed_.push_back({row, origin->content, origin->action});
    handed_.back().row.payload.clear();
  }
  if (!again.empty()) {
    if (const Result<void> done = connector_.deliver(again); !done) return done;
  }
  return batch_.move.empty() ? Result<void>() : commit(standing_.clock);
}

}  // namespace fairlead::engine
