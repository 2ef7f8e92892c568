// Shares over time, as lines with their names at the end; or rates over rows, which are drawn alike.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "runtime/trial/report_page.hpp"
#include "runtime/trial/report_words.hpp"

namespace fairlead::trial {
namespace {

constexpr double width = 1040, height = 290, left = 46, top = 14, bottom = 30;
constexpr std::size_t most_points = 240;  // more cannot be told apart at this width
constexpr std::size_t colours = 8;        // of the style; after them dashes
constexpr std::size_t longest_name = 22;

/// What lies below the lines, and what they are called.
struct CurveAxis {
  std::string title;
  std::function<std::vector<std::pair<Instant, std::string>>(Instant from, Instant to)> ticks;
  std::function<std::string(Instant)> at;
  bool small = false;  // what is shown may be far below a fifth
};

/// The lines of the grid lie at round numbers, at most five of them.
double step_of(double scale) {
  if (scale > 0.41) return 0.2;
  if (scale > 0.21) return 0.1;
  double step = 0.05;
  for (const double smaller : {0.04, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001}) {
    if (smaller * 5 >= scale) step = smaller;
  }
  return step;
}

class Curves {
 public:
  Curves(const ChoiceRow& choice, const CurveAxis& axis) : choice_(choice), axis_(axis) {
    const std::size_t all = choice.history.size();
    const std::size_t step = all / most_points + 1;
    for (std::size_t i = 0; i < all; i += step) points_.push_back(&choice.history[i]);
    if (!points_.empty() && points_.back() != &choice.history.back()) points_.push_back(&choice.history.back());
    std::size_t name = 0;
    for (const OptionRow& option : choice.options)
      name = std::max(name, std::min(characters(option.name), longest_name));
    right_ = 76 + 7.4 * static_cast<double>(name);
    double most = choice.floor / 1e9;
    for (const SharePoint* point : points_) {
      for (std::size_t o = 0; o < choice.options.size(); ++o) most = std::max(most, share_at(*point, o));
    }
    // The scale ends at a fifth, so that the lines of the grid are round.
    scale_ = std::clamp(std::ceil(most * 5 - 1e-6) / 5, 0.2, 1.0);
    if (axis_.small && most > 0 && most < 0.2) {
      const double line = step_of(most);
      scale_ = line * std::ceil(most / line - 1e-6);
    }
  }

  std::string svg(std::string_view id) {
    if (points_.size() < 2 || choice_.options.empty() || points_.front()->at >= points_.back()->at) return "";
    out_ = fmt::format(
        "<svg class=\"chart\" role=\"img\" aria-labelledby=\"{0}-t {0}-d\" viewBox=\"0 0 {1:.0f} {2:.0f}\">\n"
        "<title id=\"{0}-t\">{3}</title>\n<desc id=\"{0}-d\">{4}</desc>\n",
        id, width, height, escape(axis_.title), escape(described()));
    grid();
    for (std::size_t o = 0; o < choice_.options.size(); ++o) line(o);
    names();
    tips();
    return out_ + "</svg>\n";
  }

 private:
  [[nodiscard]] double x(Instant t) const {
    const Instant from = points_.front()->at, to = points_.back()->at;
    return left + (width - left - right_) * static_cast<double>(t.ms - from.ms) / static_cast<double>(to.ms - from.ms);
  }
  [[nodiscard]] double y(double share) const {
    return top + (height - top - bottom) * (1 - std::min(share / scale_, 1.0));
  }

  [[nodiscard]] std::string described() const {
    std::string out;
    for (std::size_t o = 0; o < choice_.options.size(); ++o) {
      out += fmt::format("{}{} from {} to {}", o == 0 ? "" : "; ", choice_.options[o].name,
                         first_share_text(choice_, o), last_share_text(choice_, o));
    }
    return out + ".";
  }

  void grid() {
    const double step = scale_ < 0.2 ? step_of(scale_ - 1e-9) : scale_ > 0.21 ? step_of(scale_) : 0.05;
    for (int i = 0; i * step < scale_ + 1e-6; ++i) {
      const double share = i * step;
      out_ += fmt::format("<line class=\"{0}\" x1=\"{1:.1f}\" x2=\"{2:.1f}\" y1=\"{3:.1f}\" y2=\"{3:.1f}\"/>",
                          i == 0 ? "axis" : "grid", left, width - right_, y(share));
      out_ += fmt::format("<text class=\"tick end\" x=\"{:.1f}\" y=\"{:.1f}\">{:.3g}%</text>\n", left - 8, y(share) + 4,
                          share * 100);
    }
    for (const auto& [t, label] : axis_.ticks(points_.front()->at, points_.back()->at)) tick(t, label);
    if (choice_.floor > 0 && choice_.floor / 1e9 < scale_) {
      const double at = y(choice_.floor / 1e9);
      out_ += fmt::format("<line class=\"floor\" x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>", left,
                          width - right_, at);
      out_ += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\">floor {}</text>\n", left + 6, at - 5,
                          written_percent_text(Decimal::from_units(choice_.floor)));
    }
  }

  void tick(Instant t, const std::string& label) {
    const double at = x(t);
    if (at > width - right_ + 0.5) return;
    out_ += fmt::format("<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>", at, y(0),
                        y(0) + 5);
    out_ += fmt::format("<text class=\"tick mid\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", at, y(0) + 19, label);
  }

  void line(std::size_t option) {
    std::string path;
    for (const SharePoint* point : points_) {
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x(point->at), y(share_at(*point, option)));
    }
    out_ += fmt::format("<path class=\"curve s{}{}\" d=\"{}\"/>\n", option % colours,
                        option >= colours ? " dashed" : "", path);
  }

  /// At the ends of the lines, moved apart where they would lie on one another.
  void names() {
    constexpr double apart = 17;
    std::vector<std::pair<double, std::size_t>> at;
    for (std::size_t o = 0; o < choice_.options.size(); ++o) at.emplace_back(y(share_at(*points_.back(), o)), o);
    std::sort(at.begin(), at.end());
    for (std::size_t i = 1; i < at.size(); ++i) at[i].first = std::max(at[i].first, at[i - 1].first + apart);
    double limit = y(0) + 4;
    for (std::size_t i = at.size(); i-- > 0; limit = at[i].first - apart) at[i].first = std::min(at[i].first, limit);
    for (const auto& [where, o] : at) {
      const double end = y(share_at(*points_.back(), o));
      out_ += fmt::format("<circle class=\"dot s{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\"/>", o % colours,
                          width - right_, end);
      out_ += fmt::format(
          "<text class=\"name of s{}\" x=\"{:.1f}\" y=\"{:.1f}\">{} <tspan class=\"soft\">{}</tspan></text>\n",
          o % colours, width - right_ + 10, where + 4, escape(shortened(choice_.options[o].name, longest_name)),
          last_share_text(choice_, o));
    }
  }

  /// What a pointer that rests over a day is told; browsers show it without a script.
  void tips() {
    constexpr std::size_t most = 80;
    const std::size_t step = points_.size() / most + 1;
    for (std::size_t i = 0; i < points_.size(); i += step) {
      const double from = x(points_[i]->at), to = i + step < points_.size() ? x(points_[i + step]->at) : width - right_;
      if (to <= from) continue;
      std::string tip = axis_.at(points_[i]->at);
      for (std::size_t o = 0; o < choice_.options.size(); ++o) {
        tip += fmt::format("\n{} {}", choice_.options[o].name, percent_text(share_at(*points_[i], o)));
      }
      // Line ends stay, though other control characters do not.
      std::string text;
      for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
        end = tip.find('\n', begin);
        text += (begin == 0 ? "" : "\n") + escape(std::string_view(tip).substr(begin, end - begin));
      }
      out_ += fmt::format(
          "<rect class=\"tip\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"><title>{}</title></rect>\n",
          from, top, to - from, height - top - bottom, text);
    }
  }

  const ChoiceRow& choice_;
  const CurveAxis& axis_;
  std::vector<const SharePoint*> points_;
  double right_ = 0, scale_ = 1;
  std::string out_;
};

using Ticks = std::vector<std::pair<Instant, std::string>>;

/// Midnights of the zone: every day, week, … so that about seven fit.
Ticks dates(const Zone& zone, Instant from, Instant to) {
  static constexpr std::array<int, 10> steps = {1, 2, 5, 7, 10, 14, 30, 60, 90, 180};
  const std::int32_t first = zone.civil(from).date.day, last = zone.civil(to).date.day;
  const std::int32_t span = last - first;
  std::int32_t step = span / 7 + 1;
  for (const int candidate : steps) {
    if (span / candidate <= 8) {
      step = candidate;
      break;
    }
  }
  Ticks out;
  for (std::int32_t day = first; day <= last; day += step) {
    const Instant t = std::max(zone.at(Date{day}, TimeOfDay{}), from);
    out.emplace_back(t, short_day_text(t, zone));
  }
  return out;
}

/// Round numbers of rows, about five.
Ticks counts(Instant from, Instant to) {
  std::int64_t step = 1;
  for (const std::int64_t next : {2, 5, 10}) {
    for (std::int64_t wider = next; wider <= to.ms / 4; wider *= 10) step = std::max(step, wider);
  }
  Ticks out;
  for (std::int64_t at = (from.ms + step - 1) / step * step; at <= to.ms; at += step)
    out.emplace_back(Instant{at}, count_text(static_cast<std::uint64_t>(at)));
  return out;
}

}  // namespace

std::string share_curves(const ChoiceRow& choice, const Zone& zone, std::string_view id) {
  const CurveAxis axis{fmt::format("Shares of {} over time", choice.key),
                       [&zone](Instant from, Instant to) { return dates(zone, from, to); },
                       [&zone](Instant t) { return day_text(t, zone); }};
  return Curves(choice, axis).svg(id);
}

std::string row_curves(const ChoiceRow& choice, const std::string& title, bool small, std::string_view id) {
  const CurveAxis axis{title, counts, [](Instant t) { return count_text(static_cast<std::uint64_t>(t.ms)) + " rows"; },
                       small};
  return Curves(choice, axis).svg(id);
}

}  // namespace fairlead::trial
