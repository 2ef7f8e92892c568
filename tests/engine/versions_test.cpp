// Versions: a pass keeps the flow that it began with, rules are those in force, and what is learned belongs to what it
// was learned for.
#include <set>

#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";

BOOST_AUTO_TEST_SUITE(versions)

BOOST_AUTO_TEST_CASE(the_same_project_again_is_no_new_version) {
  World world(project(workflow("send welcome")));
  BOOST_TEST(!must(world.engine->deploy(world.now, world.module)));
  BOOST_TEST(world.engine->deployments().newest().number == 1U);
  world.reopen();
  BOOST_TEST(world.said<audit::Deployed>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_pass_follows_its_own_flow) {
  World world(project(workflow("send welcome\nwait 1 day\nsend reminder")));
  world.contact(ann);
  world.contact("bob@a.example");
  world.event(ann, "joined");
  world.deploy(project(workflow("send offer\nwait 2 days\nsend ping")));
  world.event("bob@a.example", "joined");
  world.reopen();
  world.pass(days(3));
  BOOST_TEST(list(world.got(ann)) == "welcome, reminder");
  BOOST_TEST(list(world.got("bob@a.example")) == "offer, ping");
}

BOOST_AUTO_TEST_CASE(rules_are_those_in_force) {
  const std::string flow = workflow("send welcome\nwait 1 day\nsend reminder\nwait 1 day\nsend offer");
  World world(project(flow));
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(hours(25));
  world.deploy(project(flow, "under brand") + "policy brand {\n  few: limit messages to 2 per 7 days\n}\n");
  world.pass(days(3));
  BOOST_TEST(list(world.got(ann)) == "welcome, reminder");
  BOOST_TEST(world.tallies().rules.at("brand.few").skipped == 1U);

  // Also between the send and the hand-over.
  World other(project(flow), {.stride = hours(1)});
  other.contact(ann);
  other.later(other.now + minutes(1), ann, "joined");
  must(other.engine->batch(other.now + minutes(1)));
  other.deploy(project(flow, "under brand") + "policy brand { nothing: forbid send by email }\n");
  other.pass(days(3));
  BOOST_TEST(other.got(ann).empty());
  BOOST_TEST(other.tallies().rules.at("brand.nothing").withheld == 1U);

  // And a rule that is gone binds no more.
  World third(project(flow, "under brand") + "policy brand { nothing: forbid send by email }\n");
  third.contact(ann);
  third.event(ann, "joined");
  third.deploy(project(flow));
  third.pass(days(3));
  BOOST_TEST(list(third.got(ann)) == "reminder, offer");
}

std::string choosing(const std::string& clauses) {
  return project(workflow("wait 1 day\nchoose way {\n" + clauses + "\n}", "toward qualified\nenter on joined"));
}

BOOST_AUTO_TEST_CASE(a_choice_whose_options_have_changed) {
  World world(choosing("learn from contact.plan\noption story { send welcome }\noption demo { send offer }"));
  for (int i = 0; i < 30; ++i) {
    world.contact(std::to_string(i) + "@a.example");
    world.event(std::to_string(i) + "@a.example", "joined");
  }
  world.deploy(
      choosing("learn from contact.plan, contact.country, contact.mrr\noption demo { send offer }\noption story { send "
               "welcome }\noption text { send ping }"));
  world.pass(hours(1));
  for (int i = 30; i < 60; ++i) {
    world.contact(std::to_string(i) + "@a.example");
    world.event(std::to_string(i) + "@a.example", "joined");
  }
  world.pass(days(2));
  std::set<std::string> before, after;
  for (int i = 0; i < 60; ++i) {
    const std::vector<std::string> got = world.got(std::to_string(i) + "@a.example");
    BOOST_REQUIRE(got.size() == 1U);
    (i < 30 ? before : after).insert(got[0]);
  }
  BOOST_TEST(list({before.begin(), before.end()}) == "offer, welcome");
  BOOST_TEST(list({after.begin(), after.end()}) == "offer, ping, welcome");
  std::map<std::string, int> decisions;
  for (const auto& [when, d] : world.said<audit::Decided>()) ++decisions[list(d.options)];
  BOOST_TEST(decisions["story, demo"] == 30);
  BOOST_TEST(decisions["demo, story, text"] == 30);
  // What those of the old version did is not what the new one learns from.
  const LearnedChoice& learned = world.tallies().choices().at("nurture/way");
  BOOST_REQUIRE(learned.decisions.size() == 3U);
  BOOST_TEST(learned.decisions[0] + learned.decisions[1] + learned.decisions[2] == 30U);
  const std::string saved = world.tallies().save();
  world.reopen();
  BOOST_TEST((world.tallies().save() == saved));
}

BOOST_AUTO_TEST_CASE(what_was_learned_from_one_feature_is_not_read_with_another) {
  const auto text = [](const char* feature) {
    return choosing(std::string("learn from ") + feature +
                    "\noption story { send welcome }\noption demo { send offer }");
  };
  World world(text("contact.mrr"));
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(days(2));
  BOOST_TEST(world.tallies().choices().at("nurture/way").decisions.size() == 2U);
  const auto trials = [&] {
    std::uint64_t n = 0;
    for (const learn::OptionEvidence& e : world.tallies().choices().at("nurture/way").learning->evidence())
      n += e.trials;
    return n;
  };
  BOOST_TEST(trials() == 1U);
  world.deploy(text("contact.mrr") + "\n// a remark changes nothing that is learned\n");
  BOOST_TEST(trials() == 1U);
  world.deploy(text("count(visited, last 7 days)"));  // as wide, but something else
  BOOST_TEST(trials() == 0U);
}

BOOST_AUTO_TEST_CASE(a_content_that_is_gone_is_still_sent_by_who_follows_it) {
  World world(project(workflow("wait 1 day\nsend extra") + "content extra { sms { text \"Extra\" } }\n"));
  world.contact(ann);
  world.event(ann, "joined");
  world.deploy(project(workflow("send welcome")));
  world.pass(days(2));
  BOOST_TEST(list(world.got(ann)) == "extra");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
