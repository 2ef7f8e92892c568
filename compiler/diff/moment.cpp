// What the rules of both projects say of one act at one moment.
#include "compiler/diff/moment.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::compiler::diff {

using bytecode::EffectKind;
using bytecode::Otherwise;
using bytecode::Rule;
using bytecode::RuleKind;
using bytecode::SiteValue;
using proof::Effect;
using proof::Formula;
using proof::Formulas;
using proof::Term;
using proof::Variable;

namespace {

template <class Table>
Index index_of(const Table& table, const std::string& name) {
  const auto at = std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.name == name; });
  return at == table.end() ? none : static_cast<Index>(at - table.begin());
}

Fate fate_of(const Rule& rule) {
  switch (rule.otherwise) {
    case Otherwise::skip: return Fate::skipped;
    case Otherwise::defer: return Fate::deferred;
    case Otherwise::hold: return Fate::held;
    case Otherwise::stop: return Fate::stopped;
  }
  return Fate::skipped;
}

}  // namespace

/// Whether something is divided, or multiplied and rounded. What an example shows of such a question may lie within
/// half a digit of the truth, and a comparison has to be right about whom it names.
static bool rounds(const Formulas& f, Formula formula) {
  const proof::FormulaNode& node = f.node(formula);
  return node.shape == proof::Shape::rounded || node.shape == proof::Shape::divide ||
         std::any_of(node.args.begin(), node.args.end(), [&](Formula part) { return rounds(f, part); });
}

std::vector<ActKind> act_kinds(const Joint& joint) {
  std::vector<ActKind> out;
  const auto put = [&out](ActKind kind) {
    if (std::none_of(out.begin(), out.end(), [&](const ActKind& known) { return known.name == kind.name; }))
      out.push_back(std::move(kind));
  };
  bool generated = false;
  for (const Side side : both_sides) {
    for (const Rule& rule : joint.module(side).rules)
      generated = generated || rule.effect == bytecode::Effect::generated;
  }
  for (const std::string& channel : channels_of(joint)) {
    put({.name = send_by(channel), .channel = channel, .action = {}});
    if (generated)
      put({.name = send_by(channel) + " what a model wrote", .generated = true, .channel = channel, .action = {}});
  }
  for (const Side side : {Side::after, Side::before}) {
    const bytecode::Module& module = joint.module(side);
    for (const bytecode::Action& action : module.actions)
      put({.name = "do " + action.name,
           .message = false,
           .channel = {},
           .action = action.name,
           .effect = action.effect});
  }
  // What rules say of a kind of act counts for actions that are still to come, too.
  static constexpr std::pair<bytecode::Effect, EffectKind> kinds[] = {{bytecode::Effect::spend, EffectKind::spend},
                                                                      {bytecode::Effect::publish, EffectKind::publish},
                                                                      {bytecode::Effect::retract, EffectKind::retract},
                                                                      {bytecode::Effect::write, EffectKind::write}};
  for (const auto& [effect, kind] : kinds) {
    for (const Side side : both_sides) {
      const auto& rules = joint.module(side).rules;
      const bool said = std::any_of(rules.begin(), rules.end(), [effect = effect](const Rule& rule) {
        return rule.effect == effect &&
               (rule.kind == RuleKind::forbid || rule.kind == RuleKind::approval || rule.kind == RuleKind::allow);
      });
      if (said)
        put({.name = std::string(to_string(kind)), .message = false, .channel = {}, .action = {}, .effect = kind});
    }
  }
  return out;
}

bytecode::Act act_of(const bytecode::Module& module, const ActKind& kind) {
  if (kind.message) return {.channel = index_of(module.channels, kind.channel), .generated = kind.generated};
  const Index action = index_of(module.actions, kind.action);
  return {
      .message = false, .effect = action == none ? kind.effect : module.actions[action].effect, .action = kind.action};
}

Moment::Moment(Joint& joint, const ActKind& kind, const Group& group) : joint_(joint), kind_(kind) {
  proof::World& world = joint.world();
  Formulas& f = joint.formulas();
  const Type text = Type::of(TypeKind::text);
  const Type boolean = Type::of(TypeKind::boolean);
  if (kind.message) {
    content_ = world.given("the content", text);
    Type consents = Type::of(TypeKind::enumeration);
    consents.field.members = {"unknown", "given", "withdrawn"};
    consent_ = world.given("the channel's consent", consents);
    transactional_ = world.given("it is transactional", boolean);
    std::vector<Formula> any{f.equal(content_.value, world.text("some other content").value)};
    const bytecode::Module& after = joint.module(Side::after);
    for (const bytecode::Content& content : after.contents) {
      // What has no text for the channel does not go by it.
      const bool goes = kind.channel == other_channel ||
                        std::any_of(content.variants.begin(), content.variants.end(), [&](const bytecode::Variant& v) {
                          return after.channels[v.channel].name == kind.channel;
                        });
      if (!goes) continue;
      const Formula this_one = f.equal(content_.value, world.text(content.name).value);
      any.push_back(this_one);
      facts_.push_back(f.either(f.opposite(this_one),
                                content.transactional ? transactional_.value : f.opposite(transactional_.value)));
    }
    facts_.push_back(f.either(std::move(any)));
  }
  if (!group.workflow.empty()) {
    workflow_ = world.text(group.workflow);
  } else {
    // None of those that are there: they are looked at one by one.
    workflow_ = world.text("some other workflow");
  }
  for (const Side side : both_sides) read(side, group);
  facts_.push_back(world.history());
}

Effect Moment::effect(Side side) {
  proof::World& world = joint_.world();
  Effect out;
  out.said[SiteValue::workflow] = workflow_;
  if (kind_.message) {
    // A channel that only the other side has is there on this side as well, where nobody speaks of it.
    Side with = side;
    Index channel = index_of(joint_.module(side).channels, kind_.channel);
    if (channel == none) {
      with = other(side);
      channel = index_of(joint_.module(with).channels, kind_.channel);
    }
    const Index consent = channel == none ? none : joint_.module(with).channels[channel].consent;
    out.said[SiteValue::channel] = world.text(kind_.channel);
    out.said[SiteValue::content] = content_;
    out.said[SiteValue::transactional] = transactional_;
    out.said[SiteValue::consent] = channel == none   ? consent_
                                   : consent == none ? world.text("given")
                                                     : world.consent(joint_.field(with, consent));
    return out;
  }
  const bytecode::Module& module = joint_.module(side);
  const Index action = index_of(module.actions, kind_.action);
  if (action == none) {
    if (kind_.effect == EffectKind::spend) {
      Type money = Type::of(TypeKind::money);
      money.field.currency = module.currency;
      if (!amount_) amount_ = world.given("amount", money);
      out.amount = amount_;
    }
    return out;
  }
  for (const bytecode::EventField& parameter : module.actions[action].parameters) {
    const auto [known, fresh] = parameters_.try_emplace(parameter.name + ": " + to_string(parameter.type));
    if (fresh) known->second = world.given(parameter.name, Type::of(parameter.type), !parameter.type.optional);
    out.arguments.push_back(known->second);
  }
  if (const Index amount = module.actions[action].amount; amount != none) {
    out.amount = world.term(joint_.graft(side, amount), nullptr, &out.arguments);
    facts_.push_back(joint_.formulas().opposite(out.amount->fault));
  }
  return out;
}

void Moment::read(Side side, const Group& group) {
  Formulas& f = joint_.formulas();
  proof::World& world = joint_.world();
  const bytecode::Module& module = joint_.module(side);
  const Effect said = effect(side);
  const bytecode::Act act = act_of(module, kind_);
  std::vector<Formula> allows;
  for (const Index index : of(group.rules, side)) {
    const Rule& rule = module.rules[index];
    if (rule.kind != RuleKind::allow || !bytecode::concerns(rule, act)) continue;
    allows.push_back(rule.when == none ? Formulas::yes : world.holds(joint_.graft(side, rule.when), &said));
    of(allowing_, side).push_back(index);
  }
  for (const Index index : of(group.rules, side)) {
    const Rule& rule = module.rules[index];
    const bool asks = rule.kind == RuleKind::forbid || rule.kind == RuleKind::approval || rule.kind == RuleKind::closed;
    if (!asks || !bytecode::concerns(rule, act)) continue;
    Objection objection{.rule = index, .fate = fate_of(rule), .role = rule.hold_for, .up_to = rule.up_to};
    objection.fires = rule.kind == RuleKind::closed ? f.opposite(f.either(allows))
                      : rule.when == none           ? Formulas::yes
                                                    : world.fires(joint_.graft(side, rule.when), &said);
    if (objection.fires != Formulas::no) of(objections_, side).push_back(std::move(objection));
  }
  Formula stricter = Formulas::no;
  for (std::size_t i = fates; i-- > 0;) {
    const auto fate = static_cast<Fate>(i);
    const Formula some =
        fate == Fate::allowed ? Formulas::yes : any(side, [fate](const Objection& o) { return o.fate == fate; });
    of(becomes_, side)[i] = f.both(some, f.opposite(stricter));
    stricter = f.either(stricter, some);
  }
}

Formula Moment::with_world(Formula formula) {
  Formulas& f = joint_.formulas();
  const std::vector<Variable> asked = f.free(formula);
  std::vector<Formula> parts{formula};
  const auto put = [&](Formula fact) {
    const std::vector<Variable>& about = f.free(fact);
    if (!about.empty() && std::includes(asked.begin(), asked.end(), about.begin(), about.end())) parts.push_back(fact);
  };
  for (const Formula fact : facts_) {
    const proof::FormulaNode node = f.node(fact);
    if (node.shape != proof::Shape::both) {
      put(fact);
      continue;
    }
    for (const Formula part : node.args) put(part);
  }
  return f.both(std::move(parts));
}

proof::Answer Moment::ask(Formula formula) {
  Formulas& f = joint_.formulas();
  if (rounds(f, formula)) {
    const proof::Answer answer = joint_.solver().ask(with_world(formula));
    return answer.can == proof::Can::not_be ? answer : proof::Answer{};
  }
  const Formula asked = with_world(formula);
  proof::Answer answer = proof::sayable(f, joint_.solver(), asked, joint_.solver().ask(asked),
                                        [this](proof::Variable v) { return joint_.counts(v); });
  return answer.unsaid.empty() ? answer : proof::Answer{};
}

}  // namespace fairlead::compiler::diff
