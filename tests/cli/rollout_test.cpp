// How far a rollout is, what lets its next stage begin, and the word that does.
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <regex>
#include <thread>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, wrong_use = 2, failed = 3;

const std::string project = std::string(commons) + R"lead(
role legal { "lee@acme.example", "ana@acme.example" }
content offer { email { subject "An offer" body "For {contact.email}" } }

policy brand {
  frequency: limit messages to 50 per 1 day per contact
}

workflow tried for contact {
  owner "ana@acme.example"
  enter on joined
  rollout shadow 2 seconds, then 100% with approval by legal
  steps {
    send offer
  }
}

workflow small for contact {
  owner "ana@acme.example"
  enter by hand
  rollout 0.0001% for 7 days, then 100%
  steps {
    send offer
  }
}

workflow open for contact {
  enter by hand
  steps {
    send offer
  }
}
)lead";

std::string timeless(const std::string& text) {
  return std::regex_replace(text, std::regex("(Mon|Tue|Wed|Thu|Fri|Sat|Sun) +[0-9]+ [A-Z][a-z]{2} 20[0-9]{2} [0-9:]+"),
                            "WHEN");
}

struct World {
  Folder folder;
  World() {
    folder.write("p/main.lead", project);
    folder.write("people.csv", "email,country,consent.email\none@x.example,DE,given\n");
    require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {"1 contact"});
    go();
  }
  Ended go() const {
    Ended ended = run(folder, {"run", "p", "--once"});
    require(ended, fine, {"1 contact"});
    return ended;
  }
  void joins() const {
    require(run(folder, {"send-event", "joined", "one@x.example", "source=fair", "--project", "p"}), fine, {"inbox"});
    go();
  }
  Ended rollout(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), "rollout");
    more.insert(more.end(), {"--project", "p"});
    return run(folder, more);
  }
  Ended where(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"where", "one@x.example", "--all"});
    more.insert(more.end(), {"--project", "p"});
    return run(folder, more);
  }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rollout_command)

BOOST_FIXTURE_TEST_CASE(each_stage_is_told_and_a_word_lets_the_next_begin, World) {
  joins();
  const Ended early = rollout({"approve", "tried", "--as", "lee@acme.example"});
  // On a slow machine its two seconds may be over already.
  if (early.code != fine) require(early, wrong_use, {"`shadow 2 seconds` lasts until"});
  if (early.code == fine) return;
  std::this_thread::sleep_for(std::chrono::seconds(2));
  const Ended told = rollout();
  require(told, fine, {});
  BOOST_TEST(timeless(told.out) ==
             "tried: `shadow 2 seconds`, stage 1 of 2, since WHEN (America/New_York)\n"
             "  next: `100% with approval by legal` waits for a word by legal\n"
             "  lee@acme.example may say so: fairlead rollout approve tried --as lee@acme.example\n"
             "small: `0.0001% for 7 days`, stage 1 of 2, since WHEN (America/New_York)\n"
             "  next: `100%` begins at WHEN (America/New_York)\n");
  BOOST_TEST(told.err == "");
  BOOST_TEST(has(where().out, "in shadow: nothing was sent or done"), where().out);
  require(rollout({"approve", "tried", "--as", "sam@acme.example"}), wrong_use,
          {"who says so is not in the role legal"});
  require(rollout({"approve", "tried", "--as", "ana@acme.example"}), wrong_use,
          {"who owns the workflow does not approve"});
  require(rollout({"approve", "tried", "--as", "lee@acme.example", "--because", "it looks well"}), fine,
          {"`100% with approval by legal` of tried begins when the engine takes it in"});
  go();
  BOOST_TEST(
      timeless(rollout({"tried"}).out) ==
      "tried: `100% with approval by legal`, stage 2 of 2, since WHEN (America/New_York), by lee@acme.example: it "
      "looks well\n");
  require(rollout({"approve", "tried", "--as", "lee@acme.example"}), wrong_use,
          {"the last stage of its rollout has begun"});
  // Who was in the shadow comes in for real.
  joins();
  require(run(folder, {"outbox", "list", "--project", "p"}), fine, {"sent 1,"});
}

BOOST_FIXTURE_TEST_CASE(programs_get_the_same_as_json, World) {
  const auto all = nlohmann::json::parse(rollout({"--json"}).out);
  BOOST_REQUIRE(all.size() == 2U);
  BOOST_TEST(all[0]["workflow"] == "tried");
  BOOST_TEST(all[0]["stages"] == nlohmann::json({"shadow 2 seconds", "100% with approval by legal"}));
  BOOST_TEST(all[0]["stage"] == 1);
  BOOST_TEST(all[0]["next"]["stage"] == 2);
  BOOST_TEST(all[0]["next"]["approval_by"] == "legal");
  BOOST_TEST(all[0]["next"]["approvers"] == nlohmann::json::array({"lee@acme.example"}));
  BOOST_TEST(all[1]["next"]["approval_by"].is_null());
  BOOST_TEST(all[1]["next"]["from"].is_string());
}

BOOST_FIXTURE_TEST_CASE(whom_a_rollout_keeps_out_is_told_why, World) {
  const std::string why = "its rollout is at 0.0001%, which does not reach everybody yet";
  require(run(folder, {"enter", "small", "one@x.example", "--project", "p"}), wrong_use, {why});
  BOOST_TEST(has(where().out, "small: was never in it; may not enter yet: " + why), where().out);
  const auto json = nlohmann::json::parse(where({"--json"}).out);
  std::size_t told = 0;
  for (const auto& one : json["workflows"]) {
    if (one["workflow"] != "small") continue;
    ++told;
    BOOST_TEST(one["may_enter"] == false);
    BOOST_TEST(one["rollout"] == why);
  }
  BOOST_TEST(told == 1U);
  require(run(folder, {"enter", "open", "one@x.example", "--project", "p"}), fine, {});
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_told_is_said, World) {
  require(rollout({"open"}), wrong_use, {"`open` has no rollout"});
  require(rollout({"other"}), wrong_use, {"the project has no workflow `other`"});
  require(rollout({"approve", "open", "--as", "lee@acme.example"}), wrong_use, {"`open` has no rollout"});
  require(rollout({"approve", "tried"}), wrong_use, {"who says so?"});
  require(run(folder, {"rollout", "--db", "no.db"}), failed, {"there is no store at no.db"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::cli::test
