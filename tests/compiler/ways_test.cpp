// Ways through a workflow: what they become in the module, and what is known where.
#include <boost/test/unit_test.hpp>

#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

using bytecode::none;
using bytecode::StepKind;
using grammar::Code;
using testing::codes_of;
using testing::project;
using testing::workflow;

namespace {

const std::string record = "record campaign { key name: Text  live: Bool  budget: Money  note: Text? }\n";

bytecode::Module compiled(const std::string& rest) {
  Compiled out = testing::compile_text(project(rest));
  BOOST_REQUIRE_MESSAGE(out.module.has_value(), testing::rendered(out));
  const auto sound = bytecode::verify(*out.module);
  BOOST_TEST(sound.has_value(), (sound ? "" : sound.error().args.at(0)));
  const auto again = bytecode::decode(bytecode::encode(*out.module));
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST((*again == *out.module));
  return std::move(*out.module);
}

/// The place of the step with this key.
bytecode::Index at(const bytecode::Module& module, const std::string& key) {
  for (bytecode::Index i = 0; i < module.steps.size(); ++i) {
    if (module.steps[i].key == "nurture/" + key) return i;
  }
  BOOST_FAIL("no step " << key);
  return none;
}

bool fine(const std::string& steps, const std::string& head = "enter on downloaded\n") {
  return codes_of(project(workflow(steps, head) + record)).empty();
}

std::vector<Code> codes(const std::string& steps) {
  return codes_of(project(workflow(steps) + record));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ways_test)

BOOST_AUTO_TEST_CASE(a_repeat_leads_back_to_itself) {
  const bytecode::Module m = compiled(
      workflow("repeat up to 3 times every 7 days until contact.vip {\nsend welcome\nwait 1 day\n}\nwait 2 days"));
  const bytecode::Step& repeat = m.steps[at(m, "repeat#1")];
  BOOST_TEST((repeat.kind == StepKind::repeat));
  BOOST_TEST(repeat.times == 3U);
  BOOST_TEST((repeat.every == days(7)));
  BOOST_TEST(repeat.value != none);
  BOOST_TEST(repeat.next == at(m, "repeat#1/send welcome#1"));
  BOOST_TEST(m.steps[at(m, "repeat#1/wait#1")].next == at(m, "repeat#1"));
  BOOST_TEST(repeat.otherwise == at(m, "wait#1"));
}

BOOST_AUTO_TEST_CASE(a_repeat_of_nothing) {
  const bytecode::Module m = compiled(workflow("repeat up to 3 times every 7 days until contact.vip { }"));
  BOOST_TEST(m.steps[at(m, "repeat#1")].next == at(m, "repeat#1"));
  BOOST_TEST(m.steps[at(m, "repeat#1")].otherwise == none);
}

BOOST_AUTO_TEST_CASE(what_is_known_in_a_round) {
  const auto old = std::vector<Code>{Code::optional_used};
  // Before it: nothing of the contact that may change.
  BOOST_TEST(
      (codes("if contact.mrr exists {\nrepeat up to 2 times every 1 day { if contact.mrr > $5 { send welcome } }\n}") ==
       old));
  // What the end of a round knows, the next round's start does not.
  BOOST_TEST(
      (codes("repeat up to 2 times every 1 day until contact.mrr > $5 { if not contact.mrr exists { stop } }") == old));
  BOOST_TEST(
      (codes("repeat up to 2 times every 1 day { if not contact.mrr exists { stop } }\nif contact.mrr > $5 { stop }") ==
       old));
  // What an event said stays said, and that `until` did not hold is known in the round.
  BOOST_TEST(
      fine("if event.pages exists {\nrepeat up to 2 times every 1 day { if event.pages > 5 { send welcome } }\n}"));
  BOOST_TEST(
      fine("repeat up to 2 times every 1 day until not contact.mrr exists { if contact.mrr > $5 { send welcome } }"));
}

BOOST_AUTO_TEST_CASE(a_split) {
  const bytecode::Module m =
      compiled(workflow("split tone {\nvariant a 12.5% { send welcome }\nvariant b 87.5% { }\n}\nwait 1 day"));
  const bytecode::Split& split = m.splits.at(m.steps[at(m, "tone")].split);
  BOOST_TEST(split.key == "nurture/tone");
  BOOST_TEST(split.variants.at(0).share.to_string() == "0.125");
  BOOST_TEST(split.variants.at(0).first == at(m, "tone/a/send welcome#1"));
  BOOST_TEST(split.variants.at(1).first == at(m, "wait#1"));
  BOOST_TEST(!split.adopt);
  // Only what both know is known behind it.
  BOOST_TEST((codes("split tone {\nvariant a 50% { if not contact.mrr exists { stop } }\nvariant b 50% { }\n}\n"
                    "if contact.mrr > $5 { stop }") == std::vector<Code>{Code::optional_used}));
  BOOST_TEST(
      fine("split tone {\nvariant a 50% { if not contact.mrr exists { stop } }\nvariant b 50% { stop }\n}\n"
           "if contact.mrr > $5 { stop }"));
}

BOOST_AUTO_TEST_CASE(bounds_of_options) {
  const bytecode::Module m =
      compiled(workflow("choose offer toward qualified {\nexplore at least 5%\n"
                        "forget with half-life 30 days\nmove at most 10% per day\n"
                        "option a at least 10% at most 60% { send welcome }\noption b { }\n}"));
  const bytecode::Choice& choice = m.choices.at(0);
  BOOST_TEST(choice.options.at(0).at_least.to_string() == "0.1");
  BOOST_TEST(choice.options.at(0).at_most.value().to_string() == "0.6");
  BOOST_TEST((choice.half_life == days(30)));
  BOOST_TEST(choice.move.value().share.to_string() == "0.1");
  BOOST_TEST((choice.move.value().period == bytecode::Period::day));
  // Exactly the whole is possible, and so is exactly what is kept.
  BOOST_TEST(
      fine("choose offer toward qualified {\nexplore at least 10%\noption a at least 40% at most 50% { }\n"
           "option b at least 40% { }\n}"));
}

BOOST_AUTO_TEST_CASE(following) {
  const std::string other = "workflow second for contact {\nenter on visited\nsteps { send welcome }\n}\n";
  const bytecode::Module m = compiled(workflow("if contact.vip { follow second }\nsend welcome") + other);
  const bytecode::Step& follow = m.steps[at(m, "if#1/follow second#1")];
  BOOST_TEST(m.workflows.at(follow.workflow).name == "second");
  BOOST_TEST(follow.next == none);
  // Reached by `follow` alone.
  BOOST_TEST(codes_of(project(workflow("follow second") + "workflow second for contact {\nsteps { send welcome }\n}\n"))
                 .empty());
  // Two ways to one place are no circle.
  BOOST_TEST(codes_of(project(workflow("if contact.vip { follow second } else { follow third }") + other +
                              "workflow third for contact {\nsteps { follow second }\n}\n"))
                 .empty());
}

BOOST_AUTO_TEST_CASE(the_best_of_channels) {
  const std::string more =
      "channel sms { to contact.email consent not needed because \"a test\" content { text: Text } }\n"
      "content both { email { subject \"B\" body \"B\" } sms { text \"B\" } }\n";
  const bytecode::Module m =
      compiled(workflow("send both by best of email, sms at best hour between 20:00 and 08:00") + more);
  const bytecode::Step& send = m.steps[at(m, "send both#1")];
  BOOST_TEST(send.best.size() == 2U);
  BOOST_TEST(send.channel == none);
  BOOST_TEST(send.best_hour.value().from.second == 20 * 3600);
}

BOOST_AUTO_TEST_CASE(a_plan_comes_back_after_each_play) {
  const bytecode::Module m = compiled(
      workflow("plan path toward qualified {\nat most 6 plays, at least 2 days apart, within 45 days\nstage aware\n"
               "stage engaged when contact.vip\nplay educate { send welcome }\nplay nudge in engaged { wait 1 day }\n"
               "play rest { }\n}\nwait 3 days"));
  const bytecode::Step& step = m.steps[at(m, "path")];
  const bytecode::Plan& plan = m.plans.at(step.plan);
  BOOST_TEST(step.next == at(m, "wait#1"));
  BOOST_TEST(plan.most == 6U);
  BOOST_TEST((plan.apart == days(2)));
  BOOST_TEST((plan.within == days(45)));
  BOOST_TEST(plan.stages.at(0).when == none);
  BOOST_TEST(plan.stages.at(1).when != none);
  BOOST_TEST(plan.plays.at(0).first == at(m, "path/educate/send welcome#1"));
  BOOST_TEST(m.steps[plan.plays.at(0).first].next == at(m, "path"));
  BOOST_TEST((plan.plays.at(1).stages == std::vector<bytecode::Index>{1}));
  BOOST_TEST(plan.plays.at(2).first == at(m, "path"));
}

BOOST_AUTO_TEST_CASE(records_and_budgets) {
  const bytecode::Module m =
      compiled(workflow("for each campaign where campaign.live and campaign.budget > $5 {\nif campaign.note exists { "
                        "wait 1 day }\n}\n"
                        "allocate $10_000 per week across campaign where campaign.live toward qualified {\n"
                        "each between 5% and 50%\nmove at most 20% per 2 days\n}") +
               record);
  BOOST_TEST(m.records.at(0).name == "campaign");
  BOOST_TEST(m.records.at(0).fields.size() == 4U);
  BOOST_TEST(m.records.at(0).fields.at(0).key);
  const bytecode::Step& each = m.steps[at(m, "for each campaign#1")];
  BOOST_TEST(each.bind == 1U);
  BOOST_TEST(each.next == at(m, "for each campaign#1/if#1"));
  BOOST_TEST(m.steps[at(m, "for each campaign#1/if#1/wait#1")].next == at(m, "for each campaign#1"));
  const bytecode::Allocation& budget = m.allocations.at(0);
  BOOST_TEST(budget.amount.to_string() == "10000");
  BOOST_TEST((budget.period == bytecode::Period::week));
  BOOST_TEST(budget.least.to_string() == "0.05");
  BOOST_TEST((budget.move.value().window == days(2)));
  // In the disassembly a record's fields go by their names.
  BOOST_TEST(bytecode::disassemble(m).find("record 1 campaign.live") != std::string::npos);
  // A record may change while time passes.
  BOOST_TEST(
      (codes("for each campaign {\nif campaign.note exists {\nwait 1 day\nif campaign.note == \"a\" { stop }\n}\n}") ==
       std::vector<Code>{}));
  BOOST_TEST((
      codes("for each campaign {\nif campaign.note exists {\nwait 1 day\nif campaign.note in [\"a\"] { stop }\n}\n}") ==
      std::vector<Code>{Code::optional_used}));
}

BOOST_AUTO_TEST_CASE(a_date_to_wait_for) {
  BOOST_TEST(fine("wait until contact.signed_up + 14 days"));
  BOOST_TEST(fine("wait until 2027-01-31"));
  BOOST_TEST(fine("wait until contact.renews or 2026-11-23T09:00Z"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
