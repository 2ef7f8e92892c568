// What lifts let begin: a stage of a rollout, and the variant that a split adopts. Who is counted, when, and how often
// chance alone would be taken for a lift.
#include "runtime/engine/rollouts.hpp"
#include "runtime/engine/splits.hpp"
#include "runtime/engine/unsupported.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string half_held = "holdout 50%";
const std::string lead = "role lead { \"lee@acme.example\" }\n";

std::string rolled(const std::string& stages, const std::string& holdout = half_held) {
  return project(workflow("send welcome", "toward qualified\nenter on joined\nrollout " + stages), "", holdout);
}

std::string split(const std::string& adopt = "adopt when sure", const std::string& toward = "") {
  return project(lead + workflow("split tone " + toward +
                                     "{\nvariant plain 50% { send welcome }\nvariant loud 50% { send offer }\n" +
                                     adopt + "\n}\nwait 1 day",
                                 "toward qualified\nenter on joined"));
}

std::string email(int i) {
  return std::to_string(i) + "@a.example";
}

void tick(World& world) {
  world.contact("somebody@a.example", {{"stage", "done"}});
}

void join(World& world, int from, int to) {
  for (int i = from; i < to; ++i) {
    world.contact(email(i));
    world.event(email(i), "joined");
  }
}

/// Of every hundred of a group so many reach the goal. `of` says whether a contact is in it.
void reach(World& world, int people, int of_hundred, const std::function<bool(const std::string&)>& of) {
  int n = 0;
  for (int i = 0; i < people; ++i) {
    if (of(email(i)) && n++ * 37 % 100 < of_hundred) world.event(email(i), "became_mql");
  }
}

std::map<store::ContactId, Mode> modes(World& world) {
  std::map<store::ContactId, Mode> out;
  for (const auto& [at, entered] : world.said<audit::Entered>()) out[entered.pass.contact] = entered.mode;
  return out;
}

std::uint32_t stage(World& world) {
  return world.engine->rollouts().find("nurture")->stage;
}

LiftGate gate(World& world) {
  const std::optional<LiftGate> out =
      lift_gate(world.engine->rollouts(), world.engine->deployments().newest(), 0, world.now);
  BOOST_REQUIRE(out.has_value());
  return *out;
}

/// The same after a restart, from a checkpoint and from the journal alone.
void check_kept(World& world) {
  const std::string rollouts = world.engine->rollouts().save(), splits = world.engine->splits().save();
  BOOST_TEST((must(look(*world.store)).standing.rollouts.save() == rollouts));
  BOOST_TEST((must(look(*world.store)).standing.splits.save() == splits));
  must(world.engine->checkpoint());
  world.reopen();
  BOOST_TEST((world.engine->rollouts().save() == rollouts));
  BOOST_TEST((world.engine->splits().save() == splits));
}

BOOST_AUTO_TEST_SUITE(lifts)

BOOST_AUTO_TEST_CASE(a_stage_begins_when_the_lift_is_shown_and_not_before_windows_have_closed) {
  World world(rolled("50% for 7 days, then 100% when lift above 10% at 95%"), {.holdout = true});
  join(world, 0, 500);
  const auto mode = modes(world);
  const auto in = [&](Mode wanted) {
    return [&, wanted](const std::string& who) {
      const auto found = mode.find(*world.id(who));
      return found != mode.end() && found->second == wanted;
    };
  };
  reach(world, 500, 70, in(Mode::live));
  check_kept(world);
  reach(world, 500, 12, in(Mode::held_out));
  // Everybody who will reach the goal has, and its window is open: nobody counts yet.
  world.pass(days(10));
  tick(world);
  BOOST_TEST(stage(world) == 1U);
  BOOST_TEST(gate(world).treated.rows + gate(world).held.rows == 0U);
  check_kept(world);
  world.run("2026-01-19T23:30Z");
  tick(world);
  BOOST_TEST(stage(world) == 1U);
  world.run("2026-01-20T00:10Z");
  tick(world);
  BOOST_TEST(stage(world) == 2U);
  BOOST_TEST(world.engine->rollouts().measured("nurture") == nullptr);
  // Everybody enters now.
  join(world, 500, 540);
  BOOST_TEST(modes(world).size() == mode.size() + 40);
}

BOOST_AUTO_TEST_CASE(without_a_lift_or_with_less_than_asked_it_waits) {
  for (const auto& [above, treated] : {std::pair("0%", 20), {"45%", 50}}) {
    World world(rolled(std::string("50% for 7 days, then 100% when lift above ") + above + " at 95%"),
                {.holdout = true});
    join(world, 0, 400);
    const auto mode = modes(world);
    for (const auto& [of, rate] : {std::pair(Mode::live, treated), {Mode::held_out, treated == 20 ? 20 : 12}})
      reach(world, 400, rate, [&, of = of](const std::string& who) {
        const auto found = mode.find(*world.id(who));
        return found != mode.end() && found->second == of;
      });
    world.pass(days(40));
    tick(world);
    BOOST_TEST(stage(world) == 1U);
    const LiftGate seen = gate(world);
    BOOST_TEST(seen.treated.rows + seen.held.rows == mode.size());
    BOOST_TEST(!seen.wrong_ratio);
    BOOST_TEST(!seen.open);
    BOOST_TEST(seen.lift.interval.low > -1);
    const Rollouts& rollouts = world.engine->rollouts();
    BOOST_TEST(
        word_refused(*rollouts.find("nurture"), world.engine->deployments().newest(), 0, "lee@acme.example", world.now)
            .ends_with("it does when the lift is shown"));
  }
}

BOOST_AUTO_TEST_CASE(groups_that_are_not_what_they_should_be_open_nothing) {
  World world(rolled("50% for 7 days, then 100% when lift above 0% at 95%"), {.holdout = true});
  const Version& version = world.engine->deployments().newest();
  const std::string stages = world.engine->rollouts().find("nurture")->stages;
  for (const bool wrong : {false, true}) {
    Rollouts rollouts;
    rollouts.apply(world.now, audit::RolledOut{"nurture", stages, 1, "", ""});
    for (std::uint64_t i = 0; i < 2'000; ++i) {
      const bool held = wrong ? i % 3 == 0 : i % 2 == 0;
      const audit::Pass pass{{1, i}, "nurture", 1};
      rollouts.apply(world.now, audit::Entered{pass, held ? Mode::held_out : Mode::live, 1, "qualified"});
      if (i % 10 < (held ? 1U : 5U)) rollouts.apply(world.now, audit::Reached{pass, "qualified", Mode::live});
      // Further passes of the same contact are no further contacts.
      const audit::Pass second{{1, i}, "nurture", 2};
      rollouts.apply(world.now, audit::Entered{second, held ? Mode::held_out : Mode::live, 1, "qualified"});
      rollouts.apply(world.now, audit::Reached{second, "qualified", Mode::live});
      // Nor is who is only tried.
      rollouts.apply(world.now, audit::Entered{{{2, i}, "nurture", 1}, Mode::shadow, 1, "qualified"});
    }
    const LiftGate seen = *lift_gate(rollouts, version, 0, world.now + days(20));
    BOOST_TEST(seen.treated.rows + seen.held.rows == 2'000U);
    BOOST_TEST(seen.lift.interval.low > 0);
    BOOST_TEST(seen.wrong_ratio == wrong);
    BOOST_TEST(seen.open == !wrong);
    Rollouts again;
    must(again.load(rollouts.save()));
    BOOST_TEST((again.save() == rollouts.save()));
    // As a store has it that was written before lifts were measured.
    Rollouts older;
    older.apply(world.now, audit::RolledOut{"nurture", "100%", 1, "", ""});
    const std::string saved = older.save();
    Rollouts read;
    must(read.load(saved));
    BOOST_TEST(read.find("nurture")->stage == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_split_adopts_the_variant_that_is_surely_better) {
  const std::string text = split();
  World world(text);
  join(world, 0, 400);
  const auto taken = [&](const std::string& content) {
    return [&, content](const std::string& who) { return list(world.got(who)) == content; };
  };
  reach(world, 400, 40, taken("offer"));
  reach(world, 400, 5, taken("welcome"));
  check_kept(world);
  world.pass(days(10));
  tick(world);
  BOOST_TEST(world.engine->splits().adopted("nurture/tone") == "");
  world.pass(days(6));
  tick(world);
  BOOST_TEST(world.engine->splits().adopted("nurture/tone") == "loud");
  const auto said = world.said<audit::Published>();
  BOOST_REQUIRE(said.size() == 2U);
  BOOST_TEST(said[0].second.version == 0U);
  BOOST_TEST((said[1].second.shares == std::vector<std::uint32_t>{0, 1'000'000'000}));
  check_kept(world);
  join(world, 400, 440);
  for (int i = 400; i < 440; ++i) BOOST_TEST(list(world.got(email(i))) == "offer");
  BOOST_TEST(world.said<audit::SplitTaken>().back().second.variant == "loud");
  // It goes on over a version that says the same, and is over with one that does not.
  world.deploy(text + "segment pros = contact.plan is pro\n");
  BOOST_TEST(world.engine->splits().adopted("nurture/tone") == "loud");
  world.deploy(split(""));
  BOOST_TEST(world.engine->splits().all().empty());
}

BOOST_AUTO_TEST_CASE(a_split_without_a_difference_adopts_nothing) {
  World world(split());
  join(world, 0, 300);
  for (const char* content : {"offer", "welcome"})
    reach(world, 300, 20, [&](const std::string& who) { return list(world.got(who)) == content; });
  world.pass(days(40));
  tick(world);
  BOOST_TEST(world.engine->splits().adopted("nurture/tone") == "");
}

// Three variants of one rate, a look after every day for 40 days. Of 400 runs at most 5% may ever adopt one: at a true
// 5% more than 32 would be seen once in 400 times, and the sequences together are below that.
BOOST_AUTO_TEST_CASE(chance_is_seldom_taken_for_a_better_variant) {
  int adopted = 0, found = 0;
  for (const bool better : {false, true}) {
    for (std::uint64_t run = 0; run < 400; ++run) {
      Dice dice(run, 61, better ? 1 : 0);
      Experiment experiment{{"a", "b", "c"}, {500'000'000, 250'000'000, 250'000'000}, {}, {}, {}, Cohorts(3)};
      bool sure = false;
      for (std::int64_t day = 0; day < 40 && !sure; ++day) {
        const Instant at{day * days(1).ms};
        for (std::uint64_t i = 0; i < 100; ++i) {
          const std::uint64_t lot = dice.below(4);
          const std::size_t variant = lot < 2 ? 0 : lot - 1;
          const audit::Pass pass{{1, static_cast<std::uint64_t>(day) * 100 + i}, "w", 1};
          experiment.passes.began(pass, variant, at);
          if (dice.uniform() < (better && variant == 2 ? 0.2 : 0.1)) experiment.passes.reached(pass);
        }
        const Comparison seen = compare(experiment, Duration{}, at + days(1));
        sure = seen.sure;
        if (sure && better) BOOST_TEST(seen.best == 2U);
      }
      (better ? found : adopted) += sure;
    }
  }
  BOOST_TEST_MESSAGE("adopted for nothing in " << adopted / 4.0 << "% of 400 runs; 20% against twice 10% adopted in "
                                               << found / 4.0 << "%");
  BOOST_TEST(adopted <= 32);
  BOOST_TEST(found >= 380);
}

BOOST_AUTO_TEST_CASE(variants_that_were_not_taken_in_their_shares_are_not_adopted) {
  Experiment experiment{{"a", "b"}, {500'000'000, 500'000'000}, {}, {}, {}, Cohorts(2)};
  for (std::uint64_t i = 0; i < 3'000; ++i) {
    const audit::Pass pass{{1, i}, "w", 1};
    const std::size_t variant = i % 3 == 0 ? 1 : 0;
    experiment.passes.began(pass, variant, {});
    if (i % 10 < (variant == 1 ? 6U : 1U)) experiment.passes.reached(pass);
  }
  const Comparison seen = compare(experiment, days(1), Instant{days(3).ms});
  BOOST_TEST(seen.over[0].interval.low > 0);
  BOOST_TEST(seen.wrong_ratio);
  BOOST_TEST(!seen.sure);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_measured_is_refused_by_name) {
  const auto refusal = [](const std::string& text) {
    const Result<void> can = supported(compiled(text));
    return can ? "" : describe(can.error());
  };
  BOOST_TEST(refusal(rolled("5% for 7 days, then 100% when lift above 0% at 95%")) == "");
  BOOST_TEST(refusal(rolled("shadow 3 days, then 100% when lift above 0% at 95%"))
                 .starts_with("`workflow nurture: rollout … lift, before anything was sent` is not supported"));
  BOOST_TEST(refusal(rolled("5% for 7 days, then 100% when lift above 0% at 95%", ""))
                 .starts_with("`workflow nurture: rollout … lift, with no goal that holds anybody out`"));
  BOOST_TEST(refusal(split()) == "");
  BOOST_TEST(refusal(split("adopt when sure with approval by lead"))
                 .starts_with("`adopt when sure with approval in split tone` is not supported"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
