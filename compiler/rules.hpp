// Reads one rule into the module. The compiler's own: rules.cpp and limits.cpp fill it.
#pragma once

#include "compiler/checker.hpp"

namespace fairlead::compiler {

class RuleReader {
 public:
  /// `owner` is the policy's name, or the workflow's whose own limit it is.
  RuleReader(Checker& checker, std::string owner, Index workflow)
      : c_(checker), owner_(std::move(owner)), workflow_(workflow) {}

  /// The rule's index, or none after a diagnostic.
  Index read(grammar::Node node);
  /// `default forbid`
  Index closed(grammar::Node node);

 private:
  using Node = grammar::Node;

  // Each false after a diagnostic that leaves nothing of the rule.
  bool verb(Node node);
  bool forbid(Node node);
  bool require(Node node);
  bool limit(Node node);
  bool messages(Node node);
  bool effect(Node node, Node what);
  bool channels(const grammar::Nodes& names);
  bool by(Node node);
  bool conditions(Node node);
  bool hours(Node clause, ExprId& part);
  bool words(const grammar::Nodes& texts);
  bool whole(Node number, std::string_view what, std::uint32_t& out);
  void period(Node token);
  void label(Node word);
  void tail(Node node);
  void otherwise(Node node);
  [[nodiscard]] std::string role(Node name);
  [[nodiscard]] bool guards() const;
  /// Of what the rule means: not of its name, its reason or its place.
  [[nodiscard]] Hash hash() const;
  Index keep(Node node, Node name, std::string text);

  Checker& c_;
  std::string owner_;
  Index workflow_;
  bytecode::Rule rule_;
  RuleSource source_;
  ExprId condition_ = 0;
  bool conditioned_ = false;
  Scope scope_;
};

}  // namespace fairlead::compiler
