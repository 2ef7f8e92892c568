// Sentences made up from the rules themselves: whatever the grammar can read, the formatter lays out without losing a
// token, and finds nothing to change in what it laid out.
#include <boost/test/unit_test.hpp>
#include <random>
#include <set>

#include "grammar/format.hpp"
#include "grammar/layout.hpp"
#include "tests/grammar/rule_walk.hpp"

namespace fairlead::grammar::testing {

namespace {

using K = Shape::Kind;

class Author {
 public:
  Author(const Rules& rules, unsigned seed) : rules_(rules), random_(seed) { measure(); }

  std::string file(int declarations) {
    std::string out;
    for (int i = 0; i < declarations; ++i) {
      std::string one;
      // Workflows hold most of the language, and are one declaration of twenty.
      write({K::rule, chance(40) ? "workflow" : "declaration", {}}, one, 0);
      // The first column is where declarations begin.
      out += one.substr(one.find_first_not_of(" \n")) + "\n";
    }
    return out;
  }

 private:
  const Rules& rules_;
  std::mt19937 random_;
  std::map<std::string, std::size_t> least_;  // how deep each rule goes at least

  static constexpr std::size_t endless = 1'000;

  bool chance(unsigned percent) { return random_() % 100 < percent; }
  template <std::size_t N>
  std::string one_of(const char* const (&all)[N]) {
    return all[random_() % N];
  }

  std::size_t least(const Shape& shape) const {
    switch (shape.kind) {
      case K::rule: {
        const auto at = least_.find(shape.text);
        return at == least_.end() ? endless : at->second + 1;
      }
      case K::sequence: {
        std::size_t most = 0;
        for (const Shape& part : shape.parts) most = std::max(most, least(part));
        return most;
      }
      case K::choice: {
        std::size_t out = endless;
        for (const Shape& part : shape.parts) {
          if (part.kind != K::nothing) out = std::min(out, least(part));
        }
        return out;
      }
      default: return 0;
    }
  }
  void measure() {
    for (bool changed = true; changed;) {
      changed = false;
      for (const auto& [name, shape] : rules_) {
        const std::size_t found = least(shape);
        const auto at = least_.find(name);
        if (found < endless && (at == least_.end() || found < at->second)) {
          least_[name] = found;
          changed = true;
        }
      }
    }
  }

  std::string token(const std::string& which) {
    static constexpr const char* names[] = {"alpha", "beta", "gamma_2", "visited", "contact", "_x", "Zeta"};
    static constexpr const char* texts[] = {"\"plain\"", "\"a {contact.plan} b\"", "\"Hi {contact.name or \"there\"}\"",
                                            "\"\"\"\n  long {x}\n  text\n\"\"\"", "\"\\{ \\\" \\u{1F600}\""};
    static constexpr const char* numbers[] = {"3", "2_000", "0.5"};
    static constexpr const char* sums[] = {"$5", "€2_000.50", "£3", "JPY 500"};
    static constexpr const char* durations[] = {"3 days", "1 week", "90 minutes"};
    if (which == "NAME") return one_of(names);
    if (which == "TEXT") return one_of(texts);
    if (which == "NUMBER") return one_of(numbers);
    if (which == "PERCENT") return chance(50) ? "12%" : "0.1%";
    if (which == "MONEY") return one_of(sums);
    if (which == "DURATION") return one_of(durations);
    if (which == "INSTANT") return "2026-11-23T09:00Z";
    if (which == "DATE") return "2026-11-23";
    return "09:00";
  }

  void blank(std::string& out, bool may_break) {
    if (may_break && chance(10)) {
      out += "\n    ";
    } else if (!out.ends_with(' ') && !out.ends_with('\n')) {
      out += ' ';
    }
  }

  void write(const Shape& shape, std::string& out, std::size_t depth) {
    const bool deep = depth > 14;
    switch (shape.kind) {
      case K::keyword:
      case K::symbol: out += shape.text; break;
      case K::token: out += token(shape.text); break;
      case K::rule:
        // It looks ahead for `last`, which is beyond a walk over types.
        if (shape.text == "since") {
          out += "since last(visited)";
        } else if (shape.text == "condition") {
          out += "contact.plan is pro";  // it looks ahead too: for the contact, a function or a parenthesis
        } else {
          write(rules_.at(shape.text), out, depth + 1);
        }
        break;
      case K::sequence:
        for (const Shape& part : shape.parts) write(part, out, depth);
        break;
      case K::choice: {
        std::vector<const Shape*> ways;
        for (const Shape& part : shape.parts) {
          if (part.kind != K::nothing) ways.push_back(&part);
        }
        const Shape* way = ways[random_() % ways.size()];
        if (deep)
          way = *std::min_element(ways.begin(), ways.end(), [&](auto* a, auto* b) { return least(*a) < least(*b); });
        write(*way, out, depth);
        break;
      }
      case K::optional:
        if (!deep && chance(45)) write(shape.parts.front(), out, depth);
        break;
      case K::repeated:
        for (int i = 0; i < 4 && !deep && chance(65); ++i) write(shape.parts.front(), out, depth);
        break;
      case K::space: blank(out, false); break;
      case K::gap: blank(out, true); break;
      case K::line_end: out += "\n  "; break;
      case K::nothing: break;
    }
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(generated_test)

BOOST_AUTO_TEST_CASE(made_up_files_are_read_and_laid_out) {
  const Rules rules = grammar_rules();
  std::size_t read = 0;
  std::size_t all = 0;
  std::set<Kind> kinds;
  for (unsigned seed = 0; seed < 3'000; ++seed) {
    const Source source("made_up.lead", Author(rules, seed).file(2));
    const Parsed parsed = parse(source, 0);
    ++all;
    // Where two rules begin alike, a sentence of one may read as a broken one of the other.
    if (!parsed.diagnostics.empty()) continue;
    ++read;
    for (const TreeNode& node : parsed.tree.nodes()) kinds.insert(node.kind);
    const Source laid_out("laid_out.lead", lay_out(parsed.tree));
    const Parsed again = parse(laid_out, 0);
    BOOST_REQUIRE_MESSAGE(again.diagnostics.empty() && same_but_for_blanks(parsed.tree, again.tree),
                          "seed " << seed << " lost a token:\n"
                                  << source.text() << "\nlaid out:\n"
                                  << laid_out.text());
    BOOST_REQUIRE_MESSAGE(lay_out(again.tree) == laid_out.text(), "seed " << seed << ", first:\n"
                                                                          << laid_out.text() << "then:\n"
                                                                          << lay_out(again.tree));
  }
  BOOST_TEST_MESSAGE(read << " of " << all << " made-up files could be read");
  BOOST_TEST(read * 10 > all * 8);
  // Every kind of node there is, but for those of mistakes.
  for (int k = 0; k <= static_cast<int>(Kind::unclosed); ++k) {
    const Kind kind = static_cast<Kind>(k);
    if (kind == Kind::error || kind == Kind::unclosed) continue;
    BOOST_TEST(kinds.contains(kind), "no made-up file holds a node of kind " << k);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::grammar::testing
