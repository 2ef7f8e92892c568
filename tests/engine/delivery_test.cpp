// How messages leave: rates, retries, dead letters, and a connector that is left alone.
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";
using connect::Answer;
using connect::Outcome;

std::string times_of(const std::vector<Sent>& sent, Instant start) {
  std::string out;
  for (const Sent& one : sent) out += (out.empty() ? "" : ", ") + std::to_string((one.handed - start).ms / 1000);
  return out;
}

std::string under(const std::string& rules, const std::string& rest) {
  return project(rest, "under brand") + "policy brand {\n" + rules + "\n}\n";
}

std::vector<store::Outbox> rows(World& world, store::OutboxState state) {
  return must(world.store->outbox(state, 1'000));
}

/// One message of each of so many people, at once.
void everybody_joins(World& world, int people) {
  std::vector<store::Inbox> rows;
  for (int i = 0; i < people; ++i) {
    const std::string who = std::to_string(i) + "@a.example";
    rows.push_back({0, world.now, store::InboxKind::contact,
                    encode(ContactIn{encoded(world.module.fields, {{"email", who}, {"consent.email", "given"}})})});
    rows.push_back({0, world.now, store::InboxKind::event, encode(world.event_of(who, "joined", {}, {}))});
  }
  must(world.store->post(rows, {}));
}

void decide(World& world, audit::Resolved::How how, const std::string& key) {
  must(world.store->post(
      {{0, world.now, store::InboxKind::command, encode(OutboxIn{how, key, "ops@acme.example", "looked"})}}, {}));
  world.run(world.now);
}

BOOST_AUTO_TEST_SUITE(delivery)

BOOST_AUTO_TEST_CASE(a_message_that_did_not_go_out_is_tried_again_later_and_later) {
  World world(project(workflow("send welcome")), {.stride = seconds(1)});
  world.contact(ann);
  const Instant start = world.now;
  int left = 3;
  std::vector<Instant> tried;
  world.provider.answers = [&](const connect::Message&) {
    tried.push_back(world.provider.clock);
    return left-- > 0 ? Answer{Outcome::failed, "503", {}} : Answer{};
  };
  world.event(ann, "joined");
  world.pass(hours(1));
  BOOST_REQUIRE(tried.size() == 4U);
  // 30, 60 and 120 seconds, with jitter over the upper half of each; a stride may add a second.
  for (std::size_t i = 1; i < tried.size(); ++i) {
    const std::int64_t waited = (tried[i] - tried[i - 1]).ms;
    const std::int64_t whole = 30'000LL << (i - 1);
    BOOST_TEST(waited >= whole / 2, i << ": " << waited);
    BOOST_TEST(waited <= whole + 2'000, i << ": " << waited);
  }
  BOOST_TEST(list(world.got(ann)) == "welcome");
  const auto said = world.said<audit::Retrying>();
  BOOST_REQUIRE(said.size() == 3U);
  BOOST_TEST(said[2].second.attempts == 3U);
  BOOST_TEST(said[2].second.detail == "503");
  BOOST_TEST(rows(world, store::OutboxState::sent).at(0).attempts == 4U);
  BOOST_TEST((world.now - start).ms == hours(1).ms);
}

BOOST_AUTO_TEST_CASE(a_provider_that_asks_for_patience_gets_it) {
  World world(project(workflow("send welcome")), {.stride = seconds(1)});
  world.contact(ann);
  std::vector<Instant> tried;
  world.provider.answers = [&](const connect::Message&) {
    tried.push_back(world.provider.clock);
    return tried.size() == 1 ? Answer{Outcome::failed, "429", minutes(20)} : Answer{};
  };
  world.event(ann, "joined");
  world.pass(hours(1));
  BOOST_REQUIRE(tried.size() == 2U);
  BOOST_TEST((tried[1] - tried[0]).ms >= minutes(20).ms);
}

BOOST_AUTO_TEST_CASE(the_rules_are_asked_again_on_every_attempt) {
  World world(under("asked: forbid send by email when contact.consent.email is not given", workflow("send welcome")),
              {.stride = seconds(1)});
  world.contact(ann);
  world.provider.answers = [](const connect::Message&) { return Answer{Outcome::failed, "503", {}}; };
  world.event(ann, "joined");
  world.contact(ann, {{"consent.email", "withdrawn"}});
  world.provider.answers = nullptr;
  world.pass(hours(1));
  BOOST_TEST(list(world.got(ann)) == "");
  BOOST_TEST(rows(world, store::OutboxState::withheld).size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_refused_or_never_goes_is_a_dead_letter_and_somebody_decides) {
  for (const Outcome outcome : {Outcome::refused, Outcome::failed}) {
    Pacing pacing;
    pacing.attempts = 2;
    World world(project(workflow("send welcome")), {.stride = seconds(1), .pacing = pacing});
    world.contact(ann);
    world.provider.answers = [&](const connect::Message&) { return Answer{outcome, "no such mailbox", {}}; };
    world.event(ann, "joined");
    world.pass(hours(2));
    const auto dead = rows(world, store::OutboxState::failed);
    BOOST_REQUIRE(dead.size() == 1U);
    BOOST_TEST(!dead[0].payload.empty());
    const auto aside = world.said<audit::SetAside>();
    BOOST_REQUIRE(aside.size() == 1U);
    BOOST_TEST(aside[0].second.attempts == (outcome == Outcome::refused ? 1U : 2U));
    BOOST_TEST(aside[0].second.detail == "no such mailbox");
    world.provider.answers = nullptr;
    world.pass(days(1));
    BOOST_TEST(list(world.got(ann)) == "");
    decide(world, audit::Resolved::How::retry, dead[0].key);
    world.pass(minutes(1));
    BOOST_TEST(list(world.got(ann)) == "welcome");
    BOOST_TEST(rows(world, store::OutboxState::sent).at(0).attempts == 1U);
    // Nothing is set aside any more, so nothing more is decided.
    decide(world, audit::Resolved::How::retry, dead[0].key);
    BOOST_TEST(world.said<audit::Resolved>().size() == 1U);
    BOOST_TEST(world.said<audit::Refused>().size() == 1U);
    world.pass(days(1));
    BOOST_TEST(list(world.got(ann)) == "welcome");
  }
}

BOOST_AUTO_TEST_CASE(a_dead_letter_that_is_dropped_keeps_nothing) {
  World world(project(workflow("send welcome")));
  world.contact(ann);
  world.provider.answers = [](const connect::Message&) { return Answer{Outcome::refused, "no", {}}; };
  world.event(ann, "joined");
  world.pass(minutes(5));
  const std::string key = rows(world, store::OutboxState::failed).at(0).key;
  decide(world, audit::Resolved::How::drop, key);
  BOOST_TEST(rows(world, store::OutboxState::failed).empty());
  const auto dropped = rows(world, store::OutboxState::withheld);
  BOOST_REQUIRE(dropped.size() == 1U);
  BOOST_TEST(dropped[0].payload.empty());
  BOOST_TEST(world.said<audit::Resolved>().at(0).second.by == "ops@acme.example");
}

BOOST_AUTO_TEST_CASE(what_may_have_gone_out_is_set_aside_unless_the_provider_knows_keys) {
  for (const bool knows : {false, true}) {
    World world(project(workflow("send welcome")), {.stride = seconds(1)});
    world.contact(ann);
    world.provider.lies = true;
    world.provider.knows_keys = knows;
    int calls = 0;
    world.provider.answers = [&](const connect::Message&) {
      return ++calls == 1 ? Answer{Outcome::unknown, "time out", {}} : Answer{};
    };
    world.event(ann, "joined");
    world.pass(hours(2));
    BOOST_TEST(list(world.got(ann)) == "welcome");
    BOOST_TEST(calls == (knows ? 2 : 1));
    BOOST_TEST(rows(world, store::OutboxState::uncertain).size() == (knows ? 0U : 1U));
    BOOST_TEST(rows(world, store::OutboxState::sent).size() == (knows ? 1U : 0U));
  }
}

BOOST_AUTO_TEST_CASE(after_a_crash_what_nobody_can_tell_is_set_aside_unless_the_provider_knows_keys) {
  const Folder folder;
  World world(project(workflow("send welcome")), {.path = folder.file("a.db")});
  world.contact(ann);
  world.provider.knows_keys = true;
  world.later(world.now, ann, "joined");
  must(world.engine->batch(world.now));
  world.provider.calls_until_fault = 0;
  world.provider.fault_after = true;
  BOOST_TEST(!world.engine->hand_over(world.now).has_value());
  world.provider.calls_until_fault = -1;
  world.reopen();
  world.pass(hours(1));
  BOOST_TEST(list(world.got(ann)) == "welcome");
  BOOST_TEST(rows(world, store::OutboxState::sent).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_channel_goes_no_faster_than_its_rate_in_any_window_and_keeps_the_order) {
  Pacing pacing;
  pacing.rates["sms"] = {3, seconds(10)};
  World world(project(workflow("send ping")), {.stride = seconds(1), .pacing = pacing});
  const Instant start = world.now;
  everybody_joins(world, 10);
  world.pass(minutes(2));
  BOOST_TEST(times_of(world.provider.sent, start) == "0, 0, 0, 10, 10, 10, 20, 20, 20, 30");
  for (std::size_t i = 0; i < world.provider.sent.size(); ++i)
    BOOST_TEST(world.provider.sent[i].to == std::to_string(i) + "@a.example");
}

BOOST_AUTO_TEST_CASE(the_rate_holds_over_restarts_and_late_starts) {
  Pacing pacing;
  pacing.rates["sms"] = {3, seconds(10)};
  for (const int stop : {1, 4, 11, 25}) {
    const Folder folder;
    World world(project(workflow("send ping")), {.path = folder.file("a.db"), .stride = seconds(1), .pacing = pacing});
    everybody_joins(world, 20);
    world.pass(seconds(stop));
    world.reopen();
    // Down for long enough that several turns are over.
    world.now = world.now + seconds(37);
    world.pass(minutes(3));
    BOOST_REQUIRE(world.provider.sent.size() == 20U);
    for (std::size_t i = 3; i < world.provider.sent.size(); ++i)
      BOOST_TEST((world.provider.sent[i].handed - world.provider.sent[i - 3].handed).ms >= seconds(10).ms);
  }
}

BOOST_AUTO_TEST_CASE(other_channels_do_not_wait_for_one_that_is_slow) {
  Pacing pacing;
  pacing.rates["sms"] = {1, hours(1)};
  World world(project(workflow("send ping\nsend receipt")), {.stride = seconds(1), .pacing = pacing});
  const Instant start = world.now;
  everybody_joins(world, 3);
  world.pass(hours(4));
  std::string receipts;
  for (const Sent& sent : world.provider.sent) {
    if (sent.content == "receipt") receipts += std::to_string((sent.handed - start).ms) + " ";
  }
  BOOST_TEST(receipts == "0 0 0 ");
  BOOST_TEST(world.provider.sent.size() == 6U);
}

BOOST_AUTO_TEST_CASE(a_text_that_a_queue_delays_into_the_night_waits_for_the_morning) {
  Pacing pacing;
  pacing.rates["sms"] = {1, minutes(30)};
  World world(under("nights: forbid send by sms between 21:00 and 08:00 otherwise defer", workflow("send ping")),
              {.start = "2026-01-06T01:15Z", .stride = seconds(1), .pacing = pacing});  // 20:15 in New York
  everybody_joins(world, 4);
  world.pass(hours(16));
  std::string when;
  for (const Sent& sent : world.provider.sent) when += to_string(sent.handed) + " ";
  BOOST_TEST(when == "2026-01-06T01:15:00Z 2026-01-06T01:45:00Z 2026-01-06T13:00:00Z 2026-01-06T13:30:00Z ");
}

BOOST_AUTO_TEST_CASE(a_connector_that_fails_is_left_alone_and_tried_with_one_message) {
  World world(project(workflow("send ping")), {.stride = seconds(1)});
  std::size_t tried = 0;
  bool works = false;
  world.provider.answers = [&](const connect::Message&) {
    ++tried;
    return works ? Answer{} : Answer{Outcome::failed, "connection refused", {}};
  };
  everybody_joins(world, 100);
  world.pass(seconds(10));
  // The first hand-over meets the whole batch; then the connector is left alone.
  BOOST_TEST(tried == 100U);
  const auto circuit = world.said<audit::Circuit>();
  BOOST_REQUIRE(circuit.size() == 1U);
  BOOST_TEST(circuit[0].second.open);
  BOOST_TEST(circuit[0].second.detail == "connection refused");
  world.pass(minutes(5));
  // 30, 60, 120 s: each time one message.
  BOOST_TEST(tried <= 104U);
  BOOST_TEST(tried >= 102U);
  works = true;
  world.pass(hours(4));
  BOOST_TEST(world.provider.sent.size() == 100U);
  BOOST_TEST(!world.said<audit::Circuit>().back().second.open);
}

BOOST_AUTO_TEST_CASE(a_circuit_stays_open_over_a_restart) {
  const Folder folder;
  World world(project(workflow("send ping")), {.path = folder.file("a.db"), .stride = seconds(1)});
  std::size_t tried = 0;
  world.provider.answers = [&](const connect::Message&) {
    ++tried;
    return Answer{Outcome::failed, "down", {}};
  };
  everybody_joins(world, 10);
  world.pass(seconds(5));
  BOOST_TEST(tried == 10U);
  world.reopen();
  BOOST_TEST(world.engine->delivery().open());
  world.pass(seconds(5));
  BOOST_TEST(tried == 10U);
}

BOOST_AUTO_TEST_CASE(timers_wait_while_messages_lie_about_and_what_comes_in_does_not) {
  Pacing pacing;
  pacing.rates["sms"] = {1, hours(1)};
  pacing.most_unsent = 5;
  World world(project(workflow("send ping\nwait 1 minute\nset contact.stage = done")),
              {.pacing = pacing, .virtual_clock = false});
  everybody_joins(world, 20);
  must(world.engine->batch(world.now));
  must(world.engine->hand_over(world.now));
  must(world.engine->batch(world.now + minutes(2)));
  BOOST_TEST(world.engine->backed_up());
  BOOST_TEST(world.field("3@a.example", "stage") == "none");
  must(world.store->post(
      {{0, world.now, store::InboxKind::contact,
        encode(ContactIn{encoded(world.module.fields, {{"email", "3@a.example"}, {"consent.email", "withdrawn"}})})}},
      {}));
  must(world.engine->batch(world.now + minutes(3)));
  BOOST_TEST(world.field("3@a.example", "consent.email") == "withdrawn");
  // As the queue drains, they go on.
  for (int hour = 1; hour < 24; ++hour) {
    must(world.engine->hand_over(world.now + hours(hour)));
    must(world.engine->batch(world.now + hours(hour)));
  }
  BOOST_TEST(!world.engine->backed_up());
  BOOST_TEST(world.field("3@a.example", "stage") == "done");
}

BOOST_AUTO_TEST_CASE(what_a_rule_deferred_is_asked_again_when_the_rules_change) {
  const std::string flow = workflow("send welcome");
  World world(under("never: forbid send when contact.plan is pro otherwise defer up to 30 days", flow));
  world.contact(ann);
  world.later(world.now, ann, "joined");
  must(world.engine->batch(world.now));
  // Between the send and the hand-over.
  must(world.store->post({{0, world.now, store::InboxKind::contact,
                           encode(ContactIn{encoded(world.module.fields, {{"email", ann}, {"plan", "pro"}})})}},
                         {}));
  must(world.engine->batch(world.now));
  must(world.engine->hand_over(world.now));
  BOOST_TEST(list(world.got(ann)) == "");
  BOOST_REQUIRE(rows(world, store::OutboxState::ready).size() == 1U);
  BOOST_TEST((rows(world, store::OutboxState::ready)[0].waits == store::WaitsFor::rule));
  world.deploy(project(flow));
  world.pass(seconds(1));
  BOOST_TEST(list(world.got(ann)) == "welcome");
}

BOOST_AUTO_TEST_CASE(jitter_lies_in_the_upper_half_and_is_the_same_each_time) {
  const Pacing pacing;
  std::set<std::int64_t> different;
  for (int i = 0; i < 500; ++i) {
    const std::string key = std::to_string(i);
    for (std::uint32_t attempt = 1; attempt < 12; ++attempt) {
      const std::int64_t whole = std::min(pacing.first_retry.ms << (attempt - 1), pacing.longest_retry.ms);
      const Duration wait = retry_after(pacing, attempt, 7, key);
      BOOST_REQUIRE(wait.ms >= whole / 2);
      BOOST_REQUIRE(wait.ms <= whole);
      BOOST_REQUIRE(wait.ms == retry_after(pacing, attempt, 7, key).ms);
    }
    different.insert(retry_after(pacing, 4, 7, key).ms);
  }
  BOOST_TEST(different.size() > 400U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
