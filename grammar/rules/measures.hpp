// What is measured: goals, learned scores, and points.
#pragma once

#include "grammar/rules/blocks.hpp"

namespace fairlead::grammar::rules {

// ---- goals --------------------------------------------------------------------------------------------------------

struct reach_sum : seq<kw<"sum">, hs, not_at<sor<kw<"within">, kw<"where">>>, path> {};
struct goal_reach
    : seq<kw<"reach">, hs, sor<reach_sum, name>, maybe<kw<"where">, gap, expression>, hs, kw<"within">, hs, duration> {
  static constexpr Kind kind = Kind::clause;
};
struct goal_worth : spaced<kw<"worth">, money> {
  static constexpr Kind kind = Kind::clause;
};
struct goal_level : spaced<sor<kw<"baseline">, kw<"target">>, sor<percent, money, number>> {
  static constexpr Kind kind = Kind::clause;
};
struct goal_holdout : spaced<kw<"holdout">, share> {
  static constexpr Kind kind = Kind::clause;
};
struct goal_without : spaced<kw<"without">, name, kw<"above">, share> {
  static constexpr Kind kind = Kind::clause;
};
struct goal : seq<kw<"goal">, hs, name, hs,
                  block<sor<goal_reach, goal_worth, goal_level, goal_holdout, goal_without>, Where::goal>> {
  static constexpr Kind kind = Kind::goal;
};

// ---- scores -------------------------------------------------------------------------------------------------------

struct score_predict
    : seq<kw<"predict">, hs, name, maybe<kw<"where">, gap, expression>, hs, kw<"within">, hs, duration> {
  static constexpr Kind kind = Kind::clause;
};
struct score_from : spaced<kw<"from">, item_list<expression>> {
  static constexpr Kind kind = Kind::clause;
};
struct band : seq<name, maybe<kw<"below">, hs, share>> {
  static constexpr Kind kind = Kind::band;
};
struct score_bands : spaced<kw<"bands">, item_list<band>> {
  static constexpr Kind kind = Kind::clause;
};
struct score : seq<kw<"score">, hs, name, hs, block<sor<score_predict, score_from, score_bands>, Where::score>> {
  static constexpr Kind kind = Kind::score;
};

// ---- points -------------------------------------------------------------------------------------------------------

/// `+10 when downloaded, last 30 days`, `-20 when idle(60 days)`
struct point : seq<sor<sym<"+">, sym<"-">>, number, hs, kw<"when">, gap, expression,
                   opt<gap, kw<"where">, gap, expression>, opt<hs, quiet<sym<",">>, gap, kw<"last">, hs, duration>> {
  static constexpr Kind kind = Kind::point;
};
struct points : seq<kw<"points">, hs, name, hs, block<point, Where::points>> {
  static constexpr Kind kind = Kind::points;
};

}  // namespace fairlead::grammar::rules
