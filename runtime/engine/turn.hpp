// A turn: what happens to one contact at one instant, from one wait to the next (language, section 10.1).
#pragma once

#include "runtime/engine/engine.hpp"

namespace fairlead::engine {

struct Judged;

class Turn {
 public:
  Turn(Engine& engine, store::ContactId contact, Instant now) : engine_(engine), contact_(contact), now_(now) {}

  /// A timer of the contact is due.
  Result<void> timer();
  /// Something happened to the contact.
  Result<void> event(const EventIn& in);
  /// The contact's values came in; `created` where it was not known before.
  Result<void> contact(const ContactIn& in, bool created);

  /// A rule that was asked at hand-over ends a pass, where it still goes on.
  Result<void> end(std::uint32_t workflow, std::uint64_t serial, const std::string& reason);

  /// Makes what an expression of `version` sees of the contact, for a pass (null: no pass). Valid while the turn lives.
  Result<vm::World> world(const Version& version, const Instance* instance);

 private:
  Result<void> load();
  /// `event`: the id of the one that brings the contact in; empty where none does.
  Result<void> enter(const Version& version, Index workflow, const std::string& event);
  /// Who the contact is before anything changes; `known`: it was there at all.
  Result<void> see_members(bool known);
  /// At the end of a turn: into which workflows what the contact has become brings it.
  Result<void> enter_members();
  /// Why a contact may not begin a pass now; empty where it may.
  [[nodiscard]] std::string kept_out(const Version& version, Index workflow) const;
  /// Begins a pass that stands before its first step: its place among the instances. `event_id` is the entry's event,
  /// where there is one.
  std::size_t begin_pass(const Version& version, Index workflow, const std::string* event_id);
  /// Runs a pass from its step to the next wait, or to its end.
  Result<void> advance(std::size_t instance, std::optional<Index> to);
  /// Whether a `leave when` holds; then the pass has ended.
  Result<bool> leaves(std::size_t instance);
  void leave(std::size_t instance, const std::string& reason, bool early);
  /// Ends a pass for one through another workflow: the new pass, or nothing where the contact may not enter there.
  std::optional<std::size_t> follow(std::size_t instance, const bytecode::Step& step);

  enum class Flow : std::uint8_t { go_on, wait, ended };
  /// A message does not go out: the pass goes on without it, or ends where the rule stops it.
  Flow withheld(const Instance& instance, const bytecode::Step& step, const Judged& judged);
  Result<Flow> send(const Version& version, Instance& instance, const bytecode::Step& step);
  Result<Flow> choose(const Version& version, Instance& instance, const bytecode::Step& step, Index& next);
  Index split(const Version& version, const Instance& instance, const bytecode::Step& step);
  /// Begins a round, waits for its time, or goes on behind the last one.
  Result<Flow> repeat(const Version& version, Instance& instance, const bytecode::Step& step, Index& next);
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
  std::vector<bool> members_;  // before the turn, by the newest version's `by_segment`
  // What the last world borrowed.
  std::deque<std::vector<Value>> values_;
  std::deque<std::vector<std::span<const Value>>> events_;
  std::deque<Record> records_;
};

}  // namespace fairlead::engine
