// kill -9 at any moment: nothing is lost, nothing goes out twice, and the audit is whole after every one of them.
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

using namespace std::chrono_literals;

/// The text of a report without what differs between runs that were cut into pieces and runs that were not: the number
/// of batches and the head of the chain.
std::string tallies(const std::string& printed) {
  const std::size_t audit = printed.find("\nAudit: ");
  BOOST_TEST(audit != std::string::npos);
  return printed.substr(0, audit);
}

/// The messages' keys; none may come twice.
std::set<std::string> keys(const std::vector<nlohmann::json>& all) {
  std::set<std::string> out;
  for (const nlohmann::json& message : all) {
    const auto key = message["key"].get<std::string>();
    BOOST_TEST(out.insert(key).second, "the message " << key << " went out twice");
  }
  return out;
}

/// What must hold of a store whose owner was killed a moment ago, before anything mends it.
void require_whole(const Folder& folder, const std::string& db, const std::string& file) {
  std::string torn;
  if (folder.has(file)) keys(messages(folder, file, &torn));
  if (!folder.has(db)) return;
  const Ended verified = run(folder, {"audit", "verify", db});
  // Killed while the tables were being made, it is no store yet, and says so; the next start makes it one.
  // Once it was seen to say that the file can only be read: suspected is a rollback journal of SQLite's from before the
  // store's own mode is set, which a reader may not settle. So it counts only in that mode (byte 18 of the file is 2 in
  // ours), and anywhere else it is a failure.
  constexpr std::size_t write_version = 18;
  const std::string head = folder.read(db);
  const bool being_made = head.size() <= write_version || head[write_version] != 2;
  const bool not_yet =
      verified.code == 3 && (verified.err.find("is not a Fairlead store") != std::string::npos ||
                             (being_made && verified.err.find("can only be read, not written") != std::string::npos));
  BOOST_TEST((verified.code == 0 || not_yet), verified.out << verified.err);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_simulation_that_is_killed_goes_on_as_if_nothing_had_happened) {
  constexpr int contacts = 2'000;
  constexpr int wanted_kills = 50;
  Folder folder;
  folder.write("p/main.lead", simulated_project(contacts));
  folder.write("p/people.csv", people(0, contacts));
  const std::vector<std::string> start = {"simulate", "p", "--durable"};
  const std::vector<std::string> anew = {"simulate", "p", "--durable", "--fresh"};

  const auto began = std::chrono::steady_clock::now();
  const Ended whole = run(folder, anew);
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
  BOOST_REQUIRE(whole.code == 0);
  const std::string expected = tallies(whole.out);
  const std::set<std::string> expected_keys = keys(messages(folder, "p/out/messages.jsonl"));
  BOOST_TEST(expected_keys.size() > 1'000U);

  std::mt19937 random(20'260'105);
  int kills = 0, runs = 0;
  while (kills < wanted_kills) {
    bool first = true;
    for (;;) {
      Child child(folder, first ? anew : start, {.doomed = true});
      // Some right at the start, where store and inbox are made; most along the way.
      const auto longest = std::min(took / 3, std::chrono::microseconds(random() % 4 == 0 ? 60'000 : 600'000));
      const auto moment = std::chrono::microseconds(random() % static_cast<std::uint64_t>(longest.count()));
      if (kills < wanted_kills && !child.ends_within(moment)) child.signal(SIGKILL);
      const Ended ended = child.wait();
      // It may have been on its way out when the signal came; then it has ended, and was not killed.
      if (ended.signal == SIGKILL) {
        ++kills;
        require_whole(folder, "p/out/simulation.db", "p/out/messages.jsonl");
        // Killed before it had begun anew, the former run's result still lies there; that is not what this is about.
        if (folder.has("p/out/simulation.db")) first = false;
        continue;
      }
      BOOST_REQUIRE_MESSAGE(ended.code == 0, ended.err);
      ++runs;
      BOOST_TEST(tallies(ended.out) == expected);
      BOOST_TEST(keys(messages(folder, "p/out/messages.jsonl")) == expected_keys);
      break;
    }
  }
  BOOST_TEST_MESSAGE(kills << " kills over " << runs << " simulations of " << took.count() / 1000 << " ms");
}

BOOST_AUTO_TEST_CASE(a_run_that_is_killed_sends_everyone_everything_once) {
  constexpr int contacts = 90;
  constexpr int wanted_kills = 50;
  Folder folder;
  folder.write("p/main.lead", quick_project());
  constexpr int chunk = 30;
  for (int i = 0; i < contacts; i += chunk) folder.write(fmt::format("people-{}.csv", i), people(i, i + chunk));

  // People come and do things while the engine is killed again and again.
  std::atomic<int> refused{0};
  std::atomic<bool> done{false};
  std::thread outside([&] {
    const auto say = [&](const std::vector<std::string>& arguments) {
      if (Child(folder, arguments).wait().code != 0) ++refused;
    };
    for (int i = 0; i < contacts; ++i) {
      if (i % chunk == 0) say({"import", fmt::format("people-{}.csv", i), "--project", "p"});
      say({"send-event", "joined", email_of(i), "source=fair", "--project", "p", "--id", fmt::format("join-{}", i)});
      if (i % 2 == 0)
        say({"send-event", "visited", email_of(i), "page=/", "--project", "p", "--id", fmt::format("visit-{}", i)});
    }
    done = true;
  });

  std::mt19937 random(7);
  int kills = 0;
  while (kills < wanted_kills) {
    Child child(folder, {"run", "p"}, {.doomed = true});
    if (child.ends_within(std::chrono::milliseconds(20 + random() % 400))) {
      const Ended ended = child.wait();
      BOOST_ERROR("it ended by itself: " << ended.code << " " << ended.err);
      break;
    }
    child.signal(SIGKILL);
    BOOST_TEST(child.wait().signal == SIGKILL);
    ++kills;
    require_whole(folder, "p/fairlead.db", "p/messages.jsonl");
  }
  outside.join();
  BOOST_TEST(done.load());
  BOOST_TEST(refused.load() == 0);

  std::map<std::string, std::multiset<std::string>> got;
  for (int round = 0; round < 12; ++round) {
    const Ended once = run(folder, {"run", "p", "--once"});
    BOOST_REQUIRE_MESSAGE(once.code == 0, once.err);
    const std::vector<nlohmann::json> all = messages(folder, "p/messages.jsonl");
    keys(all);
    got.clear();
    for (const nlohmann::json& message : all) got[message["to"]].insert(message["content"].get<std::string>());
    if (all.size() >= 3 * contacts) break;
    std::this_thread::sleep_for(500ms);
  }
  // Once more, to see that nothing more comes.
  BOOST_TEST(run(folder, {"run", "p", "--once"}).code == 0);
  BOOST_TEST(messages(folder, "p/messages.jsonl").size() == 3U * contacts);
  BOOST_TEST(got.size() == static_cast<std::size_t>(contacts));
  for (const auto& [to, contents] : got) {
    BOOST_TEST(contents.count("first") == 1U, to);
    BOOST_TEST(contents.count("thanks") + contents.count("nudge") == 1U, to);
    BOOST_TEST(contents.count("last") == 1U, to);
  }
  require_whole(folder, "p/fairlead.db", "p/messages.jsonl");
  BOOST_TEST_MESSAGE(kills << " kills");
}

}  // namespace fairlead::cli::test
