// Turns what SQLite throws into faults with a sentence that a person can act on.
#include "runtime/store/sqlite_fault.hpp"

#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <system_error>

namespace fairlead::store {

namespace {

// Without the bits that SQLite's extended codes add.
int primary(const SQLite::Exception& thrown) {
  return thrown.getErrorCode() & 0xff;
}

std::string reason(int error) {
  return error == 0 ? std::string() : fmt::format(" ({})", std::generic_category().message(error));
}

std::string sentence(const SQLite::Exception& thrown, int error) {
  switch (primary(thrown)) {
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
bool is_full(int code, int error) {
  if (code == SQLITE_FULL) return true;
  return code == SQLITE_IOERR && (error == ENOSPC || error == EDQUOT || error == EFBIG);
}

}  // namespace

Fault opening_fault(const std::string& path, const SQLite::Exception& thrown, int error) {
  const int code = primary(thrown);
  if (is_full(code, error)) return {FaultCode::store_full, {path}};
  // These may pass by themselves or by another attempt; the others are about what the path leads to.
  const bool passing = code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_IOERR || code == SQLITE_NOMEM;
  return {passing ? FaultCode::store_failed : FaultCode::store_open, {path, sentence(thrown, error)}};
}

Fault running_fault(const std::string& path, const SQLite::Exception& thrown, int error) {
  if (is_full(primary(thrown), error)) return {FaultCode::store_full, {path}};
  return {FaultCode::store_failed, {path, sentence(thrown, error)}};
}

}  // namespace fairlead::store
