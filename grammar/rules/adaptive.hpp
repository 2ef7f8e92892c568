// Steps that learn or experiment: choose, split, plan, allocate.
#pragma once

#include "grammar/rules/steps.hpp"

namespace fairlead::grammar::rules {

// ---- choose ---------------------------------------------------------------------------------------------------------

struct at_share : spaced<kw<"at">, sor<kw<"least">, kw<"most">>, share> {
  static constexpr Kind kind = Kind::clause;
};
struct option_start : spaced<kw<"start">, share> {
  static constexpr Kind kind = Kind::clause;
};
struct when_clause : seq<kw<"when">, gap, expression> {
  static constexpr Kind kind = Kind::clause;
};
struct option : seq<kw<"option">, hs, name, star<hs, sor<when_clause, option_start, at_share>>, hs, steps_block> {
  static constexpr Kind kind = Kind::option;
};
struct learn_from : spaced<kw<"learn">, kw<"from">, item_list<expression>> {
  static constexpr Kind kind = Kind::clause;
};
struct explore : spaced<kw<"explore">, kw<"at">, kw<"least">, share> {
  static constexpr Kind kind = Kind::clause;
};
struct forget : spaced<kw<"forget">, kw<"with">, kw<"half-life">, duration> {
  static constexpr Kind kind = Kind::clause;
};
struct move
    : seq<spaced<kw<"move">, kw<"at">, kw<"most">, share, kw<"per">, period>, maybe<approval, maybe<kw<"beyond">>>> {
  static constexpr Kind kind = Kind::clause;
};
struct choose : seq<kw<"choose">, hs, name, maybe<toward>, hs,
                    block<sor<learn_from, explore, forget, move, option>, Where::options>> {
  static constexpr Kind kind = Kind::choose;
};

// ---- split ----------------------------------------------------------------------------------------------------------

struct split_variant : seq<spaced<kw<"variant">, name, share>, hs, steps_block> {
  static constexpr Kind kind = Kind::option;
};
struct adopt : seq<spaced<kw<"adopt">, kw<"when">, kw<"sure">>, maybe<approval>> {
  static constexpr Kind kind = Kind::clause;
};
struct split : seq<kw<"split">, hs, name, maybe<toward>, hs, block<sor<adopt, split_variant>, Where::variants>> {
  static constexpr Kind kind = Kind::split;
};

// ---- plan -----------------------------------------------------------------------------------------------------------

struct plan_most : spaced<kw<"at">, kw<"most">, number, kw<"plays">> {
  static constexpr Kind kind = Kind::clause;
};
struct plan_apart : spaced<kw<"at">, kw<"least">, duration, kw<"apart">> {
  static constexpr Kind kind = Kind::clause;
};
struct plan_within : spaced<kw<"within">, duration> {
  static constexpr Kind kind = Kind::clause;
};
struct stage : seq<kw<"stage">, hs, name, maybe<when_clause>> {
  static constexpr Kind kind = Kind::stage;
};
struct play_in : spaced<kw<"in">, listed<name>> {
  static constexpr Kind kind = Kind::clause;
};
struct play : seq<kw<"play">, hs, name, maybe<play_in>, maybe<when_clause>, maybe<approval>, hs, steps_block> {
  static constexpr Kind kind = Kind::play;
};
struct plan : seq<kw<"plan">, hs, name, maybe<toward>, hs,
                  block<sor<plan_most, plan_apart, plan_within, stage, play>, Where::plan>> {
  static constexpr Kind kind = Kind::plan;
};

// ---- allocate -------------------------------------------------------------------------------------------------------

struct each_between : spaced<kw<"each">, kw<"between">, share, kw<"and">, share> {
  static constexpr Kind kind = Kind::clause;
};
struct allocate
    : seq<spaced<kw<"allocate">, money, kw<"per">, period, kw<"across">, name>, maybe<kw<"where">, gap, expression>,
          maybe<toward>, hs, block<sor<each_between, move>, Where::allocate>> {
  static constexpr Kind kind = Kind::allocate;
};

struct step : sor<send, wait_up_to, wait, if_step, choose, set, do_step, let, assign, approve, repeat, for_each, split,
                  plan, allocate, follow, stop_step> {};

}  // namespace fairlead::grammar::rules
