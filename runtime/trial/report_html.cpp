// The page: header, large numbers, and a section for each part of the report.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/trial/report_page.hpp"
#include "runtime/trial/report_words.hpp"

namespace fairlead::trial {

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
  }
  return out;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string shortened(std::string_view text, std::size_t most) {
  if (characters(text) <= most) return std::string(text);
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end) {
    const bool starts = (static_cast<unsigned char>(text[end]) & 0xc0U) != 0x80U;
    if (starts && ++seen == most) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

namespace {

struct Heading {
  std::string_view name;
  bool number = true;
};

class Page {
 public:
  Page(const Report& report, const bytecode::Module& module) : r_(report), m_(module), zone_(zone_of(module)) {}

  std::string all() {
    add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\">\n<title>{}</title>\n<style>{}</style>\n"
        "</head>\n<body>\n<main>\n",
        escape(r_.title), page_style);
    add("<header>\n<h1>{}</h1>\n<p class=\"about\">{}</p>\n</header>\n", escape(r_.title),
        escape(about_text(r_, zone_)));
    numbers();
    expected();
    goals();
    choices();
    scores();
    workflows();
    rules();
    messages();
    if (!r_.audit.empty()) add("<footer>Audit: {}</footer>\n", escape(r_.audit));
    add("</main>\n</body>\n</html>\n");
    return std::move(out_);
  }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), text, std::forward<Args>(args)...);
  }

  [[nodiscard]] std::string next_id() { return fmt::format("f{}", ++ids_); }

  void section(std::string_view title, std::string_view note) {
    add("<section>\n<h2>{}</h2>\n", title);
    if (!note.empty()) add("<p class=\"lead\">{}</p>\n", escape(note));
  }

  void table(std::string_view caption, const std::vector<Heading>& headings, std::string_view look = "full") {
    add("<div class=\"wide\">\n<table class=\"{}\" aria-label=\"{}\">\n<thead><tr>", look, escape(caption));
    for (const Heading& h : headings) add("<th scope=\"col\"{}>{}</th>", h.number ? " class=\"n\"" : "", h.name);
    add("</tr></thead>\n<tbody>\n");
  }
  void end_table() { add("</tbody>\n</table>\n</div>\n"); }
  void cell(const std::string& text) { add("<td class=\"n\">{}</td>", escape(text)); }

  void number(std::string_view name, const std::string& value, const std::string& below) {
    add("<div><dt>{}</dt><dd>{}", escape(name), escape(value));
    if (!below.empty()) add("<small>{}</small>", escape(below));
    add("</dd></div>\n");
  }

  void numbers() {
    add("<dl class=\"numbers\">\n");
    number("Contacts", count_text(r_.contacts), "");
    number("Events", count_text(r_.events), "");
    std::uint64_t held_out = 0;
    for (const ContentRow& row : r_.contents) held_out += row.suppressed;
    number("Messages", count_text(r_.messages), held_out > 0 ? count_text(held_out) + " held out" : "");
    if (const auto cost = total_cost(r_); cost && !r_.contents.empty())
      number("Cost of messages", money_text(*cost, r_.currency), "");
    for (const GoalRow& goal : r_.goals) {
      const GoalFinding found = finding_of(goal, r_.currency);
      if (!found.lift) continue;
      const std::string text = lift_text(*found.lift);
      const std::size_t space = text.find(' ');
      number("Lift of " + goal.name, text.substr(0, space), text.substr(space + 2, text.size() - space - 3));
      break;  // one is enough up here; the others have their chart
    }
    add("</dl>\n");
  }

  void expected() {
    if (r_.expected.empty()) return;
    section("Expected", "");
    add("<ul class=\"expected\">\n");
    for (const Expected& e : r_.expected) {
      add("<li><span class=\"{}\">{} {}</span> {} <span class=\"about\">found {}</span></li>\n", e.met ? "good" : "bad",
          e.met ? "✓" : "✗", e.met ? "met:" : "not met:", escape(e.text), escape(e.found));
    }
    add("</ul>\n</section>\n");
  }

  void goals() {
    if (r_.goals.empty()) return;
    section("Goals", goals_note);
    for (const GoalRow& goal : r_.goals) {
      const GoalFinding found = finding_of(goal, r_.currency);
      add("<div class=\"card\">\n<h3>{}</h3>\n<p class=\"note\">{}</p>\n", escape(goal.name), escape(goal.reach));
      out_ += rate_chart(goal, next_id());
      table("Who reached " + goal.name, {{"group", false}, {"counted"}, {"reached"}, {"rate"}, {"95% interval"}});
      group("treated", goal.treated, goal.treated_reached);
      group("held out", goal.held, goal.held_reached);
      end_table();
      add("<ul class=\"findings\">\n");
      if (found.lift) {
        const std::string_view look = !found.shown                 ? ""
                                      : found.lift->difference > 0 ? " class=\"good\""
                                                                   : " class=\"bad\"";
        add("<li>Lift <strong{}>{}</strong>. {}</li>\n", look, escape(lift_text(*found.lift)), escape(found.verdict));
        if (!found.ratio.empty()) add("<li class=\"bad\">{}</li>\n", escape(found.ratio));
        add("<li class=\"note\">{}</li>\n", escape(found.one_look));
      } else {
        add("<li>{}</li>\n", escape(found.verdict));
      }
      if (!found.worth.empty()) add("<li>{}</li>\n", escape(found.worth));
      if (!found.target.empty())
        add("<li class=\"{}\">{}</li>\n", found.target_met ? "good" : "bad", escape(found.target));
      if (!found.baseline.empty()) add("<li>{}</li>\n", escape(found.baseline));
      if (!found.open.empty()) add("<li class=\"note\">{}</li>\n", escape(found.open));
      add("</ul>\n</div>\n");
    }
    if (const std::string chart = lift_chart(r_, next_id()); !chart.empty()) {
      add("<div class=\"card\">\n<h3>Lift</h3>\n<p class=\"note\">Right of zero: the messages help. A line that "
          "crosses zero shows "
          "nothing yet.</p>\n{}</div>\n",
          chart);
    }
    add("</section>\n");
  }

  void group(std::string_view name, std::uint64_t counted, std::uint64_t reached) {
    add("<tr><th scope=\"row\">{}</th>", name);
    cell(count_text(counted));
    cell(count_text(reached));
    cell(rate_text(reached, counted));
    cell(counted == 0 ? std::string(nothing_text) : interval_text(learn::wilson(reached, counted)));
    add("</tr>\n");
  }

  void choices() {
    if (r_.choices.empty()) return;
    section("Choices", choices_note);
    for (const ChoiceRow& choice : r_.choices) {
      add("<div class=\"card\">\n<h3>{}</h3>\n<p class=\"note\">{}{}</p>\n", escape(choice.key),
          choice.goal.empty() ? "" : "Toward " + escape(choice.goal) + ". ", escape(learning_text(choice)));
      out_ += share_curves(choice, zone_, next_id());
      table("Options of " + choice.key,
            {{"option", false}, {"share at start"}, {"share now"}, {"decisions"}, {"reached"}, {"rate"}});
      for (std::size_t o = 0; o < choice.options.size(); ++o) {
        const OptionRow& option = choice.options[o];
        add("<tr><th scope=\"row\"><span class=\"swatch s{}\"></span>{}</th>", o % 8, escape(option.name));
        cell(first_share_text(choice, o));
        cell(last_share_text(choice, o));
        cell(count_text(option.decisions));
        cell(count_text(option.reached));
        cell(rate_text(option.reached, option.decisions));
        add("</tr>\n");
      }
      end_table();
      add("</div>\n");
    }
    add("</section>\n");
  }

  void scores() {
    if (r_.scores.empty()) return;
    section("Scores", scores_note);
    for (const ScoreRow& score : r_.scores) {
      add("<div class=\"card\">\n<h3>{}</h3>\n<p class=\"note\">{}; {}</p>\n", escape(score.name),
          escape(score.foretells), standing_text(score));
      table("What came of " + score.name,
            {{"predictions"}, {"window over"}, {"came true"}, {"rate"}, {"AUC"}, {"slope"}, {"top-decile lift"}},
            "compact");
      add("<tr>");
      for (const std::uint64_t n : {score.predicted, score.over, score.came}) cell(count_text(n));
      cell(rate_text(score.came, score.over));
      for (const std::optional<double>& figure : {score.auc, score.slope, score.lift}) cell(figure_text(figure));
      add("</tr>\n");
      end_table();
      add("</div>\n");
    }
    add("</section>\n");
  }

  void workflows() {
    if (r_.workflows.empty()) return;
    section("Workflows", workflows_note);
    for (const WorkflowRow& row : r_.workflows) {
      add("<div class=\"card\">\n<h3>{}</h3>\n", escape(workflow_name(m_, row.workflow)));
      table("Who is where", {{"entered"}, {"of them held out"}, {"finished"}, {"left"}, {"waiting"}}, "compact");
      add("<tr>");
      for (const std::uint64_t n : {row.entered, row.held_out, row.finished, row.left, row.waiting})
        cell(count_text(n));
      add("</tr>\n");
      end_table();
      out_ += workflow_graph(m_, row, next_id());
      add("</div>\n");
    }
    add("</section>\n");
  }

  void rules() {
    if (r_.rules.empty()) return;
    section("Rules", rules_note);
    add("<div class=\"card\">\n");
    const bool waived = any_waived(r_);
    std::vector<Heading> columns{{"rule", false}, {"verdict", false}, {"asked"},
                                 {"skipped"},     {"deferred"},       {"withheld"}};
    if (waived) columns.push_back({"waived"});
    table("Rules", columns);
    for (const RuleRow& rule : r_.rules) {
      add("<tr><th scope=\"row\">{}", escape(rule.name));
      if (!rule.text.empty()) add("<code>{}</code>", escape(rule.text));
      if (!rule.because.empty()) add("<span class=\"because\">because {}</span>", escape(rule.because));
      add("</th><td><span class=\"badge\">guarded</span></td>");
      for (const std::uint64_t n : {rule.asked, rule.skipped, rule.deferred, rule.withheld}) cell(count_text(n));
      if (waived) cell(count_text(rule.waived));
      add("</tr>\n");
    }
    end_table();
    add("</div>\n</section>\n");
  }

  void messages() {
    if (r_.contents.empty()) return;
    section("Messages", messages_note);
    add("<div class=\"card\">\n");
    table("Messages", {{"content", false}, {"channel", false}, {"sent"}, {"held out"}, {"cost"}});
    std::uint64_t sent = 0, held_out = 0;
    for (const ContentRow& row : r_.contents) {
      add("<tr><th scope=\"row\">{}</th><td>{}</td>", escape(row.content), escape(row.channel));
      cell(count_text(row.sent));
      cell(count_text(row.suppressed));
      cell(money_text(row.cost, r_.currency));
      add("</tr>\n");
      sent += row.sent;
      held_out += row.suppressed;
    }
    const auto cost = total_cost(r_);
    add("</tbody>\n<tfoot><tr><th scope=\"row\">all</th><td></td>");
    cell(count_text(sent));
    cell(count_text(held_out));
    cell(cost ? money_text(*cost, r_.currency) : std::string(nothing_text));
    add("</tr></tfoot>\n</table>\n</div>\n</div>\n</section>\n");
  }

  const Report& r_;
  const bytecode::Module& m_;
  Zone zone_;
  std::string out_;
  int ids_ = 0;
};

}  // namespace

std::string to_html(const Report& report, const bytecode::Module& module) {
  return Page(report, module).all();
}

}  // namespace fairlead::trial
