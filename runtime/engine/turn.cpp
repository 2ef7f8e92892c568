// A turn: what an event, a timer or new values do to one contact.
#include "runtime/engine/turn.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/counters.hpp"
#include "runtime/engine/occasions.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

using bytecode::none;

namespace {

/// So many passes that a `leave` ended are remembered for what they left in the outbox.
constexpr std::size_t most_early = 8;

}  // namespace

Result<void> Turn::load_cell() {
  const Result<Cell*> cell = engine_.cell(contact_);
  if (!cell) return tl::unexpected(cell.error());
  cell_ = *cell;
  return {};
}

Result<void> Turn::load() {
  if (const Result<void> loaded = load_cell(); !loaded) return loaded;
  const Result<Person*> person = engine_.person(contact_);
  if (!person) return tl::unexpected(person.error());
  person_ = *person;
  return {};
}

const Version& Turn::version_of(const Instance& instance) const {
  const Version* version = engine_.deployments().find(instance.version);
  return version == nullptr ? engine_.deployments().newest() : *version;
}

audit::Pass Turn::pass(const Version& version, const Instance& instance) const {
  const auto at = version.workflows.find(instance.workflow);
  return {contact_, at == version.workflows.end() ? std::string("?") : version.module.workflows[at->second].name,
          instance.serial};
}

std::vector<Value> Turn::fields_of(const Version& version, Index type,
                                   const std::vector<std::pair<std::uint32_t, Value>>& values) const {
  std::vector<Value> out;
  for (const bytecode::EventField& field : version.module.events[type].fields) {
    const std::uint32_t id = name_id(field.name);
    const auto at = std::find_if(values.begin(), values.end(), [id](const auto& pair) { return pair.first == id; });
    out.push_back(at == values.end() ? Value() : at->second);
  }
  return out;
}

Result<bool> Turn::holds(const Version& version, Index function, const vm::World& world) {
  if (function == none) return true;
  const Result<Value> value = version.program->evaluate(function, world, arena_);
  if (!value) return tl::unexpected(value.error());
  if (value->tag() != Tag::boolean) return fault(FaultCode::wrong_type);
  return value->as_bool();
}

Result<vm::World> Turn::world(const Version& version, const Instance* instance) {
  if (cell_ == nullptr || person_ == nullptr) {
    if (const Result<void> loaded = load(); !loaded) return tl::unexpected(loaded.error());
  }
  vm::World world;
  world.now = now_;
  std::vector<Value>& fields = values_.emplace_back();
  for (Index i = 0; i < version.module.fields.size(); ++i) {
    Value value = person_->record.get(version.module.fields[i].id);
    fields.push_back(value.exists() ? value : version.defaults[i]);
  }
  world.fields = fields;
  if (contact_ == nobody) {
    world.zone = &version.zone;
  } else if (version.zone_field && fields[*version.zone_field].exists() &&
             fields[*version.zone_field].tag() == Tag::text) {
    world.zone = engine_.zone(fields[*version.zone_field].as_text());
  } else if (!version.zone_field) {
    world.zone = &version.zone;
  }
  if (world.zone == nullptr) {
    // Nobody knows whose clock it is: quiet hours hold in every zone that the country allows, else in the project's.
    if (version.country_field && fields[*version.country_field].tag() == Tag::text)
      world.country_zones = engine_.country_zones(fields[*version.country_field].as_text());
    if (world.country_zones.empty()) world.zone = &version.zone;
  }
  world.count = [this, &version](Index counter) -> std::uint64_t {
    const bytecode::Counter& declared = version.module.counters[counter];
    const CounterState* state = find(*cell_, declared.id);
    return state == nullptr ? 0 : counted(*state, declared, now_);
  };
  world.history = [this, &version](Index counter) { return history(version, counter); };
  world.score = [this, &version](Index score) { return foretell(version, score); };
  if (instance != nullptr && !instance->bound.empty()) {
    auto& spans = events_.emplace_back();
    const auto workflow = version.workflows.find(instance->workflow);
    const auto put = [&spans](const Bound& bound, std::vector<Value>& values) {
      if (spans.size() <= bound.number) spans.resize(bound.number + 1U);
      spans[bound.number] = values;
    };
    for (const Bound& bound : instance->bound) {
      const Index loop = workflow == version.workflows.end() ? none : version.loop_of(workflow->second, bound.number);
      if (loop != none) {
        const Index record = version.module.steps[loop].record;
        const Result<std::optional<store::Row>> row = engine_.rows().get(version.record_ids[record], bound.event_id);
        if (!row) return tl::unexpected(row.error());
        if (!*row) continue;
        Record& read = records_.emplace_back();
        if (const Result<void> done = decode_values((*row)->data, read); !done) return tl::unexpected(done.error());
        std::vector<Value>& of_row = values_.emplace_back();
        const std::vector<bytecode::Field>& declared = version.module.records[record].fields;
        for (Index i = 0; i < declared.size(); ++i) {
          const Value value = read.get(declared[i].id);
          of_row.push_back(value.exists() ? value : version.record_defaults[record][i]);
        }
        put(bound, of_row);
        continue;
      }
      const Result<const store::Event*> event = engine_.event(contact_, bound.event_id);
      if (!event) return tl::unexpected(event.error());
      if (*event == nullptr) continue;
      Record& record = records_.emplace_back();
      if (const Result<void> read = decode_values((*event)->data, record); !read) return tl::unexpected(read.error());
      const auto type = version.events.find((*event)->type);
      if (type == version.events.end()) continue;
      std::vector<Value>& values = values_.emplace_back(fields_of(version, type->second, record.values));
      put(bound, values);
    }
    world.events = spans;
  }
  if (instance != nullptr && !instance->kept.empty()) {
    std::vector<Value>& locals = values_.emplace_back();
    for (const Kept& kept : instance->kept) {
      ByteReader in(arena_.keep(kept.value));
      const Value value = in.value(arena_);
      if (!in.ok()) return fault(FaultCode::store_failed, "", "a value that a pass keeps cannot be read");
      if (locals.size() <= kept.number) locals.resize(kept.number + 1U);
      locals[kept.number] = value;
    }
    world.locals = locals;
  }
  return world;
}

Result<Value> Turn::history(const Version& version, Index counter) {
  const bytecode::Counter& declared = version.module.counters[counter];
  const CounterState* state = find(*cell_, declared.id);
  if (declared.kind == bytecode::CounterKind::sum) {
    const FieldType& type = version.module.events[declared.event].fields[declared.field].type;
    return summed(state == nullptr ? CounterState{} : *state, declared, type, now_);
  }
  const auto last = state == nullptr ? std::nullopt : latest(*state, now_);
  if (!last) return Value();
  if (declared.field == none) return Value::of(state->at[*last]);
  // Values lie with the person, not in the cell: what was forgotten there is forgotten here.
  const Result<const store::Event*> event = engine_.event(contact_, state->events.at(*last));
  if (!event) return tl::unexpected(event.error());
  if (*event == nullptr) return Value();
  Record& record = records_.emplace_back();
  if (const Result<void> read = decode_values((*event)->data, record); !read) return tl::unexpected(read.error());
  return record.get(name_id(version.module.events[declared.event].fields[declared.field].name));
}

std::string Turn::zone_named() const {
  const Version& newest = engine_.deployments().newest();
  if (!newest.zone_field) return "";
  const Value named = person_->record.get(newest.module.fields[*newest.zone_field].id);
  return named.tag() == Tag::text ? std::string(named.as_text()) : "";
}

void Turn::look_at_zone(const std::string& before) {
  const std::string named = zone_named();
  if (named.empty() || named == before || engine_.zone(named) != nullptr) return;
  // As `world` goes on from there.
  const Version& newest = engine_.deployments().newest();
  bool of_country = false;
  if (newest.country_field) {
    const Value stored = person_->record.get(newest.module.fields[*newest.country_field].id);
    const Value& country = stored.exists() ? stored : newest.defaults[*newest.country_field];
    of_country = country.tag() == Tag::text && !engine_.country_zones(country.as_text()).empty();
  }
  engine_.say(now_, audit::ZoneUnknown{contact_, of_country ? "the zones of the country" : "the zone of the project"});
}

Result<void> Turn::contact(const ContactIn& in, bool created) {
  if (const Result<void> loaded = load(); !loaded) return loaded;
  if (const Result<void> seen = see_members(!created); !seen) return seen;
  engine_.touch(contact_);
  // What comes in replaces what it names and leaves the rest; and what is `fixed` is written once.
  Record incoming;
  if (const Result<void> read = decode_values(in.values, incoming); !read) return read;
  const std::string zone = zone_named();
  std::vector<std::pair<std::uint32_t, Value>> merged = incoming.values;
  const auto written = [&](std::uint32_t id) {
    const Version& newest = engine_.deployments().newest();
    const auto field = newest.fields.find(id);
    return field != newest.fields.end() && newest.module.fields[field->second].fixed &&
           person_->record.get(id).exists();
  };
  std::erase_if(merged, [&](const auto& pair) { return written(pair.first); });
  for (const auto& [id, value] : person_->record.values) {
    if ((!incoming.get(id).exists() || written(id)) && !planted(Bug::values_replaced)) merged.emplace_back(id, value);
  }
  const std::string data = encode_values(std::move(merged));
  Record record;
  if (const Result<void> read = decode_values(data, record); !read) return read;
  person_->record = std::move(record);
  engine_.store_person(contact_);
  ++cell_->revision;
  engine_.say(now_, audit::ContactStored{contact_, created, sha256({person_->salt, person_->record.encoded()})});
  look_at_zone(zone);
  if (created && engine_.observer() != nullptr) engine_.observer()->arrived(contact_, now_, engine_.out().post);
  return enter_members();
}

Result<void> Turn::timer() {
  if (const Result<void> loaded = load_cell(); !loaded) return loaded;
  if (contact_ != nobody) {
    if (const Result<void> seen = see_members(true); !seen) return seen;
  }
  engine_.touch(contact_);
  std::vector<std::pair<std::uint32_t, std::uint64_t>> due;
  for (const Instance& instance : cell_->instances) {
    if (instance.wake && !(now_ < *instance.wake) && !engine_.pauses().paused(instance.workflow))
      due.emplace_back(instance.workflow, instance.serial);
  }
  for (const auto& [workflow, serial] : due) {
    const auto at =
        std::find_if(cell_->instances.begin(), cell_->instances.end(),
                     [&, w = workflow, s = serial](const Instance& i) { return i.workflow == w && i.serial == s; });
    if (at == cell_->instances.end()) continue;
    if (const Result<void> moved = wake(static_cast<std::size_t>(at - cell_->instances.begin())); !moved) return moved;
  }
  close_watches();
  if (contact_ == nobody) return occasions();
  return enter_members();
}

Result<void> Turn::wake(std::size_t index) {
  Instance& instance = cell_->instances[index];
  const Version& version = version_of(instance);
  const auto step = version.steps.find(instance.step);
  std::optional<Index> to = none;
  std::optional<std::uint32_t> way;
  const auto taken = std::find_if(cell_->taken.begin(), cell_->taken.end(),
                                  [&](const TakenArm& t) { return t.workflow == instance.workflow; });
  if (taken != cell_->taken.end() && step != version.steps.end() &&
      taken->arm < version.module.steps[step->second].arms.size()) {
    // An event took this arm while the workflow was paused.
    way = taken->arm;
    to = version.module.steps[step->second].arms[taken->arm].first;
    cell_->taken.erase(taken);
  } else if (step != version.steps.end()) {
    const bytecode::Step& here = version.module.steps[step->second];
    using bytecode::StepKind;
    const bool again = here.kind == StepKind::send || here.kind == StepKind::repeat ||
                       here.kind == StepKind::for_each ||
                       (here.kind == StepKind::act && (instance.held || has_words(*cell_, instance.workflow)));
    const bool over = here.kind == StepKind::wait_event || here.kind == StepKind::approve;
    to = over ? here.otherwise : again ? step->second : here.next;
    if (over) way = here.kind == StepKind::approve ? 1 : static_cast<std::uint32_t>(here.arms.size());
    if (here.kind == StepKind::approve) {
      settle(version, instance, here, audit::ApprovalEnded::Result::lapsed, "", "");
      instance.shown.clear();
    }
  }
  instance.wake.reset();
  return advance(index, to, way);
}

void Turn::close_watches() {
  for (auto watch = cell_->watches.begin(); watch != cell_->watches.end();) {
    if (!(watch->until < now_)) {
      ++watch;
      continue;
    }
    const Version& newest = engine_.deployments().newest();
    const auto goal = newest.goals.find(watch->goal);
    const auto workflow = newest.workflows.find(watch->workflow);
    if (goal != newest.goals.end()) {
      engine_.say(now_, audit::Closed{
                            {contact_,
                             workflow == newest.workflows.end() ? "?" : newest.module.workflows[workflow->second].name,
                             watch->serial},
                            newest.module.goals[goal->second].name,
                            watch->mode});
    }
    watch = cell_->watches.erase(watch);
  }
  std::erase_if(cell_->open, [this](const OpenDecision& d) { return d.until < now_; });
  close_predictions();
}

Result<void> Turn::event(const EventIn& in) {
  // Most events ask for nothing that the person says: the row is read where something does.
  if (const Result<void> loaded = load_cell(); !loaded) return loaded;
  engine_.touch(contact_);
  Result<bool> known = engine_.knows_event(contact_, in.id);
  if (planted(Bug::pruned_id_taken))
    known = engine_.event(contact_, in.id).map([](const store::Event* event) { return event != nullptr; });
  if (!known) return tl::unexpected(known.error());
  if (*known && !planted(Bug::duplicate_taken)) return {};  // arrived before: changes nothing
  if (const Result<void> seen = see_members(true); !seen) return seen;
  Record record;
  if (const Result<void> read = decode_values(in.values, record); !read) return read;
  const std::string salt = engine_.event_salt(contact_, in.id);
  engine_.take_in({contact_, in.id, in.at, name_id(in.type), in.content, salt, in.values});
  engine_.say(now_, audit::EventTaken{contact_, in.type, in.id, in.at, sha256({salt, in.values})});
  ++cell_->revision;
  if (const Result<void> done = count(in, record.values); !done) return done;
  if (const Result<void> done = withdraw(in); !done) return done;
  if (const Result<void> done = credit(in, record.values); !done) return done;
  observe(in, record.values);
  const Version& in_force = engine_.deployments().newest();
  if (!in_force.pausing.empty()) rated(in_force, event_in(in_force, in.type), in.at);

  const store::Event event{contact_, in.id, in.at, name_id(in.type), in.content, salt, in.values};
  std::vector<std::pair<std::uint32_t, std::uint64_t>> passes;
  for (const Instance& instance : cell_->instances) passes.emplace_back(instance.workflow, instance.serial);
  for (const auto& [workflow_id, serial] : passes) {
    const auto at =
        std::find_if(cell_->instances.begin(), cell_->instances.end(),
                     [&, w = workflow_id, s = serial](const Instance& i) { return i.workflow == w && i.serial == s; });
    if (at == cell_->instances.end()) continue;
    const auto index = static_cast<std::size_t>(at - cell_->instances.begin());
    const Version& version = version_of(*at);
    const Index type = event_in(version, in.type);
    const auto workflow = version.workflows.find(at->workflow);
    if (type == none || workflow == version.workflows.end()) continue;
    const Result<bool> gone =
        any_holds(version, version.module.workflows[workflow->second].leave_on, type, record.values);
    if (!gone) return tl::unexpected(gone.error());
    if (*gone) {
      leave(index, fmt::format("on {}", in.type), true);
      continue;
    }
    const auto step = version.steps.find(at->step);
    if (step == version.steps.end() || version.module.steps[step->second].kind != bytecode::StepKind::wait_event)
      continue;
    const Result<Index> arm = matching_arm(version, *at, version.module.steps[step->second], event, false);
    if (!arm) return tl::unexpected(arm.error());
    if (*arm == none) continue;
    if (engine_.pauses().paused(workflow_id)) {
      // The first to happen counts, and is carried out when the workflow is resumed.
      if (std::none_of(cell_->taken.begin(), cell_->taken.end(),
                       [w = workflow_id](const TakenArm& t) { return t.workflow == w; })) {
        cell_->taken.push_back({workflow_id, *arm});
        cell_->instances[index].wake = now_;
      }
      continue;
    }
    cell_->instances[index].wake.reset();
    if (const Result<void> moved = advance(index, version.module.steps[step->second].arms[*arm].first, *arm); !moved)
      return moved;
  }

  const Version& newest = engine_.deployments().newest();
  const Index type = event_in(newest, in.type);
  for (Index w = 0; type != none && w < newest.module.workflows.size(); ++w) {
    if (std::any_of(cell_->instances.begin(), cell_->instances.end(),
                    [&](const Instance& i) { return i.workflow == newest.workflow_ids[w]; }))
      continue;
    const Result<std::vector<std::size_t>> comes = clauses_on(newest, w, type, record.values);
    if (!comes) return tl::unexpected(comes.error());
    if (comes->empty()) continue;
    // What takes people out does not bring them in.
    const Result<bool> goes = any_holds(newest, newest.module.workflows[w].leave_on, type, record.values);
    if (!goes) return tl::unexpected(goes.error());
    if (*goes) continue;
    if (const Result<std::string> entered = enter(newest, w, in.id, *comes); !entered)
      return tl::unexpected(entered.error());
  }
  if (engine_.observer() != nullptr) engine_.observer()->happened(in, now_, engine_.out().post);
  return enter_members();
}

Result<bool> Turn::one_holds(const Version& version, const bytecode::Trigger& trigger, Index type,
                             const std::vector<std::pair<std::uint32_t, Value>>& values) {
  if (trigger.event != type) return false;
  const std::vector<Value> fields = fields_of(version, type, values);
  const std::span<const Value> bound[] = {fields};
  Result<vm::World> world = this->world(version, nullptr);
  if (!world) return tl::unexpected(world.error());
  world->events = bound;
  return holds(version, trigger.where, *world).value_or(false);
}

Result<bool> Turn::any_holds(const Version& version, const std::vector<bytecode::Trigger>& triggers, Index type,
                             const std::vector<std::pair<std::uint32_t, Value>>& values) {
  for (const bytecode::Trigger& trigger : triggers) {
    const Result<bool> one = one_holds(version, trigger, type, values);
    if (!one || *one) return one;
  }
  return false;
}

void Turn::leave(std::size_t index, const std::string& reason, bool early) {
  const Instance instance = cell_->instances[index];
  const Version& version = version_of(instance);
  if (const auto step = version.steps.find(instance.step);
      step != version.steps.end() && version.module.steps[step->second].kind == bytecode::StepKind::approve &&
      instance.wake && !instance.shown.empty())
    settle(version, instance, version.module.steps[step->second], audit::ApprovalEnded::Result::left, "", "");
  forget_words(version, instance, true, audit::ApprovalEnded::Result::left);
  engine_.say(now_, audit::Left{pass(version, instance), reason});
  cell_->instances.erase(cell_->instances.begin() + static_cast<std::ptrdiff_t>(index));
  std::erase_if(cell_->taken, [&](const TakenArm& t) { return t.workflow == instance.workflow; });
  std::erase_if(cell_->picked, [&](const Picked& p) { return p.workflow == instance.workflow; });
  auto past = std::find_if(cell_->past.begin(), cell_->past.end(),
                           [&](const Past& p) { return p.workflow == instance.workflow; });
  if (past == cell_->past.end()) past = cell_->past.insert(past, Past{instance.workflow, 0, {}, {}});
  std::erase(cell_->tried, instance.workflow);
  if (instance.mode == Mode::shadow) cell_->tried.push_back(instance.workflow);
  past->serial = instance.serial;
  past->left = now_;
  if (early && !planted(Bug::early_not_withheld)) past->early.push_back(instance.serial);
  if (past->early.size() > most_early) past->early.erase(past->early.begin());
  ++cell_->revision;
}

Result<void> Turn::end(std::uint32_t workflow, std::uint64_t serial, const std::string& reason, bool early) {
  if (const Result<void> loaded = load_cell(); !loaded) return loaded;
  const auto at = std::find_if(cell_->instances.begin(), cell_->instances.end(),
                               [&](const Instance& i) { return i.workflow == workflow && i.serial == serial; });
  if (at == cell_->instances.end()) return {};
  engine_.touch(contact_);
  leave(static_cast<std::size_t>(at - cell_->instances.begin()), reason, early);
  return {};
}

Result<bool> Turn::leaves(std::size_t index) {
  const Version& version = version_of(cell_->instances[index]);
  const auto workflow = version.workflows.find(cell_->instances[index].workflow);
  if (workflow == version.workflows.end()) return false;
  const std::vector<Index>& conditions = version.module.workflows[workflow->second].leave_when;
  if (conditions.empty()) return false;
  const Result<vm::World> world = this->world(version, nullptr);
  if (!world) return tl::unexpected(world.error());
  for (const Index condition : conditions) {
    if (!holds(version, condition, *world).value_or(false)) continue;
    leave(index, "when", true);
    return true;
  }
  return false;
}

}  // namespace fairlead::engine
