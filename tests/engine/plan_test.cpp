// What a plan says: which steps differ, where people stand seen from them, what is learned, and the worst case.
#include "runtime/engine/plan.hpp"

#include "tests/engine/world.hpp"

namespace fairlead::engine::testing {
namespace {

const std::string ann = "ann@a.example";
const std::string bob = "bob@b.example";

Changes between(const std::string& before, const std::string& after) {
  const bytecode::Module was = compiled(before);
  const bytecode::Module is = compiled(after);
  return compare(Flow(was, 0), Flow(is, 0));
}
Changes steps_between(const std::string& before, const std::string& after) {
  return between(project(workflow(before)), project(workflow(after)));
}
/// `+ wait#1, ~ send welcome#1 (its content)`
std::string told(const Changes& changes) {
  std::vector<std::string> out;
  for (const StepChange& change : changes.steps) {
    const std::string sign = change.kind == StepChange::Kind::added       ? "+ "
                             : change.kind == StepChange::Kind::removed   ? "- "
                             : change.kind == StepChange::Kind::reordered ? "^ "
                                                                          : "~ ";
    out.push_back(sign + change.key.substr(change.key.find('/') + 1) +
                  (change.what.empty() ? "" : " (" + list(change.what) + ")"));
  }
  return list(out);
}

WorstCase worst(const std::string& text) {
  const bytecode::Module module = compiled(text);
  return worst_case(Flow(module, 0));
}
std::uint64_t most(const std::string& steps) {
  return worst(project(workflow(steps))).messages;
}

BOOST_AUTO_TEST_SUITE(plans)

BOOST_AUTO_TEST_CASE(what_only_shifts_in_the_module_is_no_change) {
  const std::string steps =
      "if contact.plan is pro and contact.mrr > $5 { send welcome }\nwait up to 2 days\nfor visited where page == "
      "\"pricing\" as v { send note(said: v.page) }\notherwise { }\nlet x = contact.mrr * 2\nif x > $9 { send offer }";
  // Other constants, functions, counters, events and contents come before those that it uses.
  const std::string crowd =
      workflow("if count(visited, last 9 days) > 7 { send reminder }\nlet y = $77\nif y > $3 { send ping }",
               "enter on purchased", "a_crowd") +
      "event extra { one: Text }\n";
  const bytecode::Module was = compiled(project(workflow(steps)));
  const bytecode::Module is = compiled(project(crowd + "// a remark\n\n" + workflow(steps)));
  BOOST_REQUIRE(is.workflows.size() == 2U);
  const Index where = is.workflows[0].name == "nurture" ? 0 : 1;
  const Changes changes = compare(Flow(was, 0), Flow(is, where));
  BOOST_TEST(told(changes) == "");
  BOOST_TEST(list(changes.head) == "");
  BOOST_TEST(changes.same);
}

BOOST_AUTO_TEST_CASE(a_number_that_shifts_is_no_change_of_who_reads_it) {
  BOOST_TEST(told(steps_between("let one = contact.mrr\nif one > $5 { send offer }",
                                "let zero = $3\nlet one = contact.mrr\nif one > $5 { send offer }")) == "+ let zero#1");
  BOOST_TEST(told(steps_between("let one = $1\nlet two = $2\nif one > $5 { send offer }",
                                "let one = $1\nlet two = $2\nif two > $5 { send offer }")) == "~ if#1 (its condition)");
}

BOOST_AUTO_TEST_CASE(each_thing_that_a_step_says_is_seen) {
  BOOST_TEST(told(steps_between("wait 3 days", "wait 4 days")) == "~ wait#1 (how long it waits)");
  BOOST_TEST(told(steps_between("send welcome\nwait 1 day", "wait 1 day")) == "- send welcome#1");
  BOOST_TEST(told(steps_between("if contact.mrr > $5 { send offer }", "if contact.mrr > $6 { send offer }")) ==
             "~ if#1 (its condition)");
  BOOST_TEST(told(steps_between("send note(said: \"a\")", "send note(said: \"b\")")) == "~ send note#1 (what it says)");
  BOOST_TEST(told(steps_between("wait up to 1 day\nfor visited where page == \"a\" { }\notherwise { }",
                                "wait up to 1 day\nfor visited where page == \"b\" { }\notherwise { }")) ==
             "~ wait#1 (the events it waits for)");
  BOOST_TEST(told(steps_between("repeat up to 3 times every 1 day { send offer }",
                                "repeat up to 4 times every 1 day { send offer }")) == "~ repeat#1 (its rounds)");
  BOOST_TEST(told(steps_between("split s { variant a 50% { send offer } variant b 50% { } }",
                                "split s { variant a 40% { send offer } variant b 60% { } }")) == "~ s (its variants)");
  BOOST_TEST(told(steps_between("set contact.stage = done", "set contact.stage = nurturing")) ==
             "~ set contact.stage#1 (its value)");
  std::string other = project(workflow("send welcome"));
  other.replace(other.find("Hello {"), 7, "Dear {");
  const Changes content = between(project(workflow("send welcome")), other);
  BOOST_TEST(told(content) == "~ send welcome#1 (its content)");
  BOOST_TEST(!content.same);
}

BOOST_AUTO_TEST_CASE(order_and_heads_are_seen) {
  BOOST_TEST(told(steps_between("send welcome\nsend offer", "send offer\nsend welcome")) == "^ send welcome#1");
  const Changes head = between(project(workflow("send welcome")),
                               project(workflow("send welcome", "enter on purchased\nleave on became_mql")));
  BOOST_TEST(told(head) == "");
  BOOST_TEST(list(head.head) == "who enters it, who leaves it");
  BOOST_TEST(!head.same);
}

BOOST_AUTO_TEST_CASE(before_at_and_past_are_read_off_the_old_flow) {
  const bytecode::Module was =
      compiled(project(workflow("wait 1 day\nif contact.plan is pro { wait 2 days\nsend offer } else { wait 3 days }\n"
                                "send welcome")));
  const bytecode::Module is = compiled(
      project(workflow("wait 1 day\nif contact.plan is pro { wait 2 days\nwait 1 hour\nsend reminder } else { wait 9 "
                       "days }\nsend welcome")));
  const Flow before(was, 0);
  const Flow after(is, 0);
  const Changes changes = compare(before, after);
  const auto seen_from = [&](const std::string& step) {
    const Index stands = before.find("nurture/" + step);
    BOOST_REQUIRE_MESSAGE(stands != bytecode::none, step);
    std::string out;
    for (const StepChange& change : changes.steps) {
      const Seen where = seen(before, after, stands, change);
      out += where == Seen::before ? 'b' : where == Seen::at ? 'a' : 'p';
    }
    return out;
  };
  BOOST_TEST(told(changes) ==
             "+ if#1/wait#2, + if#1/send reminder#1, ~ if#1/else/wait#1 (how long it "
             "waits), - if#1/send offer#1");
  BOOST_TEST(seen_from("wait#1") == "bbbb");
  BOOST_TEST(seen_from("if#1/wait#1") == "bbpb");
  BOOST_TEST(seen_from("if#1/else/wait#1") == "ppap");
  BOOST_TEST(seen_from("send welcome#1") == "pppp");
}

BOOST_AUTO_TEST_CASE(the_worst_case_is_that_of_the_longest_way) {
  BOOST_TEST(most("wait 1 day") == 0U);
  BOOST_TEST(most("send welcome\nsend offer") == 2U);
  BOOST_TEST(most("if contact.plan is pro { send welcome\nsend offer } else { send reminder }\nsend ping") == 3U);
  BOOST_TEST(most("repeat up to 3 times every 1 day { send welcome\nsend offer }\nsend reminder") == 7U);
  BOOST_TEST(
      most("repeat up to 3 times every 9 days {\nrepeat up to 4 times every 1 day { send offer }\nsend ping\n}") ==
      15U);
  BOOST_TEST(most("send welcome\nif contact.plan is pro { stop }\nsend offer") == 2U);
  BOOST_TEST(most("wait up to 1 day\nfor visited { send welcome\nsend offer }\notherwise { send ping }") == 2U);
  BOOST_TEST(most("split s { variant a 50% { send offer } variant b 50% { send welcome\nsend ping } }") == 2U);
}

BOOST_AUTO_TEST_CASE(money_is_told_where_it_is_constant) {
  const std::string spend = "action pay(sum: Money, twice: Money) effect spend sum + twice\n";
  const auto money = [&](const std::string& steps) {
    const WorstCase found = worst(project(workflow(steps) + spend));
    return found.money ? found.money->to_string() : "unknown: " + list(found.unknown);
  };
  BOOST_TEST(money("do pay(sum: $3, twice: $4)") == "7");
  BOOST_TEST(money("repeat up to 5 times every 1 day { do pay(sum: $3, twice: $4.50) }\ndo pay(sum: $1, twice: $0)") ==
             "38.5");
  BOOST_TEST(money("if contact.plan is pro { do pay(sum: $3, twice: $4) } else { do pay(sum: $8, twice: $4) }") ==
             "12");
  BOOST_TEST(money("do pay(sum: $3, twice: contact.mrr)") == "unknown: nurture/do pay#1");
  const WorstCase follows =
      worst(project(workflow("send welcome\nfollow other") + workflow("send offer", "enter on purchased", "other")));
  BOOST_TEST(follows.messages == 1U);
  BOOST_TEST(list(follows.follows) == "other");
}

BOOST_AUTO_TEST_CASE(what_was_learned_is_kept_or_lost_with_a_reason) {
  const auto choosing = [](const std::string& inside, const std::string& name = "way") {
    return project(workflow("choose " + name + " toward qualified {\nexplore at least 5%\n" + inside + "\n}"));
  };
  const std::string two = "option a { send welcome }\noption b { send offer }";
  World world(choosing(two));
  for (int i = 0; i < 5; ++i) {
    world.contact("p" + std::to_string(i) + "@a.example");
    world.event("p" + std::to_string(i) + "@a.example", "joined");
  }
  const auto weights = [&](const std::string& text) { return must(plan(world.store.get(), compiled(text))).weights; };
  // The text of an option's message is nothing that weights depend on.
  const auto kept = weights(choosing("option a { send reminder }\noption b { send offer }"));
  BOOST_REQUIRE(kept.size() == 1U);
  BOOST_TEST((kept[0].kind == WeightPlan::Kind::kept));
  BOOST_TEST(kept[0].decisions == 5U);
  const auto reset = weights(choosing(two + "\noption c { }"));
  BOOST_TEST((reset[0].kind == WeightPlan::Kind::reset));
  BOOST_TEST(list(reset[0].why) == "its options are others");
  BOOST_TEST(reset[0].decisions == 5U);
  BOOST_TEST(list(weights(choosing("learn from contact.plan\n" + two))[0].why) == "it learns from something else");
  BOOST_TEST(list(weights(choosing("option a start 70% { send welcome }\noption b { send offer }"))[0].why) ==
             "it starts with other shares");
  const auto renamed = weights(choosing(two, "road"));
  BOOST_REQUIRE(renamed.size() == 2U);
  BOOST_TEST((renamed[0].kind == WeightPlan::Kind::added));
  BOOST_TEST((renamed[1].kind == WeightPlan::Kind::removed));
  BOOST_TEST(renamed[1].like == "nurture/road");
  // And so it is done.
  world.module = compiled(choosing(two + "\noption c { }"));
  must(world.engine->deploy(world.now, world.module));
  const LearnedChoice& learned = world.tallies().choices().at("nurture/way");
  BOOST_TEST(learned.decisions.size() == 3U);
  BOOST_TEST(learned.decisions[0] + learned.decisions[1] == 0U);
}

BOOST_AUTO_TEST_CASE(people_are_counted_by_the_version_that_they_follow) {
  const Folder folder;
  World world(project(workflow("send welcome\nwait 9 days\nsend offer")),
              {.path = folder.file("a.db"), .checkpoint_cells = 2});
  for (const std::string& who : {ann, bob}) {
    world.contact(who);
    world.event(who, "joined");
    world.module = compiled(project(workflow("send welcome\nwait 9 days\nsend ping")));
    must(world.engine->deploy(world.now, world.module));
  }
  const std::string third = project(workflow("wait 9 days\nsend ping"));
  const auto store = must(store::open_sqlite(folder.file("a.db"), store::Access::read));
  const Plan found = must(plan(store.get(), compiled(third)));
  BOOST_TEST(found.in_force == 2U);
  BOOST_TEST(found.next == 3U);
  BOOST_REQUIRE(found.workflows.size() == 1U);
  const WorkflowPlan& nurture = found.workflows[0];
  BOOST_REQUIRE(nurture.following.size() == 2U);
  for (const std::size_t i : {0U, 1U}) {
    BOOST_TEST(nurture.following[i].version == i + 1);
    BOOST_TEST(nurture.following[i].passes == 1U);
    BOOST_TEST(nurture.following[i].moves == 1U);
  }
  // Seen from the first version the offer is gone too.
  BOOST_TEST(nurture.following[0].changes.size() == 3U);
  BOOST_TEST(nurture.following[1].changes.size() == 1U);
  // The same project is no change, but for who still follows the first version.
  const Plan same = must(plan(store.get(), world.module));
  BOOST_TEST(same.same);
  BOOST_TEST(same.next == 2U);
  BOOST_TEST(!same.workflows[0].following[0].same);
  BOOST_TEST(same.workflows[0].following[1].same);
}

BOOST_AUTO_TEST_CASE(who_is_in_a_segment_is_counted_before_it_is_in_force) {
  const std::string flow = workflow("send welcome");
  World world(project(flow + "segment rich = contact.mrr > $5\nsegment pros = contact.plan is pro\n"));
  for (int i = 0; i < 20; ++i)
    world.contact("p" + std::to_string(i) + "@a.example",
                  {{"mrr", std::to_string(i)}, {"plan", i < 3 ? "pro" : "free"}});
  world.contact(ann);  // nothing is known of her: the defaults count
  const Plan found = must(
      plan(world.store.get(), compiled(project(flow + "segment rich = contact.mrr > $9 or not contact.plan is free\n"
                                                      "segment pros = not contact.plan is free\n"
                                                      "segment poor = contact.mrr < $1\n"
                                                      "segment lately = seen(visited, last 7 days)\n"))));
  BOOST_REQUIRE(found.segments.size() == 2U);
  BOOST_TEST(found.segments[0].name == "poor");
  BOOST_TEST(!found.segments[0].before);
  BOOST_TEST(found.segments[0].now == 2U);
  BOOST_TEST(found.segments[1].name == "rich");
  BOOST_TEST(found.segments[1].before.value_or(0) == 14U);
  BOOST_TEST(found.segments[1].now == 13U);
  BOOST_TEST(must(plan(world.store.get(), world.module)).segments.empty());
}

BOOST_AUTO_TEST_CASE(rules_that_change_and_whom_they_bind) {
  const std::string two = workflow("send offer", "enter on purchased", "other");
  World world(project(workflow("send welcome"), "under brand") +
              "policy brand {\n  few: limit messages to 2 per 7 days\n  old: limit messages to 9 per 9 days\n}\n");
  const Plan found = must(plan(world.store.get(), compiled(project(workflow("send welcome") + two, "under brand") +
                                                           "policy brand {\n  few: limit messages to 1 per 7 days\n"
                                                           "  fresh: limit messages to 5 per 8 days\n}\n")));
  std::map<std::string, RulePlan> rules;
  for (const RulePlan& rule : found.rules) rules[rule.name] = rule;
  BOOST_REQUIRE(rules.size() == 3U);
  BOOST_TEST((rules["brand.few"].kind == RulePlan::Kind::changed));
  BOOST_TEST(rules["brand.few"].before == "limit messages to 2 per 7 days");
  BOOST_TEST(list(rules["brand.few"].binds) == "other");
  BOOST_TEST((rules["brand.fresh"].kind == RulePlan::Kind::added));
  BOOST_TEST(list(rules["brand.fresh"].binds) == "nurture, other");
  BOOST_TEST((rules["brand.old"].kind == RulePlan::Kind::removed));
  BOOST_TEST(list(rules["brand.old"].frees) == "nurture");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::engine::testing
