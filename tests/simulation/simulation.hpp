// One seed, one life of an engine: a random project, people, a provider and a disk, all of which fail. What must be
// true of it is in reference.hpp; this drives it, and compares what lasts with what lives.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/engine/engine.hpp"
#include "tests/simulation/faulty_vfs.hpp"
#include "tests/simulation/reference.hpp"
#include "tests/simulation/story.hpp"

namespace fairlead::simulation {

struct Conditions {
  bool disturbed = true;
  /// The provider says of each message what is so, and no channel's pace is limited: then a run that is disturbed comes
  /// to what one that is not comes to.
  bool plain_provider = false;
  store::Durability durability = store::Durability::full;
  /// The process dies, or the power fails, at this operation of the disk after the beginning; nothing else goes wrong.
  std::optional<std::uint64_t> only_at;
  Mishap only = Mishap::power_fails;
};

struct Outcome {
  std::vector<std::string> violations;
  std::vector<store::Record> journal;
  std::size_t disturbances = 0, strides = 0, messages = 0;
  std::uint64_t writes = 0;  // operations of the disk that change something, or make it durable
  std::map<Mishap, std::uint64_t> mishaps;
  std::string text;  // of the project
};

/// `folder` is for the lock file only; everything else lies on the disk in memory.
Outcome simulate(std::uint32_t seed, const std::string& folder, Conditions conditions = {});

/// Whether a run of this seed that is disturbed ends as one that is not; and everything that must be true of both.
Outcome simulate_both(std::uint32_t seed, const std::string& folder);

}  // namespace fairlead::simulation
