// What colleagues do with one person by hand: cancel, skip, forget.
#include <fstream>
#include <iterator>

#include "tests/engine/faulty_store.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";
const std::string bob = "bob@b.example";

void tell(World& world, PersonIn::Act act, const std::string& email, const std::string& workflow = "nurture") {
  const PersonIn in{act, name_id("email"), email, workflow, "ops@acme.example", "asked by phone"};
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
  world.run(world.now);
}
using Act = PersonIn::Act;

std::string refusal(World& world) {
  const auto all = world.said<audit::Refused>();
  return all.empty() ? "" : all.back().second.reason;
}

BOOST_AUTO_TEST_SUITE(steering)

BOOST_AUTO_TEST_CASE(who_is_cancelled_gets_nothing_more) {
  World world(project(workflow("send welcome\nwait 3 days\nsend reminder")));
  world.contact(ann);
  world.contact(bob);
  world.event(ann, "joined");
  world.event(bob, "joined");
  world.pass(days(1));
  tell(world, Act::cancel, ann);
  world.pass(days(10));
  BOOST_TEST(list(world.got(ann)) == "welcome");
  BOOST_TEST(list(world.got(bob)) == "welcome, reminder");
  BOOST_TEST(world.said<audit::Left>().front().second.reason == "cancelled by ops@acme.example: asked by phone");
  // Once more there is nothing to cancel, and that is said.
  tell(world, Act::cancel, ann);
  BOOST_TEST(refusal(world) == "the contact is not in `nurture`");
}

BOOST_AUTO_TEST_CASE(what_was_filled_and_not_handed_over_is_withheld) {
  World world(project(workflow("send welcome\nwait 3 days")));
  world.contact(ann);
  world.later(world.now, ann, "joined");
  must(world.engine->batch(world.now));
  BOOST_TEST(must(world.store->outbox(store::OutboxState::ready, 10)).size() == 1U);
  const PersonIn in{Act::cancel, name_id("email"), ann, "nurture", "ops@acme.example", ""};
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
  must(world.engine->batch(world.now));
  world.pass(days(1));
  BOOST_TEST(world.provider.sent.empty());
  BOOST_TEST(must(world.store->outbox(store::OutboxState::withheld, 10)).size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_is_skipped_goes_on_as_if_the_time_were_over) {
  World world(project(
      workflow("wait up to 9 days\n  for purchased { send offer }\n  otherwise { send welcome }\nwait 5 days\nsend "
               "reminder")));
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(hours(1));
  tell(world, Act::skip, ann);
  BOOST_TEST(list(world.got(ann)) == "welcome");
  BOOST_TEST(world.said<audit::Skipped>().front().second.by == "ops@acme.example");
  tell(world, Act::skip, ann);
  BOOST_TEST(list(world.got(ann)) == "welcome, reminder");
  // The timer that was set before finds nobody.
  world.pass(days(30));
  BOOST_TEST(list(world.got(ann)) == "welcome, reminder");
}

BOOST_AUTO_TEST_CASE(a_rule_is_not_skipped) {
  World world(
      project("policy night { quiet: forbid send between 06:00 and 08:00 because \"sleep\" "
              "otherwise defer }\n" +
                  workflow("send welcome"),
              "  under night"));
  world.contact(ann, {{"timezone", "America/New_York"}});  // it is 07:00 there
  world.event(ann, "joined");
  BOOST_TEST(world.provider.sent.empty());
  tell(world, Act::skip, ann);
  BOOST_TEST(refusal(world) == "a rule holds the contact there, and rules are not skipped");
  BOOST_TEST(world.provider.sent.empty());
  world.pass(hours(2));
  BOOST_TEST(list(world.got(ann)) == "welcome");
}

BOOST_AUTO_TEST_CASE(an_unknown_person_is_refused) {
  World world(project(workflow("send welcome")));
  tell(world, Act::forget, "nobody@x.example");
  BOOST_TEST(refusal(world) == "is of nobody we know");
}

/// Whether a file, or what lies beside it, holds these bytes anywhere.
bool holds(const std::string& path, const std::string& bytes) {
  for (const char* suffix : {"", "-wal"}) {
    std::ifstream in(path + suffix, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (all.find(bytes) != std::string::npos) return true;
  }
  return false;
}

const std::string kept = workflow(
    "let secret = \"kept-{contact.email}\"\nsend note(said: \"{secret}\")\nwait 3 days\nsend note(said: \"{secret}\")");

BOOST_AUTO_TEST_CASE(nothing_of_who_is_forgotten_is_left_in_the_file) {
  const Folder folder;
  World world(project(kept), {.path = folder.file("a.db")});
  world.contact(ann);
  world.contact(bob);
  world.event(ann, "downloaded", {{"asset", "only-ann-read-this"}}, {.of = "", .id = "d1", .at = {}});
  world.event(ann, "joined");
  world.event(bob, "joined");
  // Something that cannot be used, and is set aside as it came.
  must(world.store->post({}, {{"file.csv", 3, "no such field", "ann@a.example,pink"}}));
  BOOST_TEST(holds(folder.file("a.db"), ann));
  const store::ContactId id = *world.id(ann);
  tell(world, Act::forget, ann);
  world.pass(minutes(5));

  BOOST_TEST(!world.id(ann).has_value());
  BOOST_TEST(!must(world.store->person(id)).has_value());
  BOOST_TEST(must(world.store->events(id)).empty());
  BOOST_TEST(!must(world.store->cell(id)).has_value());
  BOOST_TEST(must(world.store->rejected(10)).empty());
  BOOST_TEST(!holds(folder.file("a.db"), ann));
  BOOST_TEST(!holds(folder.file("a.db"), "only-ann-read-this"));
  // The chain holds, and Bob goes on.
  BOOST_TEST(must(audit::verify(*world.store)).entries > 0U);
  BOOST_TEST(must(world.store->verify()).seq == must(world.store->head()).seq);
  BOOST_TEST(world.tallies().contacts == 1U);
  world.pass(days(4));
  BOOST_TEST(list(world.got(ann)) == "note");
  BOOST_TEST(list(world.got(bob)) == "note, note");
  BOOST_TEST(world.provider.sent.back().body.find("kept-bob@b.example") != std::string::npos);

  // Who comes back is somebody new.
  world.contact(ann);
  BOOST_TEST((*world.id(ann) != id));
  world.event(ann, "joined");
  BOOST_TEST(list(world.got(ann)) == "note, note");
}

BOOST_AUTO_TEST_CASE(messages_that_wait_are_erased_with_them) {
  const Folder folder;
  World world(project(workflow("send note(said: \"{contact.email}\")\nwait 3 days")), {.path = folder.file("a.db")});
  world.contact(ann);
  world.later(world.now, ann, "joined");
  must(world.engine->batch(world.now));
  BOOST_TEST(holds(folder.file("a.db"), "You said ann@a.example"));
  const PersonIn in{Act::forget, name_id("email"), ann, "", "ops@acme.example", ""};
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
  must(world.engine->batch(world.now));
  world.pass(days(1));
  BOOST_TEST(world.provider.sent.empty());
  BOOST_TEST(!holds(folder.file("a.db"), ann));
}

BOOST_AUTO_TEST_CASE(who_comes_in_again_in_the_same_batch_is_somebody_new) {
  World world(project(workflow("wait 1 hour\nsend welcome")));
  world.contact(ann, {{"plan", "pro"}});
  const store::ContactId before = *world.id(ann);
  const PersonIn in{Act::forget, name_id("email"), ann, "", "ops@acme.example", ""};
  const std::string joined = encode(world.event_of(ann, "joined", {}, {}));
  must(world.store->post(
      {{0, world.now, store::InboxKind::command, encode(in)},
       // Of nobody whom we know any more.
       {0, world.now, store::InboxKind::event, joined},
       {0, world.now, store::InboxKind::contact,
        encode(ContactIn{encoded(world.module.fields, {{"email", ann}, {"consent.email", "given"}})})},
       {0, world.now, store::InboxKind::event, encode(world.event_of(ann, "joined", {}, {}))}},
      {}));
  world.pass(hours(2));
  BOOST_REQUIRE(world.id(ann));
  BOOST_TEST((*world.id(ann) != before));
  BOOST_TEST(world.said<audit::Refused>().size() == 1U);
  BOOST_TEST(world.field(ann, "email") == ann);
  BOOST_TEST(world.field(ann, "plan") == "none");  // nothing of what was known before
  BOOST_TEST(list(world.got(ann)) == "welcome");
  BOOST_TEST((*must(world.engine->cell(before)) == Cell{}));
}

BOOST_AUTO_TEST_CASE(what_the_same_batch_has_tried_again_or_sets_aside_is_forgotten_too) {
  for (const connect::Outcome outcome :
       {connect::Outcome::failed, connect::Outcome::refused, connect::Outcome::unknown}) {
    World world(project(workflow("send welcome\nwait 3 days")), {.virtual_clock = false});
    world.contact(ann);
    world.later(world.now, ann, "joined");
    must(world.engine->batch(world.now));
    world.provider.answers = [&](const connect::Message&) -> connect::Answer { return {outcome, "no", {}}; };
    must(world.engine->hand_over(world.now));
    const PersonIn in{Act::forget, name_id("email"), ann, "", "ops@acme.example", ""};
    must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
    // Records what the connector answered, and forgets, in one.
    must(world.engine->batch(world.now));
    world.provider.answers = {};
    for (int hour = 1; hour < 30; ++hour) {
      must(world.engine->batch(world.now + hours(hour)));
      must(world.engine->hand_over(world.now + hours(hour)));
    }
    BOOST_TEST(world.provider.sent.empty());
    const auto rows = must(world.store->outbox(store::OutboxState::withheld, 10));
    BOOST_REQUIRE(rows.size() == 1U);
    BOOST_TEST(rows[0].payload.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_crash_at_any_write_forgets_all_the_same) {
  // Each write of the store fails once, before or after it took effect; the next start finishes what was begun.
  for (int nth = 0; nth < 8; ++nth) {
    for (const Failing way : {Failing::before, Failing::after}) {
      const Folder folder;
      World world(project(kept), {.path = folder.file("a.db")});
      world.contact(ann);
      world.event(ann, "joined");
      world.engine.reset();
      int writes = 0;
      world.store = std::make_unique<FaultyStore>(std::move(world.store),
                                                  [&](const char*) { return writes++ == nth ? way : Failing::no; });
      const PersonIn in{Act::forget, name_id("email"), ann, "", "ops@acme.example", ""};
      must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
      Settings settings;
      settings.seed = 1;
      settings.virtual_clock = true;
      settings.holdout = false;
      bool faulted = false;
      if (Result<std::unique_ptr<Engine>> opened = Engine::open(*world.store, world.provider, settings)) {
        world.engine = std::move(*opened);
        faulted = !world.try_run(world.now + days(1)).has_value();
      }
      world.reopen();
      world.pass(days(5));
      BOOST_TEST_CONTEXT("write " << nth << (way == Failing::before ? " before" : " after")
                                  << (faulted ? "" : ", which never came")) {
        BOOST_TEST(!world.id(ann).has_value());
        BOOST_TEST(!holds(folder.file("a.db"), ann));
        BOOST_TEST(world.said<audit::Forgotten>().size() == 1U);
        BOOST_TEST(list(world.got(ann)) == "note");
        must(audit::verify(*world.store));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
