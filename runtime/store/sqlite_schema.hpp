// The tables of the SQLite store, its magic number and its format version.
#pragma once

#include <string>

#include "runtime/store/store.hpp"

namespace SQLite {
class Database;
}

namespace fairlead::store {

/// Written to SQLite's application_id: "LEAD" in ASCII.
constexpr std::int32_t magic = 0x4c454144;

/// Recognises a store, or makes the tables where the file is new and `access` is create. Nothing is written to a
/// file that is not ours. Throws SQLite::Exception.
Result<void> check_or_create(SQLite::Database& database, const std::string& path, Access access);

/// The runs of the timers that lie in the table `timer` of an older format.
void runs_of_timers(SQLite::Database& database);

/// MiB of the store that one process keeps in memory at most: what FAIRLEAD_PAGE_CACHE_MIB says, else what the cells of
/// a million contacts and the index of their keys want. A fault where it says no number from 1 to 65,536.
Result<int> page_cache_mib(const std::string& path);

/// Sets what holds for a connection only: cache, journal mode, durability. Throws SQLite::Exception.
void tune(SQLite::Database& database, Access access, Durability durability, int cache_mib);

}  // namespace fairlead::store
