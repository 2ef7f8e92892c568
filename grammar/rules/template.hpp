// A template: a text of its own file, HTML or plain, with holes written `{{ expression }}`. `\{{` stands for two
// braces.
#pragma once

#include "grammar/rules/expressions.hpp"
#include "grammar/where.hpp"

namespace fairlead::grammar::rules {

/// Length of what comes before the next hole; the braces of `\{{` open none.
inline std::size_t before_hole(std::string_view s) {
  std::size_t at = 0;
  while ((at = s.find("{{", at)) != std::string_view::npos) {
    if (at == 0 || s[at - 1] != '\\') return at;
    at += 2;
  }
  return s.size();
}

struct template_chunk {
  using rule_t = template_chunk;
  static constexpr Kind kind = Kind::chunk;

  template <class Input>
  static bool match(Input& in) {
    const std::size_t length = before_hole(rest(in));
    if (length > 0) in.bump(length);
    return length > 0;
  }
};

struct template_hole : seq<sym<"{{">, gap, expression, gap, sym<"}}">> {
  static constexpr Kind kind = Kind::hole;
};

/// A hole that cannot be read: up to its end, or, where it has none, to the next.
struct skip_hole {
  using rule_t = skip_hole;
  static constexpr Kind kind = Kind::error;

  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <class...> class Action,
            template <class...> class Control, class Input, class Builder>
  static bool match(Input& in, Builder& builder) {
    const std::string_view s = rest(in);
    builder.begin_error(Where::texts, static_cast<std::uint32_t>(in.current() - in.begin()));
    const std::size_t next = std::min(s.find("{{", 2), s.size());
    const std::size_t end = s.find("}}");
    in.bump(end < next ? end + 2 : next);
    return true;
  }
};

struct template_file
    : seq<opt<pegtl::utf8::bom>, star<not_at<eof>, sor<template_chunk, template_hole, skip_hole>>, eof> {
  static constexpr Kind kind = Kind::file;
};

}  // namespace fairlead::grammar::rules

namespace tao::pegtl {

template <class Name>
struct analyze_traits<Name, fairlead::grammar::rules::template_chunk> : analyze_any_traits<> {};
template <class Name>
struct analyze_traits<Name, fairlead::grammar::rules::skip_hole> : analyze_any_traits<> {};

}  // namespace tao::pegtl
