// How the reports write numbers, and the sentences that the terminal and the page share, so that both say the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/trial/report.hpp"

namespace fairlead::trial {

/// What stands where there is nothing to say: a rate over nobody.
constexpr std::string_view nothing_text = "–";

/// Whether a waiver let something pass that a rule would have kept back.
bool any_waived(const Report& report);

/// `20,000`.
std::string count_text(std::uint64_t n);
/// `1 contact`, `20,000 contacts`: `noun` with an s unless there is exactly one.
std::string counted_text(std::uint64_t n, std::string_view noun);
/// A share of 0 to 1 as `12.4%`, with two digits where it is under one percent, and `0%`.
std::string percent_text(double share);
/// `12.4%` of part / whole; nothing_text over nobody.
std::string rate_text(std::uint64_t part, std::uint64_t whole);
/// A share as somebody wrote it: `12%`, `0.5%`.
std::string written_percent_text(Decimal share);
/// A share in billionths.
std::string billionths_text(std::uint32_t share);
/// `+2.1% (+0.9% to +3.3%)`; all three with the same number of digits.
std::string lift_text(const learn::Lift& lift);
/// `+0.9% to +3.3%`.
std::string lift_range_text(const learn::Interval& interval);
/// `11.9% to 12.9%`.
std::string interval_text(const learn::Interval& interval);
/// `$1,234.50`, `NOK 20`.
std::string money_text(Decimal amount, std::string_view currency);
/// Three figures that matter, as an estimate deserves: `$20,700`.
std::string about_money_text(double amount, std::string_view currency);

/// The zone of the project; UTC where the machine does not know it.
Zone zone_of(const bytecode::Module& module);
std::string day_text(Instant t, const Zone& zone);        // 3 Jan 2026
std::string short_day_text(Instant t, const Zone& zone);  // 3 Jan

/// What a goal's numbers say, each as one sentence without a name in it.
struct GoalFinding {
  std::optional<learn::Lift> lift;  // holds whenever one looks; none where a side has nobody
  bool shown = false;               // the interval excludes zero
  std::string one_look;             // the interval for who had planned this look, and no other
  std::string ratio;                // empty unless the groups are not in the proportion that the goal says
  std::string verdict;              // `Shown: the interval excludes zero.`
  std::string worth;                // empty where the goal has no worth or nothing is shown
  std::string target;               // `Target 12%: met.`; empty without one
  bool target_met = false;
  std::string baseline;  // empty without one
  std::string open;      // empty where nobody's window is open
};
GoalFinding finding_of(const GoalRow& goal, std::string_view currency);

/// `20,000 contacts · 52,113 events · 41,870 messages`.
std::string size_text(const Report& report);
/// `acme · 1 Jan 2026 to 2 Mar 2026 (America/New_York) · seed 7`.
std::string about_text(const Report& report, const Zone& zone);
/// How a choice learns, as one sentence.
std::string learning_text(const ChoiceRow& choice);
/// The share of an option when the history began, and now; nothing_text without a history.
std::string first_share_text(const ChoiceRow& choice, std::size_t option);
std::string last_share_text(const ChoiceRow& choice, std::size_t option);
/// The share that a point of the history has on record for an option, 0 to 1; 0 where it has none.
double share_at(const SharePoint& point, std::size_t option);

/// `0.71`; nothing_text where there is none.
std::string figure_text(const std::optional<double>& figure);
/// What of a score is in force.
std::string standing_text(const ScoreRow& score);

/// A workflow's name, also where the index is not the module's.
std::string workflow_name(const bytecode::Module& module, bytecode::Index workflow);

/// The costs of all messages; none where the sum does not fit.
std::optional<Decimal> total_cost(const Report& report);

// The sentences of explanation under the titles of the sections.
extern const std::string_view goals_note, choices_note, scores_note, rules_note, messages_note, workflows_note;

}  // namespace fairlead::trial
