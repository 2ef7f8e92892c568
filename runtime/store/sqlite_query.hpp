// A prepared statement in use: bind, step, read columns. Internal to the SQLite store, and the only header of it that
// knows SQLiteCpp.
#pragma once

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/values/hash.hpp"
#include "runtime/values/time.hpp"

namespace fairlead::store {

/// Marks a string that is stored as TEXT, readable in SQLite's shell; other strings are stored as BLOB.
struct Text {
  const std::string& text;
};

/// Borrows a kept statement and resets it when done, so that no statement stays open between calls. What is bound is
/// not copied: it must live until the statement has run.
class Query {
 public:
  explicit Query(SQLite::Statement& statement) : statement_(statement) {}
  ~Query() {
    if (dirty_) statement_.tryReset();
  }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  /// Binds the parameters in order and makes the statement ready to step.
  template <class... Args>
  Query& bind(const Args&... args) {
    if (dirty_) statement_.tryReset();
    dirty_ = false;
    int index = 0;
    (put(++index, args), ...);
    return *this;
  }
  /// Binds, runs a statement without result rows and gives the number of rows it changed.
  template <class... Args>
  int run(const Args&... args) {
    bind(args...);
    dirty_ = true;
    return statement_.exec();
  }
  /// Moves to the next row; false at the end.
  bool step() {
    dirty_ = true;
    return statement_.executeStep();
  }

  [[nodiscard]] bool is_null(int column) const { return statement_.getColumn(column).isNull(); }
  [[nodiscard]] std::int64_t integer(int column) const { return statement_.getColumn(column).getInt64(); }
  template <class Int>
  [[nodiscard]] Int as(int column) const {
    return static_cast<Int>(integer(column));
  }
  [[nodiscard]] Instant instant(int column) const { return {integer(column)}; }
  [[nodiscard]] std::optional<Instant> maybe_instant(int column) const;
  [[nodiscard]] std::string string(int column) const;
  /// Borrowed until the next step.
  [[nodiscard]] std::string_view blob(int column) const;
  /// Throws SQLite::Exception (SQLITE_CORRUPT) where the column does not hold 32 bytes.
  [[nodiscard]] Hash hash(int column) const;

 private:
  void put(int index, std::int64_t v) { statement_.bind(index, v); }
  void put(int index, std::uint64_t v) { statement_.bind(index, static_cast<std::int64_t>(v)); }
  void put(int index, std::uint32_t v) { statement_.bind(index, static_cast<std::int64_t>(v)); }
  void put(int index, std::uint16_t v) { statement_.bind(index, static_cast<std::int64_t>(v)); }
  void put(int index, Instant v) { statement_.bind(index, v.ms); }
  void put(int index, const std::optional<Instant>& v);
  void put(int index, const std::string& v);
  void put(int index, Text v);
  void put(int index, const Hash& v) { statement_.bindNoCopy(index, v.data(), static_cast<int>(v.size())); }

  SQLite::Statement& statement_;
  bool dirty_ = true;  // it may stand at a row: this one has stepped, or whoever had the statement before
};

}  // namespace fairlead::store
