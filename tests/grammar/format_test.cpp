// The formatter: golden pairs, and that nothing but blanks ever changes, whatever blanks a file comes with.
#include "grammar/format.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <random>

#include "tests/grammar/corpus.hpp"

namespace fairlead::grammar {

namespace {

using testing::Leaf;

std::string formatted(const std::string& text) {
  const Source source("test.lead", text);
  const std::optional<std::string> out = format(source);
  BOOST_REQUIRE_MESSAGE(out.has_value(), "syntax errors in:\n" << text);
  return *out;
}

enum class Change {
  width,    // other blanks within lines
  anything  // also other lines, and comments where a line may break
};

/// Gives a file other blanks, in ways that keep its meaning.
class Shaker {
 public:
  Shaker(const Source& source, Change change, unsigned seed)
      : source_(source),
        parsed_(parse(source, 0)),
        leaves_(testing::leaves(parsed_.tree)),
        change_(change),
        random_(seed) {}

  std::string shake() {
    std::string out;
    std::uint32_t at = 0;
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
      const std::string_view gap = source_.text({at, leaves_[i].node.begin});
      out += leaves_[i].in_text ? std::string(gap) : shaken(gap, i);
      out += text(i);
      at = leaves_[i].node.end;
    }
    return out + std::string(source_.text({at, static_cast<std::uint32_t>(source_.text().size())}));
  }

 private:
  const Source& source_;
  Parsed parsed_;
  std::vector<Leaf> leaves_;
  Change change_;
  std::mt19937 random_;

  std::string_view text(std::size_t i) const { return source_.text({leaves_[i].node.begin, leaves_[i].node.end}); }
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  std::string blanks(std::size_t least) {
    std::string out(least + random_() % 4, ' ');
    for (char& c : out) {
      if (chance(20)) c = '\t';
    }
    return out;
  }

  /// In the first column a keyword would begin a declaration, so inside of blocks there is always a blank.
  std::string indent(std::size_t i) { return blanks(leaves_[i].parent.kind == Kind::file ? 0 : 1); }

  /// Whether a token may stand on a line of its own after this one: a list, an operand, a joined condition.
  bool may_break_before(std::size_t i) const {
    if (i == 0) return false;
    constexpr std::string_view after[] = {",", "(", "[", "{", "=", "==", "!=", "<", ">", "<=", ">=", "+", "*", "|"};
    const bool follows = leaves_[i - 1].node.kind == Kind::symbol &&
                         std::find(std::begin(after), std::end(after), text(i - 1)) != std::end(after);
    const bool joins = leaves_[i].parent.kind == Kind::expression && (text(i) == "and" || text(i) == "or");
    return follows || joins;
  }

  /// Where the grammar wants tokens to touch.
  bool touches(std::size_t i) const {
    const auto is = [&](std::size_t k, std::string_view s) {
      return leaves_[k].node.kind == Kind::symbol && text(k) == s;
    };
    const Kind parent = leaves_[i].parent.kind;
    if (i == 0 || is(i, ".") || is(i, "?") || is(i - 1, ".")) return true;
    // `+10 when …`: a sign of points and its number.
    if (leaves_[i - 1].parent.kind == Kind::point && (is(i - 1, "+") || is(i - 1, "-"))) return true;
    return is(i, "(") && (parent == Kind::call || parent == Kind::content || parent == Kind::action);
  }

  std::string shaken(std::string_view gap, std::size_t i) {
    if (gap.find("//") != std::string_view::npos) return std::string(gap) + blanks(0);
    if (gap.find('\n') != std::string_view::npos) {
      if (change_ == Change::width) return blanks(0) + std::string(gap) + indent(i);
      std::string out = blanks(0);
      if (chance(5)) out += "// one";
      do {
        out += chance(30) ? "\r\n" : "\n";
        if (chance(5)) out += blanks(0) + "/// two\t \n";
      } while (chance(20));
      return out + indent(i);
    }
    if (touches(i)) return std::string(gap);
    if (change_ == Change::anything && may_break_before(i) && chance(10)) {
      return blanks(0) + (chance(30) ? "// three" : "") + "\n" + indent(i);
    }
    const bool joined = gap.empty() || (leaves_[i - 1].node.kind == Kind::symbol && chance(50));
    return blanks(joined ? 0 : 1);
  }
};

void check_shaken(const Source& source, Change change, unsigned seed) {
  const std::optional<std::string> canonical = format(source);
  BOOST_REQUIRE(canonical.has_value());
  const Source shaken(source.path(), Shaker(source, change, seed).shake());
  const Parsed parsed = parse(shaken, 0);
  BOOST_REQUIRE_MESSAGE(parsed.diagnostics.empty(), source.path() << " shaken with " << seed << ":\n" << shaken.text());
  const Source laid_out(source.path(), lay_out(parsed.tree));
  const Parsed again = parse(laid_out, 0);
  // `format` would hide this by giving back the author's text.
  BOOST_REQUIRE_MESSAGE(again.diagnostics.empty() && same_but_for_blanks(parsed.tree, again.tree),
                        source.path() << " shaken with " << seed << " lost a token:\n"
                                      << laid_out.text());
  BOOST_REQUIRE_MESSAGE(lay_out(again.tree) == laid_out.text(), source.path() << " shaken with " << seed << ", first:\n"
                                                                              << laid_out.text() << "then:\n"
                                                                              << lay_out(again.tree));
  if (change == Change::width) {
    BOOST_REQUIRE_MESSAGE(laid_out.text() == *canonical, source.path() << " shaken with " << seed << ", got:\n"
                                                                       << laid_out.text() << "want:\n"
                                                                       << *canonical);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(format_test)

BOOST_AUTO_TEST_CASE(golden_pairs) {
  const auto inputs = testing::files_below(FAIRLEAD_SOURCE_DIR "/tests/golden/format", ".in.lead");
  BOOST_TEST(inputs.size() >= 12U);
  const bool update = std::getenv("FAIRLEAD_UPDATE_GOLDEN") != nullptr;
  for (const auto& input : inputs) {
    BOOST_TEST_CONTEXT(input.filename().string()) {
      std::string name = input.string();
      name.replace(name.size() - 8, 3, ".out");
      const std::string out = formatted(testing::read_text(input));
      if (update) std::ofstream(name, std::ios::binary) << out;
      BOOST_TEST(out == testing::read_text(name), boost::test_tools::per_element());
      BOOST_TEST(formatted(out) == out);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_line_of_code_is_too_long_where_it_can_break) {
  const std::string out = formatted(testing::read_text(FAIRLEAD_SOURCE_DIR "/tests/golden/format/long_lines.in.lead"));
  const Source source("long_lines", out);
  for (std::uint32_t line = 1; line <= source.lines(); ++line) BOOST_TEST(source.line_text(line).size() <= 100U);
}

BOOST_AUTO_TEST_CASE(long_files_and_long_lines_take_no_longer_than_they_must) {
  std::string sum = "segment s = x";
  std::string fields = "record r {\n";
  for (int i = 0; i < 20'000; ++i) {
    sum += " + x";
    fields += "f" + std::to_string(i % 1000) + ": Text\n";
    if (i % 3 == 0)
      fields +=
          "long_name" + std::to_string(i) + ": { a: Text, b: Text, c: Text, d: Text, e: Text, f: Text, g: Text }\n";
  }
  BOOST_TEST(formatted(sum) == sum + "\n");
  const std::string out = formatted(fields + "}\n");
  BOOST_TEST(formatted(out) == out);
}

BOOST_AUTO_TEST_CASE(syntax_errors_are_refused) {
  BOOST_TEST(!format(Source("x", "event a {")).has_value());
  BOOST_TEST(!format(Source("x", "event a\nevnt b\n")).has_value());
  BOOST_TEST(!format(Source("x", "segment a = " + std::string(100'000, '('))).has_value());
}

BOOST_AUTO_TEST_CASE(differences_beyond_blanks_are_seen) {
  const auto same = [](const std::string& a, const std::string& b) {
    const Source left("a", a);
    const Source right("b", b);
    return same_but_for_blanks(parse(left, 0).tree, parse(right, 0).tree);
  };
  BOOST_TEST(same("event a { x: Text } // c", "event a {\n  x:Text\n}\n// c  \n"));
  BOOST_TEST(same("goal g { reach a within 3  days }", "goal g { reach a within 3 days }"));
  BOOST_TEST(!same("event a", "event b"));
  BOOST_TEST(!same("event a // c", "event a // d"));
  BOOST_TEST(!same("event a // c", "event a"));
  BOOST_TEST(!same("segment s = \"a b\"", "segment s = \"a  b\""));
  BOOST_TEST(!same("event a { x: Text, y: Text }", "event a { x: Text y: Text }"));
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_goes) {
  BOOST_TEST(formatted("\xef\xbb\xbf// c\nevent a") == "// c\nevent a\n");
}

BOOST_AUTO_TEST_CASE(other_blanks_within_lines_give_the_same_text) {
  for (const Source& source : testing::corpus()) {
    for (unsigned seed = 0; seed < 10; ++seed) check_shaken(source, Change::width, seed);
  }
}

BOOST_AUTO_TEST_CASE(any_blanks_and_comments_keep_every_token) {
  for (const Source& source : testing::corpus()) {
    for (unsigned seed = 0; seed < 40; ++seed) check_shaken(source, Change::anything, seed);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::grammar
