// fairlead evaluate on a project's own journal: a simulated store, of which the truth is known.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, findings = 1, wrong_use = 2, failed = 3;

/// Nobody buys who was not sent something; a story sells to 10%, an offer to 25%.
std::string selling(const std::string& options, int contacts = 0, const std::string& within = "1 day") {
  std::string out = std::string(commons) + "event bought\ngoal sold {\n  reach bought within " + within + R"lead(
  holdout 10%
}
content story { email { subject "A story" body "It is short." } }
content offer { email { subject "An offer" body "It is good." } }
policy brand {
  no_consent: forbid send when channel.consent is not given because "ePrivacy"
}
workflow nurture for contact {
  owner  "growth@acme.example"
  toward sold
  enter  on joined
  again  never
  steps {
    choose next toward sold {
      learn from contact.plan
      explore at least 20%
)lead" + options + "\n    }\n    wait 1 day\n  }\n}\n";
  if (contacts > 0)
    out += fmt::format(R"lead(
simulate "month" {{
  contacts {} from "people.csv"
  arrival leads to joined(source: "fair") 90% within 20 days
  sent(story) leads to bought 10% within 12 hours
  sent(offer) leads to bought 25% within 12 hours
  run 20 days seed 11
}}
)lead",
                       contacts);
  return out;
}

const std::string both = "option plain { send story }\noption strong { send offer }\noption idle { }";

/// The store that all of them read; made once.
const Folder& sold() {
  static const Folder folder;
  static const bool made = [] {
    folder.write("s/main.lead", selling(both, 4'000));
    folder.write("s/people.csv", people(0, 4'000));
    require(run(folder, {"simulate", "s", "--db", "s/fairlead.db"}), fine, {"month"});
    return true;
  }();
  (void)made;
  return folder;
}

nlohmann::json figures(const std::string& project, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"evaluate", project, "--log", "s/fairlead.db", "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Ended ended = run(sold(), arguments);
  nlohmann::json out = nlohmann::json::parse(ended.out, nullptr, false);
  BOOST_REQUIRE_MESSAGE(out.is_object(), ended.out << ended.err);
  return out;
}

bool covers(const nlohmann::json& estimate, double truth) {
  return estimate["interval_95"][0] <= truth && truth <= estimate["interval_95"][1];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluate_journal)

// Three intervals of 95% for each of three policies, on one store whose seed is fixed. A floor of 20% for each of the
// three options leaves 40% to the starts.
BOOST_AUTO_TEST_CASE(the_truth_of_a_simulation_is_found) {
  struct Case {
    const char* name;
    std::string options;
    double truth;
  };
  const std::vector<Case> cases{
      {"strong", "option strong start 100% { send offer }\noption plain { send story }\noption idle { }",
       0.6 * 0.25 + 0.2 * 0.10},
      {"even", both, (0.25 + 0.10) / 3},
      {"idle", "option idle start 100% { }\noption plain { send story }\noption strong { send offer }",
       0.2 * 0.25 + 0.2 * 0.10}};
  for (const Case& one : cases) {
    sold().write(std::string(one.name) + "/main.lead", selling(one.options));
    const nlohmann::json got = figures(one.name);
    for (const char* estimator : {"ips", "snips", "dr"})
      BOOST_TEST(covers(got[estimator], one.truth), one.name << " is " << one.truth << "\n" << got.dump(1));
    BOOST_TEST(got["rows"].get<int>() > 2'000);
    BOOST_TEST(got["too_young"]["decisions"].get<int>() > 0);
    BOOST_TEST(got["made_otherwise"] == 0);
    BOOST_TEST(got["arms"] == 3);
    BOOST_TEST(got["decidable"] == true);
  }
  // The weights in force have found out what sells, and say from what they were learned.
  const nlohmann::json learned = figures("even", {"--weights"});
  BOOST_TEST(learned["dr"]["value"].get<double>() > 0.13);
  BOOST_TEST(learned["warnings"].dump().find("learned from these very decisions") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_page_and_a_gate) {
  sold().write("strong/main.lead",
               selling("option strong start 100% { send offer }\noption plain { send story }\noption idle { }"));
  const std::vector<std::string> arguments{"evaluate", "strong", "--log", "s/fairlead.db"};
  const Ended page = run(sold(), arguments);
  BOOST_TEST(page.code == fine);
  require_golden("evaluate_journal.txt", page.out);
  std::vector<std::string> gate = arguments;
  gate.insert(gate.end(), {"--at-least", "0.1"});
  require(run(sold(), gate), fine, {"by the lower end of DR's interval: reached"});
  gate.back() = "0.3";
  require(run(sold(), gate), findings, {"not reached"});
  require(run(sold(), {"evaluate", "s", "--log", "decisions"}), fine, {"decisions of nurture/next in s/fairlead.db"});
}

BOOST_AUTO_TEST_CASE(what_the_journal_cannot_speak_of_is_refused) {
  const auto evaluated = [&](const std::string& text, std::vector<std::string> more = {}) {
    sold().write("new/main.lead", text);
    std::vector<std::string> arguments{"evaluate", "new", "--log", "s/fairlead.db"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(sold(), arguments);
  };
  require(evaluated(selling(both + "\noption gift { send offer }")), failed,
          {"gives probability to `gift`, which was never drawn", "`idle`, `plain`, `strong`"});
  require(evaluated(selling("option plain at most 30% { send story }\noption strong at most 30% { send offer }")),
          failed, {"to no option at all"});
  // Nobody knows any more who was on which plan: other conditions are other people.
  require(
      evaluated(selling("option plain when contact.plan is pro { send story }\noption strong { send offer }\noption "
                        "idle { }")),
      failed, {"0 decisions of nurture/next that can be counted", "under other conditions"});
  require(evaluated(selling(both, 0, "2 days")), failed, {"under other conditions"});
  require(evaluated(selling("option plain { send story }\noption strong { send offer }"), {"--weights"}), failed,
          {"learned for other options or features", "leave out --weights"});
  require(evaluated(selling(both), {"--choice", "other"}), wrong_use, {"no choice called other; it has nurture/next"});
  require(evaluated(selling(both), {"--policy", "uniform"}), wrong_use, {"are for a log in CSV"});
  require(run(sold(), {"evaluate", "new"}), wrong_use, {"--log STORE"});
  require(run(sold(), {"evaluate", "--log", "decisions"}), wrong_use, {"Name the project first"});
  require(run(sold(), {"evaluate", "new", "--log", "none.db"}), failed, {"none.db"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::cli::test
