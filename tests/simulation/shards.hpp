// Many seeds at once: as many processes as there are cores, each with its share. A seed that brings its process down
// counts as found, not as the end of the test.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace fairlead::simulation {

struct Shards {
  std::uint32_t first = 1, count = 1;
  bool stop_at_first = false;  // each process ends with the first seed in which it finds something
};

struct Findings {
  std::map<std::uint32_t, std::string> found;  // by seed: what is wrong
  std::map<std::string, std::uint64_t> sums;   // of what the seeds report
};

/// What a seed reports: what is wrong (empty: nothing), and figures that are added up.
struct Report {
  std::string wrong;
  std::map<std::string, std::uint64_t> figures;
};

/// `folder` of `one` is its process's own.
Findings run_seeds(const Shards& shards,
                   const std::function<Report(std::uint32_t seed, const std::string& folder)>& one);

}  // namespace fairlead::simulation
