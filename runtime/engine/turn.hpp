// A turn: what happens to one contact at one instant, from one wait to the next (language, section 10.1).
#pragma once

#include "runtime/engine/engine.hpp"

namespace fairlead::engine {

class Turn {
 public:
  Turn(Engine& engine, store::ContactId contact, Instant now) : engine_(engine), contact_(contact), now_(now) {}

  /// A timer of the contact is due.
  Result<void> timer();
  /// Something happened to the contact.
  Result<void> event(const EventIn& in);
  /// The contact's values came in; `created` where it was not known before.
  Result<void> contact(const ContactIn& in, bool created);

  /// Makes what an expression of `version` sees of the contact, for a pass (null: no pass). Valid while the turn lives.
  Result<vm::World> world(const Version& version, const Instance* instance);

 private:
  Result<void> load();
  Result<void> enter(const Version& version, Index workflow, const EventIn& in);
  /// Runs a pass from its step to the next wait, or to its end. `way`: by which of the ways of the step it goes on.
  Result<void> advance(std::size_t instance, std::optional<Index> to, std::optional<std::uint32_t> way = std::nullopt);
  void took(const bytecode::Step& step, std::uint32_t way);
  /// Whether a `leave when` holds; then the pass has ended.
  Result<bool> leaves(std::size_t instance);
  void leave(std::size_t instance, const std::string& reason, bool early);

  enum class Flow : std::uint8_t { go_on, wait };
  Result<Flow> send(const Version& version, Instance& instance, const bytecode::Step& step);
  Result<Flow> choose(const Version& version, Instance& instance, const bytecode::Step& step, Index& next);
  Result<void> set(const Version& version, Instance& instance, const bytecode::Step& step);
  Result<Flow> wait(const Version& version, Instance& instance, const bytecode::Step& step, Index& next);
  /// The arm of a wait that an event takes; none where it takes none. `before`: the event came before the wait, so that
  /// only an arm that counts from a send can take it.
  Result<Index> matching_arm(const Version& version, Instance& instance, const bytecode::Step& step,
                             const store::Event& event, bool before);
  Result<std::string> payload(const Version& version, Instance& instance, const bytecode::Step& step,
                              const std::string& key);

  Result<void> count(const EventIn& in, const std::vector<std::pair<std::uint32_t, Value>>& values);
  Result<void> credit(const EventIn& in, const std::vector<std::pair<std::uint32_t, Value>>& values);
  void withdraw(const EventIn& in);
  void close_watches();

  [[nodiscard]] audit::Pass pass(const Version& version, const Instance& instance) const;
  [[nodiscard]] const Version& version_of(const Instance& instance) const;
  /// An event's fields as a version's expressions see them, in the order of its declaration.
  std::vector<Value> fields_of(const Version& version, Index type,
                               const std::vector<std::pair<std::uint32_t, Value>>& values) const;
  /// Whether the event is one of those, and its condition holds.
  Result<bool> any_holds(const Version& version, const std::vector<bytecode::Trigger>& triggers, Index type,
                         const std::vector<std::pair<std::uint32_t, Value>>& values);
  Result<bool> holds(const Version& version, Index function, const vm::World& world);

  Engine& engine_;
  store::ContactId contact_;
  Instant now_;
  Cell* cell_ = nullptr;
  Person* person_ = nullptr;
  Arena arena_;
  // What the last world borrowed.
  std::deque<std::vector<Value>> values_;
  std::deque<std::vector<std::span<const Value>>> events_;
  std::deque<Record> records_;
};

}  // namespace fairlead::engine
