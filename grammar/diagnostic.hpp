// What the compiler says to a person: a stable code, one sentence, the place, other places and why they matter, and
// what to do next.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/source.hpp"

namespace fairlead::grammar {

/// Codes are stable: a number once given is never given again. Hundreds by room: 1 syntax, 2 names, 3 types,
/// 4 workflows, 5 policies, 6 learning and goals, 7 tests and simulations, 8 lints.
enum class Code : std::uint16_t {
  unreadable_file = 101,
  not_utf8 = 102,
  syntax = 103,
  unknown_keyword = 104,
  not_supported = 105,
  unclosed_block = 106,
  too_deep = 107,
  unknown_escape = 108,
  no_files = 109,
  misplaced = 110,
  unclosed_text = 111,
  other_notation = 112,

  unknown_name = 201,
  declared_twice = 202,
  unknown_field = 203,
  unknown_module = 204,
  wrong_kind_of_name = 205,
  cycle = 206,
  missing_declaration = 207,
  reserved_name = 208,
  repeated_clause = 209,
  missing_clause = 210,

  type_mismatch = 301,
  optional_used = 302,
  not_a_literal = 303,
  mixed_money = 304,
  bad_operands = 305,
  unknown_member = 306,
  ambiguous_or = 307,
  wrong_arguments = 308,
  not_text = 309,
  too_complex = 310,
  number_range = 311,

  unreachable_step = 401,
  no_entry = 402,
  no_channel = 403,
  otherwise_missing = 404,
  unreported_event = 405,
  event_not_here = 406,
  fixed_field = 407,
  duplicate_option = 408,

  rule_without_effect = 501,
  defer_without_end = 502,
  no_prover = 503,

  no_goal = 601,
  floors_too_high = 602,
  start_too_high = 603,
  too_few_options = 604,
  share_range = 605,

  nothing_to_test = 701,
  expect_before_act = 702,

  unused_segment = 801,
  unused_event = 802,
  unused_content = 803,
  unused_goal = 804,
  unused_channel = 805,
  unused_type = 806,
  unused_parameter = 807,
  unused_field = 808,
  unused_binding = 809,
  shadowed_name = 810,
  constant_condition = 811,
  option_never = 812,
  single_choice = 813,
  repeated_condition = 814,
  compared_with_itself = 815,
  double_negation = 816,
  seen_is_plainer = 817,
  compared_with_truth = 818,
  identical_branches = 819,
  identical_options = 820,
  empty_branches = 821,
  awaits_unsent = 822,
  sent_twice = 823,
  long_wait = 824,
  set_to_itself = 825,
  stop_at_end = 826,
  empty_workflow = 827,
  goal_without_baseline = 828,
  goal_without_holdout = 829,
  target_below_baseline = 830,
  no_exploration = 831,
  starts_below_whole = 832,
  learns_from_key = 833,
  stray_blank = 834,
  glued_hole = 835,
  long_subject = 836,
  slot_too_long = 837,
  shouting = 838,
  plain_http = 839,
  empty_text = 840,
  left_over_text = 841,
  identical_contents = 842,
  default_zone = 843,
  default_currency = 844,
  consent_unasked = 845,
  no_way_out = 846,
  no_owner = 847,
  rule_without_because = 848,
  identical_rules = 849,
  equal_hours = 850,
  idle_limit = 851,
  forbids_everything = 852,
  test_name_twice = 853,
  missing_people = 854,
  run_too_short = 855,
  reaction_to_nothing = 856,
  unused_silence = 857,
};

/// A code, the name by which the sources call it, and what it is about, in a few words.
struct CodeInfo {
  Code code;
  std::string_view name;
  std::string_view about;
};
/// Every code, in the order of its number.
std::span<const CodeInfo> codes();

enum class Severity : std::uint8_t { error, warning, note };
std::string_view to_string(Severity severity);

struct Label {
  std::uint32_t file = 0;  // index in the project's files
  Span span;
  std::string text;
};

struct Diagnostic {
  Code code = Code::syntax;
  Severity severity = Severity::error;
  std::string message;  // a sentence, without the final period
  Label primary;
  std::vector<Label> secondary;
  std::string help;  // what to do next; may be empty
};

/// `FL0103`
std::string to_string(Code code);

/// As a person reads it on a terminal, source lines and carets included. Plain unless `colour`.
std::string render(const Diagnostic& diagnostic, const std::vector<Source>& files, bool colour);

/// The closest of `candidates` by edit distance, or empty where none is near enough to be meant.
std::string_view closest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace fairlead::grammar
