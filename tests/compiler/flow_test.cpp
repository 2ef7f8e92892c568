// From declarations to the module: step keys, counters, rules and whom they bind, names, and that what comes out is
// sound.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <set>

#include "grammar/vocabulary.hpp"
#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

using bytecode::Module;
using grammar::Code;
using testing::compile_text;
using testing::project;
using testing::workflow;

Module module_of(const std::string& text) {
  Compiled compiled = compile_text(text);
  BOOST_REQUIRE_MESSAGE(compiled.module.has_value(), testing::rendered(compiled));
  return std::move(*compiled.module);
}

std::set<std::string> keys(const Module& module) {
  std::set<std::string> out;
  for (const bytecode::Step& step : module.steps) {
    BOOST_TEST(out.insert(step.key).second, "two steps are called " << step.key);
  }
  return out;
}

/// The names of the rules that bind a workflow.
std::set<std::string> rules_of(const Module& module, const std::string& name) {
  std::set<std::string> out;
  for (const bytecode::Workflow& w : module.workflows) {
    if (w.name != name) continue;
    for (const bytecode::Index rule : w.rules) {
      BOOST_TEST(out.insert(module.rules[rule].name).second, "bound twice: " << module.rules[rule].name);
    }
  }
  return out;
}

void is_sound(const Module& module) {
  const Result<void> sound = bytecode::verify(module);
  BOOST_TEST(sound.has_value(), (sound ? "" : describe(sound.error())));
  const std::string bytes = bytecode::encode(module);
  const Result<Module> again = bytecode::decode(bytes);
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST((*again == module));
  BOOST_TEST(bytecode::encode(*again) == bytes);
}

std::string example() {
  return testing::read_text(std::string(FAIRLEAD_SOURCE_DIR) + "/examples/whitepaper_nurture/nurture.lead");
}

/// With its templates.
Module example_module() {
  Compiled compiled = compile_path(std::string(FAIRLEAD_SOURCE_DIR) + "/examples/whitepaper_nurture");
  BOOST_REQUIRE_MESSAGE(compiled.module.has_value(), testing::rendered(compiled));
  return std::move(*compiled.module);
}

const std::string journey =
    "send welcome\n"
    "wait 2 days\n"
    "if contact.vip {\n  send welcome\n  wait 1 day\n} else {\n  set contact.vip = true\n}\n"
    "wait up to 3 days\n  for clicked of welcome as click { send welcome }\n  for visited where page == \"pricing\" { "
    "}\n"
    "  otherwise { send welcome }\n"
    "choose offer toward qualified {\n  explore at least 5%\n  option guide { send welcome }\n  option rest { }\n}\n"
    "wait until 09:00\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(flow_test)

BOOST_AUTO_TEST_CASE(every_module_is_sound) {
  is_sound(example_module());
  is_sound(module_of(project(workflow(journey))));
  is_sound(module_of(project("")));
  is_sound(module_of(project(workflow(""))));
  is_sound(module_of(project(workflow("stop"))));
  is_sound(module_of(project(workflow("choose c toward qualified { option a { stop } option b { stop } }"))));
  is_sound(module_of(project(workflow("if contact.vip { stop } else { stop }"))));
  is_sound(
      module_of(project("content receipt(order: Text, total: Money?) transactional { email { subject \"{order}\" body "
                        "\"{total or $0}\" } }\n" +
                        workflow("send receipt(order: \"17\")\nsend receipt(order: event.asset, total: $5)"))));
}

BOOST_AUTO_TEST_CASE(the_same_text_gives_the_same_module) {
  BOOST_TEST((bytecode::encode(example_module()) == bytecode::encode(example_module())));
}

BOOST_AUTO_TEST_CASE(keys_outlive_edits_elsewhere) {
  const std::set<std::string> before = keys(module_of(project(workflow(journey))));
  BOOST_TEST(before.contains("nurture/send welcome#1"));
  BOOST_TEST(before.contains("nurture/offer/guide/send welcome#1"));
  // A step of another kind, put first: every key that was there is there still.
  const std::string other = "content news { email { subject \"a\" body \"b\" } }\n";
  for (const std::string step :
       {"send news\n", "set contact.vip = false\n", "choose first toward qualified { option a { } option b { } }\n"}) {
    const std::set<std::string> after = keys(module_of(project(other + workflow(step + journey))));
    BOOST_TEST(std::includes(after.begin(), after.end(), before.begin(), before.end()), "keys changed by " << step);
  }
  // The same within an option, and another workflow before this.
  std::string inside = journey;
  inside.replace(inside.find("option guide { send"), 14, "option guide { send news ");
  inside.replace(inside.find("send news  send"), 10, "send news,");
  const std::string third = "workflow another for contact {\nenter on visited\nsteps { send welcome }\n}\n";
  const std::set<std::string> after = keys(module_of(project(other + third + workflow(inside))));
  BOOST_TEST(std::includes(after.begin(), after.end(), before.begin(), before.end()));
}

BOOST_AUTO_TEST_CASE(one_question_one_counter) {
  const Module module =
      module_of(project("segment a = count(visited where page == \"pricing\", last 14 days) >= 2\n"
                        "segment b = count( visited  where page==\"pricing\",\n  last 14 days ) >= 5 or seen(visited "
                        "where page == \"pricing\", last 14 days)\n"
                        "segment c = seen(visited, last 2 weeks) or seen(visited, last 14 days)\n"));
  std::set<std::string> counted;
  for (const bytecode::Counter& counter : module.counters) BOOST_TEST(counted.insert(counter.key).second);
  for (const bytecode::Counter& counter : module.counters) BOOST_TEST_MESSAGE(counter.key);
  BOOST_TEST(counted.contains("visited where page == \"pricing\", 14 days"));
  BOOST_TEST(module.counters.size() == 2U);
  // `2 weeks` and `14 days` are one window.
  BOOST_TEST(std::count_if(module.counters.begin(), module.counters.end(),
                           [](const auto& c) { return c.where == bytecode::none; }) == 1);
}

BOOST_AUTO_TEST_CASE(rules_bind_where_they_are_put) {
  const std::string policies =
      "policy house { daily: limit messages to 1 per day }\n"
      "policy brand { weekly: limit messages to 3 per week }\n"
      "policy promo { applies to workflow offers\n monthly: limit messages to 9 per month }\n";
  const std::string offers =
      "workflow offers for contact {\nenter on visited\nunder brand\nlimit messages to 2 per 7 days\nsteps { send "
      "welcome }\n}\n";
  const Module module = module_of(project(policies + offers + workflow("send welcome"), "", "under house\n"));
  BOOST_TEST((rules_of(module, "offers") ==
              std::set<std::string>{"house.daily", "brand.weekly", "promo.monthly", "offers.limit"}));
  BOOST_TEST((rules_of(module, "nurture") == std::set<std::string>{"house.daily"}));
  // A policy that is named twice still binds once; one that says where it applies binds there only.
  const Module twice =
      module_of(project("policy house { daily: limit messages to 1 per day }\npolicy other { applies to workflow "
                        "offers\n d: limit messages to 1 per day }\n" +
                            offers.substr(0, offers.find("under")) + "under house, other\nsteps { send welcome }\n}\n" +
                            workflow("send welcome"),
                        "", "under house, other\n"));
  BOOST_TEST((rules_of(twice, "offers") == std::set<std::string>{"house.daily", "other.d"}));
  BOOST_TEST((rules_of(twice, "nurture") == std::set<std::string>{"house.daily"}));
}

BOOST_AUTO_TEST_CASE(rules_say_what_they_mean) {
  const Module module = module_of(project(
      "policy house {\n"
      "  nights: forbid send by email between 21:00 and 08:00 otherwise defer because \"sleep\"\n"
      "  frequency: limit messages to 4 per 7 days per contact\n"
      "  promo: forbid send when content is welcome and workflow is nurture otherwise defer up to 12 hours\n}\n" +
          workflow("send welcome"),
      "", "under house\n"));
  BOOST_REQUIRE(module.rules.size() == 3U);
  BOOST_TEST(module.rules[0].clock_only);
  BOOST_TEST((module.rules[0].otherwise == bytecode::Otherwise::defer));
  BOOST_TEST(module.rules[0].because == "sleep");
  BOOST_TEST(module.channels[module.rules[0].channels.at(0)].name == "email");
  BOOST_TEST(module.rules[0].transactional);
  // A receipt is owed, however many other messages went out.
  BOOST_TEST(!module.rules[1].transactional);
  BOOST_TEST(module.rules[1].count == 4U);
  BOOST_TEST(!module.rules[2].clock_only);
  BOOST_TEST(module.rules[2].up_to.ms == 12 * 3'600'000);
  BOOST_TEST((module.rules[0].hash != module.rules[2].hash));
}

BOOST_AUTO_TEST_CASE(words_of_the_language_may_be_names) {
  // All but the reserved ones: before a colon a name wins.
  std::string fields;
  std::string uses;
  for (const std::string_view word :
       {"limit", "content",  "send",     "wait", "if",   "choose",  "set",    "stop",   "option", "steps", "goal",
        "event", "policy",   "workflow", "key",  "zone", "private", "fixed",  "last",   "count",  "start", "by",
        "for",   "to",       "of",       "as",   "up",   "until",   "enter",  "leave",  "test",   "type",  "record",
        "fresh", "complete", "sum",      "idle", "role", "plan_b",  "budget", "approve"}) {
    fields += fmt::format("{}: Number\n", word);
    uses += fmt::format("if contact.{} > 3 {{ set contact.{} = contact.{} + 1 }}\n", word, word, word);
  }
  is_sound(module_of(
      project("event limit { content: Text, last: Number }\nsegment send = contact.limit > 3 and contact.content < "
              "5\nsegment wait = count(limit where content == \"a\" and last > 3, last 7 days) > 1\n" +
                  workflow(uses + "if contact is send { stop }\n"),
              fields)));
  for (const std::string_view word : grammar::reserved_words) {
    BOOST_TEST((testing::codes_of(project(fmt::format("event visit {{ {}: Text }}\n", word))) ==
                std::vector<Code>{Code::reserved_name}),
               word << " can be a name");
  }
}

BOOST_AUTO_TEST_CASE(segments_do_not_ask_for_themselves) {
  BOOST_TEST((testing::codes_of(project("segment a = contact is a\n")) == std::vector<Code>{Code::cycle}));
  BOOST_TEST((testing::codes_of(project(
                  "segment a = contact is b\nsegment b = contact is c\nsegment c = contact.vip or contact is a\n")) ==
              std::vector<Code>{Code::cycle}));
  const Module module =
      module_of(project("segment a = contact is b\nsegment b = contact is not c\nsegment c = contact.vip\n"));
  BOOST_TEST(module.segments.size() == 3U);
}

BOOST_AUTO_TEST_CASE(names_that_share_a_hash_are_refused) {
  // Stored records know a field by 32 bits of its name.
  std::map<std::uint32_t, std::string> seen;
  std::string first, second;
  for (int i = 0; second.empty(); ++i) {
    const std::string name = fmt::format("f{}", i);
    const auto [at, fresh] = seen.emplace(name_id(name), name);
    if (!fresh) {
      first = at->second;
      second = name;
    }
  }
  BOOST_TEST((testing::codes_of(project("", fmt::format("{}: Number\n{}: Number\n", first, second))) ==
              std::vector<Code>{Code::reserved_name}));
}

BOOST_AUTO_TEST_CASE(every_prefix_compiles_or_says_why) {
  const std::string text = example();
  for (std::size_t size = 0; size < text.size(); size += 13) {
    const Compiled compiled = compile_text(text.substr(0, size));
    BOOST_TEST(compiled.module.has_value() == (compiled.errors() == 0));
    if (compiled.module) BOOST_TEST(bytecode::verify(*compiled.module).has_value());
    for (const grammar::Diagnostic& d : compiled.diagnostics)
      BOOST_TEST(!grammar::render(d, compiled.files, true).empty());
  }
}

BOOST_AUTO_TEST_CASE(files_of_a_project_come_in_any_order) {
  const std::string text = project(workflow("send welcome"));
  const std::size_t cut = text.find("event downloaded");
  const grammar::Source a("a.lead", text.substr(0, cut));
  const grammar::Source b("b.lead", text.substr(cut));
  const Compiled one = compile({a, b});
  const Compiled other = compile({b, a});
  BOOST_TEST(one.errors() == 0U);
  BOOST_TEST(other.errors() == 0U);
  BOOST_REQUIRE((one.module && other.module));
  BOOST_TEST(keys(*one.module) == keys(*other.module));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
