// The rules of a project's policies, and how two of them stand to each other.
#include "compiler/lint/policies.hpp"

namespace fairlead::compiler::lint {

using bytecode::Otherwise;
using bytecode::Rule;

Policies::Policies(const Subject& subject)
    : subject_(subject),
      module_(subject.program.module),
      owners_(module_.rules.size(), none),
      bound_(module_.rules.size()) {
  const std::vector<Policy>& policies = subject.program.policies;
  for (Index p = 0; p < policies.size(); ++p) {
    for (const Index rule : policies[p].rules) owners_[rule] = p;
    if (!policies[p].binds) together_.push_back(policies[p].rules);
  }
  for (Index w = 0; w < module_.workflows.size(); ++w) {
    together_.push_back(module_.workflows[w].rules);
    for (const Index rule : module_.workflows[w].rules) bound_[rule].push_back(w);
  }
  for (std::vector<Index>& rules : together_) std::sort(rules.begin(), rules.end());
  std::sort(together_.begin(), together_.end());
  together_.erase(std::unique(together_.begin(), together_.end()), together_.end());
  for (const Node& policy : declarations(subject, Kind::policy)) {
    for (const Node& rule : policy.child(Kind::block).children(Kind::rule)) {
      const Place name = place_of(subject, rule.child(Kind::name));
      nodes_.emplace(std::pair(name.file, name.span.begin), rule);
    }
  }
}

Node Policies::node(Index rule) const {
  const Place name = source(rule).place;
  const auto at = nodes_.find({name.file, name.span.begin});
  return at == nodes_.end() ? Node() : at->second;
}

bool Policies::wherever(Index a, Index b) const {
  if (same_policy(a, b)) return true;
  return !bound_[b].empty() && std::includes(bound_[a].begin(), bound_[a].end(), bound_[b].begin(), bound_[b].end());
}

bool Policies::channels(Index a, Index b) const {
  const std::vector<Index>& wide = at(a).channels;
  const std::vector<Index>& narrow = at(b).channels;
  if (wide.empty()) return true;
  return !narrow.empty() && std::all_of(narrow.begin(), narrow.end(), [&](Index channel) {
    return std::find(wide.begin(), wide.end(), channel) != wide.end();
  });
}

bool Policies::no_weaker(Index a, Index b) const {
  if (source(b).prove && !source(a).prove) return false;
  const Rule& one = at(a);
  const Rule& other = at(b);
  if (!one.waivable_by.empty() && one.waivable_by != other.waivable_by) return false;
  switch (one.otherwise) {
    case Otherwise::stop: return true;
    // What a person lets pass is asked the other rules all the same.
    case Otherwise::hold:
      return other.otherwise == Otherwise::hold && one.hold_for == other.hold_for && one.up_to == other.up_to;
    case Otherwise::skip: return other.otherwise == Otherwise::skip || other.otherwise == Otherwise::defer;
    // What was put off for as long as the rule allows is left out then.
    case Otherwise::defer:
      return other.otherwise == Otherwise::defer &&
             (one.up_to == other.up_to ||
              (one.up_to > Duration{} && (other.up_to == Duration{} || one.up_to < other.up_to)));
  }
  return false;
}

bool Policies::identical(Index a, Index b) const {
  return same_policy(a, b) && at(a).hash == at(b).hash && at(a).waivable_by == at(b).waivable_by &&
         source(a).prove.has_value() == source(b).prove.has_value();
}

Diagnostic& Policies::add(Findings& found, Code code, Index rule, std::string message, std::string label,
                          std::string help, std::optional<Index> other, std::string of_other) const {
  Diagnostic& out = found.add(code, source(rule).place, std::move(message), std::move(label), std::move(help));
  if (other) out.secondary.push_back({source(*other).place.file, source(*other).place.span, std::move(of_other)});
  return out;
}

}  // namespace fairlead::compiler::lint
