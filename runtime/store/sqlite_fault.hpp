// Turns what SQLite throws into faults with a sentence that a person can act on.
#pragma once

#include <string>

#include "runtime/values/fault.hpp"

namespace SQLite {
class Exception;
}

namespace fairlead::store {

// `error` is errno as the failed call left it, zeroed before: SQLite keeps the operating system's reason for some
// failures only, and not for those at the end of a transaction, where a disk is most often found full.

/// While the store is being opened: store_full, store_open or store_failed.
Fault opening_fault(const std::string& path, const SQLite::Exception& thrown, int error);
/// While it is in use: store_full or store_failed.
Fault running_fault(const std::string& path, const SQLite::Exception& thrown, int error);

}  // namespace fairlead::store
