// What a replay came to, as a page: what the choices earned, and how their shares moved over the rows of the log.
#include <fmt/format.h>

#include "runtime/trial/replay.hpp"
#include "runtime/trial/report_page.hpp"
#include "runtime/trial/report_words.hpp"

namespace fairlead::trial {
namespace {

std::uint32_t billionths(double share) {
  return static_cast<std::uint32_t>(share * 1e9 + 0.5);
}

/// The choices as lines, which are their rewards so far.
ChoiceRow earned(const std::vector<Replayed>& choices) {
  ChoiceRow out;
  for (const Replayed& choice : choices) out.options.push_back({choice.key});
  for (std::size_t i = 0; i < choices.front().curve.size(); ++i) {
    SharePoint point{Instant{static_cast<std::int64_t>(choices.front().curve[i].rows)}, {}};
    for (const Replayed& choice : choices) point.shares.push_back(billionths(choice.curve[i].mean));
    out.history.push_back(std::move(point));
  }
  return out;
}

ChoiceRow moved(const Replayed& choice) {
  ChoiceRow out;
  out.key = choice.key;
  for (const std::string& option : choice.options) out.options.push_back({option});
  for (const CurvePoint& at : choice.curve) {
    SharePoint point{Instant{static_cast<std::int64_t>(at.rows)}, {}};
    for (const double share : at.shares) point.shares.push_back(billionths(share));
    out.history.push_back(std::move(point));
  }
  return out;
}

class Page {
 public:
  explicit Page(const std::vector<Replayed>& choices) : choices_(choices) {}

  std::string all(const std::string& title, const std::string& about) {
    add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n"
        "<style>{1}</style>\n</head>\n<body>\n<main>\n<header>\n<h1>{0}</h1>\n<p class=\"about\">{2}</p>\n</header>\n",
        escape(title), page_style, escape(about));
    rewards();
    add("<section>\n<h2>Shares</h2>\n<p class=\"lead\">Which option was drawn how often, as the replay went on; the "
        "mean over all orders of the rows.</p>\n");
    for (const Replayed& choice : choices_) shares(choice);
    add("</section>\n</main>\n</body>\n</html>\n");
    return std::move(out_);
  }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), text, std::forward<Args>(args)...);
  }
  [[nodiscard]] std::string next_id() { return fmt::format("f{}", ++ids_); }

  void rewards() {
    add("<section>\n<h2>Mean reward</h2>\n<p class=\"lead\">Of the rows in which the choice took the arm that the log "
        "took, up to each point. The interval is over orders and draws; it does not hold the chance by which these "
        "people were in the log.</p>\n<div class=\"card\">\n");
    out_ += row_curves(earned(choices_), "Mean reward so far", true, next_id());
    add("<div class=\"wide\">\n<table class=\"full\" aria-label=\"Mean reward\">\n<thead><tr><th "
        "scope=\"col\">choice</th>"
        "<th scope=\"col\" class=\"n\">mean reward</th><th scope=\"col\" class=\"n\">rows kept</th>"
        "<th scope=\"col\" class=\"n\">against {}</th></tr></thead>\n<tbody>\n",
        escape(choices_.front().key));
    for (std::size_t i = 0; i < choices_.size(); ++i) {
      const Replayed& choice = choices_[i];
      add("<tr><th scope=\"row\"><span class=\"swatch s{}\"></span>{}</th><td class=\"n\">{:.4f} ± {:.4f}</td>"
          "<td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
          i % 8, escape(choice.key), choice.mean.mean, choice.mean.half_width,
          count_text(static_cast<std::uint64_t>(choice.kept.mean + 0.5)),
          choice.against ? fmt::format("{:+.4f} ± {:.4f}", choice.against->mean, choice.against->half_width) : "");
    }
    add("</tbody>\n</table>\n</div>\n</div>\n</section>\n");
  }

  void shares(const Replayed& choice) {
    add("<div class=\"card\">\n<h3>{}</h3>\n<p class=\"note\">explores at least {}</p>\n", escape(choice.key),
        choice.floor);
    out_ += row_curves(moved(choice), fmt::format("Shares of {}", choice.key), false, next_id());
    add("<div class=\"wide\">\n<table class=\"full\" aria-label=\"Options of {}\">\n<thead><tr><th "
        "scope=\"col\">option</th>"
        "<th scope=\"col\" class=\"n\">taken</th>",
        escape(choice.key));
    for (const std::string& segment : choice.segments) add("<th scope=\"col\" class=\"n\">{}</th>", escape(segment));
    add("<th scope=\"col\" class=\"n\">smallest probability</th></tr></thead>\n<tbody>\n");
    for (std::size_t o = 0; o < choice.options.size(); ++o) {
      add("<tr><th scope=\"row\"><span class=\"swatch s{}\"></span>{}</th><td class=\"n\">{}</td>", o % 8,
          escape(choice.options[o]), percent_text(choice.taken[o]));
      for (const std::vector<double>& taken : choice.taken_in) add("<td class=\"n\">{}</td>", percent_text(taken[o]));
      add("<td class=\"n\">{:.2f}%</td></tr>\n", choice.least[o] * 100);
    }
    add("</tbody>\n</table>\n</div>\n</div>\n");
  }

  const std::vector<Replayed>& choices_;
  std::string out_;
  int ids_ = 0;
};

}  // namespace

std::string replay_page(const std::vector<Replayed>& choices, const std::string& title, const std::string& about) {
  return Page(choices).all(title, about);
}

}  // namespace fairlead::trial
