// A turn: what happens to one contact at one instant, from one wait to the next (language, section 10.1).
#pragma once

#include <nlohmann/json.hpp>

#include "runtime/engine/engine.hpp"

namespace fairlead::engine {

struct Judged;
struct Origin;
struct Sending;
/// Why an effect that was approved did not go out.
inline const std::string lapsed_approval = "the approval has lapsed, since what it was for has changed";

/// Whether someone is in the role; who works here is as the newest version has it.
bool has_role(const bytecode::Module& newest, const std::string& role, const std::string& who);
/// Whose clock a pass reads: the contact's, as far as it is known.
const Zone& clock_of(const Version& version, const vm::World& world);
/// Where an event's type is declared in a version; none where it is not.
Index event_in(const Version& version, const std::string& type);

/// Of the rules that bind a workflow, as the newest version has them.
Hash rules_hash(const Deployments& deployments, std::uint32_t workflow);

class Turn {
 public:
  Turn(Engine& engine, store::ContactId contact, Instant now) : engine_(engine), contact_(contact), now_(now) {}

  /// A timer of the contact is due.
  Result<void> timer();
  /// Something happened to the contact.
  Result<void> event(const EventIn& in);
  /// The contact's values came in; `created` where it was not known before.
  Result<void> contact(const ContactIn& in, bool created);

  /// Somebody said yes or no, at `said`, to what waits as the outbox's row `asked`: in time is in time, however late
  /// the engine comes to it. Gives why it does not count; empty where it does.
  Result<std::string> decided(const ApprovalIn& in, Instant said, const store::Outbox& asked);
  /// By a colleague's hand (steering.cpp). Each gives why it cannot be done; empty where it was.
  Result<std::string> cancel(const PersonIn& in);
  Result<std::string> skip(const PersonIn& in);
  /// Ends every pass, withholds what was not handed over, and empties the cell.
  Result<void> forget(const PersonIn& in);
  /// Somebody brings the contact into a workflow of the newest version; the turn of what belongs to no contact begins
  /// one that is for nobody. Gives why it may not be; empty where it was.
  Result<std::string> by_hand(Index workflow);
  /// Ends a pass from outside of it, where it still goes on: a rule that was asked at hand-over, or a deployment.
  /// `early`: what was filled and not handed over is withheld.
  Result<void> end(std::uint32_t workflow, std::uint64_t serial, const std::string& reason, bool early = false);

  /// Makes what an expression of `version` sees of the contact, for a pass (null: no pass). Valid while the turn lives.
  Result<vm::World> world(const Version& version, const Instance* instance);

 private:
  Result<void> load();
  /// The cell alone: a wait that is over needs no more.
  Result<void> load_cell();
  /// The name in the field that says whose clock it is; empty where nothing stands there.
  [[nodiscard]] std::string zone_named() const;
  /// Values have changed: says so where the name, which was `before`, is another now and of no zone.
  void look_at_zone(const std::string& before);
  // ---- entering (enter.cpp)
  /// Begins a pass by the first of these clauses of the workflow's head that lets one more in. Gives why none does, or
  /// why it may not be at all; empty where it began. `event`: the id of the one that brings the contact in; empty where
  /// none does.
  Result<std::string> enter(const Version& version, Index workflow, const std::string& event,
                            const std::vector<std::size_t>& clauses);
  /// The clauses by which an event brings somebody in.
  Result<std::vector<std::size_t>> clauses_on(const Version& version, Index workflow, Index type,
                                              const std::vector<std::pair<std::uint32_t, Value>>& values);
  /// Begins what the clock begins, once for each that is due, however long ago it was.
  Result<void> occasions();
  /// Who the contact is before anything changes; `known`: it was there at all.
  Result<void> see_members(bool known);
  /// At the end of a turn: into which workflows what the contact has become brings it.
  Result<void> enter_members();
  /// Begins a pass that stands before its first step: its place among the instances. `event_id` is the entry's event,
  /// where there is one.
  /// `shadow`: it is one in shadow.
  std::size_t begin_pass(const Version& version, Index workflow, const std::string* event_id, bool shadow);
  // ---- pauses and rollouts (rollouts.cpp)
  /// Why nobody, or not this contact, enters the workflow at the moment, be it by what it does or by `follow`; empty
  /// where it may.
  [[nodiscard]] std::string closed(const Version& version, Index workflow) const;
  [[nodiscard]] bool enters_in_shadow(const Version& version, Index workflow) const;
  /// Runs a pass from its step to the next wait, or to its end. `way`: by which of the ways of the step it goes on.
  Result<void> advance(std::size_t instance, std::optional<Index> to, std::optional<std::uint32_t> way = std::nullopt);
  void took(const bytecode::Step& step, std::uint32_t way);
  /// The time of what a pass waits for is over: it goes on from there.
  Result<void> wake(std::size_t instance);
  /// The contact's pass through the workflow of this name; nothing where it is not in it.
  [[nodiscard]] std::optional<std::size_t> pass_through(const std::string& workflow) const;
  /// Whether a `leave when` holds; then the pass has ended.
  Result<bool> leaves(std::size_t instance);
  void leave(std::size_t instance, const std::string& reason, bool early);
  /// Ends a pass for one through another workflow: the new pass, or nothing where the contact may not enter there.
  std::optional<std::size_t> follow(std::size_t instance, const bytecode::Step& step);

  enum class Flow : std::uint8_t { go_on, wait, ended };
  /// A message does not go out: the pass goes on without it, or ends where the rule stops it.
  Flow withheld(const Instance& instance, const bytecode::Step& step, const Judged& judged);
  Result<Flow> send(const Version& version, Instance& instance, const bytecode::Step& step);
  // ---- what is chosen inside a send (picking.cpp)
  Result<Flow> send_now(const Version& version, Instance& instance, const bytecode::Step& step);
  /// Whether the message waits for the hour that is picked for it; picks it where none is yet.
  Result<bool> awaits_hour(const Version& version, Instance& instance, const bytecode::Step& step);
  /// By which channel it goes, and what the rules say of that; none where it goes by none of those that there are.
  Result<Index> carrier(const Version& version, Instance& instance, const bytecode::Step& step, Sending& sending,
                        Judged& judged);
  /// Of `by best of`: what the rules say of each channel; of one that cannot carry it, why not.
  struct Channels;
  Result<Channels> channels(const Version& version, Instance& instance, const bytecode::Step& step, Sending sending);
  /// The channel of a message that is going to be shown: as it was picked, or is now.
  Result<Index> shown_channel(const Version& version, Instance& instance, const bytecode::Step& step);
  /// The text of a slot, or of the words that are picked for it.
  Index words_of(const Version& version, const Instance& instance, const bytecode::Step& step, Index channel,
                 const bytecode::Slot& slot);
  /// Draws, unless that was done and what was drawn is still eligible: the option's number, or that of all where there
  /// is none.
  std::uint32_t pick(const Version& version, const Instance& instance, const bytecode::Step& step,
                     const std::string& key, const std::vector<bool>& eligible);
  [[nodiscard]] const Picked* picked(const Instance& instance, const bytecode::Step& step,
                                     const std::string& key) const;
  /// What was picked for a message that has gone out, or would have, is what its goal speaks of.
  void credit_picks(const Instance& instance, const bytecode::Step& step);
  Result<Flow> choose(const Version& version, Instance& instance, const bytecode::Step& step, Index& next);
  Index split(const Version& version, const Instance& instance, const bytecode::Step& step);
  /// Begins a round, waits for its time, or goes on behind the last one.
  Result<Flow> repeat(const Version& version, Instance& instance, const bytecode::Step& step, Index& next);
  // ---- for_each.cpp
  /// Begins the round of the next row that the loop wants, or goes on behind the last one. `begins`: the turn has only
  /// just begun, so that a round may.
  Result<Flow> for_each(const Version& version, Instance& instance, const bytecode::Step& step, bool begins,
                        Index& next);
  /// The loop whose round a pass is in though the row is gone: it goes on there with the next. None where it may go on.
  Result<Index> round_without_row(const Version& version, Instance& instance);
  Result<void> set(const Version& version, Instance& instance, const bytecode::Step& step);
  Result<Flow> wait(const Version& version, Instance& instance, const bytecode::Step& step, Index& next);
  /// The arm of a wait that an event takes; none where it takes none. `before`: the event came before the wait, so that
  /// only an arm that counts from a send can take it.
  Result<Index> matching_arm(const Version& version, Instance& instance, const bytecode::Step& step,
                             const store::Event& event, bool before);
  // ---- effects beside messages (effects.cpp)
  Result<Flow> act(const Version& version, Instance& instance, const bytecode::Step& step);
  /// What a call is made with, and what it is going to spend.
  struct Calling {
    std::vector<Value> arguments;
    Value amount;
  };
  /// Notes what a message, or a call, costs the limits on this contact.
  void spend(std::uint32_t channel, const Instance& instance, guard::Side side, Decimal cost);
  Result<Calling> calling(const Version& version, Instance& instance, const bytecode::Step& step);
  Result<void> let(const Version& version, Instance& instance, const bytecode::Step& step);
  /// What a message, a call or an assignment says: who gets it, its arguments and its texts (not to whom a contact is
  /// assigned, which is settled at the act). A fault where it cannot be made.
  Result<nlohmann::ordered_json> rendered(const Version& version, Instance& instance, const bytecode::Step& step);
  Result<std::vector<Value>> arguments_of(const Version& version, const bytecode::Step& step, const vm::World& world);
  /// The same as one line for the connector.
  [[nodiscard]] std::string payload(const Version& version, const Instance& instance, const std::string& key,
                                    const nlohmann::ordered_json& effect) const;
  /// Stands for one visit of a pass to a step: nothing goes out twice under it.
  [[nodiscard]] std::string effect_key(const Version& version, const Instance& instance,
                                       const bytecode::Step& step) const;

  // ---- whose contact it becomes (assign.cpp)
  Result<void> assign(const Version& version, Instance& instance, const bytecode::Step& step);
  /// Until when a pass can reach its goal; 1970 where it has none, or has reached it.
  [[nodiscard]] Instant goal_until(const Instance& instance) const;
  /// The member of a team that takes the contact now; none where nobody can. `staff`: the version that has the team.
  Result<Index> assignee(const Version& staff, const bytecode::Team& team, const bytecode::Step& step);

  // ---- approvals (approvals.cpp)
  Result<Flow> approve(const Version& version, Instance& instance, const bytecode::Step& step, Index& next);
  /// Each effect that the approval covers as it would go out now, and its digest; nothing of what is held out or in
  /// shadow.
  struct Covered {
    std::vector<nlohmann::ordered_json> effects;
    std::vector<Shown> shown;
  };
  Result<Covered> covered(const Version& version, Instance& instance, const bytecode::Step& step);
  [[nodiscard]] std::uint64_t digest(const nlohmann::ordered_json& effect, const Hash& rules) const;
  /// What waits for a word waits no longer.
  void settle(const Version& version, const Instance& instance, const bytecode::Step& step,
              audit::ApprovalEnded::Result result, const std::string& by, const std::string& because);
  enum class Approval : std::uint8_t { unneeded, holds, lapsed };
  /// Uses up the approval of this step's effect: it lapses where the effect is not what the approver was shown.
  Approval take_approval(Instance& instance, const bytecode::Step& step, const nlohmann::ordered_json& effect);

  // ---- what a rule holds for somebody's word (words.cpp)
  /// Asks the rules of what goes out, with the words that it has: an approval around it, and what was said since it is
  /// held. Whose word it was stands in `sending` then.
  Result<Judged> judged(const Version& version, Instance& instance, const bytecode::Step& step, Sending& sending);
  /// Roles that have decided on the step by an `approve` around it.
  [[nodiscard]] std::vector<std::string> approvers(const Version& version, const Instance& instance,
                                                   const bytecode::Step& step, bool suppressed) const;
  /// Whether somebody in the role has said yes to the effect as it would go out now.
  Result<bool> word_given(const Version& version, Instance& instance, const bytecode::Step& step,
                          const std::string& role);
  /// A rule holds the effect: shows it to its role and waits; leaves it out where nobody has said anything in time.
  Result<Flow> hold(const Version& version, Instance& instance, const bytecode::Step& step, const Judged& judged,
                    const nlohmann::ordered_json& effect);
  /// Nothing is held any more: what still waits for a word does so no longer; with `all` nor do words count that were
  /// given.
  void forget_words(const Version& version, const Instance& instance, bool all,
                    audit::ApprovalEnded::Result result = audit::ApprovalEnded::Result::changed);
  [[nodiscard]] std::string word_key(const Version& version, const Instance& instance, const Word& word) const;
  /// The word that the outbox's row of this key waits for; null where none does.
  Word* word_of(const Version& version, const Instance& instance, const std::string& key);
  void settle_word(const Version& version, const Instance& instance, const Word& word,
                   audit::ApprovalEnded::Result result, const std::string& by, const std::string& because);
  /// Somebody has decided on what is held.
  Result<void> decided(std::size_t index, const bytecode::Step& step, Word& word, const ApprovalIn& in, Instant said);

  /// What a counter that does not count holds, as vm::World::history says it.
  Result<Value> history(const Version& version, Index counter);
  Result<void> count(const EventIn& in, const std::vector<std::pair<std::uint32_t, Value>>& values);
  Result<void> credit(const EventIn& in, const std::vector<std::pair<std::uint32_t, Value>>& values);
  Result<void> withdraw(const EventIn& in);
  // ---- pauses (pauses.cpp)
  /// Something happened that a `rate` of a workflow counts; or a message of it was filled into the outbox.
  void rated(const Version& version, Index type, Instant happened);
  void rated_send(std::uint32_t workflow);
  void close_watches();
  // ---- scores (foretelling.cpp)
  /// What a score says of the contact. Where the contact changes in this turn, that is noted, to be observed.
  Result<Value> foretell(const Version& version, Index score);
  /// Something happened that a score may have foretold.
  void observe(const EventIn& in, const std::vector<std::pair<std::uint32_t, Value>>& values);
  /// Predictions whose window is over teach.
  void close_predictions();

  [[nodiscard]] audit::Pass pass(const Version& version, const Instance& instance) const;
  [[nodiscard]] const Version& version_of(const Instance& instance) const;
  /// An event's fields as a version's expressions see them, in the order of its declaration.
  std::vector<Value> fields_of(const Version& version, Index type,
                               const std::vector<std::pair<std::uint32_t, Value>>& values) const;
  /// Whether the event is one of those, and its condition holds.
  Result<bool> any_holds(const Version& version, const std::vector<bytecode::Trigger>& triggers, Index type,
                         const std::vector<std::pair<std::uint32_t, Value>>& values);
  Result<bool> one_holds(const Version& version, const bytecode::Trigger& trigger, Index type,
                         const std::vector<std::pair<std::uint32_t, Value>>& values);
  Result<bool> holds(const Version& version, Index function, const vm::World& world);

  Engine& engine_;
  store::ContactId contact_;
  Instant now_;
  Cell* cell_ = nullptr;
  Person* person_ = nullptr;
  Arena arena_;
  std::string refused_;                // the rule that holds what somebody has just said no to
  std::optional<Instant> shown_till_;  // until when what they have just looked at may be held; 1970: without end
  std::vector<bool> members_;          // before the turn, by the newest version's `by_segment`
  // What the last world borrowed.
  std::deque<std::vector<Value>> values_;
  std::deque<std::vector<std::span<const Value>>> events_;
  std::deque<Record> records_;
};

}  // namespace fairlead::engine
