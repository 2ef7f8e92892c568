// Signing a waiver as a person does: list, sign, see it count, change something, see that it does not.
#include <boost/test/unit_test.hpp>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"
#include "tests/values/keys.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, findings = 1, wrong_use = 2;

std::string project(const std::string& until = "2099-01-31", const std::string& hours = "21:00 and 08:00") {
  return "use std.channels\n"
         "project tea {\n  time zone \"Europe/Oslo\"\n  currency EUR\n  under house\n}\n"
         "record contact {\n  key email: Email\n  consent: { email: Consent }\n}\n"
         "event ordered\n"
         "role legal { \"lee@tea.example\", \"ana@tea.example\" }\n"
         "content thanks { email { subject \"Thanks\" body \"It is on its way.\" } }\n"
         "policy house {\n"
         "  asked: forbid send when channel.consent is not given because \"ePrivacy\"\n"
         "  nights: forbid send between " +
         hours +
         " otherwise defer because \"people sleep\" waivable by legal\n}\n"
         "workflow after_order for contact {\n  owner \"ana@tea.example\"\n  enter on ordered\n  leave on "
         "unsubscribed\n"
         "  waive house.nights until " +
         until + " because \"opted in to night alerts\"\n  steps { send thanks }\n}\n";
}

struct World {
  Folder folder;
  World() {
    folder.write("p/main.lead", project());
    folder.write("lee.pem", keys::lee);
    folder.write("kim.pem", keys::kim);
  }
  Ended sign(std::vector<std::string> more) const {
    more.insert(more.begin(), "sign");
    more.insert(more.end(), {"--project", "p"});
    return run(folder, more);
  }
  void let_lee_sign() const {
    folder.write("p/signers/lee@tea.example.pem", keys::lee_public);
    require(sign({"after_order", "house.nights", "--as", "lee@tea.example", "--key", "lee.pem"}), fine,
            {"signed: house.nights is let pass in after_order until 2099-01-31\n", "Commit p/waivers.signed"});
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_waiver_is_listed_signed_and_counts) {
  const World world;
  require(world.sign({}), fine,
          {"after_order house.nights  until 2099-01-31  not signed; somebody in legal may\n",
           "  p/main.lead:22, because opted in to night alerts\n"});
  require(run(world.folder, {"check", "p"}), fine,
          {"warning FL0508: nobody has signed this waiver",
           "help: Somebody in the role `legal` has to sign it: `fairlead sign after_order house.nights --as ADDRESS "
           "--key FILE`."});
  world.let_lee_sign();
  require(world.sign({}), fine, {"after_order house.nights  until 2099-01-31  signed by lee@tea.example at 20"});
  const Ended checked = run(world.folder, {"check", "p"});
  require(checked, fine,
          {"guarded  house.nights",
           "waived   house.nights                 in after_order until 2099-01-31 by "
           "lee@tea.example: opted in to night alerts\n"});
  BOOST_TEST(checked.err.find("FL05") == std::string::npos, checked.err);
  require(run(world.folder, {"proofs", "p"}), fine,
          {"house.nights  somebody may come here who breaks it; waived until 2099-01-31 by lee@tea.example\n",
           "; 1 of the guarded waived for now"});
  const nlohmann::json proofs =
      nlohmann::json::parse(run(world.folder, {"proofs", "p", "--json", "--rule", "nights"}).out);
  BOOST_TEST(proofs["proofs"][0]["verdict"] == "guarded");
  BOOST_TEST(proofs["proofs"][0]["waived"]["by"] == "lee@tea.example");
  require(run(world.folder, {"explain", "house.nights", "at", "p/main.lead:23"}), fine,
          {"What would break it is let pass until 2099-01-31 by lee@tea.example, and is on record",
           "The reason: opted in to night alerts\n"});
  require(run(world.folder, {"plan", "p"}), fine,
          {"waivers\n  + house.nights is let pass in after_order until 2099-01-31, signed by lee@tea.example\n"});
  const nlohmann::json listed = nlohmann::json::parse(world.sign({"--json"}).out);
  BOOST_TEST(listed[0]["standing"] == "signed");
  BOOST_TEST(listed[0]["in_force"] == true);
}

BOOST_AUTO_TEST_CASE(a_test_in_the_language_sees_it) {
  const World world;
  world.folder.write(
      "p/late.lead",
      "test \"an order at midnight\" {\n  given contact { email: \"a@people.example\", consent: { email: "
      "given } }\n  after 12 hours\n  when ordered\n  expect sent thanks\n}\n");
  require(run(world.folder, {"test", "p"}), findings, {"house.nights"});
  world.let_lee_sign();
  require(run(world.folder, {"test", "p"}), fine, {"1 passed, 0 failed"});
}

BOOST_AUTO_TEST_CASE(what_is_signed_is_signed_as_it_was) {
  const World world;
  world.let_lee_sign();
  world.folder.write("p/main.lead", project("2099-01-31", "22:00 and 08:00"));
  require(run(world.folder, {"check", "p"}), fine,
          {"warning FL0511: the rule is not the one that lee@tea.example signed for, so `house.nights` holds here"});
  require(world.sign({}), fine, {"stale: the rule has changed since lee@tea.example signed"});
  world.let_lee_sign();
  require(world.sign({}), fine, {"signed by lee@tea.example"});
  // One line, not two.
  const std::string file = world.folder.read("p/waivers.signed");
  BOOST_TEST(std::count(file.begin(), file.end(), '\n') == 1);
  // Another key in Lee's name.
  world.folder.write("p/signers/lee@tea.example.pem", keys::kim_public);
  require(run(world.folder, {"check", "p"}), fine,
          {"warning FL0512: the signature is not by the key of lee@tea.example"});
}

BOOST_AUTO_TEST_CASE(who_may_not_sign_is_told_why) {
  const World world;
  const std::string lee = "lee@tea.example";
  const auto refused = [&](const std::vector<std::string>& arguments, const std::string& why) {
    require(world.sign(arguments), wrong_use, {why});
    BOOST_TEST(!world.folder.has("p/waivers.signed"));
  };
  refused({"--as", lee}, "sign what?");
  refused({"after_order"}, "which rule?");
  refused({"after_order", "house.days", "--as", lee, "--key", "lee.pem"}, "`fairlead sign` lists what is asked for");
  refused({"after_order", "house.nights", "--key", "lee.pem"}, "who signs?");
  refused({"after_order", "house.nights", "--as", lee}, "with which key?");
  refused({"after_order", "house.nights", "--as", "kim@tea.example", "--key", "kim.pem"},
          "kim@tea.example is not in the role legal");
  refused({"after_order", "house.nights", "--as", "ana@tea.example", "--key", "lee.pem"},
          "ana@tea.example owns the workflow after_order, and who asks does not sign");
  refused({"after_order", "house.nights", "--as", lee, "--key", "no.pem"}, "no.pem cannot be read");
  refused({"after_order", "house.nights", "--as", lee, "--key", "p/main.lead"}, "is no Ed25519 key");
  refused({"after_order", "house.nights", "--as", lee, "--key", "lee.pem"},
          "`openssl pkey -in lee.pem -pubout -out p/signers/lee@tea.example.pem`");
  world.folder.write("p/signers/lee@tea.example.pem", keys::lee_public);
  refused({"after_order", "house.nights", "--as", lee, "--key", "kim.pem"},
          "kim.pem is not the key of lee@tea.example");
  world.folder.write("p/main.lead", project("2020-01-31"));
  refused({"after_order", "house.nights", "--as", lee, "--key", "lee.pem"}, "2020-01-31 is over");
  world.folder.write("p/main.lead", "workflow");
  require(world.sign({}), findings, {"error"});
}

}  // namespace fairlead::cli::test
