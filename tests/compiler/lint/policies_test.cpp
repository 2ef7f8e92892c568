// Lints for policies: what each says and, mostly, what it does not.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <chrono>

#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

using grammar::Code;

/// What is said of a policy, beside everything that is not about policies. Nothing is proved: most of these policies
/// would be broken.
std::string said(const std::string& rules, const std::string& more = "", const std::string& workflows = "",
                 const std::string& use = "", const std::string& under = "") {
  const std::string flows = workflows.empty()
                                ? testing::workflow("send welcome", "owner \"ana@acme.example\"\nenter on downloaded\n")
                                : workflows;
  const std::string text = use + testing::project(
                                     "role legal { \"lee@acme.example\" }\nrole sales { \"kim@acme.example\" }\n"
                                     "action refund(amount: Money) effect spend amount\n"
                                     "action tell(what: Text) effect write\npolicy brand {\n" +
                                         rules + "\n}\n" + more + flows,
                                     "", "under brand" + under + "\n");
  const Compiled compiled =
      compile({grammar::Source("test.lead", text)}, {}, {.lint = true, .prove = false, .folder = {}});
  BOOST_REQUIRE_MESSAGE(compiled.errors() == 0, testing::rendered(compiled));
  std::string out;
  for (const grammar::Diagnostic& d : compiled.diagnostics) {
    switch (d.code) {
      case Code::rule_never:
      case Code::implied_rule:
      case Code::nothing_possible:
      case Code::loose_limit:
      case Code::otherwise_never:
      case Code::identical_rules:
      case Code::forbids_everything:
      case Code::constant_condition: out += d.message + "\n"; break;
      default: break;
    }
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(policy_lints)

BOOST_AUTO_TEST_CASE(a_rule_that_can_never_apply) {
  const auto never = [](const std::string& rule) { return said("a: " + rule) == "`brand.a` can never apply\n"; };
  BOOST_TEST(never("forbid send when contact.country == \"DE\" and contact.country == \"FR\""));
  BOOST_TEST(never("forbid send when contact.visits > 5 when contact.visits < 3"));
  BOOST_TEST(never("forbid send between 08:00 and 10:00 when now between 12:00 and 14:00"));
  BOOST_TEST(never("forbid send when count(visited, last 7 days) > 3 and count(visited, last 30 days) < 2"));
  BOOST_TEST(never("require approval by legal before spend when amount > $5 and amount < $3"));
  BOOST_TEST(never("forbid do refund when amount > $5 and amount < $3"));
  BOOST_TEST(never("forbid send by email when channel is not email"));
  BOOST_TEST(never("forbid send when content.transactional and not content.transactional"));
  BOOST_TEST(said("default forbid\na: allow send\nb: allow do tell when contact.visits < 1 and contact.visits > 1") ==
             "`brand.b` can never allow anything\n");
  // One of them may be, or nobody can tell.
  for (const char* rule : {"forbid send when contact.country == \"DE\" or contact.country == \"FR\"",
                           "forbid send when contact.visits >= 5 and contact.visits <= 5",
                           "forbid send when contact.visits + contact.visits == 3",
                           "forbid send when count(visited, last 30 days) > 3 and count(visited, last 7 days) < 2",
                           "forbid send when channel is email and contact.country == \"DE\"",
                           "forbid send when not (contact.mrr exists)", "forbid spend when amount > $5 and amount < $6",
                           "forbid send between 08:00 and 10:00 when now between 09:00 and 14:00"})
    BOOST_TEST(said(std::string("a: ") + rule) == "", rule);
}

BOOST_AUTO_TEST_CASE(a_rule_that_another_one_covers) {
  const auto covered = [](const std::string& a, const std::string& b) {
    const std::string out = said("a: " + a + "\nb: " + b);
    if (out.empty()) return ' ';
    if (out == "`brand.a` adds nothing to `brand.b`\n") return 'a';
    return out == "`brand.b` adds nothing to `brand.a`\n" ? 'b' : '?';
  };
  const std::string night = "forbid send between 21:00 and 08:00", late = "forbid send between 22:00 and 06:00";
  BOOST_TEST(covered(night, late) == 'b');
  BOOST_TEST(covered(late, night) == 'a');
  BOOST_TEST(covered(night + " otherwise stop", late + " otherwise defer") == 'b');
  BOOST_TEST(covered(night + " otherwise skip", late + " otherwise defer") == 'b');
  BOOST_TEST(covered(night + " otherwise defer up to 5 hours", late + " otherwise defer") == 'b');
  BOOST_TEST(covered(night, "forbid send by email between 22:00 and 06:00") == 'b');
  BOOST_TEST(covered("forbid send when contact.visits > 3", "forbid send when contact.visits > 5 and contact.vip") ==
             'b');
  BOOST_TEST(covered("forbid send when channel.consent is not given",
                     "forbid send by email when contact.consent.email is withdrawn") == 'b');
  BOOST_TEST(covered("ban \"risk free\", \"sure thing\" in content", "ban \"sure thing\" in email") == 'b');
  BOOST_TEST(covered("require approval by legal before spend when amount > $5",
                     "require approval by legal before spend when amount > $50") == 'b');
  BOOST_TEST(covered("forbid spend when amount > $5", "forbid spend when amount > $50") == 'b');
  BOOST_TEST(covered("keep audit 30 days", "keep audit 60 days") == 'a');
  BOOST_TEST(covered("forbid send when count(visited, last 30 days) > 3",
                     "forbid send when count(visited, last 7 days) > 3") == 'b');
  // The same in other words is said once, of the later one.
  BOOST_TEST(covered("forbid send when contact.visits > 3", "forbid send when 3 < contact.visits") != ' ');

  // It does less in some way, or is about something else.
  BOOST_TEST(covered(night + " otherwise defer", late + " otherwise skip") == ' ');
  BOOST_TEST(covered(night + " otherwise skip", late + " otherwise stop") == ' ');
  BOOST_TEST(covered(night + " otherwise defer", late + " otherwise defer up to 5 hours") == ' ');
  BOOST_TEST(covered(night + " otherwise defer up to 9 hours", late + " otherwise defer up to 5 hours") == ' ');
  BOOST_TEST(covered(night + " otherwise hold for legal", late + " otherwise skip") == ' ');
  BOOST_TEST(covered(night + " otherwise hold for legal", late + " otherwise hold for sales") == ' ');
  BOOST_TEST(covered(night + " waivable by legal", late) == ' ');
  BOOST_TEST(covered(night, "prove " + late) == ' ');
  BOOST_TEST(covered("forbid send by email between 21:00 and 08:00", late) == ' ');
  BOOST_TEST(covered(night, "forbid send between 20:00 and 06:00") == ' ');
  BOOST_TEST(covered("require approval by legal before spend when amount > $5",
                     "require approval by sales before spend when amount > $50") == ' ');
  BOOST_TEST(covered("forbid spend when amount > $5", "forbid do refund when amount > $50") == ' ');
  BOOST_TEST(covered("forbid send when contact.visits > 3", "forbid send when contact.vip") == ' ');
  BOOST_TEST(covered("forbid send when contact.visits > 3",
                     "require approval by legal before send when contact.visits > 5") == ' ');
  BOOST_TEST(said("a: forbid send when contact.visits > 3\nb: forbid send when contact.visits > 3") ==
             "`b` says what `a` says already\n");
}

BOOST_AUTO_TEST_CASE(only_where_both_are_asked) {
  const std::string night = "forbid send between 21:00 and 08:00", late = "forbid send between 22:00 and 06:00";
  const std::string here = "owner \"ana@acme.example\"\nenter on downloaded\n";
  const std::string both = testing::workflow("send welcome", here);
  // Another policy of the project counts; one that binds fewer workflows does not.
  BOOST_TEST(said("a: " + night, "policy other { b: " + late + " }\n", "", "", ", other") ==
             "`other.b` adds nothing to `brand.a`\n");
  const std::string here_only = "policy other {\n applies to workflow nurture\n b: " + night + "\n}\n";
  BOOST_TEST(said("a: " + late, here_only) == "`brand.a` adds nothing to `other.b`\n");
  BOOST_TEST(said("a: " + late, here_only,
                  both + "workflow second for contact {\n" + here + "steps { send welcome }\n}\n") == "");
  // Rules of one policy are compared before anybody is under it.
  BOOST_TEST(said("x: keep audit 30 days", "policy other {\n a: " + night + "\n b: " + late + "\n}\n") ==
             "`other.b` adds nothing to `other.a`\n");
  // What the library says has a reason of its own; but a limit of it is a limit.
  BOOST_TEST(said("a: forbid send when now between 22:00 and 06:00 and not content.transactional otherwise defer", "",
                  "", "use std.policies.quiet_hours\n", ", quiet_hours") == "");
  BOOST_TEST(said("a: limit messages to 5 per 7 days", "", "", "use std.policies.frequency\n", ", frequency") ==
             "`brand.a` never holds anything back: `frequency.weekly` is tighter\n");
}

BOOST_AUTO_TEST_CASE(rules_that_leave_nothing_possible) {
  const std::string night = "a: forbid send between 21:00 and 08:00\n";
  BOOST_TEST(said(night + "b: forbid send between 08:00 and 21:00") ==
             "`brand.a` and `brand.b` together forbid every message, always\n");
  BOOST_TEST(said(night + "x: forbid send when contact.vip\nb: forbid send between 07:00 and 22:00") ==
             "`brand.a` and `brand.b` together forbid every message, always\n");
  BOOST_TEST(said("a: forbid send when contact.visits > 3\nb: forbid send when contact.visits <= 3") ==
             "`brand.a` and `brand.b` together forbid every message, always\n");
  BOOST_TEST(
      said("a: forbid spend when amount > $3\nb: forbid spend when amount < $2\nc: forbid spend when amount > $1") !=
      "");
  BOOST_TEST(said("a: forbid send when contact.visits > 3 or contact.visits <= 3") == "this always holds\n");
  BOOST_TEST(
      said("default forbid\na: allow send when contact.vip\nb: forbid send when contact.vip or contact.visits > 3") ==
      "what `brand.a` allows is forbidden all the same\n");
  BOOST_TEST(said("default forbid\na: allow send between 08:00 and 10:00\nb: forbid send between 07:00 and 09:00\n"
                  "c: forbid send between 09:00 and 11:00") == "what `brand.a` allows is forbidden all the same\n");
  // An hour, somebody, or a person's word is left; or it is meant.
  BOOST_TEST(said(night + "b: forbid send between 08:00 and 20:00") == "");
  BOOST_TEST(said(night + "b: forbid send between 08:00 and 21:00 when contact.vip") == "");
  BOOST_TEST(said(night + "b: forbid send between 08:00 and 21:00 otherwise hold for legal") == "");
  BOOST_TEST(said(night + "b: forbid spend when amount > $1") == "");
  BOOST_TEST(said("a: forbid spend\nb: forbid publish") == "");
  BOOST_TEST(said("default forbid\na: allow send\nb: forbid send when contact.vip") == "");
  BOOST_TEST(said("a: allow send when contact.vip\nb: forbid send when contact.vip") == "");
}

BOOST_AUTO_TEST_CASE(a_limit_that_is_never_met) {
  const auto loose = [](const std::string& a, const std::string& b) {
    const std::string out = said("a: limit " + a + "\nb: limit " + b);
    if (out.empty()) return ' ';
    if (out == "`brand.a` never holds anything back: `brand.b` is tighter\n") return 'a';
    return out == "`brand.b` never holds anything back: `brand.a` is tighter\n" ? 'b' : '?';
  };
  BOOST_TEST(loose("messages to 5 per 7 days", "messages to 1 per 7 days") == 'a');
  BOOST_TEST(loose("messages to 1 per 7 days", "messages to 5 per 1 day") == 'b');
  BOOST_TEST(loose("messages to 1 per 7 days", "messages to 1 per 1 day") == 'b');
  BOOST_TEST(loose("messages to 1 per 7 days", "messages to 5 per 30 days") == 'b');
  BOOST_TEST(loose("messages to 2 per week", "messages to 3 per day") == 'b');
  BOOST_TEST(loose("messages to 2 per 2 days", "messages to 3 per day") == 'b');
  BOOST_TEST(loose("messages to 2 per 7 days", "messages by email to 2 per 7 days") == 'b');
  BOOST_TEST(
      loose("messages to 2 per 7 days otherwise stop", "messages to 3 per 7 days otherwise defer up to 2 days") == 'b');
  BOOST_TEST(loose("spend to $50 per day", "spend to $60 per day") == 'b');
  BOOST_TEST(loose("weight moves to 10% per day", "weight moves to 20% per day") == 'b');
  // Each of them is met sometimes.
  BOOST_TEST(loose("messages to 1 per 7 days", "messages to 4 per 30 days") == ' ');
  BOOST_TEST(loose("messages to 1 per 1 day", "messages to 5 per 7 days") == ' ');
  BOOST_TEST(loose("messages to 1 per day", "messages to 1 per 1 day") == ' ');   // over midnight
  BOOST_TEST(loose("messages to 1 per 1 day", "messages to 1 per day") == ' ');   // a day of 25 hours
  BOOST_TEST(loose("messages to 1 per month", "messages to 1 per week") == ' ');  // over the end of a month
  BOOST_TEST(loose("messages by email to 1 per 7 days", "messages to 5 per 7 days") == ' ');
  BOOST_TEST(loose("messages to 1 per 7 days per project", "messages to 5 per 7 days") == ' ');
  BOOST_TEST(loose("messages to 1 per 7 days", "messages to 5 per 7 days otherwise stop") == ' ');
  BOOST_TEST(loose("messages to 1 per 7 days waivable by legal", "messages to 5 per 7 days") == ' ');
  BOOST_TEST(loose("messages to 2 per 7 days", "messages to 5 per 7 days, share nurture 1") == ' ');
  BOOST_TEST(loose("spend to $50 per day", "messages to 60 per day") == ' ');
  // A workflow's own, and one of the library.
  const std::string own =
      "workflow nurture for contact {\nowner \"ana@acme.example\"\nenter on downloaded\nlimit "
      "messages to 3 per 7 days\nsteps { send welcome }\n}\n";
  BOOST_TEST(said("a: limit messages to 2 per 7 days", "", own) ==
             "`nurture.limit` never holds anything back: `brand.a` is tighter\n");
  BOOST_TEST(said("a: limit messages to 4 per 7 days", "", own) == "");
}

BOOST_AUTO_TEST_CASE(an_otherwise_that_never_happens) {
  BOOST_TEST(said("a: prove limit messages to 3 per 7 days otherwise stop") ==
             "the `otherwise` of `brand.a` can never happen\n");
  BOOST_TEST(said("a: prove ban \"risk free\" in content otherwise stop") ==
             "the `otherwise` of `brand.a` can never happen\n");
  // Who is asked again at hand-over may have changed.
  BOOST_TEST(said("a: prove forbid send when contact.consent.email is withdrawn otherwise stop") == "");
  BOOST_TEST(said("a: limit messages to 3 per 7 days otherwise stop") == "");
  BOOST_TEST(said("a: prove limit messages to 3 per 7 days") == "");
}

BOOST_AUTO_TEST_CASE(they_take_a_few_milliseconds) {
  const auto seconds = [](std::size_t rules, bool lint) {
    std::string text;
    const char* const kinds[] = {"forbid send between {:02}:00 and {:02}:30 otherwise defer",
                                 "forbid send when contact.visits > {} and contact.visits < {}00",
                                 "limit messages to {} per {} hours",
                                 "forbid send when count(visited, last {} days) > {}"};
    for (std::size_t i = 0; i < rules; ++i)
      text += "r" + std::to_string(i) + ": " + fmt::format(fmt::runtime(kinds[i % 4]), 1 + i % 20, 1 + i % 19) +
              " because \"it is so\"\n";
    const std::string project =
        testing::project("policy brand {\n" + text + "}\n" + testing::workflow("send welcome"), "", "under brand\n");
    double best = 1e9;
    for (int round = 0; round < 3; ++round) {
      const auto start = std::chrono::steady_clock::now();
      const Compiled compiled =
          compile({grammar::Source("x.lead", project)}, {}, {.lint = lint, .prove = false, .folder = {}});
      best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
      BOOST_TEST(compiled.module.has_value());
    }
    return best;
  };
  for (const std::size_t rules : {20U, 60U}) {
    const double without = seconds(rules, false), with = seconds(rules, true);
    BOOST_TEST_MESSAGE(rules << " rules: all lints take " << 1000 * (with - without) << " ms of " << 1000 * with);
    // The machine is shared and builds may be without optimisation: what this is to catch is Z3 being asked of each
    // pair.
    BOOST_TEST(with - without < 2);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
