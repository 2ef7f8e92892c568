// Deploying with people under way: they stay, move or leave, in one transaction; and it can be taken back.
#include "runtime/engine/moving.hpp"
#include "runtime/engine/rolled.hpp"
#include "tests/engine/faulty_store.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

using audit::InFlight;

const std::string ann = "ann@a.example";
const std::string bob = "bob@b.example";

void deploy(World& world, const std::string& text, InFlight how) {
  world.module = compiled(text);
  must(world.engine->deploy(world.now, world.module, {how, "ops@acme.example", "a better offer"}));
}

audit::Rolled rolled(World& world) {
  const auto all = world.said<audit::Rolled>();
  BOOST_REQUIRE(!all.empty());
  return all.back().second;
}

/// Why a pass of `email` would not be moved to the version of `text`; empty where it would.
std::string refusal(World& world, const std::string& email, const std::string& text) {
  const std::unique_ptr<Version> next = must(Version::load(99, compiled(text)));
  const Cell cell = world.cell(email);
  BOOST_REQUIRE(cell.instances.size() == 1U);
  const Version* from = world.engine->deployments().find(cell.instances[0].version);
  return Moving(*from, *next).refusal(cell.instances[0], false, false);
}

const std::string short_flow = project(workflow("send welcome\nwait 3 days\nsend reminder"));
const std::string long_flow = project(workflow("send welcome\nwait 5 days\nsend offer\nwait 1 day\nsend ping"));

BOOST_AUTO_TEST_SUITE(deploying)

BOOST_AUTO_TEST_CASE(who_stays_goes_on_in_the_old_version) {
  World world(short_flow);
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(days(1));
  deploy(world, long_flow, InFlight::stay);
  BOOST_TEST(rolled(world).stayed == 1U);
  BOOST_TEST(rolled(world).moved == 0U);
  BOOST_TEST(world.cell(ann).instances[0].version == 1U);
  world.pass(days(10));
  BOOST_TEST(list(world.got(ann)) == "welcome, reminder");
}

BOOST_AUTO_TEST_CASE(who_moves_goes_on_where_they_stand_and_wakes_when_they_would_have) {
  World world(short_flow);
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(days(1));
  const std::optional<Instant> wake = world.cell(ann).instances[0].wake;
  deploy(world, long_flow, InFlight::move);
  const Instance moved = world.cell(ann).instances[0];
  BOOST_TEST(moved.version == 2U);
  BOOST_TEST((moved.wake == wake));
  BOOST_TEST(rolled(world).moved == 1U);
  BOOST_TEST(rolled(world).by == "ops@acme.example");
  BOOST_TEST(rolled(world).because == "a better offer");
  const auto said = world.said<audit::Moved>();
  BOOST_REQUIRE(said.size() == 1U);
  BOOST_TEST(said[0].second.from == 1U);
  BOOST_TEST(said[0].second.to == 2U);
  world.reopen();
  world.pass(days(2) + minutes(1));
  BOOST_TEST(list(world.got(ann)) == "welcome, offer");
  world.pass(days(5));
  BOOST_TEST(list(world.got(ann)) == "welcome, offer, ping");
}

BOOST_AUTO_TEST_CASE(who_leaves_gets_nothing_more_and_what_was_not_handed_over_is_withheld) {
  World world(short_flow);
  world.contact(ann);
  world.later(world.now, ann, "joined");
  must(world.engine->batch(world.now));
  BOOST_TEST(must(world.store->outbox(store::OutboxState::ready, 10)).size() == 1U);
  deploy(world, long_flow, InFlight::leave);
  BOOST_TEST(rolled(world).left == 1U);
  world.pass(days(10));
  BOOST_TEST(world.provider.sent.empty());
  BOOST_TEST(world.said<audit::Left>().front().second.reason == "deployed version 2");
  BOOST_TEST(must(world.store->outbox(store::OutboxState::withheld, 10)).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_workflow_that_is_the_same_is_left_alone) {
  const std::string other = workflow("wait 9 days\nsend offer", "enter on purchased", "other");
  World world(project(workflow("send welcome\nwait 3 days\nsend reminder") + other));
  world.contact(ann);
  world.event(ann, "joined");
  world.event(ann, "purchased");
  // The steps of `nurture` have other numbers in the module now, and a remark is new; it means the same.
  deploy(world,
         project(workflow("send ping\nwait 9 days\nsend offer", "enter on purchased", "other") + "// a remark\n" +
                 workflow("send welcome\nwait 3 days\nsend reminder")),
         InFlight::leave);
  BOOST_TEST(rolled(world).left == 1U);
  BOOST_REQUIRE(world.cell(ann).instances.size() == 1U);
  BOOST_TEST(world.cell(ann).instances[0].workflow == name_id("nurture"));
  BOOST_TEST(world.cell(ann).instances[0].version == 1U);
  world.pass(days(10));
  BOOST_TEST(list(world.got(ann)) == "welcome, reminder");
}

BOOST_AUTO_TEST_CASE(people_can_be_moved_later_without_a_new_version) {
  World world(short_flow);
  world.contact(ann);
  world.event(ann, "joined");
  deploy(world, long_flow, InFlight::stay);
  BOOST_TEST(!must(world.engine->deploy(world.now, world.module, {InFlight::move, "", ""})));
  BOOST_TEST(world.cell(ann).instances[0].version == 2U);
  BOOST_TEST(world.engine->deployments().all().size() == 2U);
  // And that can be taken back too; the version stays.
  BOOST_TEST(must(world.engine->undo(world.now, "", "")) == "");
  BOOST_TEST(world.cell(ann).instances[0].version == 1U);
  BOOST_TEST(world.engine->deployments().all().size() == 2U);
}

BOOST_AUTO_TEST_CASE(rules_and_caps_are_those_in_force_after_a_move) {
  World world(short_flow);
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(days(1));
  deploy(world,
         project(workflow("send welcome\nwait 5 days\nsend offer\nwait 1 day\nsend ping"), "under brand") +
             "policy brand { few: limit messages to 2 per 7 days }\n",
         InFlight::move);
  world.pass(days(10));
  BOOST_TEST(list(world.got(ann)) == "welcome, offer");
  BOOST_TEST(world.tallies().rules.at("brand.few").skipped == 1U);
}

BOOST_AUTO_TEST_CASE(an_undo_takes_back_who_has_taken_no_step) {
  World world(short_flow);
  for (const std::string& who : {ann, bob}) {
    world.contact(who);
    world.event(who, "joined");
    world.pass(days(1));
  }
  deploy(world, long_flow, InFlight::move);
  BOOST_TEST(rolled(world).moved == 2U);
  world.pass(days(1) + minutes(1));  // Ann's wait is over, Bob's is not
  BOOST_TEST(list(world.got(ann)) == "welcome, offer");
  const std::optional<LastRolled> last = must(last_rolled(*world.store));
  BOOST_REQUIRE(last.has_value());
  BOOST_TEST(last->moved.size() == 1U);
  BOOST_TEST(must(world.engine->undo(world.now, "ops@acme.example", "")) == "");
  world.module = compiled(short_flow);
  BOOST_TEST(world.engine->deployments().newest().number == 3U);
  BOOST_TEST(world.engine->deployments().in_force(world.module));
  BOOST_TEST(world.cell(ann).instances[0].version == 2U);
  BOOST_TEST(world.cell(bob).instances[0].version == 1U);
  BOOST_TEST(rolled(world).undoes == 2U);
  BOOST_TEST(rolled(world).moved == 1U);
  BOOST_TEST(rolled(world).stayed == 1U);
  world.reopen();
  world.pass(days(9));
  BOOST_TEST(list(world.got(ann)) == "welcome, offer, ping");
  BOOST_TEST(list(world.got(bob)) == "welcome, reminder");
}

BOOST_AUTO_TEST_CASE(an_undo_does_not_bring_back_who_left_and_there_may_be_nothing_to_undo) {
  World world(short_flow);
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(must(world.engine->undo(world.now, "", "")) == "there is no version before this one");
  deploy(world, long_flow, InFlight::leave);
  BOOST_TEST(must(world.engine->undo(world.now, "", "")) == "");
  BOOST_TEST(world.cell(ann).instances.empty());
  BOOST_TEST(rolled(world).left == 1U);
  // An undo is a deployment too: taken back, the long flow is in force again.
  BOOST_TEST(must(world.engine->undo(world.now, "", "")) == "");
  BOOST_TEST(world.engine->deployments().newest().number == 4U);
  BOOST_TEST(world.engine->deployments().in_force(compiled(long_flow)));
}

BOOST_AUTO_TEST_CASE(it_comes_through_the_inbox_between_two_batches) {
  World world(short_flow);
  world.contact(ann);
  world.contact(bob);
  world.event(ann, "joined");
  world.pass(days(1));
  // Bob joins before the deployment and Ann's click comes after it, all of them in one look at the inbox.
  world.later(world.now, bob, "joined");
  const DeployIn in{false, InFlight::move, bytecode::encode(compiled(long_flow)), "ops@acme.example", ""};
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
  world.later(world.now, ann, "visited", {{"page", "pricing"}});
  world.run(world.now);
  world.module = compiled(long_flow);
  BOOST_TEST(world.engine->deployments().newest().number == 2U);
  BOOST_TEST(rolled(world).moved == 2U);
  BOOST_TEST(world.cell(bob).instances[0].version == 2U);
  // Its batch has nothing else in it.
  must(world.store->records(0, [&](const store::Record& record) -> Result<void> {
    const std::vector<audit::Stamped> entries = must(audit::read(record.audit));
    const auto has = [&](auto which) {
      return std::any_of(entries.begin(), entries.end(),
                         [&](const audit::Stamped& s) { return std::holds_alternative<decltype(which)>(s.entry); });
    };
    if (has(audit::Rolled{})) BOOST_TEST(!has(audit::StepTaken{}));
    return {};
  }));
  // The same again is refused, and so is what cannot be read.
  must(world.store->post(
      {{0, world.now, store::InboxKind::command, encode(DeployIn{false, InFlight::stay, in.module, "", ""})},
       {0, world.now, store::InboxKind::command, encode(DeployIn{false, InFlight::stay, "no module", "", ""})}},
      {}));
  world.run(world.now);
  const auto refused = world.said<audit::Refused>();
  BOOST_REQUIRE(refused.size() == 2U);
  BOOST_TEST(refused[0].second.reason == "this version is in force already");
  must(world.store->post(
      {{0, world.now, store::InboxKind::command, encode(DeployIn{true, InFlight::stay, "", "ops@acme.example", ""})}},
      {}));
  world.run(world.now);
  BOOST_TEST(world.engine->deployments().newest().number == 3U);
  BOOST_TEST(world.cell(ann).instances[0].version == 1U);
}

BOOST_AUTO_TEST_CASE(a_crash_at_any_write_leaves_all_or_nothing) {
  for (const InFlight how : {InFlight::move, InFlight::leave}) {
    for (int nth = 0; nth < 6; ++nth) {
      for (const Failing way : {Failing::before, Failing::after}) {
        const Folder folder;
        World world(short_flow, {.path = folder.file("a.db")});
        world.contact(ann);
        world.contact(bob);
        world.event(ann, "joined");
        world.event(bob, "joined");
        world.pass(days(1));
        world.engine.reset();
        int writes = 0;
        world.store = std::make_unique<FaultyStore>(std::move(world.store),
                                                    [&](const char*) { return writes++ == nth ? way : Failing::no; });
        const DeployIn in{false, how, bytecode::encode(compiled(long_flow)), "", ""};
        must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
        Settings settings;
        settings.seed = 1;
        settings.virtual_clock = true;
        settings.holdout = false;
        if (Result<std::unique_ptr<Engine>> opened = Engine::open(*world.store, world.provider, settings)) {
          world.engine = std::move(*opened);
          static_cast<void>(world.try_run(world.now + minutes(1)));
        }
        world.engine.reset();
        world.store.reset();
        world.open();
        BOOST_TEST_CONTEXT("write " << nth << (way == Failing::before ? " before" : " after")) {
          // Either nobody is in the new version, or everybody is treated.
          const bool there = world.engine->deployments().all().size() == 2U;
          for (const std::string& who : {ann, bob}) {
            const Cell cell = world.cell(who);
            if (!there || how == InFlight::move) {
              BOOST_REQUIRE(cell.instances.size() == 1U);
              BOOST_TEST(cell.instances[0].version == (there ? 2U : 1U));
            } else {
              BOOST_TEST(cell.instances.empty());
            }
          }
          BOOST_TEST(world.said<audit::Rolled>().size() == (there ? 1U : 0U));
          // And in the end it is done, once.
          world.run(world.now + days(20));
          BOOST_TEST(world.said<audit::Rolled>().size() == 1U);
          BOOST_TEST(world.said<audit::Deployed>().size() == 2U);
          BOOST_TEST(list(world.got(ann)) == (how == InFlight::move ? "welcome, offer, ping" : "welcome"));
          must(audit::verify(*world.store));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_read_back_is_what_stood) {
  for (const InFlight how : {InFlight::stay, InFlight::move, InFlight::leave}) {
    const Folder folder;
    World world(short_flow, {.path = folder.file("a.db")});
    world.contact(ann);
    world.contact(bob);
    world.event(ann, "joined");
    deploy(world, long_flow, how);
    world.event(bob, "joined");
    must(world.engine->undo(world.now, "", ""));
    const std::string before = encode(world.cell(ann)) + encode(world.cell(bob));
    const std::string tallies = world.tallies().save();
    world.engine.reset();
    world.store.reset();
    world.open();
    BOOST_TEST((encode(world.cell(ann)) + encode(world.cell(bob)) == before));
    BOOST_TEST((world.tallies().save() == tallies));
  }
}

BOOST_AUTO_TEST_SUITE_END()

// ---- who may move

BOOST_AUTO_TEST_SUITE(moving)

std::string refused(const std::string& from, const std::string& to) {
  World world(project(workflow(from)));
  world.contact(ann);
  world.event(ann, "joined");
  return refusal(world, ann, project(workflow(to)));
}

BOOST_AUTO_TEST_CASE(what_comes_later_may_change) {
  BOOST_TEST(refused("send welcome\nwait 3 days\nsend reminder", "send welcome\nwait 9 days\nsend offer") == "");
  BOOST_TEST(refused("wait 3 days\nsend reminder", "wait 3 days\nif contact.plan is pro { send offer }") == "");
  // What is new before the step is missed, as by everyone who was there already.
  BOOST_TEST(refused("wait 3 days\nsend reminder", "send offer\nwait 3 days\nsend reminder") == "");
}

BOOST_AUTO_TEST_CASE(a_step_that_is_gone_or_another_keeps_them) {
  BOOST_TEST(refused("wait 3 days\nsend reminder", "send reminder") == "stands at `nurture/wait#1`, which is gone");
  BOOST_TEST(refused("wait 3 days", "wait up to 3 days\nfor purchased { }\notherwise { }") ==
             "stands at `nurture/wait#1`, which is another kind of step now");
}

BOOST_AUTO_TEST_CASE(a_key_that_is_another_place_now_is_seen) {
  // A wait before hers takes over the number of hers.
  BOOST_TEST(
      refused("send welcome\nwait 3 days\nsend reminder", "wait 1 hour\nsend welcome\nwait 3 days\nsend reminder") ==
      "would take `nurture/send welcome#1` once more");
  BOOST_TEST(refused("wait 3 days\nsend welcome\nwait 2 days\nsend reminder",
                     "send welcome\nwait 2 days\nsend reminder") == "would miss `nurture/send welcome#1`");
}

BOOST_AUTO_TEST_CASE(rounds_are_not_begun_in_the_middle) {
  BOOST_TEST(refused("repeat up to 3 times every 1 day {\nsend welcome\nwait 1 hour\n}",
                     "repeat up to 5 times every 2 days {\nsend welcome\nwait 1 hour\nsend offer\n}") == "");
  BOOST_TEST(refused("repeat up to 3 times every 1 day {\nwait 1 hour\n}", "wait 1 hour") != "");
}

BOOST_AUTO_TEST_CASE(kept_values_and_bound_events_are_not_read_by_another_number) {
  const std::string kept = "let one = contact.mrr\nwait 3 days\nif one > $5 { send offer }";
  BOOST_TEST(refused(kept, "let one = contact.mrr\nwait 3 days\nif one > $9 { send offer }") == "");
  BOOST_TEST(refused(kept, "let one = contact.mrr\nwait 3 days\nsend reminder") == "");
  const std::string otherwise = "the new version reads a value there that the old one kept otherwise, or not at all";
  // Another value has taken its number, or it is made of something else, or there was none.
  BOOST_TEST(refused(kept, "let two = $3\nlet one = contact.mrr\nwait 3 days\nif one > $5 { send offer }") ==
             otherwise);
  BOOST_TEST(refused(kept, "let one = contact.mrr + $1\nwait 3 days\nif one > $5 { send offer }") == otherwise);
  BOOST_TEST(refused("wait 3 days\nsend offer", kept) == otherwise);
  // One that is made later is no matter.
  BOOST_TEST(refused("wait 3 days\nsend offer", "wait 3 days\nlet one = contact.mrr\nif one > $5 { send offer }") ==
             "");
}

BOOST_AUTO_TEST_CASE(the_entrys_event_must_be_what_the_new_version_reads) {
  const auto entered = [](const std::string& head) {
    return project(workflow("wait 3 days\nsend note(said: event.asset)", head));
  };
  World world(entered("enter on downloaded"));
  world.contact(ann);
  world.event(ann, "downloaded", {{"asset", "paper"}});
  BOOST_TEST(refusal(world, ann, entered("enter on downloaded where event.asset != \"x\"")) == "");
  BOOST_TEST(refusal(world, ann, project(workflow("wait 3 days\nsend note(said: event.page)", "enter on visited"))) ==
             "the new version reads an event or a row there that the old one bound otherwise, or not at all");
  BOOST_TEST(refusal(world, ann, project(workflow("wait 3 days\nsend offer", "enter on visited"))) == "");
}

BOOST_AUTO_TEST_CASE(who_waits_for_a_word_stays) {
  const auto asking = [](const std::string& content) {
    return project("role legal { \"lee@acme.example\" }\n" +
                   workflow("approve by legal up to 2 days {\nsend " + content + "\n} otherwise { stop }"));
  };
  World world(asking("offer"));
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(refusal(world, ann, asking("offer") + workflow("send ping", "enter on purchased", "other")) ==
             "waits for, or goes by, an approval of what the old version would do");
}

BOOST_AUTO_TEST_CASE(a_workflow_that_is_gone_keeps_who_is_in_it) {
  World world(short_flow);
  world.contact(ann);
  world.event(ann, "joined");
  deploy(world, project(workflow("send offer", "enter on purchased", "other")), InFlight::move);
  BOOST_TEST(rolled(world).stayed == 1U);
  world.pass(days(5));
  BOOST_TEST(list(world.got(ann)) == "welcome, reminder");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
