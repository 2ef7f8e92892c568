// The provider of the simulation: it fails, and it lies about having failed. What went out is kept over restarts of the
// engine, each message with the state of the journal at which it was handed over.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "runtime/connect/connector.hpp"
#include "runtime/values/time.hpp"

namespace fairlead::simulation {

/// A message that was handed over, and whether it went out.
struct Delivered {
  std::string key, payload;
  std::uint64_t seq = 0;  // of the last batch that was in the store when it was handed over
  Instant at;             // what the clock showed then
  bool out = true;
};

class Provider : public connect::Connector {
 public:
  /// What a call as a whole may come to.
  enum class Fate : std::uint8_t {
    answers,       // for each message
    fails_before,  // nothing went out
    fails_after,   // says that it failed, and all of it went out
    fails_within,  // says that it failed, and a part went out
    dies_within    // our process ends when a part has gone out
  };
  /// What becomes of one message: what is said of it, and whether it is so.
  struct Word {
    connect::Outcome says = connect::Outcome::taken;
    bool goes_out = true;
  };

  /// Everything that was handed over.
  std::vector<Delivered> log;
  bool knows_keys = false;  // a second message under one key is not sent once more
  std::function<Fate()> fate;
  std::function<Word(const std::string& key)> word;
  std::function<std::uint64_t()> seq;
  std::function<Instant()> clock;
  std::function<void()> die;
  /// Whether it can be asked what went out; it may be out of reach when the engine starts, or not remember.
  std::function<bool()> reachable, remembers;
  std::function<void(const Delivered&)> went_out;

  [[nodiscard]] std::string name() const override { return "provider"; }
  [[nodiscard]] bool honours_keys() const override { return knows_keys; }

  Result<std::vector<connect::Answer>> deliver(const std::vector<connect::Message>& messages) override {
    const Fate now = fate();
    std::size_t go = messages.size();
    if (now == Fate::fails_before) go = 0;
    if (now == Fate::fails_within || now == Fate::dies_within) go = messages.size() / 2;
    const std::uint64_t at_seq = seq();
    std::vector<connect::Answer> answers;
    for (std::size_t i = 0; i < go; ++i) {
      const Word said = now == Fate::answers ? word(messages[i].key) : Word{};
      answers.push_back({said.says, said.says == connect::Outcome::taken ? "" : "it says so", {}});
      const bool known = knows_keys && has(messages[i].key);
      log.push_back({messages[i].key, messages[i].payload, at_seq, clock(), said.goes_out && !known});
      if (said.goes_out) keys_.insert(messages[i].key);
      if (log.back().out) went_out(log.back());
    }
    if (now == Fate::dies_within) die();
    if (now == Fate::answers) return answers;
    return fault(FaultCode::connector_failed, "provider", "it failed, or says so");
  }

  Result<std::vector<connect::Answer>> recall(const std::vector<std::string>& keys) override {
    if (!reachable()) return fault(FaultCode::connector_failed, "provider", "out of reach");
    std::vector<connect::Answer> out;
    for (const std::string& key : keys) {
      const auto truth = has(key) ? connect::Outcome::taken : connect::Outcome::failed;
      out.push_back({remembers() ? truth : connect::Outcome::unknown, "", {}});
    }
    return out;
  }

  [[nodiscard]] bool has(const std::string& key) const { return keys_.contains(key); }

 private:
  std::set<std::string> keys_;
};

}  // namespace fairlead::simulation
