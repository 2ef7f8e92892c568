// Walks the PEGTL rules as types: to print them as a grammar for people, and to make up sentences of the language.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "grammar/rules/file.hpp"

namespace fairlead::grammar::testing {

namespace pegtl = tao::pegtl;
namespace in = tao::pegtl::internal;

/// What a rule is made of, without its C++ type.
struct Shape {
  enum class Kind : std::uint8_t {
    sequence,
    choice,
    optional,
    repeated,  // any number of times
    keyword,   // a word of the language
    symbol,
    token,     // a name, a number, …: `text` says which
    rule,      // a rule with a name of its own: `text`
    space,     // blanks within a line
    gap,       // blanks and line breaks
    line_end,  // what parts the items of a block
    nothing,   // looks ahead, or recovers: takes no part in what is written
  };
  Kind kind = Kind::nothing;
  std::string text;
  std::vector<Shape> parts;
};

/// Every named rule that has been reached, by its name.
using Rules = std::map<std::string, Shape>;

template <class Rule>
Shape shape_of(Rules& rules);

/// The name of a rule that is a plain struct of the grammar; empty for templates and for PEGTL's own.
template <class Rule>
std::string name_of() {
  constexpr std::string_view home = "fairlead::grammar::rules::";
  const std::string_view full = pegtl::demangle<Rule>();
  if (!full.starts_with(home) || full.find('<') != std::string_view::npos) return {};
  return std::string(full.substr(home.size()));
}

template <class... Rules_>
std::vector<Shape> shapes_of(Rules& rules) {
  return {shape_of<Rules_>(rules)...};
}

template <class Rule>
struct Composite {
  static Shape shape(Rules&) { return {Shape::Kind::nothing, {}, {}}; }
};
template <class... R>
struct Composite<in::seq<R...>> {
  static Shape shape(Rules& rules) { return {Shape::Kind::sequence, {}, shapes_of<R...>(rules)}; }
};
template <class... R>
struct Composite<in::sor<R...>> {
  static Shape shape(Rules& rules) { return {Shape::Kind::choice, {}, shapes_of<R...>(rules)}; }
};
template <class R>
struct Composite<in::opt<R>> {
  static Shape shape(Rules& rules) { return {Shape::Kind::optional, {}, shapes_of<R>(rules)}; }
};
template <class R>
struct Composite<in::star<R>> {
  static Shape shape(Rules& rules) { return {Shape::Kind::repeated, {}, shapes_of<R>(rules)}; }
};
template <class R>
struct Composite<in::plus<R>> {
  static Shape shape(Rules& rules) {
    Shape once = shape_of<R>(rules);
    return {Shape::Kind::sequence, {}, {once, {Shape::Kind::repeated, {}, {once}}}};
  }
};

template <class Item, rules::Where Place>
struct Composite<rules::items<Item, Place>> {
  static Shape shape(Rules& rules) {
    return {Shape::Kind::repeated,
            {},
            {{Shape::Kind::sequence, {}, {shape_of<Item>(rules), {Shape::Kind::line_end, {}, {}}}}}};
  }
};
template <class Rule>
inline constexpr bool is_items = false;
template <class Item, rules::Where Place>
inline constexpr bool is_items<rules::items<Item, Place>> = true;

template <class Rule>
struct Leaf_ {
  static constexpr bool leaf = false;
};
template <rules::Literal Text>
struct Leaf_<rules::kw<Text>> {
  static constexpr bool leaf = true;
  static Shape shape() { return {Shape::Kind::keyword, std::string(Text.view()), {}}; }
};
template <rules::Literal Text>
struct Leaf_<rules::sym<Text>> {
  static constexpr bool leaf = true;
  static Shape shape() { return {Shape::Kind::symbol, std::string(Text.view()), {}}; }
};
template <class Token>
struct Leaf_<rules::quiet<Token>> : Leaf_<Token> {};
template <Kind Which>
struct Leaf_<rules::literal<Which>> {
  static constexpr bool leaf = true;
  static Shape shape() {
    static constexpr std::pair<Kind, const char*> names[] = {
        {Kind::number, "NUMBER"},   {Kind::percent, "PERCENT"}, {Kind::money, "MONEY"}, {Kind::duration, "DURATION"},
        {Kind::instant, "INSTANT"}, {Kind::date, "DATE"},       {Kind::time, "TIME"}};
    for (const auto& [kind, name] : names) {
      if (kind == Which) return {Shape::Kind::token, name, {}};
    }
    return {Shape::Kind::token, "?", {}};
  }
};

template <class Rule>
Shape shape_of(Rules& rules) {
  using namespace rules;  // NOLINT: the grammar's names are what this is about
  if constexpr (Leaf_<Rule>::leaf) {
    return Leaf_<Rule>::shape();
  } else if constexpr (std::is_same_v<Rule, hs>) {
    return {Shape::Kind::space, {}, {}};
  } else if constexpr (std::is_same_v<Rule, gap>) {
    return {Shape::Kind::gap, {}, {}};
  } else if constexpr (std::is_same_v<Rule, fairlead::grammar::rules::name>) {
    return {Shape::Kind::token, "NAME", {}};
  } else if constexpr (std::is_same_v<Rule, fairlead::grammar::rules::text>) {
    return {Shape::Kind::token, "TEXT", {}};
  } else if constexpr (std::is_same_v<Rule, close>) {
    return {Shape::Kind::symbol, "}", {}};
  } else {
    if constexpr (is_items<Rule>) return Composite<Rule>::shape(rules);
    if constexpr (Leaf_<typename Rule::rule_t>::leaf) return Leaf_<typename Rule::rule_t>::shape();
    const std::string known = name_of<Rule>();
    if (known.empty()) return Composite<typename Rule::rule_t>::shape(rules);
    if (!rules.contains(known)) {
      rules.emplace(known, Shape{});
      Shape made = Composite<typename Rule::rule_t>::shape(rules);
      rules[known] = std::move(made);
    }
    return {Shape::Kind::rule, known, {}};
  }
}

/// The whole grammar. What looks ahead or recovers is `nothing`.
inline Rules grammar_rules() {
  Rules rules;
  shape_of<fairlead::grammar::rules::file>(rules);
  return rules;
}

}  // namespace fairlead::grammar::testing
