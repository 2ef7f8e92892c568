// Expressions of two projects, brought into one.
#include "compiler/diff/joint.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::compiler::diff {

using proof::Formula;
using proof::Variable;
using proof::World;

namespace {

/// Whether values of the one mean the same among values of the other: a member more or less does not matter, since a
/// member is known by its name.
bool comparable(const FieldType& a, const FieldType& b) {
  return a.kind == b.kind && a.currency == b.currency &&
         std::equal(a.element.begin(), a.element.end(), b.element.begin(), b.element.end(), comparable);
}

template <class Table>
auto named(const Table& table, const std::string& name) {
  return std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.name == name; });
}

}  // namespace

Joint::Joint(const Program& before, const Program& after) : before_(before), after_(after) {
  world_ = std::make_unique<World>(joint_, formulas_);
  // The new project's come first, so that they say what the names mean.
  for (Index i = 0; i < module(Side::after).fields.size(); ++i) field_of(Side::after, i);
  for (const Side side : {Side::after, Side::before}) {
    for (const bytecode::Rule& rule : module(side).rules) {
      if (rule.when != none) graft(side, rule.when);
    }
    for (const bytecode::Action& action : module(side).actions) {
      if (action.amount != none) graft(side, action.amount);
    }
  }
}

Index Joint::field_of(Side side, Index index) {
  const bytecode::Field& field = module(side).fields[index];
  auto known = fields_.find(field.name);
  const bool strange =
      known == fields_.end() ? side == Side::before : !comparable(joint_.module.fields[known->second].type, field.type);
  std::string key = field.name;
  if (known != fields_.end() && strange) {
    key += ": " + to_string(field.type);
    known = fields_.find(key);
  }
  if (known != fields_.end()) return known->second;
  const auto made = static_cast<Index>(joint_.module.fields.size());
  joint_.module.fields.push_back(field);
  fields_.emplace(key, made);
  if (strange)
    strange_fields_[made] = key == field.name ? fmt::format("`contact.{}` is no field of the new project", field.name)
                                              : fmt::format("`contact.{}` was {} and is something else now", field.name,
                                                            to_string(field.type));
  return made;
}

Index Joint::counter_of(Side side, Index index) {
  const bytecode::Counter& counter = module(side).counters[index];
  const std::string event = counter.event == none ? std::string() : module(side).events[counter.event].name;
  const std::string field =
      counter.field == none ? std::string() : module(side).events[counter.event].fields[counter.field].name;
  const std::string key = fmt::format("{}|{}|{}|{}", static_cast<int>(counter.kind), event, field, counter.key);
  const auto [known, fresh] = counters_.try_emplace(key, static_cast<Index>(joint_.module.counters.size()));
  if (!fresh) return known->second;
  bytecode::Counter made = counter;
  const auto number = [](std::map<std::string, Index>& names, const std::string& name) {
    return names.try_emplace(name, static_cast<Index>(names.size())).first->second;
  };
  if (counter.event != none) made.event = number(events_, event);
  if (counter.field != none) made.field = number(event_fields_, event + "." + field);
  joint_.module.counters.push_back(made);
  if (side == Side::before && counter.event != none) {
    const auto& events = module(Side::after).events;
    const auto there = named(events, event);
    if (there == events.end()) {
      strange_counters_[known->second] = fmt::format("`{}` is no event of the new project", event);
    } else if (counter.field != none) {
      const auto same = named(there->fields, field);
      if (same == there->fields.end() ||
          !comparable(same->type, module(side).events[counter.event].fields[counter.field].type))
        strange_counters_[known->second] = fmt::format("`{}.{}` is not what it was", event, field);
    }
  }
  return known->second;
}

Index Joint::score_of(Side side, Index index) {
  const bytecode::Score& score = module(side).scores[index];
  const auto [known, fresh] = scores_.try_emplace(score.name, static_cast<Index>(joint_.module.scores.size()));
  if (fresh) {
    joint_.module.scores.push_back(score);
    const auto& scores = module(Side::after).scores;
    if (side == Side::before && named(scores, score.name) == scores.end())
      strange_scores_[known->second] = fmt::format("`{}` is no score of the new project", score.name);
  }
  return known->second;
}

ExprId Joint::graft(Side side, Index function) {
  return graft_expr(side, program(side).roots[function]);
}

ExprId Joint::graft_expr(Side side, ExprId id) {
  if (const auto known = grafted_.find({side, id}); known != grafted_.end()) return known->second;
  Expr expr = program(side).exprs[id];
  for (ExprId& arg : expr.args) arg = graft_expr(side, arg);
  std::string strange;
  const auto look = [&](const std::map<Index, std::string>& strangers) {
    if (const auto at = strangers.find(expr.ref); at != strangers.end()) strange = at->second;
  };
  switch (expr.op) {
    case Op::field:
      expr.ref = field_of(side, expr.ref);
      look(strange_fields_);
      break;
    case Op::count:
    case Op::seen:
    case Op::sum:
    case Op::last:
    case Op::since:
      expr.ref = counter_of(side, expr.ref);
      look(strange_counters_);
      break;
    case Op::score:
      expr.ref = score_of(side, expr.ref);
      look(strange_scores_);
      break;
    default: break;
  }
  expr.path = joint_.keep(expr.path);
  joint_.exprs.push_back(std::move(expr));
  const auto made = static_cast<ExprId>(joint_.exprs.size() - 1);
  grafted_.emplace(std::pair(side, id), made);
  if (!strange.empty()) strange_.emplace_back(made, std::move(strange));
  return made;
}

proof::Term Joint::field(Side side, Index field) {
  return world_->field(field_of(side, field));
}

bool Joint::counts(Variable variable) const {
  const World::Meaning& meaning = world_->meaning(variable);
  const auto& counters = joint_.module.counters;
  return meaning.kind == World::Meaning::Kind::history && meaning.index < counters.size() &&
         counters[meaning.index].kind == bytecode::CounterKind::count &&
         counters[meaning.index].key == formulas_.info(variable).name;
}

std::string Joint::called(Variable variable) const {
  // A count goes by its key, `visited, 7 days`, as it lies with the contact.
  const std::string& name = formulas_.info(variable).name;
  if (!counts(variable)) return name;
  const std::size_t window = name.rfind(", ");
  return fmt::format("count({}, last {})", name.substr(0, window), name.substr(window + 2));
}

std::string Joint::stranger(Formula formula) {
  for (const auto& [expr, why] : strange_) {
    const proof::Term term = world_->term(expr);
    for (const Formula part : {term.value, term.present}) {
      for (const Variable v : formulas_.free(part)) strangers_.emplace(v, why);
    }
  }
  strange_.clear();
  for (const Variable v : formulas_.free(formula)) {
    if (const auto at = strangers_.find(v); at != strangers_.end()) return at->second;
  }
  return "";
}

}  // namespace fairlead::compiler::diff
