// Limits over all contacts: messages, money, and a workflow's budget. They are kept at the commit that fills the
// outbox.
#include <cmath>
#include <random>

#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

std::string under(const std::string& rules, const std::string& rest) {
  return project(rest, "under brand") + "policy brand {\n" + rules + "\n}\n";
}
std::string person(int i) {
  return "p" + std::to_string(i) + "@a.example";
}

void join(World& world, int from, int to, const std::string& event = "joined") {
  std::vector<store::Inbox> rows;
  for (int i = from; i < to; ++i) {
    rows.push_back(
        {0, world.now, store::InboxKind::contact,
         encode(ContactIn{encoded(world.module.fields, {{"email", person(i)}, {"consent.email", "given"}})})});
    rows.push_back({0, world.now, store::InboxKind::event, encode(world.event_of(person(i), event, {}, {}))});
  }
  must(world.store->post(rows, {}));
  world.run(world.now);
}

/// A call that costs what it says.
const std::string buying =
    "action ad(amount: Money) effect spend amount\n"
    "event asked\n";

BOOST_AUTO_TEST_SUITE(caps)

BOOST_AUTO_TEST_CASE(messages_are_limited_over_all_contacts_in_a_calendar_day_of_the_project) {
  World world(
      under("few: limit messages to 5 per day per project otherwise defer up to 3 days", workflow("send ping")));
  join(world, 0, 12);
  world.pass(minutes(1));
  BOOST_TEST(world.provider.sent.size() == 5U);
  world.run("2026-01-06T04:59Z");
  BOOST_TEST(world.provider.sent.size() == 5U);
  world.run("2026-01-06T05:01Z");  // midnight in New York
  BOOST_TEST(world.provider.sent.size() == 10U);
  world.run("2026-01-07T05:01Z");
  BOOST_TEST(world.provider.sent.size() == 12U);
}

BOOST_AUTO_TEST_CASE(a_sliding_window_is_never_exceeded_whatever_comes_when) {
  std::mt19937 random(11);
  for (int round = 0; round < 6; ++round) {
    const Folder folder;
    const std::string otherwise = round % 2 == 0 ? "" : " otherwise defer up to 9 days";
    World world(under("few: limit messages by sms to 7 per 10 hours per project" + otherwise, workflow("send ping")),
                {.path = folder.file("a.db"), .batch_items = 1 + random() % 9});
    int next = 0;
    for (int i = 0; i < 25; ++i) {
      const int some = static_cast<int>(random() % 8);
      join(world, next, next + some);
      next += some;
      world.pass(minutes(1 + static_cast<std::int64_t>(random() % 300)));
      if (random() % 4 == 0) world.reopen();
      if (random() % 4 == 0) must(world.engine->checkpoint());
    }
    world.pass(days(12));
    std::vector<Instant> at;
    for (const auto& [when, effect] : world.said<audit::Effect>()) at.push_back(when);
    std::sort(at.begin(), at.end());
    for (std::size_t i = 7; i < at.size(); ++i) BOOST_TEST((at[i] - at[i - 7]).ms >= hours(10).ms);
    BOOST_TEST(at.size() > 30U);
    if (!otherwise.empty()) BOOST_TEST(at.size() == static_cast<std::size_t>(next));
  }
}

BOOST_AUTO_TEST_CASE(what_is_held_out_or_transactional_does_not_count) {
  World world(under("few: limit messages to 2 per 30 days per project",
                    workflow("send receipt") + workflow("send ping", "enter on purchased", "second")));
  join(world, 0, 5);
  join(world, 10, 15, "purchased");
  std::map<std::string, int> sent;
  for (const Sent& one : world.provider.sent) ++sent[one.content];
  BOOST_TEST(sent["receipt"] == 5);
  BOOST_TEST(sent["ping"] == 2);
}

BOOST_AUTO_TEST_CASE(what_is_spent_is_limited_over_all_contacts_and_by_a_budget) {
  for (const bool budget : {false, true}) {
    const std::string flow =
        workflow("do ad(amount: $30)", budget ? "enter on asked\nbudget $100 per month" : "enter on asked");
    World world(budget ? project(buying + flow) : under("spend: limit spend to $100 per month", buying + flow));
    join(world, 0, 5, "asked");
    world.pass(minutes(1));
    BOOST_TEST(world.provider.sent.size() == 3U);
    const auto guarded = world.said<audit::Guarded>();
    BOOST_REQUIRE(guarded.size() == 2U);
    BOOST_TEST(guarded[0].second.rule == (budget ? "nurture.budget" : "brand.spend"));
    world.run("2026-02-01T05:01Z");
    join(world, 10, 15, "asked");
    world.pass(minutes(1));
    BOOST_TEST(world.provider.sent.size() == 6U);
  }
}

BOOST_AUTO_TEST_CASE(what_is_spent_on_one_contact_is_limited_in_a_window_and_in_a_month) {
  for (const bool window : {true, false}) {
    World world(under(
        window ? "own: limit spend to $100 per 7 days per contact" : "own: limit spend to $100 per month per contact",
        buying + workflow("do ad(amount: $60)", "enter on asked\nagain after 1 hour")));
    join(world, 0, 2, "asked");
    BOOST_TEST(world.provider.sent.size() == 2U);  // one does not count for the other
    world.pass(days(2));
    world.event(person(0), "asked");
    BOOST_TEST(world.provider.sent.size() == 2U);
    BOOST_REQUIRE(world.said<audit::Guarded>().size() == 1U);
    BOOST_TEST(world.said<audit::Guarded>()[0].second.rule == "brand.own");
    world.reopen();
    world.run(window ? "2026-01-12T11:59Z" : "2026-02-01T04:59Z");
    world.event(person(0), "asked");
    BOOST_TEST(world.provider.sent.size() == 2U);
    // In a window seven days later to the instant; in a calendar month at midnight in New York, where she is.
    world.run(window ? "2026-01-12T13:00Z" : "2026-02-01T06:00Z");
    world.event(person(0), "asked");
    BOOST_TEST(world.provider.sent.size() == 3U);
  }
}

BOOST_AUTO_TEST_CASE(what_messages_cost_one_contact_may_be_limited_by_channel) {
  World world(under("own: limit spend by email to $0.001 per day per contact",
                    workflow("send welcome\nsend ping\nsend receipt\nsend ping")));
  join(world, 0, 1);
  std::map<std::string, int> sent;
  for (const Sent& one : world.provider.sent) ++sent[one.content];
  BOOST_TEST(sent["welcome"] == 1);
  BOOST_TEST(sent["receipt"] == 0);  // it costs as much
  BOOST_TEST(sent["ping"] == 2);
}

BOOST_AUTO_TEST_CASE(what_was_spent_on_a_contact_counts_though_the_limit_comes_later) {
  const std::string steps = buying + workflow("do ad(amount: $60)\nsend welcome", "enter on asked\nagain after 1 hour");
  World world(project(steps, "under brand") + "policy brand { other: forbid send by sms }\n");
  join(world, 0, 2, "asked");
  BOOST_TEST(world.provider.sent.size() == 4U);
  world.pass(days(2));
  world.deploy(
      under("own: limit spend to $100 per 7 days per contact\n"
            "mails: limit spend by email to $0.001 per 7 days per contact",
            steps));
  world.event(person(0), "asked");
  BOOST_TEST(world.provider.sent.size() == 4U);
  std::set<std::string> fired;
  for (const auto& [when, guarded] : world.said<audit::Guarded>()) fired.insert(guarded.rule);
  BOOST_TEST(fired == (std::set<std::string>{"brand.own", "brand.mails"}));
  // An hour before the seven days are over, and an hour after.
  world.pass(days(5) - hours(1));
  world.event(person(1), "asked");
  BOOST_TEST(world.provider.sent.size() == 4U);
  world.pass(hours(2));
  world.event(person(1), "asked");
  BOOST_TEST(world.provider.sent.size() == 6U);
}

BOOST_AUTO_TEST_CASE(money_that_was_not_spent_on_a_contact_is_there_again) {
  World world(under(
      "own: limit spend to $100 per month per contact",
      buying + workflow("do ad(amount: $60)\nwait 1 day", "enter on asked\nleave on purchased\nagain after 1 minute")));
  join(world, 0, 1);
  world.later(world.now, person(0), "asked");
  must(world.engine->batch(world.now));
  BOOST_TEST(world.cell(person(0)).spent.size() == 1U);
  world.later(world.now, person(0), "purchased");
  must(world.engine->batch(world.now));
  must(world.engine->hand_over(world.now));
  must(world.engine->batch(world.now));
  BOOST_TEST(world.provider.sent.empty());
  BOOST_TEST(world.cell(person(0)).spent.empty());
  world.pass(hours(1));
  world.event(person(0), "asked");
  BOOST_TEST(world.provider.sent.size() == 1U);
}

BOOST_AUTO_TEST_CASE(money_is_set_aside_before_the_act_and_comes_back_where_nothing_comes_of_it) {
  World world(project(buying + workflow("do ad(amount: $60)\nwait 1 day",
                                        "enter on asked\nleave on purchased\n"
                                        "budget $100 per month")));
  // Filled, and not handed over: the second finds too little.
  for (const int i : {0, 1}) {
    must(world.store->post({{0, world.now, store::InboxKind::contact,
                             encode(ContactIn{encoded(world.module.fields, {{"email", person(i)}})})}},
                           {}));
    world.later(world.now, person(i), "asked");
  }
  must(world.engine->batch(world.now));
  BOOST_TEST(must(world.store->outbox(store::OutboxState::ready, 10)).size() == 1U);
  // She leaves before it is handed over, so it is there again.
  world.later(world.now, person(0), "purchased");
  must(world.engine->batch(world.now));
  must(world.engine->hand_over(world.now));
  must(world.engine->batch(world.now));
  BOOST_TEST(world.said<audit::Released>().size() == 1U);
  BOOST_TEST(world.provider.sent.empty());
  join(world, 2, 4, "asked");
  BOOST_TEST(world.provider.sent.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_may_have_gone_out_is_not_paid_back) {
  // Tried once, and nobody knows what became of it: it is tried again, and then its pass is left. Or somebody drops it.
  for (const bool knows_keys : {true, false}) {
    World world(project(buying + workflow("do ad(amount: $60)\nwait 9 days",
                                          "enter on asked\nleave on purchased\nbudget $100 per month")));
    world.provider.knows_keys = knows_keys;
    world.provider.lies = true;
    world.provider.answers = [](const connect::Message&) -> connect::Answer {
      return {connect::Outcome::unknown, "nobody knows", {}};
    };
    join(world, 0, 1, "asked");
    world.event(person(0), "purchased");
    for (const store::Outbox& letter : must(world.store->outbox(store::OutboxState::uncertain, 10))) {
      const OutboxIn drop{audit::Resolved::How::drop, letter.key, "ops@a.example", ""};
      must(world.store->post({{0, world.now, store::InboxKind::command, encode(drop)}}, {}));
    }
    world.pass(hours(3));
    BOOST_TEST(must(world.store->outbox(store::OutboxState::withheld, 10)).size() == 1U);
    BOOST_TEST(world.provider.sent.size() == 1U);
    join(world, 2, 4, "asked");
    BOOST_TEST(world.provider.sent.size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(messages_cost_what_their_channel_says) {
  World world(project(workflow("send welcome", "enter on joined\nbudget $0.005 per month")));
  join(world, 0, 9);
  BOOST_TEST(world.provider.sent.size() == 5U);  // an e-mail is $0.001
}

BOOST_AUTO_TEST_CASE(a_series_counts_by_instants_with_late_and_taken_back_amounts) {
  std::mt19937 random(3);
  guard::Series series;
  std::vector<std::pair<std::int64_t, std::int64_t>> plain;
  for (int i = 0; i < 400; ++i) {
    const std::int64_t at = static_cast<std::int64_t>(random() % 90);
    const std::int64_t amount = static_cast<std::int64_t>(random() % 9) - 2;
    series.add({at}, amount);
    plain.emplace_back(at, amount);
    for (const bool open : {false, true}) {
      const std::int64_t first = static_cast<std::int64_t>(random() % 100);
      std::int64_t expected = 0;
      for (const auto& [t, n] : plain) expected += (open ? first < t : first <= t) ? n : 0;
      BOOST_REQUIRE(static_cast<std::int64_t>(series.since({first}, open)) == expected);
    }
  }
  series.forget_before({40});
  std::int64_t expected = 0;
  for (const auto& [t, n] : plain) expected += t >= 60 ? n : 0;
  BOOST_TEST(static_cast<std::int64_t>(series.since({60}, false)) == expected);
}

BOOST_AUTO_TEST_CASE(a_cap_that_comes_into_force_in_the_middle_of_its_window_knows_what_went_before) {
  const std::string steps = workflow("send ping");
  for (const bool saved : {false, true}) {
    const Folder folder;
    World world(under("free: forbid send when contact.plan is pro", steps), {.path = folder.file("a.db")});
    join(world, 0, 4);
    if (saved) must(world.engine->checkpoint());
    world.deploy(under("few: limit messages to 6 per 10 hours per project otherwise defer up to 3 days", steps));
    world.reopen();
    join(world, 10, 20);
    world.pass(minutes(1));
    BOOST_TEST(world.provider.sent.size() == 6U);
    world.pass(hours(10));
    BOOST_TEST(world.provider.sent.size() == 12U);
    // Under a cap that comes later still, what went by the first one counts.
    world.deploy(under("few: limit messages to 13 per day per project", steps));
    if (saved) must(world.engine->checkpoint());
    world.reopen();
    join(world, 30, 40);
    BOOST_TEST(world.provider.sent.size() == 13U);
  }
}

BOOST_AUTO_TEST_CASE(money_limits_that_come_later_know_what_was_spent) {
  for (const bool budget : {false, true}) {
    const Folder folder;
    const auto text = [budget](bool limited) {
      const std::string head = budget && limited ? "enter on asked\nbudget $100 per month" : "enter on asked";
      const std::string flow = buying + workflow("do ad(amount: $30)", head);
      return !budget && limited ? under("spend: limit spend to $100 per month", flow) : project(flow);
    };
    World world(text(false), {.path = folder.file("a.db")});
    join(world, 0, 2, "asked");
    must(world.engine->checkpoint());
    world.deploy(text(true));
    world.reopen();
    join(world, 10, 15, "asked");
    BOOST_TEST(world.provider.sent.size() == 3U);
  }
}

BOOST_AUTO_TEST_CASE(what_messages_cost_counts_before_there_is_a_budget_less_what_was_withheld) {
  const std::string steps = "send welcome\nwait 1 day";
  World world(project(workflow(steps, "enter on joined\nleave on purchased")));
  join(world, 0, 3);
  // One is filled, and its pass is left before it goes out: its price is there again.
  must(world.store->post(
      {{0, world.now, store::InboxKind::contact,
        encode(ContactIn{encoded(world.module.fields, {{"email", person(5)}, {"consent.email", "given"}})})}},
      {}));
  world.later(world.now, person(5), "joined");
  must(world.engine->batch(world.now));
  world.later(world.now, person(5), "purchased");
  world.run(world.now);
  BOOST_TEST(world.provider.sent.size() == 3U);
  world.deploy(project(workflow(steps, "enter on joined\nleave on purchased\nbudget $0.005 per month")));
  join(world, 10, 20);
  BOOST_TEST(world.provider.sent.size() == 5U);
}

BOOST_AUTO_TEST_CASE(what_costs_otherwise_in_the_version_of_a_pass_is_charged_by_name) {
  const auto text = [](const std::string& cost, const std::string& more) {
    return project("channel post {\n  to contact.email\n  consent not needed because \"a test\"\n  cost " + cost +
                   "\n  content { text: Text }\n}\ncontent card { post { text \"Hi\" } }\n" +
                   workflow("wait 1 day\nsend card", "enter on joined\n" + more));
  };
  World world(text("$3", ""));
  join(world, 0, 3);
  world.deploy(text("$1", "budget $10 per month"));
  world.pass(days(2));
  // Three of those who follow the old version, at its price; then one at the new one's.
  BOOST_TEST(world.provider.sent.size() == 3U);
  BOOST_TEST(world.said<audit::Charged>().size() == 3U);
  join(world, 10, 14);
  world.pass(days(2));
  BOOST_TEST(world.provider.sent.size() == 4U);
  BOOST_TEST(world.said<audit::Charged>().size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_of_before_everything_counted_is_counted_again) {
  const Folder folder;
  World world(under("free: forbid send when contact.plan is pro", workflow("send ping")),
              {.path = folder.file("a.db")});
  join(world, 0, 4);
  must(world.engine->checkpoint());
  ByteWriter last;
  last.bytes(world.engine->charges().save());
  std::string global = must(world.store->global());
  global.resize(global.size() - last.size());
  must(world.store->checkpoint(world.engine->head().seq, {}, global));
  world.deploy(under("few: limit messages to 6 per day per project", workflow("send ping")));
  world.reopen();
  join(world, 10, 20);
  BOOST_TEST(world.provider.sent.size() == 6U);
}

/// How many of what came lie in the window, by going through them.
struct Plain {
  std::vector<Instant> at;
  [[nodiscard]] std::int64_t since(Instant first) const {
    return std::count_if(at.begin(), at.end(), [&](Instant t) { return first < t; });
  }
};

BOOST_AUTO_TEST_CASE(what_is_old_is_kept_less_finely_and_never_counts_for_less_time) {
  std::mt19937 random(5);
  guard::Caps caps;
  Plain plain;
  Instant now{1'767'000'000'123};
  const auto anybody = [](std::uint32_t) { return true; };
  for (int i = 0; i < 300'000; ++i) {
    now = now + Duration{static_cast<std::int64_t>(random() % 60'000)};
    caps.charge(now, 1, 2, Decimal::from_int(1));
    plain.at.push_back(now);
  }
  for (int i = 0; i < 3'000; ++i) {
    // From minutes to 92 days.
    const double part = static_cast<double>(random() % 1'000) / 1'000;
    const Duration window{static_cast<std::int64_t>(6e4 * std::pow(132'480.0, part))};
    const auto counted = static_cast<std::int64_t>(caps.messages({}, anybody, now - window, true));
    const Duration more{std::max<std::int64_t>(window.ms / 200, 1'000)};
    BOOST_REQUIRE(plain.since(now - window) <= counted);
    BOOST_REQUIRE(counted <= plain.since(now - window - more));
    BOOST_REQUIRE(caps.money(anybody, now - window, true) == Decimal::from_int(counted));
    const Instant quarter{(now - window).ms / minutes(15).ms * minutes(15).ms};
    if (now - days(92) < quarter)
      BOOST_REQUIRE(static_cast<std::int64_t>(caps.messages({}, anybody, quarter, false)) ==
                    plain.since(quarter - Duration{1}));
  }
  const std::string saved = caps.save();
  BOOST_TEST(saved.size() < 2U * 10 * 25'000);
  guard::Caps again;
  must(again.load(saved));
  BOOST_TEST(again.save() == saved);
  BOOST_TEST(again.messages({}, anybody, now - days(30), true) == caps.messages({}, anybody, now - days(30), true));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
