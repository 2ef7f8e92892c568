// Expressions and types. An expression is read flat (operand, operator, operand, …); the compiler climbs the
// precedences, so that parsing stays quick and errors point at the operator that is meant.
#pragma once

#include "grammar/rules/tokens.hpp"

namespace fairlead::grammar::rules {

struct expression;

// ---- text ---------------------------------------------------------------------------------------------------------

struct hole : seq<sym<"{">, gap, expression, gap, sym<"}">> {
  static constexpr Kind kind = Kind::hole;
};
struct long_quote : pegtl::string<'"', '"', '"'> {
  static constexpr Kind kind = Kind::quote;
};
struct closing_long_quote : pegtl::string<'"', '"', '"'> {
  static constexpr Kind kind = Kind::quote;
  static constexpr std::string_view label = "the closing quote";
};
struct short_quote : pegtl::one<'"'> {
  static constexpr Kind kind = Kind::quote;
};
struct closing_quote : pegtl::one<'"'> {
  static constexpr Kind kind = Kind::quote;
  static constexpr std::string_view label = "the closing quote";
};
/// `\u{1F600}` whole, so that its brace opens no hole.
struct code_point : seq<pegtl::string<'\\', 'u', '{'>, plus<pegtl::xdigit>, pegtl::one<'}'>> {};
struct short_chunk
    : plus<sor<code_point, seq<pegtl::one<'\\'>, pegtl::not_one<'\n'>>, pegtl::not_one<'"', '{', '\\', '\n'>>> {
  static constexpr Kind kind = Kind::chunk;
};
struct long_chunk : plus<sor<code_point, seq<pegtl::one<'\\'>, pegtl::any>,
                             seq<not_at<pegtl::string<'"', '"', '"'>>, pegtl::not_one<'{', '\\'>>>> {
  static constexpr Kind kind = Kind::chunk;
};
struct text : sor<seq<long_quote, star<sor<long_chunk, hole>>, closing_long_quote>,
                  seq<not_at<long_quote>, short_quote, star<sor<short_chunk, hole>>, closing_quote>> {
  static constexpr Kind kind = Kind::text;
  static constexpr std::string_view label = "a text in quotes";
};

// ---- operands -----------------------------------------------------------------------------------------------------

struct group : seq<sym<"(">, gap, expression, gap, sym<")">> {
  static constexpr Kind kind = Kind::group;
};
struct record_value;
struct list_literal : seq<sym<"[">, gap, opt<listed<sor<record_value, expression>>, maybe<sym<",">>, gap>, sym<"]">> {
  static constexpr Kind kind = Kind::list;
};
/// `last 7 days`, `asset: "x"`, `complained per sent`, `visited where page == "pricing"`
struct argument : sor<seq<kw<"last">, hs, at<pegtl::digit>, duration>,
                      seq<opt<name, hs, sym<":">, gap>, sor<record_value, expression>, maybe<kw<"per">, hs, name>,
                          opt<gap, kw<"where">, gap, expression>>> {
  static constexpr Kind kind = Kind::argument;
};
struct call : seq<name, quiet<sym<"(">>, gap, opt<listed<argument>, maybe<sym<",">>, gap>, sym<")">> {
  static constexpr Kind kind = Kind::call;
};
struct path : seq<name, star<quiet<sym<".">>, name>> {
  static constexpr Kind kind = Kind::path;
};
/// `last(purchased).amount`: what follows the call stands beside it in the expression, so that calls in calls are read
/// once.
struct reach : seq<call, star<quiet<sym<".">>, name>> {};
/// `since last(visited)`
struct since : seq<quiet<kw<"since">>, hs, at<kw<"last">>, call> {
  static constexpr Kind kind = Kind::since;
};
/// `release contact.email because "…"`: what may leave although its label forbids it.
struct release : seq<quiet<kw<"release">>, hs, expression, gap, kw<"because">, hs, text> {
  static constexpr Kind kind = Kind::release;
};
/// An expression that breaks off at the end of its line does not swallow the declaration after it.
struct operand : seq<not_at<declaration_start>,
                     sor<instant, date, time, money, duration, percent, number, text, group, list_literal, kw<"true">,
                         kw<"false">, kw<"none">, since, release, reach, path>> {
  static constexpr std::string_view label = "a value";
};

// ---- operators ----------------------------------------------------------------------------------------------------

struct prefix : star<sor<quiet<kw<"not">>, quiet<sym<"-">>>, gap> {};
struct comparison
    : sor<quiet<sym<"==">>, quiet<sym<"!=">>, quiet<sym<"<=">>, quiet<sym<">=">>, quiet<sym<"<">>, quiet<sym<">">>> {};
/// These may begin a line; the others end one.
struct joining : seq<gap, sor<quiet<kw<"and">>, quiet<kw<"or">>>> {};
struct inline_operator
    : seq<hs, sor<seq<quiet<kw<"is">>, opt<hs, quiet<kw<"not">>>>, quiet<kw<"in">>, quiet<kw<"between">>, comparison,
                  quiet<sym<"+">>, quiet<sym<"-">>, quiet<sym<"*">>, quiet<sym<"/">>>> {};
struct present : seq<hs, quiet<kw<"exists">>> {};
struct expression : seq<prefix, operand, star<sor<present, seq<sor<joining, inline_operator>, gap, prefix, operand>>>> {
  static constexpr Kind kind = Kind::expression;
  static constexpr bool nests = true;
};

// ---- types --------------------------------------------------------------------------------------------------------

struct type;
struct enumeration : seq<name, plus<hs, sym<"|">, gap, name>> {
  static constexpr Kind kind = Kind::enumeration;
};
struct record_type_field : seq<name, hs, sym<":">, gap, type> {
  static constexpr Kind kind = Kind::field;
};
struct record_type : seq<sym<"{">, gap, listed<record_type_field>, gap, sym<"}">> {
  static constexpr Kind kind = Kind::record_type;
};
struct list_type : spaced<kw<"List">, kw<"of">, type> {
  static constexpr Kind kind = Kind::list_type;
};
struct money_type : spaced<kw<"Money">, kw<"in">, name> {};
struct type
    : seq<not_at<declaration_start>,
          sor<seq<sym<"(">, gap, enumeration, gap, sym<")">>, record_type, list_type, money_type, enumeration, name>,
          opt<sym<"?">>> {
  static constexpr Kind kind = Kind::type;
  static constexpr std::string_view label = "a type";
  static constexpr bool nests = true;
};

}  // namespace fairlead::grammar::rules
