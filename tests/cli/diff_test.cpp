// fairlead diff as people and CI meet it: folders, files and revisions, what is said of them, and with which exit code.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>

#include "tests/cli/binary.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, findings = 1, wrong_use = 2, failed = 3;

const std::string project = R"lead(use std.channels

project tea {
  time zone "Europe/Oslo"
  currency  USD
  under     brand
}

record contact {
  key email: Email private
  phone:     Phone?
  country:   Country
  plan:      free | pro = free
  consent:   { email: Consent, sms: Consent }
}

event ordered
role legal { "lee@tea.example" }
role marketing { "ana@tea.example" }
action refund(amount: Money) effect spend amount

content thanks { email { subject "Thanks" body "It is on its way." } }
content ping { sms { text "It is there." } }

workflow after_order for contact {
  enter on ordered
  steps {
    send thanks
    wait 3 days
    send ping
    do refund(amount: $3)
  }
}
)lead";

const std::string old_rules = R"lead(policy brand {
  asked:     forbid send when channel.consent is not given
  nights:    forbid send by sms between 21:00 and 08:00 otherwise defer
  often:     limit messages to 5 per 7 days per contact
  money:     limit spend to $10_000 per month
  large:     require approval by legal before spend when amount > $500
  words:     ban "risk free", "guaranteed" in content
  kept:      keep audit 730 days
}
)lead";

/// Looser in some ways, stricter in others; and one rule has only another name, another is only written otherwise.
const std::string new_rules = R"lead(policy brand {
  asked:     forbid send when not (channel.consent is given)
  nights:    forbid send by sms between 22:00 and 08:00 otherwise defer
  often:     limit messages to 2 per day per contact
  money:     limit spend to $12_000 per month
  large:     require approval by marketing before spend when amount > $500
  claims:    ban "risk free" in content
  archive:   keep audit 730 days
  free_plan: forbid send by sms when contact.plan is free
}
)lead";

void write(const Folder& folder, const std::string& name, const std::string& rules) {
  folder.write(name + "/main.lead", project);
  folder.write(name + "/policies/brand.lead", rules);
}

void git(const Folder& folder, const std::string& arguments) {
  const std::string command = "cd '" + folder.path() +
                              "' && git -c user.name=t -c user.email=t@t.example -c commit.gpgsign=false -c "
                              "init.defaultBranch=main " +
                              arguments + " >/dev/null 2>&1";
  BOOST_REQUIRE(std::system(command.c_str()) == 0);
}

}  // namespace

BOOST_AUTO_TEST_CASE(two_folders_in_words) {
  const Folder folder;
  write(folder, "old", old_rules);
  write(folder, "new", new_rules);
  const Ended told = run(folder, {"diff", "old", "new"});
  BOOST_TEST(told.code == fine);
  BOOST_TEST(told.err == "");
  require_golden("diff.txt", told.out);
  require_golden("diff.md", run(folder, {"diff", "old", "new", "--markdown"}).out);
  const nlohmann::json json = nlohmann::json::parse(run(folder, {"diff", "old", "new", "--json"}).out);
  BOOST_TEST(json["looser"].get<int>() > 0);
  BOOST_TEST(json["stricter"].get<int>() > 0);
  BOOST_TEST(json["unknown"] == 0);
  BOOST_TEST(json["changes"].size() == json["looser"].get<std::size_t>() + json["stricter"].get<std::size_t>());
}

BOOST_AUTO_TEST_CASE(the_same_is_said_to_be_the_same) {
  const Folder folder;
  write(folder, "old", old_rules);
  write(folder, "new", old_rules);
  require(run(folder, {"diff", "old", "new", "--no-looser"}), fine,
          {"NEW allows what OLD allows, and forbids what OLD forbids."});
  require(run(folder, {"diff", "old", "old"}), fine, {"NEW allows what OLD allows"});
}

BOOST_AUTO_TEST_CASE(no_looser_is_for_ci) {
  const Folder folder;
  const auto with = [](const std::string& rule) { return "policy brand {\n  " + rule + "\n}\n"; };
  write(folder, "a", with("nights: forbid send between 21:00 and 08:00"));
  write(folder, "b", with("nights: forbid send between 20:00 and 08:00"));
  require(run(folder, {"diff", "a", "b", "--no-looser"}), fine,
          {"NEW is stricter in 1 way, and looser in none.", "the time of day is 20:00"});
  require(run(folder, {"diff", "b", "a", "--no-looser"}), findings,
          {"NEW is looser in 1 way, and stricter in none.", "NEW is looser, and --no-looser wants neither"});
  require(run(folder, {"diff", "b", "a"}), fine, {"looser in 1 way"});
  // What cannot be told is not taken for granted.
  folder.write("c/main.lead", project);
  folder.write("c/brand.lead", "policy brand {\n  gone: forbid send when contact.plan is pro\n}\n");
  std::string without = project;
  without.replace(without.find("  plan:"), without.find("  consent:") - without.find("  plan:"), "");
  folder.write("d/main.lead", without);
  folder.write("d/brand.lead", "policy brand {\n}\n");
  require(
      run(folder, {"diff", "c", "d", "--no-looser"}), findings,
      {"cannot tell send: `contact.plan` is no field of the new project", "it cannot be told whether NEW is looser"});
}

BOOST_AUTO_TEST_CASE(a_file_takes_the_place_of_the_one_that_it_is_compared_with) {
  const Folder folder;
  write(folder, "p", new_rules);
  folder.write("elsewhere/brand.lead", old_rules);
  const std::string expected = run(folder, {"diff", "elsewhere/brand.lead", "p/policies/brand.lead"}).out;
  BOOST_TEST(expected.find("the time of day is 21:00") != std::string::npos, expected);
  // A draft beside it counts once, and a folder finds the file of that name.
  folder.write("p/policies/draft.lead", old_rules);
  require(run(folder, {"diff", "p/policies/brand.lead", "p/policies/draft.lead"}), fine, {"the time of day is 21:00"});
  std::filesystem::remove(folder.path("p/policies/draft.lead"));
  require(run(folder, {"diff", "elsewhere/brand.lead", "p"}), fine, {"the time of day is 21:00"});
  folder.write("elsewhere/other.lead", old_rules);
  require(run(folder, {"diff", "elsewhere/other.lead", "p"}), wrong_use, {"0 files of p are called other.lead"});
  require(run(folder, {"diff", "elsewhere/other.lead", "elsewhere/brand.lead"}), wrong_use, {"lies in a project"});
  // A file that is a whole project is that.
  folder.write("whole/a.lead", project + old_rules);
  folder.write("whole/b.lead", project + new_rules);
  require(run(folder, {"diff", "whole/a.lead", "whole/b.lead"}), fine, {"the time of day is 21:00"});
}

BOOST_AUTO_TEST_CASE(revisions_of_git) {
  const Folder folder;
  git(folder, "init -q");
  write(folder, "p", old_rules);
  git(folder, "add -A");
  git(folder, "commit -qm one");
  git(folder, "tag v1");
  write(folder, "p", new_rules);
  git(folder, "commit -qam two");
  const std::string night = "the time of day is 21:00";
  require(run(folder, {"diff", "HEAD~1:p", "p"}), fine, {"OLD is HEAD~1:p", night, "(p/policies/brand.lead:3)"});
  require(run(folder, {"diff", "v1", "p"}), fine, {night});
  require(run(folder, {"diff", "v1:p", "HEAD:p"}), fine, {night});
  require(run(folder, {"diff", "v1:p/policies/brand.lead", "p/policies/brand.lead"}), fine, {night});
  require(run(folder, {"diff", "v1:p/policies/brand.lead", "main:p/policies/brand.lead"}), fine, {night});
  require(run(folder, {"diff", "v1", "p/policies/brand.lead"}), fine, {night});
  require(run(folder, {"diff", "main", "p"}), fine, {"NEW allows what OLD allows"});
  require(run(folder, {"diff", "v1:./p", "p", "--no-looser"}), findings, {night});
  require(run(folder, {"diff", "nothing", "p"}), wrong_use,
          {"`nothing` is no file or folder, and no revision either; git says: "});
  require(run(folder, {"diff", "v1:q", "p"}), failed, {"`v1` has no file q; git says: "});
  // Of a folder and a revision of one name the folder is meant.
  write(folder, "v1", new_rules);
  require(run(folder, {"diff", "v1", "p"}), fine, {"NEW allows what OLD allows"});
}

BOOST_AUTO_TEST_CASE(a_workflow_that_breaks_a_rule_is_no_hindrance_and_a_mistake_in_a_rule_is) {
  const Folder folder;
  write(folder, "old", old_rules);
  write(folder, "new",
        "policy brand {\n  never: forbid send by sms\n  must: prove " + old_rules.substr(old_rules.find("forbid")));
  require(run(folder, {"check", "new"}), findings, {"FL050"});
  require(run(folder, {"diff", "old", "new"}), fine, {"was allowed, is forbidden now"});
  write(folder, "new", "policy brand {\n  asked: forbid send when contact.nothing is pro\n}\n");
  require(run(folder, {"diff", "old", "new"}), findings,
          {"the rules of new cannot be compared before this is mended", "FL0203"});
  require(run(folder, {"diff", "old", "empty"}), wrong_use, {"`empty` is no file or folder"});
  std::filesystem::create_directories(folder.path("empty"));
  require(run(folder, {"diff", "old", "empty"}), failed, {"there are no .lead files in empty"});
  require(run(folder, {"diff"}), wrong_use, {"OLD"});
}

}  // namespace fairlead::cli::test
