// fairlead splits, and what fairlead rollout says of a stage that waits for a lift: on a simulated store.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, wrong_use = 2, failed = 3;

const Folder& simulated() {
  static const Folder folder;
  static const bool made = [] {
    folder.write("s/main.lead", std::string(commons) + R"lead(
event bought
goal sold {
  reach bought within 1 day
  holdout 20%
}
content story { email { subject "A story" body "It is short." } }
content offer { email { subject "An offer" body "It is good." } }
policy brand {
  no_consent: forbid send when channel.consent is not given because "ePrivacy"
}
workflow nurture for contact {
  owner   "growth@acme.example"
  toward  sold
  enter   on joined
  again   never
  rollout 80% for 3 days, then 100% when lift above 60% at 95%
  steps {
    split tone {
      variant plain 60% { send story }
      variant loud  40% { send offer }
      adopt when sure
    }
    wait 1 day
    split close {
      variant one 50% { }
      variant two 50% { }
      adopt when sure
    }
  }
}
simulate "month" {
  contacts 3_000 from "people.csv"
  arrival leads to joined(source: "fair") 90% within 15 days
  joined leads to bought 8% within 12 hours
  sent(story) leads to bought 10% within 12 hours
  sent(offer) leads to bought 30% within 12 hours
  run 18 days seed 11
}
)lead");
    folder.write("s/people.csv", people(0, 3'000));
    require(run(folder, {"simulate", "s", "--db", "s/fairlead.db"}), fine, {"month"});
    return true;
  }();
  (void)made;
  return folder;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(splits_command)

BOOST_AUTO_TEST_CASE(variants_and_what_was_adopted_are_told) {
  const Folder& folder = simulated();
  require_golden("splits.txt", run(folder, {"splits", "--project", "s"}).out);
  const auto all = nlohmann::json::parse(run(folder, {"splits", "tone", "--project", "s", "--json"}).out);
  BOOST_REQUIRE(all.size() == 1U);
  BOOST_TEST(all[0]["adopted"] == "loud");
  BOOST_TEST(all[0]["highest"] == "loud");
  BOOST_TEST(all[0]["wrong_ratio"] == false);
  BOOST_TEST(all[0]["variants"][0]["lift_over_it"][0].get<double>() > 0);
  require(run(folder, {"splits", "none", "--project", "s"}), wrong_use,
          {"no split called none says `adopt when sure`"});
  require(run(folder, {"splits", "--db", "none.db"}), failed, {"none.db"});
}

BOOST_AUTO_TEST_CASE(a_rollout_says_what_it_has_seen_of_the_lift) {
  const Folder& folder = simulated();
  require_golden("rollout_lift.txt", run(folder, {"rollout", "--project", "s"}).out);
  const auto all = nlohmann::json::parse(run(folder, {"rollout", "--project", "s", "--json"}).out);
  const nlohmann::json lift = all[0]["next"]["lift"];
  BOOST_TEST(lift["interval"][0].get<double>() < 0.6);
  BOOST_TEST(lift["difference"].get<double>() > 0);
  BOOST_TEST(lift["held_out"].get<int>() > 0);
  require(run(folder, {"rollout", "approve", "nurture", "--as", "lee@acme.example", "--project", "s"}), wrong_use,
          {"it does when the lift is shown"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::cli::test
