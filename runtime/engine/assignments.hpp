// To whom contacts were assigned, as the audit tells it: whose turn it is in each team, who has how many open, and who
// has taken how many of late. It is fed with audit entries and with nothing else, live as well as after a restart, so
// that whoever takes the next contact is a function of the journal.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "runtime/audit/entry.hpp"
#include "runtime/bytecode/module.hpp"

namespace fairlead::engine {

/// How long it is remembered when a colleague took a contact: the longest period of a capacity that can be kept to.
constexpr Duration longest_capacity = days(92);

class Assignments {
 public:
  using Takes = std::function<bool(const bytecode::Member&)>;

  /// The member of a team that takes a contact now; none where nobody can. Whoever has reached their capacity (its
  /// calendar periods are those of `zone`), or does not take this contact, is passed over.
  [[nodiscard]] bytecode::Index pick(const bytecode::Team& team, bytecode::AssignBy by, Instant now, const Zone& zone,
                                     const Takes& takes) const;
  /// How many contacts a colleague has, of whatever team. An assignment is open as long as the pass that made it goes
  /// on, and after that as long as the pass can still reach its goal.
  [[nodiscard]] std::uint64_t open(const std::string& address) const;

  void apply(Instant at, const audit::Entry& entry);

  [[nodiscard]] std::string save() const;
  Result<void> load(std::string_view bytes);

 private:
  struct Pass {
    store::ContactId contact;
    std::uint32_t workflow = 0;  // name_id
    std::uint64_t serial = 0;
    auto operator<=>(const Pass&) const = default;
  };
  struct Open {
    Pass pass;
    std::string address;
    Instant until;  // the last instant at which the goal counts
    bool left = false;
  };
  static Pass pass_of(const audit::Pass& pass);
  void begin(const std::string& key, Open open);
  void end(const std::string& key);
  [[nodiscard]] std::vector<std::string> keys_of(const audit::Pass& pass) const;
  /// What waits for its goal alone waits no longer than that.
  void expire(Instant now);
  [[nodiscard]] bool full(const std::string& team, const bytecode::Member& member, Instant now, const Zone& zone) const;

  std::map<std::string, std::string> last_;                                    // by team: who had the last turn
  std::map<std::pair<std::string, std::string>, std::vector<Instant>> taken_;  // by team and address; ascending
  std::map<std::string, Open> open_;                                           // by the effect's key
  // Made again from `open_`.
  std::set<std::pair<Pass, std::string>> of_pass_;      // pass, key
  std::set<std::pair<Instant, std::string>> expiring_;  // of passes that have ended: until, key
  std::map<std::string, std::uint64_t> load_;           // by address
};

}  // namespace fairlead::engine
