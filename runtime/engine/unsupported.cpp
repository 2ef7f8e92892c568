// What a module may hold and this runtime cannot carry out yet.
#include "runtime/engine/unsupported.hpp"

#include <fmt/format.h>

#include "runtime/engine/unsupported_rules.hpp"

namespace fairlead::engine {

std::vector<Unsupported> unsupported(const bytecode::Module& module) {
  std::vector<Unsupported> out;
  of_rules(module, out);
  of_heads(module, out);
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
