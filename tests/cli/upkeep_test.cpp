// Backup beside a run, restoring from it, and vacuum.
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <thread>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, findings = 1, wrong_use = 2, failed = 3;

struct World {
  Folder folder;
  World() {
    folder.write("p/main.lead", quick_project());
    folder.write("people.csv", people(0, 3));
    require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {"3 contacts"});
    require(run(folder, {"run", "p", "--once"}), fine, {"3 contacts"});
  }
  void joins(int person) const {
    require(run(folder, {"send-event", "joined", email_of(person), "source=x", "--project", "p"}), fine, {"inbox"});
  }
};

/// Waits until it has told that it runs.
void started(const Child& child) {
  for (int i = 0; i < 400 && child.printed().find("Ctrl-C") == std::string::npos; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  BOOST_REQUIRE(child.printed().find("Ctrl-C") != std::string::npos);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_backup_beside_a_run_can_be_restored, World) {
  joins(1);
  Child running(folder, {"run", "p"});
  started(running);
  for (int i = 0; i < 200 && messages(folder, "p/messages.jsonl").empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  const Ended made = run(folder, {"backup", "copy.db", "--project", "p"});
  require(made, fine, {"copy.db: ", "version 1 of acme, 3 contacts, 1 event; ", " batches, the chain is whole\nhead "});
  BOOST_TEST(made.err == "");
  require(run(folder, {"vacuum", "--project", "p"}), failed,
          {"p/fairlead.db is in use by another Fairlead process; stop that one first"});
  joins(2);
  running.signal(SIGTERM);
  require(running.wait(), fine, {"stopped"});

  // What a person does who restores it.
  for (const char* gone : {"p/fairlead.db", "p/fairlead.db-wal", "p/fairlead.db-shm"})
    std::filesystem::remove(folder.path(gone));
  std::filesystem::copy_file(folder.path("copy.db"), folder.path("p/fairlead.db"));
  require(run(folder, {"audit", "verify", "p/fairlead.db"}), fine, {"the chain is whole"});
  require(run(folder, {"where", email_of(1), "--project", "p"}), fine, {"quick: waiting at `wait#1`"});
  require(run(folder, {"where", email_of(2), "--project", "p"}), fine, {"is in no workflow"});
  require(run(folder, {"run", "p", "--once"}), fine, {"3 contacts, 1 events"});
}

BOOST_FIXTURE_TEST_CASE(a_backup_is_new_and_whole_or_is_not_made, World) {
  folder.write("copy.db", "mine");
  require(run(folder, {"backup", "copy.db", "--project", "p"}), wrong_use,
          {"copy.db is there already, and is not overwritten"});
  BOOST_TEST(folder.read("copy.db") == "mine");
  require(run(folder, {"backup", "no/copy.db", "--project", "p"}), failed,
          {"no/copy.db could not be written: No such file or directory"});
  require(run(folder, {"backup", "new.db", "--db", "no.db"}), failed, {"there is no store at no.db"});
  require(run(folder, {"backup", "--db", "p/fairlead.db"}), wrong_use, {"FILE is required"});
  Circumstances full;
  full.most_bytes = 40'000;  // more than the index of the store's own log
  require(run(folder, {"backup", "new.db", "--project", "p"}, full), failed, {"new.db", "is full"});
  sql(folder.path("p/fairlead.db"), "UPDATE journal SET audit = x'00' WHERE seq = 1");
  require(run(folder, {"backup", "new.db", "--project", "p"}), findings, {"altered or damaged at batch 1"});
  for (const auto& file : std::filesystem::directory_iterator(folder.path()))
    BOOST_TEST(file.path().filename().string().find("new.db") == std::string::npos, file.path());
}

BOOST_FIXTURE_TEST_CASE(a_vacuum_says_what_it_gained_and_a_run_goes_on, World) {
  joins(1);
  require(run(folder, {"vacuum", "--project", "p"}), fine, {"p/fairlead.db: ", " KB before, ", " KB now"});
  require(run(folder, {"run", "p", "--once"}), fine, {"1 events, 1 messages"});
  require(run(folder, {"vacuum", "--db", "no.db"}), failed, {"there is no store at no.db"});
  require(run(folder, {"vacuum", "--db", "people.csv"}), failed, {"it is not a Fairlead store"});
}

}  // namespace fairlead::cli::test
