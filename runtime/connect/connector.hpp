// How messages leave the house. A connector is handed a batch and says, for each message, what became of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/values/fault.hpp"
#include "runtime/values/time.hpp"

namespace fairlead::connect {

struct Message {
  std::string key;      // idempotency key
  std::string payload;  // one line of JSON
};

/// What became of a message.
enum class Outcome : std::uint8_t {
  taken,    // it is on its way, durably
  refused,  // for good: once more would be refused as well
  failed,   // it surely did not go out, and may be tried again
  unknown   // it may have gone out: the answer was lost
};
struct Answer {
  Outcome outcome = Outcome::taken;
  std::string detail;  // what the other side said; nothing personal
  Duration after;      // failed: it asks not to be tried again before
};

class Connector {
 public:
  virtual ~Connector() = default;
  Connector() = default;
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

  /// As people know it: `messages.jsonl`.
  [[nodiscard]] virtual std::string name() const = 0;
  /// Hands all of them over and gives one answer each. A fault: the connector itself is out of order, and nobody knows
  /// yet which of them went out; it is asked with `recall` when the engine is opened again.
  virtual Result<std::vector<Answer>> deliver(const std::vector<Message>& messages) = 0;
  /// What became of messages whose hand-over was cut off by a crash: one answer each.
  virtual Result<std::vector<Answer>> recall(const std::vector<std::string>& keys) = 0;
  /// Whether a message that is handed over twice under one key goes out once.
  [[nodiscard]] virtual bool honours_keys() const = 0;
};

/// Appends each message as a line of JSON to a file. The file itself remembers the keys, so a crash between hand-over
/// and record neither loses a line nor writes it twice. `durable`: fdatasync after each batch.
Result<std::unique_ptr<Connector>> open_file(const std::string& path, bool durable);

/// Runs `command` with /bin/sh and hands each message to it as a line of JSON; it answers with a line each
/// (docs/running.md has the protocol). What it does not answer within `patience` of its last answer is unknown, and it
/// is started anew. A fault where it does not begin as it should.
Result<std::unique_ptr<Connector>> open_program(const std::string& command, Duration patience);

/// Takes everything and keeps nothing: for trials that only look at the journal.
std::unique_ptr<Connector> nowhere();

/// The value of a payload's `key` member; empty where the line is not one of ours.
std::string key_of(std::string_view line);

}  // namespace fairlead::connect
