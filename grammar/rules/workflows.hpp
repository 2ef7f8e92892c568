// Workflows and their steps.
#pragma once

#include "grammar/rules/policies.hpp"

namespace fairlead::grammar::rules {

struct step;
struct steps_block : block<step, Where::steps> {};

struct by_channel : spaced<kw<"by">, name> {
  static constexpr Kind kind = Kind::recipient_channel;
};
struct send : seq<kw<"send">, hs, sor<call, name>, maybe<by_channel>> {
  static constexpr Kind kind = Kind::send;
};

struct arm : seq<kw<"for">, hs, name, maybe<kw<"of">, hs, name>, maybe<kw<"where">, gap, expression>, maybe<kw<"as">, hs, name>, hs, steps_block> {
  static constexpr Kind kind = Kind::arm;
};
struct wait_up_to : seq<spaced<kw<"wait">, kw<"up">, kw<"to">, expression>, star<gap, arm>, further<kw<"otherwise">, steps_block>> {
  static constexpr Kind kind = Kind::wait_up_to;
};
struct wait : seq<kw<"wait">, hs, not_at<kw<"up">, hs, kw<"to">>, opt<kw<"until">, hs>, expression> {
  static constexpr Kind kind = Kind::wait;
};

struct if_step : seq<kw<"if">, gap, expression, hs, steps_block, further<kw<"else">, sor<if_step, steps_block>>> {
  static constexpr Kind kind = Kind::if_step;
  static constexpr bool nests = true;
};

struct share : sor<percent, number> {
  static constexpr std::string_view label = "a share like `5%`";
};
struct option_start : spaced<kw<"start">, share> {
  static constexpr Kind kind = Kind::clause;
};
struct option_when : seq<kw<"when">, gap, expression> {
  static constexpr Kind kind = Kind::clause;
};
struct option : seq<kw<"option">, hs, name, star<hs, sor<option_when, option_start>>, hs, steps_block> {
  static constexpr Kind kind = Kind::option;
};
struct learn_from : seq<spaced<kw<"learn">, kw<"from">, listed<expression>>> {
  static constexpr Kind kind = Kind::clause;
};
struct explore : spaced<kw<"explore">, kw<"at">, kw<"least">, share> {
  static constexpr Kind kind = Kind::clause;
};
struct choose : seq<kw<"choose">, hs, name, maybe<kw<"toward">, hs, name>, hs, block<sor<learn_from, explore, option>, Where::options>> {
  static constexpr Kind kind = Kind::choose;
};

struct set : seq<kw<"set">, hs, path, hs, sym<"=">, gap, expression> {
  static constexpr Kind kind = Kind::set;
};
struct stop : kw<"stop"> {};
struct stop_step : seq<stop> {
  static constexpr Kind kind = Kind::stop;
};
struct step : sor<send, wait_up_to, wait, if_step, choose, set, stop_step> {};

// ---- the head of a workflow ---------------------------------------------------------------------------------------

struct trigger : seq<name, maybe<kw<"where">, gap, expression>> {
  static constexpr Kind kind = Kind::trigger;
};
struct enter_clause : spaced<kw<"enter">, kw<"on">, listed<trigger>> {
  static constexpr Kind kind = Kind::clause;
};
struct leave_clause : seq<kw<"leave">, hs, sor<spaced<kw<"on">, listed<trigger>>, seq<kw<"when">, gap, expression>>> {
  static constexpr Kind kind = Kind::clause;
};
struct again_clause : seq<kw<"again">, hs, sor<kw<"never">, spaced<kw<"after">, duration>>> {
  static constexpr Kind kind = Kind::clause;
};
struct workflow_limit : seq<limit_words, maybe<otherwise>> {
  static constexpr Kind kind = Kind::rule;
};
struct steps : seq<kw<"steps">, hs, steps_block> {
  static constexpr Kind kind = Kind::steps;
};
struct owner_clause : spaced<kw<"owner">, text> {
  static constexpr Kind kind = Kind::clause;
};
struct toward_clause : spaced<kw<"toward">, name> {
  static constexpr Kind kind = Kind::clause;
};
struct under_clause : spaced<kw<"under">, listed<name>> {
  static constexpr Kind kind = Kind::clause;
};
struct workflow_item : sor<owner_clause, toward_clause, under_clause, enter_clause, leave_clause, again_clause, workflow_limit, steps> {};
struct workflow : seq<kw<"workflow">, hs, name, hs, kw<"for">, hs, kw<"contact">, hs, block<workflow_item, Where::workflow>> {
  static constexpr Kind kind = Kind::workflow;
};

}  // namespace fairlead::grammar::rules
