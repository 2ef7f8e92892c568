// Rollouts: which stage is in force when, whom it reaches, who lets the next begin, and what a shadow leaves behind.
#include "runtime/engine/rollouts.hpp"

#include <set>

#include "runtime/engine/unsupported.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example", bob = "bob@a.example";
const std::string lee = "lee@acme.example", owner = "a@acme.example";
const std::string lead = "role lead { \"lee@acme.example\", \"a@acme.example\" }\n";

std::string rolled(const std::string& stages, const std::string& steps = "send welcome",
                   const std::string& head = "enter on joined", const std::string& more = "") {
  return project(more + lead + workflow(steps, head + "\nrollout " + stages));
}

/// `nurture` is at stage N since …, by …
std::string standing(const World& world) {
  const Rollout* rollout = world.engine->rollouts().find("nurture");
  if (rollout == nullptr) return "none";
  return std::to_string(rollout->stage) + " since " + to_string(rollout->since) +
         (rollout->by.empty() ? "" : " by " + rollout->by + ": " + rollout->because);
}

/// Something happens that has nothing to do with it, so that a batch is taken.
void tick(World& world) {
  world.contact("somebody@a.example", {{"stage", "done"}});
}

/// What becomes of somebody's word; empty where it counts.
std::string word(World& world, const std::string& by, std::uint32_t stage, const std::string& stages = "",
                 const std::string& name = "nurture") {
  const std::size_t before = world.said<audit::Refused>().size();
  const Rollout* rollout = world.engine->rollouts().find(name);
  const RolloutIn in{name, stages.empty() && rollout != nullptr ? rollout->stages : stages, stage, by, "looks fine"};
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
  world.run(world.now);
  const auto refused = world.said<audit::Refused>();
  return refused.size() == before ? "" : refused.back().second.reason;
}

std::string reason_of_last(World& world) {
  const auto kept = world.said<audit::KeptOut>();
  return kept.empty() ? "" : kept.back().second.reason;
}

BOOST_AUTO_TEST_SUITE(rollout)

BOOST_AUTO_TEST_CASE(stages_read_as_they_are_written) {
  for (const std::string stages :
       {"shadow 3 days, 5% for 7 days, 100% with approval by lead", "0.5% for 12 hours, 12.5% for 14 days, 80%",
        "5% for 1 day, 100% when lift above 0.5% at 95%"}) {
    const bytecode::Module module = compiled(rolled(stages));
    BOOST_TEST(to_string(module.workflows[0].head.rollout) == stages);
  }
}

BOOST_AUTO_TEST_CASE(each_stage_lasts_its_time_and_the_next_begins_with_the_first_batch_after) {
  World world(rolled("shadow 3 days, 50% for 7 days, then 100%"), {.holdout = true});
  BOOST_TEST(standing(world) == "1 since 2026-01-05T12:00:00Z");
  world.run("2026-01-08T11:59Z");
  tick(world);
  BOOST_TEST(standing(world) == "1 since 2026-01-05T12:00:00Z");
  world.run("2026-01-08T12:00Z");
  tick(world);
  BOOST_TEST(standing(world) == "2 since 2026-01-08T12:00:00Z");
  // Nothing ran when this one was over: the next begins when something does.
  world.run("2026-01-20T09:30Z");
  tick(world);
  BOOST_TEST(standing(world) == "3 since 2026-01-20T09:30:00Z");
  world.pass(days(400));
  tick(world);
  BOOST_TEST(standing(world) == "3 since 2026-01-20T09:30:00Z");
  const auto said = world.said<audit::RolledOut>();
  BOOST_REQUIRE(said.size() == 3U);
  for (std::uint32_t i = 0; i < 3; ++i) {
    BOOST_TEST(said[i].second.stage == i + 1);
    BOOST_TEST(said[i].second.stages == "shadow 3 days, 50% for 7 days, 100%");
  }
}

BOOST_AUTO_TEST_CASE(it_survives_restarts_with_a_checkpoint_and_without) {
  const Folder folder;
  World world(rolled("shadow 3 days, 5% for 7 days, then 100% with approval by lead"),
              {.path = folder.file("a.db"), .holdout = true});
  world.pass(days(3));
  tick(world);
  const std::string second = standing(world);
  BOOST_TEST(second == "2 since 2026-01-08T12:00:00Z");
  world.reopen();
  BOOST_TEST(standing(world) == second);
  must(world.engine->checkpoint());
  world.reopen();
  BOOST_TEST(standing(world) == second);
  BOOST_TEST(must(look(*world.store)).standing.rollouts.find("nurture")->stage == 2U);
  world.pass(days(7));
  BOOST_TEST(word(world, lee, 3) == "");
  BOOST_TEST(standing(world) == "3 since 2026-01-15T12:00:00Z by lee@acme.example: looks fine");
  must(world.engine->checkpoint());
  world.reopen();
  BOOST_TEST(standing(world) == "3 since 2026-01-15T12:00:00Z by lee@acme.example: looks fine");
  BOOST_TEST(world.said<audit::RolledOut>().size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_gate_waits_for_somebody_in_the_role_who_does_not_own_the_workflow) {
  World world(rolled("5% for 7 days, then 100% with approval by lead"), {.holdout = true});
  BOOST_TEST(word(world, lee, 2) == "`5% for 7 days` lasts until 2026-01-12T12:00:00Z");
  world.pass(days(30));
  tick(world);
  BOOST_TEST(standing(world) == "1 since 2026-01-05T12:00:00Z");
  BOOST_TEST(word(world, "sam@acme.example", 2) == "who says so is not in the role lead");
  BOOST_TEST(word(world, owner, 2) == "who owns the workflow does not approve");
  BOOST_TEST(word(world, lee, 3) == "that stage has begun already");
  BOOST_TEST(word(world, lee, 2, "7% for 7 days, 100% with approval by lead") == "its rollout is another by now");
  BOOST_TEST(word(world, lee, 2, "", "nobodys") == "the project has no such workflow");
  BOOST_TEST(standing(world) == "1 since 2026-01-05T12:00:00Z");
  BOOST_TEST(word(world, lee, 2) == "");
  BOOST_TEST(standing(world) == "2 since 2026-02-04T12:00:00Z by lee@acme.example: looks fine");
  // The word was on one stage, and is used up.
  BOOST_TEST(word(world, lee, 2) == "that stage has begun already");
  BOOST_TEST(word(world, lee, 3) == "the last stage of its rollout has begun");
  for (int i = 0; i < 40; ++i) {
    const std::string who = std::to_string(i) + "@a.example";
    world.contact(who);
    world.event(who, "joined");
    BOOST_TEST(list(world.got(who)) == "welcome");
  }
}

BOOST_AUTO_TEST_CASE(a_gate_before_the_first_stage_lets_nobody_in) {
  World world(rolled("100% with approval by lead"), {.holdout = true});
  BOOST_TEST(standing(world) == "0 since 2026-01-05T12:00:00Z");
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(list(world.got(ann)) == "");
  BOOST_TEST(reason_of_last(world) == "its rollout has not begun: it waits for lead");
  BOOST_TEST(word(world, lee, 1) == "");
  world.event(ann, "joined");
  BOOST_TEST(list(world.got(ann)) == "welcome");
}

BOOST_AUTO_TEST_CASE(nobody_is_asked_about_a_stage_that_begins_by_the_clock) {
  World world(rolled("5% for 7 days, then 100%"), {.holdout = true});
  BOOST_TEST(word(world, lee, 2) == "nobody is asked whether `100%` begins: it does by the clock");
  World without(project(lead + workflow("send welcome")), {.holdout = true});
  BOOST_TEST(word(without, lee, 1, "100%") == "it has no rollout");
}

const std::string shadow_steps =
    "send welcome\nsend receipt\ndo tell(what: \"a\")\nassign to sales by round robin\n"
    "approve by lead up to 1 day { send offer } otherwise { send reminder }\n"
    "choose way toward qualified {\noption a { send ping }\noption b { send ping }\n}\n"
    "set contact.stage = nurturing\nwait 2 days\nset contact.stage = done";
const std::string shadow_parts =
    "action tell(what: Text) effect write\nteam sales { \"kim@acme.example\" capacity 1 per day }\n";

BOOST_AUTO_TEST_CASE(a_shadow_goes_the_way_and_nothing_of_it_goes_out_or_counts) {
  const std::string text = project(shadow_parts + lead +
                                       workflow(shadow_steps,
                                                "enter on joined\ntoward qualified\nrollout shadow 9 days, "
                                                "then 100%"),
                                   "", "holdout 40%");
  World world(text, {.holdout = true});
  for (int i = 0; i < 30; ++i) {
    const std::string who = std::to_string(i) + "@a.example";
    world.contact(who);
    world.event(who, "joined");
    BOOST_TEST(world.field(who, "stage") == "nurturing");
    world.event(who, "became_mql");
  }
  world.pass(days(3));
  BOOST_TEST(world.provider.sent.empty());
  BOOST_TEST(world.field("7@a.example", "stage") == "done");
  // All of it is on record, as of a pass that went out.
  const auto entered = world.said<audit::Entered>();
  BOOST_REQUIRE(entered.size() == 30U);
  for (const auto& [when, one] : entered) BOOST_TEST((one.mode == audit::Mode::shadow));
  BOOST_TEST(world.said<audit::Decided>().size() == 30U);
  BOOST_TEST(world.said<audit::Reached>().size() == 30U);
  for (const auto& [when, one] : world.said<audit::Effect>()) BOOST_TEST(one.suppressed);
  for (const auto& [when, one] : world.said<audit::Acted>()) BOOST_TEST(one.suppressed);
  for (const auto& [when, one] : world.said<audit::Assigned>()) BOOST_TEST(one.suppressed);
  for (const auto& [when, one] : world.said<audit::ApprovalAsked>()) BOOST_TEST(one.suppressed);
  BOOST_TEST(world.said<audit::Effect>().size() == 120U);  // welcome, receipt, offer (as if approved), ping
  BOOST_TEST(world.said<audit::Acted>().size() == 30U);
  BOOST_TEST(world.said<audit::Assigned>().size() == 30U);
  // And none of it is learned from, or on a side of what is measured.
  const LearnedChoice* way = world.engine->tallies().choice("nurture/way");
  BOOST_REQUIRE(way != nullptr);
  BOOST_TEST(way->decisions[0] + way->decisions[1] == 0U);
  BOOST_TEST(way->reached[0] + way->reached[1] == 0U);
  world.pass(days(20));
  const auto goal = world.tallies().goals.find("qualified");
  if (goal != world.tallies().goals.end()) {
    const GoalTally& tally = goal->second;
    BOOST_TEST(tally.entered + tally.treated + tally.held + tally.treated_reached + tally.held_reached == 0U);
  }
  // When it is over, the same people come in for real, and some of them are held out.
  std::size_t live = 0, held = 0;
  for (int i = 0; i < 30; ++i) world.event(std::to_string(i) + "@a.example", "joined");
  for (const auto& [when, one] : world.said<audit::Entered>()) {
    live += one.mode == audit::Mode::live ? 1 : 0;
    held += one.mode == audit::Mode::held_out ? 1 : 0;
  }
  BOOST_TEST(live + held == 30U);
  BOOST_TEST(held > 0U);
  BOOST_TEST(world.tallies().goals.at("qualified").entered == 30U);
  BOOST_TEST(std::count_if(world.provider.sent.begin(), world.provider.sent.end(),
                           [](const Sent& s) { return s.content == "welcome"; }) == static_cast<long>(live));
}

BOOST_AUTO_TEST_CASE(a_goal_that_a_shadow_misses_is_on_no_side_either) {
  World world(rolled("shadow 9 days, then 100%", "send welcome", "enter on joined\ntoward qualified"),
              {.holdout = true});
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(days(20));
  BOOST_TEST(world.said<audit::Closed>().size() == 1U);
  const auto goal = world.tallies().goals.find("qualified");
  BOOST_TEST((goal == world.tallies().goals.end() || goal->second.treated + goal->second.held == 0U));
}

BOOST_AUTO_TEST_CASE(again_counts_shadows_in_shadow_and_what_was_real_ever_after) {
  World world(rolled("shadow 3 days, then 100%", "send welcome"), {.holdout = true});
  world.contact(ann);
  for (int i = 0; i < 3; ++i) world.event(ann, "joined");
  BOOST_TEST(world.said<audit::Entered>().size() == 1U);
  world.pass(days(3));
  for (int i = 0; i < 3; ++i) world.event(ann, "joined");
  BOOST_TEST(world.said<audit::Entered>().size() == 2U);
  BOOST_TEST(list(world.got(ann)) == "welcome");
}

BOOST_AUTO_TEST_CASE(who_is_in_a_shadow_stays_in_it_to_the_end) {
  World world(rolled("shadow 3 days, then 100%", "wait 5 days\nsend welcome"), {.holdout = true});
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(days(4));
  world.event(ann, "joined");
  world.contact(bob);
  world.event(bob, "joined");
  world.pass(days(10));
  BOOST_TEST(list(world.got(ann)) == "");
  BOOST_TEST(list(world.got(bob)) == "welcome");
}

BOOST_AUTO_TEST_CASE(a_shadow_asks_the_rules_of_its_own_messages_and_leaves_those_of_others_alone) {
  const std::string text = project(lead +
                                       workflow("send welcome\nsend reminder",
                                                "enter on joined\nrollout shadow 30 days, "
                                                "then 100%") +
                                       workflow("send offer", "enter on purchased", "buyers") +
                                       "policy brand { few: limit messages to 1 per 7 days }\n",
                                   "under brand");
  World world(text, {.holdout = true});
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(world.said<audit::Effect>().size() == 1U);  // the second would be one too many
  world.event(ann, "purchased");
  BOOST_TEST(list(world.got(ann)) == "offer");
  // What went out is counted by a shadow.
  world.contact(bob);
  world.event(bob, "purchased");
  world.event(bob, "joined");
  BOOST_TEST(list(world.got(bob)) == "offer");
  BOOST_TEST(world.said<audit::Effect>().size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_shadow_that_follows_another_workflow_is_one_there) {
  const std::string text =
      project(lead + workflow("follow second", "enter on joined\nrollout shadow 3 days, then 100%") +
              workflow("send offer", "enter on purchased", "second"));
  World world(text, {.holdout = true});
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(list(world.got(ann)) == "");
  BOOST_TEST((world.said<audit::Entered>().back().second.mode == audit::Mode::shadow));
  world.event(ann, "purchased");
  BOOST_TEST(list(world.got(ann)) == "offer");
}

BOOST_AUTO_TEST_CASE(who_follows_into_a_rollout_is_kept_out_or_in_shadow_as_by_any_other_way) {
  const auto text = [](const std::string& stages) {
    return project(lead + workflow("follow second") +
                   workflow("send offer", "enter on purchased\nrollout " + stages, "second"));
  };
  World shadow(text("shadow 3 days, then 100%"), {.holdout = true});
  shadow.contact(ann);
  shadow.event(ann, "joined");
  BOOST_TEST(shadow.said<audit::Entered>().size() == 2U);
  BOOST_TEST(list(shadow.got(ann)) == "");
  World closed(text("100% with approval by lead"), {.holdout = true});
  closed.contact(ann);
  closed.event(ann, "joined");
  BOOST_TEST(closed.said<audit::Left>().back().second.reason ==
             "follow second: its rollout has not begun: it waits for lead");
}

BOOST_AUTO_TEST_CASE(shares_are_met_within_a_point_and_whom_one_reaches_the_next_reaches_too) {
  const bytecode::Module module = compiled(rolled("5% for 1 day, 20% for 1 day, 62.5% for 1 day, then 100%"));
  const auto version = must(Version::load(1, module));
  constexpr std::uint64_t people = 40'000;
  for (const std::string salt : {"a", "b", "8f2c"}) {
    std::set<std::uint64_t> before;
    for (std::uint32_t stage = 1; stage <= 4; ++stage) {
      Rollouts rollouts;
      rollouts.apply({}, audit::RolledOut{"nurture", "as it says", stage, "", ""});
      std::set<std::uint64_t> in;
      for (std::uint64_t i = 0; i < people; ++i) {
        const store::ContactId who{static_cast<std::uint16_t>(i % 4096), i};
        if (not_reached(rollouts, salt, *version, 0, who).empty()) in.insert(i);
      }
      const double share = module.workflows[0].head.rollout[stage - 1].share.to_double();
      BOOST_TEST(std::abs(static_cast<double>(in.size()) / people - share) < 0.01);
      BOOST_TEST(std::includes(in.begin(), in.end(), before.begin(), before.end()));
      before = in;
    }
    BOOST_TEST(before.size() == people);
  }
}

BOOST_AUTO_TEST_CASE(who_is_beyond_the_share_does_not_enter_and_is_told_why) {
  World world(rolled("30% for 7 days, 60% for 7 days, then 100%", "send welcome\nwait 1 hour",
                     "enter on joined\nenter by hand\nagain after 1 day"),
              {.holdout = true});
  const auto all_join = [&] {
    std::set<std::string> in;
    for (int i = 0; i < 120; ++i) {
      const std::string who = std::to_string(i) + "@a.example";
      const std::size_t before = world.got(who).size();
      world.event(who, "joined");
      if (world.got(who).size() > before) in.insert(who);
    }
    return in;
  };
  for (int i = 0; i < 120; ++i) world.contact(std::to_string(i) + "@a.example");
  const std::set<std::string> first = all_join();
  BOOST_TEST(first.size() > 20U);
  BOOST_TEST(first.size() < 55U);
  BOOST_TEST(world.said<audit::KeptOut>().size() == 120U - first.size());
  BOOST_TEST(reason_of_last(world) == "its rollout is at 30%, which does not reach everybody yet");
  // By hand neither.
  for (int i = 0; i < 120; ++i) {
    const std::string who = std::to_string(i) + "@a.example";
    if (first.contains(who)) continue;
    must(world.store->post(
        {{0, world.now, store::InboxKind::command, encode(EnterIn{"nurture", name_id("email"), who})}}, {}));
    world.run(world.now);
    BOOST_TEST(world.said<audit::Refused>().back().second.reason ==
               "its rollout is at 30%, which does not reach everybody yet");
    BOOST_TEST(world.got(who).empty());
    break;
  }
  world.pass(days(7));
  const std::set<std::string> second = all_join();
  BOOST_TEST(second.size() > first.size());
  BOOST_TEST(std::includes(second.begin(), second.end(), first.begin(), first.end()));
  world.pass(days(8));
  BOOST_TEST(all_join().size() == 120U);
}

BOOST_AUTO_TEST_CASE(a_version_with_the_same_rollout_goes_on_with_it_and_one_with_another_begins_anew) {
  const std::string stages = "shadow 3 days, 50% for 7 days, then 100%";
  World world(rolled(stages), {.holdout = true});
  world.pass(days(4));
  tick(world);
  const std::string second = standing(world);
  BOOST_TEST(second == "2 since 2026-01-09T12:00:00Z");
  world.deploy(rolled(stages, "send offer"));
  world.pass(days(1));
  tick(world);
  BOOST_TEST(standing(world) == second);
  world.deploy(rolled("shadow 3 days, 40% for 7 days, then 100%"));
  BOOST_TEST(standing(world) == "1 since 2026-01-10T12:00:00Z");
  // Taken out, it is over; put in again, it is a new one.
  world.deploy(project(lead + workflow("send welcome")));
  BOOST_TEST(standing(world) == "none");
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(list(world.got(ann)) == "welcome");
  world.pass(days(1));
  world.deploy(rolled("shadow 3 days, 40% for 7 days, then 100%"));
  BOOST_TEST(standing(world) == "1 since 2026-01-11T12:00:00Z");
  BOOST_TEST(must(world.engine->undo(world.now, lee, "")) == "");
  BOOST_TEST(standing(world) == "none");
  const auto said = world.said<audit::RolledOut>();
  BOOST_TEST(said.size() == 6U);
  BOOST_TEST(said.back().second.stages == "");
}

BOOST_AUTO_TEST_CASE(tests_of_the_language_are_in_no_rollout) {
  for (const std::string stages :
       {"shadow 3 days, then 100%", "1% for 3 days, then 2%", "100% with approval by lead"}) {
    World world(rolled(stages));  // without chance, as `fairlead test` has it
    for (int i = 0; i < 20; ++i) {
      const std::string who = std::to_string(i) + "@a.example";
      world.contact(who);
      world.event(who, "joined");
      BOOST_TEST(list(world.got(who)) == "welcome");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_shadow_stays_one_when_limits_are_filled_from_the_past) {
  const auto text = [](const std::string& rule) {
    return project(
        lead +
            workflow("send welcome\nwait 20 days\nsend offer", "enter on joined\nrollout shadow 30 days, then 100%") +
            workflow("send reminder", "enter on purchased", "buyers") + "policy brand { few: " + rule + " }\n",
        "under brand");
  };
  World world(text("limit messages to 1 per 7 days"), {.holdout = true});
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(days(1));
  world.deploy(text("limit messages to 1 per 14 days"));
  const std::vector<Counted> counted = world.cell(ann).counted;
  BOOST_REQUIRE(counted.size() == 1U);
  BOOST_TEST((counted[0].side == guard::Side::shadow));
  world.event(ann, "purchased");
  BOOST_TEST(list(world.got(ann)) == "reminder");
}

BOOST_AUTO_TEST_CASE(words_are_read_back_as_they_were_written) {
  const RolloutIn in{"nurture", "5% for 7 days, 100% with approval by lead", 2, lee, "looks fine"};
  const CommandIn read = must(decode_command(encode(in)));
  const auto* out = std::get_if<RolloutIn>(&read);
  BOOST_REQUIRE(out != nullptr);
  BOOST_TEST((out->workflow == in.workflow && out->stages == in.stages && out->stage == in.stage && out->by == in.by &&
              out->because == in.because));
  const std::string bytes = encode(in);
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) BOOST_TEST(!decode_command(bytes.substr(0, cut)));
  Rollouts rollouts;
  rollouts.apply({7}, audit::RolledOut{"a", "100%", 1, lee, "why not"});
  rollouts.apply({8}, audit::RolledOut{"b", "5% for 1 day, 100%", 1, "", ""});
  Rollouts again;
  must(again.load(rollouts.save()));
  BOOST_TEST((again.all() == rollouts.all()));
  const std::string saved = rollouts.save();
  for (std::size_t cut = 0; cut < saved.size(); ++cut) BOOST_TEST(!Rollouts().load(saved.substr(0, cut)));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_kept_is_refused_by_name) {
  const auto refusal = [](const std::string& text) {
    const Result<void> can = supported(compiled(text));
    return can ? "" : describe(can.error());
  };
  BOOST_TEST(refusal(rolled("shadow 3 days, 5% for 7 days, then 100% with approval by lead")) == "");
  BOOST_TEST(
      refusal(rolled("5% for 7 days, then 100% when lift above 0% at 95%"))
          .starts_with("`workflow nurture: rollout … lift, with no goal that holds anybody out` is not supported by "
                       "this runtime yet"));
  const auto for_nobody = [&](const std::string& stages) {
    return refusal(project(lead +
                           "action tell(what: Text) effect write\nworkflow report {\nowner \"a@acme.example\"\n"
                           "enter every 1 day at 06:00\nrollout " +
                           stages + "\nsteps { do tell(what: \"x\") }\n}\n"));
  };
  BOOST_TEST(for_nobody("shadow 3 days, then 100%") == "");
  BOOST_TEST(for_nobody("50% for 3 days, then 100%").starts_with("`workflow report: rollout to a share, for nobody`"));
}

BOOST_AUTO_TEST_CASE(what_is_for_nobody_is_tried_in_shadow_too) {
  World world(project(lead + "action tell(what: Text) effect write\nworkflow report {\nowner \"a@acme.example\"\n"
                             "enter every 1 day at 06:00\nrollout shadow 2 days, then 100%\nsteps { do tell(what: "
                             "\"x\") }\n}\n"),
              {.holdout = true});
  world.run("2026-01-07T11:30Z");  // 06:00 in New York has been on the 6th and the 7th
  BOOST_TEST(world.provider.sent.empty());
  BOOST_TEST(world.said<audit::Acted>().size() == 2U);
  world.run("2026-01-08T11:30Z");
  BOOST_TEST(world.provider.sent.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
