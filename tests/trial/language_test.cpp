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

/// What the last failures said beyond what happened.
std::vector<std::string> notes_of_last;

/// The failures of the one test that `body` is, as `line: text`.
std::string failures(
    const std::string& body,
    const std::string& given = "given contact { email: \"a@b.example\", consent: { email: given } }\n") {
  const std::string text = project + "test \"it\" {\n" + given + body + "\n}\n";
  const bytecode::Module module = compiled(text);
  notes_of_last.clear();
  const TestResult result = must(run_test(module, {0, bytecode::none}));
  BOOST_TEST(result.name == "it");
  const std::uint32_t first = line_of(text, body.substr(0, body.find('\n')));
  std::string out;
  for (const Failure& failure : result.failures) {
    if (!out.empty()) out += "\n";
    out += std::to_string(failure.line - first + 1) + ": " + failure.text;
    for (const std::string& note : failure.notes) notes_of_last.push_back(note);
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
  for (bytecode::Index i = 0; i < 2; ++i) BOOST_TEST(must(run_test(module, {i, bytecode::none})).failures.empty());
}

BOOST_AUTO_TEST_CASE(what_is_expected_may_be_turned_around_counted_and_listed) {
  BOOST_TEST(
      failures("when downloaded(asset: \"whitepaper\")\nexpect sent welcome 1 time, not sent offer, not left, not "
               "entered other\nwhen visited(page: \"x\")\nexpect nothing sent by email") == "");
  BOOST_TEST(failures("when downloaded(asset: \"whitepaper\")\nexpect not sent welcome by email\nexpect sent welcome 2 "
                      "times\nexpect not entered\nexpect not sent welcome 1 time, left nurture") ==
             "2: expected `welcome` not to be sent by email, but it was\n"
             "3: expected `welcome` to be sent 2 times, but it was sent once\n"
             "4: expected the contact not to enter a workflow, but it entered `nurture`\n"
             "5: expected `welcome` not to be sent once, but it was\n"
             "5: expected the contact to leave `nurture`, but it did not");
}

BOOST_AUTO_TEST_CASE(a_condition_over_the_contact_shows_the_values_that_it_found) {
  BOOST_TEST(
      failures("when downloaded(asset: \"whitepaper\")\nexpect contact.consent.email is given, not (contact.plan "
               "is pro), contact.plan is free and count(downloaded, last 1 day) == 1") == "");
  BOOST_TEST(
      failures("when downloaded(asset: \"whitepaper\")\nexpect contact.plan is pro\nexpect contact.country exists "
               "or contact.plan is pro\nexpect count(downloaded, last 1 day) > 1") ==
      "2: expected `contact.plan is pro`, but `contact.plan` is `free`\n"
      "3: expected `contact.country exists or contact.plan is pro`, but `contact.country` is absent and "
      "`contact.plan` is `free`\n"
      "4: expected `count(downloaded, last 1 day) > 1`, but it is not so");
  BOOST_TEST(failures("after 1 day\nexpect contact.plan is free", "") ==
             "2: expected `contact.plan is free`, but nobody is there yet");
}

BOOST_AUTO_TEST_CASE(a_failure_says_what_held_a_message_back) {
  failures("after 10 hours\nwhen downloaded(asset: \"whitepaper\")\nexpect sent welcome");
  BOOST_TEST((notes_of_last ==
              std::vector<std::string>{
                  "`welcome` was put off by `brand.nights` until 2026-01-06 08:00",
                  "the contact stands in `nurture`, at x.lead:" + std::to_string(line_of(project, "    send welcome")) +
                      ", until 2026-01-06 08:00"}));
  failures("when downloaded(asset: \"whitepaper\")\nexpect sent welcome", "given contact { email: \"a@b.example\" }\n");
  BOOST_REQUIRE(notes_of_last.size() == 2U);
  BOOST_TEST(notes_of_last[0] == "`welcome` was kept back by `brand.consent`");
  failures("when downloaded(asset: \"list\")\nexpect sent welcome");
  BOOST_TEST((notes_of_last == std::vector<std::string>{"the contact is in no workflow"}));
}

BOOST_AUTO_TEST_CASE(each_case_runs_with_its_own_values) {
  const bytecode::Module module = compiled(project + R"(test "table" {
  given contact { email: "a@b.example", consent: { email: given } }
  case free { plan: free } expect sent welcome, contact.plan is free
  case pro { plan: pro } expect contact.plan is free
  case shy { consent: { email: withdrawn } } expect nothing sent
  when downloaded(asset: "whitepaper")
}
test "nothing given" {
  case pro { plan: pro } expect contact.plan is pro, entered other
  when visited(page: "x")
}
)");
  std::string out;
  for (const TestRun& one : test_runs(module)) {
    const TestResult result = must(run_test(module, one));
    out += result.name + ":";
    for (const Failure& failure : result.failures) out += " " + failure.text;
    out += "\n";
  }
  BOOST_TEST(out ==
             "table / free:\ntable / pro: expected `contact.plan is free`, but `contact.plan` is `pro`\ntable / shy:\n"
             "nothing given / pro:\n");
}

BOOST_AUTO_TEST_CASE(coverage_knows_steps_ways_and_rules) {
  const std::string one =
      "test \"a\" {\n  given contact { email: \"a@b.example\", consent: { email: given } }\n  when downloaded(asset: "
      "\"whitepaper\")\n  expect sent welcome\n  when clicked of welcome\n  after 1 day\n  expect left\n}\n";
  const bytecode::Module module = compiled(project + one);
  const TestResult result = must(run_test(module, {0, bytecode::none}));
  BOOST_TEST(result.failures.empty());
  const Coverage all = coverage(module, result.trodden);
  std::string missed;
  for (const Covered& item : all.items) {
    if (item.times == 0) missed += std::string(to_string(item.kind)) + " " + item.key + " " + item.what + "\n";
  }
  BOOST_TEST(missed ==
             "way nurture/wait#1 wait, where the time is over\n"
             "step nurture/wait#1/otherwise/send reminder#1 send reminder\n"
             "step other/wait#1 wait\n"
             "rule fired brand.consent fired\n");
  BOOST_TEST(all.covered() + 4 == all.items.size());
}

BOOST_AUTO_TEST_CASE(coverage_knows_both_sides_of_a_branch_and_each_option) {
  const std::string more = R"(workflow third for contact {
  owner "a@acme.example"
  toward qualified
  enter on became_mql
  steps {
    if contact.plan is pro { }
    choose way {
      option a when contact.plan is pro { }
      option b when contact.plan is free { }
    }
  }
}
test "b" {
  case free { plan: free } expect option b of way, not option a of third.way
  when became_mql
}
)";
  const bytecode::Module module = compiled(project + more);
  const TestResult result = must(run_test(module, {0, 0}));
  BOOST_TEST(result.failures.empty());
  std::string third;
  for (const Covered& item : coverage(module, result.trodden).items) {
    if (item.owner == "third") third += item.what + ": " + std::to_string(item.times) + "\n";
  }
  BOOST_TEST(third ==
             "if: 1\nif, where it holds: 0\nif, where it does not hold: 1\nchoose way: 1\noption a: 0\noption b: 1\n");
  Trodden twice = result.trodden;
  twice.add(result.trodden);
  BOOST_TEST(coverage(module, twice).items.size() == coverage(module, result.trodden).items.size());
  BOOST_TEST(coverage(module, twice).covered() == coverage(module, result.trodden).covered());
}

BOOST_AUTO_TEST_CASE(rows_of_a_record_are_given_like_a_contact) {
  const std::string more = R"(
record webinar { key id: Text, open: Bool = true }
content invitation(id: Text) { email { subject "Come" body "To {id}." } }
workflow invites for contact {
  owner "a@acme.example"
  enter on became_mql
  steps {
    for each webinar where webinar.open { send invitation(id: webinar.id) wait 1 day }
  }
}
test "rows" {
  given webinar { id: "b" }
  given webinar { id: "a" }
  given webinar { id: "c", open: false }
  given contact { email: "a@b.example", consent: { email: given } }
  when became_mql
  expect sent invitation 1 time
  given webinar { id: "b", open: false }
  given webinar { id: "d" }
  expect nothing sent
  after 1 day
  expect sent invitation 1 time
  after 1 day
  expect nothing sent, left invites
}
)";
  const bytecode::Module module = compiled(project + more);
  const TestResult result = must(run_test(module, {0, bytecode::none}));
  for (const Failure& failure : result.failures) BOOST_ERROR(failure.line << ": " << failure.text);
  for (const Covered& item : coverage(module, result.trodden).items) {
    if (item.what == "for each webinar, a round") BOOST_TEST(item.times == 2U);
    if (item.what == "for each webinar, the end") BOOST_TEST(item.times == 1U);
  }
  BOOST_TEST(bytecode::disassemble(module).find("given webinar") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::trial::testing
