// Turns what SQLite throws into faults with a sentence that a person can act on.
#pragma once

#include <string>

#include "runtime/values/fault.hpp"

namespace SQLite {
class Database;
class Exception;
}  // namespace SQLite

namespace fairlead::store {

/// While the store is being opened: store_full, store_open or store_failed. `database` is asked for the operating
/// system's error; null where there is no connection yet.
Fault opening_fault(const std::string& path, const SQLite::Exception& thrown, const SQLite::Database* database);
/// While it is in use: store_full or store_failed.
Fault running_fault(const std::string& path, const SQLite::Exception& thrown, const SQLite::Database* database);

}  // namespace fairlead::store
