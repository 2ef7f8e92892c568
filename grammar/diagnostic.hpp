// What the compiler says to a person: a stable code, one sentence, the place, other places and why they matter, and
// what to do next, in words and, where it can be, as a change to the text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/source.hpp"

namespace fairlead::grammar {

/// Codes are stable: a number once given is never given again. Hundreds by room: 1 syntax, 2 names, 3 types,
/// 4 workflows, 5 policies, 6 learning and goals, 7 tests and simulations, 8 contents and templates,
/// 9 lints.
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
  nothing_to_release = 312,

  unreachable_step = 401,
  no_entry = 402,
  no_channel = 403,
  otherwise_missing = 404,
  unreported_event = 405,
  event_not_here = 406,
  fixed_field = 407,
  duplicate_option = 408,
  not_an_effect = 409,
  nobody_to_approve = 410,
  retry_may_repeat = 411,
  no_contact_here = 412,
  dead_stage = 413,
  stage_order = 414,
  wrong_entry = 415,
  rollout_order = 416,

  rule_without_effect = 501,
  defer_without_end = 502,
  not_proved = 503,
  rule_broken = 504,
  not_allowed = 505,
  share_of_limit = 506,
  not_waivable = 507,
  waiver_unsigned = 508,
  waiver_expired = 509,
  clause_without_meaning = 510,
  waiver_stale = 511,
  signature_invalid = 512,

  no_goal = 601,
  floors_too_high = 602,
  start_too_high = 603,
  too_few_options = 604,
  share_range = 605,
  shares_not_whole = 606,
  most_below_least = 607,
  bands_not_rising = 608,

  nothing_to_test = 701,
  expect_before_act = 702,
  shares_of_people = 703,
  people_without_field = 704,
  key_given = 705,
  several_choices = 706,

  outside_project = 801,
  unsafe_hole = 802,
  text_too_long = 803,
  not_a_template = 804,

  unused_segment = 901,
  unused_event = 902,
  unused_content = 903,
  unused_goal = 904,
  unused_channel = 905,
  unused_type = 906,
  unused_parameter = 907,
  unused_field = 908,
  unused_binding = 909,
  shadowed_name = 910,
  constant_condition = 911,
  option_never = 912,
  single_choice = 913,
  repeated_condition = 914,
  compared_with_itself = 915,
  double_negation = 916,
  seen_is_plainer = 917,
  compared_with_truth = 918,
  identical_branches = 919,
  identical_options = 920,
  empty_branches = 921,
  awaits_unsent = 922,
  sent_twice = 923,
  long_wait = 924,
  set_to_itself = 925,
  stop_at_end = 926,
  empty_workflow = 927,
  goal_without_baseline = 928,
  goal_without_holdout = 929,
  target_below_baseline = 930,
  no_exploration = 931,
  starts_below_whole = 932,
  learns_from_key = 933,
  stray_blank = 934,
  glued_hole = 935,
  long_subject = 936,
  shouting = 938,
  plain_http = 939,
  empty_text = 940,
  left_over_text = 941,
  identical_contents = 942,
  default_zone = 943,
  default_currency = 944,
  consent_unasked = 945,
  no_way_out = 946,
  no_owner = 947,
  rule_without_because = 948,
  identical_rules = 949,
  equal_hours = 950,
  idle_limit = 951,
  forbids_everything = 952,
  test_name_twice = 953,
  missing_people = 954,
  run_too_short = 955,
  reaction_to_nothing = 956,
  unused_silence = 957,
  rule_never = 958,
  implied_rule = 959,
  nothing_possible = 960,
  loose_limit = 961,
  otherwise_never = 962,
  needless_waiver = 963,
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

/// A change to a text: `text` stands in place of what is at `span`, which is empty where something is put in.
struct Edit {
  std::uint32_t file = 0;
  Span span;
  std::string text;
  bool operator==(const Edit&) const = default;
};

/// One way to mend it, which a program can carry out.
struct Fix {
  std::string title;  // what it does, as a person would choose it: write `==`
  std::vector<Edit> edits;
  bool mechanical = false;  // surely what was meant, so that it may be applied unseen (`fairlead check --fix`)
};

/// Whether a fix is sure to be what was meant, or one of several things.
enum class Sure : bool { no, yes };

struct Diagnostic {
  Code code = Code::syntax;
  Severity severity = Severity::error;
  std::string message;  // a sentence, without the final period
  Label primary;
  std::vector<Label> secondary;
  std::string help;  // what to do next; may be empty
  std::vector<Fix> fixes = {};
  std::vector<Label> way = {};  // how it comes to this, step by step; shown before the other places
  std::string example = {};     // with whom: `contact.country is DE`; may be empty

  /// Adds the fix that writes `text` at a place of the primary label's file. Without a title it gets one.
  Diagnostic& mend(Span span, std::string text, Sure sure, std::string title = {});
  /// The fix that may be applied unseen; null where there is none.
  [[nodiscard]] const Fix* mechanical() const;
};

/// `FL0103`
std::string to_string(Code code);

/// As a person reads it on a terminal, source lines and carets included. Plain unless `colour`.
std::string render(const Diagnostic& diagnostic, const std::vector<Source>& files, bool colour);

/// The closest of `candidates` by edit distance, or empty where none is near enough to be meant.
std::string_view closest(std::string_view word, const std::vector<std::string_view>& candidates);

/// Whether two words are the same but for the case of their letters.
bool same_word(std::string_view a, std::string_view b);

}  // namespace fairlead::grammar
