// docs/reference/grammar.md is the rules themselves, printed: FAIRLEAD_UPDATE_GOLDEN=1 writes it anew.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <set>

#include "tests/grammar/corpus.hpp"
#include "tests/grammar/rule_walk.hpp"

namespace fairlead::grammar::testing {

namespace {

using K = Shape::Kind;

/// What a shape says without blanks and look-ahead; sequences of one are what they hold.
Shape bare(const Shape& shape) {
  if (shape.kind == K::space || shape.kind == K::gap || shape.kind == K::line_end) return {K::nothing, {}, {}};
  Shape out{shape.kind, shape.text, {}};
  for (const Shape& part : shape.parts) {
    Shape inner = bare(part);
    if (inner.kind == K::nothing) continue;
    if (inner.kind == shape.kind && (inner.kind == K::sequence || inner.kind == K::choice)) {
      out.parts.insert(out.parts.end(), inner.parts.begin(), inner.parts.end());
    } else {
      out.parts.push_back(std::move(inner));
    }
  }
  const bool holds =
      out.kind == K::sequence || out.kind == K::choice || out.kind == K::optional || out.kind == K::repeated;
  if (holds && out.parts.empty()) return {K::nothing, {}, {}};
  if ((out.kind == K::sequence || out.kind == K::choice) && out.parts.size() == 1) return out.parts.front();
  return out;
}

/// `bound`: stands beside other things, so that a choice wants parentheses.
std::string printed(const Shape& shape, bool bound) {
  const auto joined = [&](std::string_view between, bool each_bound) {
    std::string all;
    for (const Shape& part : shape.parts) all += (all.empty() ? "" : std::string(between)) + printed(part, each_bound);
    return all;
  };
  switch (shape.kind) {
    case K::keyword:
    case K::symbol: return fmt::format("\"{}\"", shape.text);
    case K::token:
    case K::rule: return shape.text;
    case K::sequence: return joined(" ", true);
    case K::choice: return bound ? fmt::format("( {} )", joined(" | ", true)) : joined(" | ", true);
    case K::optional: return fmt::format("[ {} ]", joined(" ", false));
    case K::repeated: return fmt::format("{{ {} }}", joined(" ", false));
    default: return {};
  }
}

/// Broken at blanks, where a line would grow too long.
std::string wrapped(const std::string& text) {
  constexpr std::size_t widest = 96;
  std::string out = "   ";
  std::size_t column = 3;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (column + 1 + end - at > widest) {
      out += "\n     ";
      column = 5;
    }
    out += " " + text.substr(at, end - at);
    column += 1 + end - at;
    at = end + 1;
  }
  return out;
}

void each_rule(const Shape& shape, const std::function<void(const std::string&)>& act) {
  if (shape.kind == K::rule) act(shape.text);
  for (const Shape& part : shape.parts) each_rule(part, act);
}

struct Family {
  std::string title, about;
  std::vector<std::string> roots;
};

/// In the order of the page; a rule stands in the first family that reaches it, expressions and types in theirs.
std::vector<Family> families() {
  return {
      {"Files", "A project is a folder; all its `.lead` files are one program.", {"file"}},
      {"Projects, records, events", "", {"use", "project", "type_alias", "record", "event", "segment", "role", "team"}},
      {"Goals, scores, points", "", {"goal", "score", "points"}},
      {"Channels and contents", "", {"channel", "content"}},
      {"Actions and connectors", "", {"action", "connector"}},
      {"Policies", "", {"policy"}},
      {"Workflows", "", {"workflow"}},
      {"Steps", "", {"step"}},
      {"Tests and simulations", "", {"test", "simulate"}},
      {"Expressions",
       "Loosest first: `or`, `and`, `not`, comparison, `+ -`, `* /`, unary `-`, postfix `.field` and calls. The "
       "compiler climbs these; the grammar reads operands and operators in a row.",
       {"expression"}},
      {"Types", "", {"type"}}};
}

std::string page() {
  Rules rules = grammar_rules();
  for (auto& [name, shape] : rules) shape = bare(shape);
  std::string out =
      "# The grammar\n\nPrinted from the rules in `grammar/rules/`, and checked against them by a test. `{ x }` is any "
      "number of x, "
      "`[ x ]` is\nat most one. `NAME`, `TEXT`, `NUMBER` and the like are tokens; they are described at the end.\n\n"
      "Blanks and comments may stand between any two tokens of a line. A line break ends a clause, unless it follows "
      "`(`,\n"
      "`[`, `{`, a comma or an operator, or the next line begins with `and` or `or`. A comma may stand between the "
      "items "
      "of a\nblock that share a line. A block that is not closed ends where the next declaration begins.\n";
  const std::vector<Family> all = families();
  std::set<std::string> kept;  // begins a family of its own
  for (const Family& family : all) kept.insert(family.roots.begin(), family.roots.end());
  std::set<std::string> done;
  for (const Family& family : all) {
    std::string body;
    std::vector<std::string> queue = family.roots;
    for (std::size_t i = 0; i < queue.size(); ++i) {
      if (!done.insert(queue[i]).second) continue;
      const Shape& shape = rules.at(queue[i]);
      if (shape.kind != K::nothing) body += fmt::format("{} =\n{}\n", queue[i], wrapped(printed(shape, false)));
      each_rule(shape, [&](const std::string& name) {
        if (!kept.contains(name)) queue.push_back(name);
      });
    }
    out += fmt::format("\n## {}\n\n{}{}```ebnf\n{}```\n", family.title, family.about,
                       family.about.empty() ? "" : "\n\n", body);
  }
  out +=
      "\n## Tokens\n\n| token | looks like |\n|---|---|\n| `NAME` | `first_name`: letters, digits and `_`, not one of "
      "the reserved words |\n"
      "| `TEXT` | `\"Hi {contact.first_name or \"there\"}\"`, or over several lines between `\"\"\"`; `{ expression }` "
      "is a hole |\n"
      "| `NUMBER` | `3`, `2_000`, `0.5` |\n| `PERCENT` | `12%` |\n| `MONEY` | `$5`, `€2_000.50`, `£3`, `JPY 500` |\n"
      "| `DURATION` | `90 minutes`, `3 days` |\n| `INSTANT` | `2026-11-23T09:00Z` |\n| `DATE` | `2026-11-23` |\n| "
      "`TIME` | `09:00` |\n\n"
      "Reserved everywhere: `";
  std::string words;
  for (const std::string_view word : reserved_words) words += fmt::format("{}{}", words.empty() ? "" : " ", word);
  return out + words +
         "`. All other words of the language are names too where a name may\nstand; before a `:` a name always wins.\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reference_test)

BOOST_AUTO_TEST_CASE(the_page_is_the_rules) {
  const std::string path = FAIRLEAD_SOURCE_DIR "/docs/reference/grammar.md";
  const std::string made = page();
  if (std::getenv("FAIRLEAD_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << made;
  BOOST_TEST(made == read_text(path),
             "docs/reference/grammar.md is not what the rules say; FAIRLEAD_UPDATE_GOLDEN=1 writes it anew");
}

BOOST_AUTO_TEST_CASE(every_rule_is_on_the_page) {
  const std::string made = page();
  for (const auto& [name, shape] : grammar_rules()) {
    if (bare(shape).kind == K::nothing) continue;
    BOOST_TEST(made.find("\n" + name + " =\n") != std::string::npos, name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::grammar::testing
