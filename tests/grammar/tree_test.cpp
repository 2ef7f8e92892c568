// The tree and the parser: lossless on what is right, calm about what is not.
#include "grammar/tree.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <random>

#include "tests/grammar/corpus.hpp"

namespace fairlead::grammar {

namespace {

using testing::Leaf;

/// Blanks and comments only.
bool is_gap(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("//")) {
      i = text.find('\n', i);
      if (i == std::string_view::npos) return true;
    } else if (std::string_view(" \t\r\n").find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

/// Every tree, right or wrong: nodes lie inside their parents, in order, and the root is the file.
bool well_formed(const Tree& tree) {
  const auto& nodes = tree.nodes();
  if (nodes.empty() || nodes.back().kind != Kind::file || nodes.back().subtree != nodes.size()) return false;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].begin > nodes[i].end || nodes[i].end > tree.source().text().size()) return false;
    std::uint32_t at = nodes[i].begin;
    for (const Node& child : Node(tree, i).children()) {
      if (child.span().begin < at || child.span().end > nodes[i].end) return false;
      at = child.span().end;
    }
  }
  return true;
}

Parsed check(const Source& source) {
  Parsed parsed = parse(source, 0);
  BOOST_REQUIRE_MESSAGE(well_formed(parsed.tree), "a broken tree of:\n" << source.text().substr(0, 5000));
  const auto& nodes = parsed.tree.nodes();
  const bool broken = std::any_of(nodes.begin(), nodes.end(),
                                  [](const TreeNode& n) { return n.kind == Kind::error || n.kind == Kind::unclosed; });
  BOOST_REQUIRE_MESSAGE(!broken || !parsed.diagnostics.empty(), "no diagnostic for:\n"
                                                                    << source.text().substr(0, 5000));
  return parsed;
}

double seconds_for(const std::string& text) {
  const auto start = std::chrono::steady_clock::now();
  const Source source("test.lead", text);
  check(source);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

// Debug builds and sanitizers on a busy machine are slow; what this is to catch is quadratic time and worse.
constexpr double patience = 60;  // seconds

}  // namespace

BOOST_AUTO_TEST_SUITE(tree_test)

BOOST_AUTO_TEST_CASE(the_grammar_always_moves_on) {
  BOOST_TEST(grammar_problems() == 0U);
}

BOOST_AUTO_TEST_CASE(tokens_and_gaps_give_back_the_source) {
  for (const Source& source : testing::corpus()) {
    BOOST_TEST_CONTEXT(source.path()) {
      const Parsed parsed = check(source);
      BOOST_TEST(parsed.diagnostics.empty());
      std::string again;
      std::uint32_t at = 0;
      for (const Leaf& leaf : testing::leaves(parsed.tree)) {
        const std::string_view gap = source.text({at, leaf.node.begin});
        BOOST_TEST(is_gap(gap), "tokens hidden in " << gap);
        again += gap;
        again += source.text({leaf.node.begin, leaf.node.end});
        BOOST_TEST(leaf.node.begin < leaf.node.end);
        at = leaf.node.end;
      }
      const std::string_view rest = source.text().substr(at);
      BOOST_TEST(is_gap(rest));
      BOOST_TEST(again + std::string(rest) == source.text());
    }
  }
}

BOOST_AUTO_TEST_CASE(every_prefix_parses) {
  for (const Source& source : testing::corpus()) {
    if (source.path().ends_with(".out.lead")) continue;  // much the same as what it came from
    for (std::size_t size = 0; size < source.text().size(); ++size) {
      check(Source(source.path(), std::string(source.text().substr(0, size))));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_file_without_one_of_its_tokens_parses) {
  for (const Source& source : testing::corpus()) {
    if (source.path().ends_with(".out.lead")) continue;
    const Parsed whole = parse(source, 0);
    for (const Leaf& leaf : testing::leaves(whole.tree)) {
      std::string text(source.text());
      text.erase(leaf.node.begin, leaf.node.end - leaf.node.begin);
      check(Source(source.path(), text));
    }
  }
}

BOOST_AUTO_TEST_CASE(nesting_without_end_is_refused) {
  constexpr std::size_t deep = 100'000;
  const std::string steps = "workflow w for contact { steps {\n";
  const std::string bombs[] = {
      "segment s = " + repeated("(", deep),
      "segment s = " + repeated("[", deep),
      "segment s = " + repeated("f(", deep),
      "segment s = " + repeated("f(a: ", deep),
      "segment s = " + repeated("\"{", deep),
      "segment s = " + repeated("\"\"\"{", deep),
      "segment s = " + repeated("(", deep) + "x" + repeated(")", deep),
      "segment s = " + repeated("\"{", deep) + "x" + repeated("}\"", deep),
      "type t = " + repeated("List of ", deep),
      "type t = " + repeated("{ a: ", deep),
      "test \"t\" { given contact " + repeated("{ a: ", deep),
      steps + repeated("if x { ", deep),
      steps + repeated("if x { ", deep) + repeated("}", deep),
      steps + repeated("if x { } else ", deep),
      steps + repeated("wait up to 1 day for a { ", deep),
      steps + repeated("choose c { option a { ", deep),
      steps + repeated("split c { variant a 50% { ", deep),
      steps + repeated("plan p { play a { ", deep),
      steps + repeated("repeat up to 2 times every 1 day { ", deep),
      steps + repeated("for each campaign { ", deep),
      steps + repeated("approve by legal up to 1 day { ", deep),
      "segment s = " + repeated("release ", deep),
      "segment s = " + repeated("f({ a: [", deep),
      "segment s = " + repeated("last(x where ", deep),
  };
  for (const std::string& bomb : bombs) {
    BOOST_TEST_CONTEXT(bomb.substr(0, 60)) {
      const Source source("bomb.lead", bomb);
      const Parsed parsed = parse(source, 0);
      BOOST_REQUIRE(parsed.diagnostics.size() == 1U);
      BOOST_TEST((parsed.diagnostics[0].code == Code::too_deep));
      BOOST_TEST(seconds_for(bomb) < patience);
    }
  }
}

BOOST_AUTO_TEST_CASE(braces_without_end_are_no_trouble) {
  BOOST_TEST(seconds_for(repeated("{", 100'000)) < patience);
  BOOST_TEST(seconds_for(repeated("}", 100'000)) < patience);
  BOOST_TEST(seconds_for("record r " + repeated("{", 100'000)) < patience);
  BOOST_TEST(seconds_for("segment s = " + repeated("not ", 100'000) + "x") < patience);
  BOOST_TEST(seconds_for("segment s = x" + repeated(" and x", 100'000)) < patience);
}

BOOST_AUTO_TEST_CASE(no_way_of_nesting_doubles_the_time_with_every_level) {
  // Alternatives that begin alike would be read again at every level: 2 to the 24th is out of anyone's patience.
  constexpr std::size_t levels = 24;
  const std::string steps = "workflow w for contact {\n  steps {\n";
  const std::pair<std::string, std::string> ways[] = {{"(", ")"},
                                                      {"[", "]"},
                                                      {"f(", ")"},
                                                      {"f(a: ", ")"},
                                                      {"f({ a: ", " })"},
                                                      {"[{ a: ", " }]"},
                                                      {"release ", " because \"y\""},
                                                      {"-", ""},
                                                      {"\"{", "}\""}};
  for (const auto& [open, close] : ways) {
    const std::string text = "segment s = " + repeated(open, levels) + "x" + repeated(close, levels) + "\n";
    BOOST_TEST_CONTEXT(text.substr(0, 60)) {
      const Source source("deep.lead", text);
      BOOST_TEST(parse(source, 0).diagnostics.empty());
      BOOST_TEST(seconds_for(text) < 1);
      // Unfinished, every level fails.
      BOOST_TEST(seconds_for("segment s = " + repeated(open, levels) + "\n") < 1);
    }
  }
  for (const char* open : {"if x { ", "if x { } else { ", "wait up to 1 day for a { ", "choose c { option a { ",
                           "split c { variant a 50% { ", "plan p { play a { ", "repeat up to 2 times every 1 day { ",
                           "for each campaign { ", "approve by legal up to 1 day { "}) {
    BOOST_TEST_CONTEXT(open) {
      BOOST_TEST(seconds_for(steps + repeated(open, levels)) < 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_nested_as_people_nest_is_read) {
  const Source source("x", "segment s = " + repeated("(", 40) + "x" + repeated(")", 40) + "\n");
  BOOST_TEST(parse(source, 0).diagnostics.empty());
}

BOOST_AUTO_TEST_CASE(one_mistake_one_message) {
  const Source source("x", "record r {\n  a: Text\n  b; Text\n  c: Number\n}\nevent e {\n  d: }\n}\nevent f\n");
  const Parsed parsed = parse(source, 0);
  BOOST_REQUIRE(parsed.diagnostics.size() >= 2U);
  BOOST_TEST(source.line(parsed.diagnostics[0].primary.span.begin) == 3U);
  BOOST_TEST(source.line(parsed.diagnostics[1].primary.span.begin) == 7U);
  BOOST_TEST(parsed.tree.root().children(Kind::event).size() == 2U);
}

BOOST_AUTO_TEST_CASE(ten_megabytes_of_junk_parse_in_seconds) {
  constexpr std::size_t size = 10'000'000;
  std::mt19937 random(7);  // NOLINT: the same junk each time
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  BOOST_TEST(seconds_for(bytes) < patience);
  // Words of the language in no order.
  constexpr std::string_view words[] = {
      "workflow w for contact {", "{", "}", "\n", "if ", "send ", "\"", "(", "record r {", "a: ", "Text", ","};
  std::string soup;
  while (soup.size() < size) soup += words[random() % std::size(words)];
  BOOST_TEST(seconds_for(soup) < patience);
  BOOST_TEST(seconds_for("segment s = \"" + std::string(size, 'x')) < patience);
  BOOST_TEST(seconds_for("segment s = \"\"\"" + std::string(size, '\n')) < patience);
}

BOOST_AUTO_TEST_CASE(a_mistake_on_every_line_is_no_trouble) {
  constexpr std::size_t lines = 100'000;
  BOOST_TEST(seconds_for("record r {\n" + repeated("junk on a line\n", lines)) < patience);
  BOOST_TEST(seconds_for(repeated("record r {\n", lines)) < patience);
  BOOST_TEST(seconds_for(repeated("event e { a: \n", lines)) < patience);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::grammar
