// Policies: what may never happen, what needs somebody's word, and how often what may.
#pragma once

#include "grammar/rules/declarations.hpp"

namespace fairlead::grammar::rules {

// ---- what a rule is about -------------------------------------------------------------------------------------------

struct by_only : spaced<kw<"by">, name> {
  static constexpr Kind kind = Kind::recipient_channel;
};
struct by_any : spaced<kw<"by">, listed<name>> {
  static constexpr Kind kind = Kind::recipient_channel;
};
struct rule_do : spaced<kw<"do">, name> {};
/// What goes out of a workflow.
struct effect : sor<kw<"send">, kw<"spend">, kw<"publish">, kw<"retract">, kw<"write">, rule_do> {
  static constexpr Kind kind = Kind::effect;
  static constexpr std::string_view label =
      "an effect: `send`, `spend`, `publish`, `retract`, `write` or `do` with an action";
};
struct rule_hours : spaced<kw<"between">, time, kw<"and">, time> {
  static constexpr Kind kind = Kind::clause;
};
struct rule_when : seq<kw<"when">, gap, expression> {
  static constexpr Kind kind = Kind::clause;
};
struct under_conditions : star<gap, sor<rule_hours, rule_when>> {};
struct role_approval : spaced<kw<"approval">, kw<"by">, name> {};

// ---- the verbs ------------------------------------------------------------------------------------------------------

struct forbid_deciding : spaced<kw<"deciding">, kw<"on">, label> {};
struct forbid_sending : spaced<kw<"sending">, label, kw<"to">, listed<name>> {};
struct forbid_rule
    : seq<kw<"forbid">, hs, sor<forbid_deciding, forbid_sending, seq<effect, maybe<by_any>, under_conditions>>> {};
struct allow_rule : seq<kw<"allow">, hs, effect, maybe<by_any>, under_conditions> {};

struct per_whom : spaced<kw<"per">, sor<kw<"contact">, kw<"project">>> {};
struct workflow_share : spaced<name, number> {
  static constexpr Kind kind = Kind::share;
};
struct shares : seq<quiet<sym<",">>, gap, kw<"share">, hs, listed<workflow_share>> {};
struct limit_messages : seq<kw<"messages">, maybe<by_any>, hs, kw<"to">, hs, number, hs, kw<"per">, hs, period,
                            maybe<per_whom>, maybe<shares>> {};
struct limit_spend
    : seq<kw<"spend">, maybe<by_any>, hs, kw<"to">, hs, money, hs, kw<"per">, hs, period, maybe<per_whom>> {};
struct limit_moves : spaced<kw<"weight">, kw<"moves">, kw<"to">, share, kw<"per">, period> {};
struct limit_rule : seq<kw<"limit">, hs, sor<limit_messages, limit_spend, limit_moves>> {};

struct before_generated : spaced<kw<"sending">, kw<"generated">> {
  static constexpr Kind kind = Kind::effect;
};
struct require_approval
    : seq<role_approval, hs, kw<"before">, hs, sor<before_generated, effect>, maybe<by_any>, under_conditions> {};
struct required_holdout : seq<kw<"holdout">, maybe<kw<"of">, hs, kw<"at">, hs, kw<"least">, hs, share>> {};
struct require_goal : spaced<kw<"goal">, kw<"with">, listed<sor<kw<"baseline">, kw<"target">, required_holdout>>> {};
struct require_explore : spaced<kw<"every">, kw<"choose">, kw<"to">, kw<"explore">, kw<"at">, kw<"least">, share> {};
struct require_data : spaced<kw<"data">, kw<"ready">> {};
struct require_words : spaced<sor<name, text>, kw<"in">, listed<name>> {};
struct require_rule
    : seq<kw<"require">, hs, sor<require_approval, require_goal, require_explore, require_data, require_words>> {};

struct ban_rule : spaced<kw<"ban">, listed<text>, kw<"in">, sor<kw<"content">, listed<name>>> {};
struct keep_rule : spaced<kw<"keep">, kw<"audit">, duration> {};

// ---- rules ----------------------------------------------------------------------------------------------------------

struct otherwise_defer : seq<kw<"defer">, maybe<kw<"up">, hs, kw<"to">, hs, duration>> {};
struct otherwise_hold : seq<spaced<kw<"hold">, kw<"for">, name>, maybe<kw<"up">, hs, kw<"to">, hs, duration>> {};
struct otherwise : seq<kw<"otherwise">, hs, sor<kw<"skip">, kw<"stop">, otherwise_defer, otherwise_hold>> {
  static constexpr Kind kind = Kind::otherwise;
};
struct because : spaced<kw<"because">, text> {
  static constexpr Kind kind = Kind::because;
};
struct waivable : spaced<kw<"waivable">, kw<"by">, name> {
  static constexpr Kind kind = Kind::waivable;
};
struct rule : seq<name, hs, sym<":">, gap, maybe<kw<"prove">>, hs,
                  sor<forbid_rule, limit_rule, require_rule, allow_rule, ban_rule, keep_rule>,
                  star<gap, sor<otherwise, because, waivable>>> {
  static constexpr Kind kind = Kind::rule;
};
struct applies : spaced<kw<"applies">, kw<"to">, kw<"workflow">, listed<name>> {
  static constexpr Kind kind = Kind::clause;
};
struct default_forbid : spaced<kw<"default">, kw<"forbid">> {
  static constexpr Kind kind = Kind::clause;
};
struct policy : seq<kw<"policy">, hs, name, hs, block<sor<applies, default_forbid, rule>, Where::policy>> {
  static constexpr Kind kind = Kind::policy;
};

}  // namespace fairlead::grammar::rules
