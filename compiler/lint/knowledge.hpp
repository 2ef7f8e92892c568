// What is known of the values that conditions ask for: which of its values a choice may have, between which bounds a
// number lies. Simple reasoning on purpose: it never says that something is impossible where it is not.
#pragma once

#include <boost/container/small_vector.hpp>

#include "compiler/lint/reading.hpp"

namespace fairlead::compiler::lint {

class Knowledge {
 public:
  explicit Knowledge(const Program& program) : program_(&program) {}

  /// From here on the condition is `truth`.
  void assume(ExprId condition, bool truth);
  /// Whether nothing can be as it was assumed.
  [[nodiscard]] bool impossible() const { return impossible_; }
  /// What the condition comes to, where that is certain.
  [[nodiscard]] std::optional<bool> decide(ExprId condition) const;
  /// Time passed: only what events said is still known.
  void go_stale();

 private:
  /// What is known of something: its value, whether it is there, or whether it holds.
  enum class Aspect : std::uint8_t { value, exists, holds };
  /// The name under which a value is known. Borrows from the program, as values do.
  struct Key {
    Op op = Op::constant;
    Aspect aspect = Aspect::value;
    Index ref = none, member = none;
    std::string_view path;
    bool operator==(const Key&) const = default;
  };
  struct Value {
    Tag tag = Tag::none;
    int128 units = 0;
    std::string_view text;
    bool operator==(const Value&) const = default;
  };
  using Values = boost::container::small_vector<Value, 2>;  // few, each once
  struct Bound {
    int128 units = 0;
    bool strict = false;
  };
  struct Domain {
    Key key;
    std::optional<Values> allowed;
    Values excluded;
    std::optional<Bound> low, high;
  };

  /// Null where the value is not one that keeps still while it is asked.
  static std::optional<Key> known_as(const Expr& value, Aspect aspect = Aspect::value);
  static Value shown(const bytecode::Constant& constant) { return {constant.tag, constant.units, constant.text}; }

  /// Whether it is plain without trying that nothing here decides the condition: it asks something of which nothing is
  /// known yet.
  [[nodiscard]] bool open(const Expr& condition) const;
  [[nodiscard]] bool fresh(const Expr& value, Aspect aspect = Aspect::value) const;
  /// What is known of what a single comparison asks, and nothing else.
  [[nodiscard]] Knowledge about(const Expr& comparison) const;
  void equal(const Expr& asked, bool truth);
  void compare(ExprId small, ExprId large, bool strict);
  void member(const Expr& asked, bool truth);
  void atom(const std::optional<Key>& key, bool truth);
  Domain& named(const Key& key);
  Domain& domain(const Key& key, const Expr& value);
  void settle(const Domain& domain);

  const Program* program_;
  boost::container::small_vector<Domain, 4> domains_;  // few: what the conditions around a step ask for
  bool impossible_ = false;
};

}  // namespace fairlead::compiler::lint
