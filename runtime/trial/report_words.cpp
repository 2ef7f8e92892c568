// Numbers and sentences of the reports.
#include "runtime/trial/report_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "runtime/learn/sequence.hpp"
#include "runtime/values/currencies.hpp"

namespace fairlead::trial {
namespace {

/// Commas into the whole part of plain digits: `12345.60` becomes `12,345.60`.
std::string grouped(std::string digits) {
  const std::size_t begin = digits.starts_with('-') ? 1 : 0;
  std::size_t at = std::min(digits.find('.'), digits.size());
  while (at > begin + 3) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

/// `share` in percent with `digits` after the point; never a minus before a zero.
std::string in_percent(double share, int digits, bool with_sign) {
  double value = share * 100;
  const double step = std::pow(10.0, -digits);
  if (std::abs(value) < step / 2) value = 0;
  return with_sign && value != 0 ? fmt::format("{:+.{}f}%", value, digits) : fmt::format("{:.{}f}%", value, digits);
}

std::string with_currency(std::string digits, std::string_view currency) {
  const bool negative = digits.starts_with('-');
  if (negative) digits.erase(0, 1);
  const std::string_view sign = currency_sign(currency);
  return fmt::format("{}{}{}{}", negative ? "-" : "", sign.empty() ? currency : sign,
                     sign.empty() && !currency.empty() ? " " : "", grouped(std::move(digits)));
}

std::chrono::year_month_day civil_day(Instant t, const Zone& zone) {
  return std::chrono::sys_days(std::chrono::days(zone.civil(t).date.day));
}

std::string day_and_month(std::chrono::year_month_day day) {
  static constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const unsigned month = static_cast<unsigned>(day.month());
  return fmt::format("{} {}", static_cast<unsigned>(day.day()), months[(month - 1) % 12]);
}

/// So many digits tell the ends of the interval apart.
int lift_digits(const learn::Interval& interval) {
  return std::max(std::abs(interval.low), std::abs(interval.high)) < 0.00995 ? 2 : 1;
}

/// What is to be said where the groups are not in the proportion that was declared; else empty.
std::string ratio_text(const GoalRow& goal) {
  if (!goal.ratio) return "";
  const auto& [holdout, treated, held] = *goal.ratio;
  const double share = holdout.to_double();
  if (!learn::sample_ratio_alarm(std::vector<std::uint64_t>{treated, held}, std::vector<double>{1 - share, share}))
    return "";
  return fmt::format(
      "{} of {} were held out ({}), and the goal says {}: chance does not do that. Was the share changed on the way? "
      "Else "
      "something keeps people out, or lets them in, by who they are. Find it before you believe the lift.",
      count_text(held), count_text(treated + held), rate_text(held, treated + held), written_percent_text(holdout));
}

}  // namespace

const std::string_view goals_note =
    "Some contacts are held out: they go the same way, but get no messages. The lift is how much more "
    "often the treated reach the goal than the held out, in percentage points.";
const std::string_view choices_note =
    "A share is how often an option is picked. Shares move toward the options that reach the goal, and none that may "
    "be picked falls below the floor. Only treated contacts are counted.";
const std::string_view scores_note =
    "A score learns from a prediction when its window is over. AUC, slope and lift are of the last predictions, each "
    "made "
    "again right before it was learned from: AUC 0.5 is a coin, slope 1 means what it says, and the lift is the rate "
    "of "
    "the highest tenth over that of all.";
const std::string_view rules_note =
    "Guarded: the rule was asked before every message that it is about. Withheld: at the moment of hand-over to the "
    "channel it no longer allowed the message.";
const std::string_view messages_note = "Held out: the message was due, but the contact is in the group that gets none.";
const std::string_view workflows_note =
    "Finished: went to the end. Left: an event or a condition took them out before. Waiting: still under way.";

bool any_waived(const Report& report) {
  return std::any_of(report.rules.begin(), report.rules.end(), [](const RuleRow& rule) { return rule.waived > 0; });
}

std::string count_text(std::uint64_t n) {
  return grouped(fmt::format("{}", n));
}

std::string counted_text(std::uint64_t n, std::string_view noun) {
  return fmt::format("{} {}{}", count_text(n), noun, n == 1 ? "" : "s");
}

std::string percent_text(double share) {
  if (share == 0) return "0%";
  return in_percent(share, std::abs(share) < 0.00995 ? 2 : 1, false);
}

std::string rate_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::string(nothing_text);
  return percent_text(static_cast<double>(part) / static_cast<double>(whole));
}

std::string written_percent_text(Decimal share) {
  const auto percent = multiply(share, Decimal::from_int(100));
  return percent ? percent->to_string() + "%" : percent_text(share.to_double());
}

std::string billionths_text(std::uint32_t share) {
  return percent_text(share / 1e9);
}

std::string lift_range_text(const learn::Interval& interval) {
  const int digits = lift_digits(interval);
  return fmt::format("{} to {}", in_percent(interval.low, digits, true), in_percent(interval.high, digits, true));
}

std::string lift_text(const learn::Lift& lift) {
  return fmt::format("{} ({})", in_percent(lift.difference, lift_digits(lift.interval), true),
                     lift_range_text(lift.interval));
}

std::string interval_text(const learn::Interval& interval) {
  return fmt::format("{} to {}", percent_text(interval.low), percent_text(interval.high));
}

std::string money_text(Decimal amount, std::string_view currency) {
  std::string digits = amount.to_string(2);
  if (digits.ends_with(".00")) digits.erase(digits.size() - 3);
  return with_currency(std::move(digits), currency);
}

std::string about_money_text(double amount, std::string_view currency) {
  if (std::abs(amount) < 100) {
    if (std::abs(amount) < 0.005) amount = 0;
    std::string digits = fmt::format("{:.2f}", amount);
    if (digits.ends_with(".00")) digits.erase(digits.size() - 3);
    return with_currency(std::move(digits), currency);
  }
  const double unit = std::pow(10.0, std::floor(std::log10(std::abs(amount))) - 2);
  return with_currency(fmt::format("{:.0f}", std::round(amount / unit) * unit), currency);
}

Zone zone_of(const bytecode::Module& module) {
  if (module.zone.empty()) return Zone();
  return Zone::load(module.zone).value_or(Zone());
}

std::string day_text(Instant t, const Zone& zone) {
  const auto day = civil_day(t, zone);
  return fmt::format("{} {}", day_and_month(day), static_cast<int>(day.year()));
}

std::string short_day_text(Instant t, const Zone& zone) {
  return day_and_month(civil_day(t, zone));
}

GoalFinding finding_of(const GoalRow& goal, std::string_view currency) {
  GoalFinding out;
  if (goal.treated > 0 && goal.held > 0) {
    // The page is looked at again and again, so what it says has to hold at every look.
    const learn::Lift always =
        learn::lift_sequence({goal.treated_reached, goal.treated}, {goal.held_reached, goal.held}, learn::usual_rows);
    const learn::Lift once = learn::lift(goal.treated_reached, goal.treated, goal.held_reached, goal.held);
    const bool few = always.interval.low <= -1 && always.interval.high >= 1;
    const learn::Lift& lift = few ? once : always;
    out.lift = lift;
    out.ratio = ratio_text(goal);
    out.shown = out.ratio.empty() && !few && (lift.interval.low > 0 || lift.interval.high < 0);
    if (!out.ratio.empty()) {
      out.verdict = "Not to be trusted: the groups are not what they should be.";
    } else if (few) {
      out.verdict = "Not shown yet: too few.";
    } else if (!out.shown) {
      out.verdict = "Not shown yet: the interval includes zero.";
    } else {
      out.verdict = lift.difference > 0 ? "Shown: the interval excludes zero."
                                        : "Shown, but the wrong way: the treated reach the goal less often.";
    }
    out.one_look = few ? "The interval is for one look, planned beforehand. One that holds however often you look "
                         "wants ten in each "
                         "group who reached the goal, and ten who did not."
                       : fmt::format("The interval holds however often you look. For one look, planned beforehand: {}.",
                                     lift_range_text(once.interval));
    if (out.shown && goal.worth) {
      const double each = goal.worth->to_double();
      const auto treated = static_cast<double>(goal.treated);
      const auto more = static_cast<std::uint64_t>(std::llround(std::abs(lift.difference) * treated));
      const double sign = lift.difference < 0 ? -1 : 1;
      const double low = (sign > 0 ? lift.interval.low : -lift.interval.high) * treated * each;
      const double high = (sign > 0 ? lift.interval.high : -lift.interval.low) * treated * each;
      out.worth = fmt::format(
          "About {} {} reached the goal than would have without messages; at {} each that {} {} ({} to {}).",
          count_text(more), sign > 0 ? "more" : "fewer", money_text(*goal.worth, currency),
          sign > 0 ? "is worth" : "costs", about_money_text(std::abs(lift.difference) * treated * each, currency),
          about_money_text(low, currency), about_money_text(high, currency));
    }
  } else if (goal.treated == 0 && goal.held == 0) {
    out.verdict = "Nobody is counted yet.";
  } else {
    out.verdict = goal.held == 0 ? "No lift: nobody is held out, so there is nothing to compare with."
                                 : "No lift yet: nobody treated is counted.";
  }
  if (goal.target) {
    const double rate =
        goal.treated == 0 ? 0 : static_cast<double>(goal.treated_reached) / static_cast<double>(goal.treated);
    out.target_met = goal.treated > 0 && rate >= goal.target->to_double();
    out.target = fmt::format("Target {}: {}.", written_percent_text(*goal.target), out.target_met ? "met" : "not met");
  }
  if (goal.baseline) out.baseline = fmt::format("Baseline {}.", written_percent_text(*goal.baseline));
  if (goal.open > 0) {
    out.open = fmt::format("{} {} still open: not counted above, as there is time left to reach the goal.",
                           count_text(goal.open), goal.open == 1 ? "entry is" : "entries are");
  }
  return out;
}

std::string size_text(const Report& report) {
  return fmt::format("{} · {} · {}", counted_text(report.contacts, "contact"), counted_text(report.events, "event"),
                     counted_text(report.messages, "message"));
}

std::string about_text(const Report& report, const Zone& zone) {
  std::string out;
  if (!report.project.empty() && report.project != report.title) out = report.project + " · ";
  return out + fmt::format("{} to {} ({}) · seed {}", day_text(report.from, zone), day_text(report.to, zone),
                           zone.name(), report.seed);
}

std::string learning_text(const ChoiceRow& choice) {
  std::string out = choice.learner.empty() ? "Learns" : fmt::format("Learns by {}", choice.learner);
  if (!choice.features.empty()) out += fmt::format(" from {}", fmt::join(choice.features, ", "));
  if (choice.floor > 0) {
    // A floor is a round number that somebody wrote, so it is shown as written.
    out += fmt::format("; explores at least {}", written_percent_text(Decimal::from_units(choice.floor)));
  }
  return out + ".";
}

double share_at(const SharePoint& point, std::size_t option) {
  return option < point.shares.size() ? point.shares[option] / 1e9 : 0;
}

std::string first_share_text(const ChoiceRow& choice, std::size_t option) {
  if (choice.history.empty()) return std::string(nothing_text);
  return percent_text(share_at(choice.history.front(), option));
}

std::string last_share_text(const ChoiceRow& choice, std::size_t option) {
  if (choice.history.empty()) return std::string(nothing_text);
  return percent_text(share_at(choice.history.back(), option));
}

std::string figure_text(const std::optional<double>& figure) {
  return figure ? fmt::format("{:.2f}", *figure) : std::string(nothing_text);
}

std::string standing_text(const ScoreRow& score) {
  return score.version == 0 ? "nothing learned is in force yet" : fmt::format("version {}", score.version);
}

std::string workflow_name(const bytecode::Module& module, bytecode::Index workflow) {
  return workflow < module.workflows.size() ? module.workflows[workflow].name : std::string(nothing_text);
}

std::optional<Decimal> total_cost(const Report& report) {
  Decimal sum;
  for (const ContentRow& row : report.contents) {
    const auto next = add(sum, row.cost);
    if (!next) return std::nullopt;
    sum = *next;
  }
  return sum;
}

}  // namespace fairlead::trial
