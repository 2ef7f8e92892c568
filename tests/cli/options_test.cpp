// The command line itself: help, wrong use, streams that are closed or full, JSON that parses, and the golden outputs.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, wrong_use = 2, failed = 3;

const std::map<std::string, std::vector<std::string>> options_of = {
    {"check",
     {"PATH", "--strict", "--json", "--format", "--fix", "--baseline", "--write-baseline", "--new-only", "--cache"}},
    {"explain", {"WHAT", "RULE at FILE:LINE"}},
    {"proofs", {"PATH", "--rule", "--bounds", "--cache", "--json"}},
    {"diff", {"OLD", "NEW", "--no-looser", "--json", "--markdown"}},
    {"format", {"PATH", "--check"}},
    {"test", {"PATH", "--filter", "--format", "--json", "--coverage", "--coverage-min", "--lcov"}},
    {"simulate", {"PATH", "--name", "--db", "--messages", "--report", "--fresh", "--durable"}},
    {"import", {"FILE", "--project", "--db", "--ignore-unknown", "--rejected"}},
    {"plan", {"PATH", "--db", "--json"}},
    {"deploy", {"PATH", "--db", "--in-flight", "--by", "--because", "--undo"}},
    {"run", {"PATH", "--db", "--messages", "--once"}},
    {"send-event", {"EVENT", "CONTACT", "VALUE", "--project", "--db", "--id", "--of", "--at"}},
    {"approve", {"ID", "--as", "--reject", "--because", "--project", "--db", "--json"}},
    {"cancel", {"WORKFLOW", "CONTACT", "--as", "--because", "--project", "--db"}},
    {"skip", {"WORKFLOW", "CONTACT", "--as", "--because", "--project", "--db"}},
    {"forget", {"CONTACT", "--as", "--because", "--project", "--db", "--yes"}},
    {"rollout", {"WORKFLOW", "--project", "--db", "--json", "approve"}},
    {"where", {"KEY", "--project", "--db", "--all", "--json"}},
    {"outbox", {"list"}},
    {"weights",
     {"DB", "--choice", "--history", "--json", "--as-source", "--project", "freeze", "unfreeze", "reset", "export",
      "import"}},
    {"decisions", {"DB", "--choice", "--limit", "--json", "--check"}},
    {"audit", {"verify"}},
    {"replay", {"PATH", "--log", "--arm", "--reward", "--choice", "--segment", "--seeds", "--html", "--json"}},
    {"evaluate",
     {"NEW", "--log", "--choice", "--weights", "--arm", "--reward", "--propensity", "--policy", "--context",
      "--position", "--at-least", "--estimator", "--json"}},
    {"power", {"--rate", "--lift", "--per-day", "--holdout", "--within", "--power", "--json"}},
    {"lift", {"GOAL", "--project", "--db", "--json"}},
    {"splits", {"SPLIT", "--project", "--db", "--json"}},
    {"score", {"train", "show"}},
    {"backup", {"FILE", "--project", "--db"}},
    {"vacuum", {"--project", "--db"}},
    {"disasm", {"PATH", "--out"}},
};

/// A store with choices in it, made once for all that only read it.
const Folder& simulated() {
  static const Folder folder;
  static const bool made = [] {
    folder.write("s/main.lead", simulated_project(300));
    folder.write("s/people.csv", people(0, 300));
    require(run(folder, {"simulate", "s"}), fine, {"ten days"});
    return true;
  }();
  BOOST_REQUIRE(made);
  return folder;
}

}  // namespace

BOOST_AUTO_TEST_CASE(help_names_every_option) {
  const Folder folder;
  const Ended all = run(folder, {"--help"});
  require(all, fine, {"Exit codes: 0 fine, 1 findings, 2 wrong use, 3 failed"});
  BOOST_TEST(all.err == "");
  for (const auto& [command, options] : options_of) {
    require(all, fine, {"\n  " + command + " "});
    require(run(folder, {command, "--help"}), fine, {"Usage: fairlead " + command});
    require(run(folder, {command, "--help"}), fine, options);
    require(run(folder, {command, "-h"}), fine, options);
  }
  require(run(folder, {"audit", "verify", "--help"}), fine, {"DB"});
  require(run(folder, {"rollout", "approve", "--help"}), fine, {"WORKFLOW", "--as", "--because", "--project", "--db"});
  require(run(folder, {"outbox", "list", "--help"}), fine, {"--state", "--limit", "--project", "--db", "--json"});
  require(run(folder, {"--version"}), fine, {"fairlead 0."});
}

BOOST_AUTO_TEST_CASE(wrong_use_is_told_apart_from_failure) {
  const Folder folder;
  require(run(folder, {}), wrong_use, {"which command?", "fairlead --help"});
  require(run(folder, {"chekc"}), wrong_use, {"there is no command or option `chekc`"});
  require(run(folder, {"--chekc"}), wrong_use, {"there is no command or option `--chekc`"});
  require(run(folder, {"audit"}), wrong_use, {});
  require(run(folder, {"outbox"}), wrong_use, {});
  require(run(folder, {"outbox", "list", "--state", "lost"}), wrong_use, {"--state"});
  for (const auto& [command, options] : options_of) {
    require(run(folder, {command, "--no-such-option"}), wrong_use, {});
  }
  require(run(folder, {"check", "--no-such-option"}), wrong_use, {"--no-such-option"});
  require(run(folder, {"check", "one", "two"}), wrong_use, {"two"});
  require(run(folder, {"weights"}), wrong_use, {"DB is required"});
  require(run(folder, {"decisions", "a.db", "--limit", "many"}), wrong_use, {"--limit"});
  require(run(folder, {"simulate", "--db"}), wrong_use, {"--db"});
  require(run(folder, {"replay", "p", "--log", "l.csv", "--seeds", "0"}), wrong_use, {"--seeds"});
}

BOOST_AUTO_TEST_CASE(a_reader_who_has_seen_enough_is_no_fault) {
  Circumstances gone;
  gone.reader_gone = true;
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"decisions", "s/out/simulation.db"},
                                             {"decisions", "s/out/simulation.db", "--json"},
                                             {"weights", "s/out/simulation.db"},
                                             {"disasm", "s"},
                                             {"check", "s"},
                                             {"--help"}}) {
    const Ended ended = run(simulated(), command, gone);
    BOOST_TEST(ended.code == fine, command.front());
    BOOST_TEST(ended.err == "", command.front());
  }
}

BOOST_AUTO_TEST_CASE(output_that_cannot_be_written_is_a_failure) {
  Circumstances full;
  full.stdout_to = "/dev/full";
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"decisions", "s/out/simulation.db"},
                                             {"weights", "s/out/simulation.db"},
                                             {"disasm", "s"},
                                             {"check", "s"},
                                             {"--help"}}) {
    require(run(simulated(), command, full), failed, {"No space left on device"});
  }
}

BOOST_AUTO_TEST_CASE(without_a_standard_output_nothing_is_printed_into_a_file) {
  const Folder folder;
  folder.write("p/main.lead", quick_project());
  folder.write("people.csv", people(0, 5));
  Circumstances closed;
  closed.no_stdout = true;
  require(run(folder, {"import", "people.csv", "--project", "p"}, closed), fine, {});
  require(run(folder, {"send-event", "joined", email_of(1), "source=x", "--project", "p"}, closed), fine, {});
  require(run(folder, {"run", "p", "--once"}, closed), fine, {});
  BOOST_TEST(messages(folder, "p/messages.jsonl").size() == 1U);
  require(run(folder, {"audit", "verify", "p/fairlead.db"}), fine, {"the chain is whole"});
}

BOOST_AUTO_TEST_CASE(json_parses) {
  const Folder& folder = simulated();
  const std::string db = "s/out/simulation.db";
  BOOST_TEST(nlohmann::json::parse(run(folder, {"check", "s", "--json"}).out).is_array());
  const auto weights = nlohmann::json::parse(run(folder, {"weights", db, "--json"}).out);
  BOOST_REQUIRE(weights.size() == 1U);
  BOOST_TEST(weights[0]["choice"] == "nurture/next");
  BOOST_TEST(weights[0]["options"].size() == 3U);
  std::istringstream lines(run(folder, {"decisions", db, "--json"}).out);
  std::size_t decisions = 0;
  for (std::string line; std::getline(lines, line); ++decisions) {
    const auto decision = nlohmann::json::parse(line);
    double sum = 0;
    for (const auto& [option, probability] : decision["probabilities"].items()) sum += probability.get<double>();
    BOOST_TEST((decision["chosen"].is_null() || (sum > 0.999999 && sum < 1.000001)), line);
  }
  require(run(folder, {"decisions", db, "--check"}), fine,
          {std::to_string(decisions) + " decisions drawn again, 0 differ"});
  require(run(folder, {"decisions", db, "--choice", "none"}), fine, {"no decisions of a choice called none"});
  require(run(folder, {"weights", db, "--choice", "none"}), wrong_use, {"there is no choice called none"});

  // Findings of text that is no UTF-8, too.
  const Folder bad;
  bad.write("p/main.lead", "project a {\n  time zone \"Europe/Oslo\xe9\"\n}\nworkflow \xff {");
  const Ended checked = run(bad, {"check", "p", "--json"});
  const auto found = nlohmann::json::parse(checked.out, nullptr, false);
  BOOST_REQUIRE_MESSAGE(found.is_array(), checked.out << checked.err);
  BOOST_TEST(found.size() > 0U);
  BOOST_TEST(checked.code == 1);
}

BOOST_AUTO_TEST_CASE(golden_outputs) {
  const Folder folder;
  const std::string examples = std::string(FAIRLEAD_SOURCE_DIR) + "/examples/";
  require_golden("help.txt", run(folder, {"--help"}).out);
  const Ended check = run(folder, {"check", examples + "whitepaper_nurture"});
  require_golden("check_whitepaper_nurture.txt", anywhere(check.out + check.err));
  require_golden("disasm_hillstrom.txt", anywhere(run(folder, {"disasm", examples + "hillstrom"}).out));
}

}  // namespace fairlead::cli::test
