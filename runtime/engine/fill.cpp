// What a new version asks of the past and nobody has kept so far: counters are filled from the events that are kept,
// limits from the audit of what went out. Done when the version is deployed, before it takes anyone in.
#include <algorithm>

#include "runtime/engine/counters.hpp"
#include "runtime/engine/engine.hpp"

namespace fairlead::engine {

namespace {

/// Whether a content is under the limits; of the newest version that knows it.
bool is_transactional(const Deployments& deployments, const std::string& content) {
  for (auto version = deployments.all().rbegin(); version != deployments.all().rend(); ++version) {
    const auto at = (*version)->contents.find(name_id(content));
    if (at != (*version)->contents.end()) return (*version)->module.contents[at->second].transactional;
  }
  return false;
}

/// What was paid back, where it can be told whose it was; else it counts as spent, which is the safe side.
void give_back(std::map<store::ContactId, std::vector<guard::Spent>>& spent, const audit::Released& released) {
  std::vector<guard::Spent>* whose = nullptr;
  const auto it = [&](const guard::Spent& one) {
    return one.side == guard::Side::out && one.at == released.at && one.cost == released.cost &&
           one.workflow == name_id(released.workflow);
  };
  for (auto& [id, of] : spent) {
    if (std::none_of(of.begin(), of.end(), it)) continue;
    if (whose != nullptr) return;
    whose = &of;
  }
  if (whose != nullptr) whose->erase(std::find_if(whose->begin(), whose->end(), it));
}

bool looks_at(const Version& version, const bytecode::Counter& counter, std::uint32_t event) {
  if (counter.event != bytecode::none) return version.event_ids[counter.event] == event;
  const auto at = version.events.find(event);
  return at != version.events.end() && version.module.events[at->second].of_contact;
}

}  // namespace

Result<void> Engine::fill(Instant now, const Version& newest, const Version& before) {
  std::vector<const bytecode::Counter*> fresh;
  for (const bytecode::Counter& counter : newest.module.counters) {
    const bool known = std::any_of(deployments_.all().begin(), deployments_.all().end(), [&](const auto& v) {
      return v.get() != &newest && v->counters.contains(counter.id);
    });
    if (!known) fresh.push_back(&counter);
  }
  if (!fresh.empty()) {
    if (const Result<void> filled = fill_counters(now, newest, fresh); !filled) return filled;
  }
  using bytecode::RuleKind;
  const auto grown = [&](RuleKind kind) {
    const Duration window = guard::longest_window(newest.module, kind);
    return guard::longest_window(before.module, kind) < window ? window : Duration{};
  };
  const Duration messages = grown(RuleKind::limit), money = grown(RuleKind::spend);
  if (messages == Duration{} && money == Duration{}) return {};
  return fill_limits(now, messages, money);
}

Result<void> Engine::fill_counters(Instant now, const Version& version,
                                   const std::vector<const bytecode::Counter*>& fresh) {
  std::vector<store::ContactId> ids;
  if (const Result<void> listed = store_.contacts([&](const store::Person& person) -> Result<void> {
        ids.push_back(person.id);
        return {};
      });
      !listed) {
    return listed;
  }
  std::size_t in_batch = 0;
  for (const store::ContactId id : ids) {
    const Result<std::vector<store::Event>> events = store_.events(id);
    if (!events) return tl::unexpected(events.error());
    if (events->empty()) continue;
    const Result<Cell*> cell = this->cell(id);
    if (!cell) return tl::unexpected(cell.error());
    touch(id);
    for (const bytecode::Counter* counter : fresh) {
      CounterState state{counter->id, {}};
      for (const store::Event& event : *events) {
        if (!looks_at(version, *counter, event.type)) continue;
        if (counter->kind != bytecode::CounterKind::last && !(now - counter->window < event.at)) continue;
        Value amount;
        Record record;
        if (counter->event != bytecode::none) {
          if (const Result<void> read = decode_values(event.data, record); !read) return read;
          std::vector<Value> fields;
          for (const bytecode::EventField& field : version.module.events[counter->event].fields)
            fields.push_back(record.get(name_id(field.name)));
          const std::span<const Value> bound[] = {fields};
          vm::World world;
          world.now = now;
          world.events = bound;
          Arena arena;
          if (counter->where != bytecode::none) {
            const Result<Value> holds = version.program->evaluate(counter->where, world, arena);
            if (!holds || holds->tag() != Tag::boolean || !holds->as_bool()) continue;
          }
          if (counter->field != bytecode::none) amount = fields[counter->field];
        }
        take(state, *counter, {event.at, event.id, amount}, now);
      }
      std::erase_if((*cell)->counters, [&](const CounterState& s) { return s.id == state.id; });
      if (!state.at.empty()) (*cell)->counters.push_back(std::move(state));
    }
    if (++in_batch == settings_.batch_items) {
      if (const Result<void> committed = commit(now); !committed) return committed;
      in_batch = 0;
    }
  }
  return in_batch == 0 ? Result<void>() : commit(now);
}

Result<void> Engine::fill_limits(Instant now, Duration messages, Duration money) {
  const Duration window = std::max(messages, money);
  std::map<store::ContactId, std::vector<Counted>> counted;
  std::map<store::ContactId, std::vector<guard::Spent>> spent;
  // What a message cost is what the version said that was in force, or what was said beside it.
  Charges charges;
  charges.in_force(*deployments_.all().front());
  std::optional<audit::Charged> said;
  const auto spends = [&](Instant at, const audit::Pass& pass, const std::string& channel, guard::Side side,
                          Decimal cost) {
    if (!(now - money < at) || cost.units() == 0) return;
    spent[pass.contact].push_back({at, channel.empty() ? 0 : name_id(channel), name_id(pass.workflow), side, cost});
  };
  // Whether what was suppressed was so in shadow stands where the pass began, which may be long ago.
  const bool tries = money > Duration{} || std::any_of(deployments_.all().begin(), deployments_.all().end(),
                                                       [](const auto& version) { return !version->rollouts.empty(); });
  std::set<std::string> in_shadow;
  const Result<void> read = store_.records(0, [&](const store::Record& record) -> Result<void> {
    if (!tries && !(now - window < record.at)) return {};  // no entry is later than its record
    const Result<std::vector<audit::Stamped>> entries = audit::read(record.audit);
    if (!entries) return tl::unexpected(entries.error());
    for (const audit::Stamped& stamped : *entries) {
      if (const auto* entered = std::get_if<audit::Entered>(&stamped.entry);
          entered != nullptr && entered->mode == Mode::shadow)
        in_shadow.insert(audit::to_string(entered->pass));
      const auto side = [&](const audit::Pass& pass, bool suppressed) {
        return !suppressed                                  ? guard::Side::out
               : in_shadow.contains(audit::to_string(pass)) ? guard::Side::shadow
                                                            : guard::Side::held_out;
      };
      if (const auto* effect = std::get_if<audit::Effect>(&stamped.entry)) {
        const Charge usual = charges.usual(name_id(effect->content), name_id(effect->channel));
        const guard::Side of = side(effect->pass, effect->suppressed);
        spends(stamped.at, effect->pass, effect->channel, of, said ? said->cost : usual.cost);
        if (now - messages < stamped.at && !is_transactional(deployments_, effect->content))
          counted[effect->pass.contact].push_back(
              {stamped.at, name_id(effect->channel), name_id(effect->pass.workflow), of});
      } else if (const auto* acted = std::get_if<audit::Acted>(&stamped.entry)) {
        // What a suppressed call would have cost nobody wrote down.
        if (said) spends(stamped.at, acted->pass, "", side(acted->pass, acted->suppressed), said->cost);
      } else if (const auto* released = std::get_if<audit::Released>(&stamped.entry)) {
        give_back(spent, *released);
      }
      const auto* charged = std::get_if<audit::Charged>(&stamped.entry);
      said = charged == nullptr ? std::nullopt : std::optional(*charged);
      charges.apply(stamped.at, stamped.entry, deployments_);
    }
    return {};
  });
  if (!read) return read;
  std::set<store::ContactId> ids;
  for (const auto& [id, of] : counted) ids.insert(id);
  for (const auto& [id, of] : spent) ids.insert(id);
  std::size_t in_batch = 0;
  for (const store::ContactId id : ids) {
    const Result<Cell*> cell = this->cell(id);
    if (!cell) return tl::unexpected(cell.error());
    touch(id);
    if (messages > Duration{}) (*cell)->counted = std::move(counted[id]);
    if (money > Duration{}) (*cell)->spent = std::move(spent[id]);
    if (++in_batch == settings_.batch_items) {
      if (const Result<void> committed = commit(now); !committed) return committed;
      in_batch = 0;
    }
  }
  return in_batch == 0 ? Result<void>() : commit(now);
}

}  // namespace fairlead::engine
