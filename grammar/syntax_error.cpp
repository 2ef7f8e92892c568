// From what the rules expected to what a person is told: first what people often write is recognised, then what is left
// is said in terms of what should have come next.
#include "grammar/syntax_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "grammar/mistake.hpp"

namespace fairlead::grammar {

namespace {

Finding explain(const Mistake& m) {
  using Recogniser = std::optional<Finding> (*)(const Mistake&);
  static constexpr Recogniser recognisers[] = {recognise_text, recognise_number, recognise_notation, recognise_place};
  for (const Recogniser recognise : recognisers) {
    if (auto found = recognise(m)) return std::move(*found);
  }
  return missing_next(m);
}

/// Gathers what is needed to say what is wrong at error node `index`.
Mistake gather(const Tree& tree, std::uint32_t index, const SyntaxError& error, std::uint32_t file) {
  const std::string_view text = tree.source().text();
  const auto& nodes = tree.nodes();
  Mistake m{.text = text, .file = file, .error = error, .place = place_of(error.place), .tokens = {}};
  std::uint32_t from = error.begin;
  if (index > 0 && nodes[index - 1].end <= error.begin && nodes[index - 1].kind != Kind::error) {
    const TreeNode& before = nodes[index - 1];
    const bool same_line = text.substr(before.end, error.begin - before.end).find('\n') == std::string_view::npos;
    const std::string_view last = text.substr(before.begin, before.end - before.begin);
    constexpr std::size_t most = 4'000;
    if (same_line && last != "{" && last.size() < most) {
      from = before.begin;
      m.follows = last != ",";
      if (!m.follows && index > 1 && nodes[index - 2].end <= before.begin &&
          before.begin - nodes[index - 2].begin < most)
        from = nodes[index - 2].begin;
    }
  }
  std::uint32_t offset = error.furthest;
  while (offset < text.size() && (text[offset] == ' ' || text[offset] == '\t' || text[offset] == '\r')) ++offset;
  m.offset = offset;
  std::uint32_t to = std::max(nodes[index].end, std::min(offset, static_cast<std::uint32_t>(text.size())));
  to = static_cast<std::uint32_t>(std::min(text.find('\n', to), text.size()));
  m.tokens = skim(text, {from, to});
  while (m.has(m.item) && m.tokens[m.item].span.end <= error.begin) ++m.item;
  m.at = m.item;
  while (m.has(m.at) && m.tokens[m.at].span.end <= offset) ++m.at;
  m.line_ends = offset >= text.size() || text[offset] == '\n' || text.substr(offset).starts_with("//") ||
                !m.has(m.at) || (m.at > m.item && m.tokens[m.at].breaks && offset <= m.tokens[m.at].span.begin);
  return m;
}

/// The block that was most likely left open, of those within `block`: the first whose end stands further left than the
/// line on which it begins.
std::uint32_t left_open(const Tree& tree, std::uint32_t block) {
  const Source& source = tree.source();
  const auto indent = [&](std::uint32_t offset) {
    const std::string_view line = source.line_text(source.line(offset));
    return std::min(line.find_first_not_of(" \t"), line.size());
  };
  const auto& nodes = tree.nodes();
  for (std::uint32_t i = block + 1 - nodes[block].subtree; i < block; ++i) {
    if (nodes[i].kind != Kind::block || source.line(nodes[i].begin) == source.line(nodes[i].end - 1)) continue;
    const std::string_view end_line = source.line_text(source.line(nodes[i].end - 1));
    const bool alone = end_line.find_first_not_of(" \t") != std::string_view::npos &&
                       end_line[end_line.find_first_not_of(" \t")] == '}';
    if (alone && indent(nodes[i].end - 1) < indent(nodes[i].begin)) return i;
  }
  return block;
}

Diagnostic unclosed(const Tree& tree, std::uint32_t index, std::uint32_t file) {
  const auto& nodes = tree.nodes();
  std::uint32_t block = index;
  while (block < nodes.size() && nodes[block].kind != Kind::block) ++block;
  if (block == nodes.size()) block = index;
  const std::uint32_t open = nodes[block].kind == Kind::block ? left_open(tree, block) : block;
  Diagnostic d{Code::unclosed_block,
               Severity::error,
               "this block is not closed",
               {file, {nodes[open].begin, nodes[open].begin + 1}, "opened here"},
               {},
               "Add a `}` where the block ends."};
  if (open != block)
    d.secondary.push_back({file, {nodes[open].end - 1, nodes[open].end}, "this `}` seems to close a block around it"});
  return d;
}

}  // namespace

std::string_view Mistake::word(std::size_t i) const {
  return has(i) ? text.substr(tokens[i].span.begin, tokens[i].span.end - tokens[i].span.begin) : std::string_view{};
}

bool Mistake::expects(std::string_view label) const {
  return std::find(error.expected.begin(), error.expected.end(), label) != error.expected.end();
}

std::string Mistake::before(std::size_t i) const {
  // As much as fits, from one line, and no more than tells the place.
  constexpr std::size_t most = 36;
  if (i == 0 || i > tokens.size()) return {};
  std::size_t first = i - 1;
  while (first > 0 && i - first < 5 && !tokens[first].breaks &&
         tokens[i - 1].span.end - tokens[first - 1].span.begin <= most && word(first - 1) != "{" &&
         word(first - 1) != "}")
    --first;
  while (first > 0 && (word(first) == "." || word(first - 1) == ".")) --first;
  // Not from the middle of something: no operator, comma or half of a bracket at the front.
  int depth = 0;
  for (std::size_t k = first; k < i; ++k) {
    if (word(k) == "(" || word(k) == "[") ++depth;
    if ((word(k) == ")" || word(k) == "]") && --depth < 0) {
      first = k + 1;
      depth = 0;
    }
  }
  while (first < i && tokens[first].shape == Token::Shape::symbol && !(first + 1 == i)) ++first;
  // One blank where the source has any.
  std::string out;
  for (std::size_t k = first; k < i; ++k) {
    if (k > first && !joined(k - 1)) out += ' ';
    out += word(k);
  }
  if (out.size() > most + 12 || out.find('\n') != std::string::npos) return std::string(word(i - 1)).substr(0, most);
  return out;
}

Diagnostic Mistake::say(Code code, Span where, std::string message, std::string label, std::string help) const {
  while (help.ends_with(' ')) help.pop_back();
  return {code, Severity::error, std::move(message), {file, where, std::move(label)}, {}, std::move(help)};
}

namespace {

struct Said {
  Finding finding;
  std::uint32_t at;      // where the mistake begins
  std::uint32_t region;  // the declaration in which it is, by the line on which it begins
};

/// Where braces or quotes are wrong, the rest of the declaration was read in the wrong blocks: what is said about it
/// would be untrue.
std::vector<Diagnostic> without_followers(std::vector<Said> all) {
  using Harm = Finding::Harm;
  std::vector<Diagnostic> out;
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    while (end < all.size() && all[end].region == all[begin].region) ++end;
    const auto first = [&](Harm harm) {
      std::uint32_t at = 0xffff'ffff;
      for (std::size_t i = begin; i < end; ++i) {
        if (all[i].finding.harm == harm) at = std::min(at, all[i].at);
      }
      return at;
    };
    const std::uint32_t braces = first(Harm::braces);
    const std::uint32_t quotes = first(Harm::quotes);
    // A quote that is missing may well take braces with it, but not the other way round.
    const bool both = braces != 0xffff'ffff && quotes != 0xffff'ffff;
    const std::uint32_t last = both ? quotes : braces;
    for (std::size_t i = begin; i < end; ++i) {
      const Harm harm = all[i].finding.harm;
      const bool follower = all[i].at > last || (both && harm == Harm::braces) || (harm == Harm::closing && i > begin);
      if (!follower) out.push_back(std::move(all[i].finding.diagnostic));
    }
    begin = end;
  }
  return out;
}

/// What is said once is also mended at once: the fix of a repetition becomes a part of the fix of the first.
void join_fix(Diagnostic& first, const Diagnostic& again) {
  if (first.fixes.empty() || again.fixes.empty()) return;
  std::vector<Edit>& edits = first.fixes.front().edits;
  for (const Edit& edit : again.fixes.front().edits) {
    // In the order of the text; what is within an edit that is there already goes with it.
    if (edit.span.begin >= edits.back().span.end && edit != edits.back()) edits.push_back(edit);
  }
  first.fixes.front().mechanical = first.fixes.front().mechanical && again.fixes.front().mechanical;
}

}  // namespace

std::vector<Diagnostic> explain_errors(const Tree& tree, const std::vector<SyntaxError>& errors, std::uint32_t file) {
  // Backtracking may have come past a mistake more than once; the last time counts.
  std::unordered_map<std::uint32_t, const SyntaxError*> last_at;
  for (const SyntaxError& error : errors) last_at[error.begin] = &error;
  const std::string_view text = tree.source().text();
  std::vector<std::uint32_t> declarations{0};
  for (std::uint32_t line = 2; line <= tree.source().lines(); ++line) {
    if (starts_declaration(text.substr(tree.source().line_start(line))))
      declarations.push_back(tree.source().line_start(line));
  }
  const auto region = [&](std::uint32_t at) {
    return *(std::upper_bound(declarations.begin(), declarations.end(), at) - 1);
  };

  std::vector<Said> said;
  const auto& nodes = tree.nodes();
  std::uint32_t last_unclosed = 0xffff'ffff;
  std::string repeats;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].kind == Kind::error) {
      const auto at = last_at.find(nodes[i].begin);
      if (at == last_at.end()) continue;
      Finding found = explain(gather(tree, i, *at->second, file));
      const bool again = !found.repeats.empty() && found.repeats == repeats;
      repeats = found.repeats;
      if (!again) {
        said.push_back({std::move(found), nodes[i].begin, region(nodes[i].begin)});
      } else {
        join_fix(said.back().finding.diagnostic, found.diagnostic);
      }
    } else if (nodes[i].kind == Kind::unclosed && nodes[i].begin != last_unclosed) {
      // Of blocks whose end is missing at the same place only the innermost is reported.
      last_unclosed = nodes[i].begin;
      Finding found{unclosed(tree, i, file), "", Finding::Harm::braces};
      const std::uint32_t at = found.diagnostic.primary.span.begin;
      said.push_back({std::move(found), at, region(at)});
    }
  }
  std::stable_sort(said.begin(), said.end(), [](const Said& a, const Said& b) { return a.at < b.at; });
  return without_followers(std::move(said));
}

}  // namespace fairlead::grammar
