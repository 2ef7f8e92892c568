// fairlead lift.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

/// Half of the people buy now and then, and so before they join, too; the others hardly ever.
std::string project(int contacts) {
  std::string out = simulated_project(contacts);
  out.replace(out.find("  holdout  10%"), 14, "  holdout  30%");
  out.replace(out.find("  again  never"), 14, "  again  after 1 day");
  const std::size_t simulation = out.find("simulate \"ten days\"");
  return out.substr(0, simulation) + "simulate \"a month\" {\n  contacts " + std::to_string(contacts) +
         " from \"people.csv\"\n"
         "  arrival leads to bought 80% when contact.plan is pro within 3 days\n"
         "  arrival leads to joined(source: \"fair\") 100% within 8 days\n"
         "  joined leads to bought 60% when contact.plan is pro within 6 days\n"
         "  joined leads to bought 3% within 6 days\n"
         "  run 30 days seed 5\n}\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lift_command)

BOOST_AUTO_TEST_CASE(what_people_did_before_is_taken_out) {
  const Folder folder;
  folder.write("s/main.lead", project(900));
  folder.write("s/people.csv", people(0, 900));
  require(run(folder, {"simulate", "s", "--fresh"}), 0, {});
  const std::vector<std::string> arguments{"lift", "--db", "s/out/simulation.db"};
  require_golden("lift.txt", run(folder, arguments).out);
  std::vector<std::string> json = arguments;
  json.emplace_back("--json");
  const nlohmann::json got = nlohmann::json::parse(run(folder, json).out)[0];
  const double counted = got["treated"]["counted"].get<double>() + got["held_out"]["counted"].get<double>();
  BOOST_TEST(counted > 850);  // nearly everybody, and each once, though they may come again
  BOOST_TEST(counted <= 900);
  BOOST_TEST(got["treated"]["before"].get<double>() > 30);
  BOOST_TEST(got["variance_gone"].get<double>() > 0.05);
  const auto width = [&](const char* which) {
    return got[which]["high"].get<double>() - got[which]["low"].get<double>();
  };
  BOOST_TEST(std::abs(std::pow(width("corrected") / width("lift"), 2) - (1 - got["variance_gone"].get<double>())) <
             1e-9);
  require(run(folder, {"lift", "sold", "--db", "s/out/simulation.db"}), 0, {"corrected by before"});
  require(run(folder, {"lift", "nothing", "--db", "s/out/simulation.db"}), 2, {"no goal called nothing"});
  require(run(folder, {"lift", "--db", "none.db"}), 3, {"none.db"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::cli::test
