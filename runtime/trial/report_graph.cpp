// A workflow drawn from top to bottom: boxes with the steps' words, lines as wide as many went that way.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/trial/report_flow.hpp"
#include "runtime/trial/report_layout.hpp"
#include "runtime/trial/report_page.hpp"
#include "runtime/trial/report_words.hpp"

namespace fairlead::trial {
namespace {

constexpr double margin = 12;
constexpr std::size_t longest_words = 40;

std::string_view css_class(Box::Look look) {
  switch (look) {
    case Box::Look::entry: return "entry";
    case Box::Look::send: return "send";
    case Box::Look::wait: return "wait";
    case Box::Look::choose: return "choose";
    case Box::Look::branch: return "branch";
    case Box::Look::set: return "set";
    case Box::Look::stop: return "stop";
    case Box::Look::end: return "end";
  }
  return "end";
}

std::string below(const Box& box) {
  std::string out = count_text(box.passed);
  if (box.waiting > 0) out += fmt::format(" · {} here now", count_text(box.waiting));
  return out;
}

std::string label_of(const Way& way) {
  if (way.label.empty()) return "";
  if (!way.count) return shortened(way.label, longest_words);
  return fmt::format("{} · {}{}", shortened(way.label, longest_words), way.exact ? "" : "~", count_text(*way.count));
}

/// Widths without measuring type: a little more than common faces need.
double text_width(std::string_view text, double per_character) {
  return static_cast<double>(characters(text)) * per_character;
}

class Drawing {
 public:
  explicit Drawing(Flow flow) : flow_(std::move(flow)) {
    std::vector<Size> sizes;
    for (const Box& box : flow_.boxes) {
      const double width = std::max(text_width(shortened(box.words, longest_words), 7.9), text_width(below(box), 6.9));
      sizes.push_back({std::max(width + 32, 84.0), 46});
    }
    std::vector<Route> routes;
    for (const Way& way : flow_.ways) {
      const std::string label = label_of(way);
      const double width = label.empty() ? 0 : text_width(label, 6.9) + 18;
      routes.push_back({way.from, way.to, {width, label.empty() ? 0.0 : 20.0}, false, {}, {}});
    }
    sizes_ = sizes;
    layout_ = lay_out(sizes, std::move(routes));
    for (const Way& way : flow_.ways) most_ = std::max(most_, way.count.value_or(0));
  }

  std::string svg(std::string_view id, const std::string& name) {
    const double width = layout_.size.width + 2 * margin, height = layout_.size.height + 2 * margin;
    // Long ways bend to the side of the boxes, so nothing reaches beyond what the layout has measured.
    out_ = fmt::format(
        "<svg class=\"graph\" role=\"img\" aria-labelledby=\"{0}-t {0}-d\" width=\"{1:.0f}\" height=\"{2:.0f}\" "
        "viewBox=\"{3:.0f} {3:.0f} {1:.0f} {2:.0f}\">\n<title id=\"{0}-t\">Workflow {4}</title>\n"
        "<desc id=\"{0}-d\">{5}</desc>\n",
        id, width, height, -margin, escape(name), escape(described()));
    for (std::size_t i = 0; i < flow_.ways.size(); ++i) line(i);
    for (std::size_t i = 0; i < flow_.ways.size(); ++i) label(i);
    for (std::size_t i = 0; i < flow_.boxes.size(); ++i) box(i);
    return out_ + "</svg>\n";
  }

 private:
  /// The graph for somebody who does not see it.
  [[nodiscard]] std::string described() const {
    std::string out;
    for (const Way& way : flow_.ways) {
      out += fmt::format("{}{} to {}{}", out.empty() ? "" : "; ", flow_.boxes[way.from].words,
                         flow_.boxes[way.to].words, way.label.empty() ? "" : " (" + way.label + ")");
      if (way.count) out += fmt::format(": {}{}", way.exact ? "" : "about ", count_text(*way.count));
    }
    return out + ".";
  }

  [[nodiscard]] double thickness(const Way& way) const {
    if (!way.count || most_ == 0) return 1.5;
    return 1.5 + 7 * static_cast<double>(*way.count) / static_cast<double>(most_);
  }

  [[nodiscard]] bool starts_at(std::size_t way, std::size_t box) const {
    const Route& route = layout_.routes[way];
    return (route.upward ? route.to : route.from) == box;
  }
  [[nodiscard]] bool ends_at(std::size_t way, std::size_t box) const {
    const Route& route = layout_.routes[way];
    return (route.upward ? route.from : route.to) == box;
  }

  /// Where a way touches the lower or upper side of a box: side by side, in the order in which they go off.
  [[nodiscard]] double port(std::size_t way, std::size_t box, bool lower) const {
    const auto toward = [&](std::size_t w) {
      const Route& route = layout_.routes[w];
      if (!route.pieces.empty()) return lower ? route.pieces.front().x : route.pieces.back().x;
      return layout_.boxes[lower != route.upward ? route.to : route.from].x;
    };
    std::vector<std::size_t> ways;
    double total = 0;
    for (std::size_t w = 0; w < flow_.ways.size(); ++w) {
      if (flow_.ways[w].from == flow_.ways[w].to) continue;
      if (lower ? starts_at(w, box) : ends_at(w, box)) {
        ways.push_back(w);
        total += thickness(flow_.ways[w]) + 6;
      }
    }
    std::stable_sort(ways.begin(), ways.end(), [&](std::size_t a, std::size_t b) { return toward(a) < toward(b); });
    const double room = sizes_[box].width - 24;
    const double squeeze = total > room && total > 0 ? room / total : 1;
    double x = layout_.boxes[box].x - total * squeeze / 2;
    for (const std::size_t w : ways) {
      const double wide = (thickness(flow_.ways[w]) + 6) * squeeze;
      if (w == way) return x + wide / 2;
      x += wide;
    }
    return layout_.boxes[box].x;
  }

  void line(std::size_t i) {
    const Way& way = flow_.ways[i];
    const Route& route = layout_.routes[i];
    if (way.from == way.to) return;
    const std::size_t top = route.upward ? way.to : way.from, bottom = route.upward ? way.from : way.to;
    const double wide = thickness(way), head = 3.5 + wide * 0.55;
    double x = port(i, top, true), y = layout_.boxes[top].y + sizes_[top].height / 2;
    const double end_x = port(i, bottom, false), end_y = layout_.boxes[bottom].y - sizes_[bottom].height / 2;
    // The arrow's head stands at the end of the line, which for a way back is above.
    const double from_y = route.upward ? y + head : y, to_y = route.upward ? end_y : end_y - head;
    std::string path = fmt::format("M{:.1f} {:.1f}", x, from_y);
    y = from_y;
    const auto curve = [&](double to_x, double to) {
      const double half = (y + to) / 2;
      path += fmt::format("C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}", x, half, to_x, half, to_x, to);
      x = to_x;
      y = to;
    };
    for (const Route::Piece& piece : route.pieces) {
      curve(piece.x, piece.top);
      path += fmt::format("V{:.1f}", piece.bottom);
      y = piece.bottom;
    }
    curve(end_x, to_y);
    const std::string count = way.count ? fmt::format("{}{}", way.exact ? "" : "about ", count_text(*way.count)) : "";
    const std::string tip = fmt::format("{} → {}{}{}{}{}", flow_.boxes[way.from].words, flow_.boxes[way.to].words,
                                        way.label.empty() ? "" : ", ", way.label, count.empty() ? "" : ": ", count);
    out_ += fmt::format("<g class=\"way{}\"><title>{}</title><path d=\"{}\" style=\"stroke-width:{:.1f}\"/>",
                        way.count == 0U ? " unused" : "", escape(tip), path, wide);
    const double tip_x = route.upward ? port(i, top, true) : end_x;
    const double tip_y = route.upward ? from_y - head : end_y, base = route.upward ? from_y : to_y;
    out_ += fmt::format("<polygon points=\"{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}\"/></g>\n", tip_x - head * 0.9,
                        base, tip_x + head * 0.9, base, tip_x, tip_y);
  }

  void label(std::size_t i) {
    const Route& route = layout_.routes[i];
    const std::string text = label_of(flow_.ways[i]);
    if (text.empty() || route.pieces.empty()) return;
    const double x = route.label_at.x, y = route.label_at.y;
    out_ += fmt::format(
        "<g class=\"label\"><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"20\" rx=\"10\"/>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text></g>\n",
        x - route.label.width / 2, y - 10, route.label.width, x, y + 4, escape(text));
  }

  void box(std::size_t i) {
    const Box& what = flow_.boxes[i];
    const Size size = sizes_[i];
    const Place at = layout_.boxes[i];
    const bool pill = what.look == Box::Look::entry || what.look == Box::Look::end || what.look == Box::Look::stop;
    const std::string words = shortened(what.words, longest_words);
    const std::size_t space = words.find(' ');
    const std::string verb = words.substr(0, space), rest = space == std::string::npos ? "" : words.substr(space);
    out_ += fmt::format(
        "<g class=\"box {}\"><title>{}: {}</title><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.0f}\" "
        "rx=\"{}\"/>",
        css_class(what.look), escape(what.words), below(what), at.x - size.width / 2, at.y - size.height / 2,
        size.width, size.height, pill ? 23 : 8);
    out_ += fmt::format(
        "<text x=\"{:.1f}\" y=\"{:.1f}\"><tspan class=\"verb\">{}</tspan>{}</text><text class=\"sub\" x=\"{:.1f}\" "
        "y=\"{:.1f}\">{}</text></g>\n",
        at.x, at.y - 3, escape(verb), escape(rest), at.x, at.y + 14, below(what));
  }

  Flow flow_;
  std::vector<Size> sizes_;
  Layout layout_;
  std::uint64_t most_ = 0;
  std::string out_;
};

}  // namespace

std::string workflow_graph(const bytecode::Module& module, const WorkflowRow& row, std::string_view id) {
  Flow flow = flow_of(module, row);
  if (flow.boxes.empty()) return "";
  const bool guessed =
      std::any_of(flow.ways.begin(), flow.ways.end(), [](const Way& w) { return w.count && !w.exact; });
  std::string out =
      "<div class=\"wide\">\n" + Drawing(std::move(flow)).svg(id, workflow_name(module, row.workflow)) + "</div>\n";
  if (guessed) {
    out += "<p class=\"note\">~: worked out from the steps before and after; somebody may have left on the way.</p>\n";
  }
  return out;
}

}  // namespace fairlead::trial
