// The words of the language as a person meets them: what may stand where, and how it is written.
// Messages are made from this table; the grammar's rules don't read it.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "grammar/where.hpp"

namespace fairlead::grammar {

constexpr bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

inline constexpr std::array<std::string_view, 13> reserved_words = {
    "each", "when", "where", "and", "or", "not", "in", "is", "exists", "between", "none", "true", "false"};

/// Every name is asked, and nearly none is one: by its length and first letter most are told.
constexpr bool reserved(std::string_view word) {
  if (word.size() < 2 || word.size() > 7) return false;
  for (const std::string_view r : reserved_words) {
    if (r[0] == word[0] && r == word) return true;
  }
  return false;
}

/// What begins a declaration.
inline constexpr std::array<std::string_view, 20> declaration_words = {
    "project",  "use",  "type",     "record", "event", "segment", "goal",   "channel",   "content", "policy",
    "workflow", "test", "simulate", "role",   "team",  "score",   "points", "connector", "action",  "model"};

/// A word that begins an item, and how such an item is written.
struct Form {
  std::string_view word;  // all of its head: `time zone`
  std::string_view example;
};

/// A place in a file where items of one kind stand.
struct Place {
  std::string_view item;   // what one is called: `a step`
  std::string_view among;  // where they stand: `in the steps of a workflow`
  std::string_view home;   // how to get there: `Steps stand in …`
  std::vector<Form> forms;
  std::string_view free_form;  // how an item is written that begins with no word of the language; may be empty
};

const Place& place_of(rules::Where where);

/// How an item of this place that begins with `word` is written; empty where there is no such item.
std::string_view form_of(const Place& place, std::string_view word);

/// The place, other than `here`, where an item may begin with `word`; nothing where there is none.
const Place* other_home(std::string_view word, rules::Where here);

}  // namespace fairlead::grammar
