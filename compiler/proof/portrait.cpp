#include "compiler/proof/portrait.hpp"

#include "compiler/proof/looked.hpp"
#include "compiler/proof/planted.hpp"
#include "compiler/proof/version.hpp"
#include "compiler/proof/world.hpp"
#include "runtime/bytecode/concerns.hpp"

namespace fairlead::compiler::proof {

using bytecode::Step;
using bytecode::StepKind;

std::optional<std::uint32_t> Portrait::number(Place place) const {
  const auto at = numbers.find({place.file, place.span.begin, place.span.end});
  return at == numbers.end() ? std::nullopt : std::optional(at->second);
}

Painter::Painter(const Program& program) : p_(program) {
  for (Index s = 0; s < module().steps.size(); ++s) {
    const Step& step = module().steps[s];
    if (step.kind == StepKind::for_each || step.kind == StepKind::allocate) record_bindings_.insert(step.bind);
    if (step.kind == StepKind::follow) led_to_[step.workflow].push_back(p_.step_places[s]);
  }
  for (const bytecode::Field& field : module().fields) {
    zone_ = zone_ || field.zone;
    country_ = country_ || field.country;
  }
}

Portrait Painter::paint(Index workflow) {
  workflow_ = workflow;
  out_.clear();
  portrait_ = {};
  position_.clear();
  seen_.clear();
  counted_.clear();
  for (const Index s : module().workflows[workflow].steps)
    position_.emplace(s, static_cast<std::uint32_t>(position_.size()));
  head();
  rules();
  for (const Index s : module().workflows[workflow].steps) step(s);
  counters();
  portrait_.key = sha256({prover_version(), out_.str()});
  return std::move(portrait_);
}

void Painter::head() {
  const bytecode::Workflow& w = module().workflows[workflow_];
  text(w.name);
  flag(zone_);
  flag(country_);
  flag(w.again.has_value());
  if (w.again) out_.signed_varint(w.again->ms);
  to(w.first);
  out_.varint(w.enter.size());
  for (const bytecode::Trigger& trigger : w.enter) {
    event(trigger.event);
    function(trigger.where);
  }
  out_.varint(w.head.entries.size());
  for (const bytecode::Entry& entry : w.head.entries) {
    out_.u8(static_cast<std::uint8_t>(entry.kind));
    flag(entry.segment != none);
    if (entry.segment == none) continue;
    const bytecode::Segment& segment = module().segments[entry.segment];
    text(segment.name);
    place(p_.names.at(NameKind::segment).find(segment.name)->second.place);
    function(segment.when);
    expr(p_.segment_roots[entry.segment]);
  }
  out_.varint(w.leave_when.size());
  for (const Index condition : w.leave_when) function(condition);
  if (left_out(LeftOut::followers)) return;
  const std::vector<Place>& others = led_to_[workflow_];
  out_.varint(others.size());
  for (const Place other : others) place(other);
}

void Painter::rules() {
  const bytecode::Workflow& w = module().workflows[workflow_];
  out_.varint(w.rules.size());
  for (const Index r : w.rules) {
    const bytecode::Rule& rule = module().rules[r];
    out_.u8(static_cast<std::uint8_t>(rule.kind));
    if (!left_out(LeftOut::otherwise)) out_.u8(static_cast<std::uint8_t>(rule.otherwise));
    text(rule.role);
    text(rule.hold_for);
    flag(!left_out(LeftOut::waivers) && w.head.signed_waiver(r) != nullptr);
    function(rule.when);
  }
}

void Painter::step(Index s) {
  const Step& step = module().steps[s];
  out_.u8(static_cast<std::uint8_t>(step.kind));
  place(p_.step_places[s]);
  to(step.next);
  to(step.otherwise);
  function(step.value);
  flow(step);
  if (step.field != none && !left_out(LeftOut::written)) field(step.field);
  out_.varint(step.bind);
  out_.varint(step.local);
  out_.varint(step.times);
  out_.signed_varint(step.every.ms);
  text(step.role == none ? std::string_view() : module().roles[step.role].name);
  out_.varint(step.covered.size());
  for (const Index covered : step.covered) to(covered);
  act(s);
}

/// Where a step leads to beside the next one.
void Painter::flow(const Step& step) {
  out_.varint(step.arms.size());
  for (const bytecode::Arm& arm : step.arms) {
    event(arm.event);
    flag(arm.of_content != none && !left_out(LeftOut::answers));
    function(arm.where);
    out_.varint(arm.bind);
    to(arm.first);
  }
  flag(step.choice != none);
  if (step.choice != none) {
    const auto& options = module().choices[step.choice].options;
    out_.varint(options.size());
    for (const bytecode::Option& option : options) {
      text(option.name);
      function(option.when);
      flag(option.at_most.has_value());
      to(option.first);
    }
  }
  flag(step.split != none);
  if (step.split != none) {
    const auto& variants = module().splits[step.split].variants;
    out_.varint(variants.size());
    for (const bytecode::SplitVariant& variant : variants) {
      text(variant.name);
      to(variant.first);
    }
  }
  flag(step.plan != none);
  if (step.plan == none) return;
  const bytecode::Plan& plan = module().plans[step.plan];
  out_.varint(plan.most);
  out_.signed_varint(plan.apart.ms);
  out_.varint(plan.plays.size());
  for (const bytecode::Play& play : plan.plays) {
    text(play.name);
    function(play.when);
    to(play.first);
  }
}

/// What a step does, and which rules are about it.
void Painter::act(Index s) {
  const Step& step = module().steps[s];
  const bool sends = step.kind == StepKind::send && step.content != none;
  const bool calls = step.kind == StepKind::act && step.action != none;
  flag(sends);
  flag(calls);
  if (sends) {
    text(module().contents[step.content].name);
    flag(module().contents[step.content].transactional);
  }
  if (calls) {
    const bytecode::Action& action = module().actions[step.action];
    text(action.name);
    out_.varint(action.returns.size());
    function(action.amount);
  }
  out_.varint(step.arguments.size());
  for (const Index argument : step.arguments) function(argument);
  flag(step.best_hour.has_value());
  out_.varint(step.best.size());
  std::vector<Index> channels = channels_of(step);
  out_.varint(channels.size());
  for (const Index c : channels) channel(c);
  if (calls) channels = {none};
  if (!sends && !calls) return;
  for (const Index c : channels) {
    for (const Index r : module().workflows[workflow_].rules)
      flag(!left_out(LeftOut::concern) && concerns(module(), module().rules[r], workflow_, step, c));
  }
}

/// Which of them is asked first is told by their numbers, of which the order is kept.
void Painter::counters() {
  for (const Index c : counted_) text(module().counters[c].key);
}

void Painter::place(Place at) {
  const auto number = static_cast<std::uint32_t>(portrait_.places.size());
  const auto [known, fresh] = portrait_.numbers.try_emplace({at.file, at.span.begin, at.span.end}, number);
  if (fresh) portrait_.places.push_back(at);
  if (!left_out(LeftOut::places)) out_.varint(known->second);
}

void Painter::to(Index step) {
  const auto at = position_.find(step);
  out_.varint(step == none ? 0 : at == position_.end() ? 1 : at->second + 2);
}

void Painter::function(Index function) {
  flag(function != none);
  if (function != none) expr(p_.roots[function]);
}

void Painter::expr(ExprId id) {
  const auto [known, fresh] = seen_.try_emplace(id, static_cast<std::uint32_t>(seen_.size()));
  flag(fresh);
  if (!fresh) {
    out_.varint(known->second);
    return;
  }
  const Expr& e = p_.exprs[id];
  out_.u8(static_cast<std::uint8_t>(e.op));
  place(e.place);
  out_.u8(static_cast<std::uint8_t>(e.type.form));
  type(e.type.field);
  if (e.op == Op::constant && !left_out(LeftOut::constants)) constant(e.constant());
  reference(e);
  out_.varint(e.member);
  text(e.path);
  out_.varint(e.args.size());
  for (const ExprId arg : e.args) expr(arg);
}

void Painter::reference(const Expr& e) {
  switch (e.op) {
    case Op::field: field(e.ref); break;
    case Op::event:
      out_.varint(e.ref);
      flag(record_bindings_.contains(e.ref));
      break;
    case Op::count:
    case Op::sum:
    case Op::last:
    case Op::since: counter(e.ref, false); break;
    case Op::seen: counter(e.ref, true); break;
    case Op::rate: text(module().rates[e.ref].key); break;
    case Op::score: text(module().scores[e.ref].name); break;
    default: out_.varint(e.ref); break;
  }
}

void Painter::counter(Index c, bool seen) {
  const bytecode::Counter& asked = module().counters[c];
  counted_.insert(c);
  text(asked.key);
  event(asked.event);
  out_.u8(static_cast<std::uint8_t>(asked.kind));
  flag(asked.where != none);
  out_.signed_varint(asked.window.ms);
  out_.varint(asked.field);
  if (!seen || left_out(LeftOut::ever)) return;
  // What happened within a window has happened: so says each that asks for no less, whoever asks it.
  for (Index other = 0; other < module().counters.size(); ++other) {
    if (module().counters[other].kind == bytecode::CounterKind::last &&
        World::asks_no_less(module().counters[other], asked))
      counter(other, false);
  }
}

void Painter::field(Index f) {
  const bytecode::Field& field = module().fields[f];
  text(field.name);
  type(field.type);
  flag(field.fixed && !left_out(LeftOut::fixed));
  flag(field.zone);
  flag(field.country);
  flag(field.initial != none);
}

void Painter::channel(Index c) {
  const bytecode::Channel& channel = module().channels[c];
  text(channel.name);
  flag(channel.to != none);
  if (channel.to != none && !left_out(LeftOut::addresses)) field(channel.to);
  flag(channel.consent != none);
  if (channel.consent != none) field(channel.consent);
}

void Painter::type(const FieldType& type) {
  out_.u8(static_cast<std::uint8_t>(type.kind));
  flag(type.optional);
  text(type.currency);
  out_.varint(type.members.size());
  for (const std::string& member : type.members) text(member);
  out_.varint(type.element.size());
  for (const FieldType& element : type.element) this->type(element);
}

void Painter::constant(const bytecode::Constant& constant) {
  out_.u8(static_cast<std::uint8_t>(constant.tag));
  out_.int128(constant.units);
  text(constant.text);
  out_.varint(constant.items.size());
  for (const bytecode::Constant& item : constant.items) this->constant(item);
}

}  // namespace fairlead::compiler::proof
