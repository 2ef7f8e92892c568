// Turns what SQLite throws into faults with a sentence that a person can act on.
#include "runtime/store/sqlite_fault.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <system_error>

namespace fairlead::store {

namespace {

// errno of the failed system call; 0 where the failure did not come from the operating system.
int system_error(const SQLite::Exception& thrown, const SQLite::Database* database) {
  const int code = thrown.getErrorCode() & 0xff;
  if (database == nullptr || (code != SQLITE_IOERR && code != SQLITE_CANTOPEN)) return 0;
  return sqlite3_system_errno(database->getHandle());
}

std::string reason(int error) {
  return error == 0 ? std::string() : fmt::format(" ({})", std::generic_category().message(error));
}

std::string sentence(const SQLite::Exception& thrown, int error) {
  switch (thrown.getErrorCode() & 0xff) {
    case SQLITE_NOTADB: return "it is not a Fairlead store";
    case SQLITE_CORRUPT: return "the file is damaged; restore it from a copy";
    case SQLITE_CANTOPEN: return fmt::format("the file, or one beside it, cannot be opened{}", reason(error));
    case SQLITE_READONLY: return "it can only be read, not written";
    case SQLITE_PERM: return "access to the file is not permitted";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another process has been writing to it for too long; try again";
    case SQLITE_IOERR: return fmt::format("the disk failed to read or write{}", reason(error));
    case SQLITE_NOMEM: return "there is not enough memory";
    case SQLITE_TOOBIG: return "a value is too large to be stored";
    default: return fmt::format("SQLite says: {}", thrown.what());
  }
}

// SQLite knows only ENOSPC as full. A quota and a limit on a file's size mean the same to whoever runs us.
bool is_full(const SQLite::Exception& thrown, int error) {
  return (thrown.getErrorCode() & 0xff) == SQLITE_FULL || error == ENOSPC || error == EDQUOT || error == EFBIG;
}

}  // namespace

Fault opening_fault(const std::string& path, const SQLite::Exception& thrown, const SQLite::Database* database) {
  const int error = system_error(thrown, database);
  if (is_full(thrown, error)) return {FaultCode::store_full, {path}};
  const int code = thrown.getErrorCode() & 0xff;
  const bool passing = code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_IOERR || code == SQLITE_NOMEM;
  return {passing ? FaultCode::store_failed : FaultCode::store_open, {path, sentence(thrown, error)}};
}

Fault running_fault(const std::string& path, const SQLite::Exception& thrown, const SQLite::Database* database) {
  const int error = system_error(thrown, database);
  if (is_full(thrown, error)) return {FaultCode::store_full, {path}};
  return {FaultCode::store_failed, {path, sentence(thrown, error)}};
}

}  // namespace fairlead::store
