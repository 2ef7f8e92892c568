// A disk in memory under SQLite, which loses, tears and refuses what a real one may.
//
// What was written is there for whoever reads, and no more than that: only what was synced is sure to be there after a
// power cut. Of everything else each sector (512 bytes) is kept or lost for itself, so that writes are torn and come in
// any order. A crash of the process alone keeps everything. Names are durable at once: a file that was made is there,
// one that was deleted is gone.
//
// The disk is SQLite's default for the whole process while it lives, and one thread uses it. Paths are only names to
// it.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace fairlead::simulation {

/// What happens at an operation on the disk.
enum class Mishap : std::uint8_t {
  none,
  write_fails,   // SQLITE_IOERR_WRITE: none of it, or some sectors of it, have been written
  sync_fails,    // SQLITE_IOERR_FSYNC: it is unknown what is durable
  read_fails,    // SQLITE_IOERR_READ
  disk_full,     // SQLITE_FULL, for this and the writes that follow until there is room again
  process_dies,  // before this operation
  power_fails    // in the middle of this operation
};

class FaultyDisk {
 public:
  explicit FaultyDisk(std::uint32_t seed);
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  /// The operation after so many more goes wrong in this way: of those that the mishap can befall (reads, syncs, or all
  /// that change something).
  void plan(Mishap mishap, std::uint64_t after);
  /// Nothing goes wrong any more, and there is room. What was planned is forgotten.
  void calm();
  /// There is no process any more: whatever still uses the disk fails from now on.
  void stop(Mishap how);
  /// A new process begins on what is left: files as they survived, locks gone.
  void restart();

  /// Nothing goes wrong while this lives, and nothing is counted: for whoever looks from outside.
  class Peace {
   public:
    explicit Peace(FaultyDisk& disk) : disk_(disk) { ++disk_.peace_; }
    ~Peace() { --disk_.peace_; }
    Peace(const Peace&) = delete;
    Peace& operator=(const Peace&) = delete;

   private:
    FaultyDisk& disk_;
  };

  [[nodiscard]] bool stopped() const { return stopped_ != Mishap::none; }
  /// How many mishaps have come about, by kind.
  [[nodiscard]] const std::map<Mishap, std::uint64_t>& mishaps() const { return mishaps_; }
  [[nodiscard]] std::uint64_t writes() const { return writes_; }
  [[nodiscard]] std::uint64_t syncs() const { return syncs_; }

  /// The file `to` becomes what somebody who reads `from` sees now.
  void copy(const std::string& from, const std::string& to);
  void remove(const std::string& path);

  struct Change {
    std::uint64_t at = 0;
    std::string bytes;
    bool truncates = false;  // to the length `at`
  };
  struct File {
    std::string seen;     // by whoever reads
    std::string durable;  // after the last sync
    std::vector<Change> since;
  };
  /// What shared memory and its locks are of one database file; it ends with the process.
  struct Shared {
    std::vector<std::unique_ptr<std::vector<unsigned char>>> regions;
    std::vector<int> locks = std::vector<int>(SQLITE_SHM_NLOCK, 0);  // -1: exclusive, else so many readers
  };

  // ---- for the file methods
  int write(File& file, const void* data, std::uint64_t bytes, std::uint64_t at);
  int truncate(File& file, std::uint64_t size);
  int sync(File& file);
  int read(const File& file, void* into, std::uint64_t bytes, std::uint64_t at);
  std::shared_ptr<File> open(const std::string& path, bool create);
  int erase(const std::string& path);
  bool has(const std::string& path) const { return files_.contains(path); }
  Shared& shared(const std::string& path) { return shared_[path]; }
  /// Goes up with each restart: a handle of a process that has ended is good for nothing.
  [[nodiscard]] std::uint64_t process() const { return process_; }

 private:
  enum class Kind : std::uint8_t { change, sync, read };
  Mishap befalls(Kind kind);
  void survive(File& file);
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_()) % n; }

  std::mt19937 random_;
  std::map<std::string, std::shared_ptr<File>> files_;
  std::map<std::string, Shared> shared_;
  Mishap planned_ = Mishap::none, stopped_ = Mishap::none;
  std::uint64_t after_ = 0;
  bool full_ = false;
  int peace_ = 0;
  std::uint64_t process_ = 1, writes_ = 0, syncs_ = 0;
  std::map<Mishap, std::uint64_t> mishaps_;
};

}  // namespace fairlead::simulation
