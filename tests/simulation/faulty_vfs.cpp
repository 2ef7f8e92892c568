#include "tests/simulation/faulty_vfs.hpp"

#include <algorithm>
#include <cstring>

namespace fairlead::simulation {

namespace {

constexpr std::uint64_t sector = 512;

FaultyDisk* the_disk = nullptr;

/// What SQLite holds of a file that it has open; SQLite gives the memory.
struct Handle {
  sqlite3_file base;
  std::shared_ptr<FaultyDisk::File>* file;
  std::string* path;
  std::uint64_t process;
  bool temporary;
};

Handle& of(sqlite3_file* file) {
  return *reinterpret_cast<Handle*>(file);  // NOLINT: SQLite's way of inheriting
}

bool gone(const Handle& handle) {
  return the_disk == nullptr || handle.process != the_disk->process() || the_disk->stopped();
}

int x_close(sqlite3_file* file) {
  delete of(file).file;
  delete of(file).path;
  return SQLITE_OK;
}

int x_read(sqlite3_file* file, void* into, int bytes, sqlite3_int64 at) {
  if (gone(of(file))) return SQLITE_IOERR_READ;
  return the_disk->read(**of(file).file, into, static_cast<std::uint64_t>(bytes), static_cast<std::uint64_t>(at));
}

int x_write(sqlite3_file* file, const void* data, int bytes, sqlite3_int64 at) {
  if (gone(of(file))) return SQLITE_IOERR_WRITE;
  return the_disk->write(**of(file).file, data, static_cast<std::uint64_t>(bytes), static_cast<std::uint64_t>(at));
}

int x_truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (gone(of(file))) return SQLITE_IOERR_TRUNCATE;
  return the_disk->truncate(**of(file).file, static_cast<std::uint64_t>(size));
}

int x_sync(sqlite3_file* file, int) {
  if (gone(of(file))) return SQLITE_IOERR_FSYNC;
  return the_disk->sync(**of(file).file);
}

int x_file_size(sqlite3_file* file, sqlite3_int64* size) {
  if (gone(of(file))) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>((*of(file).file)->seen.size());
  return SQLITE_OK;
}

// One connection has a database at a time, so nobody is in anybody's way.
int x_lock(sqlite3_file*, int) {
  return SQLITE_OK;
}
int x_unlock(sqlite3_file*, int) {
  return SQLITE_OK;
}
int x_check_reserved_lock(sqlite3_file*, int* held) {
  *held = 0;
  return SQLITE_OK;
}
int x_file_control(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}
int x_sector_size(sqlite3_file*) {
  return static_cast<int>(sector);
}
int x_device_characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;  // a torn write harms nothing beside it: what SQLite assumes of every disk
}

int x_shm_map(sqlite3_file* file, int region, int bytes, int extend, void volatile** out) {
  *out = nullptr;
  if (gone(of(file))) return SQLITE_IOERR_SHMMAP;
  FaultyDisk::Shared& shared = the_disk->shared(*of(file).path);
  if (shared.regions.size() <= static_cast<std::size_t>(region)) {
    if (extend == 0) return SQLITE_OK;
    while (shared.regions.size() <= static_cast<std::size_t>(region))
      shared.regions.push_back(std::make_unique<std::vector<unsigned char>>(static_cast<std::size_t>(bytes)));
  }
  *out = shared.regions[static_cast<std::size_t>(region)]->data();
  return SQLITE_OK;
}

int x_shm_lock(sqlite3_file* file, int from, int count, int flags) {
  if (gone(of(file))) return SQLITE_IOERR_SHMLOCK;
  std::vector<int>& locks = the_disk->shared(*of(file).path).locks;
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  const auto each = [&](const auto& act) {
    for (int i = from; i < from + count; ++i) act(locks[static_cast<std::size_t>(i)]);
  };
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    each([](int& lock) { lock = std::max(0, lock == -1 ? 0 : lock - 1); });
    return SQLITE_OK;
  }
  bool busy = false;
  each([&](const int& lock) { busy = busy || (exclusive ? lock != 0 : lock == -1); });
  if (busy) return SQLITE_BUSY;
  each([&](int& lock) { lock = exclusive ? -1 : lock + 1; });
  return SQLITE_OK;
}

void x_shm_barrier(sqlite3_file*) {}

int x_shm_unmap(sqlite3_file* file, int remove) {
  if (!gone(of(file)) && remove != 0) the_disk->shared(*of(file).path) = {};
  return SQLITE_OK;
}

const sqlite3_io_methods methods = {2,
                                    x_close,
                                    x_read,
                                    x_write,
                                    x_truncate,
                                    x_sync,
                                    x_file_size,
                                    x_lock,
                                    x_unlock,
                                    x_check_reserved_lock,
                                    x_file_control,
                                    x_sector_size,
                                    x_device_characteristics,
                                    x_shm_map,
                                    x_shm_lock,
                                    x_shm_barrier,
                                    x_shm_unmap,
                                    nullptr,
                                    nullptr};

int x_open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  Handle& handle = of(file);
  handle.base.pMethods = nullptr;
  if (the_disk == nullptr || the_disk->stopped()) return SQLITE_CANTOPEN;
  const bool temporary = path == nullptr;
  const std::string name = temporary ? "" : path;
  std::shared_ptr<FaultyDisk::File> found =
      temporary ? std::make_shared<FaultyDisk::File>() : the_disk->open(name, (flags & SQLITE_OPEN_CREATE) != 0);
  if (!found) return SQLITE_CANTOPEN;
  handle.file = new std::shared_ptr<FaultyDisk::File>(std::move(found));
  handle.path = new std::string(name);
  handle.process = the_disk->process();
  handle.temporary = temporary;
  handle.base.pMethods = &methods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int x_delete(sqlite3_vfs*, const char* path, int) {
  if (the_disk == nullptr || the_disk->stopped()) return SQLITE_IOERR_DELETE;
  return the_disk->erase(path);
}

int x_access(sqlite3_vfs*, const char* path, int, int* out) {
  if (the_disk == nullptr || the_disk->stopped()) return SQLITE_IOERR_ACCESS;
  *out = the_disk->has(path) ? 1 : 0;
  return SQLITE_OK;
}

int x_full_pathname(sqlite3_vfs*, const char* path, int room, char* out) {
  if (std::strlen(path) >= static_cast<std::size_t>(room)) return SQLITE_CANTOPEN;
  std::memcpy(out, path, std::strlen(path) + 1);
  return SQLITE_OK;
}

// Chance and time of the process, the same in each run.
int x_randomness(sqlite3_vfs*, int bytes, char* out) {
  std::memset(out, 0x5a, static_cast<std::size_t>(bytes));
  return bytes;
}
int x_sleep(sqlite3_vfs*, int microseconds) {
  return microseconds;
}
int x_current_time(sqlite3_vfs*, double* out) {
  *out = 2'461'045.5;
  return SQLITE_OK;
}
int x_last_error(sqlite3_vfs*, int, char*) {
  return 0;
}

sqlite3_vfs vfs = {1,       sizeof(Handle), 512,          nullptr,         "faulty",       nullptr,
                   x_open,  x_delete,       x_access,     x_full_pathname, nullptr,        nullptr,
                   nullptr, nullptr,        x_randomness, x_sleep,         x_current_time, x_last_error,
                   nullptr, nullptr,        nullptr,      nullptr};

void put(std::string& to, const FaultyDisk::Change& change) {
  if (change.truncates) {
    to.resize(change.at, '\0');
    return;
  }
  if (to.size() < change.at + change.bytes.size()) to.resize(change.at + change.bytes.size(), '\0');
  to.replace(change.at, change.bytes.size(), change.bytes);
}

}  // namespace

FaultyDisk::FaultyDisk(std::uint32_t seed) : random_(seed) {
  the_disk = this;
  sqlite3_vfs_register(&vfs, 1);
}

FaultyDisk::~FaultyDisk() {
  the_disk = nullptr;
  sqlite3_vfs_unregister(&vfs);
}

void FaultyDisk::plan(Mishap mishap, std::uint64_t after) {
  planned_ = mishap;
  after_ = after;
}

void FaultyDisk::calm() {
  planned_ = Mishap::none;
  full_ = false;
}

void FaultyDisk::stop(Mishap how) {
  if (stopped()) return;
  stopped_ = how;
  ++mishaps_[how];
}

void FaultyDisk::restart() {
  if (stopped_ == Mishap::power_fails) {
    for (auto& [path, file] : files_) survive(*file);
  }
  stopped_ = Mishap::none;
  shared_.clear();
  ++process_;
  calm();
}

Mishap FaultyDisk::befalls(Kind kind) {
  if (peace_ > 0) return Mishap::none;
  if (kind == Kind::change) ++writes_;
  if (kind == Kind::sync) ++syncs_;
  if (full_ && kind == Kind::change) return Mishap::disk_full;
  const auto can = [&] {
    switch (planned_) {
      case Mishap::none: return false;
      case Mishap::write_fails:
      case Mishap::disk_full: return kind == Kind::change;
      case Mishap::sync_fails: return kind == Kind::sync;
      case Mishap::read_fails: return kind == Kind::read;
      case Mishap::process_dies:
      case Mishap::power_fails: return kind != Kind::read;
    }
    return false;
  };
  if (!can()) return Mishap::none;
  if (after_ > 0) {
    --after_;
    return Mishap::none;
  }
  const Mishap now = planned_;
  planned_ = Mishap::none;
  if (now == Mishap::process_dies || now == Mishap::power_fails) {
    stop(now);
  } else {
    ++mishaps_[now];
  }
  full_ = now == Mishap::disk_full;
  return now;
}

/// After a power cut: what was synced, and of what was written since each sector for itself.
void FaultyDisk::survive(File& file) {
  std::string left = file.durable;
  // Now and then the disk had written all of it already, or nothing: the two that programs are written for.
  const std::uint32_t kept = below(4) == 0 ? 100 : below(4) == 0 ? 0 : 20 + below(70);
  for (const Change& change : file.since) {
    if (change.truncates) {
      if (below(100) < kept) put(left, change);
      continue;
    }
    for (std::uint64_t from = 0; from < change.bytes.size();) {
      const std::uint64_t here = change.at + from;
      const std::uint64_t length = std::min<std::uint64_t>(sector - here % sector, change.bytes.size() - from);
      if (below(100) < kept) put(left, {here, change.bytes.substr(from, length), false});
      from += length;
    }
  }
  file.seen = file.durable = std::move(left);
  file.since.clear();
}

int FaultyDisk::write(File& file, const void* data, std::uint64_t bytes, std::uint64_t at) {
  const Mishap mishap = befalls(Kind::change);
  if (mishap == Mishap::disk_full) return SQLITE_FULL;
  if (mishap == Mishap::process_dies) return SQLITE_IOERR_WRITE;
  Change change{at, std::string(static_cast<const char*>(data), bytes), false};
  // A write that fails may have done a part of its work.
  if (mishap == Mishap::write_fails)
    change.bytes.resize(below(static_cast<std::uint32_t>(bytes / sector) + 1) * sector);
  put(file.seen, change);
  file.since.push_back(std::move(change));
  return mishap == Mishap::none ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

int FaultyDisk::truncate(File& file, std::uint64_t size) {
  const Mishap mishap = befalls(Kind::change);
  if (mishap != Mishap::none && mishap != Mishap::power_fails) return SQLITE_IOERR_TRUNCATE;
  const Change change{size, "", true};
  put(file.seen, change);
  file.since.push_back(change);
  return mishap == Mishap::none ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

int FaultyDisk::sync(File& file) {
  // With the power cut in its middle, or after a failure, nothing is known of what was to be made durable.
  if (befalls(Kind::sync) != Mishap::none) return SQLITE_IOERR_FSYNC;
  for (const Change& change : file.since) put(file.durable, change);
  file.since.clear();
  return SQLITE_OK;
}

int FaultyDisk::read(const File& file, void* into, std::uint64_t bytes, std::uint64_t at) {
  if (befalls(Kind::read) != Mishap::none) return SQLITE_IOERR_READ;
  const std::uint64_t there = at < file.seen.size() ? std::min<std::uint64_t>(bytes, file.seen.size() - at) : 0;
  if (there > 0) std::memcpy(into, file.seen.data() + at, there);
  if (there == bytes) return SQLITE_OK;
  std::memset(static_cast<char*>(into) + there, 0, bytes - there);
  return SQLITE_IOERR_SHORT_READ;
}

std::shared_ptr<FaultyDisk::File> FaultyDisk::open(const std::string& path, bool create) {
  const auto at = files_.find(path);
  if (at != files_.end()) return at->second;
  if (!create) return nullptr;
  return files_.emplace(path, std::make_shared<File>()).first->second;
}

int FaultyDisk::erase(const std::string& path) {
  const auto at = files_.find(path);
  if (at == files_.end()) return SQLITE_IOERR_DELETE_NOENT;
  const Mishap mishap = befalls(Kind::change);
  if (mishap != Mishap::none && mishap != Mishap::disk_full) return SQLITE_IOERR_DELETE;
  files_.erase(at);
  return SQLITE_OK;
}

void FaultyDisk::copy(const std::string& from, const std::string& to) {
  for (const char* beside : {"", "-wal", "-journal"}) {
    files_.erase(to + beside);
    const auto at = files_.find(from + beside);
    if (at == files_.end()) continue;
    auto file = std::make_shared<File>();
    file->seen = file->durable = at->second->seen;
    files_.emplace(to + beside, std::move(file));
  }
  shared_.erase(to);
}

void FaultyDisk::remove(const std::string& path) {
  for (const char* beside : {"", "-wal", "-journal"}) files_.erase(path + beside);
  shared_.erase(path);
}

}  // namespace fairlead::simulation
