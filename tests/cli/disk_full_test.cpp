// A disk that takes no more: each command stops with one message, and goes on from there once there is room.
//
// The disk is played by a limit on the size of files (RLIMIT_FSIZE), to which writes fail as they do on a full disk.
#include <boost/test/unit_test.hpp>
#include <set>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, failed = 3;

Circumstances at_most(std::uint64_t bytes) {
  Circumstances out;
  out.most_bytes = bytes;
  return out;
}

std::set<std::string> keys(const Folder& folder, const std::string& name) {
  std::set<std::string> out;
  for (const nlohmann::json& message : messages(folder, name)) {
    BOOST_TEST(out.insert(message["key"]).second, "a message went out twice");
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(importing_to_a_full_disk) {
  const Folder folder;
  folder.write("p/main.lead", quick_project());
  folder.write("people.csv", people(0, 20'000));
  for (const std::uint64_t most : {20'000, 200'000, 900'000}) {
    const Ended ended = run(folder, {"import", "people.csv", "--project", "p"}, at_most(most));
    require(ended, failed,
            {"the disk that holds p/fairlead.db is full; nothing was lost: free some space and start again"});
  }
  require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {"20000 contacts taken in"});
  require(run(folder, {"run", "p", "--once"}), fine, {"20000 contacts"});
  require(run(folder, {"audit", "verify", "p/fairlead.db"}), fine, {"the chain is whole"});
}

BOOST_AUTO_TEST_CASE(simulating_on_a_full_disk) {
  constexpr int contacts = 400;
  const Folder folder;
  folder.write("s/main.lead", simulated_project(contacts));
  folder.write("s/people.csv", people(0, contacts));
  const Ended whole = run(folder, {"simulate", "s", "--db", "w.db", "--messages", "w.jsonl", "--report", "w.html"});
  require(whole, fine, {});
  const std::string expected = whole.out.substr(0, whole.out.find("\nAudit:"));

  bool store_was_full = false, messages_were_full = false;
  const std::size_t all = folder.read("w.jsonl").size();
  // More and more room: first the store has too little, then (a store of its own disk, as it were) the messages.
  for (std::uint64_t most = 10'000; most < 500'000; most = most * 3 / 2) {
    const Ended ended = run(folder, {"simulate", "s"}, at_most(most));
    if (ended.code == fine) break;
    BOOST_TEST(ended.code == failed);
    store_was_full =
        store_was_full || ended.err.find("the disk that holds s/out/simulation.db is full") != std::string::npos;
    BOOST_TEST((ended.err.find("full") != std::string::npos || ended.err.find("File too large") != std::string::npos),
               ended.err);
  }
  BOOST_TEST(store_was_full);
  const Ended ended = run(folder, {"simulate", "s"});
  require(ended, fine, {});
  BOOST_TEST(ended.out.substr(0, ended.out.find("\nAudit:")) == expected);
  BOOST_TEST((keys(folder, "s/out/messages.jsonl") == keys(folder, "w.jsonl")));

  // A file of messages that is nearly full already: the limit meets it before the store. A simulation has begun there,
  // or it would not touch the file.
  folder.write("s2/main.lead", simulated_project(contacts));
  folder.write("s2/people.csv", people(0, contacts));
  require(run(folder, {"simulate", "s2", "--db", "s2.db", "--messages", "big.jsonl"}, at_most(5'000)), failed,
          {"s2.db"});
  const std::size_t filler = 30'000'000;
  folder.write("big.jsonl", std::string(filler, ' ') + "\n");
  for (const std::size_t room : {std::size_t{10}, all / 4, all / 2}) {
    const Ended cut =
        run(folder, {"simulate", "s2", "--db", "s2.db", "--messages", "big.jsonl"}, at_most(filler + room));
    messages_were_full = messages_were_full || cut.err.find("big.jsonl") != std::string::npos;
    require(cut, failed, {"big.jsonl"});
    require(run(folder, {"audit", "verify", "s2.db"}), fine, {"the chain is whole"});
  }
  BOOST_TEST(messages_were_full);
  require(run(folder, {"simulate", "s2", "--db", "s2.db", "--messages", "big.jsonl"}), fine, {});
  folder.write("rest.jsonl", folder.read("big.jsonl").substr(filler + 1));
  BOOST_TEST((keys(folder, "rest.jsonl") == keys(folder, "w.jsonl")));
}

BOOST_AUTO_TEST_CASE(writing_results_to_a_full_disk) {
  const Folder folder;
  folder.write("s/main.lead", simulated_project(50));
  folder.write("s/people.csv", people(0, 50));
  require(run(folder, {"simulate", "s", "--report", "/dev/full"}), failed, {"/dev/full could not be written"});
  require(run(folder, {"disasm", "s", "--out", "/dev/full"}), failed, {"/dev/full could not be written"});
  // The formatter must not leave half a file.
  const std::string crooked = simulated_project(50) + "event    crooked\n";
  folder.write("f/main.lead", crooked);
  const Ended formatted = run(folder, {"format", "f"}, at_most(500));
  require(formatted, failed, {"f/main.lead could not be written"});
  BOOST_TEST((folder.read("f/main.lead") == crooked), "the file was lost");
}

}  // namespace fairlead::cli::test
