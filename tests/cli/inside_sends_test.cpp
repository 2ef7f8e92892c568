// What is chosen inside a `send` is seen where choices are: when weights are looked at, and decisions, and a
// simulation.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0;

const std::string project = std::string(commons) + R"lead(
event bought
goal sold { reach bought within 7 days }
channel note {
  to      contact.email
  consent not needed because "a test"
  content { text: Text }
  reports delivered
}
content story {
  email { subject one of { plain "A story" urgent "A story, now" } body "It is short." }
  note  { text "A story" }
}
policy brand { frequency: limit messages to 50 per 1 day per contact }

workflow nurture for contact {
  owner "ana@acme.example"
  toward sold
  enter on joined
  steps {
    send story by best of email, note at best hour between 09:00 and 12:00
  }
}

test "it goes out" {
  given  contact { email: "a@x.example", country: "NO", consent: { email: given } }
  when   joined(source: "fair")
  after  1 day
  expect sent story
}

simulate "a month" {
  contacts 200 like {
    country: "NO"
    consent: { email: given 80% }
  }
  arrival leads to joined(source: "fair") 100% within 10 days
  sent(story) leads to bought 30% within 2 days
  run 30 days seed 3
}
)lead";

}  // namespace

BOOST_AUTO_TEST_SUITE(inside_sends)

BOOST_AUTO_TEST_CASE(what_is_chosen_inside_a_send_is_seen_like_a_choice) {
  const Folder folder;
  folder.write("p/main.lead", project);
  require(run(folder, {"test", "p"}), fine, {"1 passed, 0 failed"});
  const Ended simulated = run(folder, {"simulate", "p"});
  require(simulated, fine,
          {"nurture/send story#1/channel", "nurture/send story#1/hour", "nurture/send story/email/subject"});
  const std::string store = "p/out/simulation.db";
  const nlohmann::json weights = nlohmann::json::parse(run(folder, {"weights", store, "--json"}).out);
  BOOST_REQUIRE(weights.size() == 3U);
  const auto of = [&](const std::string& key) {
    for (const auto& choice : weights) {
      if (choice["choice"] == key) return choice;
    }
    return nlohmann::json();
  };
  const auto channel = of("nurture/send story#1/channel")["options"];
  BOOST_REQUIRE(channel.size() == 2U);
  BOOST_TEST(channel[0]["option"] == "email");
  BOOST_TEST(channel[0]["decisions"].get<int>() + channel[1]["decisions"].get<int>() == 200);
  BOOST_TEST(channel[0]["decisions"].get<int>() > 20);
  BOOST_TEST(channel[1]["decisions"].get<int>() > 20);
  BOOST_TEST(channel[0]["reached"].get<int>() > 0);
  const auto words = of("nurture/send story/email/subject")["options"];
  // Only who gets a mail gets its subject.
  BOOST_TEST(words[0]["decisions"].get<int>() + words[1]["decisions"].get<int>() == channel[0]["decisions"].get<int>());
  const auto hours = of("nurture/send story#1/hour")["options"];
  BOOST_REQUIRE(hours.size() == 3U);
  BOOST_TEST(hours[2]["option"] == "11:00");
  require(run(folder, {"decisions", store, "--check"}), fine, {", 0 differ"});
  require(run(folder, {"decisions", store, "--choice", "nurture/send story/email/subject", "--limit", "1"}), fine,
          {"nurture/send story/email/subject → ", "plain 50.00%, urgent 50.00%"});
  require(run(folder, {"weights", store, "--choice", "hour"}), fine, {"09:00", "10:00", "11:00"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::cli::test
