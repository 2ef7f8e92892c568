// Entering by hand: who may, who is told why not, and that it counts.
#include <boost/test/unit_test.hpp>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, wrong_use = 2;

const std::string project = std::string(commons) + R"lead(
team sales {
  "kim@acme.example" capacity 3 per week
}
action report(title: Text) effect write

policy brand {
  frequency: limit messages to 50 per 1 day per contact
}

workflow calls for contact {
  owner "ana@acme.example"
  enter by hand

  steps {
    assign to sales by round robin
    wait 1 day
  }
}

workflow counting {
  owner "ana@acme.example"
  enter by hand

  steps {
    do report(title: "by hand")
  }
}
)lead";

}  // namespace

BOOST_AUTO_TEST_SUITE(entering_by_hand)

BOOST_AUTO_TEST_CASE(it_goes_to_the_inbox_or_is_refused_with_a_reason) {
  const Folder folder;
  folder.write("p/main.lead", project);
  folder.write("people.csv", "email,country,consent.email\none@x.example,DE,given\n");
  require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {});
  require(run(folder, {"run", "p", "--once"}), fine, {});
  const auto enter = [&](std::vector<std::string> more) {
    more.insert(more.begin(), "enter");
    more.insert(more.end(), {"--project", "p"});
    return run(folder, more);
  };
  require(enter({"nothing"}), wrong_use, {"no workflow `nothing`"});
  require(enter({"calls"}), wrong_use, {"who is to enter"});
  require(enter({"calls", "two@x.example"}), wrong_use, {"nobody is known as two@x.example"});
  require(enter({"counting", "one@x.example"}), wrong_use, {"is for nobody"});
  require(enter({"calls", "one@x.example"}), fine, {"inbox"});
  require(enter({"counting"}), fine, {"inbox"});
  require(run(folder, {"run", "p", "--once"}), fine, {});
  require(enter({"calls", "one@x.example"}), wrong_use, {"already in it"});
  const Ended decided = run(folder, {"decisions", "p/fairlead.db"});
  require(decided, fine, {"was assigned to kim@acme.example, of sales, by round robin"});
  const std::string told = folder.read("p/messages.jsonl");
  BOOST_TEST(told.find("\"assign\":\"sales\"") != std::string::npos);
  BOOST_TEST(told.find("by hand") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::cli::test
