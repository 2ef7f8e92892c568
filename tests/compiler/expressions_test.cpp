// Types and precedence, by what compiled expressions come to.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

using grammar::Code;
using testing::holds;
using testing::show;

Value money(int amount) {
  return Value::money(Decimal::from_int(amount));
}
Value number(int n) {
  return Value::of(Decimal::from_int(n));
}

bool refused(const std::string& expression, Code code) {
  const auto shown = show(expression);
  BOOST_TEST_MESSAGE(shown.text);
  return shown.diagnostics.size() == 1 && shown.diagnostics.front().code == code;
}

bool no_condition(const std::string& condition, Code code) {
  const auto codes = testing::codes_of(testing::project("segment asked = " + condition + "\n"));
  return codes == std::vector<Code>{code};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(expressions_test)

BOOST_AUTO_TEST_CASE(arithmetic_binds_as_it_should) {
  BOOST_TEST(show("2 + 3 * 4").text == "14");
  BOOST_TEST(show("(2 + 3) * 4").text == "20");
  BOOST_TEST(show("10 - 3 - 2").text == "5");
  BOOST_TEST(show("12 / 2 / 3").text == "2");
  BOOST_TEST(show("2 * -3 + 1").text == "-5");
  BOOST_TEST(show("- -3").text == "3");
  BOOST_TEST(show("12% * 50").text == "6");
  BOOST_TEST(show("2_000 + 0.5").text == "2000.5");
  BOOST_TEST(show("1 / 0").text == "a fault");
}

BOOST_AUTO_TEST_CASE(a_line_goes_on_after_an_operator) {
  BOOST_TEST(show("1 +\n 2").text == "3");
  BOOST_TEST(holds("contact.vip\n  and contact.visits > 2\n  or contact.visits > 100",
                   {{"vip", Value::of(true)}, {"visits", number(3)}}) == "yes");
}

BOOST_AUTO_TEST_CASE(units_have_their_meaning) {
  BOOST_TEST(show("$5 * 3").text == "$15");
  BOOST_TEST(show("3 * $5").text == "$15");
  BOOST_TEST(show("$5 / 2").text == "$2.50");
  BOOST_TEST(show("$10 / $4").text == "2.5");
  BOOST_TEST(show("€2_000.50 + €1").text == "€2001.50");
  BOOST_TEST(show("2 days + 12 hours").text == "60 hours");
  BOOST_TEST(show("2 weeks / 1 day").text == "14");
  BOOST_TEST(show("2026-11-23 + 2 days").text == "2026-11-25");
  BOOST_TEST(show("2026-11-25 - 2026-11-23").text == "2 days");
  BOOST_TEST(holds("2026-11-23T09:00Z + 1 hour == 2026-11-23T10:00Z") == "yes");
  BOOST_TEST(holds("now > 2026-11-23T11:59Z and now < 2026-11-23T12:01Z") == "yes");
}

BOOST_AUTO_TEST_CASE(what_has_no_meaning_does_not_compile) {
  BOOST_TEST(refused("$5 + 3", Code::bad_operands));
  BOOST_TEST(refused("$5 * $5", Code::bad_operands));
  BOOST_TEST(refused("2026-11-23 + 2026-11-23", Code::bad_operands));
  BOOST_TEST(refused("3 - 2 days", Code::bad_operands));
  BOOST_TEST(refused("\"a\" + \"b\"", Code::bad_operands));
  BOOST_TEST(refused("$5 + €5", Code::mixed_money));
  BOOST_TEST(refused("-contact.country", Code::bad_operands));
  BOOST_TEST(no_condition("$5 < 3", Code::bad_operands));
  BOOST_TEST(no_condition("contact.plan < pro", Code::bad_operands));
  BOOST_TEST(no_condition("contact.vip < true", Code::bad_operands));
  BOOST_TEST(no_condition("contact.visits == \"3\"", Code::bad_operands));
  BOOST_TEST(no_condition("contact.visits", Code::type_mismatch));
  BOOST_TEST(no_condition("not contact.visits", Code::type_mismatch));
  BOOST_TEST(no_condition("contact.visits in [1, \"2\"]", Code::type_mismatch));
}

BOOST_AUTO_TEST_CASE(or_and_not_bind_loosest) {
  const std::map<std::string, Value> free{
      {"plan", Value::text("free")}, {"vip", Value::of(false)}, {"visits", number(9)}};
  BOOST_TEST(holds("contact.vip and contact.vip or contact.visits > 5", free) == "yes");
  BOOST_TEST(holds("contact.vip and (contact.vip or contact.visits > 5)", free) == "no");
  BOOST_TEST(holds("not contact.vip and contact.visits > 5", free) == "yes");
  BOOST_TEST(holds("not (contact.vip and contact.visits > 5)", free) == "yes");
  BOOST_TEST(holds("not not contact.vip", free) == "no");
  BOOST_TEST(holds("not contact.visits + 1 > 10", free) == "yes");
  BOOST_TEST(holds("not contact.plan is free or contact.vip", free) == "no");
}

BOOST_AUTO_TEST_CASE(or_gives_what_stands_in) {
  BOOST_TEST(show("contact.first_name or \"there\"").text == "there");
  BOOST_TEST(show("contact.first_name or \"there\"", {{"first_name", Value::text("Ana")}}).text == "Ana");
  BOOST_TEST(show("(contact.mrr or $0) + $5", {{"mrr", money(2)}}).text == "$7");
  BOOST_TEST(holds("(contact.mrr or $0) > $500") == "no");
  BOOST_TEST(show("contact.first_name or contact.first_name or \"x\"").text == "x");
  BOOST_TEST(no_condition("contact.mrr or $0 > $500", Code::type_mismatch));
  BOOST_TEST(refused("contact.country or \"NO\"", Code::type_mismatch));
}

BOOST_AUTO_TEST_CASE(choices_are_asked_with_is_and_in) {
  const std::map<std::string, Value> pro{{"plan", Value::text("pro")}, {"country", Value::text("NO")}};
  BOOST_TEST(holds("contact.plan is pro", pro) == "yes");
  BOOST_TEST(holds("contact.plan is not pro", pro) == "no");
  BOOST_TEST(holds("contact.plan == pro", pro) == "yes");
  BOOST_TEST(holds("contact.plan != pro", pro) == "no");
  BOOST_TEST(holds("contact.plan in [free, pro]", pro) == "yes");
  BOOST_TEST(holds("not contact.plan in [free, enterprise]", pro) == "yes");
  BOOST_TEST(holds("contact.country in [\"SE\", \"NO\"]", pro) == "yes");
  BOOST_TEST(holds("contact.consent.email is unknown or true", pro) == "yes");
  BOOST_TEST(no_condition("contact.plan is gold", Code::unknown_member));
  BOOST_TEST(no_condition("contact.country == \"XX\"", Code::not_a_literal));
  BOOST_TEST(no_condition("contact.country is pro", Code::bad_operands));
}

BOOST_AUTO_TEST_CASE(between_includes_both_ends) {
  const std::map<std::string, Value> nine{{"visits", number(9)}};
  BOOST_TEST(holds("contact.visits between 9 and 10", nine) == "yes");
  BOOST_TEST(holds("contact.visits between 8 and 9", nine) == "yes");
  BOOST_TEST(holds("contact.visits between 10 and 12", nine) == "no");
  BOOST_TEST(holds("contact.visits between 4 + 4 and 3 * 4", nine) == "yes");
  BOOST_TEST(holds("contact.visits between 1 and 9 and true", nine) == "yes");
  BOOST_TEST(no_condition("contact.visits between 1", Code::syntax));
  // Of times of day it leaves out its end, and may go over midnight. World: noon, UTC.
  BOOST_TEST(holds("now between 12:00 and 13:00") == "yes");
  BOOST_TEST(holds("now between 11:00 and 12:00") == "no");
  BOOST_TEST(holds("now between 21:00 and 08:00") == "no");
  BOOST_TEST(holds("now between 08:00 and 07:00") == "yes");
}

BOOST_AUTO_TEST_CASE(absence_is_asked_with_exists) {
  BOOST_TEST(holds("contact.mrr exists", {{"mrr", money(0)}}) == "yes");
  BOOST_TEST(holds("not contact.mrr exists") == "yes");
  BOOST_TEST(holds("contact.mrr exists and contact.mrr > $1", {{"mrr", money(2)}}) == "yes");
  BOOST_TEST(holds("contact.mrr == none") == "yes");
  BOOST_TEST(holds("contact.mrr == $5") == "no");
  BOOST_TEST(no_condition("contact.mrr > $1", Code::optional_used));
  BOOST_TEST(no_condition("contact.mrr > $1 and contact.mrr exists", Code::optional_used));
}

BOOST_AUTO_TEST_CASE(history_is_counted) {
  BOOST_TEST(holds("count(visited where page == \"pricing\", last 7 days) >= 3") == "yes");
  BOOST_TEST(holds("count(visited, last 7 days) > 3") == "no");
  BOOST_TEST(holds("seen(visited, last 7 days)") == "yes");
  BOOST_TEST(no_condition("seen(visited, downloaded)", Code::wrong_arguments));
  BOOST_TEST(no_condition("seen(visitd, last 7 days)", Code::unknown_name));
  BOOST_TEST(no_condition("seen(visited, last 0 days)", Code::number_range));
}

BOOST_AUTO_TEST_CASE(texts_are_joined_and_escaped) {
  BOOST_TEST(show("\"a\\\"b\\u{1F600}\\{\"").text == "a\"b\U0001F600{");
  BOOST_TEST(show("\"{contact.visits + 1} of {$5}\"", {{"visits", number(2)}}).text == "3 of $5");
  BOOST_TEST(show("link(\"https://acme.example/demo\")").text == "https://acme.example/demo");
  BOOST_TEST(refused("contact.vip", Code::not_text));
  BOOST_TEST(refused("contact.first_name", Code::optional_used));
  BOOST_TEST(refused("\"\\q\"", Code::unknown_escape));
}

BOOST_AUTO_TEST_CASE(a_text_may_have_very_many_holes) {
  std::string text = "\"";
  std::string expected;
  for (int i = 0; i < 600; ++i) {
    text += "{contact.visits};";
    expected += "7;";
  }
  BOOST_TEST(show(text + "\"", {{"visits", number(7)}}).text == expected);
}

BOOST_AUTO_TEST_CASE(what_is_too_large_is_refused_in_time) {
  std::string chain = "true";
  for (int i = 0; i < 50'000; ++i) chain += " and true";
  BOOST_TEST(no_condition(chain, Code::too_complex));
  std::string nots;
  for (int i = 0; i < 50'001; ++i) nots += "not ";
  BOOST_TEST(holds(nots + "true") == "no");
  std::string minuses;
  for (int i = 0; i < 50'001; ++i) minuses += "-";
  BOOST_TEST(show(minuses + "3").text == "-3");
  // Each asks twice for the one before it.
  std::string doubling = "segment s0 = contact.vip\n";
  for (int i = 1; i < 60; ++i)
    doubling += fmt::format("segment s{} = contact is s{} or contact is s{}\n", i, i - 1, i - 1);
  BOOST_TEST((testing::codes_of(testing::project(doubling)) == std::vector<Code>{Code::too_complex}));
  // Each asks for the next.
  std::string chained;
  for (int i = 0; i < 5'000; ++i) chained += fmt::format("segment s{} = contact is s{}\n", i, i + 1);
  const auto codes = testing::codes_of(testing::project(chained + "segment s5000 = contact.vip\n"));
  BOOST_TEST(!codes.empty());
  BOOST_TEST((codes.empty() || codes.front() == Code::too_complex));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
