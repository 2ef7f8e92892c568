// What a project declares first: its settings, its types, records, events and segments, and who works on it.
#pragma once

#include "grammar/rules/blocks.hpp"

namespace fairlead::grammar::rules {

struct use : seq<kw<"use">, hs, path> {
  static constexpr Kind kind = Kind::use;
};

// ---- project ------------------------------------------------------------------------------------------------------

struct zone_clause : spaced<kw<"time">, kw<"zone">, text> {
  static constexpr Kind kind = Kind::clause;
};
struct currency_clause : spaced<kw<"currency">, name> {
  static constexpr Kind kind = Kind::clause;
};
struct project_under : spaced<kw<"under">, item_list<name>> {
  static constexpr Kind kind = Kind::clause;
};
struct lint_level : sor<kw<"off">, kw<"note">, kw<"warning">, kw<"error">> {
  static constexpr std::string_view label = "a level like `off` or `warning`";
};
struct lint_clause : seq<spaced<kw<"lint">, name, lint_level>, maybe<kw<"because">, hs, text>> {
  static constexpr Kind kind = Kind::clause;
};
struct project : seq<kw<"project">, hs, name, hs,
                     block<sor<zone_clause, currency_clause, project_under, lint_clause>, Where::project>> {
  static constexpr Kind kind = Kind::project;
};

// ---- types, records, events, segments -------------------------------------------------------------------------------

struct type_alias : seq<kw<"type">, hs, name, hs, sym<"=">, gap, type> {
  static constexpr Kind kind = Kind::type_alias;
};
struct label : sor<kw<"private">, kw<"sensitive">, kw<"protected">> {};
/// How much of the data must be there, and how old it may be.
struct complete : spaced<kw<"complete">, percent> {
  static constexpr Kind kind = Kind::readiness;
};
struct fresh : spaced<kw<"fresh">, duration> {
  static constexpr Kind kind = Kind::readiness;
};
struct mark : sor<label, kw<"zone">, kw<"fixed">, complete, fresh> {};
struct field : seq<opt<kw<"key">, hs, not_at<sym<":">>>, name, hs, sym<":">, gap, type,
                   maybe<sym<"=">, gap, expression>, star<hs, mark>> {
  static constexpr Kind kind = Kind::field;
};
struct record : seq<kw<"record">, hs, name, hs, block<field, Where::record>> {
  static constexpr Kind kind = Kind::record;
};
struct event_field : seq<name, hs, sym<":">, gap, type, star<hs, label>> {
  static constexpr Kind kind = Kind::field;
};
struct event : seq<kw<"event">, hs, name, maybe<block<event_field, Where::event>>> {
  static constexpr Kind kind = Kind::event;
};
struct segment : seq<kw<"segment">, hs, name, hs, sym<"=">, gap, expression> {
  static constexpr Kind kind = Kind::segment;
};

// ---- colleagues -----------------------------------------------------------------------------------------------------

struct role : seq<kw<"role">, hs, name, hs, block<text, Where::role>> {
  static constexpr Kind kind = Kind::role;
};
struct team_member
    : seq<text, hs, kw<"capacity">, hs, number, hs, kw<"per">, hs, period, maybe<kw<"when">, gap, expression>> {
  static constexpr Kind kind = Kind::member;
};
struct team : seq<kw<"team">, hs, name, hs, block<team_member, Where::team>> {
  static constexpr Kind kind = Kind::team;
};

}  // namespace fairlead::grammar::rules
