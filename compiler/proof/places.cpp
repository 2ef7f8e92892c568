// How a place is called, to people and in what is kept.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/proof/proof.hpp"

namespace fairlead::compiler::proof {

using bytecode::Step;
using bytecode::StepKind;

namespace {

/// `send welcome`
std::string step_name(const bytecode::Module& module, const Step& step) {
  if (step.kind == StepKind::send && step.content != none) return "send " + module.contents[step.content].name;
  if (step.kind == StepKind::act && step.action != none) return "do " + module.actions[step.action].name;
  if (step.kind == StepKind::assign && step.team != none) return "assign " + module.teams[step.team].name;
  return std::string(to_string(step.kind));
}

/// Whether two steps have the same name, without making it.
bool same_name(const Step& a, const Step& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case StepKind::send: return a.content == b.content;
    case StepKind::act: return a.action == b.action;
    case StepKind::assign: return a.team == b.team;
    default: return true;
  }
}

/// Which of the steps of one name it is, in the order of the source: 1, 2, …; and how many there are.
std::pair<std::size_t, std::size_t> which(const bytecode::Module& module, Index workflow, Index step) {
  std::size_t number = 0, all = 0;
  for (const Index s : module.workflows[workflow].steps) {
    if (!same_name(module.steps[s], module.steps[step])) continue;
    ++all;
    if (s <= step) ++number;
  }
  return {number, all};
}

}  // namespace

std::string name_of(const Program& program, const Site& site) {
  const bytecode::Module& module = program.module;
  switch (site.kind) {
    case Site::Kind::effect: {
      const auto [number, all] = which(module, site.workflow, site.step);
      std::string out = step_name(module, module.steps[site.step]);
      if (all > 1) out += fmt::format(" ({} of {})", number, all);
      if (site.channel != none) out += " by " + module.channels[site.channel].name;
      return out;
    }
    case Site::Kind::workflow: return "workflow " + module.workflows[site.workflow].name;
    case Site::Kind::choice: {
      const std::string& key = module.choices[module.steps[site.step].choice].key;
      return "choose " + key.substr(key.rfind('/') + 1);
    }
    case Site::Kind::content: return "content " + module.contents[site.thing].name;
    case Site::Kind::segment: return "segment " + module.segments[site.thing].name;
    case Site::Kind::score: return "score " + module.scores[site.thing].name;
    case Site::Kind::points: return "points " + module.points[site.thing].name;
    case Site::Kind::project: return "the project";
  }
  return "?";
}

std::string key_of(const Program& program, const Site& site) {
  const bytecode::Module& module = program.module;
  if (site.kind == Site::Kind::effect) {
    return fmt::format("{}/{}#{}", module.workflows[site.workflow].name, step_name(module, module.steps[site.step]),
                       which(module, site.workflow, site.step).first);
  }
  if (site.kind == Site::Kind::choice) {
    const std::string& key = module.choices[module.steps[site.step].choice].key;
    return fmt::format("choose {}/{}", module.workflows[site.workflow].name, key.substr(key.rfind('/') + 1));
  }
  return name_of(program, site);
}

}  // namespace fairlead::compiler::proof
