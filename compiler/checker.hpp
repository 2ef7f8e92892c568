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
  bool site = false;                   // a rule: `channel`, `content`, `workflow`
  std::set<std::string> present;       // optionals known to be there
  std::map<std::string, Place> stale;  // what was known to be there, and the wait that made it old
};

/// Names in backquotes, with commas between.
std::string listed(const std::vector<std::string>& names);

class Checker {
 public:
  /// The first `own` files are the project's, the others the standard library's.
  Checker(const std::vector<grammar::Source>& files, std::size_t own, Program& program,
          std::vector<grammar::Diagnostic>& diagnostics)
      : files_(files), own_(own), program_(program), diagnostics_(diagnostics) {}

  /// Everything, in an order in which what is read has been declared.
  void check(const std::vector<grammar::Node>& roots);

 private:
  // ---- names (names.cpp)
  void collect(const std::vector<grammar::Node>& roots);
  /// The declaration that `name` (a token) means, or none after a diagnostic.
  Index find(NameKind kind, grammar::Node name);
  [[nodiscard]] std::string suggestion(NameKind kind, std::string_view word) const;
  /// Says that the contact has no such field; `name` is without `contact.`.
  void no_field(Place at, const std::string& name);

  // ---- declarations (declarations.cpp)
  void project(grammar::Node node);
  void lint_level(grammar::Node clause);
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
  /// What is sure to be there where the expression is `truth`.
  void facts(ExprId expr, bool truth, std::set<std::string>& out) const;
  /// Says that a value may be absent where one is needed.
  void absent(const Expr& expr, const Scope& scope, std::string message, std::string help);
  /// Says that a value is not of the type that is wanted.
  void unlike(const Expr& expr, const Type& wanted);
  bool agrees(const Type& found, const Type& expected) const;
  ExprId constant(Place place, Type type, bytecode::Constant value);

  // ---- literals (literals.cpp)
  std::optional<Decimal> number(grammar::Node token);  // number or percent
  std::optional<Decimal> share(grammar::Node token);   // 0 to 1
  std::optional<Duration> duration(grammar::Node token);
  std::optional<std::pair<Decimal, std::string>> money(grammar::Node token);  // amount, currency
  std::optional<TimeOfDay> time(grammar::Node token);
  /// The text of a literal without holes.
  std::optional<std::string> plain_text(grammar::Node node);
  std::string unescape(grammar::Node chunk);

  // ---- saying (saying.cpp)
  [[nodiscard]] Place place(grammar::Node node) const;
  grammar::Diagnostic& report(grammar::Code code, Place place, std::string message, std::string label = "",
                              std::string help = "");
  grammar::Diagnostic& warn(grammar::Code code, Place place, std::string message, std::string label = "",
                            std::string help = "");
  /// Says that this version knows a part of the language, and does not carry it out.
  void not_supported(grammar::Node node, std::string_view what);
  /// A clause that may stand once: true the first time.
  bool once(std::map<std::string, Place>& seen, const std::string& what, grammar::Node node);
  /// The tokens of a node, joined by single spaces: what a reader would have written.
  [[nodiscard]] std::string source_text(grammar::Node node) const;
  /// A short stretch of source, for quoting; `…` where it is not short.
  [[nodiscard]] std::string source_of(Place at) const;
  [[nodiscard]] bool in_library(Place at) const { return at.file >= own_; }
  [[nodiscard]] std::uint32_t line(Place place) const { return files_[place.file].line(place.span.begin); }

  /// How far an expression goes, segments that it asks for included.
  struct Extent {
    std::uint32_t size = 1, depth = 1;
  };

  const std::vector<grammar::Source>& files_;
  std::size_t own_;
  Program& program_;
  std::vector<grammar::Diagnostic>& diagnostics_;
  std::vector<Extent> extents_;              // of every expression
  std::vector<Declared> segments_;           // by index
  std::vector<std::uint8_t> segment_state_;  // 0 not checked, 1 being checked, 2 done, 3 asks for itself
  unsigned segment_depth_ = 0;
  std::map<std::string, Index> counters_;  // by key
  std::map<std::uint32_t, std::string> counter_ids_;
  bool no_contact_ = false;                                // there is no `record contact`, which has been said
  Place contact_;                                          // its name
  std::map<std::string, std::vector<std::string>> under_;  // by workflow: policies that it names itself
  Place here_;
};

}  // namespace fairlead::compiler
