// The table of lints, and how their levels are settled.
#include "compiler/lint/lints.hpp"

#include "compiler/lint/families.hpp"
#include "compiler/lint/silence.hpp"

namespace fairlead::compiler::lint {

using grammar::Severity;

std::span<const Lint> lints() {
  static constexpr Lint all[] = {
      {Code::unreachable_step, Severity::warning, nullptr},
      {Code::rule_without_effect, Severity::warning, nullptr},
      {Code::unused_segment, Severity::warning, unused_names},
      {Code::unused_event, Severity::warning, unused_names},
      {Code::unused_content, Severity::warning, unused_names},
      {Code::unused_goal, Severity::warning, unused_names},
      {Code::unused_channel, Severity::warning, unused_names},
      {Code::unused_type, Severity::warning, unused_names},
      {Code::unused_parameter, Severity::warning, unused_parameters},
      {Code::unused_field, Severity::note, unused_names},
      {Code::unused_binding, Severity::warning, unused_parameters},
      {Code::shadowed_name, Severity::warning, shadowed_names},
      {Code::constant_condition, Severity::warning, certain_conditions},
      {Code::option_never, Severity::warning, certain_conditions},
      {Code::single_choice, Severity::warning, certain_conditions},
      {Code::repeated_condition, Severity::warning, roundabout_conditions},
      {Code::compared_with_itself, Severity::warning, roundabout_conditions},
      {Code::double_negation, Severity::note, double_negations},
      {Code::seen_is_plainer, Severity::note, roundabout_conditions},
      {Code::compared_with_truth, Severity::note, roundabout_conditions},
      {Code::identical_branches, Severity::warning, idle_steps},
      {Code::identical_options, Severity::warning, idle_steps},
      {Code::empty_branches, Severity::warning, idle_steps},
      {Code::awaits_unsent, Severity::warning, idle_steps},
      {Code::sent_twice, Severity::warning, idle_steps},
      {Code::long_wait, Severity::warning, idle_steps},
      {Code::set_to_itself, Severity::warning, idle_steps},
      {Code::stop_at_end, Severity::note, idle_steps},
      {Code::empty_workflow, Severity::warning, idle_steps},
      {Code::goal_without_baseline, Severity::note, weak_goals},
      {Code::goal_without_holdout, Severity::note, weak_goals},
      {Code::target_below_baseline, Severity::warning, weak_goals},
      {Code::no_exploration, Severity::note, weak_goals},
      {Code::starts_below_whole, Severity::warning, weak_goals},
      {Code::learns_from_key, Severity::warning, weak_goals},
      {Code::stray_blank, Severity::warning, careless_texts},
      {Code::glued_hole, Severity::note, careless_texts},
      {Code::long_subject, Severity::note, careless_texts},
      {Code::shouting, Severity::note, careless_texts},
      {Code::plain_http, Severity::warning, careless_texts},
      {Code::empty_text, Severity::warning, careless_texts},
      {Code::left_over_text, Severity::warning, careless_texts},
      {Code::identical_contents, Severity::note, careless_texts},
      {Code::default_zone, Severity::warning, unsaid_settings},
      {Code::default_currency, Severity::warning, unsaid_settings},
      {Code::consent_unasked, Severity::warning, consent_and_leaving},
      {Code::no_way_out, Severity::note, consent_and_leaving},
      {Code::no_owner, Severity::note, consent_and_leaving},
      {Code::rule_without_because, Severity::note, weak_rules},
      {Code::identical_rules, Severity::warning, weak_rules},
      {Code::equal_hours, Severity::warning, weak_rules},
      {Code::idle_limit, Severity::note, weak_rules},
      {Code::forbids_everything, Severity::warning, weak_rules},
      {Code::test_name_twice, Severity::warning, weak_trials},
      {Code::missing_people, Severity::warning, weak_trials, true},
      {Code::run_too_short, Severity::warning, weak_trials},
      {Code::reaction_to_nothing, Severity::warning, weak_trials},
      {Code::unused_silence, Severity::warning, nullptr},
      {Code::rule_never, Severity::warning, policy_conflicts},
      {Code::implied_rule, Severity::warning, policy_conflicts},
      {Code::nothing_possible, Severity::warning, policy_conflicts},
      {Code::loose_limit, Severity::warning, loose_limits},
      {Code::otherwise_never, Severity::warning, policy_conflicts},
      {Code::needless_waiver, Severity::warning, needless_waivers},
  };
  return all;
}

namespace {

const grammar::CodeInfo& info(Code code) {
  const auto codes = grammar::codes();
  return *std::find_if(codes.begin(), codes.end(), [&](const grammar::CodeInfo& one) { return one.code == code; });
}

bool any_error(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::error; });
}

/// The level that the project gives to a lint; none: off.
std::optional<Severity> level_of(const Subject& subject, const Lint& lint) {
  for (const LintLevel& level : subject.program.lint_levels) {
    if (level.name == lint.name()) return level.severity;
  }
  return lint.level;
}

void unused(const Subject& subject, const std::vector<Silence>& silences, Findings& found) {
  for (const Silence& silence : silences) {
    const Lint* lint = find(silence.name);
    if (!silence.sound || silence.used || lint->elsewhere) continue;
    const bool off = !level_of(subject, *lint);
    found.add(Code::unused_silence, silence.place,
              fmt::format("there is nothing here that `{}` would say", silence.name),
              off ? "the project has turned it off" : "silences nothing",
              "Remove it, or move it to the line that it is about.");
  }
}

}  // namespace

std::string_view Lint::name() const {
  return info(code).name;
}

std::string_view Lint::about() const {
  return info(code).about;
}

const Lint* find(std::string_view name) {
  const auto all = lints();
  const auto at = std::find_if(all.begin(), all.end(), [&](const Lint& lint) { return lint.name() == name; });
  return at == all.end() ? nullptr : &*at;
}

const Lint* find(Code code) {
  const auto all = lints();
  const auto at = std::find_if(all.begin(), all.end(), [&](const Lint& lint) { return lint.code == code; });
  return at == all.end() ? nullptr : &*at;
}

std::string suggestion(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Lint& lint : lints()) names.push_back(lint.name());
  const std::string_view near = grammar::closest(name, names);
  return near.empty() ? std::string("`fairlead lints` lists them.") : fmt::format("Did you mean `{}`?", near);
}

void run(Subject subject, std::vector<Diagnostic>& diagnostics) {
  for (const Node& tree : subject.trees) {
    if (!own(subject, place_of(subject, tree))) continue;
    for (const Node& node : tree.children()) subject.heads.push_back(node);
  }
  // Of a project with errors too little is known to say what is unused or certain.
  const bool whole = !any_error(diagnostics);
  if (whole) {
    Findings found(diagnostics);
    std::set<Function> done;
    for (const Lint& lint : lints()) {
      if (lint.run != nullptr && done.insert(lint.run).second) lint.run(subject, found);
    }
  }
  std::vector<Diagnostic> about_silences;
  std::vector<Silence> silences = lint::silences(subject, about_silences);
  std::vector<Diagnostic> kept;
  const auto settle = [&](Diagnostic& diagnostic) {
    const Lint* lint = find(diagnostic.code);
    if (lint == nullptr) return kept.push_back(std::move(diagnostic));
    bool silenced = false;
    const grammar::Label& at = diagnostic.primary;
    for (Silence& silence : silences) {
      if (!silence.sound || silence.name != lint->name() || silence.place.file != at.file) continue;
      if (silence.line != subject.files[at.file].line(at.span.begin)) continue;
      silence.used = silenced = true;
    }
    const std::optional<Severity> level = level_of(subject, *lint);
    if (silenced || !level) return;
    diagnostic.severity = *level;
    kept.push_back(std::move(diagnostic));
  };
  for (Diagnostic& diagnostic : diagnostics) settle(diagnostic);
  if (whole) {
    Findings found(about_silences);
    unused(subject, silences, found);
    for (Diagnostic& diagnostic : about_silences) settle(diagnostic);
  }
  diagnostics = std::move(kept);
}

}  // namespace fairlead::compiler::lint
