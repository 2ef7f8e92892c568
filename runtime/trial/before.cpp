// Goes through the audit once, and keeps for each goal and contact when the goal's event came and when it entered.
#include "runtime/trial/before.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "runtime/audit/entries.hpp"

namespace fairlead::trial {
namespace {

using Contact = std::pair<std::uint16_t, std::uint64_t>;

Contact contact_of(const store::ContactId& id) {
  return {id.part, id.id};
}

struct First {
  audit::Pass pass;
  audit::Mode mode = audit::Mode::live;
  Instant at;
  bool before = false, reached = false;
};

/// One goal.
class Reader {
 public:
  Reader(const bytecode::Goal& goal, std::string event) : goal_(goal), event_(std::move(event)) {}

  void take(const audit::Stamped& stamped) {
    if (const auto* event = std::get_if<audit::EventTaken>(&stamped.entry)) {
      if (event->type != event_) return;
      Instant& last = last_[contact_of(event->contact)];
      last = std::max(last, event->at);
    } else if (const auto* entered = std::get_if<audit::Entered>(&stamped.entry)) {
      if (entered->goal != goal_.name || entered->mode == audit::Mode::shadow) return;
      const Contact contact = contact_of(entered->pass.contact);
      const auto seen = last_.find(contact);
      // What it enters on is no past, nor is what a test or an import dates later.
      const bool before = seen != last_.end() && seen->second < stamped.at && stamped.at < seen->second + goal_.within;
      first_.try_emplace(contact, First{entered->pass, entered->mode, stamped.at, before, false});
    } else if (const auto* reached = std::get_if<audit::Reached>(&stamped.entry)) {
      if (reached->goal != goal_.name) return;
      const auto at = first_.find(contact_of(reached->pass.contact));
      if (at != first_.end() && at->second.pass == reached->pass) at->second.reached = true;
    }
  }

  [[nodiscard]] GoalBefore result(Instant now) const {
    GoalBefore out{goal_.name, event_, goal_.within, {}, {}, 0};
    for (const auto& [contact, first] : first_) {
      if (now <= first.at + goal_.within) {
        ++out.open;
        continue;
      }
      learn::BeforeAfter& group = first.mode == audit::Mode::live ? out.treated : out.held;
      ++group.people[first.before ? 1 : 0][first.reached ? 1 : 0];
    }
    return out;
  }

 private:
  const bytecode::Goal& goal_;
  const std::string event_;
  std::map<Contact, Instant> last_;  // when the event came last, until now in the journal
  std::map<Contact, First> first_;
};

}  // namespace

Result<std::vector<GoalBefore>> before_and_after(store::Store& store, const bytecode::Module& module, Instant now) {
  std::vector<Reader> readers;
  for (const bytecode::Goal& goal : module.goals) {
    if (goal.holdout > Decimal() && goal.sum == bytecode::none)
      readers.emplace_back(goal, module.events[goal.event].name);
  }
  const Result<void> read = audit::entries(store, [&](const audit::Stamped& stamped) {
    for (Reader& reader : readers) reader.take(stamped);
  });
  if (!read) return tl::unexpected(read.error());
  std::vector<GoalBefore> out;
  for (const Reader& reader : readers) out.push_back(reader.result(now));
  return out;
}

}  // namespace fairlead::trial
