// The virtual machine: evaluates one expression over a world that the engine hands it. It has no clock and no
// dice of its own, and no bytecode that passed the verifier can crash or hang it.
#pragma once

#include <functional>
#include <limits>
#include <span>

#include "runtime/bytecode/module.hpp"
#include "runtime/values/value.hpp"
#include "runtime/vm/prepare.hpp"

namespace fairlead::vm {

/// What an expression can see. Everything is borrowed for the evaluation.
struct World {
  std::span<const Value> fields;                   // the contact's, by field index; shorter: the rest is absent
  std::span<const std::span<const Value>> events;  // by binding number; an unbound one is empty
  std::span<const Value> parameters;               // the content's
  std::span<const Value> site;                     // by SiteValue
  std::span<const Value> locals;                   // what the pass keeps, by number; shorter: the rest is absent
  Instant now;
  const Zone* zone = nullptr;           // the contact's clock; UTC where null
  std::span<const Zone> country_zones;  // asked by `within` where the contact's zone is unknown
  /// How many events the counter holds at `now`.
  std::function<std::uint64_t(bytecode::Index counter)> count;
  /// What another counter holds at `now`: a sum; the last event's field, absent where there is none; or, where the
  /// counter has no field, the instant of that event.
  std::function<Result<Value>(bytecode::Index counter)> history;
  /// A score of the contact; a rate of the workflow.
  std::function<Result<Value>(bytecode::Index score)> score;
  std::function<Result<Value>(bytecode::Index rate)> rate;
};

/// A module made ready to run: constants as values, and conditions as tests. Borrows the module.
class Program {
 public:
  explicit Program(const bytecode::Module& module);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] const bytecode::Module& module() const { return module_; }

  /// What a function gives that reads nothing, such as the length of a wait; null where it has to be evaluated.
  [[nodiscard]] const Value* constant(bytecode::Index function) const {
    return function < fixed_.size() && fixed_[function] ? &*fixed_[function] : nullptr;
  }

  /// Evaluates function `function`. Text that it makes is kept in `arena`.
  Result<Value> evaluate(bytecode::Index function, const World& world, Arena& arena) const;
  /// The same, one instruction after the other as the module has them: what the tests are held against.
  Result<Value> evaluate_plainly(bytecode::Index function, const World& world, Arena& arena) const;

  /// The tests of a function that begins with one; null of any other.
  [[nodiscard]] const Prepared* begins_with_tests(bytecode::Index function) const {
    return function < entries_.size() && entries_[function].first != nullptr ? &prepared_[function] : nullptr;
  }

 private:
  Result<Value> evaluate_by_instructions(bytecode::Index function, const World& world, Arena& arena) const;

  const bytecode::Module& module_;
  Arena arena_;
  std::vector<Value> constants_;
  std::vector<Prepared> prepared_;  // by function
  /// The first test of a function that begins with one, and how many fields its tests ask for: more than there are
  /// where it begins otherwise.
  struct Entry {
    const Test* first = nullptr;
    std::size_t fields = std::numeric_limits<std::size_t>::max();
  };
  std::vector<Entry> entries_;               // by function
  std::vector<std::optional<Value>> fixed_;  // by function
};

}  // namespace fairlead::vm
