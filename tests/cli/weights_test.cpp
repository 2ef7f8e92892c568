// Hands on weights: what is learned is shown, kept, begun anew, written down and brought back, and written into the
// source.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, wrong_use = 2;

const std::string project = std::string(commons) + R"lead(
event bought
goal sold { reach bought within 7 days }
content story { email { subject "A story" body "It is short." } }
content offer { email { subject "An offer" body "It is good." } }
policy brand { frequency: limit messages to 50 per 1 day per contact }

workflow nurture for contact {
  owner "ana@acme.example"
  toward sold
  enter on joined
  steps {
    choose next {
      option tell start 70% { send story }
      option sell { send offer }
    }
  }
}
)lead";

/// A store in which somebody was decided for.
struct World {
  Folder folder;
  World() {
    folder.write("p/main.lead", project);
    folder.write("people.csv", "email,country,consent.email\none@x.example,DE,given\n");
    require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {"1 contact"});
    require(run(folder, {"send-event", "joined", "one@x.example", "source=fair", "--project", "p"}), fine, {"inbox"});
    go();
  }
  void go() const { require(run(folder, {"run", "p", "--once"}), fine, {"1 contact"}); }
  [[nodiscard]] Ended weights(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"weights", "p/fairlead.db"});
    return run(folder, more);
  }
  [[nodiscard]] nlohmann::json as_json() const { return nlohmann::json::parse(weights({"--json"}).out)[0]; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(weights_command)

BOOST_FIXTURE_TEST_CASE(weights_are_frozen_and_let_go, World) {
  require(weights({"freeze", "next"}), wrong_use, {"who does it? Add --as"});
  require(weights({"freeze", "none", "--as", "ana@acme.example"}), wrong_use, {"there is no choice called none"});
  require(weights({"unfreeze", "next", "--as", "ana@acme.example"}), wrong_use,
          {"nurture/next: its weights are not frozen"});
  require(weights({"freeze", "next", "--as", "ana@acme.example", "--because", "we look at it"}), fine,
          {"nurture/next keeps the weights that are in force when the engine takes it in"});
  go();
  const Ended shown = weights();
  BOOST_TEST(shown.out.find(" by ana@acme.example: we look at it\n") != std::string::npos, shown.out);
  BOOST_TEST(as_json()["frozen"]["by"] == "ana@acme.example");
  require(weights({"freeze", "next", "--as", "ana@acme.example"}), wrong_use, {"frozen already"});
  require(weights({"unfreeze", "next", "--as", "ana@acme.example"}), fine, {"goes by what it has learned again"});
  go();
  BOOST_TEST(as_json()["frozen"].is_null());
}

BOOST_FIXTURE_TEST_CASE(what_was_learned_is_brought_back, World) {
  BOOST_TEST(as_json()["options"][0]["decisions"].get<int>() + as_json()["options"][1]["decisions"].get<int>() == 1);
  require(weights({"export", "next", "--out", "next.json"}), fine, {"what nurture/next has learned is in next.json"});
  BOOST_TEST(nlohmann::json::parse(folder.read("next.json")) == nlohmann::json::parse(weights({"export", "next"}).out));
  require(weights({"reset", "next", "--as", "ana@acme.example"}), fine, {"nurture/next begins anew", "export"});
  go();
  BOOST_TEST(as_json()["options"][0]["decisions"].get<int>() + as_json()["options"][1]["decisions"].get<int>() == 0);
  folder.write("other.json", "{}");
  require(weights({"import", "other.json", "--as", "ana@acme.example"}), wrong_use, {"has no weights that"});
  folder.write("damaged.json",
               std::regex_replace(folder.read("next.json"), std::regex("\"state\": \"..."), "\"state\": \"ff0"));
  require(weights({"import", "damaged.json", "--as", "ana@acme.example"}), wrong_use,
          {"what is to be imported was not learned by such a choice"});
  require(weights({"import", "next.json", "--as", "ana@acme.example"}), fine, {"begins with what is in the file"});
  go();
  BOOST_TEST(as_json()["options"][0]["decisions"].get<int>() + as_json()["options"][1]["decisions"].get<int>() == 1);
  require(run(folder, {"audit", "verify", "p/fairlead.db"}), fine, {"the chain is whole"});
}

BOOST_AUTO_TEST_CASE(shares_are_written_into_the_source) {
  const Folder folder;
  folder.write("s/main.lead", simulated_project(200));
  folder.write("s/people.csv", people(0, 200));
  require(run(folder, {"simulate", "s"}), fine, {"ten days"});
  const std::string db = "s/out/simulation.db";
  const Ended patch = run(folder, {"weights", db, "--as-source", "--project", "s"});
  require(patch, fine, {});
  BOOST_TEST(patch.out.starts_with("--- a/main.lead\n+++ b/main.lead\n@@ -"), patch.out);
  BOOST_TEST(patch.err.find("`git apply`") != std::string::npos, patch.err);
  folder.write("learned.patch", patch.out);
  BOOST_REQUIRE(std::system(("cd '" + folder.path("s") + "' && git apply ../learned.patch").c_str()) == 0);
  require(run(folder, {"check", "s"}), fine, {});
  // What the options start with is, above their floors, what they stand at; and it comes to 100%.
  const std::string text = folder.read("s/main.lead");
  double sum = 0;
  std::size_t starts = 0;
  const std::regex start("start ([0-9.]+)%");
  for (std::sregex_iterator at(text.begin(), text.end(), start), end; at != end; ++at, ++starts)
    sum += std::stod((*at)[1]);
  BOOST_TEST(starts == 3U);
  BOOST_TEST(std::abs(sum - 100) < 1e-9);
  const auto learned = nlohmann::json::parse(run(folder, {"weights", db, "--json"}).out)[0]["options"];
  const std::size_t most = learned[0]["share"] > learned[1]["share"]
                               ? (learned[0]["share"] > learned[2]["share"] ? 0 : 2)
                               : (learned[1]["share"] > learned[2]["share"] ? 1 : 2);
  const std::string name = learned[most]["option"];
  std::smatch found;
  BOOST_REQUIRE(std::regex_search(text, found, std::regex("option +" + name + " start ([0-9.]+)%")));
  BOOST_TEST(std::stod(found[1]) > 33);
  // There is nothing more to write.
  const Ended again = run(folder, {"weights", db, "--as-source", "--project", "s"});
  require(again, fine, {});
  BOOST_TEST(again.out == "");
  BOOST_TEST(again.err.find("nothing to write") != std::string::npos, again.err);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::cli::test
