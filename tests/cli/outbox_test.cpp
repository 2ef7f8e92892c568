// What lies in the outbox: the counts, the rows of each state, and why they are where they are.
#include <boost/test/unit_test.hpp>
#include <regex>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, failed = 3;

const std::string project = std::string(commons) + R"lead(
event asked
role legal { "lee@acme.example" }
action create_deal(title: Text) effect write

content offer { email { subject "An offer" body "For {contact.email}" } }

policy brand {
  frequency: limit messages to 50 per 1 day per contact
}

workflow deals for contact {
  enter on asked
  steps {
    approve by legal up to 2 days {
      send offer
      do create_deal(title: "Well")
    } otherwise { }
  }
}

workflow quick for contact {
  enter on joined
  leave on unsubscribed
  steps {
    send offer
    wait 2 days
  }
}
)lead";

/// Instants, keys and numbers of contacts are of the moment.
std::string timeless(std::string text) {
  text = std::regex_replace(text, std::regex("(Mon|Tue|Wed|Thu|Fri|Sat|Sun) +[0-9]+ [A-Z][a-z]{2} 20[0-9]{2} [0-9:]+"),
                            "WHEN");
  text = std::regex_replace(text, std::regex("\\b[0-9a-f]{8} "), "KEY ");
  return std::regex_replace(std::regex_replace(text, std::regex("[0-9]+-[12] "), "WHO "), std::regex(" {2,}"), "  ");
}

struct World {
  Folder folder;
  World() {
    folder.write("p/main.lead", project);
    folder.write("people.csv", "email,country,consent.email\none@x.example,DE,given\ntwo@x.example,DE,given\n");
    require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {"2 contacts"});
    go();
  }
  void go() const { require(run(folder, {"run", "p", "--once"}), fine, {"2 contacts"}); }
  void happens(const std::string& event, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"send-event", event, "one@x.example", "--project", "p"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    require(run(folder, arguments), fine, {"inbox"});
  }
  Ended list(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"outbox", "list"});
    more.insert(more.end(), {"--project", "p"});
    return run(folder, more);
  }
};

/// One message went out, and one thing waits for a word.
struct Busy : World {
  Busy() {
    happens("joined", {"source=fair"});
    happens("asked");
    go();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_not_done_with_is_listed_below_the_counts, Busy) {
  const Ended told = list();
  require(told, fine, {});
  BOOST_TEST(
      timeless(told.out) ==
      "p/fairlead.db: ready 0, claimed 0, sent 1, withheld 0, failed 0, uncertain 0, asked 1, settled 0; times are in "
      "America/New_York\n"
      "key  state  contact  by  content  workflow  since  why\n"
      "KEY  asked  WHO  approval  offer, create_deal  deals  WHEN  waits for legal until WHEN\n");
  BOOST_TEST(told.err == "");
}

BOOST_FIXTURE_TEST_CASE(what_is_done_with_says_what_became_of_it, Busy) {
  BOOST_TEST(timeless(list({"--state", "sent"}).out).ends_with("KEY  sent  WHO  email  offer  quick  WHEN\n"));
  const std::string key = nlohmann::json::parse(list({"--json"}).out)["rows"][0]["key"];
  require(run(folder, {"approve", key, "--as", "lee@acme.example", "--because", "fine", "--project", "p"}), fine, {});
  go();
  BOOST_TEST(timeless(list({"--state", "settled"}).out)
                 .ends_with("KEY  settled  WHO  approval  –  deals  WHEN  approved by lee@acme.example: fine\n"));
  const std::string sent = timeless(list({"--state", "sent"}).out);
  BOOST_TEST(sent.find("KEY  sent  WHO  do create_deal  –  deals  WHEN\n") != std::string::npos, sent);
  const auto json = nlohmann::json::parse(list({"--state", "sent", "--json"}).out);
  BOOST_TEST(json["counts"]["sent"] == 3);
  BOOST_TEST(json["counts"]["asked"] == 0);
  BOOST_REQUIRE(json["rows"].size() == 3U);
  BOOST_TEST(json["rows"][2]["workflow"] == "quick");
  const Ended one = list({"--state", "sent", "--limit", "1"});
  BOOST_TEST(std::count(one.out.begin(), one.out.end(), '\n') == 4);
  require(one, fine, {"… and 2 older; --limit shows more\n"});
  require(run(folder, {"outbox", "list", "--db", "no.db"}), failed, {"there is no store at no.db"});
}

namespace {

/// A message that was claimed and did not go out, since the disk was full: a second run asks the rules again.
struct Cut : World {
  Cut() {
    happens("joined", {"source=fair"});
    require(run(folder, {"run", "p", "--once", "--messages", "/dev/full"}), failed, {"No space left"});
  }
  /// From now on with these rules.
  void go_under(const std::string& rules) const {
    std::string other = project;
    const std::string old = "frequency: limit messages to 50 per 1 day per contact";
    folder.write("p/main.lead", other.replace(other.find(old), old.size(), rules));
    go();
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_a_rule_puts_off_at_hand_over_says_which_and_until_when) {
  const Cut world;
  BOOST_TEST(
      timeless(world.list({"--state", "claimed"}).out).ends_with("KEY  claimed  WHO  email  offer  quick  WHEN\n"));
  require(run(world.folder, {"where", "one@x.example", "--project", "p"}), fine,
          {"outbox: `offer` by email of quick, filled in on ", ", is being handed over, and it is not recorded yet"});
  // At any time one of them holds.
  world.go_under(
      "nights: forbid send between 00:00 and 12:00 otherwise defer\n"
      "  days: forbid send between 12:00 and 00:00 otherwise defer");
  const std::regex rule("brand\\.(nights|days)");
  const std::string listed = std::regex_replace(timeless(world.list().out), rule, "RULE");
  require({0, 0, false, listed, ""}, fine,
          {"ready 1, claimed 0, sent 0", "KEY  ready  WHO  email  offer  quick  WHEN  put off by RULE until WHEN\n"});
  const std::string told = run(world.folder, {"where", "one@x.example", "--project", "p"}).out;
  require({0, 0, false, std::regex_replace(timeless(told), rule, "RULE"), ""}, fine,
          {"outbox: `offer` by email of quick, filled in on WHEN, is put off by the rule RULE until WHEN "
           "(America/New_York)"});
}

BOOST_AUTO_TEST_CASE(what_a_rule_withholds_says_which) {
  const Cut world;
  world.go_under("never: forbid send when contact.country == \"DE\"");
  BOOST_TEST(timeless(world.list({"--state", "withheld"}).out)
                 .ends_with("KEY  withheld  WHO  email  offer  quick  WHEN  brand.never\n"));
}

}  // namespace fairlead::cli::test
