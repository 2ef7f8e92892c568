// Cells at work, and those that wait for the checkpoint.
#include "runtime/engine/cells.hpp"

namespace fairlead::engine {

Result<Cell*> Cells::get(store::ContactId id) {
  if (const auto known = at_work_.find(id); known != at_work_.end()) return &known->second.cell;
  AtWork out;
  if (const std::string* state = changed(id)) {
    Result<Cell> cell = decode_cell(*state);
    if (!cell) return tl::unexpected(cell.error());
    out.cell = std::move(*cell);
  } else {
    const Result<std::optional<store::Cell>> row = store_.cell(id);
    if (!row) return tl::unexpected(row.error());
    out.was_due.emplace(*row ? (*row)->due : std::nullopt);
    if (*row) {
      Result<Cell> cell = decode_cell((*row)->state);
      if (!cell) return tl::unexpected(cell.error());
      out.cell = std::move(*cell);
    }
  }
  return &at_work_.emplace(id, std::move(out)).first->second.cell;
}

void Cells::touch(store::ContactId id) {
  AtWork& cell = at_work_.at(id);
  if (cell.touched) return;
  cell.touched = true;
  touched_.push_back(id);
}

void Cells::seal(ByteWriter& journal) {
  journal.varint(touched_.size());
  for (const store::ContactId id : touched_) {
    const AtWork& at_work = at_work_.at(id);
    std::string state = encode(at_work.cell);
    journal.varint(id.part);
    journal.varint(id.id);
    journal.bytes(state);
    keep(id, at_work.cell, std::move(state), at_work.was_due);
  }
  touched_.clear();
  at_work_.clear();
}

void Cells::recovered(store::ContactId id, const Cell& cell) {
  keep(id, cell, encode(cell), std::nullopt);
}

Result<Cell> Cells::look(store::ContactId id) const {
  if (const auto known = at_work_.find(id); known != at_work_.end()) return known->second.cell;
  if (const std::string* state = changed(id)) return decode_cell(*state);
  const Result<std::optional<store::Cell>> row = store_.cell(id);
  if (!row) return tl::unexpected(row.error());
  return *row ? decode_cell((*row)->state) : Result<Cell>(Cell{});
}

const std::string* Cells::changed(store::ContactId id) const {
  const auto known = row_.find(id);
  return known == row_.end() ? nullptr : &rows_[known->second].state;
}

void Cells::keep(store::ContactId id, const Cell& cell, std::string state,
                 std::optional<std::optional<Instant>> was_due) {
  const auto [known, fresh] = row_.try_emplace(id, rows_.size());
  if (fresh) rows_.push_back({id, {}, {}, was_due});
  store::Cell& row = rows_[known->second];
  row.due = cell.due();
  // Of who was forgotten no row is left.
  row.state = cell == Cell{} ? std::string() : std::move(state);
}

void Cells::clear() {
  at_work_.clear();
  rows_.clear();
  row_.clear();
}

}  // namespace fairlead::engine
