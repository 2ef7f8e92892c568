// What is proved of a project, as a table, as JSON and in sentences.
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, findings = 1, wrong_use = 2;

/// A send after a wait, which what was asked before it does not cover; `head` goes into the workflow.
std::string project(const std::string& rule, const std::string& head = "") {
  return "use std.channels\n"
         "project tea {\n  time zone \"Europe/Oslo\"\n  currency EUR\n  under house\n}\n"
         "record contact {\n  key email: Email\n  consent: { email: Consent }\n}\n"
         "event ordered\n"
         "content thanks { email { subject \"Thanks\" body \"It is on its way.\" } }\n"
         "policy house {\n  asked: " +
         rule + "\n  often: limit messages to 2 per 7 days per contact\n}\n" +
         "workflow after_order for contact {\n  enter on ordered\n" + head +
         "  steps {\n"
         "    if contact.consent.email is given {\n"
         "      send thanks\n"
         "      wait 3 days\n"
         "      send thanks\n"
         "    }\n  }\n}\n";
}

const std::string asked = "forbid send when channel.consent is not given";

}  // namespace

BOOST_AUTO_TEST_CASE(each_pair_has_a_line_and_who_breaks_it) {
  const Folder folder;
  folder.write("p/main.lead", project(asked));
  const Ended shown = run(folder, {"proofs", "p", "--bounds"});
  require(
      shown, fine,
      {"workflow after_order\n", "  proved      send thanks (1 of 2) by email  house.asked  by what is known here\n",
       "  guarded     send thanks (2 of 2) by email  house.asked  what was asked before may have changed since\n",
       "              for example: contact.consent.email is withdrawn\n",
       "  proved      send thanks (2 of 2) by email  house.often  at most 2 of 2 come in any 7 days\n",
       "4 pairs: 3 proved, 1 guarded, 0 broken, 0 where nobody comes\n",
       "The most that one contact can get, before any rule holds something back:\n",
       "  after_order                             1          2           2         2"});
  BOOST_TEST(shown.err == "");
  const nlohmann::json out = nlohmann::json::parse(run(folder, {"proofs", "p", "--json", "--rule", "asked"}).out);
  BOOST_REQUIRE(out["proofs"].size() == 2U);
  BOOST_TEST(out["proofs"][1]["at"] == "after_order/send thanks#2");
  BOOST_TEST(out["proofs"][1]["verdict"] == "guarded");
  BOOST_TEST(out["proofs"][1]["line"] == 23);
  BOOST_TEST(!out["proofs"][1]["way"].empty());
  require(run(folder, {"proofs", "p", "--rule", "house.nothing"}), wrong_use, {"no rule `house.nothing`"});
}

BOOST_AUTO_TEST_CASE(what_is_kept_changes_nothing_of_what_is_said) {
  const Folder folder;
  folder.write("p/main.lead", project(asked));
  const auto said = [&](const std::vector<std::string>& more) {
    std::string out;
    for (std::vector<std::string> arguments :
         {std::vector<std::string>{"proofs", "p", "--bounds"}, {"proofs", "p", "--json"}, {"check", "p"}}) {
      arguments.insert(arguments.end(), more.begin(), more.end());
      const Ended ended = run(folder, arguments);
      out += ended.out + ended.err;
    }
    return out;
  };
  const std::string plain = said({});
  for (int times = 0; times < 2; ++times) BOOST_TEST(said({"--cache", "kept"}) == plain);
  BOOST_TEST(!std::filesystem::is_empty(folder.path("kept")));
  // What moves lines changes nothing but them.
  folder.write("p/main.lead", "// A remark.\n\n" + project(asked));
  BOOST_TEST(said({"--cache", "kept"}) == said({}));
  // And a file where the folder should be is no reason to fail.
  folder.write("file", "");
  BOOST_TEST(said({"--cache", "file"}) == said({}));
}

BOOST_AUTO_TEST_CASE(one_pair_is_told_in_sentences) {
  const Folder folder;
  folder.write("p/main.lead", project(asked));
  require(run(folder, {"explain", "house.asked", "at", "p/main.lead:21"}), fine,
          {"house.asked and `send thanks (1 of 2) by email` (p/main.lead:21): proved.\n",
           "Nobody who comes here can break it, by what is known:\n  p/main.lead:20: asked here\n"});
  require(run(folder, {"explain", "asked", "at", "p/main.lead:23"}), fine,
          {"guarded.\n", "For example: contact.consent.email is withdrawn.\n",
           "The way there:\n  p/main.lead:20: this was asked here\n", "p/main.lead:22: and time passes here\n",
           "So the rule is asked each time, just before it happens"});
  require(run(folder, {"explain", "house.other", "at", "p/main.lead:23"}), wrong_use,
          {"what stands there is under house.asked, house.often"});
  require(run(folder, {"explain", "house.asked", "at", "p/main.lead:1"}), wrong_use,
          {"no rule is about what stands there"});
  require(run(folder, {"explain", "house.asked", "at", "main"}), wrong_use, {"write it like `nurture.lead:12`"});
}

BOOST_AUTO_TEST_CASE(what_is_to_be_proved_and_is_not_does_not_compile) {
  const Folder folder;
  folder.write("p/main.lead", project("prove " + asked));
  require(
      run(folder, {"check", "p"}), findings,
      {"error FL0503: `house.asked` is to be proved, and `send thanks (2 of 2) by email` may break it: what was asked "
       "before may have changed since",
       "and time passes here"});
  require(run(folder, {"proofs", "p"}), findings, {"  broken      send thanks (2 of 2) by email  house.asked"});
  folder.write("p/main.lead", project("prove " + asked, "  leave when contact.consent.email is not given\n"));
  require(run(folder, {"check", "p"}), fine, {"4 pairs of effect and rule: 4 proved, 0 guarded\n"});
  require(run(folder, {"proofs", "p"}), fine, {"4 pairs: 4 proved, 0 guarded, 0 broken"});
}

}  // namespace fairlead::cli::test
