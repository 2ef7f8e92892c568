// Calls and kept values: what the connector is handed, what is suppressed, and what a pass remembers.
#include "runtime/engine/unsupported.hpp"
#include "tests/engine/faulty_store.hpp"
#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";
const std::string actions =
    "action create_deal(title: Text, amount: Money, hint: Text?, count: Number) returns { deal: Text } effect write\n"
    "action top_up(amount: Money, fee: Money) effect spend amount + fee\n";
const std::string deal = "create_deal(title: \"For {contact.email}\", amount: contact.mrr, count: 2.5)";

std::vector<Sent> calls(const World& world) {
  std::vector<Sent> out;
  for (const Sent& sent : world.provider.sent) {
    if (!sent.action.empty()) out.push_back(sent);
  }
  return out;
}

BOOST_AUTO_TEST_SUITE(effects)

BOOST_AUTO_TEST_CASE(a_call_says_its_arguments) {
  World world(project(actions + workflow("do " + deal + "\ndo top_up($10, fee: $0.505)\nsend ping")));
  world.contact(ann, {{"mrr", "$120.10"}});
  world.event(ann, "joined");
  const std::vector<Sent> all = calls(world);
  BOOST_REQUIRE(all.size() == 2U);
  BOOST_TEST(all[0].action == "create_deal");
  BOOST_TEST(all[0].effect == "write");
  BOOST_TEST(all[0].workflow == "nurture");
  BOOST_TEST(all[0].arguments ==
             R"({"amount":{"amount":"120.1","currency":"USD"},"count":2.5,"title":"For ann@a.example"})");
  BOOST_TEST(all[0].amount == "null");
  BOOST_TEST(all[1].effect == "spend");
  BOOST_TEST(all[1].amount == R"({"amount":"10.505","currency":"USD"})");
  BOOST_TEST(all[0].key != all[1].key);
  BOOST_TEST(list(world.got(ann)) == "ping");
  BOOST_TEST(world.tallies().actions.at("create_deal").sent == 1U);
  const auto said = world.said<audit::Acted>();
  BOOST_REQUIRE(said.size() == 2U);
  BOOST_TEST(said[1].second.action == "top_up");
  BOOST_TEST(said[1].second.effect == "spend");
  BOOST_TEST(!said[1].second.suppressed);
  BOOST_TEST(world.said<audit::ActionHanded>().size() == 2U);
  // Not a word of it among the messages.
  BOOST_TEST(world.said<audit::Handed>().size() == 1U);
  BOOST_TEST(world.tallies().messages.size() == 1U);
}

BOOST_AUTO_TEST_CASE(nothing_is_called_for_who_is_held_out) {
  World world(project(actions + workflow("let d = do " + deal + "\nset contact.stage = done",
                                         "toward qualified\nenter on joined"),
                      "", "holdout 100%"),
              {.holdout = true});
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(calls(world).empty());
  BOOST_TEST(world.field(ann, "stage") == "done");
  const auto said = world.said<audit::Acted>();
  BOOST_REQUIRE(said.size() == 1U);
  BOOST_TEST(said[0].second.suppressed);
  BOOST_TEST(world.tallies().actions.at("create_deal").suppressed == 1U);
}

BOOST_AUTO_TEST_CASE(an_answer_that_cannot_come_is_absent) {
  World world(project(
      actions + workflow("let d = do " + deal +
                         "\nif d exists { send note(said: d.deal) } else { send note(said: d.deal or \"none\") }")));
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(calls(world).size() == 1U);
  BOOST_REQUIRE(world.got(ann).size() == 1U);
  BOOST_TEST(world.provider.sent.back().body == "You said none.");
}

BOOST_AUTO_TEST_CASE(after_a_call_whose_answer_is_used_a_new_turn_begins) {
  World world(project(actions + workflow("set contact.stage = done\nlet d = do " + deal + "\nsend ping",
                                         "enter on joined\nleave when contact.stage is done")));
  world.contact(ann);
  world.event(ann, "joined");
  BOOST_TEST(world.got(ann).empty());
  BOOST_TEST(world.said<audit::Left>().at(0).second.reason == "when");
  // Who leaves early does not take along what was not handed over.
  BOOST_TEST(calls(world).empty());
  BOOST_TEST(world.said<audit::ActionHanded>().at(0).second.detail == "left");
}

BOOST_AUTO_TEST_CASE(a_value_is_kept_as_it_was) {
  for (const bool checkpoint : {false, true}) {
    const Folder folder;
    World world(project(workflow(
                    "let before = contact.plan\nlet share = contact.mrr * 10%\nlet gap = contact.pause\n"
                    "wait 1 day\nif before is pro and share > $9 and not gap exists { send note(said: \"{share}\") }")),
                {.path = folder.file("a.db")});
    world.contact(ann, {{"plan", "pro"}, {"mrr", "$100"}});
    world.event(ann, "joined");
    world.contact(ann, {{"plan", "free"}, {"mrr", "$1"}, {"pause", "3 days"}});
    BOOST_TEST(world.cell(ann).instances.at(0).kept.size() == 2U);  // what is absent takes no place
    if (checkpoint) must(world.engine->checkpoint());
    world.reopen();
    world.pass(days(2));
    BOOST_REQUIRE(world.provider.sent.size() == 1U);
    BOOST_TEST(world.provider.sent[0].body == "You said $10.");
  }
}

BOOST_AUTO_TEST_CASE(a_call_that_a_crash_cut_off_is_made_once) {
  for (const bool went : {false, true}) {
    const Folder folder;
    World world(project(actions + workflow("do " + deal)), {.path = folder.file("a.db")});
    world.contact(ann);
    world.later(world.now, ann, "joined");
    must(world.engine->batch(world.now));
    world.provider.calls_until_fault = 0;
    world.provider.fault_after = went;
    BOOST_TEST(!world.engine->hand_over(world.now).has_value());
    world.reopen();
    world.pass(minutes(1));
    BOOST_TEST(calls(world).size() == 1U);
    BOOST_TEST(world.tallies().actions.at("create_deal").sent == 1U);
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_run_is_refused_by_name) {
  World world(project(workflow("send ping")));
  const std::string text = project(
      "team sales { \"kim@a.example\" capacity 3 per week }\n"
      "connector gateway for sms {\n  secret token\n  post \"https://sms.example/send\" {\n    bearer token\n    form "
      "to: to, text: text\n  }\n}\n" +
      workflow("assign to sales by best\nsend ping"));
  const bytecode::Module module = compiled(text);
  const auto all = unsupported(module);
  BOOST_REQUIRE(all.size() == 2U);
  BOOST_TEST(all[0].what == "connector gateway");
  BOOST_TEST(all[1].what == "assign to sales by best");
  const Result<bool> deployed = world.engine->deploy(world.now, module);
  BOOST_REQUIRE(!deployed);
  const std::string why = describe(deployed.error());
  BOOST_TEST(why.starts_with("`connector gateway` (x.lead:"), why);
  BOOST_TEST(why.ends_with(") are not supported by this runtime yet"), why);
  BOOST_TEST(world.engine->deployments().newest().number == 1U);
}

class ReadsFail : public FaultyStore {
 public:
  explicit ReadsFail(std::unique_ptr<store::Store> inner)
      : FaultyStore(std::move(inner), [](const char*) { return Failing::no; }) {}
  bool fails = false;
  Result<std::optional<store::Event>> event(store::ContactId id, const std::string& event_id) override {
    if (fails) return fault(FaultCode::store_failed, "x.db", "the disk failed to read or write");
    return FaultyStore::event(id, event_id);
  }
};

BOOST_AUTO_TEST_CASE(where_the_store_cannot_be_read_nothing_is_called_impossible) {
  const std::string team = "team sales { \"kim@a.example\" capacity 9 per day }\n";
  for (const std::string step :
       {"send note(said: event.asset)", "do call(said: event.asset)", "assign to sales by round robin"}) {
    World world(project("action call(said: Text) effect write\n" + team +
                        workflow("wait 1 hour\n" + step + "\nsend note(said: event.asset)", "enter on downloaded")));
    auto store = std::make_unique<ReadsFail>(std::move(world.store));
    ReadsFail& reads = *store;
    world.store = std::move(store);
    world.reopen();
    world.contact("ann@a.example");
    world.event("ann@a.example", "downloaded", {{"asset", "A guide"}});
    reads.fails = true;
    BOOST_TEST(!world.try_run(world.now + hours(2)).has_value(), step);
    reads.fails = false;
    world.reopen();
    world.pass(hours(2));
    BOOST_TEST(world.provider.sent.size() == 2U, step);
    BOOST_TEST(world.said<audit::Guarded>().empty(), step);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
