// `fairlead test` as a person and a CI meet it: its forms of output, its coverage, its exit codes.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/cli/binary.hpp"

namespace fairlead::cli::test {

namespace {

enum Exit : int { fine = 0, findings = 1, wrong_use = 2, failed = 3 };

constexpr const char* project = R"lead(use std.channels

project acme {
  time zone "Europe/Oslo"
  currency  EUR
  under     brand
}

record contact {
  key email: Email
  plan:      free | pro = free
  consent:   { email: Consent }
}

event joined
event bought

goal sold { reach bought within 7 days }

content welcome { email { subject "Welcome" body "Hello." } }
content offer { email { subject "An offer" body "For you." } }

policy brand {
  consent: forbid send when channel.consent is not given
  nights:  forbid send between 21:00 and 08:00 otherwise defer
}

workflow nurture for contact {
  toward sold
  enter on joined
  leave on bought
  steps {
    send welcome
    wait up to 2 days
      for clicked of welcome { }
      otherwise { stop }
    if contact.plan is pro {
      choose next {
        option offer { send offer }
        option rest when contact.plan is free { }
      }
    }
  }
}

test "a click on <welcome> & \"more\" # with \\ all" {
  given contact { email: "a@b.example", consent: { email: given } }
  case free { plan: free } expect nothing sent, left
  case pro { plan: pro } expect sent offer by email, option offer of next
  when joined
  expect sent welcome
  when clicked of welcome
}
)lead";

constexpr const char* wrong = R"lead(
test "what fails" {
  given  contact { email: "a@b.example", consent: { email: given } }
  after  10 hours
  when   joined
  expect sent welcome, contact.plan is pro
  expect nothing sent
}
)lead";

/// Without what differs from run to run.
std::string timeless(std::string text) {
  text = std::regex_replace(text, std::regex(R"re((time=")[0-9.]+)re"), "$1…");
  return std::regex_replace(text, std::regex(R"re(("seconds": )[0-9.e-]+)re"), "$1…");
}

Folder& mixed() {
  static Folder folder;
  if (!folder.has("p/main.lead")) folder.write("p/main.lead", std::string(project) + wrong);
  return folder;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_command)

BOOST_AUTO_TEST_CASE(each_form_is_as_it_should_be) {
  const Folder& folder = mixed();
  for (const std::string form : {"text", "tap", "junit", "json"}) {
    const Ended ended = run(folder, {"test", "p/main.lead", "--format", form, "--coverage"});
    BOOST_TEST(ended.code == findings, form);
    BOOST_TEST(ended.err.find("error") == std::string::npos, ended.err);  // lints may have their say
    require_golden("test_" + form + ".txt", timeless(ended.out));
  }
}

BOOST_AUTO_TEST_CASE(several_forms_at_once) {
  const Folder& folder = mixed();
  const Ended ended = run(folder, {"test", "p/main.lead", "--format", "tap:out.tap", "--format", "junit:out.xml",
                                   "--json", "--lcov", "out.info"});
  BOOST_TEST(ended.code == findings);
  const auto json = nlohmann::json::parse(ended.out);
  BOOST_TEST(json["passed"] == 2);
  BOOST_TEST(json["failed"] == 1);
  BOOST_TEST(json["coverage"]["covered"].get<int>() + 4 == json["coverage"]["of"].get<int>());
  BOOST_TEST(folder.read("out.tap").starts_with("TAP version 14\n1..3\n"));
  BOOST_TEST(folder.read("out.xml").find("tests=\"3\" failures=\"1\"") != std::string::npos);
  require_golden("test_lcov.txt", timeless(folder.read("out.info")));
  // Where no form is printed, people read text.
  require(run(folder, {"test", "p/main.lead", "--format", "tap:out.tap"}), findings, {"2 passed, 1 failed"});
}

BOOST_AUTO_TEST_CASE(a_run_without_a_test_is_a_failure) {
  const Folder folder;
  folder.write("p/main.lead", std::string(project).substr(0, std::string(project).find("test \"")));
  require(run(folder, {"test", "p"}), findings, {"there are no tests in p", "a run that tests nothing is a failure"});
  require(run(mixed(), {"test", "p", "--filter", "zebra"}), findings,
          {"the name of no test holds \"zebra\"; there are 3"});
}

BOOST_AUTO_TEST_CASE(a_filter_takes_names_of_cases_too) {
  const Ended ended = run(mixed(), {"test", "p", "--filter", "/ pro"});
  BOOST_TEST(ended.code == fine);
  BOOST_TEST(ended.out.find("1 passed, 0 failed") != std::string::npos, ended.out);
}

BOOST_AUTO_TEST_CASE(too_little_coverage_is_a_failure) {
  const Folder folder;
  folder.write("p/main.lead", project);
  require(run(folder, {"test", "p", "--coverage-min", "50"}), fine, {"reached, "});
  require(run(folder, {"test", "p", "--coverage-min", "99.5"}), findings, {"and 99.5% is wanted"});
  require(run(folder, {"test", "p", "--coverage-min", "101"}), wrong_use, {"--coverage-min"});
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_wrong_use_and_what_cannot_be_written_a_failure) {
  const Folder& folder = mixed();
  require(run(folder, {"test", "p", "--format", "yaml"}), wrong_use, {"`yaml` is not a form of output"});
  require(run(folder, {"test", "p", "--format", "junit:"}), wrong_use, {"names no file"});
  require(run(folder, {"test", "p", "--format", "tap", "--json"}), wrong_use, {"tap and json cannot both be printed"});
  require(run(folder, {"test", "p", "--format", "tap:no/such/folder.tap"}), failed, {"no/such/folder.tap"});
  require(run(folder, {"test", "p", "--lcov", "no/such/folder.info"}), failed, {"no/such/folder.info"});
}

BOOST_AUTO_TEST_CASE(people_are_made_up) {
  const Folder folder;
  folder.write("p/main.lead",
               std::string(project) +
                   "simulate \"made up\" {\n  contacts 300 like { plan: pro 50%, consent: { email: given "
                   "} }\n  arrival leads to joined 100% within 1 day\n  run 3 days seed 7\n  expect sent "
                   "welcome above 250\n}\n");
  require(run(folder, {"simulate", "p"}), fine, {"sent welcome above 250"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::cli::test
