// A property: whatever is edited in a project and whoever is under way when it is deployed, nobody is lost and nothing
// goes out twice.
#include <set>

#include "runtime/engine/plan.hpp"
#include "tests/engine/random_project.hpp"

namespace fairlead::engine::testing {
namespace {

using audit::InFlight;

/// The same project after somebody has worked on it: lines of steps are taken out, put in and replaced.
std::string edited(const std::string& text, RandomProject& random) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1);
    const std::string line = text.substr(at, end - at + 1);
    at = end + 1;
    const bool send = line.starts_with("send ") && line.find('(') == std::string::npos;
    const bool wait = line.starts_with("wait ") && line.find("up to") == std::string::npos;
    if ((send || wait) && random.likely(15)) continue;
    if ((send || wait) && random.likely(15)) out += random.any<std::string>({"send receipt\n", "wait 2 hours\n"});
    if (send && random.likely(15)) {
      out += "send " + random.any<std::string>({"welcome", "reminder", "offer"}) + "\n";
      continue;
    }
    out += line;
  }
  return out;
}

/// What `plan` says of the people whom the world's module would concern.
struct Foretold {
  std::uint64_t all = 0, moves = 0;
};
Foretold foretell(World& world) {
  Foretold out;
  for (const WorkflowPlan& workflow : must(plan(world.store.get(), world.module)).workflows) {
    for (const Following& following : workflow.following) {
      if (following.same) continue;
      out.all += following.passes;
      out.moves += following.moves;
      std::uint64_t stays = 0;
      for (const Staying& staying : following.stays) stays += staying.passes;
      BOOST_TEST(following.moves + stays == following.passes);
      for (const Around& around : following.around)
        BOOST_TEST(around.before + around.at + around.past == following.passes);
    }
  }
  return out;
}

BOOST_AUTO_TEST_SUITE(deploying_at_random)

BOOST_AUTO_TEST_CASE(nobody_is_lost_and_nothing_goes_out_twice) {
  std::uint64_t moved = 0, stayed = 0, left = 0, back = 0;
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      RandomProject random(seed);
      World world(random.text, {.stride = minutes(30), .seed = seed, .batch_items = 50});
      populate(world, random, 12, 20);
      for (const int day : {4, 8, 12}) {
        world.run(world.start + days(day));
        const std::vector<InFlight> ways{InFlight::move, InFlight::move, InFlight::stay, InFlight::leave};
        const InFlight how = random.any(ways);
        world.module = compiled(edited(random.text, random));
        // Half of them through the inbox, as where an engine runs.
        if (random.likely(50)) {
          const DeployIn in{false, how, bytecode::encode(world.module), "", ""};
          must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
        } else {
          const Foretold foretold = foretell(world);
          const std::size_t before = world.said<audit::Rolled>().size();
          must(world.engine->deploy(world.now, world.module, {how, "", ""}));
          const auto said = world.said<audit::Rolled>();
          // A version that is in force already is no deployment.
          if (said.size() > before) {
            const audit::Rolled& rolled = said.back().second;
            BOOST_TEST(rolled.moved == (how == InFlight::move ? foretold.moves : 0));
            BOOST_TEST(rolled.left == (how == InFlight::leave ? foretold.all : 0));
            BOOST_TEST(rolled.moved + rolled.stayed + rolled.left == foretold.all);
          }
        }
        world.run(world.now + hours(random.below(20)));
        if (random.likely(30)) must(world.engine->undo(world.now, "", ""));
        if (random.likely(50)) {
          world.engine.reset();
          world.open();
        }
      }
      world.run(world.start + days(60));

      std::set<std::string> keys;
      for (const Sent& sent : world.provider.sent) BOOST_TEST(keys.insert(sent.key).second, sent.key);
      for (const auto& [at, one] : world.said<audit::Rolled>()) {
        (one.undoes == 0 ? moved : back) += one.moved;
        stayed += one.undoes == 0 ? one.stayed : 0;
        left += one.undoes == 0 ? one.left : 0;
      }
      // Every pass that began has ended once, or is in its contact's cell once, in a version that has its step.
      std::map<std::string, int> passes;
      for (const auto& [at, entered] : world.said<audit::Entered>()) {
        BOOST_TEST(passes.emplace(audit::to_string(entered.pass), 0).second);
      }
      for (const auto& [at, gone] : world.said<audit::Left>()) ++passes.at(audit::to_string(gone.pass));
      must(world.store->contacts([&](const store::Person& person) -> Result<void> {
        for (const Instance& instance : (*must(world.engine->cell(person.id))).instances) {
          const Version* version = world.engine->deployments().find(instance.version);
          BOOST_REQUIRE(version != nullptr);
          BOOST_REQUIRE(version->workflows.contains(instance.workflow));
          BOOST_TEST(version->steps.contains(instance.step));
          const std::string& name = version->module.workflows[version->workflows.at(instance.workflow)].name;
          ++passes.at(audit::to_string(audit::Pass{person.id, name, instance.serial}));
        }
        return {};
      }));
      for (const auto& [pass, times] : passes) BOOST_TEST(times == 1, pass);
      // Nothing that a pass reads was missing because it was moved.
      for (const auto& [at, guarded] : world.said<audit::Guarded>())
        BOOST_TEST((guarded.action != audit::Guarded::Action::impossible), guarded.step << ": " << guarded.detail);
      must(audit::verify(*world.store));
    }
  }
  // The property says something only where each of them came about.
  BOOST_TEST(moved > 50U);
  BOOST_TEST(stayed > 50U);
  BOOST_TEST(left > 20U);
  BOOST_TEST(back > 5U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
