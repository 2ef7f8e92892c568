// What happened in a test since its last act, as the audit and the connector tell it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/engine/engine.hpp"

namespace fairlead::trial {

class Happened : public connect::Connector {
 public:
  struct Sent {
    std::string content, channel;
  };
  std::vector<Sent> sent;
  std::vector<std::string> left, entered;                      // workflows
  std::vector<std::pair<std::string, std::uint32_t>> decided;  // choice, option

  /// A new act: what happened before it is not spoken of any more, but for what still waits.
  void begin();
  /// Takes in what the audit says of a batch.
  Result<void> read(std::string_view audit, const bytecode::Module& module, const Zone& zone);

  /// `welcome` by email, …; `nothing`.
  [[nodiscard]] std::string what_was_sent() const;
  /// Why a content did not go out, as far as that was decided; empty where it was not.
  [[nodiscard]] std::string why_not(const std::string& content) const;

  [[nodiscard]] std::string name() const override { return "the test"; }
  Result<std::vector<connect::Answer>> deliver(const std::vector<connect::Message>& messages) override;
  Result<std::vector<connect::Answer>> recall(const std::vector<std::string>& keys) override {
    return std::vector<connect::Answer>(keys.size(), {connect::Outcome::failed, "a test does not crash", {}});
  }
  [[nodiscard]] bool honours_keys() const override { return true; }

 private:
  struct Reason {
    std::string text;
    bool waits = false;  // the message may still go out
  };
  std::map<std::string, Reason> kept_back_;  // by content
};

/// `2026-01-06 08:00`, on the clock of the zone.
std::string shown(Instant at, const Zone& zone);

}  // namespace fairlead::trial
