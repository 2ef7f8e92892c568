// People who are made up: as many as are wanted, in the shares that are wanted, the same ones each time.
#include "runtime/trial/people.hpp"

#include <map>

#include "runtime/trial/simulate.hpp"
#include "tests/trial/trials.hpp"

namespace fairlead::trial::testing {
namespace {

const std::string project = R"(use std.channels
project acme {
  time zone "Europe/Oslo"
  currency USD
}
record contact {
  key email: Email
  country: Country
  plan: free | pro = free
  nickname: Text?
  consent: { email: Consent }
}
event joined
event bought
goal sold { reach bought within 7 days }
content welcome { email { subject "Welcome" body "Hello." } }
workflow greet for contact {
  enter on joined
  toward sold
  steps { send welcome }
}
)";

std::string simulation(const std::string& country, const std::string& expect) {
  return project + "simulate \"made up\" {\n  contacts 4_000 like {\n    country: " + country +
         "\n    plan: pro 25%\n    nickname: \"Kim\" 10%, none 20%\n    consent: { email: given }\n  }\n"
         "  arrival leads to joined 50% within 1 day\n  run 3 days seed 7\n" +
         expect + "}\n";
}

std::map<std::string, int> tally(const std::vector<engine::ContactIn>& people, const std::string& field) {
  std::map<std::string, int> out;
  for (const engine::ContactIn& one : people) {
    engine::Record record;
    must(engine::decode_values(one.values, record));
    const Value value = record.get(name_id(field));
    ++out[value.exists() ? std::string(value.as_text()) : "absent"];
  }
  return out;
}

BOOST_AUTO_TEST_SUITE(people_test)

BOOST_AUTO_TEST_CASE(shares_are_kept) {
  const bytecode::Module module = compiled(simulation("\"DE\" 40%, \"US\" 60%", ""));
  const auto people = must(make_people(module, module.simulations[0]));
  BOOST_TEST(people.size() == 4'000U);
  BOOST_TEST(tally(people, "email").size() == 4'000U);
  const auto near = [](int found, int wanted) { return std::abs(found - wanted) < 120; };
  auto country = tally(people, "country");
  BOOST_TEST(near(country["DE"], 1'600), country["DE"]);
  BOOST_TEST(country["DE"] + country["US"] == 4'000);
  auto plan = tally(people, "plan");
  BOOST_TEST(near(plan["pro"], 1'000), plan["pro"]);
  BOOST_TEST(plan["pro"] + plan["absent"] == 4'000);  // the default stands where nothing is said
  auto nickname = tally(people, "nickname");
  BOOST_TEST(near(nickname["Kim"], 400), nickname["Kim"]);
  BOOST_TEST(nickname["Kim"] + nickname["absent"] == 4'000);
  BOOST_TEST(tally(people, "consent.email")["given"] == 4'000);
}

BOOST_AUTO_TEST_CASE(another_line_changes_nothing_of_the_others) {
  const bytecode::Module one = compiled(simulation("\"DE\" 40%, \"US\" 60%", ""));
  const bytecode::Module other = compiled(simulation("\"FR\"", ""));
  const auto first = must(make_people(one, one.simulations[0]));
  const auto again = must(make_people(one, one.simulations[0]));
  const auto second = must(make_people(other, other.simulations[0]));
  for (std::size_t i = 0; i < first.size(); ++i) {
    BOOST_REQUIRE(first[i].values == again[i].values);
    engine::Record a, b;
    must(engine::decode_values(first[i].values, a));
    must(engine::decode_values(second[i].values, b));
    BOOST_REQUIRE(a.get(name_id("plan")) == b.get(name_id("plan")));
  }
}

BOOST_AUTO_TEST_CASE(they_run_on_the_engine_and_messages_can_be_expected) {
  const bytecode::Module module =
      compiled(simulation("\"DE\"", "expect sent welcome above 1_500\nexpect sent welcome below 1_500\n"));
  auto store = must(store::open_sqlite(":memory:", store::Access::create, store::Durability::none));
  const auto nowhere = connect::nowhere();
  const auto people = must(make_people(module, module.simulations[0]));
  const Report report = must(simulate(*store, *nowhere, module, 0, people, {}));
  BOOST_TEST(report.contacts == 4'000U);
  BOOST_REQUIRE(report.expected.size() == 2U);
  BOOST_TEST(report.expected[0].text == "sent welcome above 1500");
  BOOST_TEST(report.expected[0].met);
  BOOST_TEST(!report.expected[1].met);
  const int sent = std::stoi(report.expected[0].found);
  BOOST_TEST((sent > 1'850 && sent < 2'150), sent);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::trial::testing
