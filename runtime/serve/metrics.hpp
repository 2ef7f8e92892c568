// Prometheus metrics of a running engine, on a port of their own. docs/running.md lists them.
#pragma once

#include <memory>
#include <string>

#include "runtime/engine/engine.hpp"

namespace fairlead::serve {

class Metrics {
 public:
  /// Listens on `address`, like `127.0.0.1:9464`. A fault where it cannot.
  static Result<std::unique_ptr<Metrics>> listen(const std::string& address);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// An entry of the audit, as it is said.
  void said(const audit::Entry& entry);
  /// A batch that took so long.
  void batch(const engine::Engine::Progress& progress, double seconds);
  /// What stands now: rows of the outbox, pauses, the circuit. Costs a count over the outbox.
  Result<void> look(const engine::Engine& engine, store::Store& store);

 private:
  Metrics();
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace fairlead::serve
