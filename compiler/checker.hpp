// The checks, one for each family of declarations. They share the program that they fill and the list of what they
// have to say; a check that meets something broken that was reported already says nothing more.
#pragma once

#include <fmt/format.h>

#include <optional>

#include "compiler/program.hpp"

namespace fairlead::compiler {

/// An event that has a name in an expression: `event`, or `as click`.
struct Binding {
  std::string name;
  Index event = none;
  Index number = 0;
};

/// What an expression may read.
struct Scope {
  bool contact = true;
  bool history = true;
  std::vector<Binding> bindings;
  std::optional<Binding> subject;  // the event that is being tested: its fields go by their bare names
  const std::vector<bytecode::EventField>* parameters = nullptr;
  bool site = false;               // a rule: `channel`, `content`, `workflow`
  std::set<std::string> present;   // optionals known to be there
  /// Where facts about optionals were lost: the last wait; for the message.
  std::optional<Place> stale_since;
  std::set<std::string> stale;     // what was known before it
};

class Checker {
 public:
  Checker(const std::vector<grammar::Source>& files, Program& program, std::vector<grammar::Diagnostic>& diagnostics)
      : files_(files), program_(program), diagnostics_(diagnostics) {}

  /// Everything, in an order in which what is read has been declared.
  void check(const std::vector<grammar::Node>& roots);

 private:
  // ---- names (names.cpp)
  void collect(const std::vector<grammar::Node>& roots);
  /// The declaration that `name` (a token) means, or none after a diagnostic.
  Index find(NameKind kind, grammar::Node name);
  [[nodiscard]] std::string suggestion(NameKind kind, std::string_view word) const;

  // ---- declarations (declarations.cpp)
  void project(grammar::Node node);
  void type_alias(grammar::Node node);
  void record(grammar::Node node);
  void record_field(grammar::Node node, const std::string& prefix, grammar::Node type, const FieldType* inherited);
  void event(grammar::Node node, Index index);
  Index segment(Index index);
  void goal(grammar::Node node, Index index);
  Type type(grammar::Node node);
  std::vector<bytecode::EventField> event_fields(const std::vector<grammar::Node>& nodes);

  // ---- channels and contents (content.cpp)
  void channel(grammar::Node node, Index index);
  void content_head(grammar::Node node, Index index);
  void content_texts(grammar::Node node, Index index);

  // ---- policies (policies.cpp)
  void policy(grammar::Node node, Index index);
  Index rule(grammar::Node node, const std::string& owner, Index workflow);
  [[nodiscard]] bool clock_only(ExprId expr) const;
  void bind_rules();

  // ---- workflows (workflows.cpp)
  void workflow(grammar::Node node, Index index);

  // ---- tests and simulations (trials.cpp)
  void test(grammar::Node node);
  void simulate(grammar::Node node);
  std::vector<bytecode::Given> event_arguments(grammar::Node call, Index event);
  void given_values(grammar::Node block, const std::string& prefix, std::vector<bytecode::Given>& out);

  // ---- expressions (expressions.cpp, operands.cpp)
  friend class ExpressionReader;
  friend class FlowReader;
  /// Checks an expression against `expected` (any value where null) and names the function that it becomes.
  Index function(grammar::Node node, const Scope& scope, const Type* expected, std::string name);
  ExprId expression(grammar::Node node, const Scope& scope, const Type* expected);
  ExprId operand_of(grammar::Node node, const Scope& scope, const Type* expected);
  ExprId list_of(grammar::Node node, const Scope& scope, const Type* expected);
  ExprId path_of(grammar::Node node, const Scope& scope, const Type* expected);
  ExprId call_of(grammar::Node node, const Scope& scope);
  ExprId text(grammar::Node node, const Scope& scope, const Type* expected);
  Index add_function(ExprId root, std::string name);
  ExprId add(Expr expr);
  /// What is sure to be there where the expression is true.
  void facts(ExprId expr, std::set<std::string>& out) const;
  bool agrees(const Type& found, const Type& expected) const;
  ExprId constant(Place place, Type type, bytecode::Constant value);

  // ---- literals (literals.cpp)
  std::optional<Decimal> number(grammar::Node token);       // number or percent
  std::optional<Decimal> share(grammar::Node token);        // 0 to 1
  std::optional<Duration> duration(grammar::Node token);
  std::optional<std::pair<Decimal, std::string>> money(grammar::Node token);  // amount, currency
  std::optional<TimeOfDay> time(grammar::Node token);
  /// The text of a literal without holes.
  std::optional<std::string> plain_text(grammar::Node node);
  std::string unescape(grammar::Node chunk);

  // ---- saying (checker.cpp)
  [[nodiscard]] Place place(grammar::Node node) const;
  grammar::Diagnostic& report(grammar::Code code, Place place, std::string message, std::string label = "", std::string help = "");
  grammar::Diagnostic& warn(grammar::Code code, Place place, std::string message, std::string label = "", std::string help = "");
  /// A clause that may stand once: true the first time.
  bool once(std::map<std::string, Place>& seen, const std::string& what, grammar::Node node);
  /// The tokens of a node, joined by single spaces: what a reader would have written.
  [[nodiscard]] std::string source_text(grammar::Node node) const;
  [[nodiscard]] std::uint32_t line(Place place) const { return files_[place.file].line(place.span.begin); }

  const std::vector<grammar::Source>& files_;
  Program& program_;
  std::vector<grammar::Diagnostic>& diagnostics_;
  std::vector<std::uint8_t> segment_state_;  // 0 not checked, 1 being checked, 2 done, 3 asks for itself
  std::map<std::string, std::vector<std::string>> under_;  // by workflow: policies that it names itself
  Place here_;
};

}  // namespace fairlead::compiler
