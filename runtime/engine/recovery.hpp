// Reading what a store holds: the checkpoint, and the journal's tail over it. The engine does so when it opens; commands that
// only look (weights, decisions) do so beside a running engine, without owning anything.
#pragma once

#include <functional>

#include "runtime/engine/deployments.hpp"
#include "runtime/engine/ledger.hpp"
#include "runtime/engine/state.hpp"

namespace fairlead::engine {

/// `each_cell` gets every cell that changed since the checkpoint, in the order of the journal (it may be empty).
Result<void> recover_state(store::Store& store, std::uint64_t checkpoint, const Deployments& deployments, Ledger& ledger, std::uint64_t& next_contact,
                           const std::function<void(store::ContactId, Cell)>& each_cell);

/// The learners of a version's choices.
void learn_all(const Version& version, Ledger& ledger);

struct View {
  Deployments deployments;
  Ledger ledger;
  store::Head head;
};

/// What a store shows to whoever only looks. `bad_input` where nothing was deployed yet.
Result<View> look(store::Store& store);

}  // namespace fairlead::engine
