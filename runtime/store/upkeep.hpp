// Looking after a store's file: a copy of it while it is in use, and giving back space that it no longer needs.
#pragma once

#include "runtime/store/store.hpp"

namespace fairlead::store {

/// Copies the store at `from` to the new file `to`, as it is at one moment; whoever owns it goes on meanwhile. The copy
/// is written beside its place, checked (SQLite's own structures, and the chain over every batch) and put there when it
/// is whole and on the disk. One file: no log beside it. `file_unwritable` where `to` is there already or cannot be
/// made, chain_broken or store_failed where what was copied is not whole. Gives the copy's head.
Result<Head> backup_sqlite(const std::string& from, const std::string& to);

struct Vacuumed {
  std::uint64_t before = 0, after = 0;  // bytes of the file
};

/// Gives the pages that hold nothing back to the file system. It writes the file anew, so it wants as much space again
/// meanwhile. store_locked while another process owns the store.
Result<Vacuumed> vacuum_sqlite(const std::string& path);

}  // namespace fairlead::store
