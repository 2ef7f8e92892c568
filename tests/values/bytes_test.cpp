// The binary form: what is written is read again, and nothing that is read can do harm.
#include "runtime/values/bytes.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "runtime/values/random.hpp"

namespace fairlead {
namespace {

std::string written(const Value& v) {
  ByteWriter out;
  out.value(v);
  return out.take();
}

rc::Gen<Value> any_value(Arena& arena, int depth) {
  const auto pick = [&arena, depth]() -> Value {
    const auto n = [] { return *rc::gen::resize(200, rc::gen::arbitrary<std::int64_t>()); };
    switch (*rc::gen::inRange(0, depth < 3 ? 10 : 9)) {
      case 0: return {};
      case 1: return Value::of(*rc::gen::arbitrary<bool>());
      case 2: return Value::of(Decimal::from_units(static_cast<int128>(n()) * n()));
      case 3: return Value::money(Decimal::from_units(n()));
      case 4: return Value::text(arena.keep(*rc::gen::arbitrary<std::string>()));
      case 5: return Value::of(Duration{n()});
      case 6: return Value::of(Instant{n()});
      case 7: return Value::of(Date{*rc::gen::arbitrary<std::int32_t>()});
      case 8: return Value::of(TimeOfDay{*rc::gen::inRange(0, 86'400)});
      default: {
        std::vector<Value> items;
        const int count = *rc::gen::inRange(0, 4);
        for (int i = 0; i < count; ++i) items.push_back(*any_value(arena, depth + 1));
        return Value::list(arena.keep(std::move(items)));
      }
    }
  };
  return rc::gen::exec(pick);
}

/// One of everything.
std::string sample() {
  Arena arena;
  ByteWriter out;
  out.u8(7);
  out.u32(0x01020304);
  out.u64(0x0102030405060708);
  out.varint(300);
  out.signed_varint(-300);
  out.int128(-(fairlead::int128{1} << 100));
  out.f64(-2.5);
  out.bytes("some bytes");
  const Value inner = Value::list(arena.keep(std::vector{Value::text("x"), Value::of(true), Value()}));
  out.value(Value::list(arena.keep(std::vector{inner, Value::of(days(3)), Value::money(Decimal::from_int(5))})));
  out.value(Value::of(Date{-5}));
  return out.take();
}

/// Reads what `sample` writes, from whatever; true where it was well-formed to the end.
bool read_sample(std::string_view in) {
  Arena arena;
  ByteReader reader(in);
  reader.u8();
  reader.u32();
  reader.u64();
  reader.varint();
  reader.signed_varint();
  reader.int128();
  reader.f64();
  const std::string_view bytes = reader.bytes();
  const Value a = reader.value(arena);
  const Value b = reader.value(arena);
  // Touch everything, so that a sanitizer sees what points outside.
  return (bytes.size() + render(a).size() + render(b).size() > 0) && reader.ok() && reader.at_end();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bytes)

BOOST_AUTO_TEST_CASE(layout) {
  ByteWriter out;
  out.u32(0x01020304);
  out.varint(300);
  out.signed_varint(-1);
  out.bytes("ab");
  BOOST_TEST(out.str() == std::string("\x04\x03\x02\x01\xAC\x02\x01\x02"
                                      "ab",
                                      10));
  BOOST_TEST(written(Value::of(TimeOfDay{1})) == std::string("\x08\x01"));
}

BOOST_AUTO_TEST_CASE(numbers_there_and_back) {
  constexpr auto top = std::numeric_limits<std::int64_t>::max();
  constexpr auto bottom = std::numeric_limits<std::int64_t>::min();
  for (const std::int64_t n : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63}, std::int64_t{64}, top, bottom}) {
    ByteWriter out;
    out.signed_varint(n);
    out.varint(static_cast<std::uint64_t>(n));
    out.u64(static_cast<std::uint64_t>(n));
    out.int128(static_cast<fairlead::int128>(n) << 64);
    ByteReader in(out.str());
    BOOST_TEST(in.signed_varint() == n);
    BOOST_TEST(in.varint() == static_cast<std::uint64_t>(n));
    BOOST_TEST(in.u64() == static_cast<std::uint64_t>(n));
    BOOST_TEST((in.int128() == static_cast<fairlead::int128>(n) << 64));
    BOOST_TEST((in.ok() && in.at_end()));
  }
  for (const double d : {0.0, -0.0, 1.5, std::numeric_limits<double>::infinity(), std::nan("")}) {
    ByteWriter out;
    out.f64(d);
    ByteReader in(out.str());
    const double back = in.f64();
    BOOST_TEST(std::memcmp(&back, &d, sizeof d) == 0);
  }
}

BOOST_AUTO_TEST_CASE(values_there_and_back) {
  BOOST_TEST(rc::check("any value", [] {
    Arena arena;
    const Value v = *any_value(arena, 0);
    const std::string stored = written(v);
    Arena other;
    ByteReader in(stored);
    const Value back = in.value(other);
    RC_ASSERT(in.ok() && in.at_end());
    RC_ASSERT(back == v);
    RC_ASSERT(written(back) == stored);
    // Every prefix is short, and is found to be.
    for (std::size_t n = 0; n < stored.size(); ++n) {
      ByteReader part(std::string_view(stored).substr(0, n));
      RC_ASSERT(!part.value(other).exists());
      RC_ASSERT(!part.ok());
    }
  }));
}

BOOST_AUTO_TEST_CASE(prefixes_and_mutations_do_no_harm) {
  const std::string whole = sample();
  BOOST_TEST(read_sample(whole));
  for (std::size_t n = 0; n < whole.size(); ++n) BOOST_TEST(!read_sample(std::string(whole.substr(0, n))));
  Dice dice(1, 2);
  int survived = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string bad = whole;
    for (auto changes = dice.below(3) + 1; changes > 0; --changes) {
      bad[dice.below(bad.size())] = static_cast<char>(dice.next32());
    }
    // Many mutants are well-formed and mean something else; the point is to come back from all of them.
    survived += read_sample(bad) ? 1 : 0;
  }
  BOOST_TEST((survived > 0 && survived < 100'000));
}

BOOST_AUTO_TEST_CASE(any_value_that_is_accepted_is_written_the_same) {
  Dice dice(3, 4);
  int accepted = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string noise(dice.below(12) + 1, '\0');
    for (char& c : noise) c = static_cast<char>(dice.next32() & (dice.below(2) == 0 ? 0xFF : 0x0F));
    Arena arena;
    ByteReader in(noise);
    const Value v = in.value(arena);
    if (!in.ok()) continue;
    ++accepted;
    BOOST_REQUIRE(written(v) == noise.substr(0, noise.size() - in.left()));
  }
  BOOST_TEST(accepted > 1000);
}

BOOST_AUTO_TEST_CASE(malformed) {
  const auto refused = [](std::string_view in, auto read) {
    Arena arena;
    ByteReader reader(in);
    read(reader, arena);
    return !reader.ok() && reader.at_end();
  };
  const auto varint = [](ByteReader& r, Arena&) { r.varint(); };
  const auto value = [](ByteReader& r, Arena& a) { r.value(a); };
  BOOST_TEST(refused(std::string_view("\x80\x00", 2), varint));                 // longer than need be
  BOOST_TEST(refused("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", varint));      // 65 bits
  BOOST_TEST(refused("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", varint));  // and more
  BOOST_TEST(refused("\x01\x02", value));                                       // neither true nor false
  BOOST_TEST(refused("\x0A", value));                                           // no such tag
  BOOST_TEST(
      refused("\x04\x05"
              "abcd",
              value));                                              // text of five bytes
  BOOST_TEST(refused("\x08\x80\xA3\x05", value));                   // 24:00
  BOOST_TEST(refused("\x09\xFF\xFF\xFF\xFF\x0F", value));           // four thousand million
  BOOST_TEST(refused(std::string_view("\x09\x02\x00", 3), value));  // two items, one there
  BOOST_TEST(refused(std::string(3 * 19, '\xFF'), [](ByteReader& r, Arena&) { r.int128(); }));
}

BOOST_AUTO_TEST_CASE(nesting) {
  const auto nested = [](int depth) {
    std::string out;
    for (int i = 0; i < depth; ++i) out += "\x09\x01";
    return out + '\0';
  };
  Arena arena;
  const std::string eight = nested(8);
  ByteReader good(eight);
  BOOST_TEST(render(good.value(arena)) == "[[[[[[[[none]]]]]]]]");
  BOOST_TEST(good.ok());
  for (const int depth : {9, 100'000}) {
    const std::string deep = nested(depth);
    ByteReader bad(deep);
    bad.value(arena);
    BOOST_TEST(!bad.ok());
  }
}

BOOST_AUTO_TEST_CASE(after_a_fault_everything_is_empty) {
  ByteReader in(
      "\x05"
      "ab");
  BOOST_TEST(in.bytes().empty());
  BOOST_TEST(!in.ok());
  BOOST_TEST(in.u8() == 0);
  BOOST_TEST(in.u64() == 0);
  BOOST_TEST(in.f64() == 0.0);
  BOOST_TEST(in.bytes().empty());
  Arena arena;
  BOOST_TEST(!in.value(arena).exists());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead
