// The report for a terminal.
#include <fmt/color.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtime/trial/report_page.hpp"
#include "runtime/trial/report_words.hpp"

namespace fairlead::trial {
namespace {

constexpr std::size_t page_width = 100;
constexpr std::size_t blocks_wide = 20;

/// Names come from outside: no control character may reach a terminal.
std::string plain(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::string blanks(width - std::min(width, characters(text)), ' ');
  return right ? blanks + text : text + blanks;
}

/// Columns as wide as what stands in them; where the page is too narrow, the widest column of words is shortened.
class Table {
 public:
  struct Column {
    std::string name;
    bool number = true;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  /// The heading and the rows; `after(i)` gives the lines to print below row i.
  template <class After>
  [[nodiscard]] std::string text(std::size_t indent, const After& after) const {
    std::vector<std::size_t> widths;
    std::size_t total = indent;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      std::size_t width = characters(columns_[c].name);
      for (const auto& row : rows_) width = std::max(width, characters(row[c]));
      widths.push_back(width);
      total += width + (c == 0 ? 0 : 2);
    }
    while (total > page_width) {
      std::size_t widest = 0;
      for (std::size_t c = 0; c < widths.size(); ++c) {
        if (!columns_[c].number && (columns_[widest].number || widths[c] > widths[widest])) widest = c;
      }
      const std::size_t cut = std::min(total - page_width, widths[widest] > 4 ? widths[widest] - 4 : 0);
      if (cut == 0) break;
      // One character at a time, so that two wide columns are shortened alike.
      --widths[widest];
      --total;
    }
    std::vector<std::string> names;
    for (const Column& column : columns_) names.push_back(column.name);
    std::string out = line(indent, names, widths);
    for (std::size_t i = 0; i < rows_.size(); ++i) out += line(indent, rows_[i], widths) + after(i);
    return out;
  }
  [[nodiscard]] std::string text(std::size_t indent) const {
    return text(indent, [](std::size_t) { return std::string(); });
  }

 private:
  [[nodiscard]] std::string line(std::size_t indent, const std::vector<std::string>& cells,
                                 const std::vector<std::size_t>& widths) const {
    std::string out(indent, ' ');
    for (std::size_t c = 0; c < cells.size(); ++c) {
      out += (c == 0 ? "" : "  ") + padded(shortened(cells[c], widths[c]), widths[c], columns_[c].number);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    return out + "\n";
  }

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// How a share went, on a scale from zero to `most`: what was in force at the end of each of equal spans of time.
std::string sparkline(const ChoiceRow& choice, std::size_t option, double most) {
  static constexpr std::array<std::string_view, 8> blocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (choice.history.size() < 2 || most <= 0) return "";
  const std::int64_t from = choice.history.front().at.ms, to = choice.history.back().at.ms;
  if (to <= from) return "";
  std::string out;
  std::size_t at = 0;
  for (std::size_t i = 1; i <= blocks_wide; ++i) {
    const double end = static_cast<double>(to - from) * static_cast<double>(i) / blocks_wide;
    while (at + 1 < choice.history.size() && static_cast<double>(choice.history[at + 1].at.ms - from) <= end) ++at;
    const double share = share_at(choice.history[at], option) / most;
    out += blocks[std::min<std::size_t>(static_cast<std::size_t>(std::max(share, 0.0) * blocks.size()),
                                        blocks.size() - 1)];
  }
  return out;
}

class Text {
 public:
  Text(const Report& report, const bytecode::Module& module, bool colour)
      : r_(report), m_(module), zone_(zone_of(module)), colour_(colour) {}

  std::string all() {
    line(bold(shortened(plain(r_.title), page_width)));
    wrapped(0, about_text(r_, zone_));
    wrapped(0, size_text(r_));
    goals();
    choices();
    scores();
    rules();
    messages();
    workflows();
    expected();
    if (!r_.audit.empty()) {
      line("");
      wrapped(0, "Audit: " + r_.audit);
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string bold(const std::string& text) const {
    return colour_ ? fmt::format(fmt::emphasis::bold, "{}", text) : text;
  }
  [[nodiscard]] std::string judged(const std::string& text, bool good) const {
    return colour_ ? fmt::format(fmt::fg(good ? fmt::terminal_color::green : fmt::terminal_color::red), "{}", text)
                   : text;
  }

  void line(const std::string& text) { out_ += text + "\n"; }

  /// Words from `text`, `indent` to the right, each line after the first `hang` more; a word that is too long is
  /// shortened.
  static std::vector<std::string> lines_of(std::size_t indent, std::string_view text, std::size_t hang = 0) {
    const std::string clean = plain(text);
    std::vector<std::string> lines;
    std::string current(indent, ' ');
    bool empty = true;
    for (std::size_t begin = 0; begin < clean.size();) {
      const std::size_t end = std::min(clean.find(' ', begin), clean.size());
      if (end > begin) {
        const std::string word =
            shortened(std::string_view(clean).substr(begin, end - begin), page_width - indent - hang);
        if (!empty && characters(current) + 1 + characters(word) > page_width) {
          lines.push_back(current);
          current.assign(indent + hang, ' ');
          empty = true;
        }
        current += (empty ? "" : " ") + word;
        empty = false;
      }
      begin = end + 1;
    }
    if (!empty) lines.push_back(current);
    return lines;
  }

  void wrapped(std::size_t indent, std::string_view text, std::size_t hang = 0) {
    for (const std::string& l : lines_of(indent, text, hang)) line(l);
  }

  void section(std::string_view title, std::string_view note) {
    line("");
    line(bold(std::string(title)));
    wrapped(2, note);
    if (!note.empty()) line("");
  }

  void goals() {
    if (r_.goals.empty()) return;
    section("Goals", goals_note);
    for (const GoalRow& goal : r_.goals) {
      if (&goal != &r_.goals.front()) line("");
      wrapped(2, goal.reach.empty() ? goal.name : fmt::format("{}: {}", goal.name, goal.reach), 2);
      Table table({{"", false}, {"counted"}, {"reached"}, {"rate"}, {"95% interval"}});
      const auto group = [&](const std::string& name, std::uint64_t counted, std::uint64_t reached) {
        table.row({name, count_text(counted), count_text(reached), rate_text(reached, counted),
                   counted == 0 ? std::string(nothing_text) : interval_text(learn::wilson(reached, counted))});
      };
      group("treated", goal.treated, goal.treated_reached);
      group("held out", goal.held, goal.held_reached);
      out_ += table.text(4);
      const GoalFinding found = finding_of(goal, r_.currency);
      if (found.lift) {
        const std::string lift = fmt::format("Lift {}.", lift_text(*found.lift));
        const std::string judged_lift = found.shown ? judged(lift, found.lift->difference > 0) : lift;
        if (4 + lift.size() + 1 + found.verdict.size() <= page_width) {
          line(fmt::format("    {} {}", judged_lift, found.verdict));
        } else {
          line("    " + judged_lift);
          wrapped(4, found.verdict);
        }
        wrapped(4, found.one_look);
        wrapped(4, found.ratio);
      } else {
        wrapped(4, found.verdict);
      }
      wrapped(4, found.worth);
      if (!found.target.empty())
        line("    " + judged(found.target, found.target_met) + (found.baseline.empty() ? "" : " " + found.baseline));
      if (found.target.empty()) wrapped(4, found.baseline);
      wrapped(4, found.open);
    }
  }

  void choices() {
    if (r_.choices.empty()) return;
    section("Choices", choices_note);
    for (const ChoiceRow& choice : r_.choices) {
      if (&choice != &r_.choices.front()) line("");
      wrapped(2, choice.goal.empty() ? choice.key : fmt::format("{} toward {}", choice.key, choice.goal), 2);
      wrapped(4, learning_text(choice), 2);
      double most = 0;
      for (const SharePoint& point : choice.history) {
        for (std::size_t o = 0; o < choice.options.size(); ++o) most = std::max(most, share_at(point, o));
      }
      Table table(
          {{"option", false}, {"at start"}, {"now"}, {"over time", false}, {"decisions"}, {"reached"}, {"rate"}});
      for (std::size_t o = 0; o < choice.options.size(); ++o) {
        const OptionRow& option = choice.options[o];
        table.row({plain(option.name), first_share_text(choice, o), last_share_text(choice, o),
                   sparkline(choice, o, most), count_text(option.decisions), count_text(option.reached),
                   rate_text(option.reached, option.decisions)});
      }
      out_ += table.text(4);
    }
  }

  void scores() {
    if (r_.scores.empty()) return;
    section("Scores", scores_note);
    for (const ScoreRow& score : r_.scores) {
      if (&score != &r_.scores.front()) line("");
      wrapped(2, fmt::format("{}: {}; {}", score.name, score.foretells, standing_text(score)), 2);
      Table table({{"predictions"}, {"window over"}, {"came true"}, {"rate"}, {"AUC"}, {"slope"}, {"top-decile lift"}});
      table.row({count_text(score.predicted), count_text(score.over), count_text(score.came),
                 rate_text(score.came, score.over), figure_text(score.auc), figure_text(score.slope),
                 figure_text(score.lift)});
      out_ += table.text(4);
    }
  }

  void rules() {
    if (r_.rules.empty()) return;
    section("Rules", rules_note);
    const bool waived = any_waived(r_);
    std::vector<Table::Column> columns{{"rule", false}, {"verdict", false}, {"asked"},
                                       {"skipped"},     {"deferred"},       {"withheld"}};
    if (waived) columns.push_back({"waived"});
    Table table(std::move(columns));
    for (const RuleRow& rule : r_.rules) {
      std::vector<std::string> row{plain(rule.name),          "guarded",
                                   count_text(rule.asked),    count_text(rule.skipped),
                                   count_text(rule.deferred), count_text(rule.withheld)};
      if (waived) row.push_back(count_text(rule.waived));
      table.row(std::move(row));
    }
    out_ += table.text(2, [&](std::size_t i) {
      std::string below;
      for (const std::string& l : lines_of(4, r_.rules[i].text, 2)) below += l + "\n";
      if (!r_.rules[i].because.empty()) {
        for (const std::string& l : lines_of(4, "because " + r_.rules[i].because, 2)) below += l + "\n";
      }
      return below;
    });
  }

  void messages() {
    if (r_.contents.empty()) return;
    section("Messages", messages_note);
    Table table({{"content", false}, {"channel", false}, {"sent"}, {"held out"}, {"cost"}});
    std::uint64_t sent = 0, held_out = 0;
    for (const ContentRow& row : r_.contents) {
      table.row({plain(row.content), plain(row.channel), count_text(row.sent), count_text(row.suppressed),
                 money_text(row.cost, r_.currency)});
      sent += row.sent;
      held_out += row.suppressed;
    }
    const auto cost = total_cost(r_);
    table.row({"all", "", count_text(sent), count_text(held_out),
               cost ? money_text(*cost, r_.currency) : std::string(nothing_text)});
    out_ += table.text(2);
  }

  void workflows() {
    if (r_.workflows.empty()) return;
    section("Workflows", workflows_note);
    Table table({{"workflow", false}, {"entered"}, {"held out"}, {"finished"}, {"left"}, {"waiting"}});
    for (const WorkflowRow& row : r_.workflows) {
      table.row({plain(workflow_name(m_, row.workflow)), count_text(row.entered), count_text(row.held_out),
                 count_text(row.finished), count_text(row.left), count_text(row.waiting)});
    }
    out_ += table.text(2);
  }

  void expected() {
    if (r_.expected.empty()) return;
    section("Expected", "");
    for (const Expected& e : r_.expected) {
      const std::vector<std::string> lines = lines_of(4, fmt::format("{}, found {}", e.text, e.found));
      for (std::size_t i = 0; i < lines.size(); ++i) {
        line(i == 0 ? "  " + judged(e.met ? "✓" : "✗", e.met) + lines[i].substr(3) : lines[i]);
      }
    }
  }

  const Report& r_;
  const bytecode::Module& m_;
  Zone zone_;
  bool colour_;
  std::string out_;
};

}  // namespace

std::string to_text(const Report& report, const bytecode::Module& module, bool colour) {
  return Text(report, module, colour).all();
}

}  // namespace fairlead::trial
