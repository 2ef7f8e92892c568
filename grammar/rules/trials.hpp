// Tests and simulations.
#pragma once

#include "grammar/rules/workflows.hpp"

namespace fairlead::grammar::rules {

struct test_given : seq<spaced<kw<"given">, kw<"contact">>, hs, record_value> {
  static constexpr Kind kind = Kind::given;
};
struct test_when : seq<kw<"when">, hs, sor<call, name>, maybe<kw<"of">, hs, name>> {
  static constexpr Kind kind = Kind::trigger;
};
struct test_after : spaced<kw<"after">, duration> {
  static constexpr Kind kind = Kind::clause;
};
struct expect_sent : seq<kw<"sent">, hs, name, maybe<by_only>> {};
struct test_expect : seq<kw<"expect">, hs, sor<spaced<kw<"nothing">, kw<"sent">>, expect_sent, seq<sor<kw<"left">, kw<"entered">>, maybe<name>>>> {
  static constexpr Kind kind = Kind::expect;
};
struct test : seq<kw<"test">, hs, text, hs, block<sor<test_given, test_when, test_after, set, test_expect>, Where::test>> {
  static constexpr Kind kind = Kind::test;
};

struct simulate_contacts : spaced<kw<"contacts">, number, kw<"from">, text> {
  static constexpr Kind kind = Kind::clause;
};
struct simulate_run : spaced<kw<"run">, duration, kw<"seed">, number> {
  static constexpr Kind kind = Kind::clause;
};
struct simulate_expect : spaced<kw<"expect">, name, sor<kw<"above">, kw<"below">>, share> {
  static constexpr Kind kind = Kind::expect;
};
struct reaction : seq<sor<call, name>, hs, kw<"leads">, hs, kw<"to">, hs, sor<call, name>, hs, share, maybe<kw<"when">, gap, expression>, hs,
                      kw<"within">, hs, duration> {
  static constexpr Kind kind = Kind::reaction;
};
struct simulate : seq<kw<"simulate">, hs, text, hs, block<sor<simulate_contacts, simulate_run, simulate_expect, reaction>, Where::simulate>> {
  static constexpr Kind kind = Kind::simulate;
};

}  // namespace fairlead::grammar::rules
