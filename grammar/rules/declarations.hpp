// What a project declares beside policies and workflows.
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
struct project_under : spaced<kw<"under">, listed<name>> {
  static constexpr Kind kind = Kind::clause;
};
struct project : seq<kw<"project">, hs, name, hs, block<sor<zone_clause, currency_clause, project_under>, Where::project>> {
  static constexpr Kind kind = Kind::project;
};

// ---- records, events, segments ------------------------------------------------------------------------------------

struct type_alias : seq<kw<"type">, hs, name, hs, sym<"=">, gap, type> {
  static constexpr Kind kind = Kind::type_alias;
};
struct flag : sor<kw<"private">, kw<"sensitive">, kw<"protected">, kw<"zone">, kw<"fixed">> {};
struct field : seq<opt<kw<"key">, hs, not_at<sym<":">>>, name, hs, sym<":">, gap, type, maybe<sym<"=">, gap, expression>, star<hs, flag>> {
  static constexpr Kind kind = Kind::field;
};
struct record : seq<kw<"record">, hs, name, hs, block<field, Where::record>> {
  static constexpr Kind kind = Kind::record;
};
struct event_field : seq<name, hs, sym<":">, gap, type> {
  static constexpr Kind kind = Kind::field;
};
struct event : seq<kw<"event">, hs, name, maybe<block<event_field, Where::event>>> {
  static constexpr Kind kind = Kind::event;
};
struct segment : seq<kw<"segment">, hs, name, hs, sym<"=">, gap, expression> {
  static constexpr Kind kind = Kind::segment;
};

// ---- goals --------------------------------------------------------------------------------------------------------

struct goal_reach : seq<kw<"reach">, hs, name, maybe<kw<"where">, gap, expression>, hs, kw<"within">, hs, duration> {
  static constexpr Kind kind = Kind::clause;
};
struct goal_worth : spaced<kw<"worth">, money> {
  static constexpr Kind kind = Kind::clause;
};
struct goal_share : spaced<sor<kw<"baseline">, kw<"target">, kw<"holdout">>, sor<percent, number>> {
  static constexpr Kind kind = Kind::clause;
};
struct goal : seq<kw<"goal">, hs, name, hs, block<sor<goal_reach, goal_worth, goal_share>, Where::goal>> {
  static constexpr Kind kind = Kind::goal;
};

}  // namespace fairlead::grammar::rules
