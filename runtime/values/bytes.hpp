// The binary form of everything that is stored: little-endian, LEB128 variable-length integers, length-prefixed bytes.
// Readers never trust: every read is bounds-checked and a short or malformed input is a fault, never a crash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/values/value.hpp"

namespace fairlead {

class ByteWriter {
 public:
  void u8(std::uint8_t v) { out_.push_back(static_cast<char>(v)); }
  void u32(std::uint32_t v);           // fixed four bytes
  void u64(std::uint64_t v);           // fixed eight bytes
  void varint(std::uint64_t v);        // LEB128
  void signed_varint(std::int64_t v);  // zigzag, LEB128
  void int128(fairlead::int128 v);     // zigzag, LEB128
  void f64(double v);                  // its eight bytes
  void bytes(std::string_view v);      // varint length, then the bytes
  void value(const Value& v);          // tag, then the content
  void raw(std::string_view v) { out_.append(v); }

  [[nodiscard]] const std::string& str() const { return out_; }
  [[nodiscard]] std::string take() { return std::move(out_); }
  [[nodiscard]] std::size_t size() const { return out_.size(); }
  void clear() { out_.clear(); }

 private:
  std::string out_;
};

/// Reads what ByteWriter wrote. After the first short or malformed read `ok()` is false for good, and every
/// further read gives zero or empty; ask once at the end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view in) : in_(in) {}

  std::uint8_t u8();
  std::uint32_t u32();
  std::uint64_t u64();
  std::uint64_t varint();
  std::int64_t signed_varint();
  fairlead::int128 int128();
  double f64();
  std::string_view bytes();  // borrows from the input
  /// Text borrows from the input; lists are kept in `arena`. Nested lists deeper than 8 are malformed.
  Value value(Arena& arena);

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return in_.empty(); }
  [[nodiscard]] std::size_t left() const { return in_.size(); }
  void fail() {
    ok_ = false;
    in_ = {};
  }

 private:
  std::string_view in_;
  bool ok_ = true;
};

}  // namespace fairlead
