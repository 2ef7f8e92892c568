// The language's own tests: what an `expect` sees, and what it says where it fails.
#include "runtime/trial/test.hpp"

#include "tests/trial/trials.hpp"

namespace fairlead::trial::testing {
namespace {

const std::string project = R"(use std.channels
project acme {
  time zone "Europe/Oslo"
  currency USD
  under brand
}
record contact {
  key email: Email
  country: Country?
  timezone: TimeZone? zone
  plan: free | pro = free
  consent: { email: Consent }
}
event downloaded { asset: Text }
event visited { page: Text }
event became_mql
goal qualified {
  reach became_mql within 14 days
  holdout 100%
}
content welcome { email { subject "Welcome" body "Hello." } }
content reminder { email { subject "Again" body "Still there?" } }
content offer { email { subject "Offer" body "For you." } }
policy brand {
  consent: forbid send when channel.consent is not given
  nights: forbid send between 21:00 and 08:00 otherwise defer
}
workflow nurture for contact {
  owner "a@acme.example"
  toward qualified
  enter on downloaded where event.asset == "whitepaper"
  leave when contact.consent.email is withdrawn
  steps {
    send welcome
    wait up to 3 days
      for clicked of welcome { send offer }
      otherwise { send reminder }
    wait until 20:00
    wait 2 hours
    send offer
  }
}
workflow other for contact {
  owner "a@acme.example"
  enter on visited
  steps { wait 1 day }
}
)";

/// The failures of the one test that `body` is, as `line: text`.
std::string failures(
    const std::string& body,
    const std::string& given = "given contact { email: \"a@b.example\", consent: { email: given } }\n") {
  const std::string text = project + "test \"it\" {\n" + given + body + "\n}\n";
  const bytecode::Module module = compiled(text);
  const TestResult result = must(run_test(module, 0));
  BOOST_TEST(result.name == "it");
  const std::uint32_t first = line_of(text, body.substr(0, body.find('\n')));
  std::string out;
  for (const Failure& failure : result.failures) {
    if (!out.empty()) out += "\n";
    out += std::to_string(failure.line - first + 1) + ": " + failure.text;
  }
  return out;
}

BOOST_AUTO_TEST_SUITE(language_tests)

BOOST_AUTO_TEST_CASE(what_happens_as_it_should_passes) {
  BOOST_TEST(failures("when downloaded(asset: \"whitepaper\")\nexpect sent welcome by email\nexpect entered\nexpect "
                      "entered nurture\n"
                      "after 1 day\nexpect nothing sent\nwhen clicked of welcome\nexpect sent offer\n"
                      "after 8 hours\nexpect nothing sent\n"  // 20:00; two hours later it is night
                      "after 12 hours\nexpect sent offer\nexpect left nurture") == "");
  BOOST_TEST(failures("when downloaded(asset: \"whitepaper\")\nafter 3 days\nexpect sent reminder") == "");
  BOOST_TEST(failures("when downloaded(asset: \"whitepaper\")\nafter 1 day\nset contact.consent.email = "
                      "withdrawn\nexpect nothing sent\nafter 5 days\nexpect nothing sent\nexpect left") == "");
}

BOOST_AUTO_TEST_CASE(nobody_is_held_out_of_a_test) {
  BOOST_TEST(failures("when downloaded(asset: \"whitepaper\")\nexpect sent welcome") == "");
}

BOOST_AUTO_TEST_CASE(an_expectation_speaks_of_what_happened_since_the_last_act) {
  BOOST_TEST(
      failures("when downloaded(asset: \"whitepaper\")\nwhen visited(page: \"x\")\nexpect sent welcome\nexpect entered "
               "nurture\nexpect entered other") ==
      "3: expected `welcome` to be sent, but nothing was\n4: expected the contact to enter `nurture`, but it did not");
}

BOOST_AUTO_TEST_CASE(what_fails_says_what_happened_instead) {
  BOOST_TEST(failures("when downloaded(asset: \"whitepaper\")\nexpect nothing sent\nexpect sent offer\nexpect sent "
                      "reminder by email\nexpect left\nexpect left other") ==
             "2: expected nothing to be sent, but `welcome` by email was\n"
             "3: expected `offer` to be sent, but `welcome` by email was\n"
             "4: expected `reminder` to be sent by email, but `welcome` by email was\n"
             "5: expected the contact to leave a workflow, but it did not\n"
             "6: expected the contact to leave `other`, but it did not");
  BOOST_TEST(
      failures("when downloaded(asset: \"price list\")\nexpect sent welcome\nexpect entered") ==
      "2: expected `welcome` to be sent, but nothing was\n3: expected the contact to enter a workflow, but it did not");
}

BOOST_AUTO_TEST_CASE(rules_hold_in_tests) {
  BOOST_TEST(failures("when downloaded(asset: \"whitepaper\")\nexpect nothing sent\nexpect entered",
                      "given contact { email: \"a@b.example\" }\n") == "");
}

BOOST_AUTO_TEST_CASE(a_test_begins_on_a_monday_at_noon) {
  // Noon in Oslo, whatever the contact's own zone: in Tokyo it is 20:00 then, so that only an hour is left of the day.
  const std::string tokyo =
      "given contact { email: \"a@b.example\", timezone: \"Asia/Tokyo\", consent: { email: given } }\n";
  BOOST_TEST(failures("when downloaded(asset: \"whitepaper\")\nexpect sent welcome", tokyo) == "");
  BOOST_TEST(failures("after 59 minutes\nwhen downloaded(asset: \"whitepaper\")\nexpect sent welcome", tokyo) == "");
  BOOST_TEST(failures("after 60 minutes\nwhen downloaded(asset: \"whitepaper\")\nexpect nothing sent\nafter 11 "
                      "hours\nexpect sent welcome",
                      tokyo) == "");
}

BOOST_AUTO_TEST_CASE(somebody_is_there_also_where_nothing_is_given) {
  BOOST_TEST(failures("when visited(page: \"x\")\nexpect entered other\nafter 1 day\nexpect left other", "") == "");
}

BOOST_AUTO_TEST_CASE(tests_do_not_see_each_other) {
  const std::string one =
      "test \"a\" {\n  given contact { email: \"a@b.example\", consent: { email: given } }\n  when downloaded(asset: "
      "\"whitepaper\")\n  expect sent welcome\n}\n";
  const bytecode::Module module = compiled(project + one + one);
  for (bytecode::Index i = 0; i < 2; ++i) BOOST_TEST(must(run_test(module, i)).failures.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::trial::testing
