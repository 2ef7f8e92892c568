// The rules of a project's policies as the lints about them see them: whose each is, which are asked together, and of
// two, whether one is there wherever the other is, and does no less.
#pragma once

#include "compiler/lint/reading.hpp"

namespace fairlead::compiler::lint {

class Policies {
 public:
  explicit Policies(const Subject& subject);

  [[nodiscard]] std::size_t size() const { return owners_.size(); }
  [[nodiscard]] const bytecode::Rule& at(Index rule) const { return module_.rules[rule]; }
  [[nodiscard]] const RuleSource& source(Index rule) const { return subject_.program.rule_sources[rule]; }
  /// Whether it stands in the project's own files: what the library says is not the project's to mend.
  [[nodiscard]] bool own(Index rule) const { return lint::own(subject_, source(rule).place); }
  /// As its author wrote it; empty of what is no rule of a policy of the project.
  [[nodiscard]] Node node(Index rule) const;
  [[nodiscard]] bool same_policy(Index a, Index b) const { return owners_[a] != none && owners_[a] == owners_[b]; }

  /// The rules that are asked together, each list once: a workflow's, and those of a policy that no workflow is under.
  [[nodiscard]] const std::vector<std::vector<Index>>& together() const { return together_; }
  /// Whether `a` is asked wherever `b` is.
  [[nodiscard]] bool wherever(Index a, Index b) const;
  /// Whether it binds every workflow there is.
  [[nodiscard]] bool everywhere(Index rule) const { return bound_[rule].size() == module_.workflows.size(); }
  /// Whether `a` is about all channels that `b` is about.
  [[nodiscard]] bool channels(Index a, Index b) const;
  /// Whether nothing is lost with `b` where `a` fires whenever it does: what happens then is as strong (language,
  /// section 10.6), it is proved where the other is to be, and nobody can be spared it who is not spared the other.
  [[nodiscard]] bool no_weaker(Index a, Index b) const;
  /// Whether two rules of one policy say the same: what `identical_rules` is about.
  [[nodiscard]] bool identical(Index a, Index b) const;

  /// A finding at `rule`, with `other` shown beside it.
  Diagnostic& add(Findings& found, Code code, Index rule, std::string message, std::string label, std::string help,
                  std::optional<Index> other = {}, std::string of_other = {}) const;

 private:
  const Subject& subject_;
  const bytecode::Module& module_;
  std::vector<Index> owners_;              // of each rule; none: a workflow's own limit
  std::vector<std::vector<Index>> bound_;  // the workflows under each rule, ascending
  std::vector<std::vector<Index>> together_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Node> nodes_;  // by file and where the name begins
};

}  // namespace fairlead::compiler::lint
