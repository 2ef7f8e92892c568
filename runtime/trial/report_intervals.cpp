// Points with their intervals on a common scale, as reviews of trials draw them (forest plots).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/trial/report_page.hpp"
#include "runtime/trial/report_words.hpp"

namespace fairlead::trial {
namespace {

constexpr double width = 1040, row_height = 36, top = 12, foot = 30;
constexpr std::size_t longest_name = 24;

struct Row {
  std::string name, said;  // at the left and at the right
  double value = 0;
  learn::Interval interval;
  std::string_view look;  // class of the style
};

struct Mark {
  double value = 0;
  std::string name, said;  // `target`, `12%`
};

struct Scale {
  double low = 0, high = 0, step = 0;
};

/// About six round steps (1, 2 or 5 times a power of ten) around all that is to be shown.
Scale scale_over(double low, double high) {
  if (high - low < 1e-4) high = low + 1e-4;
  const double rough = (high - low) / 6;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = power * 10;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (power * factor >= rough * (1 - 1e-9)) {
      step = power * factor;
      break;
    }
  }
  return {std::floor(low / step + 1e-9) * step, std::ceil(high / step - 1e-9) * step, step};
}

class Forest {
 public:
  Forest(std::vector<Row> rows, std::vector<Mark> marks, bool with_sign)
      : rows_(std::move(rows)), marks_(std::move(marks)), with_sign_(with_sign) {
    double low = 0, high = 0;
    std::size_t name = 0, said = 0;
    for (const Row& row : rows_) {
      low = std::min(low, row.interval.low);
      high = std::max(high, row.interval.high);
      name = std::max(name, characters(row.name));
      said = std::max(said, characters(row.said));
    }
    for (const Mark& mark : marks_) high = std::max(high, mark.value);
    scale_ = scale_over(low, high);
    left_ = 24 + 7.6 * static_cast<double>(name);
    right_ = width - 24 - 7.6 * static_cast<double>(said);
    above_ = marks_.empty() ? 0 : 20;
  }

  std::string svg(std::string_view id, const std::string& title) {
    const double base = top + above_ + row_height * static_cast<double>(rows_.size());
    std::string described;
    for (const Row& row : rows_) described += fmt::format("{}{} {}", described.empty() ? "" : "; ", row.name, row.said);
    for (const Mark& mark : marks_) described += fmt::format("; {} {}", mark.name, mark.said);
    out_ = fmt::format(
        "<svg class=\"chart\" role=\"img\" aria-labelledby=\"{0}-t {0}-d\" viewBox=\"0 0 {1:.0f} {2:.0f}\">\n"
        "<title id=\"{0}-t\">{3}</title>\n<desc id=\"{0}-d\">{4}.</desc>\n",
        id, width, base + foot, escape(title), escape(described));
    axis(base);
    marks(base);
    for (std::size_t i = 0; i < rows_.size(); ++i)
      row(rows_[i], top + above_ + row_height * (static_cast<double>(i) + 0.5));
    return out_ + "</svg>\n";
  }

 private:
  [[nodiscard]] double x(double value) const {
    return left_ + (right_ - left_) * (value - scale_.low) / (scale_.high - scale_.low);
  }

  void axis(double base) {
    const int count = static_cast<int>(std::lround((scale_.high - scale_.low) / scale_.step));
    const int digits = std::max(0, static_cast<int>(-std::floor(std::log10(scale_.step * 100) + 1e-9)));
    for (int i = 0; i <= count; ++i) {
      const double value = scale_.low + i * scale_.step;
      const bool zero = std::abs(value) < scale_.step / 1000;
      out_ += fmt::format("<line class=\"{0}\" x1=\"{1:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{3:.1f}\"/>",
                          zero ? "zero" : "grid", x(value), top + above_, base + 5);
      const std::string number = zero         ? "0"
                                 : with_sign_ ? fmt::format("{:+.{}f}", value * 100, digits)
                                              : fmt::format("{:.{}f}", value * 100, digits);
      out_ +=
          fmt::format("<text class=\"tick mid\" x=\"{:.1f}\" y=\"{:.1f}\">{}%</text>\n", x(value), base + 20, number);
    }
  }

  void marks(double base) {
    double free_from = -1;
    // From left to right; a name that would lie on the one before it moves to the other side of its line.
    std::stable_sort(marks_.begin(), marks_.end(), [](const Mark& a, const Mark& b) { return a.value < b.value; });
    for (std::size_t i = 0; i < marks_.size(); ++i) {
      const Mark& mark = marks_[i];
      const std::string text = mark.name + " " + mark.said;
      const double wide = 7.0 * static_cast<double>(characters(text));
      double from = x(mark.value) - wide / 2;
      if (i + 1 < marks_.size()) from = std::min(from, (x(mark.value) + x(marks_[i + 1].value)) / 2 - wide - 4);
      from = std::max({from, free_from, 0.0});
      free_from = from + wide + 8;
      out_ += fmt::format("<line class=\"{0}\" x1=\"{1:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{3:.1f}\"/>",
                          mark.name, x(mark.value), top + above_ - 2, base);
      out_ += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", from, top + 8, escape(text));
    }
  }

  void row(const Row& row, double y) {
    out_ += fmt::format("<text class=\"name\" x=\"0\" y=\"{:.1f}\">{}</text>", y + 4, escape(row.name));
    out_ += fmt::format(
        "<g class=\"{0}\"><line class=\"whisker\" x1=\"{1:.1f}\" x2=\"{2:.1f}\" y1=\"{3:.1f}\" y2=\"{3:.1f}\"/>",
        row.look, x(row.interval.low), x(row.interval.high), y);
    for (const double end : {row.interval.low, row.interval.high}) {
      out_ += fmt::format("<line class=\"whisker\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>",
                          x(end), y - 5, y + 5);
    }
    out_ += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5.5\"/></g>", x(row.value), y);
    out_ +=
        fmt::format("<text class=\"name end\" x=\"{:.0f}\" y=\"{:.1f}\">{}</text>\n", width, y + 4, escape(row.said));
  }

  std::vector<Row> rows_;
  std::vector<Mark> marks_;
  bool with_sign_;
  Scale scale_;
  double left_ = 0, right_ = 0, above_ = 0;
  std::string out_;
};

}  // namespace

std::string rate_chart(const GoalRow& goal, std::string_view id) {
  std::vector<Row> rows;
  const auto group = [&](const std::string& name, std::uint64_t reached, std::uint64_t counted, std::string_view look) {
    if (counted == 0) return;
    const learn::Interval interval = learn::wilson(reached, counted);
    rows.push_back({name, fmt::format("{} ({})", rate_text(reached, counted), interval_text(interval)),
                    static_cast<double>(reached) / static_cast<double>(counted), interval, look});
  };
  group("treated", goal.treated_reached, goal.treated, "treated");
  group("held out", goal.held_reached, goal.held, "held");
  if (rows.empty()) return "";
  std::vector<Mark> marks;
  if (goal.baseline) marks.push_back({goal.baseline->to_double(), "baseline", written_percent_text(*goal.baseline)});
  if (goal.target) marks.push_back({goal.target->to_double(), "target", written_percent_text(*goal.target)});
  return Forest(std::move(rows), std::move(marks), false).svg(id, "How many reached " + goal.name);
}

std::string lift_chart(const Report& report, std::string_view id) {
  std::vector<Row> rows;
  for (const GoalRow& goal : report.goals) {
    const GoalFinding found = finding_of(goal, report.currency);
    if (!found.lift) continue;
    const std::string_view look = !found.shown ? "unsure" : found.lift->difference > 0 ? "good" : "bad";
    rows.push_back({shortened(goal.name, longest_name), lift_text(*found.lift), found.lift->difference,
                    found.lift->interval, look});
  }
  if (rows.empty()) return "";
  return Forest(std::move(rows), {}, true).svg(id, "Lift of each goal");
}

}  // namespace fairlead::trial
