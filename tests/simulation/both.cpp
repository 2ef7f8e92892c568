// A run that is disturbed comes to what one that is not comes to.
#include <fmt/format.h>

#include <algorithm>

#include "tests/simulation/simulation.hpp"

namespace fairlead::simulation {

Outcome simulate_both(std::uint32_t seed, const std::string& folder) {
  Outcome out = simulate(seed, folder, {.plain_provider = true});
  if (!out.violations.empty()) return out;
  const Outcome straight = simulate(seed, folder, {.disturbed = false, .plain_provider = true});
  for (const std::string& violation : straight.violations) out.violations.push_back("undisturbed: " + violation);
  const auto one = told(straight.journal);
  const auto other = told(out.journal);
  for (const auto& [who, lines] : one) {
    const auto at = other.find(who);
    if (at == other.end()) {
      out.violations.push_back(fmt::format("{} is there only where nothing fails", who));
      continue;
    }
    const auto [a, b] = std::mismatch(lines.begin(), lines.end(), at->second.begin(), at->second.end());
    if (a == lines.end() && b == at->second.end()) continue;
    out.violations.push_back(fmt::format("{}: undisturbed `{}`, disturbed `{}`", who, a == lines.end() ? "nothing" : *a,
                                         b == at->second.end() ? "nothing" : *b));
  }
  return out;
}

}  // namespace fairlead::simulation
