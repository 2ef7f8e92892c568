// Policies: what is allowed where all else is forbidden, shares of limits, words that no message may say, rules that
// end a pass, and that what is not kept is not deployed.
#include "tests/engine/world.hpp"

#include "runtime/engine/unsupported.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";

std::string under(const std::string& rules, const std::string& rest) {
  return project(rest, "under brand") + "policy brand {\n" + rules + "\n}\n";
}

/// Why a project is not deployed.
std::string refused(const std::string& text) {
  const bytecode::Module module = compiled(text);
  const std::unique_ptr<store::Store> store =
      must(store::open_sqlite(":memory:", store::Access::create, store::Durability::none));
  Provider provider;
  const std::unique_ptr<Engine> engine = must(Engine::open(*store, provider, {}));
  const Result<bool> deployed = engine->deploy(at("2026-01-05T12:00Z"), module);
  return deployed ? "" : describe(deployed.error());
}

BOOST_AUTO_TEST_SUITE(policies)

BOOST_AUTO_TEST_CASE(a_rule_is_about_its_channels) {
  World world(
      under("texts: forbid send by sms when contact.plan is free\nboth: forbid send by email, sms when "
            "contact.plan is pro",
            workflow("send welcome\nsend ping")));
  world.contact(ann);
  world.contact("pro@a.example", {{"plan", "pro"}});
  for (const char* who : {"ann@a.example", "pro@a.example"}) world.event(who, "joined");
  world.pass(days(1));
  BOOST_TEST(list(world.got(ann)) == "welcome");
  BOOST_TEST(world.got("pro@a.example").empty());
}

BOOST_AUTO_TEST_CASE(where_all_else_is_forbidden_some_is_allowed) {
  World world(
      under("default forbid\nmails: allow send by email when contact.plan is pro\nreceipts: allow send by email "
            "when content.transactional\ntexts: allow send by sms",
            workflow("send welcome\nsend ping\nsend receipt")));
  world.contact(ann);
  world.contact("pro@a.example", {{"plan", "pro"}});
  for (const char* who : {"ann@a.example", "pro@a.example"}) world.event(who, "joined");
  world.pass(days(1));
  BOOST_TEST(list(world.got(ann)) == "ping, receipt");
  BOOST_TEST(list(world.got("pro@a.example")) == "welcome, ping, receipt");
  BOOST_TEST(world.tallies().rules.at("brand.default forbid").skipped == 1U);
}

BOOST_AUTO_TEST_CASE(shares_are_kept_for_their_workflows) {
  const std::string one = workflow("send welcome\nsend offer\nsend reminder", "enter on joined", "shared");
  const std::string two = workflow("send ping\nsend welcome", "enter on purchased", "other");
  const std::string rules = "few: limit messages to 3 per 7 days, share shared 2";
  {  // The other workflow gets what is left over, and not more, though the limit has room.
    World world(under(rules, one + two));
    world.contact(ann);
    world.event(ann, "purchased");
    world.pass(hours(1));
    BOOST_TEST(list(world.got(ann)) == "ping");
    world.event(ann, "joined");
    world.pass(hours(1));
    BOOST_TEST(list(world.got(ann)) == "ping, welcome, offer");
  }
  {  // Its share is all that the workflow gets, and leaves the rest to the others.
    World world(under(rules, one + two));
    world.contact(ann);
    world.event(ann, "joined");
    world.pass(hours(1));
    BOOST_TEST(list(world.got(ann)) == "welcome, offer");
    world.event(ann, "purchased");
    world.pass(hours(1));
    BOOST_TEST(list(world.got(ann)) == "welcome, offer, ping");
  }
}

BOOST_AUTO_TEST_CASE(words_that_a_hole_brings_are_seen_when_the_message_goes_out) {
  const std::string says = workflow("send note(said: event.asset)\nsend ping", "enter on downloaded");
  World world(under("claims: ban \"risk free\" in content", says));
  for (const auto& [who, words] : {std::pair("ann@a.example", "all RISK-\nfree!"), {"bob@a.example", "risk, freely"}}) {
    world.contact(who);
    world.event(who, "downloaded", {{"asset", words}});
  }
  world.pass(days(1));
  BOOST_TEST(list(world.got(ann)) == "ping");
  BOOST_TEST(list(world.got("bob@a.example")) == "note, ping");
  BOOST_TEST(world.tallies().rules.at("brand.claims").skipped == 1U);
  // Each as it is filled, and again at hand-over, to which one of them did not come.
  BOOST_TEST(world.tallies().rules.at("brand.claims").asked == 7U);
  // On another channel nobody minds.
  World other(under("claims: ban \"risk free\" in sms", says));
  other.contact(ann);
  other.event(ann, "downloaded", {{"asset", "risk free"}});
  other.pass(days(1));
  BOOST_TEST(list(other.got(ann)) == "note, ping");
}

BOOST_AUTO_TEST_CASE(a_rule_that_stops_ends_the_pass) {
  World world(
      under("plain: forbid send by sms when contact.plan is free otherwise stop\nskips: forbid send by sms when "
            "contact.plan is free\nclaims: ban \"free\" in email otherwise stop",
            workflow("send welcome\nsend ping\nsend receipt\n") +
                workflow("send note(said: event.asset)\nsend receipt", "enter on downloaded", "notes")));
  world.contact(ann);
  world.contact("pro@a.example", {{"plan", "pro"}});
  for (const char* who : {"ann@a.example", "pro@a.example"}) world.event(who, "joined");
  world.event("pro@a.example", "downloaded", {{"asset", "Free"}});
  world.pass(days(1));
  BOOST_TEST(list(world.got(ann)) == "welcome");
  BOOST_TEST(list(world.got("pro@a.example")) == "welcome, ping, receipt");
  BOOST_TEST(world.cell(ann).instances.empty());
  BOOST_TEST(world.cell("pro@a.example").instances.empty());
  BOOST_TEST(world.tallies().rules.at("brand.plain").skipped == 1U);  // the strongest is the one that is named
}

BOOST_AUTO_TEST_CASE(a_rule_that_stops_at_hand_over_ends_the_pass_too) {
  World world(under("late: forbid send when contact.plan is pro otherwise stop",
                    workflow("send welcome\nwait 1 hour\nsend reminder")));
  world.contact(ann);
  world.later(world.now, ann, "joined");
  must(world.engine->batch(world.now));  // filled, and not handed over
  must(world.store->post({{0, world.now, store::InboxKind::contact,
                           encode(ContactIn{encoded(world.module.fields, {{"email", ann}, {"plan", "pro"}})})}},
                         {}));
  must(world.engine->batch(world.now));
  BOOST_TEST(world.cell(ann).instances.size() == 1U);
  world.pass(days(1));
  BOOST_TEST(world.got(ann).empty());
  BOOST_TEST(world.cell(ann).instances.empty());
  BOOST_TEST(world.tallies().rules.at("brand.late").withheld == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_not_kept_is_not_deployed) {
  const std::string steps = "role lead { \"lee@a.example\" }\n" + workflow("send welcome");
  const auto rule = [&](const std::string& text) { return refused(under("r: " + text, steps)); };
  for (const auto& [text, what] :
       {std::pair("limit messages to 3 per 100 days per project", "limit messages per project"),
        {"limit spend to $10_000 per 100 days", "limit spend per more than 92 days"},
        {"limit spend by email to $10_000 per month", "limit spend by channels, over all contacts"},
        {"require data ready", "require data ready"}}) {
    const std::string why = rule(text);
    BOOST_TEST(why.find(std::string("rule brand.r: ") + what) != std::string::npos, text << ": " << why);
    BOOST_TEST(why.find("is not supported by this runtime yet") != std::string::npos, text << ": " << why);
    BOOST_TEST(why.find("x.lead:") != std::string::npos);
    // Where it binds nobody it is in nobody's way.
    BOOST_TEST(refused(project(steps + workflow("send ping", "enter on purchased", "other")) +
                       "policy brand {\napplies to workflow other\nr: " + text + "\n}\n") != "");
    BOOST_TEST(refused(project(steps) + "policy brand { r: " + text + " }\n").empty());
  }
  for (const char* kept :
       {"keep audit 730 days", "allow publish", "ban \"guaranteed\" in content", "require \"hello\" in email",
        "forbid send by sms, email between 21:00 and 08:00 otherwise stop", "limit messages to 3 per day per project",
        "limit spend to $10_000 per month", "limit spend by email to $10 per month per contact",
        "forbid send otherwise hold for lead up to 2 days", "require approval by lead before send"})
    BOOST_TEST(rule(kept).empty(), kept << ": " << rule(kept));
  // Rules about calls, where there are calls.
  const std::string acts =
      "role lead { \"lee@a.example\" }\naction launch(what: Text) effect publish\naction call(who: Text) effect "
      "message\n"
      "action pay(sum: Money) effect spend sum\n";
  const auto calling = [&](const std::string& rules, const std::string& call) {
    return refused(under(rules, acts + workflow("send welcome\ndo " + call)));
  };
  const std::string why_not = calling("r: limit messages to 3 per day", "call(who: \"a\")");
  BOOST_TEST(why_not.find("rule brand.r: limit messages that an action sends") != std::string::npos, why_not);
  for (const auto& [text, call] :
       {std::pair("r: forbid publish", "launch(what: \"a\")"),
        {"r: forbid do launch when what == \"a\"", "launch(what: \"a\")"},
        {"r: forbid spend when amount > $5", "pay(sum: $9)"},
        {"r: require approval by lead before do pay", "pay(sum: $9)"},
        {"r: forbid send when contact.plan is pro", "call(who: \"a\")"},
        {"default forbid\nr: allow publish when contact.plan is pro\nm: allow send", "launch(what: \"a\")"},
        {"r: forbid publish", "pay(sum: $9)"},
        {"r: forbid send by sms", "call(who: \"a\")"},
        {"r: require approval by lead before publish", "pay(sum: $9)"},
        {"default forbid\nr: allow publish\nm: allow send", "launch(what: \"a\")"}})
    BOOST_TEST(calling(text, call).empty(), text << ": " << calling(text, call));
  const auto head = [&](const std::string& clause) {
    return refused(project("segment idle_ones = not seen(visited, last 7 days)\n" +
                           workflow("send welcome", "enter on joined\n" + clause)));
  };
  for (const auto& [clause, what] : {std::pair("enter on purchased at most 500 per 100 days", "enter at most"),
                                     {"budget $2_000 per 100 days", "budget per more than 92 days"},
                                     {"rollout 5% for 7 days, then 100% when lift above 0% at 95%", "rollout … lift"},
                                     {"enter when idle_ones", "which time alone may bring about"}})
    BOOST_TEST(head(clause).find(what) != std::string::npos, clause << ": " << head(clause));
}

BOOST_AUTO_TEST_CASE(who_becomes_a_member_enters) {
  const std::string segments = "segment pros = contact.plan is pro\nsegment keen = count(visited, last 7 days) >= 2\n";
  World world(project(segments + workflow("send welcome", "enter when pros\nagain after 1 hour") +
                      workflow("send ping", "enter when keen\nenter on purchased\nagain after 1 hour", "keen_ones") +
                      workflow("wait 1 hour\nset contact.plan = pro", "enter on joined", "makes_pro")));
  // New and a member from the start.
  world.contact("new@a.example", {{"plan", "pro"}});
  world.pass(hours(2));
  BOOST_TEST(list(world.got("new@a.example")) == "welcome");
  // Whoever stays one does not enter again, and whoever becomes one again does.
  world.contact("new@a.example", {{"stage", "done"}});
  world.pass(hours(2));
  BOOST_TEST(list(world.got("new@a.example")) == "welcome");
  world.contact("new@a.example", {{"plan", "free"}});
  world.contact("new@a.example", {{"plan", "pro"}});
  world.pass(hours(2));
  BOOST_TEST(list(world.got("new@a.example")) == "welcome, welcome");
  // By what another workflow sets, in a turn of the clock.
  world.contact(ann);
  world.event(ann, "joined");
  world.pass(hours(2));
  BOOST_TEST(list(world.got(ann)) == "welcome");
  // By what is counted; the window empties by itself, and fills again.
  world.event(ann, "visited", {{"page", "a"}});
  world.pass(hours(1));
  BOOST_TEST(list(world.got(ann)) == "welcome");
  world.event(ann, "visited", {{"page", "b"}});
  world.event(ann, "visited", {{"page", "c"}});
  world.pass(hours(2));
  BOOST_TEST(list(world.got(ann)) == "welcome, ping");
  world.pass(days(10));
  world.event(ann, "visited", {{"page", "d"}});
  world.event(ann, "visited", {{"page", "e"}});
  world.pass(hours(2));
  BOOST_TEST(list(world.got(ann)) == "welcome, ping, ping");
  // The other way in is still open.
  world.event("new@a.example", "purchased");
  world.pass(hours(1));
  BOOST_TEST(list(world.got("new@a.example")) == "welcome, welcome, ping");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
