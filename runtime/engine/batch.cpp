// Batches: what is due, in order of time, and the one transaction that makes it so.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/decide.hpp"
#include "runtime/engine/turn.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

namespace {

/// How far ahead timers are held in memory.
constexpr Duration ahead = hours(6);
/// And about how many of them at most, where there are so many.
constexpr std::size_t enough = 65'536;

/// Persons that are kept in memory between batches.
constexpr std::size_t most_persons = 32'768;

store::ContactId partition(const Hash& key, std::uint64_t id) {
  const std::uint64_t hash = static_cast<std::uint64_t>(key[0]) | static_cast<std::uint64_t>(key[1]) << 8U;
  return {static_cast<std::uint16_t>(hash % store::partitions), id};
}

}  // namespace

Result<void> Engine::advance_horizon(Instant to) {
  const Instant from = queue_.horizon();
  const Result<store::TimerRun> run = store_.timers(from, to + ahead, enough);
  if (!run) return tl::unexpected(run.error());
  queue_.extend(run->timers, run->until);
  for (const store::ContactId id : cells_.touched()) schedule(id, cells_.at(id));
  if (planted(Bug::timer_lost_in_crash)) return {};
  for (const store::Cell& row : cells_.rows()) {
    if (row.due && !(*row.due < from) && *row.due < queue_.horizon()) queue_.add({*row.due, row.id});
  }
  return {};
}

void Engine::schedule(store::ContactId id, const Cell& cell) {
  const std::optional<Instant> due = cell.due(pauses().ids());
  // What is behind a pause that comes first is in no row, and has to be remembered however late it is.
  if (due && (*due < queue_.horizon() || due != cell.due())) queue_.add({*due, id});
}

Result<std::optional<store::Timer>> Engine::first_timer(Instant until) {
  while (true) {
    const std::optional<store::Timer> timer = queue_.first();
    if ((!timer || !(timer->due < queue_.horizon())) && !(until < queue_.horizon())) {
      if (const Result<void> read = advance_horizon(until); !read) return tl::unexpected(read.error());
      continue;
    }
    if (!timer || until < timer->due) return std::nullopt;
    const Result<Cell*> cell = this->cell(timer->id);
    if (!cell) return tl::unexpected(cell.error());
    const std::optional<Instant> due = (*cell)->due(pauses().ids());
    if (due == timer->due) return timer;
    queue_.pop();
    // The contact has moved since; or it is what a workflow that is paused waits for, and another one's turn comes
    // later.
    if (due) queue_.add({*due, timer->id});
  }
}

Result<Engine::Progress> Engine::batch(Instant until) {
  const store::Reading reading(store_);
  Progress progress;
  // A batch grows with the backlog: rows that lie on one page are then written once instead of several times. Not on a
  // virtual clock, where a run that was cut into pieces makes the same batches as one that was not.
  constexpr std::size_t most_growth = 8;
  if (settings_.virtual_clock || most_items_ == 0) most_items_ = settings_.batch_items;
  const std::size_t most = most_items_;
  confirm();
  const Result<std::vector<store::Inbox>> rows = store_.inbox(until, most);
  if (!rows) return tl::unexpected(rows.error());
  std::size_t next = 0;
  // A trial's answers are posted with the batch and wait in the inbox for the next one: nothing that is later may
  // overtake them.
  Instant answer{INT64_MAX};
  std::size_t answers = 0;
  const auto see_answers = [&] {
    for (; answers < batch_.post.size(); ++answers) answer = std::min(answer, batch_.post[answers].not_before);
  };
  see_answers();
  // Where messages leave more slowly than they are made, timers wait: what they would send would only lie about. What
  // comes from outside is taken in all the same, since a consent that is withdrawn must count.
  if (!settings_.virtual_clock)
    backed_up_ = unsent_ > (backed_up_ ? settings_.pacing.most_unsent / 2 : settings_.pacing.most_unsent);
  bool alone = false;
  while (progress.items < most) {
    const Result<std::optional<store::Timer>> timer =
        backed_up_ ? Result<std::optional<store::Timer>>(std::nullopt) : first_timer(until);
    if (!timer) return tl::unexpected(timer.error());
    const bool has_row = next < rows->size();
    // More rows may lie in the inbox than were read: nothing later than the last of them may overtake them.
    if (!has_row && rows->size() == most && *timer && rows->back().not_before < (*timer)->due) break;
    if (!has_row && !*timer) break;
    const bool row_first = has_row && (!*timer || !((*timer)->due < (*rows)[next].not_before));
    const Instant due = row_first ? (*rows)[next].not_before : (*timer)->due;
    if (answer < due || (!row_first && answer == due)) break;
    // A deployment is a batch of its own: what it does with people is one transaction, and no turn is mixed with it. So
    // is a slice of a pruning: what people under way still read is what the last batch has left.
    alone = row_first && (*rows)[next].kind == store::InboxKind::command && stands_alone((*rows)[next].body);
    if (alone && progress.items > 0) {
      alone = false;
      break;
    }
    const Instant wall = settings_.virtual_clock ? due : until;
    const Instant now = planted(Bug::clock_goes_back) ? wall : std::max(standing_.clock, wall);
    tick(now);
    Result<void> done;
    moved_.reset();
    if (row_first) {
      done = item((*rows)[next], now);
      const bool left = planted(Bug::inbox_row_left) && progress.items % 3 == 2;
      if (!left) batch_.consumed.push_back((*rows)[next].id);
      ++next;
    } else {
      queue_.pop();
      progress.late = std::max(progress.late.value_or(Duration{}), now - (*timer)->due);
      done = Turn(*this, (*timer)->id, now).timer();
    }
    if (!done) return tl::unexpected(done.error());
    // Whoever moved may be due again before `until`.
    if (moved_) schedule(*moved_, cells_.at(*moved_));
    read_events_.clear();
    see_answers();
    ++progress.items;
    // A workflow was resumed: its timers are read first, so that nothing overtakes them.
    if (resumed_) break;
    if (alone) break;
  }
  if (rated_) {
    pause_by_rates();
    rated_ = false;
  }
  most_items_ = progress.items < most ? settings_.batch_items : std::min(2 * most, most_growth * settings_.batch_items);
  // What stands alone has ended the batch, whatever else is due.
  progress.more = progress.items >= most || resumed_ || (alone && !planted(Bug::alone_ends_all)) ||
                  next < rows->size() || !(until < answer);
  const bool anything = progress.items > 0 || !batch_.move.empty() || !audit_.empty();
  if (anything) {
    if (const Result<void> committed = commit(standing_.clock); !committed) return tl::unexpected(committed.error());
  }
  if (alone) {
    if (const Result<void> finished = finish_deployment(); !finished) return tl::unexpected(finished.error());
  }
  resumed_ = false;
  if (std::max(cells_.rows().size(), new_since_ / 2) >= settings_.checkpoint_cells || letting_go_ || checkpoint_due_) {
    if (const Result<void> written = checkpoint(); !written) return tl::unexpected(written.error());
  }
  return progress;
}

Result<void> Engine::commit(Instant at) {
  for (const auto& [rule, times] : asked_) say(at, audit::Asked{rule, times});
  asked_.clear();
  for (const store::ContactId id : cells_.touched()) {
    schedule(id, cells_.at(id));
    if (const auto person = persons_.find(id); person != persons_.end() && person->second.dirty) {
      batch_.persons.push_back({id, person->second.salt, std::string(person->second.record.encoded())});
      person->second.dirty = false;
    }
  }
  ByteWriter journal;
  cells_.seal(journal);
  batch_.at = at;
  batch_.rows = rows_.changes();
  batch_.journal = journal.take();
  batch_.audit = audit_.take();
  for (const store::Outbox& row : batch_.fill) unsent_ += row.state == store::OutboxState::ready ? 1 : 0;
  for (const store::OutboxMove& move : batch_.move) {
    using State = store::OutboxState;
    const bool done = move.state == State::sent || move.state == State::withheld || move.state == State::failed ||
                      move.state == State::uncertain;
    if (done && unsent_ > 0) --unsent_;
  }
  const Result<store::Head> head = store_.commit(batch_);
  if (!head) return tl::unexpected(head.error());
  head_ = *head;
  new_since_ += batch_.events.size();
  batch_ = {};
  rows_.committed();
  new_keys_.clear();
  new_events_.clear();
  if (persons_.size() > most_persons) persons_.clear();
  return {};
}

Result<std::optional<Instant>> Engine::next_due() {
  std::optional<Instant> out;
  const auto sooner = [&out](std::optional<Instant> t) {
    if (t && (!out || *t < *out)) out = t;
  };
  if (!handed_.empty() || letting_go_) sooner(standing_.clock);
  const Result<std::optional<Instant>> outbox = store_.next_outbox();
  if (!outbox) return outbox;
  // A connector that is left alone gets nothing before its time.
  if (*outbox) sooner(standing_.delivery.open() ? std::max(**outbox, standing_.delivery.open_until()) : **outbox);
  const Result<std::optional<Instant>> inbox = store_.next_inbox();
  if (!inbox) return inbox;
  sooner(*inbox);
  const Instant horizon = queue_.horizon();
  const Result<std::optional<store::Timer>> timer = first_timer({horizon.ms - 1});
  if (!timer) return tl::unexpected(timer.error());
  if (*timer) {
    sooner((*timer)->due);
  } else {
    if (const std::optional<store::Timer> beyond = queue_.first()) sooner(beyond->due);
    const Result<std::optional<Instant>> later = store_.next_timer(horizon);
    if (!later) return later;
    sooner(*later);
    for (const store::Cell& row : cells_.rows()) {
      if (row.due && !(*row.due < horizon)) sooner(row.due);
    }
  }
  // What was due before is due now. (So may be a row of the store that the journal's tail has overtaken.)
  if (out) out = std::max(*out, standing_.clock);
  return out;
}

void Engine::tick(Instant now) {
  const std::int64_t every = settings_.publish_every.ms;
  if (now.ms / every != standing_.clock.ms / every) publish({now.ms / every * every});
  standing_.clock = now;
  advance_rollouts();
}

void Engine::publish(Instant now) {
  const Instant at = std::max(now, standing_.clock);
  for (const auto& [key, learned] : ledger_.choices()) {
    if (to_publish(learned, at)) publish(at, key, learned);
  }
  for (const auto& [name, learned] : standing_.scores.all()) {
    if (to_publish(learned)) publish_score(at, name, learned);
  }
}

void Engine::publish(Instant at, const std::string& key, const LearnedChoice& learned) {
  say(at, audit::Published{key, learned.spec.options, learned.version + 1,
                           typical_shares(learned, next_in_force(learned, at))});
}

Result<void> Engine::item(const store::Inbox& row, Instant now) {
  switch (row.kind) {
    case store::InboxKind::contact: return contact_item(row, now);
    case store::InboxKind::event: return event_item(row, now);
    case store::InboxKind::command: return command_item(row, now);
    case store::InboxKind::row: return row_item(row, now);
  }
  return refuse(row, now, "a row of the inbox", "unknown kind");
}

Result<void> Engine::refuse(const store::Inbox& row, Instant now, const std::string& what, const std::string& reason) {
  say(now, audit::Refused{what, reason});
  // Set aside beside the journal, since it may hold personal values.
  batch_.rejected.push_back({"inbox", row.id, reason, row.body});
  return {};
}

Result<void> Engine::contact_item(const store::Inbox& row, Instant now) {
  const Result<ContactIn> in = decode_contact(row.body);
  Record record;
  if (!in || !decode_values(in->values, record)) return refuse(row, now, "a contact", "cannot be read");
  std::vector<Hash> keys;
  std::optional<store::ContactId> contact;
  for (const bytecode::Field& field : deployments_.newest().module.fields) {
    if (!field.key) continue;
    const Value value = record.get(field.id);
    if (!value.exists() || value.tag() != Tag::text) continue;
    keys.push_back(key_hash(field, value.as_text()));
    const Result<std::optional<store::ContactId>> known = find(keys.back());
    if (!known) return tl::unexpected(known.error());
    if (*known && !contact) contact = **known;
  }
  if (keys.empty()) return refuse(row, now, "a contact", "has none of the keys that tell people apart");
  const bool created = !contact;
  if (created) contact = partition(keys.front(), new_contact_id());
  for (const Hash& key : keys) {
    const Result<std::optional<store::ContactId>> known = find(key);
    if (!known) return tl::unexpected(known.error());
    if (*known) continue;
    batch_.keys.push_back({key, *contact});
    new_keys_[key] = *contact;
  }
  return Turn(*this, *contact, now).contact(*in, created);
}

Result<void> Engine::event_item(const store::Inbox& row, Instant now) {
  Result<EventIn> in = decode_event(row.body);
  Record values;
  if (!in || !decode_values(in->values, values)) return refuse(row, now, "an event", "cannot be read");
  const Version& newest = deployments_.newest();
  const auto type = newest.events.find(name_id(in->type));
  if (type == newest.events.end())
    return refuse(row, now, fmt::format("the event `{}`", in->type), "is not declared in the project");
  if (in->key_field != 0) {
    const auto field = newest.fields.find(in->key_field);
    if (field == newest.fields.end() || !newest.module.fields[field->second].key)
      return refuse(row, now, fmt::format("the event `{}`", in->type), "names a key that the contact does not have");
    const Result<std::optional<store::ContactId>> known = find(key_hash(newest.module.fields[field->second], in->key));
    if (!known) return tl::unexpected(known.error());
    if (!*known) return refuse(row, now, fmt::format("the event `{}`", in->type), "is of nobody we know");
    in->contact = **known;
  }
  if (in->id.empty()) in->id = fmt::format("inbox-{}", row.id);
  return Turn(*this, in->contact, now).event(*in);
}

}  // namespace fairlead::engine
