// Looking after a store's file.
#include "runtime/store/upkeep.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "runtime/store/owner_lock.hpp"
#include "runtime/store/sqlite_fault.hpp"
#include "runtime/store/sqlite_schema.hpp"

namespace fairlead::store {

namespace {

namespace fs = std::filesystem;

constexpr int patience_ms = 10'000;

tl::unexpected<Fault> cannot_write(const std::string& path, int error) {
  return fault(FaultCode::file_unwritable, path, std::generic_category().message(error));
}

tl::unexpected<Fault> is_there(const std::string& path) {
  return fault(FaultCode::file_unwritable, path, "it is there already, and is not overwritten");
}

/// A file that goes away, with what SQLite puts beside it, unless it was moved to its place.
class Unfinished {
 public:
  explicit Unfinished(std::string path) : path_(std::move(path)) {}
  ~Unfinished() {
    std::error_code ignored;
    for (const char* beside : {"", "-journal", "-wal", "-shm"}) fs::remove(path_ + beside, ignored);
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Puts it there where nothing is, and makes sure that the folder remembers it.
  Result<void> move_to(const std::string& place) const {
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, place.c_str(), RENAME_NOREPLACE) != 0) {
      if (errno == EEXIST) return is_there(place);
      // A file system may not know how to look and rename at once.
      if (errno != EINVAL && errno != ENOSYS) return cannot_write(place, errno);
      std::error_code unseen;
      if (fs::exists(fs::symlink_status(place, unseen))) return is_there(place);
      if (::rename(path_.c_str(), place.c_str()) != 0) return cannot_write(place, errno);
    }
    const fs::path folder = fs::path(place).parent_path();
    const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool kept = descriptor >= 0 && ::fsync(descriptor) == 0;
    const int error = errno;
    if (descriptor >= 0) ::close(descriptor);
    return kept ? Result<void>() : cannot_write(place, error);
  }

 private:
  std::string path_;
};

/// Page by page into `to`, which is new, as one file without a log beside it.
Result<void> copy(SQLite::Database& source, const std::string& to) {
  errno = 0;
  try {
    SQLite::Database target(to, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    {
      // All in one step: in several, each commit of the owner would begin it anew. In WAL mode a long read is in
      // nobody's way.
      SQLite::Backup backup(target, source);
      for (int waited = 0; backup.executeStep(-1) != SQLITE_DONE; waited += 10) {
        if (waited >= patience_ms)
          return fault(FaultCode::store_failed, source.getFilename(), "it was busy for too long; try again");
        ::usleep(10'000);
      }
    }
    target.execAndGet("PRAGMA journal_mode = DELETE");
    const std::string sound = target.execAndGet("PRAGMA integrity_check(1)").getString();
    if (sound != "ok") return fault(FaultCode::store_failed, source.getFilename(), "the file is damaged: " + sound);
  } catch (const SQLite::Exception& thrown) {
    return tl::unexpected(running_fault(to, thrown, errno));
  }
  return {};
}

}  // namespace

Result<Head> backup_sqlite(const std::string& from, const std::string& to) {
  std::error_code unseen;
  if (fs::exists(fs::symlink_status(to, unseen))) return is_there(to);
  // Whether it is a store of ours, and of a format that we know.
  if (const Result<std::unique_ptr<Store>> known = open_sqlite(from, Access::read); !known)
    return tl::unexpected(known.error());
  const Unfinished beside(fmt::format("{}.{}.new", to, ::getpid()));
  // SQLite would only say that it cannot open it.
  const int made = ::open(beside.path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (made < 0) return cannot_write(to, errno);
  ::close(made);
  errno = 0;
  try {
    SQLite::Database source(from, SQLite::OPEN_READONLY, patience_ms);
    if (const Result<void> copied = copy(source, beside.path()); !copied) return tl::unexpected(copied.error());
  } catch (const SQLite::Exception& thrown) {
    return tl::unexpected(opening_fault(from, thrown, errno));
  }
  Result<Head> head = [&]() -> Result<Head> {
    const Result<std::unique_ptr<Store>> copied = open_sqlite(beside.path(), Access::read);
    if (!copied) return tl::unexpected(copied.error());
    return (*copied)->verify();
  }();
  if (!head) return head;
  if (const Result<void> moved = beside.move_to(to); !moved) return tl::unexpected(moved.error());
  return head;
}

Result<Vacuumed> vacuum_sqlite(const std::string& path) {
  // Whether it is a store of ours: a lock file is not put beside anything else.
  if (const Result<std::unique_ptr<Store>> known = open_sqlite(path, Access::existing); !known)
    return tl::unexpected(known.error());
  const Result<int> cache = page_cache_mib(path);
  if (!cache) return tl::unexpected(cache.error());
  OwnerLock lock;
  if (const Result<void> locked = lock.acquire(path); !locked) return tl::unexpected(locked.error());
  errno = 0;
  try {
    SQLite::Database database(path, SQLite::OPEN_READWRITE, patience_ms);
    tune(database, Access::existing, Durability::full, *cache);
    const auto size = [&] {
      return static_cast<std::uint64_t>(database.execAndGet("PRAGMA page_count").getInt64()) *
             static_cast<std::uint64_t>(database.execAndGet("PRAGMA page_size").getInt64());
    };
    Vacuumed out;
    out.before = size();
    database.exec("VACUUM");
    // The new pages lie in the log until it is copied back; only then does the file shrink.
    database.execAndGet("PRAGMA wal_checkpoint(TRUNCATE)");
    out.after = size();
    return out;
  } catch (const SQLite::Exception& thrown) {
    return tl::unexpected(running_fault(path, thrown, errno));
  }
}

}  // namespace fairlead::store
