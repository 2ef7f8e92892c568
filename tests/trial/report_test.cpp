// Reports: the sample as text, and what must hold of every page and every table, whatever is in the report.
#include "runtime/trial/report.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "runtime/trial/report_page.hpp"
#include "runtime/trial/report_words.hpp"
#include "tests/trial/report_sample.hpp"

namespace fairlead::trial {
namespace {

void check_golden(const std::string& path, const std::string& text) {
  const std::string full = std::string(FAIRLEAD_SOURCE_DIR) + "/tests/golden/" + path;
  if (std::getenv("FAIRLEAD_UPDATE") != nullptr) std::ofstream(full, std::ios::binary) << text;
  std::ostringstream found;
  found << std::ifstream(full, std::ios::binary).rdbuf();
  BOOST_TEST(found.str() == text, "tests/golden/" << path << " is not what is made now, which is:\n" << text);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, characters(line));
  return widest;
}

/// What is wrong with the tags of a page, or nothing: every tag closed by its own, attributes in quotes, no id twice.
std::string wrong_with(const std::string& page) {
  static const std::set<std::string> empty = {"meta", "br", "!DOCTYPE"};
  std::vector<std::string> open;
  std::set<std::string> ids;
  for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at)) {
    std::size_t end = at + 1;
    bool quoted = false;
    for (; end < page.size() && (quoted || page[end] != '>'); ++end) {
      if (page[end] == '"') quoted = !quoted;
      if (page[end] == '<') return "a < within a tag: " + page.substr(at, 60);
    }
    if (end == page.size()) return "a tag without an end: " + page.substr(at, 60);
    const std::string tag = page.substr(at + 1, end - at - 1);
    const std::string name =
        tag.substr(tag.starts_with('/') ? 1 : 0, tag.find_first_of(" />", 1) - (tag.starts_with('/') ? 1 : 0));
    if (const std::size_t id = tag.find(" id=\""); id != std::string::npos) {
      const std::string value = tag.substr(id + 5, tag.find('"', id + 5) - id - 5);
      if (!ids.insert(value).second) return "the id " + value + " twice";
    }
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1))
        return "</" + tag.substr(1) + "> closes " + (open.empty() ? "nothing" : open.back());
      open.pop_back();
    } else if (!tag.ends_with('/') && !empty.contains(name)) {
      open.push_back(name);
    }
    at = end;
  }
  return open.empty() ? "" : open.back() + " is never closed";
}

/// As wrong_with, and that nothing is fetched, run or not a number.
void check_page(const std::string& page) {
  BOOST_TEST(wrong_with(page) == "");
  for (const char* part :
       {"http://", "https://", "<script", "<link", "<img", "<iframe", "@import", "url(", "nan", "inf "}) {
    BOOST_TEST(!contains(page, part), "the page has " << part);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reports)

BOOST_AUTO_TEST_CASE(the_sample_reads_as_it_did) {
  const std::string text = to_text(sample_report(), sample_module(), false);
  check_golden("report/sample.txt", text);
  BOOST_TEST(widest_line(text) <= 100U);
  BOOST_TEST(!contains(text, "\x1b"));
  BOOST_TEST(!contains(text, "proved"));
}

BOOST_AUTO_TEST_CASE(the_page_says_what_the_text_says) {
  const std::string page = to_html(sample_report(), sample_module());
  check_page(page);
  for (const char* part : {"20,000", "+4.2% (+1.9% to +6.4%)", "For one look, planned beforehand: +2.7% to +5.5%.",
                           "12.6%", "wait up to 3 days", "set</tspan> contact.stage = nurturing",
                           "if</tspan> contact is keen<", "wait</tspan> until 09:00", "choose</tspan> offer",
                           "floor 5%", "guarded", "yes · 2,217", "no · 14,694", "story · 7,940", "demo · 6,820",
                           "rest · 2,628", "otherwise · 12,104", "clicked · ~5,306", "prefers-color-scheme: dark"}) {
    BOOST_TEST(contains(page, part), "the page lacks " << part);
  }
  // Two options are always eligible, so that none is cannot happen.
  BOOST_TEST(!contains(page, "none may be picked"));
}

BOOST_AUTO_TEST_CASE(same_report_same_bytes) {
  BOOST_TEST(to_html(sample_report(), sample_module()) == to_html(sample_report(), sample_module()));
  BOOST_TEST(to_text(sample_report(), sample_module(), true) == to_text(sample_report(), sample_module(), true));
}

BOOST_AUTO_TEST_CASE(colour_only_adds) {
  const std::string coloured = to_text(sample_report(), sample_module(), true);
  std::string stripped;
  for (std::size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\x1b') {
      i = coloured.find('m', i);
    } else {
      stripped += coloured[i];
    }
  }
  BOOST_TEST(stripped.size() < coloured.size());
  BOOST_TEST(stripped == to_text(sample_report(), sample_module(), false));
}

BOOST_AUTO_TEST_CASE(names_are_escaped) {
  const std::string evil = "<script>alert(\"x\")</script>&'\x1b[2J";
  Report r = sample_report();
  bytecode::Module m = sample_module();
  r.title = r.project = r.audit = evil;
  r.goals[0].name = r.goals[0].reach = evil;
  r.choices[0].key = r.choices[0].learner = r.choices[0].features[0] = r.choices[0].options[1].name = evil;
  r.scores[0].name = r.scores[0].foretells = evil;
  r.rules[0].name = r.rules[0].text = r.rules[0].because = evil;
  r.contents[0].content = r.contents[0].channel = evil;
  r.expected[0].text = r.expected[0].found = evil;
  m.workflows[0].name = m.events[0].name = m.events[1].name = m.contents[0].name = m.choices[0].options[0].name = evil;
  m.sources[0].text.replace(m.sources[0].text.find("contact is keen"), 15, "<script>");
  const std::string page = to_html(r, m);
  check_page(page);
  BOOST_TEST(contains(page, "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;"));
  BOOST_TEST(!contains(page, "\x1b"));
  const std::string text = to_text(r, m, false);
  BOOST_TEST(!contains(text, "\x1b"));
  BOOST_TEST(widest_line(text) <= 100U);
}

BOOST_AUTO_TEST_CASE(long_names_stay_within_the_page) {
  Report r = sample_report();
  bytecode::Module m = sample_module();
  const std::string name(300, 'w');
  r.title = r.project = r.goals[0].name = r.goals[0].reach = r.choices[0].key = r.choices[0].options[0].name = name;
  r.scores[0].name = r.scores[0].foretells = name;
  r.rules[0].name = r.rules[0].text = r.rules[0].because = r.contents[0].content = r.contents[0].channel = name;
  r.expected[0].text = r.audit = m.workflows[0].name = m.contents[0].name = name;
  BOOST_TEST(widest_line(to_text(r, m, false)) <= 100U);
  check_page(to_html(r, m));
}

BOOST_AUTO_TEST_CASE(nothing_at_all) {
  const Report nothing;
  const std::string text = to_text(nothing, {}, false);
  BOOST_TEST(contains(text, "0 contacts · 0 events · 0 messages"));
  for (const char* title : {"Goals", "Choices", "Scores", "Rules", "Messages", "Workflows", "Expected", "Audit"}) {
    BOOST_TEST(!contains(text, title), title);
  }
  check_page(to_html(nothing, {}));
}

BOOST_AUTO_TEST_CASE(nobody_came) {
  Report r = sample_report();
  r.contacts = r.events = r.messages = 0;
  r.to = r.from;
  r.goals[0].treated = r.goals[0].treated_reached = r.goals[0].held = r.goals[0].held_reached = r.goals[0].open = 0;
  r.choices[0].history.clear();
  for (OptionRow& option : r.choices[0].options) option.decisions = option.reached = 0;
  r.workflows[0] = {.workflow = 0};
  for (ContentRow& row : r.contents) row = {row.content, row.channel, 0, 0, Decimal()};
  const std::string text = to_text(r, sample_module(), false);
  BOOST_TEST(contains(text, "Nobody is counted yet."));
  BOOST_TEST(!contains(text, "nan"));
  check_page(to_html(r, sample_module()));

  // One point of history is no curve; a report whose module is another's must not crash either.
  r.choices[0].history = {{r.from, {1}}};
  check_page(to_html(r, {}));
  BOOST_TEST(contains(to_text(r, {}, false), "–"));
}

BOOST_AUTO_TEST_CASE(a_lift_that_is_not_shown_has_no_worth) {
  GoalRow goal{.name = "g",
               .worth = Decimal::from_int(10),
               .treated = 100,
               .treated_reached = 11,
               .held = 100,
               .held_reached = 10};
  const GoalFinding unsure = finding_of(goal, "EUR");
  BOOST_TEST(unsure.lift.has_value());
  BOOST_TEST(!unsure.shown);
  BOOST_TEST(unsure.verdict == "Not shown yet: the interval includes zero.");
  BOOST_TEST(unsure.worth == "");

  goal.treated = goal.held = 1000;
  goal.treated_reached = 100;
  goal.held_reached = 300;
  const GoalFinding harm = finding_of(goal, "EUR");
  BOOST_TEST(harm.shown);
  BOOST_TEST(harm.verdict == "Shown, but the wrong way: the treated reach the goal less often.");
  BOOST_TEST(harm.worth ==
             "About 200 fewer reached the goal than would have without messages; at €10 each that costs €2,000 (€1,420 "
             "to €2,580).");

  // With a handful of people there is an interval for one look, which shows nothing to who looks often.
  GoalRow few{.name = "g", .treated = 1000, .treated_reached = 300, .held = 100, .held_reached = 5};
  const GoalFinding early = finding_of(few, "EUR");
  BOOST_TEST(early.verdict == "Not shown yet: too few.");
  BOOST_TEST(!early.shown);
  BOOST_TEST(early.lift->interval.low > 0);
  BOOST_TEST(early.one_look.starts_with("The interval is for one look, planned beforehand."));
  few.held_reached = 10;
  BOOST_TEST(finding_of(few, "EUR").shown);

  // Groups that chance did not make show nothing.
  goal.ratio = GoalRow::Ratio{*Decimal::parse("0.5"), 1000, 1000};
  BOOST_TEST(finding_of(goal, "EUR").ratio == "");
  BOOST_TEST(finding_of(goal, "EUR").shown);
  goal.ratio = GoalRow::Ratio{*Decimal::parse("0.1"), 1000, 1000};
  const GoalFinding odd = finding_of(goal, "EUR");
  BOOST_TEST(!odd.shown);
  BOOST_TEST(odd.verdict == "Not to be trusted: the groups are not what they should be.");
  BOOST_TEST(
      odd.ratio.starts_with("1,000 of 2,000 were held out (50.0%), and the goal says 10%: chance does not do that."));
  BOOST_TEST(odd.worth == "");

  goal.held = goal.held_reached = 0;
  BOOST_TEST(!finding_of(goal, "EUR").lift.has_value());
  BOOST_TEST(finding_of(goal, "EUR").verdict == "No lift: nobody is held out, so there is nothing to compare with.");
}

BOOST_AUTO_TEST_CASE(numbers) {
  BOOST_TEST(count_text(0) == "0");
  BOOST_TEST(count_text(999) == "999");
  BOOST_TEST(count_text(1'000) == "1,000");
  BOOST_TEST(count_text(12'345'678) == "12,345,678");
  BOOST_TEST(percent_text(0.1243) == "12.4%");
  BOOST_TEST(percent_text(0.00423) == "0.42%");
  BOOST_TEST(percent_text(1) == "100.0%");
  BOOST_TEST(rate_text(1, 0) == "–");
  BOOST_TEST(written_percent_text(*Decimal::parse("0.125")) == "12.5%");
  BOOST_TEST(lift_text({0.021, {0.009, 0.033}}) == "+2.1% (+0.9% to +3.3%)");
  BOOST_TEST(lift_text({-0.0002, {-0.0004, 0.00001}}) == "-0.02% (-0.04% to 0.00%)");
  BOOST_TEST(money_text(*Decimal::parse("-1234567.5"), "USD") == "-$1,234,567.50");
  BOOST_TEST(money_text(Decimal::from_int(20), "NOK") == "NOK 20");
  BOOST_TEST(about_money_text(20'731.4, "USD") == "$20,700");
  BOOST_TEST(about_money_text(999.6, "USD") == "$1,000");
  BOOST_TEST(about_money_text(0, "USD") == "$0");
  BOOST_TEST(shortened("wörter", 4) == "wör…");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::trial
