// What steps and workflows mean, as text.
#include "runtime/engine/meaning.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/bytecode/listing.hpp"

namespace fairlead::engine {

using bytecode::name_at;
using bytecode::none;
using bytecode::Step;
using bytecode::StepKind;

namespace {

template <class T>
std::string names(const std::vector<T>& items, const std::vector<Index>& indices) {
  std::string out;
  for (const Index i : indices) out += name_at(items, i) + ",";
  return out;
}

std::string fields(const std::vector<bytecode::EventField>& all) {
  std::string out;
  for (const bytecode::EventField& f : all) out += fmt::format("{}: {}; ", f.name, fairlead::to_string(f.type));
  return out;
}

std::string share(const std::optional<Decimal>& d) {
  return d ? d->to_string() : "-";
}

std::string quota(const std::optional<bytecode::Quota>& q) {
  return q ? fmt::format("{} per {}", q->most.to_string(), bytecode::per(q->period, q->window)) : "";
}

std::string duration(const std::optional<Duration>& d) {
  return d ? fairlead::to_string(*d) : "";
}

std::string unset(const std::vector<std::string>&) {
  return "";
}
Index unset(const std::vector<Index>&) {
  return none;
}

/// Leaves out what is not said.
void add(std::vector<Said>& out, std::string_view what, std::string text) {
  if (!text.empty()) out.push_back({std::string(what), std::move(text)});
}

}  // namespace

Meaning::Meaning(const bytecode::Module& module, Index workflow)
    : module_(module), workflow_(module.workflows[workflow]) {
  const auto put = [](auto& list, std::size_t at, auto value) {
    if (list.size() <= at) list.resize(at + 1, unset(list));
    list[at] = std::move(value);
  };
  put(bound_, 0, std::string("entry"));
  put(bound_event_, 0, workflow_.enter.empty() ? none : workflow_.enter.front().event);
  std::vector<Index> seen;
  for (const Index s : workflow_.steps) {
    const Step& step = module_.steps[s];
    for (const bytecode::Arm& arm : step.arms) {
      if (arm.bind == none) continue;
      // The how-many-th of its type: so the name does not change when another type is bound before it.
      const auto nth = std::count(seen.begin(), seen.end(), arm.event);
      seen.push_back(arm.event);
      put(bound_, arm.bind, fmt::format("{} {}", name_at(module_.events, arm.event), nth));
      put(bound_event_, arm.bind, arm.event);
    }
    if (step.kind == StepKind::for_each) {
      put(bound_, step.bind, "row of " + name_at(module_.records, step.record));
      put(bound_event_, step.bind, none);
      put(bound_record_, step.bind, step.record);
    }
    if (step.local == none) continue;
    const std::size_t values = step.kind == StepKind::act ? 1 + module_.actions[step.action].returns.size() : 1;
    for (std::size_t i = 0; i < values; ++i) put(kept_, step.local + i, fmt::format("{} {}", step.key, i));
  }
}

std::string Meaning::instruction(bytecode::Instruction i) const {
  std::string out(bytecode::info(i.op()).name);
  for (const bytecode::Operand& o : bytecode::operands(i)) {
    std::string text;
    switch (o.kind) {
      case '.': continue;
      case 'k': text = bytecode::to_string(module_.constants[o.value]); break;
      case 'f': text = name_at(module_.fields, o.value); break;
      case 'n': text = name_at(module_.counters, o.value); break;
      case 's': text = name_at(module_.scores, o.value); break;
      case 'u': text = name_at(module_.rates, o.value); break;
      case 'l': text = o.value < kept_.size() ? kept_[o.value] : fmt::format("?{}", o.value); break;
      case 't':
        text = o.value < module_.currencies.size() ? module_.currencies[o.value] : fmt::format("{}", o.value);
        break;
      case 'e': {
        const Index type = i.b() < bound_event_.size() ? bound_event_[i.b()] : none;
        const Index record = i.b() < bound_record_.size() ? bound_record_[i.b()] : none;
        text = record < module_.records.size() ? name_at(module_.records[record].fields, o.value)
               : type < module_.events.size()  ? name_at(module_.events[type].fields, o.value)
                                               : fmt::format("{}", o.value);
        break;
      }
      case 'i':
        text =
            i.op() == bytecode::Opcode::event && o.value < bound_.size() ? bound_[o.value] : fmt::format("{}", o.value);
        break;
      default: text = fmt::format("{}", o.value);
    }
    out += " " + text;
  }
  return out;
}

std::string Meaning::function(Index index) const {
  if (index == none) return "";
  std::string out;
  for (const bytecode::Instruction i : module_.functions[index].code) out += instruction(i) + "\n";
  return out;
}

std::string Meaning::event(Index event) const {
  return fmt::format("{} {{ {}}}", name_at(module_.events, event), fields(module_.events[event].fields));
}

std::string Meaning::record(Index index) const {
  std::string out = name_at(module_.records, index) + " { ";
  for (const bytecode::Field& f : module_.records[index].fields)
    out += fmt::format("{}{}: {}{}; ", f.key ? "key " : "", f.name, fairlead::to_string(f.type),
                       f.initial == none ? "" : " = " + function(f.initial));
  return out + "}";
}

std::string Meaning::content(Index index, Index channel) const {
  const bytecode::Content& c = module_.contents[index];
  std::string out = fmt::format("{}{} ({})\n", c.name, c.transactional ? " transactional" : "", fields(c.parameters));
  for (const bytecode::Variant& variant : c.variants) {
    if (channel != none && variant.channel != channel) continue;
    out += name_at(module_.channels, variant.channel) + "\n";
    for (const bytecode::Slot& slot : variant.slots) {
      out += fmt::format("{}: {}", slot.name, function(slot.text));
      for (const bytecode::SlotText& one : slot.one_of) out += fmt::format("{}: {}", one.name, function(one.text));
      if (!slot.generated) continue;
      const bytecode::Model& model = module_.models[slot.generated->model];
      out += fmt::format("written by {} {} {} {}: {}", model.name, model.provider_name, model.version,
                         slot.generated->at_most, function(slot.generated->prompt));
    }
  }
  return out;
}

std::string Meaning::options(const bytecode::Choice& choice) const {
  std::string out;
  for (const bytecode::Option& o : choice.options) {
    out += fmt::format("{} start {} at least {} at most {} when {}\n", o.name, share(o.start), o.at_least.to_string(),
                       share(o.at_most), function(o.when));
  }
  return out;
}

std::vector<Said> Meaning::step(Index index) const {
  const Step& s = module_.steps[index];
  std::vector<Said> out;
  const auto all = [&](const std::vector<Index>& functions) {
    std::string text;
    for (const Index f : functions) text += (f == none ? "absent" : function(f)) + "\n";
    return text;
  };
  if (s.content != none) add(out, "its content", content(s.content, s.best.empty() ? s.channel : none));
  if (s.channel != none) {
    const bytecode::Channel& channel = module_.channels[s.channel];
    add(out, "its channel",
        fmt::format("{} to {} consent {}", channel.name, name_at(module_.fields, channel.to),
                    name_at(module_.fields, channel.consent)));
  }
  add(out, "the channels of which the best is picked", names(module_.channels, s.best));
  if (s.best_hour)
    add(out, "the hours it is sent in",
        fmt::format("{} {}", fairlead::to_string(s.best_hour->from), fairlead::to_string(s.best_hour->to)));
  if (s.action != none) {
    const bytecode::Action& action = module_.actions[s.action];
    add(out, "what it calls",
        fmt::format("{} {} ({}) ({}) {}", action.name, bytecode::to_string(action.effect), fields(action.parameters),
                    fields(action.returns), function(action.amount)));
  }
  add(out, "what it says", all(s.arguments));
  const bool wait = s.kind == StepKind::wait_for || s.kind == StepKind::wait_until || s.kind == StepKind::wait_event;
  add(out,
      wait                           ? "how long it waits"
      : s.kind == StepKind::branch   ? "its condition"
      : s.kind == StepKind::repeat   ? "until when it goes round"
      : s.kind == StepKind::for_each ? "which it goes through"
                                     : "its value",
      function(s.value));
  std::string events;
  for (const bytecode::Arm& arm : s.arms) {
    events += fmt::format("{} of {} where {}\n", event(arm.event),
                          arm.of_content == none ? "" : name_at(module_.contents, arm.of_content), function(arm.where));
  }
  add(out, "the events it waits for", std::move(events));
  if (s.choice != none) {
    const bytecode::Choice& choice = module_.choices[s.choice];
    std::string features;
    for (const bytecode::Feature& f : choice.features)
      features += fmt::format("{}: {} {}\n", f.name, fairlead::to_string(f.type), function(f.value));
    const bytecode::Goal& goal = module_.goals[choice.goal];
    add(out, "what it learns toward", fmt::format("{} within {}", goal.name, fairlead::to_string(goal.within)));
    add(out, "what it learns from", std::move(features));
    add(out, "its options", options(choice));
    add(out, "how much it explores", choice.explore.to_string());
    add(out, "how quickly it forgets", duration(choice.half_life));
    if (choice.move)
      add(out, "how far its weights move",
          fmt::format("{} per {} {}", choice.move->share.to_string(),
                      bytecode::per(choice.move->period, choice.move->window), choice.move->approval));
  }
  if (s.split != none) {
    const bytecode::Split& split = module_.splits[s.split];
    std::string variants;
    for (const bytecode::SplitVariant& v : split.variants)
      variants += fmt::format("{} {}\n", v.name, v.share.to_string());
    add(out, "its variants", std::move(variants));
    add(out, "what it measures", split.goal == none ? "" : name_at(module_.goals, split.goal));
    add(out, "how it is adopted", fmt::format("{}{}", split.adopt ? "adopt " : "", split.approval));
  }
  if (s.field != none)
    add(out, "the field it sets",
        fmt::format("{}: {}", module_.fields[s.field].name, fairlead::to_string(module_.fields[s.field].type)));
  if (s.kind == StepKind::repeat)
    add(out, "its rounds", fmt::format("{} every {}", s.times, fairlead::to_string(s.every)));
  if (s.workflow != none) add(out, "the workflow it goes on to", name_at(module_.workflows, s.workflow));
  if (s.role != none) {
    add(out, "who decides", name_at(module_.roles, s.role));
    add(out, "how long it waits for them", fairlead::to_string(s.within));
  }
  if (s.team != none)
    add(out, "whom it assigns to", fmt::format("{} by {}", name_at(module_.teams, s.team), bytecode::to_string(s.by)));
  add(out, "the record it goes through", s.record == none ? "" : record(s.record));
  return out;
}

std::vector<Said> Meaning::head() const {
  std::vector<Said> out;
  const bytecode::Head& head = workflow_.head;
  const auto triggers = [&](const std::vector<bytecode::Trigger>& all) {
    std::string text;
    for (const bytecode::Trigger& t : all) text += fmt::format("{} where {}\n", event(t.event), function(t.where));
    return text;
  };
  add(out, "whom it is for", workflow_.subject.empty() ? "nobody" : workflow_.subject);
  std::string entries = triggers(workflow_.enter);
  for (const bytecode::Entry& e : head.entries) {
    entries += fmt::format(
        "{} {} {} {} {} {}\n", static_cast<int>(e.kind), e.triggers.size(),
        e.segment == none ? "" : name_at(module_.segments, e.segment) + function(module_.segments[e.segment].when),
        fairlead::to_string(e.every), e.at ? fairlead::to_string(*e.at) : "", quota(e.at_most));
  }
  add(out, "who enters it", std::move(entries));
  std::string leaving = triggers(workflow_.leave_on);
  for (const Index f : workflow_.leave_when) leaving += function(f);
  add(out, "who leaves it", std::move(leaving));
  add(out, "who may enter again", duration(workflow_.again));
  if (workflow_.goal != none) {
    const bytecode::Goal& goal = module_.goals[workflow_.goal];
    add(out, "its goal",
        fmt::format("{} {} where {} within {} holdout {}", goal.name, event(goal.event), function(goal.where),
                    fairlead::to_string(goal.within), goal.holdout.to_string()));
  }
  add(out, "its owner", workflow_.owner);
  add(out, "its budget", quota(head.budget));
  add(out, "when it pauses", function(head.pause));
  std::string stages;
  for (const bytecode::RolloutStage& s : head.rollout)
    stages += fmt::format("{} {} {} {} {} {}\n", s.shadow, s.share.to_string(), duration(s.lasts), s.approval_by,
                          share(s.lift), s.confidence.to_string());
  add(out, "its rollout", std::move(stages));
  return out;
}

}  // namespace fairlead::engine
