// What the parts of a comparison share: the two projects in one world, the workflows that are under the same rules, and
// the list of what was found.
#pragma once

#include "compiler/diff/diff.hpp"
#include "compiler/diff/joint.hpp"

namespace fairlead::compiler::diff {

template <class T>
using ForBoth = std::array<T, 2>;
template <class T>
const T& of(const ForBoth<T>& both, Side side) {
  return both[static_cast<std::size_t>(side)];
}
template <class T>
T& of(ForBoth<T>& both, Side side) {
  return both[static_cast<std::size_t>(side)];
}
inline Side other(Side side) {
  return side == Side::before ? Side::after : Side::before;
}
/// What it is called when a rule of one side asks for more than the other side does.
inline Direction direction(Side stricter) {
  return stricter == Side::before ? Direction::looser : Direction::stricter;
}

/// What rules say of every channel counts for those that are still to come; this stands for them, behind all names.
constexpr const char* other_channel = "\x7f";
/// `send by email`
std::string send_by(const std::string& channel);
/// The channels of either side, and that one.
std::set<std::string> channels_of(const Joint& joint);

/// Workflows that are under the same rules, on both sides.
struct Group {
  std::vector<std::string> under;  // as they are called
  std::string workflow;            // its name, where a rule may ask for it; empty: of no workflow that is there
  ForBoth<std::vector<Index>> rules;
  bool only_policy = false;  // nobody is under it: a policy alone
};

std::vector<Group> groups(const Joint& joint);

class Comparison {
 public:
  Comparison(Joint& joint, Difference& out) : joint_(joint), out_(out) {}

  [[nodiscard]] Joint& joint() const { return joint_; }
  [[nodiscard]] const bytecode::Module& module(Side side) const { return joint_.module(side); }
  [[nodiscard]] const bytecode::Rule& rule(Side side, Index rule) const { return module(side).rules[rule]; }
  /// The rule of the other side that has the same name, or else means the same.
  [[nodiscard]] std::optional<Index> counterpart(Side side, Index rule) const;
  [[nodiscard]] static RuleAt at(const bytecode::Rule& rule);

  /// Adds a change; one that differs only in what it is about becomes part of the one that is there.
  void add(Change change);
  /// A change that rules of one side bring about, beside their counterparts.
  void add(Direction direction, Side from, const std::vector<Index>& rules, Change change);

 private:
  Joint& joint_;
  Difference& out_;
};

// The parts, each in a file of its own.
void compare_acts(Comparison& comparison, const std::vector<Group>& groups);
void compare_caps(Comparison& comparison, const std::vector<Group>& groups);
void compare_texts(Comparison& comparison, const std::vector<Group>& groups);
void compare_duties(Comparison& comparison, const std::vector<Group>& groups);
void compare_keeping(Comparison& comparison, const std::vector<Group>& groups);

}  // namespace fairlead::compiler::diff
