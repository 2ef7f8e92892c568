// What should have stood where something else stands: a bracket, a comma, another word, another place.
#include <fmt/format.h>

#include <algorithm>

#include "grammar/mistake.hpp"

namespace fairlead::grammar {

using rules::Where;
using Shape = Token::Shape;
using Words = std::vector<std::string_view>;

std::string lower(std::string_view word) {
  std::string out(word);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  return out;
}

std::string_view meant(std::string_view word, Words candidates) {
  std::erase_if(candidates, [](std::string_view w) {
    return w.find(' ') != std::string_view::npos || !is_word_char(w.empty() ? ' ' : w[0]);
  });
  const std::string small = lower(word);
  const auto same = std::find(candidates.begin(), candidates.end(), small);
  return same != candidates.end() ? *same : closest(small, candidates);
}

std::string written_like(std::string_view form) {
  return form.empty() ? "" : fmt::format("It is written like `{}`.", form);
}

std::string_view form_here(const Mistake& m) {
  if (m.error.place == Where::policy) {
    for (std::size_t i = m.at; i > m.head(); --i) {
      const std::string_view word = m.word(i - 1);
      if (word == "limit") return "frequency: limit messages to 4 per 7 days per contact";
      if (word == "otherwise") return "otherwise defer up to 12 hours";
      if (word == "because") return "because \"ePrivacy Directive art. 13\"";
      if (word == "when") return "no_consent: forbid send when channel.consent is not given";
    }
  }
  const std::string_view form = form_of(m.place, m.word(m.head()));
  if (m.error.place == Where::steps && m.word(m.head()) == "wait") {
    if (m.word(m.head() + 1) == "up") return "wait up to 3 days for clicked of welcome { … } otherwise { … }";
    if (m.word(m.head() + 1) == "until") return "wait until 09:00";
  }
  if (m.error.place == Where::steps && m.word(m.head()) == "for")
    return "for clicked of welcome where link exists as click { … }";
  if (m.error.place == Where::test && m.word(m.head() + 1) == "nothing") return "expect nothing sent";
  if (m.error.place == Where::texts && m.word(m.head() + 1) == "one")
    return "subject one of { plain \"…\", urgent \"…\" }";
  if (m.error.place == Where::texts && m.word(m.head() + 1) == "write")
    return "body write with copywriter { prompt \"…\", otherwise \"…\" }";
  return form.empty() && !m.place.free_form.empty() ? m.place.free_form : form;
}

namespace {

std::string quoted(std::string_view label) {
  const bool prose = label.starts_with("a ") || label.starts_with("an ") || label.starts_with("the ");
  return prose ? std::string(label) : fmt::format("`{}`", label);
}

std::string alternatives(const Words& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += quoted(words[i]);
  }
  return out;
}

/// What may come next, without what may nearly always come.
Words wanted(const SyntaxError& error) {
  Words out;
  for (const std::string_view label : error.expected) {
    if (label != "?" && label != "," && label != "|" && label != "(" && label != "=") out.push_back(label);
  }
  if (out.empty()) out = error.expected;
  // Prose (a name, a value) before keywords, keywords before punctuation.
  std::stable_sort(out.begin(), out.end(), [](std::string_view a, std::string_view b) {
    const auto rank = [](std::string_view w) {
      return w.starts_with("a ") || w.starts_with("the ") ? 0 : is_word_char(w[0]) ? 1 : 2;
    };
    return rank(a) < rank(b);
  });
  return out;
}

// ---- brackets, commas and braces ----------------------------------------------------------------------------------

std::optional<Finding> bracket(const Mistake& m) {
  const std::string_view found = m.word(m.at);
  // A bracket whose other end comes later on the line wants a comma rather than its end.
  int depth = 1;
  for (std::size_t i = m.at; i < m.tokens.size() && (i == m.at || !m.tokens[i].breaks) && depth > 0; ++i) {
    if (m.word(i) == "(" || m.word(i) == "[") ++depth;
    if (m.word(i) == ")" || m.word(i) == "]") --depth;
  }
  if ((m.expects(")") || m.expects("]")) &&
      !(depth == 0 && m.expects(",") && !m.line_ends && m.has(m.at) &&
        (m.is(m.at, Shape::word) || m.is(m.at, Shape::number) || m.is(m.at, Shape::text)))) {
    // The innermost that is open before the place of failure.
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < m.at && i < m.tokens.size(); ++i) {
      if (m.word(i) == "(" || m.word(i) == "[") open.push_back(i);
      if ((m.word(i) == ")" || m.word(i) == "]") && !open.empty()) open.pop_back();
    }
    if (open.empty() || m.expects("a value") || m.expects("a name")) return std::nullopt;
    const std::string_view opener = m.word(open.back());
    const std::string_view closer = opener == "(" ? ")" : "]";
    Diagnostic d = m.say(Code::syntax, m.tokens[open.back()].span, fmt::format("this `{}` is not closed", opener),
                         "opened here", m.at > 0 ? fmt::format("Add `{}` after `{}`.", closer, m.before(m.at)) : "");
    const std::uint32_t end = m.at > 0 ? m.tokens[m.at - 1].span.end : m.offset;
    const Span where = m.line_ends || !m.has(m.at) ? Span{end, end} : m.tokens[m.at].span;
    d.secondary.push_back(
        {m.file, where, fmt::format("`{}` is missing {}", closer, m.line_ends ? "here" : "before this")});
    return Finding{std::move(d), ""};
  }
  if (found == ")" || found == "]")
    return Finding{m.say(Code::syntax, m.tokens[m.at].span, fmt::format("this `{}` closes nothing", found),
                         "nothing is open", "Remove it."),
                   ""};
  if (found == "}" && m.at_start()) {
    return Finding{m.say(Code::syntax, m.tokens[m.at].span, "this `}` closes nothing", "no block is open here",
                         "Remove it, or look above for a block that was closed too early."),
                   "", Finding::Harm::closing};
  }
  return std::nullopt;
}

std::optional<Finding> comma(const Mistake& m) {
  if (m.line_ends || !m.has(m.at) || !m.expects(",") || m.at == 0) return std::nullopt;
  const bool item = m.is(m.at, Shape::word) || m.is(m.at, Shape::number) || m.is(m.at, Shape::text);
  if (!item || !form_of(m.place, m.word(m.at)).empty() || !meant(m.word(m.at), m.error.expected).empty())
    return std::nullopt;
  // Two values side by side: in a condition an operator is missing, in a list of named values a colon.
  if (!m.is(m.at, Shape::word) && m.is(m.at - 1, Shape::word)) {
    bool condition = false;
    for (std::size_t i = m.head(); i < m.at; ++i) {
      condition = m.word(i) == "where" || m.word(i) == "when" || m.word(i) == "if" || (condition && m.word(i) != "(");
    }
    return Finding{m.say(Code::syntax, m.tokens[m.at].span,
                         fmt::format("`{}` does not belong after `{}`", m.word(m.at), m.before(m.at)),
                         condition ? "write `==` before this" : "write `:` before this",
                         condition ? "Values are compared with `==`, `!=`, `<`, `>` and the like."
                                   : "A value is given by name, with a colon between."),
                   ""};
  }
  return Finding{m.say(Code::syntax, m.tokens[m.at].span, fmt::format("a comma is missing before `{}`", m.word(m.at)),
                       "write `,` before this", ""),
                 ""};
}

/// The line before ended in a comma or an operator, so this one was read as a part of it.
std::optional<Finding> carried_on(const Mistake& m) {
  std::size_t line = m.follows || !m.has(m.at) ? m.item : m.at;
  const std::size_t least = m.follows ? 0 : m.item;
  while (line > least && line < m.tokens.size() && !m.tokens[line].breaks) --line;
  if (line == least || !m.has(line)) return std::nullopt;
  // Inside of an item only what looks like the next one shows that this was not meant to go on.
  const std::string_view begins = m.word(line);
  const bool next = !form_of(m.place, begins).empty() || m.word(line + 1) == ":" ||
                    (m.error.place == Where::simulate && (begins == "sent" || begins == "arrival"));
  if (!m.follows && !next) return std::nullopt;
  const std::string_view last = m.word(line - 1);
  if (m.is(line - 1, Shape::word)
          ? last != "and" && last != "or" && last != "not" && last != "is" && last != "in" && last != "between"
          : !m.is(line - 1, Shape::symbol) || last == "}" || last == ")" || last == "]" || last == "?")
    return std::nullopt;
  return Finding{m.say(Code::syntax, m.tokens[line - 1].span,
                       fmt::format("after `{}` something is still to come, but the line ends", last),
                       "something is missing after this",
                       last == "," ? "Remove the comma, or write what follows it." : written_like(form_here(m))),
                 ""};
}

/// A line goes on after its item has ended.
std::optional<Finding> run_on(const Mistake& m) {
  if (!m.follows || m.item == 0) return std::nullopt;
  // A word after a field is read as the name of the next, which then has no colon.
  const bool field =
      m.at == m.item + 1 && m.expects(":") && !m.place.free_form.empty() &&
      std::all_of(m.error.expected.begin(), m.error.expected.end(), [](std::string_view e) { return e == ":"; });
  if (!m.at_start() && !field) return std::nullopt;
  if (field) {
    const std::string_view flag = closest(m.word(m.item), {"private", "sensitive", "protected", "zone", "fixed"});
    return Finding{
        m.say(Code::syntax, m.tokens[m.item].span,
              fmt::format("`{}` does not belong after `{}`", m.word(m.item), m.before(m.item)), "not expected here",
              m.error.place == Where::record && !flag.empty() ? fmt::format("Did you mean `{}`?", flag)
              : m.error.place == Where::policy
                  ? written_like(form_here(m))
                  : "Values to choose from are set apart with `|`, like `free | pro`. The next field stands on a line "
                    "of its own."),
        ""};
  }
  const std::string_view found = m.word(m.at);
  if (found == "where" && m.word(m.head()) == "reach") return missing_next(m);
  const std::string_view near = m.is(m.at, Shape::word) ? meant(found, m.error.expected) : std::string_view{};
  Diagnostic d = m.say(Code::syntax, m.tokens[m.at].span,
                       fmt::format("`{}` does not belong after `{}`", found, m.before(m.at)), "not expected here", "");
  if (!near.empty()) {
    d.help = fmt::format("Did you mean `{}`?", near);
  } else if (found == "then" || found == "and" || found == "next") {
    d.help = "Leave it out, and begin what follows on a line of its own.";
  } else if (m.word(m.head()) == "wait" && (found == "for" || m.word(m.at - 1) == "for")) {
    d.help = "To wait for an event, write `wait up to 3 days for clicked { … } otherwise { … }`.";
  } else if (m.word(m.head()) == "send" && m.is(m.at, Shape::word)) {
    d.help = "A message is sent like `send welcome by email`: the content first, the channel after `by`.";
  } else if (!form_of(m.place, found).empty() || !form_of(m.place, lower(found)).empty()) {
    d.help = "Begin it on a line of its own.";
  } else if (m.expects("|")) {
    d.help = "Values to choose from are set apart with `|`, like `free | pro`.";
  } else {
    d.help = written_like(form_here(m));
  }
  return Finding{std::move(d), ""};
}

// ---- inside of an item --------------------------------------------------------------------------------------------

/// What should have come next.
}  // namespace

Finding missing_next(const Mistake& m) {
  Words next = wanted(m.error);
  // What follows a rule on its line is hardly the name of another.
  const bool tail = m.follows && m.error.place == Where::policy && next.size() > 1;
  if (tail) std::erase(next, ":");
  if (m.error.place == Where::simulate && m.word(m.item) == "leads") {
    return {m.say(Code::syntax, m.tokens[m.item].span, "it is not said what leads to this", "what does?",
                  written_like(m.place.free_form)),
            ""};
  }
  const std::uint32_t end = m.at > 0 && m.at <= m.tokens.size() ? m.tokens[m.at - 1].span.end : m.offset;
  const Span gap{end, end};
  const std::string before = m.before(m.at);
  const std::string_view form = form_here(m);
  const std::string_view found = m.word(m.at);
  const bool stops = m.line_ends || !m.has(m.at);
  if (m.error.place == Where::steps && m.word(m.head()) == "wait" && m.at == m.head() + 1 && stops) {
    return {m.say(Code::syntax, gap, "this `wait` does not say for how long", "the line ends here",
                  "Write it like `wait 3 days`, `wait until 09:00`, or `wait up to 3 days for clicked of welcome { … } "
                  "otherwise { … }`."),
            ""};
  }
  const std::string_view head = m.word(m.head());
  if ((found == "where" && (head == "for" || head == "reach")) || (found == "of" && head == "for")) {
    return {m.say(Code::syntax, m.tokens[m.at].span, fmt::format("`{}` comes earlier than this", found), "too late",
                  written_like(head == "reach" ? "reach purchased where amount > $100 within 60 days" : form)),
            ""};
  }
  const bool brace = m.expects("{");
  if (!stops && m.is(m.at, Shape::word)) {
    if (const std::string_view near = meant(found, m.error.expected); !near.empty() && near != found) {
      return {m.say(Code::unknown_keyword, m.tokens[m.at].span,
                    fmt::format("`{}` is not expected after `{}`", found, before),
                    fmt::format("did you mean `{}`?", near), written_like(form)),
              ""};
    }
  }
  if (before.empty() || m.at == 0) {
    if (stops)
      return {m.say(Code::syntax, gap, fmt::format("{} is missing here", m.place.item), "", written_like(form)), ""};
    return {m.say(Code::syntax, m.tokens[m.at].span, fmt::format("{} should stand here, not `{}`", m.place.item, found),
                  fmt::format("expected {}", m.place.item), written_like(form)),
            ""};
  }
  if (brace && (stops || found == "}" || next.size() == 1 || next.front() == "{")) {
    if (!stops && m.word(m.at + 1) == "{") {
      return {m.say(Code::syntax, m.tokens[m.at].span,
                    fmt::format("`{}` does not belong between `{}` and its `{{`", found, before), "not expected here",
                    fmt::format("Remove it. {}", written_like(form))),
              ""};
    }
    return {m.say(Code::syntax, stops ? gap : m.tokens[m.at].span, fmt::format("`{{` is missing after `{}`", before),
                  stops ? "a block should begin here" : "a block should begin before this", written_like(form)),
            "", Finding::Harm::braces};
  }
  if (m.expects(":") && !tail && (next.size() == 1 || stops)) {
    return {m.say(Code::syntax, stops ? gap : m.tokens[m.at].span,
                  fmt::format("the colon is missing after `{}`", m.word(m.at - 1)),
                  stops ? "write `:` here" : "write `:` before this", written_like(form)),
            ""};
  }
  const bool single = next.size() == 1 && !next.front().starts_with("a ") && !next.front().starts_with("the ");
  if (single) {
    return {m.say(Code::syntax, stops ? gap : m.tokens[m.at].span,
                  fmt::format("`{}` is missing after `{}`", next.front(), before),
                  fmt::format("write `{}` {}", next.front(), stops ? "here" : "before this"), written_like(form)),
            ""};
  }
  if (next.empty() || next.size() > 6) {
    if (stops)
      return {m.say(Code::syntax, gap, fmt::format("something is missing after `{}`", before), "the line ends here",
                    written_like(form)),
              ""};
    return {m.say(Code::syntax, m.tokens[m.at].span, fmt::format("`{}` does not belong after `{}`", found, before),
                  "not expected here", written_like(form)),
            ""};
  }
  if (stops) {
    return {m.say(Code::syntax, gap, fmt::format("after `{}` comes {}, but the line ends", before, alternatives(next)),
                  "the line ends here", written_like(form)),
            ""};
  }
  return {m.say(Code::syntax, m.tokens[m.at].span,
                fmt::format("after `{}` comes {}, not `{}`", before, alternatives(next), found), "not expected here",
                written_like(form)),
          ""};
}

std::optional<Finding> recognise_place(const Mistake& m) {
  for (const auto recognise : {carried_on, recognise_beginning, bracket, comma, recognise_unknown, run_on}) {
    if (auto found = recognise(m)) return found;
  }
  return std::nullopt;
}

}  // namespace fairlead::grammar
