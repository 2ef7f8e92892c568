// The provider of the simulation: it fails, and it lies about having failed. What went out is kept over
// restarts of the engine, each message with the state of the journal at which it was handed over.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "runtime/connect/connector.hpp"
#include "runtime/values/time.hpp"

namespace fairlead::simulation {

struct Delivered {
  std::string key, payload;
  std::uint64_t seq = 0;  // of the last batch that was in the store when it was handed over
  Instant at;             // what the clock showed then
};

class Provider : public connect::Connector {
 public:
  /// What a call may come to.
  enum class Fate : std::uint8_t {
    taken,
    fails_before,  // nothing went out
    fails_after,   // says that it failed, and all of it went out
    fails_within,  // says that it failed, and a part went out
    dies_within    // the process ends when a part has gone out
  };

  std::vector<Delivered> delivered_messages;
  std::function<Fate()> fate;
  std::function<std::uint64_t()> seq;
  std::function<Instant()> clock;
  std::function<void()> die;
  /// Whether it can be asked what went out; it may be out of reach when the engine starts.
  std::function<bool()> reachable;
  std::function<void(const Delivered&)> went_out;

  Result<void> deliver(const std::vector<connect::Message>& messages) override {
    const Fate now = fate();
    std::size_t go = messages.size();
    if (now == Fate::fails_before) go = 0;
    if (now == Fate::fails_within || now == Fate::dies_within) go = messages.size() / 2;
    const std::uint64_t at_seq = seq();
    for (std::size_t i = 0; i < go; ++i) {
      delivered_messages.push_back({messages[i].key, messages[i].payload, at_seq, clock()});
      went_out(delivered_messages.back());
    }
    if (now == Fate::dies_within) die();
    if (now == Fate::taken) return {};
    return fault(FaultCode::connector_failed, "provider", "it failed, or says so");
  }

  Result<std::vector<std::string>> delivered(const std::vector<std::string>& keys) override {
    if (!reachable()) return fault(FaultCode::connector_failed, "provider", "out of reach");
    std::set<std::string> known;
    for (const Delivered& message : delivered_messages) known.insert(message.key);
    std::vector<std::string> out;
    for (const std::string& key : keys) {
      if (known.contains(key)) out.push_back(key);
    }
    return out;
  }
};

}  // namespace fairlead::simulation
