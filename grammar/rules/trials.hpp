// Tests and simulations.
#pragma once

#include "grammar/rules/workflows.hpp"

namespace fairlead::grammar::rules {

struct test_given : seq<spaced<kw<"given">, sor<kw<"contact">, name>>, hs, record_value> {
  static constexpr Kind kind = Kind::given;
};
struct test_when : seq<kw<"when">, hs, sor<call, name>, maybe<kw<"of">, hs, name>> {
  static constexpr Kind kind = Kind::trigger;
};
struct test_after : spaced<kw<"after">, duration> {
  static constexpr Kind kind = Kind::clause;
};

// ---- what is expected ---------------------------------------------------------------------------------------------

struct times : spaced<number, sor<kw<"times">, kw<"time">>> {};
struct nothing_sent : seq<spaced<kw<"nothing">, kw<"sent">>, maybe<by_only>> {};
struct content_sent : seq<kw<"sent">, hs, name, maybe<by_only>, maybe<times>> {};
struct moved : seq<sor<kw<"left">, kw<"entered">>, maybe<name>> {};
struct chosen : spaced<kw<"option">, name, kw<"of">, path> {};
struct not_happened : seq<kw<"not">, hs, sor<content_sent, moved, chosen>> {};
/// A condition begins with the contact, a function or a parenthesis: so a misspelt word is not taken for one.
struct condition_start : seq<opt<kw<"not">, gap>, sor<seq<kw<"contact">>, sym<"(">, seq<name, sym<"(">>>> {};
struct condition : seq<at<condition_start>, expression> {
  static constexpr std::string_view label = "a condition like `contact.plan is pro`";
};
struct outcome : sor<nothing_sent, content_sent, moved, chosen, not_happened, condition> {
  static constexpr Kind kind = Kind::outcome;
};
struct test_expect : seq<kw<"expect">, hs, listed<outcome>> {
  static constexpr Kind kind = Kind::expect;
};
/// One of several people with whom the test is run.
struct test_case : seq<kw<"case">, hs, name, hs, record_value, maybe<test_expect>> {
  static constexpr Kind kind = Kind::test_case;
};
struct test : seq<kw<"test">, hs, text, hs,
                  block<sor<test_given, test_case, test_when, test_after, set, test_expect>, Where::test>> {
  static constexpr Kind kind = Kind::test;
};

// ---- simulations --------------------------------------------------------------------------------------------------

/// `"DE" 40%`: a value and how many have it; alone, everybody.
struct portion : seq<not_at<name, hs, sym<":">>, expression, maybe<percent>> {
  static constexpr Kind kind = Kind::portion;
};
struct mix;
struct mix_value : seq<name, hs, sym<":">, gap, sor<mix, listed<portion>>> {
  static constexpr Kind kind = Kind::argument;
};
struct mix : block<mix_value, Where::mix> {};
struct simulate_contacts
    : seq<spaced<kw<"contacts">, number>, hs, sor<spaced<kw<"from">, text>, spaced<kw<"like">, mix>>> {
  static constexpr Kind kind = Kind::clause;
};
struct simulate_run : spaced<kw<"run">, duration, kw<"seed">, number> {
  static constexpr Kind kind = Kind::clause;
};
struct bound : sor<kw<"above">, kw<"below">> {};
struct simulate_expect
    : seq<kw<"expect">, hs, sor<spaced<kw<"sent">, name, bound, number>, spaced<name, bound, share>>> {
  static constexpr Kind kind = Kind::expect;
};
struct reaction : seq<sor<call, name>, hs, kw<"leads">, hs, kw<"to">, hs, sor<call, name>, hs, share,
                      maybe<kw<"when">, gap, expression>, hs, kw<"within">, hs, duration> {
  static constexpr Kind kind = Kind::reaction;
};
struct simulate : seq<kw<"simulate">, hs, text, hs,
                      block<sor<simulate_contacts, simulate_run, simulate_expect, reaction>, Where::simulate>> {
  static constexpr Kind kind = Kind::simulate;
};

}  // namespace fairlead::grammar::rules
