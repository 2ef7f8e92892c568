// Following tests. This is where conditions take their time, so what is asked most is a function that calls no other:
// about twenty machine instructions a test. docs/performance.md has the figures.
#include "runtime/vm/ask.hpp"

namespace fairlead::vm {
namespace {

using Kind = Test::Kind;

/// From a test that `ask` has no answer for.
[[gnu::noinline]] const Test* follow_rare(const Test* t, const Value* fields) {
  while (true) {
    const Value& v = fields[t->field];
    Answer answer = ask(*t, v);
    if (answer == Answer::none) answer = ask_rare(*t, v);
    if (answer != Answer::none) {
      t = onward(t, answer == Answer::yes);
    } else if (t->kind == Kind::go) {
      t += t->other;
    } else {
      return t;  // an end, or a surprise
    }
  }
}

}  // namespace

const Test* follow(const Test* t, const Value* fields) {
  t = follow_asked(t, fields);
  return t->kind >= Kind::give_true ? t : follow_rare(t, fields);
}

std::optional<Value> sum(const Prepared& prepared, const Value* fields) {
  std::int64_t out = 0;
  for (const Gain& gain : prepared.gains) {
    const Test* const t = &prepared.tests[gain.first];
    // One test is no branch: whether it holds is anybody's guess.
    Answer answer = gain.alone ? ask(*t, fields[t->field]) : Answer::none;
    if (answer == Answer::none) {
      const Test* const end = follow_rare(t, fields);
      if (end->kind != Kind::leave) return std::nullopt;
      answer = end->pc == gain.yes_pc ? Answer::yes : Answer::no;
    }
    out += answer == Answer::yes ? gain.yes : gain.no;
  }
  const Decimal total = Decimal::from_units(out);
  return prepared.gains_are == Tag::money ? Value::money(total) : Value::of(total);
}

}  // namespace fairlead::vm
