// Somebody whom a rule looks at, made up value by value: what the machine says of them is held against what the
// comparison of policies says.
#pragma once

#include <array>
#include <map>
#include <optional>

#include "compiler/diff/diff.hpp"
#include "runtime/vm/vm.hpp"
#include "tests/proofs/dice.hpp"

namespace fairlead::soundness {

/// What may go out: by which channel, of which content, in which workflow.
struct Sending {
  bytecode::Index workflow = bytecode::none, content = bytecode::none, channel = bytecode::none;
};

class Bystander {
 public:
  /// Anybody: fields, a history and an hour.
  Bystander(const bytecode::Module& module, Dice& dice);
  /// Takes over what an example says. False where it says something that cannot be set up here.
  bool become(const std::vector<compiler::diff::Given>& example);

  /// What the rules of the workflow make of it, one by one on the machine: the strictest counts.
  [[nodiscard]] compiler::diff::Fate fate(const bytecode::Module& module, const vm::Program& program,
                                          const Sending& sending) const;
  /// What the machine makes of one rule's condition.
  enum class Says : std::uint8_t { no, yes, cannot_tell };
  [[nodiscard]] Says asked(const bytecode::Module& module, const vm::Program& program, const Sending& sending,
                           bytecode::Index rule) const;
  [[nodiscard]] std::string story() const;
  /// What an example says of the message itself.
  [[nodiscard]] bool may_be(const bytecode::Module& module, const Sending& sending) const;

 private:
  struct Event {
    std::string type;
    Instant at;
    std::map<std::string, Value> values;
  };
  /// What rules see of them; the world borrows from the rest.
  struct Seen {
    std::vector<Value> fields;
    std::array<Value, bytecode::site_values> site;
    vm::World world;
  };
  void see(const bytecode::Module& module, const vm::Program& program, const Sending& sending, Seen& out) const;
  static Says says(const vm::Program& program, const bytecode::Rule& rule, const Seen& seen, Arena& arena);
  /// An hour, and a clock that shows it, of which all that is given is so. False where no clock does.
  bool dated(std::optional<Instant> now, std::optional<Date> today, std::optional<TimeOfDay> wall);
  /// Hours on the clocks of a country, of whose zones nobody knows which one counts.
  struct Hours {
    TimeOfDay from, to;
    bool shown = false;  // by one of the clocks
  };
  bool in_country(const std::vector<Hours>& all);
  [[nodiscard]] Value happened(const bytecode::Module& module, const vm::Program& program,
                               bytecode::Index counter) const;
  [[nodiscard]] std::vector<Value> fields_of(const bytecode::Module& module) const;

  mutable Arena arena_;
  std::map<std::string, Value> fields_;
  std::vector<Event> events_;
  Instant now_;
  Zone zone_;
  std::vector<Zone> country_zones_;     // where there are any, nobody knows the zone
  std::map<std::string, Value> known_;  // of the history, by its name in an example
  std::optional<std::string> content_;
  std::optional<bool> transactional_;
};

}  // namespace fairlead::soundness
