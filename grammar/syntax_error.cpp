// From what the rules expected to what a person is told.
#include "grammar/syntax_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace fairlead::grammar {

namespace {

using rules::Where;
using Words = std::vector<std::string_view>;

/// What an item of this place is called, what may begin one, and what the language has but this version has not.
struct Place {
  std::string_view item;
  std::string_view among;
  Words words;
  Words later;
};

const Place& place_of(Where where) {
  static const std::map<Where, Place> places = {
      {Where::declaration,
       {"a declaration",
        "at the top of a file",
        {"project", "use", "type", "record", "event", "segment", "goal", "channel", "content", "policy", "workflow", "test", "simulate"},
        {"role", "team", "score", "points", "connector", "action", "model"}}},
      {Where::project, {"a setting of a project", "in `project`", {"time zone", "currency", "under"}, {"lint"}}},
      {Where::record, {"a field", "in a record", {}, {"complete", "fresh"}}},
      {Where::event, {"a field", "in an event", {}, {}}},
      {Where::goal, {"a clause of a goal", "in `goal`", {"reach", "worth", "baseline", "target", "holdout"}, {"without"}}},
      {Where::channel, {"a clause of a channel", "in `channel`", {"to", "consent", "content", "reports", "cost"}, {}}},
      {Where::slots, {"a slot", "in a channel's content", {}, {}}},
      {Where::content, {"a channel with its texts", "in `content`", {}, {}}},
      {Where::texts, {"a slot with its text", "in a content's channel", {}, {"one", "file", "write"}}},
      {Where::policy, {"a rule", "in `policy`", {"applies to workflow"}, {"require", "allow", "ban", "keep", "default"}}},
      {Where::workflow,
       {"a clause of a workflow",
        "in `workflow`",
        {"owner", "toward", "under", "enter", "leave", "again", "limit", "steps"},
        {"budget", "pause", "rollout", "waive"}}},
      {Where::steps,
       {"a step",
        "in a workflow's steps",
        {"send", "wait", "if", "choose", "set", "stop"},
        {"approve", "do", "let", "assign", "repeat", "for", "allocate", "follow", "split", "plan"}}},
      {Where::options, {"a clause of `choose`", "in `choose`", {"option", "learn from", "explore at least"}, {"forget", "move"}}},
      {Where::test, {"a step of a test", "in `test`", {"given contact", "when", "after", "set", "expect"}, {}}},
      {Where::simulate, {"a line of a simulation", "in `simulate`", {"contacts", "run", "expect"}, {}}},
      {Where::given, {"a field with its value", "here", {}, {}}},
  };
  return places.at(where);
}

/// Words of the language, wherever they stand, that this version does not know yet.
constexpr std::string_view later_anywhere[] = {"best",   "complete", "fresh",   "waivable", "hold",  "share", "require", "allow", "ban", "keep",
                                               "every",  "hand",     "idle",    "require",  "file",  "write", "like",    "one",   "at",  "spend",
                                               "write",  "generated", "messages"};

bool contains(const Words& words, std::string_view word) { return std::find(words.begin(), words.end(), word) != words.end(); }

bool name_char(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// The token at `at`, for quoting: a word, a number, or one character.
Span token_at(std::string_view text, std::uint32_t at) {
  std::uint32_t end = at;
  while (end < text.size() && name_char(text[end])) ++end;
  if (end == at && at < text.size() && text[at] != '\n') {
    ++end;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) ++end;
  }
  return {at, end};
}

/// Past blanks: a token that failed may have failed before them.
std::uint32_t past_blanks(std::string_view text, std::uint32_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

std::string quoted(std::string_view label) {
  const bool prose = label.starts_with("a ") || label.starts_with("an ") || label.starts_with("the ");
  return prose ? std::string(label) : fmt::format("`{}`", label);
}

std::string alternatives(Words words) {
  // Prose (a name, a value) before keywords, keywords before punctuation.
  std::stable_sort(words.begin(), words.end(), [](std::string_view a, std::string_view b) {
    const auto rank = [](std::string_view w) { return w.starts_with("a ") || w.starts_with("the ") ? 0 : name_char(w[0]) ? 1 : 2; };
    return rank(a) < rank(b);
  });
  constexpr std::size_t most = 6;
  if (words.size() > most) words.resize(most);
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += quoted(words[i]);
  }
  return out;
}

Diagnostic not_supported(std::uint32_t file, Span span, std::string_view word) {
  return {Code::not_supported,
          Severity::error,
          fmt::format("`{}` is part of the Fairlead language, but this version does not support it yet", word),
          {file, span, "not supported yet"},
          {},
          "docs/language.md lists what this version reads."};
}

Diagnostic explain(const Tree& tree, const SyntaxError& error, std::uint32_t file) {
  const std::string_view text = tree.source().text();
  const Place& place = place_of(error.place);
  const std::uint32_t at = past_blanks(text, error.furthest);
  const Span span = token_at(text, at);
  const std::string_view found = text.substr(span.begin, span.end - span.begin);
  const Span first = token_at(text, error.begin);
  const std::string_view first_word = text.substr(first.begin, first.end - first.begin);

  const bool at_start = at <= error.begin || (!place.words.empty() && at == first.end && !contains(error.expected, "a name"));
  if (contains(place.later, first_word) && (at_start || at == past_blanks(text, first.end))) return not_supported(file, first, first_word);
  const bool word_found = !found.empty() && name_char(found[0]);
  if (word_found && !contains(error.expected, found) &&
      (contains(place.later, found) || std::find(std::begin(later_anywhere), std::end(later_anywhere), found) != std::end(later_anywhere))) {
    return not_supported(file, span, found);
  }
  if (at <= error.begin && !place.words.empty()) {
    Diagnostic d{Code::unknown_keyword, Severity::error, fmt::format("`{}` is not {}", found, place.item), {file, span, fmt::format("expected {}", place.item)}, {}, ""};
    Words heads;
    for (const std::string_view w : place.words) heads.push_back(w.substr(0, w.find(' ')));
    const std::string_view near = closest(found, heads);
    if (!near.empty()) {
      d.help = fmt::format("Did you mean `{}`?", near);
    } else {
      d.help = fmt::format("{} may begin with {}.", error.place == Where::declaration ? "A file's declarations" : "Items " + std::string(place.among),
                           alternatives(place.words));
      if (place.words.size() > 6) {
        std::string all;
        for (const std::string_view w : place.words) all += fmt::format("{}`{}`", all.empty() ? "" : ", ", w);
        d.help = fmt::format("What may stand {}: {}.", place.among, all);
      }
    }
    return d;
  }
  const std::string what = found.empty() ? (at >= text.size() ? "the end of the file" : "the end of the line") : fmt::format("`{}`", found);
  Diagnostic d{Code::syntax, Severity::error, "", {file, found.empty() ? Span{at, at} : span, ""}, {}, ""};
  if (error.expected.empty()) {
    d.message = fmt::format("{} cannot stand here", what);
    d.primary.text = fmt::format("while reading {}", place.item);
  } else {
    d.message = fmt::format("expected {}, but found {}", alternatives(error.expected), what);
    d.primary.text = fmt::format("expected {}", alternatives({error.expected.front()}));
    if (error.expected.size() > 1) d.primary.text = fmt::format("while reading {}", place.item);
    if (word_found) {
      const std::string_view near = closest(found, error.expected);
      if (!near.empty()) d.help = fmt::format("Did you mean `{}`?", near);
    }
  }
  return d;
}

}  // namespace

std::vector<Diagnostic> explain_errors(const Tree& tree, const std::vector<SyntaxError>& errors, std::uint32_t file) {
  std::vector<Diagnostic> out;
  // Backtracking may have come past a mistake more than once; the last time counts.
  std::unordered_map<std::uint32_t, const SyntaxError*> last_at;
  for (const SyntaxError& error : errors) last_at[error.begin] = &error;
  const auto& nodes = tree.nodes();
  std::uint32_t last_unclosed = 0xffff'ffff;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].kind == Kind::error) {
      const auto found = last_at.find(nodes[i].begin);
      if (found != last_at.end()) out.push_back(explain(tree, *found->second, file));
    } else if (nodes[i].kind == Kind::unclosed && nodes[i].begin != last_unclosed) {
      last_unclosed = nodes[i].begin;
      const auto enclosing = std::find_if(nodes.begin() + i, nodes.end(), [](const TreeNode& n) { return n.kind == Kind::block; });
      const std::uint32_t brace = enclosing == nodes.end() ? nodes[i].begin : enclosing->begin;
      out.push_back({Code::unclosed_block, Severity::error, "this block is not closed", {file, {brace, brace + 1}, "opened here"}, {},
                     "Add a `}` where the block ends."});
    }
  }
  return out;
}

}  // namespace fairlead::grammar
