// Blocks and recovery. A block reads its items one by one; an item that cannot be read becomes an error node up to the
// end of its line (its own braces included), and the next item is read as if nothing had happened: one mistake,
// one message. A block whose closing brace is missing ends where the next declaration begins in the first column.
#pragma once

#include "grammar/rules/expressions.hpp"
#include "grammar/where.hpp"

namespace fairlead::grammar::rules {

inline constexpr std::string_view declarations[] = {"project", "use",    "type",     "record", "event",  "segment", "goal",     "channel",
                                                    "content", "policy", "workflow", "test",   "simulate", "role",  "team",     "score",
                                                    "points",  "connector", "action", "model"};

/// The first column, and a declaration's keyword followed by its name or text.
struct declaration_start {
  using rule_t = declaration_start;

  template <class Input>
  static bool match(Input& in) {
    if (in.current() != in.begin() && in.current()[-1] != '\n') return false;
    const std::string_view s = rest(in);
    const std::string_view word = identifier(s);
    if (std::find(std::begin(declarations), std::end(declarations), word) == std::end(declarations)) return false;
    std::size_t n = word.size();
    while (n < s.size() && s[n] == ' ') ++n;
    return n > word.size() && n < s.size() && (is_name_start(s[n]) || s[n] == '"');
  }
};

/// Skips what could not be read and records an error node.
template <Where Place>
struct recover {
  using rule_t = recover;
  static constexpr Kind kind = Kind::error;

  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <class...> class Action, template <class...> class Control,
            class Input, class Builder>
  static bool match(Input& in, Builder& builder) {
    const std::string_view s = rest(in);
    if (s.empty() || (Place != Where::declaration && s[0] == '}')) return false;
    builder.begin_error(Place, static_cast<std::uint32_t>(in.current() - in.begin()));
    in.bump(skip(s));
    return true;
  }

 private:
  static bool starts_declaration(std::string_view s) {
    const std::string_view word = identifier(s);
    if (std::find(std::begin(declarations), std::end(declarations), word) == std::end(declarations)) return false;
    const std::string_view after = s.substr(word.size());
    return after.size() > 1 && after[0] == ' ' && (is_name_start(after[1]) || after[1] == '"');
  }

  /// How much of `s` the item that could not be read takes up.
  static std::size_t skip(std::string_view s) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < s.size(); ++i) {
      const char c = s[i];
      if (c == '\n') {
        quoted = false;
        const bool boundary = starts_declaration(s.substr(i + 1));
        if (boundary || (depth == 0 && Place != Where::declaration)) return i;
        continue;
      }
      if (quoted) {
        if (c == '\\') ++i;
        if (c == '"') quoted = false;
        continue;
      }
      if (c == '"') quoted = true;
      if (c == '/' && i + 1 < s.size() && s[i + 1] == '/') {
        while (i + 1 < s.size() && s[i + 1] != '\n') ++i;
        continue;
      }
      if (c == '{') ++depth;
      if (c == '}') {
        if (depth == 0 && Place != Where::declaration) return i;
        if (depth > 0) --depth;
      }
    }
    return s.size();
  }
};

/// The closing brace, or its absence: at the end of the file, or where a declaration begins.
struct missing_close : sor<eof, at<declaration_start>> {
  static constexpr Kind kind = Kind::unclosed;
};
struct close : sor<sym<"}">, missing_close> {};

template <class Item, Where Place>
struct items : star<not_at<sor<sym<"}">, declaration_start>>, sor<Item, recover<Place>>, hs, opt<sym<",">>, gap> {};

template <class Item, Where Place>
struct block : seq<sym<"{">, gap, items<Item, Place>, close> {
  static constexpr Kind kind = Kind::block;
  static constexpr bool nests = true;
};

}  // namespace fairlead::grammar::rules

namespace tao::pegtl {

template <class Name>
struct analyze_traits<Name, fairlead::grammar::rules::declaration_start> : analyze_any_traits<> {};
template <class Name, fairlead::grammar::rules::Where Place>
struct analyze_traits<Name, fairlead::grammar::rules::recover<Place>> : analyze_any_traits<> {};

}  // namespace tao::pegtl
