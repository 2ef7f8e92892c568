// The typed model of a project: the module's tables, whose functions are still typed expressions with places in the
// source. Checks fill it, the emitter turns its expressions into code, and whatever explains the project later
// (proofs, lints, editors) reads it.
#pragma once

#include <absl/container/inlined_vector.h>

#include <boost/container/deque.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/signatures.hpp"
#include "grammar/tree.hpp"
#include "runtime/bytecode/module.hpp"

namespace fairlead::compiler {

using bytecode::Index;
using bytecode::none;

/// The type of an expression. `absent` is the type of `none`; `broken` has been reported and agrees with everything.
struct Type {
  enum class Form : std::uint8_t { value, absent, broken };
  Form form = Form::broken;
  FieldType field;

  static Type of(TypeKind kind) { return {Form::value, {.kind = kind}}; }
  static Type of(FieldType field) { return {Form::value, std::move(field)}; }
  [[nodiscard]] bool broken() const { return form == Form::broken; }
  [[nodiscard]] bool is(TypeKind kind) const { return form == Form::value && field.kind == kind; }
  [[nodiscard]] bool optional() const { return form == Form::absent || field.optional; }
};

/// As the language writes it, in backquotes' worth of text: `Money?`, `free | pro`.
std::string to_string(const Type& type);
/// In a reader's words, with its article: `a sum of money`, `one of free, pro`.
std::string described(const Type& type);
/// The same without its `?`.
Type present(Type type);

enum class Op : std::uint8_t {
  constant,
  field,
  event,
  parameter,
  local,
  site,
  now,
  today,
  local_time,
  count,
  seen,
  sum,
  last,
  since,
  rate,
  score,
  add,
  subtract,
  multiply,
  divide,
  shift,
  unshift,
  negate,
  equal,
  less,
  less_equal,
  member,
  within,
  exists,
  invert,
  conjunction,
  disjunction,
  fallback,
  conditional,  // the second where the first holds, else the third
  release,      // the same value without its labels
  list,
  to_text,
  escape,
  concat,
};

using ExprId = std::uint32_t;
constexpr ExprId no_expr = 0xffff'ffff;

/// Nearly always two at most: they lie in the expression itself.
using Args = absl::InlinedVector<ExprId, 4>;

struct Expr {
  Op op = Op::constant;
  Type type;
  Place place;
  Args args;
  std::shared_ptr<const bytecode::Constant> literal;  // constant: its value; null for none
  Index ref = none;                   // field, parameter, counter, rate, score, site value, escape; event: the binding
  Index member = none;                // event: its field
  std::string_view path;              // field, event, parameter, last: as written, the name under which facts know it
  bytecode::Labels labels{};          // its own, and those of all that it was made of
  Index segment = none;               // it stands in for the question whether the contact is in this segment
  std::uint32_t size = 1, depth = 1;  // with all that it asks for, segments included

  /// The value of a constant. Most expressions have none, and there are many of them, so it lies apart.
  [[nodiscard]] const bytecode::Constant& constant() const {
    static const bytecode::Constant nothing;
    return literal ? *literal : nothing;
  }
};

/// An expression stays where it is while others are added. (The standard deque would ask for memory for each of them.)
using Exprs = boost::container::deque<Expr, void, boost::container::deque_options_t<boost::container::block_size<256>>>;

/// Where a declaration stands.
struct Declared {
  Index index = none;
  Place place;  // of its name
  grammar::Node node;
};

enum class NameKind : std::uint8_t {
  type,
  event,
  segment,
  score,
  points,
  goal,
  channel,
  content,
  model,
  policy,
  workflow,
  role,
  action,
  record,
  team,
  connector,
};

std::string_view to_string(NameKind kind);  // with its article: `an event`

/// A place at which a declaration is named: not where it is declared.
struct Mention {
  NameKind kind;
  std::string_view name;  // as the source has it
  Place place;
};

/// `lint NAME LEVEL` of the project; no severity: off.
struct LintLevel {
  std::string name;
  std::optional<grammar::Severity> severity;
  Place place;
};

/// What a channel wants to be told.
struct SlotForm {
  std::string name;
  TypeKind kind = TypeKind::text;  // text, html or url
  std::uint64_t at_most = 0;       // characters; 0: as many as there are
};

struct Policy {
  std::string name;
  std::vector<Index> rules;
  std::vector<std::string> applies_to;  // workflows; empty: where it is put under
  bool binds = false;                   // some workflow
};

/// Where a rule stands.
struct RuleSource {
  Place place;                 // of its name
  std::optional<Place> prove;  // where it says so
  std::vector<Place> shares;
};

/// What looking alone said of a rule: of a workflow's goals, of one of its choices, or of a content that it sends.
struct Settled {
  enum class Holds : std::uint8_t { yes, no, open } holds = Holds::yes;  // open: known only at the act
  Index rule = none, workflow = none;
  Index step = none;     // a choice
  Index content = none;  // texts
  std::string because;
};

/// Lets a stretch of source be looked up as it is.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

struct Program {
  bytecode::Module module;
  Exprs exprs;
  std::vector<ExprId> roots;  // of module.functions, by index
  std::map<NameKind, std::map<std::string, Declared, std::less<>>> names;
  std::map<std::string, Type, std::less<>> types;             // `type plan = …`
  std::map<std::string, grammar::Node, std::less<>> records;  // `type address = { … }`
  std::vector<Policy> policies;
  std::map<std::string, Place, std::less<>> field_places;
  std::unordered_map<std::string, Index, TextHash, std::equal_to<>> field_index;  // of the contact's fields, by name
  std::vector<std::string> under;                                                 // policies of the project
  std::vector<std::vector<SlotForm>> slots;                                       // of each channel
  std::vector<ExprId> segment_roots;
  std::vector<Mention> mentions;                 // of declared names, in the order in which they were read
  std::vector<std::vector<ExprId>> expressions;  // what each node of each file's tree means, where it means something
  std::vector<LintLevel> lint_levels;
  std::map<std::string, std::string, std::less<>> secrets;  // of connectors: whose each is
  std::set<Index> broken_actions;                           // what they take has been reported, and is not known
  std::vector<RuleSource> rule_sources;                     // by rule
  std::vector<Place> step_places;                           // by step
  std::vector<AskedWaiver> waivers;                         // in the order in which they were read
  std::vector<Settled> settled;                             // in the order in which rules were looked at
  std::vector<ExprId> point_roots;
  std::vector<bytecode::Labels> counter_labels;  // of each counter: what its condition and its field carry
  std::vector<bytecode::Labels> score_labels;    // of each score: what its features carry

  /// The same text, kept for as long as the program is: what many expressions share is there once.
  std::string_view keep(std::string_view text) {
    return text.empty() ? text : std::string_view(*texts.emplace(text).first);
  }
  std::unordered_set<std::string> texts;

  /// Notes what a node of a file's tree means; where it is read twice, the first reading counts.
  void means(std::uint32_t file, grammar::Node node, ExprId expr) {
    if (expressions.size() <= file) expressions.resize(file + 1);
    std::vector<ExprId>& row = expressions[file];
    if (row.empty()) row.assign(node.tree().nodes().size(), no_expr);
    if (row[node.index()] == no_expr) row[node.index()] = expr;
  }
  [[nodiscard]] ExprId meaning(std::uint32_t file, grammar::Node node) const {
    if (file >= expressions.size() || node.index() >= expressions[file].size()) return no_expr;
    return expressions[file][node.index()];
  }

  /// The waiver of a rule that counts in a workflow; null where there is none.
  [[nodiscard]] const AskedWaiver* waived(Index workflow, Index rule) const {
    const AskedWaiver* out = nullptr;
    for (const AskedWaiver& one : waivers) {
      if (one.workflow != workflow || one.waiver.rule != rule || !one.in_force()) continue;
      if (out == nullptr || out->waiver.until < one.waiver.until) out = &one;
    }
    return out;
  }

  /// Where a label of an expression comes from: the places that brought it in.
  [[nodiscard]] std::vector<Place> sources(ExprId expr, bytecode::Label label) const;
};

}  // namespace fairlead::compiler
