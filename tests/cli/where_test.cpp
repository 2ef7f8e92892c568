// Where a person is: each thing that a pass can wait for, as a marketer reads it and as JSON.
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <ctime>
#include <regex>
#include <thread>

#include "tests/cli/binary.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, findings = 1, wrong_use = 2, failed = 3;

const std::string project = R"lead(use std.channels

project acme {
  time zone "Europe/Oslo"
  currency  USD
  under     brand
}

record contact {
  key email:  Email private
  country:    Country
  timezone:   TimeZone? zone
  consent:    { email: Consent }
}

event joined { source: Text }
event visited { page: Text }
event asked
event fussed
event slept
event dozed

role legal { "lee@acme.example", "ana@acme.example" }

goal sold {
  reach    visited within 7 days
  baseline 4%
}
goal kept {
  reach    visited within 7 days
  baseline 4%
  holdout  100%
}

content welcome { email { subject "Welcome" body "Here you are." } }
content story { email { subject "A story" body "It is short." } }

policy brand {
  often: limit messages to 1 per 5 days per contact otherwise defer up to 9 days
}

workflow nurture for contact {
  toward sold
  enter  on joined
  leave  on unsubscribed

  steps {
    choose first toward sold {
      explore at least 5%
      option short { send welcome }
      option rest when contact.country == "NO" { }
    }
    wait up to 2 days
      for clicked of welcome { }
      for visited where page == "a\{b}" and page != "c" { send story }
      otherwise { send story }
    wait 1 day
  }
}

workflow deals for contact {
  owner "ana@acme.example"
  enter on asked
  again after 30 days

  steps {
    approve by legal up to 2 days {
      send story
    } otherwise { stop }
  }
}

workflow fuss for contact {
  enter on fussed
  steps {
    send story
    wait 2 days
  }
}

workflow sleep for contact {
  toward kept
  enter on slept
  steps { wait until 2030-01-15T15:30Z }
}

workflow doze for contact {
  enter on dozed
  steps {
    wait 1 second
    wait 2 days
  }
}
)lead";

/// Instants and keys are of the moment: an `…` stands for each.
std::string timeless(std::string text) {
  static const std::regex moment("(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [0-9]+ [A-Z][a-z]{2} 20[0-9]{2} [0-9:]+");
  static const std::regex key("[0-9a-f]{8}(?= --as|\\))");
  return std::regex_replace(std::regex_replace(text, moment, "…"), key, "KEY");
}

struct World {
  Folder folder;
  World() {
    folder.write("p/main.lead", project);
    folder.write("people.csv",
                 "email,country,consent.email,timezone\none@x.example,DE,given,America/New_York\n"
                 "two@x.example,DE,given,\n");
    require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {"2 contacts"});
    go();
  }
  void go() const { require(run(folder, {"run", "p", "--once"}), fine, {"2 contacts"}); }
  void happens(const std::string& event, const std::string& who, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"send-event", event, who, "--project", "p"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    require(run(folder, arguments), fine, {"inbox"});
  }
  Ended where(std::vector<std::string> more) const {
    more.insert(more.begin(), "where");
    more.insert(more.end(), {"--project", "p"});
    return run(folder, more);
  }
  nlohmann::json json(const std::string& who) const { return nlohmann::json::parse(where({who, "--json"}).out); }
};

std::int64_t second_of(const nlohmann::json& instant) {
  const auto text = instant.get<std::string>();
  std::tm parts{};
  BOOST_REQUIRE(::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) != nullptr);
  return ::timegm(&parts);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_wait_for_events_says_which_and_how_it_goes_on, World) {
  happens("joined", "one@x.example", {"source=fair"});
  go();
  const Ended told = where({"one@x.example"});
  require(told, fine, {});
  BOOST_TEST(
      timeless(told.out).substr(told.out.find('\n') + 1) ==
      R"(nurture: waiting at `wait#1` (p/main.lead:53) until … (America/New_York) for `clicked` of `welcome` or `visited` where page == "a\{b}" and page != "c"
  on `clicked` of `welcome`, goes on with `wait#2` (p/main.lead:57)
  on `visited` where page == "a\{b}" and page != "c", goes on with `wait#1/visited/send story#1` (p/main.lead:55)
  when the time is over, goes on with `wait#1/otherwise/send story#1` (p/main.lead:56)
  there since …; in the workflow since …, pass 1, by version 1
  option `short` of `first`, drawn on …
)");
  require(told, fine, {"one@x.example (contact "});
  const nlohmann::json pass = json("ONE@x.example")["workflows"][0];
  BOOST_TEST(pass["step"] == "nurture/wait#1");
  BOOST_TEST(pass["waits"]["for"] == "events");
  BOOST_TEST(pass["waits"]["due"] == false);
  BOOST_TEST(second_of(pass["waits"]["until"]) - second_of(pass["since"]) == 2 * 86'400);
  BOOST_TEST(pass["waits"]["then"].size() == 3U);
  BOOST_TEST(pass["drawn"][0]["option"] == "short");
}

BOOST_FIXTURE_TEST_CASE(an_approval_names_who_decides_and_how, World) {
  happens("asked", "one@x.example");
  go();
  const Ended told = where({"one@x.example"});
  BOOST_TEST(timeless(told.out).substr(told.out.find('\n') + 1) ==
             R"(deals: waiting at `approve#1` (p/main.lead:67) for a word by legal until … (America/New_York)
  lee@acme.example may decide: fairlead approve KEY --as lee@acme.example --project p
  with the word, goes on with `approve#1/send story#1` (p/main.lead:68)
  without it, goes on with `approve#1/otherwise/stop#1` (p/main.lead:69)
  there since …; in the workflow since …, pass 1, by version 1
)");
  // What it says is a command that works.
  const std::size_t begin = told.out.find("fairlead approve ") + 17;
  const std::string key = told.out.substr(begin, 8);
  require(run(folder, {"approve", key, "--as", "lee@acme.example", "--project", "p", "--reject"}), fine, {"rejected"});
  go();
  const Ended after = where({"one@x.example"});
  BOOST_TEST(timeless(after.out).substr(after.out.find('\n') + 1) ==
             R"(deals: came to a `stop` on …
  may not enter again before … (America/New_York), then on `asked`
  was in it since …, by version 1
)");
  const nlohmann::json past = json("one@x.example")["workflows"][0];
  BOOST_TEST(past["may_enter"] == false);
  BOOST_TEST(second_of(past["may_enter_from"]) - second_of(past["left"]) == 30 * 86'400);
}

BOOST_FIXTURE_TEST_CASE(a_message_that_a_rule_puts_off_names_the_rule, World) {
  happens("joined", "one@x.example", {"source=fair"});
  go();
  happens("fussed", "one@x.example");
  go();
  require({0, 0, false, timeless(where({"one@x.example"}).out), ""}, fine,
          {"fuss: waiting at `send story#1` (p/main.lead:76) until … (America/New_York), put off by the rule "
           "brand.often; then every rule is asked again, and it goes on with `wait#1` (p/main.lead:77)\n"});
  const nlohmann::json pass = json("one@x.example")["workflows"][1];
  BOOST_TEST(pass["waits"]["for"] == "rule");
  BOOST_TEST(pass["waits"]["rule"] == "brand.often");
}

BOOST_FIXTURE_TEST_CASE(times_are_on_the_contacts_clock_and_who_is_held_out_is_told, World) {
  happens("slept", "one@x.example");
  happens("slept", "two@x.example");
  go();
  require(
      where({"one@x.example"}), fine,
      {"sleep: waiting at `wait#1` (p/main.lead:84) until Tue 15 Jan 2030 10:30 (America/New_York); then goes on with "
       "the end of the workflow\n",
       "  held out to measure against: takes the same way, but nothing is sent or done\n"});
  require(where({"two@x.example"}), fine, {"until Tue 15 Jan 2030 16:30 (Europe/Berlin)"});
  BOOST_TEST(json("one@x.example")["workflows"][0]["held_out"] == true);
}

BOOST_FIXTURE_TEST_CASE(it_reads_beside_a_run_what_no_checkpoint_has_yet, World) {
  Child running(folder, {"run", "p"});
  for (int i = 0; i < 200 && running.printed().find("Ctrl-C") == std::string::npos; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  happens("slept", "two@x.example");
  Ended told;
  for (int i = 0; i < 100 && told.out.find("sleep: waiting") == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    told = where({"two@x.example"});
  }
  require(told, fine, {"sleep: waiting at `wait#1`"});
  running.signal(SIGTERM);
  require(running.wait(), fine, {"stopped"});
}

BOOST_FIXTURE_TEST_CASE(a_time_that_has_come_wants_a_run_and_an_old_version_is_named, World) {
  happens("dozed", "two@x.example");
  go();
  std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
  require(where({"two@x.example"}), fine,
          {"doze: waiting at `wait#1`", "that time has come: it goes on as soon as `fairlead run` runs"});
  folder.write("p/main.lead", project + "\nevent more\n");
  go();
  const Ended told = where({"two@x.example"});
  require(told, fine, {"doze: waiting at `wait#2` (p/main.lead:91)", "by version 1 (the newest is 2)\n"});
  BOOST_TEST(told.out.find("has come") == std::string::npos, told.out);
}

BOOST_FIXTURE_TEST_CASE(who_is_in_nothing_and_who_is_nobody, World) {
  const Ended idle = where({"two@x.example"});
  BOOST_TEST(idle.out.substr(idle.out.find('\n') + 1) ==
             "is in no workflow and never was; --all says how to enter one\n");
  const Ended all = where({"two@x.example", "--all"});
  BOOST_TEST(all.out.substr(all.out.find('\n') + 1) ==
             "nurture: was never in it; may enter on `joined`\ndeals: was never in it; may enter on `asked`\n"
             "fuss: was never in it; may enter on `fussed`\nsleep: was never in it; may enter on `slept`\n"
             "doze: was never in it; may enter on `dozed`\n");
  BOOST_TEST(idle.out.find('\x1b') == std::string::npos);
  const Ended nobody = where({"none@x.example"});
  require(nobody, findings, {"nobody in p/fairlead.db is known as none@x.example\n"});
  BOOST_TEST(nobody.out == "");
  folder.write("more.csv", "email,country,consent.email,timezone\nnone@x.example,DE,given,\n");
  require(run(folder, {"import", "more.csv", "--project", "p"}), fine, {"1 contact"});
  require(where({"none@x.example"}), findings, {"the inbox holds what `fairlead run` has not taken in yet"});
  require(where({"one@x.example", "--db", "no.db"}), failed, {"there is no store at no.db"});
  require(run(folder, {"where"}), wrong_use, {"KEY is required"});
}

}  // namespace fairlead::cli::test
