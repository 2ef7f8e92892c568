// What the store's tests share: a folder of their own, opening that must succeed, and sample rows.
#pragma once

#include <stdlib.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/store/store.hpp"

namespace fairlead::store::test {

/// A new folder, removed with everything in it at the end.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "fairlead-store-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file(const std::string& name = "campaign.db") const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// The value of a result that must be there; the test ends with the fault's text otherwise.
template <class T>
T must(Result<T> result) {
  if (!result) BOOST_FAIL(describe(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// The fault of a result that must be one.
template <class T>
Fault fault_of(const Result<T>& result) {
  BOOST_REQUIRE_MESSAGE(!result, "a fault was expected");
  return result.error();
}

inline std::unique_ptr<Store> open(const std::string& path, Access access = Access::create) {
  return must(open_sqlite(path, access, Durability::none));
}

inline Batch batch(std::int64_t at, std::string journal = "journal", std::string audit = "audit") {
  Batch made;
  made.at = {at};
  made.journal = std::move(journal);
  made.audit = std::move(audit);
  return made;
}

/// Bytes that a careless store would cut or change: NUL, quotes, invalid UTF-8.
inline std::string awkward(const std::string& tail) {
  return std::string("\0'\"\xff\xfe;--", 8) + tail;
}

inline Outbox outbox_row(const std::string& key, std::int64_t filled_at) {
  return {key, {7, 70}, "email", awkward("payload"), awkward("origin"), 3, {900}, {filled_at}, OutboxState::ready, 0};
}

inline Inbox inbox_row(std::int64_t not_before, const std::string& body, InboxKind kind = InboxKind::event) {
  return {0, {not_before}, kind, body};
}

inline std::vector<Record> records_after(Store& store, std::uint64_t seq) {
  std::vector<Record> found;
  must(store.records(seq, [&](const Record& record) -> Result<void> {
    found.push_back(record);
    return {};
  }));
  return found;
}

}  // namespace fairlead::store::test

namespace fairlead {
inline std::ostream& operator<<(std::ostream& out, FaultCode code) {
  return out << static_cast<int>(code);
}
inline std::ostream& operator<<(std::ostream& out, Instant t) {
  return out << t.ms;
}
}  // namespace fairlead

namespace fairlead::store {
inline bool operator==(const Head& a, const Head& b) {
  return a.epoch == b.epoch && a.seq == b.seq && a.checkpoint == b.checkpoint && a.chain == b.chain;
}
inline std::ostream& operator<<(std::ostream& out, const Head& head) {
  return out << "epoch " << head.epoch << " seq " << head.seq << " checkpoint " << head.checkpoint << " chain "
             << short_hex(head.chain);
}
inline std::ostream& operator<<(std::ostream& out, OutboxState state) {
  return out << static_cast<int>(state);
}
}  // namespace fairlead::store
