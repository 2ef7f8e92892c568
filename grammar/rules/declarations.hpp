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
struct lint_level : sor<kw<"off">, kw<"note">, kw<"warning">, kw<"error">> {
  static constexpr std::string_view label = "a level like `off` or `warning`";
};
struct lint_clause : seq<spaced<kw<"lint">, name, lint_level>, maybe<kw<"because">, hs, text>> {
  static constexpr Kind kind = Kind::clause;
};
struct project : seq<kw<"project">, hs, name, hs, block<sor<zone_clause, currency_clause, project_under, lint_clause>, Where::project>> {
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

// ---- channels and content -----------------------------------------------------------------------------------------

struct channel_to : spaced<kw<"to">, path> {
  static constexpr Kind kind = Kind::clause;
};
struct channel_consent
    : seq<kw<"consent">, hs,
          sor<seq<spaced<kw<"not">, kw<"needed">, kw<"because">, text>>, seq<path, maybe<kw<"withdrawn">, hs, kw<"on">, hs, listed<name>>>>> {
  static constexpr Kind kind = Kind::clause;
};
struct slot_declaration : seq<name, hs, sym<":">, gap, type, maybe<kw<"up">, hs, kw<"to">, hs, number, hs, kw<"characters">>> {
  static constexpr Kind kind = Kind::field;
};
struct channel_content : seq<kw<"content">, hs, block<slot_declaration, Where::slots>> {
  static constexpr Kind kind = Kind::clause;
};
struct channel_reports : spaced<kw<"reports">, listed<name>> {
  static constexpr Kind kind = Kind::clause;
};
struct channel_cost : spaced<kw<"cost">, money> {
  static constexpr Kind kind = Kind::clause;
};
struct channel : seq<kw<"channel">, hs, name, hs, block<sor<channel_to, channel_consent, channel_content, channel_reports, channel_cost>, Where::channel>> {
  static constexpr Kind kind = Kind::channel;
};

struct slot : seq<name, hs, text> {
  static constexpr Kind kind = Kind::slot;
};
struct variant : seq<name, hs, block<slot, Where::texts>> {
  static constexpr Kind kind = Kind::variant;
};
struct parameter : seq<name, hs, sym<":">, gap, type> {
  static constexpr Kind kind = Kind::parameter;
};
struct content : seq<kw<"content">, hs, name, opt<sym<"(">, gap, listed<parameter>, gap, sym<")">>, maybe<kw<"transactional">>, hs,
                     block<variant, Where::content>> {
  static constexpr Kind kind = Kind::content;
};

}  // namespace fairlead::grammar::rules
