// What a change of rules means, kind by kind: each pair of policies, and all that is said of it.
#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "compiler/diff/diff.hpp"
#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler::testing {

namespace {

using diff::Change;
using diff::Difference;

/// A project under a policy of these rules, with an action of each kind that rules speak of.
std::string under(const std::string& rules, const std::string& more = "", const std::string& head = "") {
  return project(
      "role legal { \"lee@acme.example\" }\nrole boss { \"bo@acme.example\" }\n"
      "action pay(sum: Money) effect spend sum\naction launch(title: Text) effect publish\n" +
          more + workflow("send welcome\ndo pay(sum: $5)", "enter on downloaded\ntoward qualified\n" + head) +
          "policy brand {\n" + rules + "\n}\n",
      "phone: Phone?\n", "under brand\n");
}

Difference compared(const std::string& before, const std::string& after) {
  const auto old_one = check({grammar::Source("old.lead", before)});
  const auto new_one = check({grammar::Source("new.lead", after)});
  for (const Checked* side : {old_one.get(), new_one.get()}) {
    for (const grammar::Diagnostic& d : side->diagnostics) {
      if (!side->sound && d.severity == grammar::Severity::error) BOOST_ERROR(grammar::render(d, side->files, false));
    }
  }
  return diff::compare(*old_one, *new_one);
}

std::string told(const Difference& difference) {
  std::string out;
  for (const Change& change : difference.changes) {
    out += fmt::format("{} {}{}{}{}\n", to_string(change.direction), fmt::join(change.acts, ", "),
                       change.acts.empty() ? "" : ": ", change.what,
                       change.shows.empty() ? "" : " [" + change.shows + "]");
  }
  return out;
}

void says(const std::string& before, const std::string& after, const std::string& expected) {
  BOOST_TEST(told(compared(under(before), under(after))) == expected,
             "after `" << before << "` comes `" << after << "`");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(policies_compared)

BOOST_AUTO_TEST_CASE(what_may_happen_at_a_moment) {
  says("a: forbid send when contact.vip", "a: forbid send when contact.vip and contact.visits > 3",
       "looser send: was forbidden, is allowed now [contact.vip is true, contact.visits is 0]\n");
  says("a: forbid send when contact.visits < 3", "a: forbid send when contact.visits <= 3",
       "stricter send: was allowed, is forbidden now [contact.visits is 3]\n");
  says("a: forbid send when contact.vip", "a: forbid send when contact.vip otherwise defer up to 1 day",
       "looser send: was forbidden, is put off now [contact.vip is true]\n");
  says("a: forbid send when contact.vip otherwise hold for legal", "a: forbid send when contact.vip otherwise stop",
       "stricter send: was held for approval, is forbidden, and ends the workflow now [contact.vip is true]\n");
  says("a: forbid send when contact.vip otherwise defer up to 1 day",
       "a: forbid send when contact.vip otherwise defer up to 2 days",
       "looser send: is put off longer than 1 day [contact.vip is true]\n");
  says("a: forbid publish", "", "looser do launch, publish: was forbidden, is allowed now [always]\n");
  says("", "a: require approval by legal before spend when amount > $500",
       "stricter do pay, spend: was allowed, is held for a word from `legal` now [sum is USD 501]\n");
  says("a: require approval by legal before publish", "a: require approval by boss before publish",
       "looser do launch, publish: does not need a word from `legal` any more, but from somebody else [always]\n"
       "stricter do launch, publish: needs a word from `boss` now [always]\n");
  says("default forbid\na: allow send when contact.vip\nb: allow spend",
       "default forbid\na: allow send when contact.vip or contact.plan is pro\nb: allow spend",
       "looser send: was forbidden, is allowed now [contact.vip is false, contact.plan is pro]\n");
}

BOOST_AUTO_TEST_CASE(the_same_in_other_words_is_no_change) {
  says("a: forbid send when not (contact.vip or contact.visits > 3)",
       "a: forbid send when not contact.vip and contact.visits <= 3", "");
  says("a: forbid send when count(visited, last 3 days) >= 2\nb: forbid send when count(visited, last 7 days) >= 2",
       "b: forbid send when count(visited, last 7 days) >= 2", "");
  says("a: limit messages to 5 per 7 days", "b: limit messages to 5 per 168 hours", "");
  const Difference renamed =
      compared(under("a: forbid publish\nc: forbid send when contact.vip"),
               under("b: forbid publish because \"so\"\nc: forbid send when contact.vip == true"));
  BOOST_TEST(told(renamed) == "");
  BOOST_REQUIRE(renamed.same.size() == 2U);
  BOOST_TEST(renamed.same[0].before == "brand.a");
  BOOST_TEST(renamed.same[0].after == "brand.b");
  BOOST_TEST(renamed.same[1].after == "brand.c");
}

BOOST_AUTO_TEST_CASE(limits) {
  says("a: limit messages to 5 per 7 days", "a: limit messages to 6 per 7 days",
       "looser send: more than 5 messages in 7 days may go out now [6 messages to one person: 6 on Mon 2026-06-01 at "
       "09:00]\n");
  says("a: limit messages to 5 per 7 days", "a: limit messages to 5 per 8 days",
       "stricter send: no more than 5 messages in 8 days may go out now [6 messages to one person: 5 on Mon 2026-06-01 "
       "at "
       "09:00, 1 on Mon 2026-06-08 at 09:00]\n");
  BOOST_TEST(
      told(compared(under("a: limit messages to 5 per 7 days"), under("a: limit messages to 2 per day")))
          .find("stricter send: no more than 2 messages in a day may go out now [3 messages to one person: 3 on") !=
      std::string::npos);
  says("a: limit spend to $100 per month", "a: limit spend to $250 per month",
       "looser spending: more than USD 100 over all people in a month may be spent now [USD 101 spent in all: USD 101 "
       "on Mon "
       "2026-06-01 at 09:00]\n");
  says("a: limit messages to 5 per 7 days", "a: limit messages to 5 per 7 days, share nurture 3",
       "stricter send: no more than 3 messages of this workflow in 7 days may go out now [4 messages to one person: 4 "
       "on Mon "
       "2026-06-01 at 09:00]\n"
       "stricter send: no more than 2 messages of this workflow in 7 days may go out now [3 messages to one person: 3 "
       "on Mon "
       "2026-06-01 at 09:00]\n");
  says("a: limit messages to 5 per 7 days", "a: limit messages to 5 per 7 days otherwise defer up to 1 day",
       "looser what breaks it is left out, and is put off for up to 1 day now\n");
  says("a: limit messages to 3 per day", "a: limit messages to 3 per 24 hours",
       "stricter send: no more than 3 messages in 1 day may go out now [4 messages to one person: 3 on Mon 2026-06-01 "
       "at "
       "09:00, 1 on Tue 2026-06-02 at 00:00]\n"
       "cannot tell send: more than 3 messages in a day may go out now, but only where the clocks go back, or somebody "
       "travels\n");
  says("a: limit weight moves to 20% per day", "a: limit weight moves to 30% per day",
       "looser weights may move by more than 20% now [21% on 2026-06-01]\n");
}

BOOST_AUTO_TEST_CASE(texts) {
  says("a: ban \"risk free\", \"no risk\" in content", "a: ban \"Risk-Free\" in content",
       "looser send: may say \"no risk\" now [a text that says \"no risk\"]\n");
  says("a: ban \"risk free offer\" in content", "a: ban \"risk free\" in content",
       "stricter send: may not say \"risk free\" any more [a text that says \"risk free\"]\n");
  says("a: ban \"sure\" in content", "a: ban \"sure\" in email",
       "looser send by any other channel: may say \"sure\" now [a text that says \"sure\"]\n");
  says("a: require \"unsubscribe here\" in email", "a: require \"unsubscribe\" in email",
       "looser send by email: need not have \"unsubscribe here\" any more [a content without \"unsubscribe here\"]\n");
}

BOOST_AUTO_TEST_CASE(duties_of_a_workflow) {
  says("a: require goal with baseline, holdout of at least 10%", "a: require goal with target, holdout of at least 5%",
       "looser a goal may be without a baseline now\nlooser a goal may hold out less than 10% now\n"
       "stricter a goal must have a target now\n");
  says("a: require every choose to explore at least 5%", "a: require every choose to explore at least 2%",
       "looser a `choose` may explore less than 5% now\n");
  says("a: forbid deciding on protected\nb: forbid sending private to email\nc: keep audit 2 days",
       "b: forbid sending sensitive to email\nc: keep audit 1 day\nd: require data ready",
       "looser something `protected` may decide now\nlooser something `private` may be sent to email now\n"
       "looser the audit need not be kept for 2 days now\n"
       "stricter nothing `sensitive` may be sent to email now\nstricter data must be ready now\n");
}

BOOST_AUTO_TEST_CASE(how_firmly_a_rule_is_kept) {
  const std::string rule = "forbid send when contact.vip";
  says("a: prove " + rule, "a: " + rule, "looser need not be proved any more: it may be kept at run time only\n");
  says("a: " + rule, "a: " + rule + " waivable by legal", "looser may be waived by `legal` now\n");
  const std::string waivable = "a: " + rule + " waivable by legal";
  BOOST_TEST(told(compared(under(waivable), under(waivable, "", "waive brand.a until 2027-01-31 because \"so\"\n"))) ==
             "looser `nurture` waives it until 2027-01-31 [once somebody in the role has signed]\n");
  const std::string held = under("a: " + rule + " otherwise hold for legal");
  std::string more = held;
  more.replace(more.find("\"lee@"), 1, "\"cy@acme.example\", \"");
  BOOST_TEST(told(compared(held, more)) == "looser cy@acme.example may speak for `legal` now\n");
}

BOOST_AUTO_TEST_CASE(whom_a_policy_binds) {
  std::string some = under("a: forbid send when contact.vip");
  std::string none_other = some;
  none_other.insert(none_other.find("a: forbid"), "applies to workflow nurture\n");
  const Difference difference = compared(some, none_other);
  BOOST_REQUIRE(difference.changes.size() == 1U);
  BOOST_TEST(difference.changes[0].under == std::vector<std::string>{"any other workflow"});
  BOOST_TEST(told(difference) == "looser send: was forbidden, is allowed now [contact.vip is true]\n");
  std::string gone = some;
  gone.replace(gone.find("under brand\n"), 12, "");
  const Difference nobody = compared(some, gone);
  BOOST_REQUIRE(nobody.changes.size() == 1U);
  BOOST_TEST(nobody.changes[0].under == std::vector<std::string>{"every workflow"});
  // Where nobody is under it on either side, it is read as it is.
  std::string looser = gone;
  looser.replace(looser.find("a: forbid send when contact.vip"), 31, "a: forbid send by email when contact.vip");
  const Difference alone = compared(gone, looser);
  BOOST_REQUIRE(alone.changes.size() == 1U);
  BOOST_TEST(alone.changes[0].under == std::vector<std::string>{"whoever is put under `brand`"});
}

BOOST_AUTO_TEST_CASE(what_cannot_be_told_is_said) {
  const auto without = [](std::string text, const std::string& what, const std::string& by) {
    text.replace(text.find(what), what.size(), by);
    return text;
  };
  const std::string old_one = under("a: forbid send when contact.vip");
  BOOST_TEST(told(compared(old_one, without(under(""), "  vip: Bool\n", ""))) ==
             "cannot tell send: `contact.vip` is no field of the new project\n");
  // Whether it was allowed depends on what is gone, also where it is forbidden now.
  BOOST_TEST(told(compared(old_one, without(under("a: forbid send"), "vip: Bool\n", "\n"))) ==
             "cannot tell send: `contact.vip` is no field of the new project\n");
  BOOST_TEST(told(compared(old_one, without(under(""), "vip: Bool", "vip: Text"))) ==
             "cannot tell send: `contact.vip` was Bool and is something else now\n");
  // Another member is no reason: it is none of the old ones.
  const std::string plans = under("a: forbid send when contact.plan is free");
  BOOST_TEST(told(compared(plans, without(plans, "free | pro |", "free | trial | pro |"))) == "");
  const std::string often = under("a: limit messages to 2 per day");
  BOOST_TEST(
      told(compared(often, without(often, "Europe/Oslo", "Asia/Tokyo"))) ==
      "cannot tell the project's clock was Europe/Oslo and is Asia/Tokyo now: for people without a zone these are "
      "other hours\n");
}

BOOST_AUTO_TEST_CASE(steps_that_it_touches) {
  const Difference difference = compared(under("a: limit spend to $9 per day"), under(""));
  BOOST_REQUIRE(difference.changes.size() == 1U);
  BOOST_TEST(difference.changes[0].touches ==
             (std::vector<std::string>{"nurture: send welcome by email", "nurture: do pay"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler::testing
