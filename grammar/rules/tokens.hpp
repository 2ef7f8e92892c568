// Tokens, and the gaps between them. Token rules are matched by hand-written functions (a keyword must not end inside a
// longer name; a number must not swallow a date), the rest of the grammar is PEGTL's own rules.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze_traits.hpp>

#include "grammar/skim.hpp"
#include "grammar/tree.hpp"
#include "grammar/vocabulary.hpp"

namespace fairlead::grammar::rules {

namespace pegtl = tao::pegtl;
using pegtl::at;
using pegtl::eof;
using pegtl::not_at;
using pegtl::opt;
using pegtl::plus;
using pegtl::seq;
using pegtl::sor;
using pegtl::star;

// ---- gaps ---------------------------------------------------------------------------------------------------------

struct comment : seq<pegtl::string<'/', '/'>, pegtl::until<at<pegtl::eolf>>> {};
/// Within a line.
struct hs : star<pegtl::one<' ', '\t', '\r'>> {};
/// Across lines, over comments.
struct gap : star<sor<pegtl::one<' ', '\t', '\r', '\n'>, comment>> {};

template <class Rule, class... Rules>
struct spaced : seq<Rule, seq<hs, Rules>...> {};
/// May be there, on the same line.
template <class... Rules>
struct maybe : opt<seq<hs, Rules>...> {};
/// May be there, on the same line or the next.
template <class Rule, class... Rules>
struct further : opt<gap, Rule, seq<hs, Rules>...> {};

// ---- words and symbols --------------------------------------------------------------------------------------------

template <std::size_t N>
struct Literal {
  char text[N]{};
  consteval Literal(const char (&s)[N]) { std::copy_n(s, N, text); }
  [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
};

constexpr bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_name(char c) {
  return is_name_start(c) || is_digit(c);
}

template <class Input>
std::string_view rest(const Input& in) {
  return {in.current(), in.size()};
}

/// The identifier at the start of `s`, or nothing.
constexpr std::string_view identifier(std::string_view s) {
  if (s.empty() || !is_name_start(s[0])) return {};
  std::size_t n = 1;
  while (n < s.size() && is_name(s[n])) ++n;
  return s.substr(0, n);
}

/// A keyword.
template <Literal Text>
struct kw {
  using rule_t = kw;
  static constexpr Kind kind = Kind::word;
  static constexpr std::string_view label = Text.view();

  template <class Input>
  static bool match(Input& in) {
    const std::string_view s = rest(in);
    if (!s.starts_with(Text.view()) || (s.size() > Text.view().size() && is_name(s[Text.view().size()]))) return false;
    in.bump_in_this_line(Text.view().size());
    return true;
  }
};

/// A keyword or a symbol that may nearly always come next: where something is missing, it is not what is missed.
template <class Token>
struct quiet {
  using rule_t = quiet;
  static constexpr Kind kind = Token::kind;

  template <class Input>
  static bool match(Input& in) {
    return Token::match(in);
  }
};

/// Punctuation or an operator.
template <Literal Text>
struct sym {
  using rule_t = sym;
  static constexpr Kind kind = Kind::symbol;
  static constexpr std::string_view label = Text.view();

  template <class Input>
  static bool match(Input& in) {
    const std::string_view s = rest(in);
    if (!s.starts_with(Text.view())) return false;
    // `<` is not the start of `<=`, nor `=` of `==`, nor `-` … of a longer operator.
    constexpr char last = Text.view().back();
    if constexpr (Text.view().size() == 1 && (last == '<' || last == '>' || last == '=')) {
      if (s.size() > 1 && s[1] == '=') return false;
    }
    if constexpr (Text.view() == "/") {
      if (s.size() > 1 && s[1] == '/') return false;
    }
    in.bump_in_this_line(Text.view().size());
    return true;
  }
};

/// A name: an identifier that is not reserved.
struct name {
  using rule_t = name;
  static constexpr Kind kind = Kind::name;
  static constexpr std::string_view label = "a name";

  template <class Input>
  static bool match(Input& in) {
    const std::string_view word = identifier(rest(in));
    if (word.empty() || reserved(word)) return false;
    in.bump_in_this_line(word.size());
    return true;
  }
};

// ---- numbers and what is made of them -----------------------------------------------------------------------------

/// Length of `2_000` or `0.5` at the start of `s`; 0 where there is none.
constexpr std::size_t number_length(std::string_view s) {
  std::size_t n = 0;
  while (n < s.size() && (is_digit(s[n]) || (n > 0 && s[n] == '_'))) ++n;
  if (n == 0) return 0;
  if (n + 1 < s.size() && s[n] == '.' && is_digit(s[n + 1])) {
    ++n;
    while (n < s.size() && (is_digit(s[n]) || s[n] == '_')) ++n;
  }
  return n;
}

constexpr bool shaped(std::string_view s, std::string_view shape) {
  if (s.size() < shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == '9' ? !is_digit(s[i]) : s[i] != shape[i]) return false;
  }
  return true;
}

constexpr bool is_unit(std::string_view word) {
  const std::string_view one = word.ends_with('s') ? word.substr(0, word.size() - 1) : word;
  return one == "second" || one == "minute" || one == "hour" || one == "day" || one == "week";
}

/// Length of the number-like token at the start of `s`, and what it is.
struct Numeral {
  std::size_t length = 0;
  Kind kind = Kind::number;
};

constexpr Numeral numeral(std::string_view s) {
  // Most of what is asked is no numeral at all, which its first byte says.
  if (s.empty() || !(is_digit(s[0]) || s[0] == '$' || (s[0] >= 'A' && s[0] <= 'Z') || s[0] == '\xe2' || s[0] == '\xc2'))
    return {};
  // Money: $5, €5, £5, JPY 500.
  std::size_t sign = 0;
  if (s[0] == '$') sign = 1;
  if (s.starts_with("\xe2\x82\xac")) sign = 3;
  if (s.starts_with("\xc2\xa3")) sign = 2;
  if (sign == 0 && s.size() > 4 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z' && s[2] >= 'A' &&
      s[2] <= 'Z' && s[3] == ' ' && is_digit(s[4])) {
    sign = 4;
  }
  if (sign > 0) {
    const std::size_t n = number_length(s.substr(sign));
    return n == 0 ? Numeral{} : Numeral{sign + n, Kind::money};
  }
  if (!is_digit(s[0])) return {};
  if (shaped(s, "9999-99-99T99:99")) {
    std::size_t n = 16;
    while (n < s.size() && (is_digit(s[n]) || s[n] == ':' || s[n] == '.' || s[n] == '+' || s[n] == 'Z')) ++n;
    return {n, Kind::instant};
  }
  if (shaped(s, "9999-99-99")) return {10, Kind::date};
  if (shaped(s, "99:99:99")) return {8, Kind::time};
  if (shaped(s, "99:99")) return {5, Kind::time};
  const std::size_t n = number_length(s);
  if (n < s.size() && s[n] == '%') return {n + 1, Kind::percent};
  if (n < s.size() && s[n] == ' ') {
    std::size_t spaces = n;
    while (spaces < s.size() && s[spaces] == ' ') ++spaces;
    const std::string_view unit = identifier(s.substr(spaces));
    if (is_unit(unit)) return {spaces + unit.size(), Kind::duration};
  }
  if (n < s.size() && is_name_start(s[n])) return {};  // 3days, 5x: not a number
  return {n, Kind::number};
}

template <Kind Which>
struct literal {
  using rule_t = literal;
  static constexpr Kind kind = Which;
  static constexpr std::string_view label = Which == Kind::money      ? "a sum of money like `$5`"
                                            : Which == Kind::duration ? "a duration like `3 days`"
                                            : Which == Kind::percent  ? "a percentage like `12%`"
                                            : Which == Kind::time     ? "a time of day like `09:00`"
                                            : Which == Kind::number   ? "a number"
                                                                      : "";

  template <class Input>
  static bool match(Input& in) {
    const Numeral found = numeral(rest(in));
    if (found.length == 0 || found.kind != Which) return false;
    in.bump_in_this_line(found.length);
    return true;
  }
};

using number = literal<Kind::number>;
using percent = literal<Kind::percent>;
using money = literal<Kind::money>;
using duration = literal<Kind::duration>;
using instant = literal<Kind::instant>;
using date = literal<Kind::date>;
using time = literal<Kind::time>;

/// The first column, and a declaration's keyword followed by its name or text.
struct declaration_start {
  using rule_t = declaration_start;

  template <class Input>
  static bool match(Input& in) {
    return (in.current() == in.begin() || in.current()[-1] == '\n') && starts_declaration(rest(in));
  }
};

// ---- quantities that several rules take -----------------------------------------------------------------------------

struct share : sor<percent, number> {
  static constexpr std::string_view label = "a share like `5%`";
};
struct period : sor<duration, kw<"second">, kw<"minute">, kw<"hour">, kw<"day">, kw<"week">, kw<"month">> {
  static constexpr std::string_view label = "a period like `7 days` or `month`";
};

// ---- lists --------------------------------------------------------------------------------------------------------

template <class Rule>
struct listed : seq<Rule, star<hs, sym<",">, gap, Rule>> {};

/// A list at the end of an item of a block. A comma may end the item as well, as between any two on one line:
/// `from contact.country, bands hot, cold`. So it goes on only where what follows stands by itself.
/// `Further` may follow the list in its item.
template <class Rule, class... Further>
struct item_list
    : seq<Rule, star<hs, sym<",">, gap, Rule, at<hs, sor<Further..., pegtl::one<',', '}', '\n'>, comment, eof>>>> {};

}  // namespace fairlead::grammar::rules

namespace tao::pegtl {

// For analyze(): hand-written tokens always consume.
template <class Name, fairlead::grammar::rules::Literal Text>
struct analyze_traits<Name, fairlead::grammar::rules::kw<Text>> : analyze_any_traits<> {};
template <class Name, fairlead::grammar::rules::Literal Text>
struct analyze_traits<Name, fairlead::grammar::rules::sym<Text>> : analyze_any_traits<> {};
template <class Name, class Token>
struct analyze_traits<Name, fairlead::grammar::rules::quiet<Token>> : analyze_any_traits<> {};
template <class Name>
struct analyze_traits<Name, fairlead::grammar::rules::declaration_start> : analyze_any_traits<> {};
template <class Name>
struct analyze_traits<Name, fairlead::grammar::rules::name> : analyze_any_traits<> {};
template <class Name, fairlead::grammar::Kind Which>
struct analyze_traits<Name, fairlead::grammar::rules::literal<Which>> : analyze_any_traits<> {};

}  // namespace tao::pegtl
