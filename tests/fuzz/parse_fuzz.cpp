// Any bytes at all: the tree holds every token in order, and says why where it has a gap in its reading.
#include <cstdlib>

#include "grammar/tree.hpp"

using namespace fairlead::grammar;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Source source("fuzz.lead", std::string(reinterpret_cast<const char*>(data), size));
  const Parsed parsed = parse(source, 0);
  std::uint32_t at = 0;
  bool broken = false;
  for (const TreeNode& node : parsed.tree.nodes()) {
    broken = broken || node.kind == Kind::error || node.kind == Kind::unclosed;
    if (node.end > size || node.begin > node.end) std::abort();
    if (node.subtree != 1 || node.kind == Kind::file) continue;
    if (node.begin < at) std::abort();
    at = node.end;
  }
  if (broken && parsed.diagnostics.empty()) std::abort();
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    if (render(diagnostic, {source}, false).empty()) std::abort();
  }
  return 0;
}
