// Hashes, by the vectors of their standards.
#include "runtime/values/hash.hpp"

#include <boost/test/unit_test.hpp>

namespace fairlead {

BOOST_AUTO_TEST_SUITE(hashes)

// FIPS 180-4's examples, and the empty message.
BOOST_AUTO_TEST_CASE(sha256_vectors) {
  BOOST_TEST(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
             "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  BOOST_TEST(hex(sha256(std::string(1'000'000, 'a'))) ==
             "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  BOOST_TEST(short_hex(sha256("abc")) == "ba7816bf8f01cfea");
  BOOST_TEST(short_hex(sha256("abc"), 2) == "ba78");
  BOOST_TEST(short_hex(sha256("abc"), 99) == hex(sha256("abc")));
}

BOOST_AUTO_TEST_CASE(parts_are_kept_apart) {
  BOOST_TEST((sha256({"ab", "c"}) != sha256({"a", "bc"})));
  BOOST_TEST((sha256({"abc"}) != sha256({"abc", ""})));
  const std::string by_hand = std::string("\x02\0\0\0\0\0\0\0", 8) + "ab" + std::string("\x01\0\0\0\0\0\0\0", 8) + "c";
  BOOST_TEST((sha256({"ab", "c"}) == sha256(std::string_view(by_hand))));
}

BOOST_AUTO_TEST_CASE(stable_hashes) {
  const Hash hash = sha256({"ab", "c"});
  std::uint64_t expected = 0;
  for (std::size_t i = 8; i-- > 0;) expected = expected << 8 | hash[i];
  BOOST_TEST((stable_hash({"ab", "c"}) == expected));
}

// The vectors of the FNV draft (draft-eastlake-fnv, appendix C).
BOOST_AUTO_TEST_CASE(name_ids) {
  BOOST_TEST(name_id("") == 0x811c9dc5U);
  BOOST_TEST(name_id("a") == 0xe40c292cU);
  BOOST_TEST(name_id("foobar") == 0xbf9cf968U);
}

BOOST_AUTO_TEST_CASE(salts) {
  BOOST_TEST(random_bytes(0).empty());
  BOOST_TEST(random_bytes(1000).size() == 1000U);
  BOOST_TEST(random_bytes(16) != random_bytes(16));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead
