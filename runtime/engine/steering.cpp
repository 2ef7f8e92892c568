// What colleagues do with one person by hand: take them out of a workflow, let them go on from a wait, forget them.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/sender.hpp"
#include "runtime/engine/turn.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

namespace {

std::string_view verb(PersonIn::Act act) {
  switch (act) {
    case PersonIn::Act::cancel: return "cancel";
    case PersonIn::Act::skip: return "skip";
    case PersonIn::Act::forget: return "forget";
  }
  return "?";
}

}  // namespace

Result<void> Engine::person_item(const PersonIn& in, const store::Inbox& row, Instant now) {
  // The key is personal, so what is said of a refusal does not have it; the row that is set aside does.
  const std::string what = fmt::format("`{}` by {}", verb(in.act), in.by);
  const Version& newest = deployments_.newest();
  const auto field = newest.fields.find(in.key_field);
  if (field == newest.fields.end() || !newest.module.fields[field->second].key)
    return refuse(row, now, what, "names a key that the contact does not have");
  const Result<std::optional<store::ContactId>> known = find(key_hash(newest.module.fields[field->second], in.key));
  if (!known) return tl::unexpected(known.error());
  if (!*known) return refuse(row, now, what, "is of nobody we know");
  Turn turn(*this, **known, now);
  if (in.act == PersonIn::Act::forget) {
    if (const Result<void> done = turn.forget(in); !done) return done;
    persons_.erase(**known);
    std::erase_if(new_keys_, [&](const auto& key) { return key.second == **known; });
    batch_.forget.push_back({**known, in.key});
    letting_go_ = true;
    return {};
  }
  const Result<std::string> refused = in.act == PersonIn::Act::cancel ? turn.cancel(in) : turn.skip(in);
  if (!refused) return tl::unexpected(refused.error());
  return refused->empty() ? Result<void>() : refuse(row, now, what, *refused);
}

Result<std::vector<store::Outbox>> Engine::unsent(store::ContactId id) {
  std::vector<store::Outbox> out;
  for (const store::OutboxState state :
       {store::OutboxState::ready, store::OutboxState::claimed, store::OutboxState::asked, store::OutboxState::failed,
        store::OutboxState::uncertain}) {
    const Result<std::vector<store::Outbox>> rows = store_.outbox(state, SIZE_MAX >> 1U);
    if (!rows) return rows;
    for (const store::Outbox& row : *rows) {
      if (row.contact == id) out.push_back(row);
    }
  }
  // Filled in this very batch, it is not in the store yet.
  for (const store::Outbox& row : batch_.fill) {
    if (row.contact == id) out.push_back(row);
  }
  // And what this batch has brought to its end already needs no second word. What it only has tried again, or sets
  // aside, does.
  std::erase_if(out, [&](const store::Outbox& row) {
    return std::any_of(batch_.move.begin(), batch_.move.end(), [&](const store::OutboxMove& m) {
      using State = store::OutboxState;
      return m.key == row.key && (m.state == State::sent || m.state == State::withheld || m.state == State::settled);
    });
  });
  return out;
}

std::optional<std::size_t> Turn::pass_through(const std::string& workflow) const {
  const std::uint32_t id = name_id(workflow);
  const auto at = std::find_if(cell_->instances.begin(), cell_->instances.end(),
                               [id](const Instance& i) { return i.workflow == id; });
  if (at == cell_->instances.end()) return std::nullopt;
  return static_cast<std::size_t>(at - cell_->instances.begin());
}

Result<std::string> Turn::cancel(const PersonIn& in) {
  if (const Result<void> loaded = load(); !loaded) return tl::unexpected(loaded.error());
  const std::optional<std::size_t> index = pass_through(in.workflow);
  if (!index) return fmt::format("the contact is not in `{}`", in.workflow);
  engine_.touch(contact_);
  leave(*index, fmt::format("cancelled by {}{}{}", in.by, in.because.empty() ? "" : ": ", in.because), true);
  return std::string();
}

Result<std::string> Turn::skip(const PersonIn& in) {
  if (const Result<void> loaded = load(); !loaded) return tl::unexpected(loaded.error());
  const std::optional<std::size_t> index = pass_through(in.workflow);
  if (!index) return fmt::format("the contact is not in `{}`", in.workflow);
  const Instance& instance = cell_->instances[*index];
  const Version& version = version_of(instance);
  const auto at = version.steps.find(instance.step);
  if (at == version.steps.end()) return std::string("the step at which the contact stands is not known any more");
  const bytecode::Step& step = version.module.steps[at->second];
  using bytecode::StepKind;
  if (engine_.pauses().paused(instance.workflow)) return std::string("the workflow is paused");
  // A rule or an approver is not gone around by waiting less. A message that waits for its hour alone may go sooner.
  const bool for_its_hour = step.best_hour && !has_words(*cell_, instance.workflow);
  if (instance.held || (step.kind == StepKind::send && !for_its_hour) || step.kind == StepKind::act)
    return std::string("a rule holds the contact there, and rules are not skipped");
  if (step.kind == StepKind::approve) return std::string("it waits for an approval, which `fairlead approve` gives");
  if (!for_its_hour && step.kind != StepKind::wait_for && step.kind != StepKind::wait_until &&
      step.kind != StepKind::wait_event)
    return fmt::format("`{}` is no wait", step.key);
  if (const Result<void> seen = see_members(true); !seen) return tl::unexpected(seen.error());
  engine_.touch(contact_);
  engine_.say(now_, audit::Skipped{pass(version, instance), step.key, in.by, in.because});
  if (const Result<void> moved = wake(*index); !moved) return tl::unexpected(moved.error());
  if (const Result<void> entered = enter_members(); !entered) return tl::unexpected(entered.error());
  return std::string();
}

Result<void> Turn::forget(const PersonIn& in) {
  if (const Result<void> loaded = load(); !loaded) return loaded;
  engine_.touch(contact_);
  while (!cell_->instances.empty()) leave(cell_->instances.size() - 1, "forgotten", true);
  const Result<std::vector<store::Outbox>> rows = engine_.unsent(contact_);
  if (!rows) return tl::unexpected(rows.error());
  for (const store::Outbox& row : *rows) {
    if (planted(Bug::forget_leaves_outbox)) break;
    const bool asked = row.state == store::OutboxState::asked;
    engine_.out().move.push_back({row.key, asked ? store::OutboxState::settled : store::OutboxState::withheld});
    const Result<Origin> origin = decode_origin(row.origin);
    if (asked || !origin) continue;
    engine_.release(row, *origin, now_);
    using Handed = audit::Handed;
    if (origin->action.empty()) {
      engine_.say(now_, Handed{row.key, Handed::Result::withheld, "forgotten", origin->content, origin->channel, {}});
    } else {
      engine_.say(now_, audit::ActionHanded{row.key, Handed::Result::withheld, "forgotten", origin->action});
    }
  }
  engine_.say(now_, audit::Forgotten{contact_, in.by, in.because});
  *cell_ = Cell{};
  return {};
}

}  // namespace fairlead::engine
