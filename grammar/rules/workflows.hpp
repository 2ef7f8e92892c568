// Workflows: who enters and leaves, within which bounds, and which steps they take.
#pragma once

#include "grammar/rules/adaptive.hpp"

namespace fairlead::grammar::rules {

struct trigger : seq<name, maybe<kw<"where">, gap, expression>> {
  static constexpr Kind kind = Kind::trigger;
};
struct at_most : spaced<kw<"at">, kw<"most">, number, kw<"per">, period> {
  static constexpr Kind kind = Kind::rate;
};
struct enter_on : spaced<kw<"on">, item_list<trigger, kw<"at">>> {};
struct enter_when : spaced<kw<"when">, name> {};
struct enter_every : seq<kw<"every">, hs, duration, maybe<kw<"at">, hs, time>> {};
struct enter_by_hand : spaced<kw<"by">, kw<"hand">> {};
struct enter_clause : seq<kw<"enter">, hs, sor<enter_on, enter_when, enter_every, enter_by_hand>, maybe<at_most>> {
  static constexpr Kind kind = Kind::clause;
};
struct leave_clause
    : seq<kw<"leave">, hs, sor<spaced<kw<"on">, item_list<trigger>>, seq<kw<"when">, gap, expression>>> {
  static constexpr Kind kind = Kind::clause;
};
struct again_clause : seq<kw<"again">, hs, sor<kw<"never">, spaced<kw<"after">, duration>>> {
  static constexpr Kind kind = Kind::clause;
};
struct budget_clause : spaced<kw<"budget">, money, kw<"per">, period> {
  static constexpr Kind kind = Kind::clause;
};
struct workflow_limit : seq<kw<"limit">, hs, limit_messages, maybe<otherwise>> {
  static constexpr Kind kind = Kind::rule;
};
struct pause_clause : seq<kw<"pause">, hs, kw<"when">, gap, expression> {
  static constexpr Kind kind = Kind::clause;
};

/// When a stage of a rollout begins: a person's word, or a lift that was measured.
struct lift_gate : spaced<kw<"when">, kw<"lift">, kw<"above">, share, kw<"at">, percent> {};
struct rollout_shadow : spaced<kw<"shadow">, duration> {};
struct rollout_share
    : seq<opt<kw<"then">, hs>, share, maybe<kw<"for">, hs, duration>, maybe<sor<approval, lift_gate>>> {};
struct rollout_stage : sor<rollout_shadow, rollout_share> {
  static constexpr Kind kind = Kind::stage;
};
struct rollout_clause : spaced<kw<"rollout">, listed<rollout_stage>> {
  static constexpr Kind kind = Kind::clause;
};
struct waive_clause : seq<spaced<kw<"waive">, path, kw<"until">, date>, gap, because> {
  static constexpr Kind kind = Kind::waiver;
};

struct owner_clause : spaced<kw<"owner">, text> {
  static constexpr Kind kind = Kind::clause;
};
struct toward_clause : seq<toward> {
  static constexpr Kind kind = Kind::clause;
};
struct under_clause : spaced<kw<"under">, item_list<name>> {
  static constexpr Kind kind = Kind::clause;
};
struct steps : seq<kw<"steps">, hs, steps_block> {
  static constexpr Kind kind = Kind::steps;
};
struct workflow_item : sor<owner_clause, toward_clause, under_clause, enter_clause, leave_clause, again_clause,
                           budget_clause, workflow_limit, pause_clause, rollout_clause, waive_clause, steps> {};
struct workflow : seq<kw<"workflow">, hs, name, maybe<kw<"for">, hs, name>, hs, block<workflow_item, Where::workflow>> {
  static constexpr Kind kind = Kind::workflow;
};

}  // namespace fairlead::grammar::rules
