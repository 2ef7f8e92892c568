// What is chosen inside a `send`: who may carry it, what is recorded, what it learns, and that whoever gives a word has
// seen what goes out.
#include <numeric>

#include "runtime/engine/picks.hpp"
#include "runtime/engine/whereabouts.hpp"
#include "runtime/learn/shares.hpp"
#include "tests/engine/asked.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";

std::string person(int i) {
  return "p" + std::to_string(i) + "@a.example";
}

const std::string declared =
    "role legal { \"lee@a.example\" }\n"
    "channel text {\n  to contact.phone\n  consent contact.consent.text withdrawn on unsubscribed\n"
    "  content { text: Text }\n  reports clicked, unsubscribed\n  cost $0.05\n}\n"
    "content both { email { subject \"Both\" body \"By mail\" } text { text \"By text\" } }\n"
    "content worded {\n  email {\n    subject one of { plain \"S1\" urgent \"S2\" }\n"
    "    body one of { long \"B1\" short \"B2\" none_at_all \"B3\" }\n  }\n}\n";

std::string sending(const std::string& steps, const std::string& rules = "",
                    const std::string& head = "toward qualified\nenter on joined", const std::string& holdout = "") {
  const std::string with =
      declared + workflow(steps, head) + (rules.empty() ? "" : "policy brand {\n" + rules + "\n}\n");
  std::string out =
      project(with, rules.empty() ? "" : "under brand", holdout, "timezone: TimeZone? zone\n  phone: Phone?\n");
  const std::string consent = "consent: { email: Consent }";
  return out.replace(out.find(consent), consent.size(), "consent: { email: Consent, text: Consent }");
}

const Words by_both{{"phone", "+15550100"}, {"consent.email", "given"}, {"consent.text", "given"}};

void joins(World& world, const std::string& who, Words words) {
  world.contact(who, std::move(words));
  world.event(who, "joined");
}

std::vector<audit::Decided> decisions(World& world, const std::string& choice) {
  std::vector<audit::Decided> out;
  for (const auto& [when, decided] : world.said<audit::Decided>()) {
    if (decided.choice == choice) out.push_back(decided);
  }
  return out;
}

/// Each is drawn by what stands beside it, and by nothing else.
void can_be_drawn_again(World& world) {
  for (const auto& [when, d] : world.said<audit::Decided>()) {
    if (d.shares.empty()) continue;
    BOOST_TEST(std::accumulate(d.shares.begin(), d.shares.end(), std::uint64_t{0}) == 1'000'000'000U);
    for (std::size_t i = 0; i < d.shares.size(); ++i) BOOST_TEST(((d.eligible >> i & 1U) != 0 || d.shares[i] == 0U));
    Dice dice(world.engine->seed(), d.purpose, d.index);
    BOOST_TEST(learn::draw(d.shares, dice) == d.chosen);
  }
}

const std::string channel = "nurture/send both#1/channel";

BOOST_AUTO_TEST_SUITE(picks)

BOOST_AUTO_TEST_CASE(a_channel_is_an_option_where_it_can_carry_the_message) {
  World world(sending("send both by best of email, text\nsend ping"));
  joins(world, "mail@a.example", {{"phone", "+15550100"}, {"consent.email", "given"}});
  joins(world, "text@a.example", {{"phone", "+15550100"}, {"consent.email", "withdrawn"}, {"consent.text", "given"}});
  joins(world, "no_phone@a.example", {{"consent.email", "given"}, {"consent.text", "given"}});
  const auto said = decisions(world, channel);
  BOOST_REQUIRE(said.size() == 3U);
  BOOST_TEST((said[0].options == std::vector<std::string>{"email", "text"}));
  BOOST_TEST(said[0].eligible == 1U);
  BOOST_TEST(said[1].eligible == 2U);
  BOOST_TEST(said[1].shares[1] == 1'000'000'000U);
  BOOST_TEST(said[2].eligible == 1U);
  std::vector<std::string> by;
  for (const Sent& sent : world.provider.sent) {
    if (sent.content == "both") by.push_back(sent.channel + " " + sent.body);
  }
  BOOST_TEST(list(by) == "email By mail, text By text, email By mail");
  BOOST_TEST(world.provider.sent.at(2).to == "+15550100");
}

BOOST_AUTO_TEST_CASE(where_no_channel_is_left_nothing_goes_out_and_the_journal_says_why) {
  World world(sending("send both by best of email, text\nsend ping"));
  joins(world, ann, {{"consent.email", "withdrawn"}, {"consent.text", "given"}});
  BOOST_TEST(list(world.got(ann)) == "ping");
  const auto guarded = world.said<audit::Guarded>();
  BOOST_REQUIRE(guarded.size() == 1U);
  BOOST_TEST((guarded[0].second.action == audit::Guarded::Action::skipped));
  BOOST_TEST(guarded[0].second.detail ==
             "none of its channels may carry it; email: contact.consent.email is withdrawn, text: contact.phone is "
             "empty");
  const auto said = decisions(world, channel);
  BOOST_REQUIRE(said.size() == 1U);
  BOOST_TEST(said[0].eligible == 0U);
  BOOST_TEST(world.cell(ann).open.empty());
  BOOST_TEST(world.cell(ann).picked.empty());
}

BOOST_AUTO_TEST_CASE(a_channel_whose_guard_would_fire_is_left_out) {
  // 07:00 in New York.
  const std::string nights = "n: forbid send by text between 21:00 and 08:00 otherwise defer up to 12 hours";
  World world(sending("send both by best of email, text\nsend ping", nights), {.start = "2026-01-05T12:00Z"});
  joins(world, ann, by_both);
  BOOST_TEST(world.provider.sent.at(0).channel == "email");
  BOOST_TEST(decisions(world, channel).at(0).eligible == 1U);
  // Where the other cannot carry it, it waits for the one that will.
  joins(world, "bob@a.example", {{"phone", "+15550100"}, {"consent.email", "withdrawn"}, {"consent.text", "given"}});
  BOOST_TEST(world.got("bob@a.example").empty());
  BOOST_TEST(decisions(world, channel).size() == 1U);
  world.pass(hours(2));
  BOOST_TEST(world.when("+15550100", "both") == "2026-01-05T13:00:00Z");
  BOOST_REQUIRE(decisions(world, channel).size() == 2U);
  BOOST_TEST(decisions(world, channel)[1].eligible == 2U);
}

BOOST_AUTO_TEST_CASE(a_rule_that_stops_lets_another_channel_carry_it) {
  const std::string rule = "n: forbid send by text when contact.plan is pro otherwise stop";
  World world(sending("send both by best of email, text\nsend ping", rule));
  Words pro = by_both;
  pro.emplace_back("plan", "pro");
  joins(world, ann, pro);
  BOOST_TEST(world.provider.sent.at(0).channel == "email");
  BOOST_TEST(list(world.got(ann)) == "both, ping");
  for (auto& [name, value] : pro) value = name == "consent.email" ? "withdrawn" : value;
  joins(world, "bob@a.example", pro);
  BOOST_TEST(world.got("bob@a.example").empty());
  BOOST_TEST(world.said<audit::Left>().back().second.reason == "rule brand.n");
}

BOOST_AUTO_TEST_CASE(the_channel_that_leads_to_the_goal_gets_more) {
  World world(sending("send both by best of email, text"));
  for (int i = 0; i < 300; ++i) {
    Words words = by_both;
    words[0].second = "+1555" + std::to_string(1'000 + i);
    joins(world, person(i), words);
    if (world.provider.sent.back().channel == "text" && i % 2 == 0)
      world.later(world.now + minutes(5), person(i), "became_mql");
    world.pass(minutes(7));
  }
  const auto said = decisions(world, channel);
  BOOST_REQUIRE(said.size() == 300U);
  BOOST_TEST(said.front().shares[0] == 500'000'000U);
  BOOST_TEST(said.back().shares[1] > 900'000'000U);
  can_be_drawn_again(world);
  const LearnedChoice& learned = world.tallies().choices().at(channel);
  BOOST_TEST(learned.version == said.back().model);
  BOOST_TEST(learned.decisions[0] + learned.decisions[1] == 300U);
  BOOST_TEST(learned.reached[0] == 0U);
  BOOST_TEST(learned.reached[1] > 50U);
  // What was recorded is what went out, and what it cost is of the channel that it went by.
  for (std::size_t i = 0; i < said.size(); ++i)
    BOOST_TEST(said[i].options[said[i].chosen] == world.provider.sent[i].channel);
  BOOST_TEST(world.tallies().messages.at({"both", "text"}).sent == learned.decisions[1]);
  must(world.store->verify());
}

BOOST_AUTO_TEST_CASE(a_policy_on_how_weights_move_is_kept) {
  World world(sending("send both by best of email, text", "steady: limit weight moves to 10% per day"));
  for (int i = 0; i < 150; ++i) {  // 17 hours
    Words words = by_both;
    words[0].second = "+1555" + std::to_string(1'000 + i);
    joins(world, person(i), words);
    if (world.provider.sent.back().channel == "text") world.event(person(i), "became_mql");
    world.pass(minutes(7));
  }
  const auto said = decisions(world, channel);
  BOOST_REQUIRE(said.size() == 150U);
  for (const audit::Decided& d : said) BOOST_TEST(d.shares[1] <= 600'000'000U);
  BOOST_TEST(said.back().shares[1] > 550'000'000U);
}

BOOST_AUTO_TEST_CASE(each_slot_is_drawn_and_learns_on_its_own) {
  World world(sending("send worded"));
  for (int i = 0; i < 300; ++i) {
    joins(world, person(i), {});
    if (world.provider.sent.back().body == "B2" && i % 2 == 0) world.event(person(i), "became_mql");
    world.pass(minutes(7));
  }
  const auto subjects = decisions(world, "nurture/send worded/email/subject");
  const auto bodies = decisions(world, "nurture/send worded/email/body");
  BOOST_REQUIRE(subjects.size() == 300U);
  BOOST_REQUIRE(bodies.size() == 300U);
  BOOST_TEST((bodies[0].options == std::vector<std::string>{"long", "short", "none_at_all"}));
  can_be_drawn_again(world);
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> seen;
  for (std::size_t i = 0; i < 300; ++i) {
    BOOST_TEST(world.provider.sent[i].body == "B" + std::to_string(bodies[i].chosen + 1));
    ++seen[{subjects[i].chosen, bodies[i].chosen}];
  }
  BOOST_TEST(bodies.back().shares[1] > 800'000'000U);
  BOOST_TEST(seen[std::pair(0U, 1U)] > 20);  // either subject stands over the body that is liked
  BOOST_TEST(seen[std::pair(1U, 1U)] > 20);
  const LearnedChoice& learned = world.tallies().choices().at("nurture/send worded/email/body");
  BOOST_TEST(learned.reached[0] + learned.reached[2] == 0U);
  BOOST_TEST(learned.reached[1] > 30U);
}

BOOST_AUTO_TEST_CASE(steps_of_a_workflow_share_the_words_and_workflows_do_not) {
  const std::string twice = "send worded\nwait 1 day\nsend worded";
  World world(sending(twice) + workflow("send worded", "enter on purchased", "other"));
  for (int i = 0; i < 40; ++i) {
    joins(world, person(i), {});
    world.event(person(i), "purchased");
  }
  world.pass(days(2));
  const auto bodies = decisions(world, "nurture/send worded/email/body");
  BOOST_REQUIRE(bodies.size() == 80U);
  BOOST_TEST(world.tallies().choices().at("nurture/send worded/email/body").decisions.size() == 3U);
  // A pass that comes to the words twice draws twice.
  std::map<std::uint64_t, std::vector<std::uint32_t>> of;
  for (const audit::Decided& d : bodies) of[d.pass.contact.id].push_back(d.chosen);
  BOOST_TEST(std::ranges::count_if(of, [](const auto& one) { return one.second.at(0) != one.second.at(1); }) > 10);
  // A workflow without a goal draws evenly, and learns nothing.
  const auto evenly = decisions(world, "other/send worded/email/subject");
  BOOST_REQUIRE(evenly.size() == 40U);
  for (const audit::Decided& d : evenly) BOOST_TEST(d.shares[0] == 500'000'000U);
  BOOST_TEST(!world.tallies().choices().contains("other/send worded/email/subject"));
}

BOOST_AUTO_TEST_CASE(who_gives_a_word_has_seen_the_words_and_the_channel) {
  const std::string asks = "r: require approval by legal before send when contact.plan is pro";
  World world(sending("send both by best of email, text\nsend worded", asks));
  Words pro = by_both;
  pro.emplace_back("plan", "pro");
  joins(world, ann, pro);
  BOOST_TEST(world.provider.sent.empty());
  BOOST_REQUIRE(asked(world).size() == 1U);
  const auto both = nlohmann::json::parse(asked(world)[0].payload)["effects"][0];
  // Others teach it something meanwhile.
  for (int i = 0; i < 60; ++i) {
    joins(world, person(i), {});
    if (world.provider.sent.back().body == "B3") world.event(person(i), "became_mql");
    world.pass(minutes(7));
  }
  BOOST_TEST(world.tallies().choices().at(channel).version > 0U);
  world.provider.sent.clear();
  say(world, "lee@a.example", true);
  BOOST_REQUIRE(world.provider.sent.size() == 1U);
  BOOST_TEST(world.provider.sent[0].channel == both["channel"]);
  BOOST_REQUIRE(asked(world).size() == 1U);
  const auto worded = nlohmann::json::parse(asked(world)[0].payload)["effects"][0];
  for (int i = 60; i < 120; ++i) {
    joins(world, person(i), {});
    world.pass(minutes(7));
  }
  world.provider.sent.clear();
  say(world, "lee@a.example", true);
  BOOST_REQUIRE(world.provider.sent.size() == 1U);
  BOOST_TEST(world.provider.sent[0].body == worded["body"]);
  for (const audit::ApprovalEnded& ended :
       {world.said<audit::ApprovalEnded>().at(0).second, world.said<audit::ApprovalEnded>().at(1).second})
    BOOST_TEST((ended.result == audit::ApprovalEnded::Result::approved));
  // One decision each, however long it took.
  const std::uint64_t id = world.id(ann)->id;
  for (const std::string& key : {channel, std::string("nurture/send worded/email/body")}) {
    const auto all = decisions(world, key);
    BOOST_TEST(std::ranges::count_if(all, [id](const audit::Decided& d) { return d.pass.contact.id == id; }) == 1);
  }
  can_be_drawn_again(world);
}

BOOST_AUTO_TEST_CASE(an_approval_around_it_shows_what_goes_out) {
  const std::string steps =
      "approve by legal up to 2 days {\n  send both by best of email, text\n  send worded\n} otherwise { send ping }";
  World world(sending(steps));
  joins(world, ann, by_both);
  BOOST_REQUIRE(asked(world).size() == 1U);
  const auto effects = nlohmann::json::parse(asked(world)[0].payload)["effects"];
  BOOST_REQUIRE(effects.size() == 2U);
  world.pass(hours(5));
  say(world, "lee@a.example", true);
  BOOST_REQUIRE(world.provider.sent.size() == 2U);
  BOOST_TEST(world.provider.sent[0].channel == effects[0]["channel"]);
  BOOST_TEST(world.provider.sent[1].body == effects[1]["body"]);
  BOOST_TEST(std::ranges::count_if(world.said<audit::Decided>(), [](const auto& said) {
               return said.second.choice.ends_with("send both#1/channel");
             }) == 1);
}

BOOST_AUTO_TEST_CASE(what_was_approved_waits_for_its_channel_and_takes_no_other) {
  const std::string nights = "n: forbid send by text between 21:00 and 08:00 otherwise defer up to 12 hours";
  World world(
      sending("approve by legal up to 2 days {\n  send both by best of email, text\n} otherwise { send ping }", nights),
      {.start = "2026-01-05T14:00Z"});
  joins(world, ann, {{"phone", "+15550100"}, {"consent.email", "withdrawn"}, {"consent.text", "given"}});
  world.run("2026-01-06T03:00Z");  // 22:00 in New York
  world.contact(ann, {{"consent.email", "given"}});
  say(world, "lee@a.example", true);
  BOOST_TEST(world.provider.sent.empty());
  world.pass(days(1));
  BOOST_REQUIRE(world.provider.sent.size() == 1U);
  BOOST_TEST(world.provider.sent[0].channel == "text");
  BOOST_TEST(world.when("+15550100", "both") == "2026-01-06T13:00:00Z");
}

BOOST_AUTO_TEST_CASE(a_no_is_a_no_to_the_message_whatever_carries_it) {
  const std::string asks = "r: require approval by legal before send";
  World world(sending("send both by best of email, text", asks));
  joins(world, ann, by_both);
  say(world, "lee@a.example", false);
  world.pass(days(1));
  BOOST_TEST(world.provider.sent.empty());
  BOOST_TEST(asked(world).empty());
  BOOST_TEST(world.said<audit::Guarded>().at(0).second.rule == "brand.r");
}

BOOST_AUTO_TEST_CASE(it_waits_for_its_hour_on_the_contacts_clock) {
  World world(sending("send worded at best hour between 08:00 and 20:00\nsend ping"));
  for (int i = 0; i < 60; ++i) joins(world, person(i), {{"timezone", i % 2 == 0 ? "Europe/Oslo" : "America/New_York"}});
  world.pass(days(2));
  const auto said = decisions(world, "nurture/send worded#1/hour");
  BOOST_REQUIRE(said.size() == 60U);
  BOOST_TEST(said[0].options.size() == 12U);
  BOOST_TEST(said[0].options.front() == "08:00");
  BOOST_TEST(said[0].options.back() == "19:00");
  can_be_drawn_again(world);
  const Zone oslo = must(Zone::load("Europe/Oslo")), new_york = must(Zone::load("America/New_York"));
  std::size_t at_once = 0;
  for (int i = 0; i < 60; ++i) {
    const Instant sent = at(world.when(person(i), "worded"));
    const TimeOfDay time = (i % 2 == 0 ? oslo : new_york).civil(sent).time;
    const std::string hour = said[static_cast<std::size_t>(i)].options[said[static_cast<std::size_t>(i)].chosen];
    BOOST_TEST(std::stoi(hour) == time.second / 3600, person(i));
    at_once += sent == world.start ? 1 : 0;
    BOOST_TEST((sent - world.start < days(1)));
    BOOST_TEST(world.when(person(i), "ping") == world.when(person(i), "worded"));
  }
  // Noon in Oslo is 13:00 there: whoever drew that hour need not wait for it.
  BOOST_TEST(at_once > 0U);
  BOOST_TEST(at_once < 10U);
  BOOST_TEST(world.tallies().choices().at("nurture/send worded#1/hour").version > 0U);
}

BOOST_AUTO_TEST_CASE(leaving_ends_the_waiting_and_a_colleague_may) {
  World world(sending("send worded at best hour between 09:00 and 11:00", "",
                      "toward qualified\nenter on joined\nleave on purchased"));  // it is 07:00
  joins(world, ann, {});
  joins(world, "bob@a.example", {});
  BOOST_TEST(world.provider.sent.empty());
  BOOST_TEST(world.cell(ann).picked.size() == 1U);
  const Instance waiting = world.cell(ann).instances.at(0);
  BOOST_TEST(waiting.wake.has_value());
  const View view = must(look(*world.store));
  const Waits waits = waits_of(view.deployments.newest(), waiting,
                               must(whereabouts(*world.store, view, *world.id(ann), world.cell(ann))));
  BOOST_TEST((waits.what == Waits::For::time));
  BOOST_TEST((waits.until == waiting.wake));
  BOOST_TEST(waits.ways.at(0).step == "nurture/send worded#1");
  world.event(ann, "purchased");
  BOOST_TEST(world.cell(ann).picked.empty());
  PersonIn in;
  in.act = PersonIn::Act::skip;
  in.key_field = name_id("email");
  in.key = "bob@a.example";
  in.workflow = "nurture";
  in.by = "kim@a.example";
  must(world.store->post({{0, world.now, store::InboxKind::command, encode(in)}}, {}));
  world.run(world.now);
  BOOST_TEST(list(world.got("bob@a.example")) == "worded");
  world.pass(days(2));
  BOOST_TEST(world.got(ann).empty());
  BOOST_TEST(world.provider.sent.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_moves_while_they_wait_for_their_hour_wakes_when_they_would_have) {
  const std::string steps = "send worded at best hour between 08:00 and 20:00";
  World world(sending(steps));
  for (int i = 0; i < 30; ++i) joins(world, person(i), {{"timezone", "Europe/Oslo"}});
  const auto drawn = decisions(world, "nurture/send worded#1/hour");
  world.pass(minutes(30));
  world.module = compiled(sending(steps + "\nsend ping"));
  must(world.engine->deploy(world.now, world.module, {audit::InFlight::move, "ops@acme.example", ""}));
  BOOST_REQUIRE(!world.said<audit::Moved>().empty());
  world.pass(days(2));
  BOOST_TEST(decisions(world, "nurture/send worded#1/hour").size() == drawn.size());
  const Zone oslo = must(Zone::load("Europe/Oslo"));
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const Instant sent = at(world.when(person(static_cast<int>(i)), "worded"));
    BOOST_TEST(std::stoi(drawn[i].options[drawn[i].chosen]) == oslo.civil(sent).time.second / 3600);
  }
}

BOOST_AUTO_TEST_CASE(hours_may_go_over_midnight_and_end_within_one) {
  const bytecode::Hours nights{{22 * 3600}, {90 * 60}};
  const std::vector<TimeOfDay> hours = hours_of(nights);
  BOOST_REQUIRE(hours.size() == 4U);
  BOOST_TEST(hours[2].second == 0);
  BOOST_TEST(in_hour(nights, hours[3], {3600 + 29 * 60}));
  BOOST_TEST(!in_hour(nights, hours[3], {3600 + 30 * 60}));
  BOOST_TEST(!in_hour(nights, hours[1], {22 * 3600 + 59 * 60}));
  BOOST_TEST(in_hour(nights, hours[1], {23 * 3600}));
}

BOOST_AUTO_TEST_CASE(who_is_held_out_is_drawn_for_and_teaches_nothing) {
  World world(sending("send both by best of email, text\nsend worded at best hour between 08:00 and 20:00", "",
                      "toward qualified\nenter on joined", "holdout 100%"),
              {.holdout = true});
  for (int i = 0; i < 20; ++i) {
    joins(world, person(i), by_both);
    if (i % 2 == 0) world.event(person(i), "became_mql");
  }
  world.pass(days(2));
  BOOST_TEST(world.provider.sent.empty());
  BOOST_TEST(decisions(world, channel).size() == 20U);
  BOOST_TEST(decisions(world, "nurture/send worded/email/subject").size() == 20U);
  for (const auto& [key, learned] : world.tallies().choices()) {
    BOOST_TEST(std::accumulate(learned.decisions.begin(), learned.decisions.end(), 0U) == 0U, key);
    BOOST_TEST(std::accumulate(learned.reached.begin(), learned.reached.end(), 0U) == 0U, key);
  }
}

BOOST_AUTO_TEST_CASE(all_of_it_is_the_same_however_often_the_store_was_opened) {
  const std::string text = sending(
      "send both by best of email, text\nsend worded at best hour between 08:00 and 10:00\nwait 1 hour\n"
      "send worded");
  const auto live = [](World& world, int from, int to) {
    for (int i = from; i < to; ++i) {
      Words words = by_both;
      if (i % 3 == 0) words[1].second = "withdrawn";
      joins(world, person(i), words);
      if (i % 4 == 0) world.later(world.now + hours(3), person(i), "became_mql");
      world.pass(minutes(11));
    }
  };
  World straight(text);
  live(straight, 0, 60);
  const Folder folder;
  World broken(text, {.path = folder.file("a.db")});
  live(broken, 0, 20);
  broken.reopen();
  live(broken, 20, 35);
  must(broken.engine->checkpoint());
  broken.reopen();
  live(broken, 35, 60);
  BOOST_TEST((straight.tallies().save() == broken.tallies().save()));
  BOOST_TEST((straight.provider.sent == broken.provider.sent));
  broken.reopen();
  for (int i = 0; i < 60; ++i) BOOST_TEST((straight.cell(person(i)) == broken.cell(person(i))), person(i));
  BOOST_TEST((must(look(*broken.store)).ledger.save() == straight.tallies().save()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
