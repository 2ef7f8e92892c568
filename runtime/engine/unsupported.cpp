// What this runtime cannot carry out yet.
#include "runtime/engine/unsupported.hpp"

#include <fmt/format.h>

namespace fairlead::engine {

std::vector<Unsupported> unsupported(const bytecode::Module& module) {
  std::vector<Unsupported> out;
  for (const bytecode::Connector& c : module.connectors) out.push_back({"connector " + c.name, c.file, c.line});
  for (const bytecode::Workflow& workflow : module.workflows) {
    for (const bytecode::Index index : workflow.steps) {
      const bytecode::Step& step = module.steps[index];
      if (step.kind != bytecode::StepKind::assign) continue;
      out.push_back({fmt::format("assign to {} by {}", module.teams[step.team].name, to_string(step.by)), workflow.file,
                     step.line});
    }
  }
  return out;
}

Result<void> check_supported(const bytecode::Module& module) {
  std::string all;
  for (const Unsupported& u : unsupported(module))
    all += fmt::format("{}`{}` is not supported by this runtime yet ({}:{})", all.empty() ? "" : "; ", u.what, u.file,
                       u.line);
  if (all.empty()) return {};
  return fault(FaultCode::unsupported, all);
}

}  // namespace fairlead::engine
