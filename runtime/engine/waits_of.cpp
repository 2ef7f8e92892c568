// What a pass waits for, where it stands, and how it goes on from there.
#include <algorithm>

#include "runtime/engine/record_rows.hpp"
#include "runtime/engine/whereabouts.hpp"

namespace fairlead::engine {

using bytecode::none;
using bytecode::Step;
using bytecode::StepKind;

namespace {

/// The lines of a function as they were written, as one line.
std::string source_of(const bytecode::Module& module, const std::string& file, const bytecode::Function& function,
                      std::uint32_t to) {
  const auto [first, last] = std::minmax_element(function.lines.begin(), function.lines.end());
  const auto source = std::find_if(module.sources.begin(), module.sources.end(),
                                   [&](const bytecode::SourceFile& s) { return s.path == file; });
  if (source == module.sources.end() || first == function.lines.end()) return {};
  std::string out;
  std::uint32_t line = 1;
  for (const char c : source->text) {
    if (c == '\n') {
      if (line++ >= std::max(*last, to)) break;
    }
    if (line >= *first && (c != ' ' || (!out.empty() && out.back() != ' '))) out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

/// What stands behind an arm's `where`, up to its `as` or its block. The module keeps no text of an expression, only
/// the files: where it is not found there, the answer is its line.
std::string condition_of(const bytecode::Module& module, const std::string& file, const bytecode::Arm& arm) {
  const bytecode::Function& function = module.functions[arm.where];
  const std::string text = source_of(module, file, function, 0);
  const std::string event = "for " + module.events[arm.event].name;
  const std::size_t named = text.find(event);
  const std::size_t begin = text.find("where ", named == std::string::npos ? 0 : named);
  const std::uint32_t line = function.lines.empty() ? 0 : function.lines.front();
  if (begin == std::string::npos) return "its condition in line " + std::to_string(line);
  std::string out;
  bool quoted = false;
  for (std::size_t i = begin + 6; i < text.size(); ++i) {
    if (text[i] == '"' && text[i - 1] != '\\') quoted = !quoted;
    if (!quoted && (text[i] == '{' || std::string_view(text).substr(i).starts_with(" as "))) break;
    out += text[i];
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

WayOn way_to(const bytecode::Module& module, Index step) {
  if (step == none) return {};
  return {"", "", "", module.steps[step].key, module.steps[step].line};
}

/// The row of the outbox by which somebody is asked for their word; empty where there is none.
std::string asked_of(const Instance& instance, const Whereabouts& person) {
  std::string out;
  for (const Lying& lying : person.outbox) {
    if (lying.row.state == store::OutboxState::asked && lying.origin.workflow == instance.workflow &&
        lying.origin.serial == instance.serial)
      out = lying.row.key;
  }
  return out;
}

/// What a rule holds for somebody's word; null where it holds nothing.
const Word* pending(const Cell& cell, std::uint32_t workflow) {
  const auto at = std::find_if(cell.words.begin(), cell.words.end(),
                               [workflow](const Word& word) { return word.workflow == workflow && !word.given; });
  return at == cell.words.end() ? nullptr : &*at;
}

}  // namespace

std::vector<AtRow> rows_at(const Version& version, const Instance& instance) {
  std::vector<AtRow> out;
  const auto workflow = version.workflows.find(instance.workflow);
  if (workflow == version.workflows.end()) return out;
  for (const Bound& bound : instance.bound) {
    const Index loop = version.loop_of(workflow->second, bound.number);
    if (loop == none) continue;
    out.push_back({version.module.records[version.module.steps[loop].record].name, shown_row_key(bound.event_id)});
  }
  return out;
}

const Step* step_of(const Version& version, const Instance& instance) {
  const auto at = version.steps.find(instance.step);
  return at == version.steps.end() ? nullptr : &version.module.steps[at->second];
}

Waits waits_of(const Version& version, const Instance& instance, const Whereabouts& person) {
  Waits out;
  out.until = instance.wake;
  const Step* step = step_of(version, instance);
  if (step == nullptr) return out;
  const bytecode::Module& module = version.module;
  const auto workflow = version.workflows.find(instance.workflow);
  const std::string file = workflow == version.workflows.end() ? "" : module.workflows[workflow->second].file;
  switch (step->kind) {
    case StepKind::wait_for:
    case StepKind::wait_until:
      out.what = Waits::For::time;
      out.ways.push_back(way_to(module, step->next));
      break;
    case StepKind::wait_event:
      out.what = Waits::For::events;
      for (const bytecode::Arm& arm : step->arms) {
        WayOn way = way_to(module, arm.first);
        way.event = module.events[arm.event].name;
        if (arm.of_content != none) way.of_content = module.contents[arm.of_content].name;
        if (arm.where != none) way.where = condition_of(module, file, arm);
        out.ways.push_back(std::move(way));
      }
      out.ways.push_back(way_to(module, step->otherwise));
      break;
    case StepKind::approve:
      out.what = Waits::For::approval;
      out.role = module.roles[step->role].name;
      out.asked = asked_of(instance, person);
      out.ways = {way_to(module, step->next), way_to(module, step->otherwise)};
      break;
    case StepKind::repeat:
    case StepKind::for_each:
      out.what = Waits::For::round;
      out.ways = {way_to(module, step->next), way_to(module, step->otherwise)};
      break;
    case StepKind::act:
    case StepKind::send:
      out.ways.push_back(way_to(module, step->next));
      if (const Word* word = pending(person.cell, instance.workflow); word != nullptr) {
        // A rule holds it: it goes on the same way with the word and without it.
        out.what = Waits::For::approval;
        out.role = word->role;
        out.until.reset();
        if (word->until != Instant{}) out.until = word->until;
        out.asked = asked_of(instance, person);
        break;
      }
      if (step->best_hour && !instance.held) {
        out.what = Waits::For::time;
        out.ways = {{"", "", "", step->key, step->line}};
        break;
      }
      out.what = instance.held ? Waits::For::rule : Waits::For::turn;
      for (const PassHistory& pass : person.passes) {
        if (name_id(pass.workflow) == instance.workflow && pass.serial == instance.serial &&
            pass.deferring_step == step->key)
          out.rule = pass.deferring_rule;
      }
      break;
    default:
      out.what = Waits::For::turn;
      out.ways.push_back(way_to(module, step->next));
      break;
  }
  return out;
}

}  // namespace fairlead::engine
