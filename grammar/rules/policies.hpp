// Policies: what may never happen, and how often what may.
#pragma once

#include "grammar/rules/blocks.hpp"

namespace fairlead::grammar::rules {

struct otherwise : seq<kw<"otherwise">, hs, sor<kw<"skip">, seq<kw<"defer">, maybe<kw<"up">, hs, kw<"to">, hs, duration>>>> {
  static constexpr Kind kind = Kind::otherwise;
};
struct because : spaced<kw<"because">, text> {
  static constexpr Kind kind = Kind::because;
};
struct by_only : spaced<kw<"by">, name> {
  static constexpr Kind kind = Kind::recipient_channel;
};
struct rule_hours : spaced<kw<"between">, time, kw<"and">, time> {
  static constexpr Kind kind = Kind::clause;
};
struct rule_when : seq<kw<"when">, gap, expression> {
  static constexpr Kind kind = Kind::clause;
};
struct forbid_words : seq<spaced<kw<"forbid">, kw<"send">>, maybe<by_only>, star<gap, sor<rule_hours, rule_when>>> {};
struct period : sor<duration, kw<"day">, kw<"week">, kw<"month">> {
  static constexpr std::string_view label = "a period like `7 days` or `month`";
};
struct limit_words : seq<spaced<kw<"limit">, kw<"messages">>, maybe<by_only>, hs, kw<"to">, hs, number, hs, kw<"per">, hs, period,
                         maybe<kw<"per">, hs, kw<"contact">>> {};
struct rule : seq<name, hs, sym<":">, gap, maybe<kw<"prove">>, hs, sor<forbid_words, limit_words>, star<gap, sor<otherwise, because>>> {
  static constexpr Kind kind = Kind::rule;
};
struct applies : spaced<kw<"applies">, kw<"to">, kw<"workflow">, listed<name>> {
  static constexpr Kind kind = Kind::clause;
};
struct policy : seq<kw<"policy">, hs, name, hs, block<sor<applies, rule>, Where::policy>> {
  static constexpr Kind kind = Kind::policy;
};

}  // namespace fairlead::grammar::rules
