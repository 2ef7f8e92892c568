// Scores that a project declares: learned from a history and put in force, shown, kept, begun anew, written down.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, wrong_use = 2, failed = 3;

const std::string project = std::string(commons) + R"lead(
event bought
goal sold { reach bought within 7 days  baseline 8% }
score intent {
  predict bought within 7 days
  from    contact.plan, count(joined, last 14 days)
  bands   cold below 20%, hot
}
content story { email { subject "A story" body "It is short." } }
content offer { email { subject "An offer" body "It is good." } }
policy brand { frequency: limit messages to 50 per 1 day per contact }

workflow nurture for contact {
  owner "ana@acme.example"
  toward sold
  enter on joined
  again after 1 hour
  steps {
    if intent is hot { send offer } else { send story }
  }
}

simulate "forty days" {
  contacts 600 like { country: "DE", plan: pro 50%, free 50%, consent: { email: given } }
  arrival leads to joined(source: "fair") 100% within 20 days
  sent(story) leads to bought 3% within 5 days
  sent(story) leads to bought 40% when contact.plan is pro within 5 days
  sent(offer) leads to bought 40% within 5 days
  run 40 days seed 3
}
)lead";

/// Four of ten of the pros bought, and one of twenty of the others.
std::string history(int rows) {
  std::string out = "contact.plan,\"count(joined, last 14 days)\",bought\n";
  for (int i = 0; i < rows; ++i) {
    const bool pro = i % 2 == 0;
    out += fmt::format("{},{},{}\n", pro ? "pro" : "free", 1 + i % 3,
                       pro ? i / 2 % 5 < 2 ? "yes" : "no" : (i / 2 % 20 == 0 ? "yes" : "no"));
  }
  return out;
}

struct World {
  Folder folder;
  World() {
    folder.write("p/main.lead", project);
    folder.write("history.csv", history(2'000));
  }
  [[nodiscard]] Ended score(std::vector<std::string> more) const {
    more.insert(more.begin(), "score");
    return run(folder, more);
  }
  [[nodiscard]] nlohmann::json shown(const std::string& db = "p/fairlead.db") const {
    return nlohmann::json::parse(score({"show", db, "intent", "--json"}).out).at(0);
  }
  void go() const { require(run(folder, {"run", "p", "--once"}), fine, {}); }
  void come(const std::string& who, const std::string& plan) const {
    folder.write("people.csv", "email,country,plan,consent.email\n" + who + ",DE," + plan + ",given\n");
    require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {"1 contact"});
    require(run(folder, {"send-event", "joined", who, "source=fair", "--project", "p"}), fine, {"inbox"});
    go();
  }
  [[nodiscard]] std::vector<std::string> training(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> out{"train", "--from", "history.csv", "--outcome", "bought", "--for", "p"};
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(score_of_a_project)

BOOST_FIXTURE_TEST_CASE(one_that_was_learned_from_a_history_decides, World) {
  come("one@x.example", "pro");
  BOOST_TEST(folder.read("p/messages.jsonl").find("An offer") == std::string::npos);
  require(score({"show", "p/fairlead.db", "intent"}), fine,
          {"score intent", "foretells bought within 7 days, from contact.plan: free | pro, count(joined, last 14 days)",
           "nothing learned is in force: everybody gets 8.0%, the baseline of the goal `sold`",
           "it needs 10 that came true and 10 that did not"});
  require(score(training({"--to", "intent.score"})), fine,
          {"score intent of p, from history.csv", "AUC", "written to intent.score", "fairlead score import"});
  require(score({"import", "p/fairlead.db", "intent.score"}), wrong_use, {"who does it? Add --as"});
  require(score({"import", "p/fairlead.db", "history.csv", "--as", "ana@acme.example"}), wrong_use,
          {"history.csv has no score for a project"});
  require(score({"import", "p/fairlead.db", "intent.score", "--as", "ana@acme.example", "--because", "two years"}),
          fine, {"intent goes by what is in the file when the engine takes it in"});
  go();
  BOOST_TEST(shown()["version"] == 1);
  BOOST_TEST(shown()["imported"] == true);
  come("two@x.example", "pro");
  BOOST_TEST(folder.read("p/messages.jsonl").find("An offer") != std::string::npos);
  require(score({"show", "p"}), fine,
          {"version 1 is in force", "began with what was imported", "contact.plan is pro", "±"});

  require(score({"export", "p/fairlead.db", "intent", "--out", "again.score"}), fine, {"again.score"});
  BOOST_TEST(folder.read("again.score") == folder.read("intent.score"));
  require(score({"reset", "p/fairlead.db", "intent", "--as", "ana@acme.example"}), fine, {"begins anew"});
  go();
  BOOST_TEST(shown()["learned_is_in_force"] == false);
}

BOOST_FIXTURE_TEST_CASE(what_does_not_fit_is_said, World) {
  require(score({"show", "p"}), failed, {"fairlead.db"});
  come("one@x.example", "free");
  require(score({"show", "p", "none"}), wrong_use, {"there is no score called none"});
  require(score({"freeze", "p/fairlead.db", "none", "--as", "a@b.example"}), wrong_use, {"no score called none"});
  require(score({"unfreeze", "p/fairlead.db", "intent", "--as", "a@b.example"}), wrong_use, {"it is not frozen"});
  require(score(training({"--once"})), wrong_use, {"its score says what it learns from"});
  require(score(training({"--name", "none"})), wrong_use, {"there is no score called none"});
  folder.write("history.csv", "contact.plan,bought\npro,yes\n");
  require(score(training()), failed, {"count(joined, last 14 days)"});
  folder.write("history.csv", "contact.plan,\"count(joined, last 14 days)\",bought\ngold,1,yes\n");
  require(score(training()), failed, {"line 2: `gold` in `contact.plan`"});
  folder.write("history.csv", history(200));
  require(score(training({"--to", "intent.score"})), fine, {});
  std::string other = folder.read("intent.score");
  other.replace(other.find("contact.plan"), 12, "contact.mood");
  folder.write("other.score", other);
  require(score({"import", "p/fairlead.db", "other.score", "--as", "a@b.example"}), wrong_use,
          {"was learned from contact.mood"});
}

BOOST_FIXTURE_TEST_CASE(a_simulation_lets_it_learn, World) {
  const Ended ended = run(folder, {"simulate", "p"});
  require(ended, fine, {"Scores", "intent: bought within 7 days; version", "top-decile lift"});
  BOOST_TEST(folder.read("p/out/report.html").find("<h2>Scores") != std::string::npos);
  const nlohmann::json found = shown("p/out/simulation.db");
  BOOST_TEST(found["windows_over"].get<int>() > 400);
  BOOST_TEST(found["card"]["auc"].get<double>() > 0.7);
  BOOST_TEST(found["bands"].size() == 2U);
  const Ended card = score({"show", "p/out/simulation.db"});
  require(card, fine, {"each made again right before it was learned from", "band", "hot", "from 20.0%"});
  BOOST_TEST(card.out.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::cli::test
