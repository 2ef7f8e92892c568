// fairlead cancel, skip and forget, on the binary.
#include <boost/test/unit_test.hpp>

#include "tests/cli/binary.hpp"

namespace fairlead::cli::test {
namespace {

constexpr int fine = 0, findings = 1, wrong_use = 2;

/// Two people who are in a workflow, and wait.
struct Waiting {
  Folder folder;

  Waiting() {
    folder.write("p/main.lead", R"(use std.channels

project acme {
  time zone "Europe/Oslo"
  currency EUR
}

record contact {
  key email: Email
  consent:   { email: Consent }
}

event joined

content welcome {
  email {
    subject "Welcome"
    body    "Hello {contact.email}."
  }
}

workflow greet for contact {
  owner "ana@acme.example"
  enter on joined

  steps {
    wait 3 days
    send welcome
  }
}
)");
    folder.write("people.csv", "email,consent.email\none@x.example,given\ntwo@x.example,given\n");
    require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {});
    work();
    for (const char* who : {"one@x.example", "two@x.example"})
      require(run(folder, {"send-event", "joined", who, "--project", "p"}), fine, {});
    work();
  }
  void work() const { require(run(folder, {"run", "p", "--once"}), fine, {"stopped"}); }
  [[nodiscard]] std::string messages() const {
    return folder.has("p/messages.jsonl") ? folder.read("p/messages.jsonl") : "";
  }
};

BOOST_AUTO_TEST_SUITE(person)

BOOST_AUTO_TEST_CASE(skipped_cancelled_and_forgotten) {
  const Waiting world;
  const Folder& folder = world.folder;
  require(run(folder, {"skip", "greet", "one@x.example", "--as", "ana@acme.example", "--project", "p"}), fine,
          {"one@x.example goes on when the engine takes it in"});
  require(run(folder, {"cancel", "greet", "two@x.example", "--as", "ana@acme.example", "--project", "p"}), fine,
          {"two@x.example is taken out when the engine takes it in"});
  world.work();
  BOOST_TEST(world.messages().find("one@x.example") != std::string::npos);
  BOOST_TEST(world.messages().find("two@x.example") == std::string::npos);
  require(run(folder, {"forget", "one@x.example", "--as", "ana@acme.example", "--yes", "--project", "p"}), fine,
          {"one@x.example is forgotten when the engine takes it in"});
  world.work();
  BOOST_TEST(folder.read("p/fairlead.db").find("one@x.example") == std::string::npos);
  BOOST_TEST(folder.read("p/fairlead.db").find("two@x.example") != std::string::npos);
  require(run(folder, {"audit", "verify", "p/fairlead.db"}), fine, {"the chain is whole"});
  require(run(folder, {"forget", "one@x.example", "--as", "ana@acme.example", "--yes", "--project", "p"}), findings,
          {"nobody is known as one@x.example"});
}

BOOST_AUTO_TEST_CASE(what_is_not_said_is_asked_for) {
  const Waiting world;
  const Folder& folder = world.folder;
  require(run(folder, {"cancel", "greet", "one@x.example", "--project", "p"}), wrong_use, {"who does it? Add --as"});
  require(run(folder, {"cancel", "great", "one@x.example", "--as", "ana@acme.example", "--project", "p"}), wrong_use,
          {"no version of the project has a workflow `great`"});
  // Nobody can be asked here, so erasing wants to be said twice.
  require(run(folder, {"forget", "one@x.example", "--as", "ana@acme.example", "--project", "p"}), wrong_use,
          {"does not come back; say --yes"});
  world.work();
  BOOST_TEST(folder.read("p/fairlead.db").find("one@x.example") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::cli::test
