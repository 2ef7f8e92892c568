// Binding and reading of the column types that the SQLite store uses.
#include "runtime/store/sqlite_query.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <limits>

namespace fairlead::store {

namespace {

// SQLite counts bytes in an int, and takes a negative count to mean "up to the first NUL".
void refuse_too_long(const std::string& v) {
  if (v.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw SQLite::Exception("string or blob too big", SQLITE_TOOBIG);
  }
}

}  // namespace

std::optional<Instant> Query::maybe_instant(int column) const {
  if (is_null(column)) return std::nullopt;
  return instant(column);
}

std::string_view Query::blob(int column) const {
  const SQLite::Column value = statement_.getColumn(column);
  const auto* data = static_cast<const char*>(value.getBlob());
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(value.getBytes())};
}

std::string Query::string(int column) const {
  return std::string(blob(column));
}

Hash Query::hash(int column) const {
  const SQLite::Column value = statement_.getColumn(column);
  const auto* data = static_cast<const unsigned char*>(value.getBlob());
  Hash hash{};
  if (data == nullptr || static_cast<std::size_t>(value.getBytes()) != hash.size()) {
    throw SQLite::Exception("a hash does not have 32 bytes", SQLITE_CORRUPT);
  }
  std::copy_n(data, hash.size(), hash.begin());
  return hash;
}

void Query::put(int index, const std::optional<Instant>& v) {
  if (v) {
    put(index, *v);
  } else {
    statement_.bind(index);
  }
}

void Query::put(int index, const std::string& v) {
  refuse_too_long(v);
  statement_.bindNoCopy(index, static_cast<const void*>(v.data()), static_cast<int>(v.size()));
}

void Query::put(int index, Text v) {
  refuse_too_long(v.text);
  statement_.bindNoCopy(index, v.text);
}

}  // namespace fairlead::store
