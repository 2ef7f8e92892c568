// Rendering diagnostics for a person.
#include "grammar/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace fairlead::grammar {

namespace {

struct Paint {
  bool on;
  [[nodiscard]] std::string operator()(std::string_view code, std::string_view text) const {
    return on ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
};

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

/// What a terminal can show: control characters become blanks, bytes that are not UTF-8 the sign for that.
std::string printable(std::string_view text, bool keep_lines = false) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    std::size_t n = c < 0x80 ? 1 : (c >> 5) == 6 ? 2 : (c >> 4) == 14 ? 3 : (c >> 3) == 30 ? 4 : 0;
    for (std::size_t k = 1; k < n; ++k) {
      if (i + k >= text.size() || (static_cast<unsigned char>(text[i + k]) & 0xc0U) != 0x80U) n = 0;
    }
    // Overlong forms, surrogates, what is above U+10FFFF: no text either.
    const unsigned second = n > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
    if ((n == 2 && c < 0xc2) || (c == 0xe0 && second < 0xa0) || (c == 0xed && second >= 0xa0) ||
        (c == 0xf0 && second < 0x90) || (c == 0xf4 && second >= 0x90) || c > 0xf4)
      n = 0;
    if (n == 0) {
      out += "\uFFFD";
      ++i;
    } else if (n == 1 && (c < 0x20 || c == 0x7f)) {
      out += keep_lines && c == '\n' ? '\n' : ' ';
      ++i;
    } else if (c == 0xc2 && second < 0xa0) {  // controls of a terminal, in two bytes
      out += ' ';
      i += n;
    } else {
      out += text.substr(i, n);
      i += n;
    }
  }
  return out;
}

/// One labelled place: where, the line, and carets under it.
std::string place(const Label& label, const std::vector<Source>& files, std::string_view colour, char mark,
                  std::size_t gutter, const Paint& paint) {
  const Source& source = files[label.file];
  const Position at = source.position(label.span.begin);
  const std::string_view line = source.line_text(at.line);
  const std::uint32_t start = source.line_start(at.line);
  const std::uint32_t end = std::min<std::uint32_t>(std::max(label.span.end, label.span.begin),
                                                    start + static_cast<std::uint32_t>(line.size()));
  const std::size_t carets =
      std::max<std::size_t>(1, end > label.span.begin ? width(source.text({label.span.begin, end})) : 1);
  const std::string shown = printable(line);
  std::string out = fmt::format("{:{}}{}\n", "", gutter + 1, paint("2", "|"));
  out += fmt::format("{} {} {}\n", paint("2", fmt::format("{:>{}}", at.line, gutter)), paint("2", "|"), shown);
  out +=
      fmt::format("{:{}}{} {:{}}{}\n", "", gutter + 1, paint("2", "|"), "", at.column - 1,
                  paint(colour, std::string(carets, mark) + (label.text.empty() ? "" : " " + printable(label.text))));
  return out;
}

/// The lines that a fix changes, as they will be: what a person may copy. Empty where it changes lines far apart or
/// other files, which would not fit here.
std::string mended_lines(const Fix& fix, const Label& primary, const std::vector<Source>& files, std::size_t gutter,
                         const Paint& paint) {
  constexpr std::uint32_t most = 4;
  const Source& source = files[primary.file];
  std::vector<const Edit*> edits;
  const std::uint32_t first = source.line(primary.span.begin);
  std::uint32_t last = first;
  for (const Edit& edit : fix.edits) {
    if (edit.file != primary.file || source.line(edit.span.begin) < first) return {};
    if (source.line(edit.span.end) >= first + most) continue;
    last = std::max(last, source.line(edit.span.end));
    edits.push_back(&edit);
  }
  std::stable_sort(edits.begin(), edits.end(),
                   [](const Edit* a, const Edit* b) { return a->span.begin < b->span.begin; });
  std::string text;
  std::uint32_t at = source.line_start(first);
  for (const Edit* edit : edits) {
    if (edit->span.begin < at) continue;
    text += printable(source.text({at, edit->span.begin}), true);
    if (!edit->text.empty()) text += paint("1;32", printable(edit->text, true));
    at = edit->span.end;
  }
  const std::uint32_t end = source.line_start(last) + static_cast<std::uint32_t>(source.line_text(last).size());
  if (at <= end) text += printable(source.text({at, end}), true);
  std::string out;
  std::uint32_t number = first;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t stop = std::min(text.find('\n', begin), text.size());
    out += fmt::format("{} {} {}\n", paint("2", fmt::format("{:>{}}", number++, gutter)), paint("1;32", "+"),
                       text.substr(begin, stop - begin));
    begin = stop + 1;
  }
  return out;
}

std::size_t distance(std::string_view a, std::string_view b) {
  // Levenshtein, two rows; a swap of neighbours counts once (optimal string alignment).
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

std::string small_letters(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  return out;
}

}  // namespace

std::span<const CodeInfo> codes() {
  static constexpr CodeInfo all[] = {
      {Code::unreadable_file, "unreadable_file", "a file cannot be read"},
      {Code::not_utf8, "not_utf8", "a file is not UTF-8 text"},
      {Code::syntax, "syntax", "something is missing, or does not belong where it stands"},
      {Code::unknown_keyword, "unknown_keyword", "a word that nothing begins with here"},
      {Code::not_supported, "not_supported", "a part of the language that a later version reads"},
      {Code::unclosed_block, "unclosed_block", "a block without its closing brace"},
      {Code::too_deep, "too_deep", "nesting beyond what is read"},
      {Code::unknown_escape, "unknown_escape", "a backslash in a text with an unknown letter after it"},
      {Code::no_files, "no_files", "a folder without .lead files"},
      {Code::misplaced, "misplaced", "a clause, step or declaration in a place for others"},
      {Code::unclosed_text, "unclosed_text", "a text without its closing quote, or a hole without its brace"},
      {Code::other_notation, "other_notation", "written as another language or program writes it"},
      {Code::unknown_name, "unknown_name", "a name that nothing has"},
      {Code::declared_twice, "declared_twice", "two declarations of one name"},
      {Code::unknown_field, "unknown_field", "a field that the contact, event or content has not"},
      {Code::unknown_module, "unknown_module", "a part that the standard library has not"},
      {Code::wrong_kind_of_name, "wrong_kind_of_name", "a name of something else than is wanted"},
      {Code::cycle, "cycle", "a segment that is defined by itself"},
      {Code::missing_declaration, "missing_declaration", "a project without something that every project needs"},
      {Code::reserved_name, "reserved_name", "a name that cannot be used"},
      {Code::repeated_clause, "repeated_clause", "a clause that stands twice"},
      {Code::missing_clause, "missing_clause", "a declaration without a clause that it needs"},
      {Code::type_mismatch, "type_mismatch", "a value of another type than is wanted"},
      {Code::optional_used, "optional_used", "a value that may be absent, where one is needed"},
      {Code::not_a_literal, "not_a_literal", "a date, zone, country, … that does not exist"},
      {Code::mixed_money, "mixed_money", "sums in two currencies"},
      {Code::bad_operands, "bad_operands", "an operator between values that it does not go with"},
      {Code::unknown_member, "unknown_member", "a value that an enumeration has not"},
      {Code::ambiguous_or, "ambiguous_or", "an `or` that could mean two things"},
      {Code::wrong_arguments, "wrong_arguments", "too few, too many or other arguments than are wanted"},
      {Code::not_text, "not_text", "a value that cannot be shown in a text"},
      {Code::too_complex, "too_complex", "an expression too large to be compiled"},
      {Code::number_range, "number_range", "a number outside of what is possible"},
      {Code::nothing_to_release, "nothing_to_release", "a release of what carries no label"},
      {Code::unreachable_step, "unreachable_step", "a step that is never reached"},
      {Code::no_entry, "no_entry", "a workflow that nobody can enter"},
      {Code::no_channel, "no_channel", "a message without a channel to go by"},
      {Code::otherwise_missing, "otherwise_missing", "a wait or an approval that does not say what else may happen"},
      {Code::unreported_event, "unreported_event", "an event that no channel reports"},
      {Code::event_not_here, "event_not_here", "an event, the contact or the history, read where it is not there"},
      {Code::fixed_field, "fixed_field", "a change to a field that does not change"},
      {Code::duplicate_option, "duplicate_option", "two options of one name"},
      {Code::not_an_effect, "not_an_effect", "a step that an approval cannot cover"},
      {Code::nobody_to_approve, "nobody_to_approve", "an approval that nobody could give"},
      {Code::retry_may_repeat, "retry_may_repeat", "a call that could be carried out twice"},
      {Code::no_contact_here, "no_contact_here", "a contact, where the workflow has none"},
      {Code::dead_stage, "dead_stage", "a stage of a plan in which nothing may be played"},
      {Code::stage_order, "stage_order", "a stage of a plan that is never reached, or contacts that are in none"},
      {Code::wrong_entry, "wrong_entry", "a way into a workflow that brings nobody along"},
      {Code::rollout_order, "rollout_order", "stages of a rollout that do not follow each other"},
      {Code::rule_without_effect, "rule_without_effect", "a policy that binds no workflow"},
      {Code::defer_without_end, "defer_without_end", "a rule that could put a message off for ever"},
      {Code::not_proved, "not_proved", "a rule that is to be proved, and is not"},
      {Code::rule_broken, "rule_broken", "something that a rule does not let stand"},
      {Code::not_allowed, "not_allowed", "an effect that no rule allows, where everything else is forbidden"},
      {Code::share_of_limit, "share_of_limit", "shares of a limit that do not add up"},
      {Code::not_waivable, "not_waivable", "a waiver of a rule that cannot be waived"},
      {Code::waiver_unsigned, "waiver_unsigned", "a waiver that nobody has signed"},
      {Code::waiver_expired, "waiver_expired", "a waiver that has run out"},
      {Code::clause_without_meaning, "clause_without_meaning", "a clause of a rule that means nothing there"},
      {Code::waiver_stale, "waiver_stale", "a waiver that was signed for something else"},
      {Code::signature_invalid, "signature_invalid", "a signature that does not count"},
      {Code::no_goal, "no_goal", "a choice that learns toward no goal"},
      {Code::floors_too_high, "floors_too_high", "shares to explore that come to more than 100%"},
      {Code::start_too_high, "start_too_high", "shares to start with that come to more than 100%"},
      {Code::too_few_options, "too_few_options", "a choice without anything to choose from"},
      {Code::share_range, "share_range", "a share below 0% or above 100%"},
      {Code::shares_not_whole, "shares_not_whole", "the shares of a split, which do not come to 100%"},
      {Code::most_below_least, "most_below_least", "an option that keeps more than it may have"},
      {Code::bands_not_rising, "bands_not_rising", "bands of a score that do not rise to the last"},
      {Code::nothing_to_test, "nothing_to_test", "a test that expects nothing"},
      {Code::expect_before_act, "expect_before_act", "an expectation before anything happened"},
      {Code::shares_of_people, "shares_of_people", "shares of made-up people that do not come to a whole"},
      {Code::people_without_field, "people_without_field", "made-up people without a field that everybody has"},
      {Code::key_given, "key_given", "one key for many people"},
      {Code::several_choices, "several_choices", "a choice whose name several have"},
      {Code::outside_project, "outside_project", "a file that does not lie in the project's folder"},
      {Code::unsafe_hole, "unsafe_hole", "a hole where no value can stand safely"},
      {Code::text_too_long, "text_too_long", "a text longer than its slot takes"},
      {Code::not_a_template, "not_a_template", "a file that is too large for a template, or of another kind"},
      {Code::unused_segment, "unused_segment", "a segment that nothing asks for"},
      {Code::unused_event, "unused_event", "an event that nothing listens to"},
      {Code::unused_content, "unused_content", "a content that no workflow sends"},
      {Code::unused_goal, "unused_goal", "a goal that nothing works toward"},
      {Code::unused_channel, "unused_channel", "a channel that no content is for"},
      {Code::unused_type, "unused_type", "a named type that nothing is of"},
      {Code::unused_parameter, "unused_parameter", "a value given to a content that says it nowhere"},
      {Code::unused_field, "unused_field", "a field of the contact that nothing reads"},
      {Code::unused_binding, "unused_binding", "an event that is given a name for nothing"},
      {Code::shadowed_name, "shadowed_name", "a name that hides another one"},
      {Code::constant_condition, "constant_condition", "a condition that always or never holds"},
      {Code::option_never, "option_never", "an option that is never possible"},
      {Code::single_choice, "single_choice", "a choice with only one possible option"},
      {Code::repeated_condition, "repeated_condition", "a condition that is asked twice"},
      {Code::compared_with_itself, "compared_with_itself", "a value that is compared with itself"},
      {Code::double_negation, "double_negation", "a `not` that takes back another"},
      {Code::seen_is_plainer, "seen_is_plainer", "a `count` that only asks whether there was one"},
      {Code::compared_with_truth, "compared_with_truth", "a condition compared with `true` or `false`"},
      {Code::identical_branches, "identical_branches", "an `if` that does the same either way"},
      {Code::identical_options, "identical_options", "options that do the same"},
      {Code::empty_branches, "empty_branches", "an `if` that does nothing either way"},
      {Code::awaits_unsent, "awaits_unsent", "a wait for an answer to what was not sent"},
      {Code::sent_twice, "sent_twice", "one message sent twice without a wait between"},
      {Code::long_wait, "long_wait", "a wait of more than a year"},
      {Code::set_to_itself, "set_to_itself", "a field that is set to what it is"},
      {Code::stop_at_end, "stop_at_end", "a `stop` after the last step"},
      {Code::empty_workflow, "empty_workflow", "a workflow without a step"},
      {Code::goal_without_baseline, "goal_without_baseline", "a goal that does not say what it starts from"},
      {Code::goal_without_holdout, "goal_without_holdout", "a goal whose lift cannot be measured"},
      {Code::target_below_baseline, "target_below_baseline", "a target that is reached before anything is done"},
      {Code::no_exploration, "no_exploration", "a choice that may stop trying an option"},
      {Code::starts_below_whole, "starts_below_whole", "shares to start with that come to less than 100%"},
      {Code::learns_from_key, "learns_from_key", "learning from what is different for everybody"},
      {Code::stray_blank, "stray_blank", "a blank too many in a text"},
      {Code::glued_hole, "glued_hole", "a value that follows a word without a blank"},
      {Code::long_subject, "long_subject", "a subject that inboxes cut off"},
      {Code::shouting, "shouting", "a subject in capitals or with several `!`"},
      {Code::plain_http, "plain_http", "an address that is not https"},
      {Code::empty_text, "empty_text", "a text that says nothing"},
      {Code::left_over_text, "left_over_text", "a text that somebody meant to fill in"},
      {Code::identical_contents, "identical_contents", "two contents with the same texts"},
      {Code::default_zone, "default_zone", "clocks asked, and no time zone said"},
      {Code::default_currency, "default_currency", "money counted, and no currency said"},
      {Code::consent_unasked, "consent_unasked", "marketing without a rule on consent"},
      {Code::no_way_out, "no_way_out", "unsubscribing that does not end a workflow"},
      {Code::no_owner, "no_owner", "a workflow that nobody answers for"},
      {Code::rule_without_because, "rule_without_because", "a rule that does not say why"},
      {Code::identical_rules, "identical_rules", "two rules of a policy that say the same"},
      {Code::equal_hours, "equal_hours", "hours that begin and end at the same time"},
      {Code::idle_limit, "idle_limit", "a limit that is never met"},
      {Code::forbids_everything, "forbids_everything", "a rule that forbids every message"},
      {Code::test_name_twice, "test_name_twice", "two tests or simulations of one name"},
      {Code::missing_people, "missing_people", "a file of people that is not there"},
      {Code::run_too_short, "run_too_short", "a simulation over before its goal can be reached"},
      {Code::reaction_to_nothing, "reaction_to_nothing", "a reaction to what is never sent"},
      {Code::unused_silence, "unused_silence", "a comment that silences nothing"},
      {Code::rule_never, "rule_never", "a rule that can never apply"},
      {Code::implied_rule, "implied_rule", "a rule that another one covers"},
      {Code::nothing_possible, "nothing_possible", "rules that leave nothing possible"},
      {Code::loose_limit, "loose_limit", "a limit that a tighter one makes idle"},
      {Code::otherwise_never, "otherwise_never", "an `otherwise` that can never happen"},
      {Code::needless_waiver, "needless_waiver", "a waiver that waives nothing"},
  };
  return all;
}

Diagnostic& Diagnostic::mend(Span span, std::string text, Sure sure, std::string title) {
  if (title.empty()) {
    title = text.empty()             ? "remove it"
            : span.begin == span.end ? fmt::format("put in `{}`", text)
                                     : fmt::format("write `{}`", text);
  }
  fixes.push_back({std::move(title), {{primary.file, span, std::move(text)}}, sure == Sure::yes});
  return *this;
}

const Fix* Diagnostic::mechanical() const {
  const auto at = std::find_if(fixes.begin(), fixes.end(), [](const Fix& fix) { return fix.mechanical; });
  return at == fixes.end() ? nullptr : &*at;
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::note: return "note";
  }
  return "";
}

std::string to_string(Code code) {
  return fmt::format("FL{:04}", static_cast<unsigned>(code));
}

std::string render(const Diagnostic& diagnostic, const std::vector<Source>& files, bool colour) {
  const Paint paint{colour};
  const Severity severity = diagnostic.severity;
  const std::string_view tone = severity == Severity::error ? "1;31" : severity == Severity::warning ? "1;33" : "1;36";
  std::string out =
      fmt::format("{}{}\n", paint(tone, fmt::format("{} {}", to_string(severity), to_string(diagnostic.code))),
                  paint("1", fmt::format(": {}", printable(diagnostic.message))));
  if (diagnostic.primary.file < files.size()) {
    std::vector<Label> others = diagnostic.way;
    others.insert(others.end(), diagnostic.secondary.begin(), diagnostic.secondary.end());
    std::uint32_t widest = files[diagnostic.primary.file].line(diagnostic.primary.span.begin);
    for (const Label& label : others) widest = std::max(widest, files[label.file].line(label.span.begin));
    const std::size_t gutter = fmt::format("{}", widest).size() + 1;
    const Source& source = files[diagnostic.primary.file];
    const Position at = source.position(diagnostic.primary.span.begin);
    out +=
        fmt::format("{:{}}{} {}:{}:{}\n", "", gutter, paint("2", "-->"), printable(source.path()), at.line, at.column);
    out += place(diagnostic.primary, files, tone, '^', gutter, paint);
    for (const Label& label : others) {
      if (label.file != diagnostic.primary.file) {
        const Position other = files[label.file].position(label.span.begin);
        out += fmt::format("{:{}}{} {}:{}:{}\n", "", gutter, paint("2", ":::"), printable(files[label.file].path()),
                           other.line, other.column);
      }
      out += place(label, files, "1;34", '-', gutter, paint);
    }
    if (const Fix* fix = diagnostic.mechanical()) out += mended_lines(*fix, diagnostic.primary, files, gutter, paint);
  }
  if (!diagnostic.example.empty())
    out += fmt::format("  {} {}\n", paint("1", "for example:"), printable(diagnostic.example));
  if (!diagnostic.help.empty()) out += fmt::format("  {} {}\n", paint("1;32", "help:"), printable(diagnostic.help));
  return out;
}

std::string_view closest(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  const std::string small = small_letters(word);
  for (const std::string_view candidate : candidates) {
    const std::size_t d = distance(small, small_letters(candidate));
    if (d < least) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

bool same_word(std::string_view a, std::string_view b) {
  return small_letters(a) == small_letters(b);
}

}  // namespace fairlead::grammar
