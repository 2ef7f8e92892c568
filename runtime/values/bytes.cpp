// The binary form. Every value has exactly one encoding, and the reader takes no other: what is hashed into the
// journal's chain cannot be written in two ways.
#include "runtime/values/bytes.hpp"

#include <bit>
#include <limits>

namespace fairlead {
namespace {

constexpr int deepest_list = 8;

template <class Unsigned>
void put_fixed(ByteWriter& out, Unsigned v) {
  for (std::size_t i = 0; i < sizeof v; ++i) out.u8(static_cast<std::uint8_t>(v >> (8 * i)));
}

template <class Unsigned>
Unsigned take_fixed(ByteReader& in) {
  if (in.left() < sizeof(Unsigned)) {
    in.fail();
    return 0;
  }
  Unsigned out = 0;
  for (std::size_t i = 0; i < sizeof out; ++i) out |= static_cast<Unsigned>(in.u8()) << (8 * i);
  return out;
}

template <class Unsigned>
void put_leb128(ByteWriter& out, Unsigned v) {
  for (; v >= 0x80; v >>= 7) out.u8(static_cast<std::uint8_t>(v) | 0x80);
  out.u8(static_cast<std::uint8_t>(v));
}

template <class Unsigned>
Unsigned take_leb128(ByteReader& in) {
  constexpr unsigned width = 8 * sizeof(Unsigned);
  Unsigned out = 0;
  for (unsigned shift = 0; shift < width; shift += 7) {
    const std::uint8_t byte = in.u8();
    const auto part = static_cast<Unsigned>(byte & 0x7F);
    if (width - shift < 7 && part >> (width - shift) != 0) break;  // bits beyond the integer
    out |= part << shift;
    if ((byte & 0x80) != 0) continue;
    if (byte == 0 && shift != 0) break;  // a longer form than need be
    return in.ok() ? out : 0;
  }
  in.fail();
  return 0;
}

Value take_value(ByteReader& in, Arena& arena, int depth) {
  const std::uint8_t tag = in.u8();
  switch (static_cast<Tag>(tag)) {
    case Tag::none: return {};
    case Tag::boolean: {
      const std::uint8_t b = in.u8();
      if (b > 1) break;
      return Value::of(b == 1);
    }
    case Tag::number: return Value::of(Decimal::from_units(in.int128()));
    case Tag::money: return Value::money(Decimal::from_units(in.int128()));
    case Tag::text: {
      const std::string_view text = in.bytes();
      if (text.size() > std::numeric_limits<std::uint32_t>::max()) break;
      return Value::text(text);
    }
    case Tag::duration: return Value::of(Duration{in.signed_varint()});
    case Tag::instant: return Value::of(Instant{in.signed_varint()});
    case Tag::date: {
      const std::int64_t day = in.signed_varint();
      if (day < std::numeric_limits<std::int32_t>::min() || day > std::numeric_limits<std::int32_t>::max()) break;
      return Value::of(Date{static_cast<std::int32_t>(day)});
    }
    case Tag::time: {
      const std::uint64_t second = in.varint();
      if (second >= 86'400) break;
      return Value::of(TimeOfDay{static_cast<std::int32_t>(second)});
    }
    case Tag::list: {
      const std::uint64_t count = in.varint();
      // Every item takes a byte at least, so a count beyond what is left is a lie; and memory is taken for items
      // that were read, never for a count.
      if (depth == deepest_list || count > in.left()) break;
      std::vector<Value> items;
      for (std::uint64_t i = 0; i < count && in.ok(); ++i) items.push_back(take_value(in, arena, depth + 1));
      if (!in.ok() || items.size() > std::numeric_limits<std::uint32_t>::max()) break;
      return Value::list(arena.keep(std::move(items)));
    }
  }
  in.fail();
  return {};
}

}  // namespace

void ByteWriter::u32(std::uint32_t v) {
  put_fixed(*this, v);
}
void ByteWriter::u64(std::uint64_t v) {
  put_fixed(*this, v);
}
void ByteWriter::varint(std::uint64_t v) {
  put_leb128(*this, v);
}

void ByteWriter::signed_varint(std::int64_t v) {
  put_leb128(*this, static_cast<std::uint64_t>(v) << 1 ^ static_cast<std::uint64_t>(v >> 63));
}

void ByteWriter::int128(fairlead::int128 v) {
  put_leb128(*this, static_cast<uint128>(v) << 1 ^ static_cast<uint128>(v >> 127));
}

void ByteWriter::f64(double v) {
  put_fixed(*this, std::bit_cast<std::uint64_t>(v));
}

void ByteWriter::bytes(std::string_view v) {
  varint(v.size());
  raw(v);
}

void ByteWriter::value(const Value& v) {
  u8(static_cast<std::uint8_t>(v.tag()));
  switch (v.tag()) {
    case Tag::none: break;
    case Tag::boolean: u8(v.as_bool() ? 1 : 0); break;
    case Tag::number:
    case Tag::money: int128(v.as_decimal().units()); break;
    case Tag::text: bytes(v.as_text()); break;
    case Tag::duration:
    case Tag::instant:
    case Tag::date: signed_varint(v.as_integer()); break;
    case Tag::time: varint(static_cast<std::uint64_t>(v.as_integer())); break;
    case Tag::list:
      varint(v.as_list().size());
      for (const Value& item : v.as_list()) value(item);
      break;
  }
}

std::uint8_t ByteReader::u8() {
  if (in_.empty()) {
    fail();
    return 0;
  }
  const auto out = static_cast<std::uint8_t>(in_.front());
  in_.remove_prefix(1);
  return out;
}

std::uint32_t ByteReader::u32() {
  return take_fixed<std::uint32_t>(*this);
}
std::uint64_t ByteReader::u64() {
  return take_fixed<std::uint64_t>(*this);
}
std::uint64_t ByteReader::varint() {
  return take_leb128<std::uint64_t>(*this);
}

std::int64_t ByteReader::signed_varint() {
  const std::uint64_t v = varint();
  return static_cast<std::int64_t>(v >> 1 ^ (std::uint64_t{0} - (v & 1)));
}

fairlead::int128 ByteReader::int128() {
  const auto v = take_leb128<uint128>(*this);
  return static_cast<fairlead::int128>(v >> 1 ^ (uint128{0} - (v & 1)));
}

double ByteReader::f64() {
  return std::bit_cast<double>(u64());
}

std::string_view ByteReader::bytes() {
  const std::uint64_t size = varint();
  if (size > in_.size()) {
    fail();
    return {};
  }
  const std::string_view out = in_.substr(0, size);
  in_.remove_prefix(size);
  return out;
}

Value ByteReader::value(Arena& arena) {
  const Value out = take_value(*this, arena, 0);
  return ok_ ? out : Value();
}

}  // namespace fairlead
