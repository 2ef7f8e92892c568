// Calls, kept values, approvals and connectors: how they stand in the module.
#include <boost/test/unit_test.hpp>

#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

using bytecode::Module;
using bytecode::none;
using bytecode::Step;
using bytecode::StepKind;
using grammar::Code;
using testing::codes_of;
using testing::compile_text;
using testing::project;
using testing::workflow;

const std::string people =
    "role legal { \"lee@acme.example\" }\nteam sales { \"kim@acme.example\" capacity 30 per week\n"
    "\"ola@acme.example\" capacity 2 per 4 hours when contact.plan is pro }\n";
const std::string actions =
    "action create_deal(title: Text, amount: Money?) returns { deal: Text, owner: Email? } effect write\n"
    "action top_up(amount: Money) effect spend amount * 2\n";

Module module_of(const std::string& text) {
  Compiled compiled = compile_text(text);
  BOOST_REQUIRE_MESSAGE(compiled.module.has_value(), testing::rendered(compiled));
  const bytecode::Module& module = *compiled.module;
  const Result<void> sound = bytecode::verify(module);
  BOOST_TEST(sound.has_value(), (sound ? "" : describe(sound.error())));
  const Result<Module> again = bytecode::decode(bytecode::encode(module));
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST((*again == module));
  return std::move(*compiled.module);
}

const Step& step_of(const Module& module, const std::string& key) {
  const auto at =
      std::find_if(module.steps.begin(), module.steps.end(), [&](const Step& s) { return s.key == "nurture/" + key; });
  BOOST_REQUIRE_MESSAGE(at != module.steps.end(), "no step " << key);
  return *at;
}

bytecode::Index index_of(const Module& module, const Step& step) {
  return static_cast<bytecode::Index>(&step - module.steps.data());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(effects_test)

BOOST_AUTO_TEST_CASE(calls_and_what_is_kept_of_them) {
  const Module m = module_of(project(actions + workflow("do top_up($5)\nlet share = contact.visits * 2\n"
                                                        "let deal = do create_deal(title: \"A\")\n"
                                                        "if deal exists { set contact.first_name = deal.deal }\n")));
  const Step& call = step_of(m, "do create_deal#1");
  BOOST_TEST((call.kind == StepKind::act));
  BOOST_TEST(call.arguments.size() == 2U);  // what may be absent is given as absent
  BOOST_TEST(call.local == 1U);             // then its two fields
  BOOST_TEST(step_of(m, "let share#1").local == 0U);
  BOOST_TEST(step_of(m, "do top_up#1").local == none);
  BOOST_TEST(m.workflows[0].locals == 4U);
  BOOST_TEST((m.actions[1].effect == bytecode::EffectKind::spend));
  BOOST_TEST(m.actions[1].amount != none);
}

BOOST_AUTO_TEST_CASE(an_approval_covers_its_block) {
  const Module m = module_of(
      project(people + actions +
              workflow("approve by legal up to 36 hours {\nsend welcome\ndo top_up($5)\nassign to sales by best\n"
                       "set contact.first_name = \"x\"\n} otherwise { stop }\nsend welcome")));
  const Step& approve = step_of(m, "approve#1");
  BOOST_TEST(approve.role == 0U);
  BOOST_TEST((approve.within == hours(36)));
  BOOST_REQUIRE(approve.covered.size() == 4U);
  BOOST_TEST(approve.covered[0] == index_of(m, step_of(m, "approve#1/send welcome#1")));
  BOOST_TEST(approve.next == approve.covered[0]);
  BOOST_TEST(approve.otherwise == index_of(m, step_of(m, "approve#1/otherwise/stop#1")));
  BOOST_TEST(m.steps[approve.covered[3]].next == index_of(m, step_of(m, "send welcome#1")));
  BOOST_TEST((step_of(m, "approve#1/assign to sales#1").by == bytecode::AssignBy::best));
}

BOOST_AUTO_TEST_CASE(teams_and_roles) {
  const Module m = module_of(project(people + workflow("send welcome")));
  BOOST_TEST(m.roles.at(0).members.at(0) == "lee@acme.example");
  const auto& members = m.teams.at(0).members;
  BOOST_REQUIRE(members.size() == 2U);
  BOOST_TEST((members[0].per == bytecode::Period::week));
  BOOST_TEST((members[1].per == bytecode::Period::window && members[1].within == hours(4)));
  BOOST_TEST(members[1].when != none);
}

BOOST_AUTO_TEST_CASE(a_connector_reads_what_all_its_targets_say) {
  const std::string two =
      "action a(title: Text, amount: Money) effect write\naction b(title: Text, amount: Number) effect write\n";
  const Module m = module_of(
      project(two +
              "connector crm for a, b {\n  secret token, host\n  put \"https://{host}/x\" {\n    basic token, token\n"
              "    header \"X-Title\": title\n    query q: title\n    json t: title, n: 3\n    idempotency header "
              "\"Key\"\n  }\n"
              "  retry on 500, 502 up to 3 times\n  at most 5 per minute\n}\n" +
              workflow("do a(title: \"x\", amount: $1)")));
  const bytecode::Connector& c = m.connectors.at(0);
  BOOST_TEST(c.actions.size() == 2U);
  BOOST_REQUIRE(c.inputs.size() == 3U);
  BOOST_TEST(c.inputs[2].name == "title");
  BOOST_TEST((c.request.method == bytecode::Method::put));
  BOOST_TEST(c.request.credentials.size() == 2U);
  BOOST_TEST(c.request.idempotency_header == "Key");
  BOOST_TEST(c.retry_on.size() == 2U);
  BOOST_TEST(c.retries == 3U);
  BOOST_TEST(c.rate == 5U);
  BOOST_TEST((c.rate_window == minutes(1)));
  BOOST_TEST((codes_of(project(two + "connector crm for a, b { post \"https://x.example/\" { json n: amount } }\n" +
                               workflow("send welcome"))) == std::vector{Code::unknown_name}));
}

BOOST_AUTO_TEST_CASE(callbacks_know_the_providers_names) {
  const Module m =
      module_of(project("connector mail for email {\n  secret token\n  post \"https://x.example/\" { json to: to }\n"
                        "  receive \"/hooks/x\" {\n    verify hmac sha1 header \"X\" with token\n"
                        "    clicked when kind == \"click\" and data.link != \"\" for data.id\n"
                        "    unsubscribed for data.id\n  }\n}\n" +
                        workflow("send welcome")));
  const bytecode::Receive& hook = m.connectors.at(0).receives.at(0);
  BOOST_TEST((hook.digest == bytecode::Digest::sha1));
  BOOST_TEST((hook.fields == std::vector<std::string>{"kind", "data.link"}));
  BOOST_REQUIRE(hook.callbacks.size() == 2U);
  BOOST_TEST(hook.callbacks[0].message == "data.id");
  BOOST_TEST(hook.callbacks[1].when == none);
}

BOOST_AUTO_TEST_CASE(kept_values_and_facts) {
  const auto body = [](const std::string& steps) { return project(people + actions + workflow(steps)); };
  // What a value was is known for ever; what the contact says is not.
  module_of(
      body("if contact.first_name exists {\nlet name = contact.first_name\nwait 3 days\n"
           "set contact.first_name = \"{name}\"\n}"));
  BOOST_TEST((codes_of(body("let name = contact.first_name\nset contact.first_name = \"{name}\"")) ==
              std::vector{Code::optional_used}));
  module_of(
      body("let name = contact.first_name\nif name exists {\nwait 3 days\nset contact.first_name = \"{name}\"\n}"));
  BOOST_TEST(
      (codes_of(body("if contact.first_name exists {\nlet d = do create_deal(title: \"x\")\n"
                     "set contact.first_name = \"{contact.first_name}\"\n}")) == std::vector{Code::optional_used}));
  // A call whose answer nobody wants takes no time.
  module_of(
      body("if contact.first_name exists {\ndo create_deal(title: \"x\")\n"
           "set contact.first_name = \"{contact.first_name}\"\n}"));
  module_of(
      body("let d = do create_deal(title: \"x\")\nif d exists { do create_deal(title: d.deal) }\n"
           "do create_deal(title: d.deal or \"none\")\nif d.owner exists { set contact.first_name = \"{d.owner}\" }"));
  // A name is free again when its block is over.
  module_of(body("if contact.vip { let x = 1 } else { let x = \"y\" }\nlet x = 3 days\nwait x"));
  std::string many;
  for (int i = 0; i < 65; ++i) many += "let v" + std::to_string(i) + " = 1\n";
  BOOST_TEST((codes_of(body(many)) == std::vector{Code::too_complex}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
