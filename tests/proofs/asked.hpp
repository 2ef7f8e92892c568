// How much is asked of a run, by its environment: `FAIRLEAD_PROOF_PROGRAMS=10000`.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace fairlead::soundness {

inline std::uint32_t number_from(const char* name, std::uint32_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

}  // namespace fairlead::soundness
