// plan and deploy as people read them: what a new version changes and for whom, and what became of it.
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>

#include "tests/cli/binary.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, findings = 1, wrong_use = 2, failed = 3;

const std::string before = R"lead(use std.channels

project tea {
  time zone "Europe/Oslo"
  currency  USD
  under     brand
}

record contact {
  key email:  Email private
  country:    Country
  consent:    { email: Consent }
}

event joined { source: Text }
event asked
event bought

goal sold {
  reach    bought within 7 days
  baseline 4%
}

action report(title: Text, amount: Money) effect spend amount

content welcome { email { subject "Welcome" body "Here you are." } }
content story { email { subject "A story" body "It is short." } }

policy brand {
  consent: forbid send when channel.consent is not given
  few:     limit messages to 3 per 7 days
}

workflow nurture for contact {
  toward sold
  enter  on joined

  steps {
    send welcome
    wait 3 days
    choose next toward sold {
      explore at least 5%
      option story { send story }
      option rest { }
    }
  }
}

workflow survey for contact {
  enter on asked
  steps {
    wait 2 days
    send story
  }
}

workflow quiet for contact {
  enter on bought
  steps { wait 9 days }
}
)lead";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, what);
  return text.replace(at, what.size(), by);
}

/// Another text, a step more, a step gone, other options, a rule changed, a workflow gone and one new.
const std::string after = [] {
  std::string text = replaced(before, "Here you are.", "Here it is.");
  text = replaced(text, "    wait 3 days\n",
                  "    wait 4 days\n    repeat up to 3 times every 1 day {\n      send story\n    }\n");
  text = replaced(text, "option rest { }", "option welcome { send welcome }\n      option rest { }");
  text = replaced(text, "to 3 per 7 days", "to 2 per 7 days");
  text = replaced(text, "    wait 2 days\n    send story\n", "    send story\n");
  return text.substr(0, text.find("workflow quiet")) +
         "workflow loud for contact {\n  enter on bought\n  steps {\n    send story\n"
         "    do report(title: \"it\", amount: $2)\n  }\n}\n";
}();

struct World {
  Folder folder;
  World() {
    folder.write("p/main.lead", before);
    folder.write("people.csv",
                 "email,country,consent.email\none@x.example,DE,given\ntwo@x.example,DE,given\n"
                 "three@x.example,NO,given\n");
    require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {});
    go();
  }
  void go() const { require(run(folder, {"run", "p", "--once"}), fine, {}); }
  void happens(const std::string& event, const std::string& who, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"send-event", event, who + "@x.example", "--project", "p"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    require(run(folder, arguments), fine, {"inbox"});
  }
  /// Two are in `nurture`, one in `survey`.
  void under_way() const {
    happens("joined", "one", {"source=fair"});
    happens("joined", "two", {"source=fair"});
    happens("asked", "three");
    go();
  }
  std::string where(const std::string& who) const {
    return run(folder, {"where", who + "@x.example", "--project", "p"}).out;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(planning)

BOOST_AUTO_TEST_CASE(a_project_that_never_ran_is_all_new) {
  const Folder folder;
  folder.write("p/main.lead", before);
  const Ended planned = run(folder, {"plan", "p"});
  require(planned, fine, {});
  require_golden("plan_new.txt", planned.out);
  BOOST_TEST(!folder.has("p/fairlead.db"));
  require(run(folder, {"plan", "p", "--db", "no.db"}), failed, {"there is no store at no.db"});
  folder.write("p/main.lead", before + "workflow {");
  require(run(folder, {"plan", "p"}), findings, {});
}

BOOST_FIXTURE_TEST_CASE(it_says_for_whom_what_changes_and_changes_nothing, World) {
  under_way();
  require(
      run(folder, {"plan", "p"}), fine,
      {"tea is version 1, which is in force on p/fairlead.db: nothing changes for who comes",
       "nurture (p/main.lead:34): unchanged\n  2 people are in it by version 1, and its steps are the same for them"});
  folder.write("p/main.lead", after);
  const Ended planned = run(folder, {"plan", "p"});
  require(planned, fine, {});
  require_golden("plan_changed.txt", planned.out);
  BOOST_TEST(run(folder, {"plan", "p"}).out == planned.out);
  const nlohmann::json json = nlohmann::json::parse(run(folder, {"plan", "p", "--json"}).out);
  BOOST_TEST(json["next"] == 2);
  BOOST_TEST(json["workflows"].size() == 4U);
  const nlohmann::json& nurture = json["workflows"][0];
  BOOST_TEST(nurture["workflow"] == "nurture");
  BOOST_TEST(nurture["in_flight"][0]["people"] == 2);
  BOOST_TEST(nurture["in_flight"][0]["move"]["moves"] == 2);
  BOOST_TEST(nurture["worst_case"]["after"]["messages"] == 5);
  BOOST_TEST(json["weights"][0]["change"] == "reset");
  BOOST_TEST(json["segments"].empty());
  folder.write("p/main.lead", after + "segment abroad = contact.country != \"NO\"\n");
  require(run(folder, {"plan", "p"}), fine, {"segments, as the contacts are now\n  + abroad: 2 people are in it\n"});
  const nlohmann::json counted = nlohmann::json::parse(run(folder, {"plan", "p", "--json"}).out);
  BOOST_TEST(counted["segments"][0]["people"] == 2);
}

BOOST_FIXTURE_TEST_CASE(people_move_and_it_is_taken_back, World) {
  under_way();
  folder.write("p/main.lead", after);
  const Ended deployed =
      run(folder, {"deploy", "p", "--in-flight", "move", "--by", "ana@acme.example", "--because", "better"});
  require(deployed, fine, {});
  require_golden("deploy_move.txt", deployed.out);
  require({0, 0, false, where("one"), ""}, fine, {"by version 2\n"});
  require({0, 0, false, where("three"), ""}, fine, {"by version 1 (the newest is 2)\n"});
  require(run(folder, {"deploy", "p"}), fine, {"tea is version 2, which is in force on p/fairlead.db already"});
  const Ended undone = run(folder, {"deploy", "p", "--undo"});
  require(undone, fine, {});
  require_golden("deploy_undo.txt", undone.out);
  require({0, 0, false, where("one"), ""}, fine, {"by version 1 (the newest is 3)\n"});
  require(run(folder, {"audit", "verify", "p/fairlead.db"}), fine, {"the chain is whole"});
}

BOOST_FIXTURE_TEST_CASE(who_leaves_does_not_come_back_and_that_is_said_first, World) {
  under_way();
  folder.write("p/main.lead", after);
  require(run(folder, {"deploy", "p", "--in-flight", "leave"}), fine, {"3 people under way", "3 left"});
  require({0, 0, false, where("one"), ""}, fine, {"nurture: was taken out when version 2 came on"});
  const Ended undone = run(folder, {"deploy", "p", "--undo"});
  const std::size_t warned = undone.out.find("3 people left when it came: they do not come back");
  BOOST_TEST(warned < undone.out.find("version 3 is in force"), undone.out);
  require({0, 0, false, where("one"), ""}, fine, {"nurture: was taken out when version 2 came on"});
}

BOOST_FIXTURE_TEST_CASE(a_running_engine_does_it_and_goes_on_in_the_new_version, World) {
  under_way();
  Child running(folder, {"run", "p"});
  for (int i = 0; i < 200 && running.printed().find("Ctrl-C") == std::string::npos; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  folder.write("p/main.lead", after);
  require(run(folder, {"plan", "p"}), fine, {"tea would be version 2; version 1 is in force"});
  require(run(folder, {"deploy", "p", "--in-flight", "move"}), fine,
          {"version 2 is in force on p/fairlead.db (before: 1)", "2 moved to version 2, 1 stays with the version"});
  // Who comes now comes into the new version.
  happens("bought", "three");
  std::string seen;
  for (int i = 0; i < 100 && seen.find("loud:") == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    seen = where("three");
  }
  require({0, 0, false, seen, ""}, fine, {"loud: went through it to its end", "by version 2"});
  require(run(folder, {"deploy", "p", "--undo"}), fine, {"version 3 is in force", "2 people moved back"});
  running.signal(SIGTERM);
  require(running.wait(), fine, {"stopped"});
  require({0, 0, false, where("one"), ""}, fine, {"by version 1 (the newest is 3)\n"});
}

BOOST_AUTO_TEST_CASE(a_first_version_needs_no_run_and_has_nothing_to_take_back) {
  const Folder folder;
  folder.write("p/main.lead", before);
  require(run(folder, {"deploy", "p"}), fine, {"version 1 of tea is in force on p/fairlead.db"});
  require(run(folder, {"deploy", "p", "--undo"}), wrong_use, {"there is no version before the one in force"});
  require(run(folder, {"deploy", "p", "--in-flight", "jump"}), wrong_use, {"--in-flight"});
  require(run(folder, {"run", "p", "--once"}), fine, {"version 1 of tea"});
  require(run(folder, {"deploy", "q", "--undo"}), failed, {"there is no store at q/fairlead.db"});
}

BOOST_FIXTURE_TEST_CASE(what_a_crash_left_half_handed_over_is_settled_by_run_first, World) {
  happens("joined", "one", {"source=fair"});
  go();
  sql(folder.path("p/fairlead.db"), "UPDATE outbox SET state = 2");
  folder.write("p/main.lead", after);
  require(run(folder, {"deploy", "p"}), failed, {"messages were being handed over", "--once"});
  require(run(folder, {"plan", "p"}), fine, {"version 1 is in force"});
}

BOOST_AUTO_TEST_CASE(a_store_on_which_nothing_ran_is_no_bad_data) {
  const Folder folder;
  folder.write("p/main.lead", before);
  folder.write("people.csv", "email,country,consent.email\none@x.example,DE,given\n");
  require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {});
  const Ended looked = run(folder, {"where", "one@x.example", "--project", "p"});
  require(looked, failed, {"nothing has run on this store yet"});
  BOOST_TEST(looked.err.find("not as it should be") == std::string::npos, looked.err);
  require(run(folder, {"plan", "p"}), fine, {"nothing is in force on p/fairlead.db yet"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::cli::test
