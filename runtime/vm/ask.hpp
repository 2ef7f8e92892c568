// What one test says of one value. Inline, since row after row and column after column are asked by it.
#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>

#include "runtime/vm/prepare.hpp"

namespace fairlead::vm {

enum class Answer : std::uint8_t { no, yes, none };

/// Two texts of the same size, from one word to two words long: the words at both ends, which may overlap.
template <class Word>
bool same_ends(const char* a, const char* b, std::size_t size) {
  Word first_a, first_b, last_a, last_b;
  std::memcpy(&first_a, a, sizeof(Word));
  std::memcpy(&first_b, b, sizeof(Word));
  std::memcpy(&last_a, a + size - sizeof(Word), sizeof(Word));
  std::memcpy(&last_b, b + size - sizeof(Word), sizeof(Word));
  return ((first_a ^ first_b) | (last_a ^ last_b)) == 0;
}

/// Whether a text is the one that a test of Kind::text_2, text_4 or text_8 has.
[[gnu::always_inline]] inline bool same_short(std::string_view text, const Test& t) {
  if (text.size() != t.text.size) return false;
  if (t.kind == Test::Kind::text_2) return same_ends<std::uint16_t>(text.data(), t.text.data, text.size());
  if (t.kind == Test::Kind::text_4) return same_ends<std::uint32_t>(text.data(), t.text.data, text.size());
  return same_ends<std::uint64_t>(text.data(), t.text.data, text.size());
}

/// None of a test that needs a call or asks nothing, and of a surprise. Branches that most often go one way are cheaper
/// here than a jump to each kind's own code.
[[gnu::always_inline]] inline Answer ask(const Test& t, const Value& v) {
  const auto is = [](bool holds) { return holds ? Answer::yes : Answer::no; };
  if (v.tag() == t.range_of) return is(static_cast<uint128>(v.units()) - t.range.from < t.range.width);
  if (v.tag() == t.tag) return is(same_short(v.as_text(), t));
  return !v.exists() && t.absent_too ? Answer::no : Answer::none;
}

/// Of the tests that need a call.
inline Answer ask_rare(const Test& t, const Value& v) {
  using Kind = Test::Kind;
  const auto is = [](bool holds) { return holds ? Answer::yes : Answer::no; };
  switch (t.kind) {
    case Kind::text:
      if (v.tag() != Tag::text) return Answer::none;
      return is(v.as_text() == std::string_view(t.text.data, t.text.size));
    case Kind::exists: return is(v.exists());
    case Kind::member: {
      if (!v.exists()) return Answer::none;
      const std::span<const Value> items = t.list->as_list();
      if (v.tag() != Tag::text) return is(std::ranges::find(items, v) != items.end());
      // Most of the others are told from it by their length or their first letters.
      const std::string_view text = v.as_text();
      return is(std::ranges::any_of(items, [text](const Value& item) {
        if (item.tag() != Tag::text) return false;
        const std::string_view other = item.as_text();
        return other.size() == text.size() && (text.empty() || (other[0] == text[0] && other == text));
      }));
    }
    default: return Answer::none;
  }
}

[[gnu::always_inline]] inline const Test* onward(const Test* t, bool holds) {
  return holds == t->goes_on ? t + 1 : t + t->other;
}

/// Follows the tests that `ask` answers, to one that it does not.
[[gnu::always_inline]] inline const Test* follow_asked(const Test* t, const Value* fields) {
  while (true) {
    const Answer answer = ask(*t, fields[t->field]);
    if (answer == Answer::none) return t;
    t = onward(t, answer == Answer::yes);
  }
}

}  // namespace fairlead::vm
