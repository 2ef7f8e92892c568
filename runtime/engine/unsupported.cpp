// What a module may hold and this runtime cannot carry out yet.
#include "runtime/engine/unsupported.hpp"

#include <fmt/format.h>

#include "runtime/engine/unsupported_rules.hpp"

namespace fairlead::engine {

namespace {

void of_contents(const bytecode::Module& module, std::vector<Unsupported>& out) {
  for (const bytecode::Content& content : module.contents) {
    for (const bytecode::Variant& variant : content.variants) {
      for (const bytecode::Slot& slot : variant.slots) {
        // Each slot is to learn on its own: a choice by chance alone would not be what was asked for.
        if (!slot.one_of.empty()) out.push_back({slot.name + " one of", content.file, slot.line});
        if (slot.generated) {
          out.push_back({fmt::format("{} write with {}", slot.name, module.models[slot.generated->model].name),
                         content.file, slot.line});
        }
      }
    }
  }
}

}  // namespace

std::vector<Unsupported> unsupported(const bytecode::Module& module) {
  std::vector<Unsupported> out;
  of_contents(module, out);
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
