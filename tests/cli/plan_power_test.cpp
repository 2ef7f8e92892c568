// What `fairlead plan` says of how long a holdout or a split takes.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

BOOST_AUTO_TEST_SUITE(plan_power)

BOOST_AUTO_TEST_CASE(a_store_that_knows_the_pace_says_how_long_it_takes) {
  const Folder folder;
  const std::string project = simulated_project(600);
  folder.write("s/main.lead", project);
  folder.write("s/people.csv", people(0, 600));
  require(run(folder, {"simulate", "s", "--fresh"}), 0, {});
  std::filesystem::rename(folder.path("s/out/simulation.db"), folder.path("s/fairlead.db"));

  // The next version has a split of three, and a target.
  std::string next = project;
  next.replace(next.find("  holdout  10%"), 14, "  target   16%\n  holdout  10%");
  next.replace(
      next.find("    wait 1 day\n    send offer"), 29,
      "    split tone toward sold {\n      variant long 20% { send story }\n      variant short 40% { send offer }\n"
      "      variant rest 40% { send welcome }\n    }");
  folder.write("s/main.lead", next);
  const Ended plan = run(folder, {"plan", "s"});
  require(plan, 0,
          {"10% held out of sold: at ", "split nurture/tone: at ", "16% instead of 13%, the target)",
           "people a day it takes about ", "with a chance of 80%, looking as often as you like"});
  const nlohmann::json got = nlohmann::json::parse(run(folder, {"plan", "s", "--json"}).out).at("measurement");
  BOOST_REQUIRE(got.size() == 2U);
  BOOST_TEST(got[0]["to_target"] == true);
  // Nearly all of 600 people came within ten days; three fifths of them are in the two variants that are compared.
  const double per_day = got[0]["people_per_day"];
  BOOST_TEST(per_day > 30);
  BOOST_TEST(per_day < 70);
  BOOST_TEST(std::abs(got[1]["people_per_day"].get<double>() - 0.6 * per_day) < 1e-9);
  // The same as `fairlead power` says of these numbers.
  const double rate = got[0]["rate"], lift = got[0]["lift"];
  BOOST_TEST(std::abs(rate * (1 + lift) - 0.16) < 1e-9);
  const nlohmann::json power =
      nlohmann::json::parse(run(folder, {"power", "--rate", std::to_string(rate), "--lift", std::to_string(lift),
                                         "--per-day", std::to_string(per_day), "--within", "7", "--json"})
                                .out);
  BOOST_TEST(std::abs(power["any_look"]["days"].get<double>() - got[0]["days"].get<double>()) <= 1);

  // Nobody can know where nothing was in force, and nothing is said.
  const Folder fresh;
  fresh.write("s/main.lead", next);
  BOOST_TEST(run(fresh, {"plan", "s"}).out.find("measurement") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::cli::test
