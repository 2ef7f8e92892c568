// The words of the language as a person meets them.
#include "grammar/vocabulary.hpp"

#include <algorithm>
#include <map>

namespace fairlead::grammar {

namespace {

using rules::Where;

const std::map<Where, Place>& places() {
  static const std::map<Where, Place> all = {
      {Where::declaration,
       {"a declaration",
        "at the top of a file",
        "Declarations stand at the left edge of a file, outside of any other block.",
        {{"project", "project acme { time zone \"Europe/Oslo\" }"},
         {"use", "use std.channels"},
         {"type", "type plan = free | pro"},
         {"record", "record contact { key email: Email }"},
         {"event", "event downloaded { asset: Text }"},
         {"segment", "segment keen = count(visited, last 14 days) >= 2"},
         {"goal", "goal qualified { reach became_mql within 14 days }"},
         {"channel", "channel sms { to contact.phone … }"},
         {"content", "content welcome { email { subject \"…\" body \"…\" } }"},
         {"policy", "policy brand { … }"},
         {"workflow", "workflow nurture for contact { … }"},
         {"test", "test \"what it shows\" { … }"},
         {"simulate", "simulate \"first month\" { … }"}},
        "",
        {"role", "team", "score", "points", "connector", "action", "model"}}},
      {Where::project,
       {"a setting of a project",
        "in `project`",
        "Settings stand in `project NAME { … }`.",
        {{"time zone", "time zone \"Europe/Oslo\""}, {"currency", "currency EUR"}, {"under", "under brand, can_spam"},
         {"lint", "lint long_subject off because \"ours are long on purpose\""}},
        "",
        {}}},
      {Where::record, {"a field", "in a record", "", {}, "first_name: Text?", {}}},
      {Where::event, {"a field", "in an event", "", {}, "page: Text", {}}},
      {Where::goal,
       {"a clause of a goal",
        "in `goal`",
        "It stands in `goal NAME { … }`.",
        {{"reach", "reach became_mql within 14 days"},
         {"worth", "worth $45"},
         {"baseline", "baseline 9%"},
         {"target", "target 12%"},
         {"holdout", "holdout 10%"}},
        "",
        {"without"}}},
      {Where::channel,
       {"a clause of a channel",
        "in `channel`",
        "It stands in `channel NAME { … }`.",
        {{"to", "to contact.email"},
         {"consent", "consent contact.consent.email withdrawn on unsubscribed"},
         {"content", "content { subject: Text, body: Text }"},
         {"reports", "reports delivered, clicked, unsubscribed"},
         {"cost", "cost $0.001"}},
        "",
        {}}},
      {Where::slots, {"a slot", "in the content of a channel", "", {}, "subject: Text up to 200 characters", {}}},
      {Where::content, {"a channel with its texts", "in `content`", "", {}, "email { subject \"…\" body \"…\" }", {}}},
      {Where::texts, {"a slot with its text", "in the texts of a channel", "", {}, "subject \"Hello\"", {}}},
      {Where::policy,
       {"a rule",
        "in `policy`",
        "Rules stand in `policy NAME { … }`.",
        {{"applies", "applies to workflow nurture"}},
        "nights: forbid send between 21:00 and 08:00",
        {"default"}}},
      {Where::workflow,
       {"a clause of a workflow",
        "in `workflow` itself",
        "It stands in `workflow NAME for contact { … }`, before `steps`.",
        {{"owner", "owner \"growth@acme.example\""},
         {"toward", "toward qualified"},
         {"under", "under brand"},
         {"enter", "enter on downloaded where event.asset == \"whitepaper\""},
         {"leave", "leave on purchased"},
         {"again", "again after 90 days"},
         {"limit", "limit messages to 3 per 7 days"},
         {"steps", "steps { … }"}},
        "",
        {"budget", "pause", "rollout", "waive"}}},
      {Where::steps,
       {"a step",
        "in the steps of a workflow",
        "Steps stand in `steps { … }` of a workflow.",
        {{"send", "send welcome by email"},
         {"wait", "wait 3 days"},
         {"if", "if contact.plan is pro { … } else { … }"},
         {"choose", "choose offer toward qualified { option … option … }"},
         {"set", "set contact.stage = nurturing"},
         {"stop", "stop"}},
        "",
        {"approve", "do", "let", "assign", "repeat", "allocate", "follow", "split", "plan", "for each"}}},
      {Where::options,
       {"a clause of `choose`",
        "in `choose`",
        "It stands in `choose NAME toward GOAL { … }`.",
        {{"option", "option demo when contact.plan is pro { send demo_invite }"},
         {"learn from", "learn from contact.country, contact.plan"},
         {"explore at least", "explore at least 5%"}},
        "",
        {"forget", "move"}}},
      {Where::test,
       {"a step of a test",
        "in `test`",
        "It stands in `test \"…\" { … }`.",
        {{"given", "given contact { email: \"a@b.example\" }"},
         {"when", "when downloaded(asset: \"whitepaper\")"},
         {"after", "after 3 days"},
         {"set", "set contact.consent.email = withdrawn"},
         {"expect", "expect sent welcome"}},
        "",
        {}}},
      {Where::simulate,
       {"a line of a simulation",
        "in `simulate`",
        "It stands in `simulate \"…\" { … }`.",
        {{"contacts", "contacts 1_000 from \"people.csv\""},
         {"run", "run 30 days seed 7"},
         {"expect", "expect qualified above 9%"}},
        "sent(welcome) leads to clicked 8% within 2 days",
        {}}},
      {Where::given, {"a field with its value", "here", "", {}, "email: \"a@b.example\"", {}}},
  };
  return all;
}

std::string_view first_word(std::string_view head) {
  return head.substr(0, head.find(' '));
}

}  // namespace

const Place& place_of(Where where) {
  return places().at(where);
}

std::string_view form_of(const Place& place, std::string_view word) {
  for (const Form& form : place.forms) {
    if (first_word(form.word) == word) return form.example;
  }
  return {};
}

const Place* other_home(std::string_view word, Where here) {
  // What people misplace most comes first; `set`, `when` and `expect` may stand in several.
  static constexpr Where order[] = {Where::steps, Where::workflow, Where::options, Where::declaration, Where::goal,
                                    Where::test,  Where::channel,  Where::project, Where::simulate};
  for (const Where where : order) {
    if (where != here && !form_of(place_of(where), word).empty()) return &place_of(where);
  }
  if (here != Where::policy && (word == "forbid" || word == "applies")) return &place_of(Where::policy);
  return nullptr;
}

const std::vector<std::string_view>& later_phrases() {
  static const std::vector<std::string_view> all = {
      // entering, leaving, limits
      "enter when", "enter every", "enter by", "limit spend", "limit weight", "reach sum", "at most", "at least",
      // sending
      "by best", "at best", "one of", "file", "write with", "like",
      // data readiness
      "complete", "fresh",
      // rules
      "require", "allow", "ban", "keep", "forbid publish", "forbid spend", "forbid retract", "forbid write",
      "forbid do", "forbid deciding", "forbid sending", "otherwise hold", "otherwise stop", "share", "waivable",
      // expressions
      "since last", "release"};
  return all;
}

}  // namespace fairlead::grammar
