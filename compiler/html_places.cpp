// Where in HTML a hole stands, and what may stand there.
#include "compiler/html_places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace fairlead::compiler {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
bool is_letter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}
template <std::size_t N>
bool among(const std::string_view (&all)[N], std::string_view word) {
  return std::find(std::begin(all), std::end(all), word) != std::end(all);
}

/// Whose content is not HTML.
constexpr std::string_view raw_elements[] = {"script",  "style",    "xmp",      "iframe",
                                             "noembed", "noframes", "noscript", "plaintext"};
/// Whose content is text without tags.
constexpr std::string_view title_elements[] = {"title", "textarea"};
/// What loads, runs or redirects something: their attributes are the author's alone.
constexpr std::string_view fixed_elements[] = {"script", "style",  "link",  "meta",   "base",  "iframe",
                                               "frame",  "object", "embed", "applet", "param", "portal"};
/// Attributes that hold text, a number or a name. Any other might hold code that nobody here knows of.
constexpr std::string_view text_attributes[] = {
    "abbr",        "align",  "alt",    "axis",    "bgcolor",  "border", "cellpadding", "cellspacing", "char",
    "class",       "color",  "cols",   "colspan", "datetime", "dir",    "face",        "for",         "headers",
    "height",      "hspace", "id",     "label",   "lang",     "max",    "maxlength",   "min",         "name",
    "placeholder", "role",   "rows",   "rowspan", "scope",    "size",   "span",        "start",       "summary",
    "tabindex",    "title",  "valign", "value",   "vspace",   "width"};
/// Attributes that hold one web address.
constexpr std::string_view address_attributes[] = {"action", "background", "cite",   "formaction",
                                                   "href",   "longdesc",   "poster", "src"};

HtmlHole refused(std::string where, std::string help) {
  return {HtmlHole::Kind::refused, std::move(where), std::move(help)};
}

}  // namespace

void HtmlPlaces::read(std::string_view html) {
  for (const char c : html) step(c);
}

void HtmlPlaces::begin_attribute(char c) {
  attribute_ = std::string(1, lower(c));
  address_ = {};
  state_ = State::attribute_name;
}

void HtmlPlaces::end_tag() {
  state_ = State::data;
  const bool foreign = tag_ == "svg" || tag_ == "math";
  if (closing_) {
    if (foreign && foreign_ > 0) --foreign_;
  } else if (foreign) {
    if (!slash_) ++foreign_;
  } else if (foreign_ == 0 && among(raw_elements, tag_)) {
    state_ = State::raw;
  } else if (foreign_ == 0 && among(title_elements, tag_)) {
    state_ = State::title;
  }
  seen_.clear();
}

/// Only the element's own end tag ends what is no HTML.
void HtmlPlaces::in_raw(char c) {
  const std::string end = "</" + tag_;
  if (seen_ == end && (is_blank(c) || c == '/' || c == '>')) {
    closing_ = true;
    state_ = State::before_attribute;
    seen_.clear();
    step(c);
  } else if (seen_.size() < end.size() && lower(c) == end[seen_.size()]) {
    seen_ += lower(c);
  } else {
    seen_ = c == '<' ? "<" : "";
  }
}

void HtmlPlaces::step(char c) {
  const auto again = [&](State state) {
    state_ = state;
    step(c);
  };
  switch (state_) {
    case State::data:
      if (c == '<') state_ = State::tag_open;
      return;
    case State::tag_open:
      if (c == '!' || c == '/' || c == '?') {
        seen_.clear();
        state_ = c == '!' ? State::markup : c == '/' ? State::end_tag_open : State::bogus_comment;
      } else if (is_letter(c)) {
        tag_ = std::string(1, lower(c));
        closing_ = slash_ = false;
        state_ = State::tag_name;
      } else {
        again(State::data);
      }
      return;
    case State::end_tag_open:
      if (is_letter(c)) {
        tag_ = std::string(1, lower(c));
        closing_ = true;
        state_ = State::tag_name;
      } else {
        state_ = c == '>' ? State::data : State::bogus_comment;
      }
      return;
    case State::tag_name:
      if (is_blank(c) || c == '/' || c == '>') return again(State::before_attribute);
      tag_ += lower(c);
      return;
    case State::before_attribute:
      if (c == '>') return end_tag();
      slash_ = c == '/';
      if (!is_blank(c) && c != '/') begin_attribute(c);
      return;
    case State::attribute_name:
      if (is_blank(c) || c == '/' || c == '>') return again(State::after_attribute_name);
      if (c == '=') {
        state_ = State::before_value;
      } else {
        attribute_ += lower(c);
      }
      return;
    case State::after_attribute_name:
      if (is_blank(c)) return;
      if (c == '=') {
        state_ = State::before_value;
      } else {
        again(State::before_attribute);
      }
      return;
    case State::before_value:
      if (is_blank(c)) return;
      if (c == '>') return end_tag();
      state_ = c == '"' ? State::double_quoted : c == '\'' ? State::single_quoted : State::unquoted;
      return;
    case State::double_quoted:
    case State::single_quoted:
      if (c == (state_ == State::double_quoted ? '"' : '\'')) {
        state_ = State::after_value;
      } else {
        address_.read({&c, 1});
      }
      return;
    case State::unquoted:
      if (is_blank(c) || c == '>') again(State::before_attribute);
      return;
    case State::after_value: return again(State::before_attribute);
    case State::markup:
      seen_ += c;
      if (seen_ == "-") return;
      if (seen_ == "--") {
        seen_.clear();
        state_ = State::comment;
      } else {
        again(State::bogus_comment);
      }
      return;
    case State::comment: {
      seen_ += c;
      const std::string_view seen = seen_;
      if (seen == ">" || seen == "->" || seen.ends_with("-->") || seen.ends_with("--!>")) state_ = State::data;
      return;
    }
    case State::bogus_comment:
      if (c == '>') state_ = State::data;
      return;
    case State::raw:
    case State::title: return in_raw(c);
  }
}

HtmlHole HtmlPlaces::hole() {
  switch (state_) {
    case State::data:
      if (foreign_ == 0) return {HtmlHole::Kind::text, "", ""};
      return refused("in a drawing or a formula", "Put it before the `<svg>` or `<math>`, or behind its end.");
    case State::title:
      if (seen_.empty()) return {HtmlHole::Kind::title, "", ""};
      return refused("directly after a `<`", "Write the sign itself as `&lt;`.");
    case State::tag_open:
    case State::end_tag_open:
    case State::markup:
    case State::tag_name:
      return refused("in the name of a tag", "Write the tag out. A `<` that should be seen is written `&lt;`.");
    case State::before_attribute:
    case State::attribute_name:
    case State::after_attribute_name:
    case State::after_value:
      return refused("in a tag, outside of an attribute's quotes",
                     "Write the attribute out, and put the hole between its quotes: `alt=\"{{ … }}\"`.");
    case State::before_value:
    case State::unquoted:
      return refused(fmt::format("in the attribute `{}` without quotes", attribute_),
                     fmt::format("Put quotes round the value: `{}=\"…\"`.", attribute_));
    case State::double_quoted:
    case State::single_quoted: return in_value();
    case State::comment:
    case State::bogus_comment:
      return refused("in a comment", "Nobody reads a comment. Remove the hole, or write `\\{{` for its braces.");
    case State::raw:
      return tag_ == "script" ? refused("in a script",
                                        "Put the value into an attribute, like `data-plan=\"{{ … }}\"`, and let the "
                                        "script read it there.")
             : tag_ == "style"
                 ? refused("in a style sheet", "Give the element a class, and choose it there: `class=\"{{ … }}\"`.")
                 : refused(fmt::format("in `<{}>`", tag_), "Put it into an element whose content is HTML.");
  }
  return refused("here", "");
}

HtmlHole HtmlPlaces::in_value() {
  const std::string_view name = attribute_;
  const auto in_attribute = [&] { return fmt::format("in the attribute `{}`", name); };
  if (foreign_ > 0 || among(fixed_elements, tag_))
    return refused(fmt::format("in a tag `<{}>`", tag_),
                   "What such a tag does has to be fixed: write its attributes out.");
  if (name.starts_with("on"))
    return refused(fmt::format("in `{}`, which is a script", name),
                   "Put the value into an attribute, like `data-plan=\"{{ … }}\"`, and let the script read it there.");
  if (name == "style")
    return refused(in_attribute(), "Give the element a class, and choose it there: `class=\"{{ … }}\"`.");
  if (among(address_attributes, name)) {
    switch (address_.hole()) {
      case AddressPlace::Hole::whole: return {HtmlHole::Kind::address, "", ""};
      case AddressPlace::Hole::part: return {HtmlHole::Kind::part, "", ""};
      case AddressPlace::Hole::open: break;
    }
    return refused("where it could change where a link leads",
                   "Begin with a fixed address of http, https or mailto, up to the `/` after its host: "
                   "`href=\"https://acme.example/{{ … }}\"`.");
  }
  if (name.starts_with("data-") || name.starts_with("aria-") || among(text_attributes, name))
    return {HtmlHole::Kind::attribute, "", ""};
  return refused(in_attribute(),
                 "Values may stand in attributes that hold text, like `alt`, `title` and `class`, or an "
                 "address, like `href` and `src`.");
}

}  // namespace fairlead::compiler
