// What can be wrong with projects, stores and modules: one clear message each, and the exit code that scripts rely on.
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, findings = 1, wrong_use = 2, failed = 3;

struct World {
  Folder folder;
  World() {
    folder.write("p/main.lead", quick_project());
    folder.write("people.csv", people(0, 20));
  }
  Ended operator()(const std::vector<std::string>& arguments, const Circumstances& how = {}) const {
    return run(folder, arguments, how);
  }
  /// A store in which something has happened.
  void begin() const {
    require((*this)({"import", "people.csv", "--project", "p"}), fine, {"20 contacts taken in, 0 rows set aside"});
    require((*this)({"send-event", "joined", email_of(1), "source=x", "--project", "p"}), fine, {"in the inbox"});
    require((*this)({"run", "p", "--once"}), fine, {"20 contacts, 1 events, 1 messages"});
  }
};

const std::vector<std::vector<std::string>> with_a_project = {{"check"}, {"test"},   {"simulate"},
                                                              {"run"},   {"disasm"}, {"format"}};

void flip(const std::string& path, std::size_t at) {
  std::FILE* file = std::fopen(path.c_str(), "r+b");
  BOOST_REQUIRE(file != nullptr);
  std::fseek(file, static_cast<long>(at), SEEK_SET);
  const int byte = std::fgetc(file);
  BOOST_REQUIRE(byte != EOF);
  std::fseek(file, static_cast<long>(at), SEEK_SET);
  std::fputc(byte ^ 0x10, file);
  std::fclose(file);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_project_that_is_not_there, World) {
  for (std::vector<std::string> command : with_a_project) {
    command.emplace_back("nowhere");
    require((*this)(command), failed, {"nowhere"});
  }
  require((*this)({"import", "people.csv", "--project", "nowhere"}), failed, {"nowhere"});
  require((*this)({"send-event", "joined", "a@b.example", "--project", "nowhere"}), failed, {"nowhere"});
  BOOST_TEST(!folder.has("nowhere"));
}

BOOST_FIXTURE_TEST_CASE(a_folder_without_a_project, World) {
  std::filesystem::create_directories(folder.path("empty"));
  for (std::vector<std::string> command : with_a_project) {
    command.emplace_back("empty");
    require((*this)(command), failed, {"there are no .lead files in empty"});
  }
  BOOST_TEST(!folder.has("empty/fairlead.db"));
}

BOOST_FIXTURE_TEST_CASE(a_file_that_cannot_be_read, World) {
  // Root reads everything, so it is a link that leads nowhere.
  std::filesystem::create_symlink("/nonexistent/a.lead", folder.path("p/other.lead"));
  for (std::vector<std::string> command : with_a_project) {
    command.emplace_back("p");
    require((*this)(command), failed, {"p/other.lead"});
  }
  require((*this)({"check", "p/other.lead"}), failed, {"p/other.lead"});
  std::filesystem::create_directories(folder.path("folder.lead"));
  require((*this)({"check", "folder.lead"}), failed, {"folder.lead"});
  require((*this)({"disasm", "folder.flbc"}), failed, {"folder.flbc could not be read"});
  std::filesystem::create_directories(folder.path("folder.flbc"));
  require((*this)({"disasm", "folder.flbc"}), failed, {"folder.flbc could not be read"});
}

BOOST_FIXTURE_TEST_CASE(mistakes_in_the_text, World) {
  folder.write("p/main.lead", quick_project() + "\nsegment odd = contact.nobody == 1\n");
  for (const char* command : {"check", "test", "simulate", "run", "disasm"}) {
    require((*this)({command, "p"}), findings, {"main.lead", "nobody"});
  }
  folder.write("p/main.lead", quick_project() + "\nsegment odd = contact.email == 1\n");
  require((*this)({"check", "p"}), findings, {"error FL", "main.lead"});
  BOOST_TEST(!folder.has("p/fairlead.db"));
}

BOOST_FIXTURE_TEST_CASE(one_file_is_a_project_too, World) {
  require((*this)({"import", "people.csv", "--project", "p/main.lead"}), fine, {"20 contacts taken in"});
  BOOST_TEST(folder.has("p/fairlead.db"));
  require((*this)({"send-event", "joined", email_of(1), "source=x", "--project", "p/main.lead"}), fine, {});
  require((*this)({"run", "p/main.lead", "--once"}), fine, {"20 contacts, 1 events, 1 messages"});
  BOOST_TEST(folder.has("p/messages.jsonl"));
}

BOOST_FIXTURE_TEST_CASE(a_store_that_is_none, World) {
  folder.write("text.db", std::string(5000, 'x'));
  folder.write("short.db", "not a store");
  sql(folder.path("other.db"), "CREATE TABLE mine (a); INSERT INTO mine VALUES (1)");
  for (const char* name : {"text.db", "short.db", "other.db"}) {
    const std::string before = folder.read(name);
    for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
             {"audit", "verify", name},
             {"weights", name},
             {"decisions", name},
             {"run", "p", "--once", "--db", name},
             {"import", "people.csv", "--project", "p", "--db", name},
             {"import", "--rejected", "--db", name},
             {"send-event", "joined", email_of(1), "source=x", "--project", "p", "--db", name}}) {
      require((*this)(command), failed, {name, "it is not a Fairlead store"});
    }
    BOOST_TEST((folder.read(name) == before), name << " was changed");
  }
}

BOOST_FIXTURE_TEST_CASE(a_store_that_is_missing, World) {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"audit", "verify", "no.db"},
           {"weights", "no.db"},
           {"decisions", "no.db"},
           {"import", "--rejected", "--db", "no.db"},
           {"send-event", "joined", email_of(1), "source=x", "--project", "p", "--db", "no.db"}}) {
    require((*this)(command), failed, {"there is no store at no.db; `fairlead import` or `run` makes one"});
  }
  BOOST_TEST(!folder.has("no.db"));
  require((*this)({"run", "p", "--once", "--db", "no/folder.db"}), failed, {"no/folder.db could not be opened"});
  require((*this)({"run", "p", "--once", "--messages", "no/folder.jsonl"}), failed,
          {"no/folder.jsonl", "No such file or directory"});
}

BOOST_FIXTURE_TEST_CASE(a_store_of_a_newer_version, World) {
  begin();
  sql(folder.path("p/fairlead.db"), "PRAGMA user_version = 99");
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"audit", "verify", "p/fairlead.db"},
                                             {"weights", "p/fairlead.db"},
                                             {"run", "p", "--once"},
                                             {"import", "people.csv", "--project", "p"},
                                             {"send-event", "joined", email_of(2), "source=x", "--project", "p"}}) {
    require((*this)(command), failed,
            {"p/fairlead.db was written by a newer Fairlead (store format 99", "upgrade Fairlead"});
  }
  sql(folder.path("p/fairlead.db"), "PRAGMA user_version = 1");
  require((*this)({"audit", "verify", "p/fairlead.db"}), fine, {"the chain is whole"});
}

BOOST_FIXTURE_TEST_CASE(an_empty_store_has_nothing_to_tell, World) {
  require((*this)({"import", "people.csv", "--project", "p"}), fine, {});
  require((*this)({"weights", "p/fairlead.db"}), fine, {"nothing has run on p/fairlead.db yet"});
  BOOST_TEST(nlohmann::json::parse((*this)({"weights", "p/fairlead.db", "--json"}).out) == nlohmann::json::array());
  require((*this)({"decisions", "p/fairlead.db"}), fine, {"no decisions yet"});
  BOOST_TEST((*this)({"decisions", "p/fairlead.db", "--json"}).out == "");
  require((*this)({"decisions", "p/fairlead.db", "--check"}), fine, {"0 decisions drawn again, 0 differ"});
  require((*this)({"audit", "verify", "p/fairlead.db"}), fine, {"0 batches, 0 entries, the chain is whole"});
}

BOOST_FIXTURE_TEST_CASE(one_store_has_one_owner, World) {
  begin();
  Child first(folder, {"run", "p"});
  while (first.printed().find("Ctrl-C") == std::string::npos)
    BOOST_REQUIRE(!first.ends_within(std::chrono::milliseconds(5)));
  require((*this)({"run", "p", "--once"}), failed,
          {"p/fairlead.db is in use by another Fairlead process; stop that one first"});
  // Appending and looking are never refused.
  require((*this)({"import", "people.csv", "--project", "p"}), fine, {"20 contacts taken in"});
  require((*this)({"audit", "verify", "p/fairlead.db"}), fine, {});
  require((*this)({"weights", "p/fairlead.db"}), fine, {});
  first.signal(SIGTERM);
  require(first.wait(), fine, {"stopped: 20 contacts"});
  require((*this)({"run", "p", "--once"}), fine, {});
}

BOOST_FIXTURE_TEST_CASE(what_is_running_keeps_its_half_written_line, World) {
  begin();
  Child first(folder, {"run", "p"});
  while (first.printed().find("Ctrl-C") == std::string::npos)
    BOOST_REQUIRE(!first.ends_within(std::chrono::milliseconds(5)));
  const std::string half = folder.read("p/messages.jsonl") + "{\"key\":\"half";
  folder.write("p/messages.jsonl", half);
  require((*this)({"run", "p", "--once"}), failed, {"in use"});
  BOOST_TEST(folder.read("p/messages.jsonl") == half);
}

BOOST_FIXTURE_TEST_CASE(simulations_and_people_are_kept_apart, World) {
  begin();
  folder.write("s/main.lead", simulated_project(20));
  folder.write("s/people.csv", people(0, 20));
  require((*this)({"simulate", "s", "--db", "p/fairlead.db"}), failed, {"runs on the real clock"});
  require((*this)({"simulate", "s", "--db", "p/fairlead.db", "--fresh"}), failed,
          {"p/fairlead.db is not a simulation's store"});
  require((*this)({"simulate", "s", "--db", "people.csv", "--fresh"}), failed, {"people.csv"});
  BOOST_TEST(folder.has("people.csv"));
  require((*this)({"audit", "verify", "p/fairlead.db"}), fine, {});
  require((*this)({"simulate", "s"}), fine, {"ten days"});
  require((*this)({"run", "s", "--once", "--db", "s/out/simulation.db"}), wrong_use, {"is a simulation's store"});
  // Another text of the simulation needs another store.
  folder.write("s/main.lead", simulated_project(19));
  require((*this)({"simulate", "s"}), failed, {"--fresh"});
  require((*this)({"simulate", "s", "--fresh"}), fine, {"19 contacts"});
  std::filesystem::remove(folder.path("s/out/simulation.db"));
  require((*this)({"simulate", "s"}), wrong_use, {"s/out/messages.jsonl holds messages of an earlier simulation"});
  require((*this)({"simulate", "p"}), wrong_use, {"no `simulate` block"});
  require((*this)({"simulate", "s", "--name", "nine days"}), wrong_use, {"no simulation called \"nine days\""});
}

BOOST_FIXTURE_TEST_CASE(a_compiled_module_that_was_damaged, World) {
  require((*this)({"disasm", "p", "--out", "p.flbc"}), fine, {});
  const std::string whole = folder.read("p.flbc");
  const Ended shown = (*this)({"disasm", "p.flbc"});
  require(shown, fine, {"workflow"});
  for (std::size_t i = 0; i < 60; ++i) {
    folder.write("p.flbc", whole);
    flip(folder.path("p.flbc"), i < 40 ? i : whole.size() * (i - 40) / 20);
    const Ended ended = (*this)({"disasm", "p.flbc"});
    require(ended, failed, {"fairlead: the compiled program ", "compile it again from its source"});
    BOOST_TEST(ended.out == "");
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{3}, std::size_t{40}, whole.size() / 2, whole.size() - 1}) {
    folder.write("p.flbc", whole.substr(0, size));
    require((*this)({"disasm", "p.flbc"}), failed, {"the compiled program is damaged"});
  }
  // The version follows the magic number, in four bytes.
  std::string other = whole;
  ++other[4];
  folder.write("p.flbc", other);
  require((*this)({"disasm", "p.flbc"}), failed, {"has format", "this Fairlead reads format"});
  require((*this)({"disasm", "p", "--out", "no/folder.flbc"}), failed, {"no/folder.flbc could not be written"});
}

BOOST_FIXTURE_TEST_CASE(events_that_make_no_sense, World) {
  begin();
  const auto send = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "send-event");
    arguments.insert(arguments.end(), {"--project", "p"});
    return (*this)(arguments);
  };
  require(send({"jumped", email_of(1)}), wrong_use, {"the project has no event `jumped`"});
  require(send({"joined", "nobody", "source=x"}), wrong_use, {"\"nobody\" is not a key of a contact"});
  require(send({"joined", email_of(1)}), wrong_use, {"`joined` needs source="});
  require(send({"joined", email_of(1), "source"}), wrong_use, {"`source` is not name=value"});
  require(send({"joined", email_of(1), "colour=red", "source=x"}), wrong_use, {"`colour=red` is not name=value"});
  require(send({"joined", email_of(1), "source=x", "--at", "yesterday"}), wrong_use, {"yesterday"});
  require(send({"clicked", email_of(1), "--of", "nothing"}), wrong_use, {"the project has no content `nothing`"});
  require(send({"joined"}), wrong_use, {"CONTACT"});
  // Somebody whom nobody knows: found out by the engine, and set aside.
  require(send({"joined", "stranger@x.example", "source=x"}), fine, {"in the inbox"});
  require((*this)({"run", "p", "--once"}), fine, {"20 contacts, 1 events"});
  require((*this)({"import", "--rejected", "--project", "p"}), fine, {"is of nobody we know", "1 row set aside"});
  // The same id twice changes nothing.
  require(send({"joined", email_of(2), "source=x", "--id", "one"}), fine, {"with the id one"});
  require(send({"joined", email_of(2), "source=x", "--id", "one"}), fine, {"with the id one"});
  require((*this)({"run", "p", "--once"}), fine, {"20 contacts, 2 events"});
}

}  // namespace fairlead::cli::test
