// What a module may hold and this runtime cannot carry out yet.
#include "runtime/engine/unsupported.hpp"

#include <fmt/format.h>

namespace fairlead::engine {

namespace {

void of_measures(const bytecode::Module& module, std::vector<Unsupported>& out) {
  for (const bytecode::Score& score : module.scores) out.push_back({"score " + score.name, score.file, score.line});
  for (const bytecode::Goal& goal : module.goals) {
    if (goal.sum != bytecode::none) out.push_back({"reach sum of goal " + goal.name, goal.file, goal.line});
    if (!goal.without.empty()) out.push_back({"without of goal " + goal.name, goal.file, goal.line});
  }
  for (const bytecode::Rate& rate : module.rates)
    out.push_back({fmt::format("rate({})", rate.key), rate.file, rate.line});
}

}  // namespace

std::vector<Unsupported> unsupported(const bytecode::Module& module) {
  std::vector<Unsupported> out;
  of_measures(module, out);
  return out;
}

Result<void> supported(const bytecode::Module& module) {
  const std::vector<Unsupported> all = unsupported(module);
  if (all.empty()) return {};
  Fault refused{FaultCode::not_supported, {}};
  for (const Unsupported& one : all) refused.args.push_back(fmt::format("`{}` ({}:{})", one.what, one.file, one.line));
  return tl::unexpected(std::move(refused));
}

}  // namespace fairlead::engine
