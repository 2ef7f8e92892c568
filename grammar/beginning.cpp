// Where an item begins: words that may stand elsewhere but not here, and words that nothing begins with.
#include <fmt/format.h>

#include <algorithm>

#include "grammar/mistake.hpp"

namespace fairlead::grammar {

using rules::Where;
using Shape = Token::Shape;
using Words = std::vector<std::string_view>;

namespace {

/// What people call it who know other programs.
std::string_view known_elsewhere(std::string_view word, const Place& place) {
  struct Other {
    std::string_view found, meant;
  };
  static constexpr Other all[] = {
      {"mail", "send"},         {"email", "send"},       {"message", "send"},     {"notify", "send"},
      {"delay", "wait"},        {"sleep", "wait"},       {"exit", "stop"},        {"end", "stop"},
      {"update", "set"},        {"unless", "if"},        {"trigger", "enter"},    {"start", "enter"},
      {"on", "enter"},          {"exit", "leave"},       {"unenroll", "leave"},   {"goal", "toward"},
      {"reenter", "again"},     {"cap", "limit"},        {"audience", "segment"}, {"list", "segment"},
      {"campaign", "workflow"}, {"journey", "workflow"}, {"flow", "workflow"},    {"email", "content"},
      {"message", "content"},   {"template", "content"}, {"contact", "record"},   {"metric", "goal"},
      {"rule", "policy"},       {"import", "use"},       {"include", "use"},      {"enum", "type"},
      {"then", "expect"},       {"assert", "expect"},    {"wait", "after"},       {"people", "contacts"},
      {"variant", "option"},    {"branch", "option"},    {"timezone", "time"},    {"price", "cost"}};
  for (const Other& other : all) {
    if (other.found == word && !form_of(place, other.meant).empty()) return other.meant;
  }
  return {};
}

Words heads(const Place& place) {
  Words out;
  for (const Form& form : place.forms) out.push_back(form.word.substr(0, form.word.find(' ')));
  return out;
}

}  // namespace

std::optional<Finding> recognise_beginning(const Mistake& m) {
  const std::string_view found = m.word(m.item);
  const bool free = !m.place.free_form.empty();
  if (m.follows || !m.is(m.item, Shape::word)) return std::nullopt;
  const Span span = m.tokens[m.item].span;
  if (m.error.place == Where::steps && m.at_start() && (found == "otherwise" || found == "for")) {
    return Finding{
        m.say(Code::misplaced, span, fmt::format("`{}` belongs to a `wait up to`, and there is none before it", found),
              "no `wait up to` before this",
              "It is written like `wait up to 3 days for clicked of welcome { … } otherwise { … }`."),
        ""};
  }
  if (m.error.place == Where::steps && m.at_start() && found == "else") {
    return Finding{m.say(Code::misplaced, span, "`else` belongs to an `if`, and there is none before it",
                         "no `if` before this", "It is written like `if contact.plan is pro { … } else { … }`."),
                   ""};
  }
  if (m.error.place == Where::policy && (found == "forbid" || found == "limit") && m.at == m.item + 1) {
    return Finding{m.say(Code::syntax, span, "this rule has no name", "a name and a colon are missing before this",
                         fmt::format("Reports call a rule by its name. Write `my_rule: {} …`.", found)),
                   "no name"};
  }
  if (m.error.place == Where::content && m.at == m.item + 1 && m.is(m.at, Shape::text)) {
    return Finding{
        m.say(Code::misplaced, span, fmt::format("`{}` stands outside of any channel", found), "on which channel?",
              "Put the texts into the block of a channel: `email { subject \"…\" body \"…\" }`."),
        "no channel"};
  }
  if (m.expects(":") && m.line_ends && m.at == m.item + 1 && m.item > 1 && m.word(m.item - 1) == ",") {
    return Finding{m.say(Code::syntax, span, fmt::format("`{}` is not {}", found, m.place.item), "no colon follows",
                         "Values to choose from are set apart with `|`, like `free | pro`."),
                   ""};
  }
  // In a record, a word and another word: only the head of a declaration is surely no field.
  const bool declaration = !form_of(place_of(Where::declaration), found).empty() && m.error.place != Where::declaration;
  if (!m.at_start() &&
      !(free && declaration && m.at == m.item + 1 && m.is(m.at, Shape::word) && m.tokens[m.item].breaks))
    return std::nullopt;
  if (m.at_start() && !form_of(m.place, found).empty()) return std::nullopt;
  if (free && !declaration) return std::nullopt;
  const ::fairlead::grammar::Place* home = other_home(found, m.error.place);
  if (home == nullptr) return std::nullopt;
  const std::string_view help = m.error.place == Where::options && home->item == "a step"
                                    ? "In `choose`, steps stand in an option: `option NAME { … }`."
                                    : home->home;
  return Finding{
      m.say(Code::misplaced, span, fmt::format("`{}` is {}, and cannot stand {}", found, home->item, m.place.among),
            "not here", std::string(help)),
      fmt::format("misplaced {}", home->item)};
}

std::optional<Finding> recognise_unknown(const Mistake& m) {
  const std::string_view found = m.word(m.item);
  if (m.follows || m.place.forms.empty()) return std::nullopt;
  // Where an item may begin with any name, a word that was meant for a keyword shows only at the next token.
  const bool second = m.at == m.item + 1 && !m.place.free_form.empty() && form_of(m.place, found).empty();
  if (!m.at_start() && !second) return std::nullopt;
  std::string_view near = m.is(m.item, Shape::word) ? known_elsewhere(lower(found), m.place) : std::string_view{};
  if (near.empty() && m.is(m.item, Shape::word)) near = meant(found, heads(m.place));
  if (second && near.empty()) return std::nullopt;
  Diagnostic d = m.say(Code::unknown_keyword, m.tokens[m.item].span, fmt::format("`{}` is not {}", found, m.place.item),
                       fmt::format("expected {}", m.place.item), "");
  if (!near.empty()) {
    d.help = fmt::format("Did you mean `{}`? {}", near, written_like(form_of(m.place, near)));
    // `timezone` becomes `time zone`, where one form alone begins with `time`.
    std::string_view whole = near;
    const auto begins = [&](const Form& form) { return form.word.starts_with(fmt::format("{} ", near)); };
    const auto form = std::find_if(m.place.forms.begin(), m.place.forms.end(), begins);
    if (form != m.place.forms.end() && std::none_of(form + 1, m.place.forms.end(), begins) &&
        m.word(m.item + 1) != form->word.substr(near.size() + 1))
      whole = form->word;
    d.mend(m.tokens[m.item].span, std::string(whole), same_word(found, near) ? Sure::yes : Sure::no);
  } else {
    std::string all;
    for (const Form& form : m.place.forms) all += fmt::format("{}`{}`", all.empty() ? "" : ", ", form.word);
    d.help = fmt::format("What may stand {}: {}.", m.place.among, all);
    if (!m.place.free_form.empty()) d.help += fmt::format(" Or: `{}`.", m.place.free_form);
  }
  return Finding{std::move(d), ""};
}

}  // namespace fairlead::grammar
