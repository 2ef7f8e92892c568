// What must be true of any run, told from outside: from what was posted, what the audit says and what the provider got.
// Nothing here asks the engine; the rules are those that the random project was made of, not the compiled ones.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/audit/entry.hpp"
#include "runtime/engine/delivery.hpp"
#include "runtime/engine/state.hpp"
#include "tests/simulation/project.hpp"
#include "tests/simulation/provider.hpp"

namespace fairlead::simulation {

/// A row that is in the inbox, or was. Rows are taken in the order in which they were posted.
struct Posted {
  enum class Kind : std::uint8_t { contact, event, forget, by_hand, word, row };
  Kind kind = Kind::contact;
  std::string email;
  // contact: what the row names; empty: it does not
  std::string zone, country, consent, plan;
  // event
  std::string id, type;
  Instant at;
  std::string by;  // of a command: who does it, and nobody does a second thing
  // row: of the record `product` one that comes; or none, and those are all there are from then on
  std::string product;
  bool live = true;
  std::vector<std::string> all;
};

struct Seen {
  std::vector<Posted> posted;
  /// What each project says that was deployed, by the fingerprint of its module.
  std::map<Hash, Says> versions;
  std::string salt;  // of the store
  /// By workflow: how many may enter per two days.
  std::map<std::string, std::size_t> quotas;
  std::vector<Delivered> delivered;
  /// How fast channels may go.
  std::map<std::string, engine::Rate> rates;
  std::vector<store::Record> journal;
  /// The live engine's, of everybody whom the audit knows.
  std::map<store::ContactId, engine::Cell> cells;
  /// By the key of what waited for an approval: what the approver was shown, as JSON.
  std::map<std::string, std::string> shown;
  /// When somebody in the role answered it.
  std::map<std::string, Instant> said;
  bool virtual_clock = false;
  /// Timers wait, since too much lies in the outbox.
  bool backed_up = false;
  /// Keys of the outbox by state, as the store has it.
  std::map<store::OutboxState, std::vector<std::string>> outbox;
  /// Nothing is under way any more: everything due is done, and everything handed over is recorded.
  bool over = false;
};

/// A sentence for each thing that is not as it must be; empty where all is well.
std::vector<std::string> violations(const Seen& seen);

/// What the audit says of each contact, without what differs between two runs of one story (salts, and how often rules
/// were asked).
std::map<std::string, std::vector<std::string>> told(const std::vector<store::Record>& journal, bool of_all = false);

}  // namespace fairlead::simulation
