// The cells that a batch works on, over those that changed since the checkpoint, over the rows of the store.
//
// Only a batch holds cells as they are; what changed before lies encoded, as it goes into the row at the checkpoint: a
// third of the memory, and nothing is encoded twice.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/node_hash_map.h>

#include <vector>

#include "runtime/engine/state.hpp"
#include "runtime/store/store.hpp"

namespace fairlead::engine {

class Cells {
 public:
  explicit Cells(store::Store& store) : store_(store) {}

  /// Lies where it is until the batch is sealed.
  Result<Cell*> get(store::ContactId id);
  /// It changes in this batch.
  void touch(store::ContactId id);
  [[nodiscard]] bool is_touched(store::ContactId id) const {
    const auto known = at_work_.find(id);
    return known != at_work_.end() && known->second.touched;
  }
  /// One that the batch works on.
  [[nodiscard]] const Cell& at(store::ContactId id) const { return at_work_.at(id).cell; }
  /// What changed goes into the journal, in the order in which it was touched; none is at work any more.
  void seal(ByteWriter& journal);

  /// As the journal's tail has it.
  void recovered(store::ContactId id, const Cell& cell);
  /// A copy, past what is at work: for who goes through all of them.
  [[nodiscard]] Result<Cell> look(store::ContactId id) const;
  /// Rows for the checkpoint. They stay until `clear`, since a checkpoint can fail.
  [[nodiscard]] const std::vector<store::Cell>& rows() const { return rows_; }
  void clear();

  /// Those that were touched in this batch, in that order.
  [[nodiscard]] const std::vector<store::ContactId>& touched() const { return touched_; }

 private:
  struct AtWork {
    Cell cell;
    std::optional<std::optional<Instant>> was_due;  // of the row, where it was read
    bool touched = false;
  };

  /// Encoded; null where it has not changed since the checkpoint.
  [[nodiscard]] const std::string* changed(store::ContactId id) const;
  void keep(store::ContactId id, const Cell& cell, std::string state, std::optional<std::optional<Instant>> was_due);

  store::Store& store_;
  absl::node_hash_map<store::ContactId, AtWork, store::ContactHash> at_work_;
  std::vector<store::ContactId> touched_;
  std::vector<store::Cell> rows_;                                               // changed since the checkpoint
  absl::flat_hash_map<store::ContactId, std::size_t, store::ContactHash> row_;  // where in `rows_`
};

}  // namespace fairlead::engine
