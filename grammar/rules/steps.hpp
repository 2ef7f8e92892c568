// The steps of a workflow.
#pragma once

#include "grammar/rules/policies.hpp"

namespace fairlead::grammar::rules {

struct step;
struct steps_block : block<step, Where::steps> {};
/// `with approval by legal`
struct approval : spaced<kw<"with">, kw<"approval">, kw<"by">, name> {
  static constexpr Kind kind = Kind::approval;
};
struct toward : spaced<kw<"toward">, name> {};

// ---- messages and other effects -------------------------------------------------------------------------------------

struct best_of : spaced<kw<"best">, kw<"of">, listed<name>> {};
struct by_channel : spaced<kw<"by">, sor<best_of, name>> {
  static constexpr Kind kind = Kind::recipient_channel;
};
struct best_hour : spaced<kw<"at">, kw<"best">, kw<"hour">, kw<"between">, time, kw<"and">, time> {
  static constexpr Kind kind = Kind::best_hour;
};
struct send : seq<kw<"send">, hs, sor<call, name>, maybe<by_channel>, maybe<best_hour>> {
  static constexpr Kind kind = Kind::send;
};
struct do_step : spaced<kw<"do">, sor<call, name>> {
  static constexpr Kind kind = Kind::do_step;
};
struct let : seq<kw<"let">, hs, name, hs, sym<"=">, gap, sor<do_step, expression>> {
  static constexpr Kind kind = Kind::let;
};
struct set : seq<kw<"set">, hs, path, hs, sym<"=">, gap, expression> {
  static constexpr Kind kind = Kind::set;
};
struct assign_by
    : seq<kw<"by">, hs, sor<spaced<kw<"round">, kw<"robin">>, spaced<kw<"least">, kw<"loaded">>, kw<"best">>> {};
struct assign : spaced<kw<"assign">, kw<"to">, name, assign_by> {
  static constexpr Kind kind = Kind::assign;
};

// ---- time -----------------------------------------------------------------------------------------------------------

struct arm : seq<kw<"for">, hs, name, maybe<kw<"of">, hs, name>, maybe<kw<"where">, gap, expression>,
                 maybe<kw<"as">, hs, name>, hs, steps_block> {
  static constexpr Kind kind = Kind::arm;
};
struct otherwise_steps : further<kw<"otherwise">, steps_block> {};
struct wait_up_to : seq<spaced<kw<"wait">, kw<"up">, kw<"to">, expression>, star<gap, arm>, otherwise_steps> {
  static constexpr Kind kind = Kind::wait_up_to;
};
struct wait : seq<kw<"wait">, hs, not_at<kw<"up">, hs, kw<"to">>, opt<kw<"until">, hs>, expression> {
  static constexpr Kind kind = Kind::wait;
};
struct approve
    : seq<spaced<kw<"approve">, kw<"by">, name, kw<"up">, kw<"to">, duration>, hs, steps_block, otherwise_steps> {
  static constexpr Kind kind = Kind::approve;
};
struct repeat : seq<spaced<kw<"repeat">, kw<"up">, kw<"to">, number, kw<"times">, kw<"every">, duration>,
                    maybe<kw<"until">, gap, expression>, hs, steps_block> {
  static constexpr Kind kind = Kind::repeat;
};
/// Looked for as a whole: `for` alone is the arm of a wait, and where there is none, that is the mistake.
struct for_each : seq<at<spaced<kw<"for">, kw<"each">>>, spaced<kw<"for">, kw<"each">, name>,
                      maybe<kw<"where">, gap, expression>, hs, steps_block> {
  static constexpr Kind kind = Kind::for_each;
};

// ---- ways -----------------------------------------------------------------------------------------------------------

struct if_step : seq<kw<"if">, gap, expression, hs, steps_block, further<kw<"else">, sor<if_step, steps_block>>> {
  static constexpr Kind kind = Kind::if_step;
  static constexpr bool nests = true;
};
struct follow : spaced<kw<"follow">, name> {
  static constexpr Kind kind = Kind::follow;
};
struct stop : kw<"stop"> {};
struct stop_step : seq<stop> {
  static constexpr Kind kind = Kind::stop;
};

}  // namespace fairlead::grammar::rules
