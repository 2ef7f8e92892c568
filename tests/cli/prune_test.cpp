// Pruning a store: looked at first, refused where something looks back further, done with and without a run beside it.
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <thread>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, wrong_use = 2, failed = 3;

/// A year ago two people joined, and one visited.
struct World {
  Folder folder;
  World() {
    folder.write("p/main.lead", quick_project());
    folder.write("people.csv", people(0, 3));
    require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {"3 contacts"});
    require(run(folder, {"run", "p", "--once"}), fine, {"3 contacts"});
    event({"joined", email_of(1), "source=x", "--id", "j1", "--at", "2020-01-01T09:00Z"});
    event({"joined", email_of(2), "source=x", "--id", "j2", "--at", "2020-01-01T09:00Z"});
    event({"visited", email_of(1), "page=x", "--id", "v1", "--at", "2020-01-01T10:00Z"});
    event({"visited", email_of(2), "page=x", "--id", "v2"});
    require(run(folder, {"run", "p", "--once"}), fine, {"3 contacts, 4 events"});
  }
  void event(std::vector<std::string> words) const {
    words.insert(words.begin(), "send-event");
    words.insert(words.end(), {"--project", "p"});
    require(run(folder, words), fine, {"inbox"});
  }
  [[nodiscard]] Ended prune(std::vector<std::string> words) const {
    words.insert(words.begin(), "prune");
    words.insert(words.end(), {"--project", "p"});
    return run(folder, words);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_would_go_is_shown_and_stays, World) {
  for (int i = 0; i < 2; ++i) {
    const Ended shown = prune({"--older-than", "30 days", "--dry-run"});
    require(shown, fine,
            {"p/fairlead.db: would go, being older than 30 days, from before ",
             "  events                                          3  ",
             "  rows of the outbox that are done with           0        0 B\n",
             "  batches' states in the journal                  0        0 B\n",
             "  rows that were set aside                        0        0 B\n",
             "The audit is kept whole: limits, undo, weights and decisions are read from it."});
    BOOST_TEST(shown.err == "");
  }
  const Ended json = prune({"--older-than", "30 days", "--dry-run", "--json"});
  const nlohmann::json out = nlohmann::json::parse(json.out);
  BOOST_TEST(out["dry_run"] == true);
  BOOST_TEST(out["events"]["rows"] == 3);
  BOOST_TEST(out["outbox"]["rows"] == 0);
}

BOOST_FIXTURE_TEST_CASE(what_looks_back_further_is_named, World) {
  require(prune({"--older-than", "2 days", "--as", "ana@acme.example"}), fine, {"went"});
  folder.write("p/more.lead",
               "goal met { reach visited within 30 days }\n"
               "policy more { rarely: limit messages to 9 per 20 days per contact }\n");
  require(run(folder, {"run", "p", "--once"}), fine, {"version 2"});
  require(prune({"--older-than", "30 days", "--as", "ana@acme.example"}), wrong_use,
          {"fairlead: nothing younger than 31 days can go, which is the longest look back and a day:\n"
           "  goal `met` looks back 30 days (p/more.lead:1)\n"});
  require(prune({"--older-than", "30 days", "--dry-run"}), wrong_use, {"goal `met` looks back 30 days"});
  require(prune({"--older-than", "31 days", "--as", "ana@acme.example"}), fine, {"went"});
  require(run(folder, {"run", "p", "--once", "--keep", "31 days"}), fine, {"stopped"});
  require(run(folder, {"audit", "verify", "p/fairlead.db"}), fine, {"by `fairlead run --keep`"});
  require(run(folder, {"run", "p", "--once", "--keep", "30 days"}), failed,
          {"`--keep 30 days`: goal `met` looks back 30 days, so at least 31 days are kept"});
}

BOOST_FIXTURE_TEST_CASE(what_went_does_not_come_back, World) {
  const Ended done = prune({"--older-than", "30 days", "--as", "ana@acme.example", "--because", "retention"});
  require(done, fine,
          {"p/fairlead.db: went, being older than 30 days, from before ",
           ": 3 events, 0 rows of the outbox, the states of 0 batches, 0 rows that were set aside; "});
  require(run(folder, {"audit", "verify", "p/fairlead.db"}), fine,
          {"the chain is whole", "pruned 1 time, the last at ", " by ana@acme.example, from before ", "3 events"});
  // The same ids once more, at another time.
  event({"joined", email_of(1), "source=x", "--id", "j1"});
  event({"visited", email_of(1), "page=x", "--id", "v1"});
  require(run(folder, {"run", "p", "--once"}), fine, {"3 contacts, 4 events"});
  require(prune({"--older-than", "30 days", "--as", "ana@acme.example"}), fine, {": 0 events"});
}

BOOST_FIXTURE_TEST_CASE(beside_a_run_the_run_does_it, World) {
  Child running(folder, {"run", "p"});
  for (int i = 0; i < 400 && running.printed().find("Ctrl-C") == std::string::npos; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  require(prune({"--older-than", "30 days", "--as", "ana@acme.example"}), fine,
          {"p/fairlead.db: went, being older than 30 days", ": 3 events"});
  running.signal(SIGTERM);
  const Ended ended = running.wait();
  require(ended, fine, {"stopped", "pruned by ana@acme.example, from before "});
  require(run(folder, {"audit", "verify", "p/fairlead.db"}), fine, {"the chain is whole", "pruned 1 time"});
}

BOOST_FIXTURE_TEST_CASE(a_run_prunes_by_itself, World) {
  Child running(folder, {"run", "p", "--keep", "30 days"});
  Ended shown;
  for (int i = 0; i < 200 && shown.out.find("pruned 1 time") == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    shown = run(folder, {"audit", "verify", "p/fairlead.db"});
  }
  require(shown, fine, {"pruned 1 time", " by `fairlead run --keep`", "3 events"});
  running.signal(SIGTERM);
  require(running.wait(), fine, {"stopped"});
}

BOOST_FIXTURE_TEST_CASE(wrong_use_is_told, World) {
  require(prune({"--older-than", "30 days"}), wrong_use, {"who does it? Add --as with your address"});
  require(prune({"--older-than", "soon", "--dry-run"}), wrong_use, {"say it like \"400 days\""});
  require(prune({"--as", "x"}), wrong_use, {"--older-than is required"});
  require(run(folder, {"prune", "--older-than", "30 days", "--dry-run", "--db", "no.db"}), failed,
          {"there is no store at no.db"});
}

}  // namespace fairlead::cli::test
