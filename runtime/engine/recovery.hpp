// Reading what a store holds: the checkpoint, and the journal's tail over it. The engine does so when it opens;
// commands that only look (weights, decisions) do so beside a running engine, without owning anything.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "runtime/engine/assignments.hpp"
#include "runtime/engine/charges.hpp"
#include "runtime/engine/delivery.hpp"
#include "runtime/engine/deployments.hpp"
#include "runtime/engine/entries.hpp"
#include "runtime/engine/ledger.hpp"
#include "runtime/engine/pauses.hpp"
#include "runtime/engine/rollouts.hpp"
#include "runtime/engine/scores.hpp"
#include "runtime/engine/splits.hpp"
#include "runtime/engine/state.hpp"

namespace fairlead::engine {

/// What the engine keeps beside the tallies: the part of a checkpoint that is not a contact's.
struct Standing {
  std::uint64_t next_contact = 1;
  Instant clock;  // of the last commit; never goes back
  Assignments assignments;
  EntryCounts entries;
  Delivery delivery;
  Pauses pauses;
  Rollouts rollouts;
  Splits splits;
  Charges charges;
  Scores scores;
  std::uint32_t deployed = 0;  // the newest version that an entry since the checkpoint has put into force; 0: none has

  /// What the audit says changes what stands, live as well as after a restart.
  void apply(Instant at, const audit::Entry& entry, const Deployments& deployments) {
    assignments.apply(at, entry);
    entries.apply(at, entry);
    delivery.apply(at, entry);
    pauses.apply(at, entry);
    rollouts.apply(at, entry);
    splits.apply(at, entry);
    charges.apply(at, entry, deployments);
    scores.apply(at, entry, deployments);
    if (const auto* version = std::get_if<audit::Deployed>(&entry)) deployed = version->version;
  }
};

/// The state that a checkpoint writes beside the cells.
std::string encode_global(const Standing& standing, const Ledger& ledger);

/// `each_cell` gets every cell that changed since the checkpoint, in the order of the journal (it may be empty).
Result<void> recover_state(store::Store& store, std::uint64_t checkpoint, const Deployments& deployments,
                           Ledger& ledger, Standing& standing,
                           const std::function<void(store::ContactId, Cell)>& each_cell);

/// A contact's cell as the store has it: its row, or what the journal has over it.
Result<Cell> cell_of(store::Store& store, store::ContactId id);

/// The learners of a version's choices, and of those inside its sends.
void learn_all(const Version& version, Ledger& ledger);

struct View {
  Deployments deployments;
  Ledger ledger;
  Standing standing;
  store::Head head;
  std::string salt;  // of what a hash of the contact decides; empty where no engine has opened the store yet
};

/// What a store shows to whoever only looks. `nothing_deployed` where nothing was. `each_cell` as above.
Result<View> look(store::Store& store, const std::function<void(store::ContactId, Cell)>& each_cell = {});

}  // namespace fairlead::engine
