// A sign of life: a small file beside the store that a running engine writes every few seconds, for `fairlead health`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/engine/engine.hpp"

namespace fairlead::serve {

struct Alive {
  Instant at;
  std::uint64_t process = 0;
  std::uint32_t version = 0;  // of the project
  std::uint64_t unsent = 0;   // messages and calls in the outbox
  Duration late;              // of the latest timer since the sign before
  bool circuit_open = false;
  bool backed_up = false;
  std::vector<std::string> paused;
};

/// `fairlead.db.alive`.
std::string alive_path(const std::string& store);
Alive alive(const engine::Engine& engine, Instant now, Duration late);
/// As a whole or not at all.
Result<void> write_alive(const std::string& store, const Alive& sign);
/// Nothing where there is none, or it cannot be read.
std::optional<Alive> read_alive(const std::string& store);
void remove_alive(const std::string& store);

}  // namespace fairlead::serve
