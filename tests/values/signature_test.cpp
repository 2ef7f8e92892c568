// Signatures: whose they are, of what, and that nothing else passes for one.
#include <boost/test/unit_test.hpp>

#include "runtime/values/signature.hpp"
#include "tests/values/keys.hpp"

namespace fairlead {

BOOST_AUTO_TEST_SUITE(signature_test)

BOOST_AUTO_TEST_CASE(a_signature_is_of_one_text_and_by_one_key) {
  const auto signature = sign(keys::lee, "let the night texts pass");
  BOOST_REQUIRE(signature.has_value());
  BOOST_TEST(signature->size() == 128U);
  BOOST_TEST(verify_signature(keys::lee_public, "let the night texts pass", *signature));
  BOOST_TEST(!verify_signature(keys::lee_public, "let the night texts pass.", *signature));
  BOOST_TEST(!verify_signature(keys::lee_public, "", *signature));
  BOOST_TEST(!verify_signature(keys::kim_public, "let the night texts pass", *signature));
  BOOST_TEST((sign(keys::lee, "let the night texts pass") == signature));
  for (std::size_t i = 0; i < signature->size(); ++i) {
    std::string other = *signature;
    other[i] = other[i] == '0' ? '1' : '0';
    BOOST_TEST(!verify_signature(keys::lee_public, "let the night texts pass", other));
  }
}

BOOST_AUTO_TEST_CASE(the_example_of_the_standard) {
  // RFC 8032, section 7.1, test 2, with its keys in PEM.
  const std::string secret =
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
      "-----END PRIVATE KEY-----\n";
  BOOST_TEST(sign(secret, "\x72").value_or("") ==
             "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
             "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

BOOST_AUTO_TEST_CASE(what_is_no_key_signs_nothing_and_vouches_for_nothing) {
  const std::string signature = sign(keys::lee, "x").value();
  for (const std::string& no_key : {std::string(), std::string("lee"), keys::lee.substr(0, 60), keys::lee_public}) {
    BOOST_TEST(!sign(no_key, "x").has_value());
    BOOST_TEST(!public_key_of(no_key).has_value());
  }
  for (const std::string& no_key : {std::string(), std::string("lee"), keys::lee})
    BOOST_TEST(!verify_signature(no_key, "x", signature));
  for (const std::string& none : {std::string(), std::string("zz"), signature.substr(1), signature + "00"})
    BOOST_TEST(!verify_signature(keys::lee_public, "x", none));
  BOOST_TEST(public_key_of(keys::lee).value_or("") == keys::lee_public);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead
