// A program as the connector: what it takes, refuses, cannot take and does not answer, what somebody then decides, and
// a service that is killed while it counts.
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <set>
#include <thread>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, wrong_use = 2, failed = 3;

const std::string project = std::string(commons) + R"lead(
content offer { email { subject "An offer" body "For {contact.email}" } }

policy brand { no_consent: forbid send when channel.consent is not given because "ePrivacy" }

workflow quick for contact {
  enter on joined
  steps { send offer }
}
)lead";

/// Answers as the file `says` has it (`taken`, `refused` …; `silent` says nothing, `dies` ends), and writes down what
/// it was handed. It knows what it has taken. One at a time: whoever was cut off first finishes what it was handed.
const std::string provider = R"sh(until mkdir lock 2>/dev/null; do sleep 0.02; done
trap 'rmdir lock' EXIT
echo '{"honours_keys": HONOURS}'
while read -r line; do
  key=$(printf '%s' "$line" | sed 's/.*"\(key\|recall\)":"\([^"]*\)".*/\2/')
  case $line in
    '{"recall"'*)
      if grep -q "$key" took; then outcome=taken; else outcome=failed; fi ;;
    *)
      outcome=$(cat says)
      [ "$outcome" = dies ] && exit 1
      if [ "$outcome" = taken ] || [ "$outcome" = unknown ]; then
        grep -q "$key" took || printf '%s\n' "$line" >>took
      fi ;;
  esac
  [ "$outcome" = silent ] || printf '{"key":"%s","outcome":"%s","detail":"as told"}\n' "$key" "$outcome"
done
)sh";

struct World {
  Folder folder;
  World() {
    folder.write("p/main.lead", project);
    folder.write("took", "");
    folder.write("people.csv", "email,country,consent.email\none@x.example,DE,given\n");
    provides(false);
    require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {"1 contact"});
    require(run(folder, {"run", "p", "--once", "--deliver-with", "sh provider.sh"}), fine, {"messages to sh provider"});
    joins();
  }
  void provides(bool honours_keys) const {
    std::string text = provider;
    text.replace(text.find("HONOURS"), 7, honours_keys ? "true" : "false");
    folder.write("provider.sh", text);
    folder.write("says", "taken\n");
  }
  void joins() const {
    require(run(folder, {"send-event", "joined", "one@x.example", "source=fair", "--project", "p"}), fine, {"inbox"});
  }
  void go(const std::string& says) const {
    folder.write("says", says + "\n");
    require(run(folder, {"run", "p", "--once", "--deliver-with", "sh provider.sh"}), fine, {"stopped"});
  }
  Ended outbox(std::vector<std::string> more) const {
    more.insert(more.begin(), "outbox");
    more.insert(more.end(), {"--project", "p"});
    return run(folder, more);
  }
  std::string key(const std::string& state) const {
    const auto json = nlohmann::json::parse(outbox({"list", "--json", "--state", state}).out);
    BOOST_REQUIRE(json["rows"].size() == 1U);
    return json["rows"][0]["key"].get<std::string>().substr(0, 8);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_program_takes_messages_and_answers_for_each, World) {
  go("taken");
  const auto took = messages(folder, "took");
  BOOST_REQUIRE(took.size() == 1U);
  BOOST_TEST(took[0]["to"] == "one@x.example");
  require(outbox({"list"}), fine, {"ready 0, claimed 0, sent 1"});
  BOOST_TEST(!folder.has("p/messages.jsonl"));
}

BOOST_FIXTURE_TEST_CASE(what_it_refuses_waits_for_somebody_to_decide, World) {
  go("refused");
  require(outbox({"list"}), fine, {"failed 1", "refused: as told"});
  require(run(folder, {"where", "one@x.example", "--project", "p"}), fine,
          {"did not go out (as told); `fairlead outbox retry ", "` or `drop "});
  require(outbox({"retry", "--all"}), wrong_use, {"who does it? Add --as"});
  require(outbox({"retry", "--as", "ops@acme.example"}), wrong_use, {"say which"});
  require(outbox({"retry", "abc", "--as", "ops@acme.example"}), wrong_use,
          {"nothing that is set aside begins with abc"});
  require(outbox({"retry", key("failed"), "--as", "ops@acme.example"}), fine, {"1 message is tried again"});
  go("taken");
  BOOST_TEST(messages(folder, "took").size() == 1U);
  require(outbox({"list"}), fine, {"sent 1", "failed 0"});
  require(outbox({"retry", "--all", "--as", "ops@acme.example"}), fine, {"nothing that did not go out is set aside"});
  require(run(folder, {"audit", "verify", "p/fairlead.db"}), fine, {"whole"});
}

BOOST_FIXTURE_TEST_CASE(what_did_not_go_is_tried_again_later, World) {
  go("failed");
  require(outbox({"list"}), fine, {"ready 1", "attempt 1 failed: as told; next at "});
  require(run(folder, {"where", "one@x.example", "--project", "p"}), fine,
          {"was tried once and did not go out (as told); it is tried again at "});
}

BOOST_FIXTURE_TEST_CASE(what_may_have_gone_out_is_not_sent_again_on_a_guess, World) {
  go("dies");
  require(outbox({"list"}), fine, {"uncertain 1", "may have gone out: the program did not answer"});
  const std::string letter = key("uncertain");
  require(outbox({"retry", letter, "--as", "ops@acme.example"}), wrong_use, {"may have gone out already", "--anyway"});
  require(outbox({"retry", "--all", "--as", "ops@acme.example"}), fine, {"nothing that did not go out is set aside"});
  require(outbox({"drop", letter, "--as", "ops@acme.example", "--because", "it did"}), fine, {"1 message is dropped"});
  go("taken");
  BOOST_TEST(messages(folder, "took").empty());
  require(outbox({"list", "--state", "withheld"}), fine, {"dropped by ops@acme.example: it did"});
}

BOOST_FIXTURE_TEST_CASE(what_may_have_gone_out_is_sent_again_where_keys_are_known, World) {
  provides(true);
  go("unknown");
  require(outbox({"list"}), fine, {"ready 1", "attempt 1 failed: as told"});
  BOOST_TEST(messages(folder, "took").size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_program_that_does_not_begin_as_it_should_is_told_of, World) {
  folder.write("provider.sh", "echo hello\n");
  require(run(folder, {"run", "p", "--once", "--deliver-with", "sh provider.sh"}), failed,
          {"sh provider.sh", "does not begin with a line like {\"honours_keys\": false}"});
  require(run(folder, {"run", "p", "--once", "--deliver-with", "true"}), failed, {"does not begin with a line like"});
}

BOOST_FIXTURE_TEST_CASE(a_rate_is_read_or_refused_in_words, World) {
  const auto with = [&](const std::string& rate) {
    return run(folder, {"run", "p", "--once", "--deliver-with", "sh provider.sh", "--rate", rate});
  };
  require(with("email"), failed, {"say it like email=100/second"});
  require(with("fax=1/second"), failed, {"the project has no channel `fax`"});
  require(with("email=0/second"), failed, {"a whole number above 0"});
  require(with("email=1/fortnight"), failed, {"second, minute, hour or day"});
  require(with("email=1/hour"), fine, {"stopped"});
  require(outbox({"list"}), fine, {"sent 1"});
  folder.write("people.csv", "email,country,consent.email\ntwo@x.example,DE,given\n");
  require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {"1 contact"});
  require(run(folder, {"send-event", "joined", "two@x.example", "source=fair", "--project", "p"}), fine, {"inbox"});
  require(with("email=1/hour"), fine, {"stopped"});
  require(outbox({"list"}), fine, {"ready 1", "in the queue of its channel until "});
}

BOOST_FIXTURE_TEST_CASE(a_service_that_is_killed_again_and_again_has_each_sent_once, World) {
  // The program lives on for a moment, as a provider does; it counts every line that it is handed.
  constexpr int people = 150;
  std::string rows = "email,country,consent.email\n";
  for (int i = 0; i < people; ++i) rows += fmt::format("p{}@x.example,DE,given\n", i);
  folder.write("people.csv", rows);
  require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {"150 contacts"});
  folder.write("events.csv", "");
  std::uint32_t random = 7;
  int kills = 0;
  for (int i = 0; i < people; ++i) {
    if (i % 10 != 0) continue;
    for (int k = i; k < i + 10; ++k)
      require(run(folder, {"send-event", "joined", fmt::format("p{}@x.example", k), "source=fair", "--project", "p"}),
              fine, {"inbox"});
    Child child(folder, {"run", "p", "--deliver-with", "sh provider.sh"}, {.doomed = true});
    random = random * 1'664'525U + 1'013'904'223U;
    if (!child.ends_within(std::chrono::microseconds(20'000 + random % 400'000))) {
      child.signal(SIGKILL);
      ++kills;
    }
    child.wait();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  go("taken");
  const auto took = messages(folder, "took");
  std::set<std::string> keys, to;
  for (const auto& line : took) {
    keys.insert(line["key"]);
    to.insert(line["to"]);
  }
  BOOST_TEST(kills > 5);
  BOOST_TEST(keys.size() == took.size());
  const auto counts = nlohmann::json::parse(outbox({"list", "--json"}).out)["counts"];
  // One whose answer was lost with the kill is asked for by its key, so nothing stays in doubt.
  BOOST_TEST(counts["uncertain"] == 0);
  BOOST_TEST(to.size() == people + 1U);
  require(run(folder, {"audit", "verify", "p/fairlead.db"}), fine, {"whole"});
}

}  // namespace fairlead::cli::test
