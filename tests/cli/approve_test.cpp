// What waits for a person's word: how it is listed, who may say it, and that it counts.
#include <boost/test/unit_test.hpp>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, wrong_use = 2, failed = 3;

const std::string project = std::string(commons) + R"lead(
role legal { "lee@acme.example", "ana@acme.example" }
action create_deal(title: Text, amount: Money) effect write

content offer { email { subject "An offer" body "For {contact.email}" } }
content sorry { email { subject "Well" body "Not today" } }

policy brand {
  frequency: limit messages to 50 per 1 day per contact
}

workflow deals for contact {
  owner "ana@acme.example"
  enter on joined

  steps {
    approve by legal up to 2 days {
      send offer
      do create_deal(title: "For {contact.email}", amount: $500)
    } otherwise { send sorry }
  }
}
)lead";

struct World {
  Folder folder;
  World() {
    folder.write("p/main.lead", project);
    folder.write("people.csv", "email,country,consent.email\none@x.example,DE,given\ntwo@x.example,DE,given\n");
    require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {"2 contacts"});
    require(go(), fine, {"2 contacts"});
    require(run(folder, {"send-event", "joined", "one@x.example", "source=fair", "--project", "p"}), fine, {"inbox"});
    require(go(), fine, {"0 messages"});
  }
  Ended go() const { return run(folder, {"run", "p", "--once"}); }
  Ended approve(std::vector<std::string> more) const {
    more.insert(more.begin(), "approve");
    more.insert(more.end(), {"--project", "p"});
    return run(folder, more);
  }
  /// The id of the first thing that waits.
  [[nodiscard]] std::string id() const {
    const std::string out = approve({}).out;
    return out.substr(0, out.find(' '));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_waits_is_listed_as_it_would_go_out, World) {
  require(approve({}), fine,
          {"by legal, until 20", "one@x.example, deals/approve#1", "send offer by email to one@x.example",
           "subject: An offer", "body: For one@x.example", "do create_deal (write)", "title: For one@x.example",
           "amount: USD 500"});
  const Ended json = approve({"--json"});
  require(json, fine, {R"("role":"legal")", R"("contact":"one@x.example")", R"("effects":[{"channel":"email")"});
  BOOST_TEST(std::count(json.out.begin(), json.out.end(), '\n') == 1);
}

BOOST_FIXTURE_TEST_CASE(a_yes_lets_it_go_out, World) {
  require(approve({id().substr(0, 8), "--as", "lee@acme.example", "--because", "checked"}), fine, {"approved by lee"});
  require(go(), fine, {"1 messages"});
  require(approve({}), fine, {"nothing waits for an approval"});
  const std::string sent = folder.read("p/messages.jsonl");
  BOOST_TEST((sent.find(R"("content":"offer")") != std::string::npos), sent);
  BOOST_TEST((sent.find(R"("action":"create_deal","effect":"write","arguments":{"title":"For one@x.example")") !=
              std::string::npos),
             sent);
  require(run(folder, {"audit", "verify", "p/fairlead.db"}), fine, {"the chain is whole"});
}

BOOST_FIXTURE_TEST_CASE(a_no_goes_the_other_way, World) {
  require(approve({id(), "--as", "lee@acme.example", "--reject"}), fine, {"rejected by lee"});
  require(go(), fine, {"1 messages"});
  const std::string sent = folder.read("p/messages.jsonl");
  BOOST_TEST((sent.find(R"("content":"sorry")") != std::string::npos), sent);
  BOOST_TEST((sent.find("create_deal") == std::string::npos), sent);
}

BOOST_FIXTURE_TEST_CASE(not_everybody_may_say_it, World) {
  const std::string one = id();
  require(approve({one}), wrong_use, {"who says so? Add --as"});
  require(approve({one, "--as", "kim@acme.example"}), wrong_use, {"kim@acme.example is not in the role legal"});
  require(approve({one, "--as", "ana@acme.example"}), wrong_use, {"owns the workflow deals"});
  require(approve({"nonsense", "--as", "lee@acme.example"}), wrong_use, {"nothing waits as nonsense"});
  require(approve({"--as", "lee@acme.example"}), wrong_use, {"on what?"});
  require(go(), fine, {"0 messages"});
}

BOOST_AUTO_TEST_CASE(where_nothing_ran_nothing_waits) {
  const Folder folder;
  folder.write("p/main.lead", project);
  require(run(folder, {"approve", "--project", "p"}), failed, {"fairlead.db could not be opened"});
}

}  // namespace fairlead::cli::test
