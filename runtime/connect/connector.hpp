// How messages leave the house. A connector is handed a batch and says, for each message, what became of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/values/fault.hpp"

namespace fairlead::connect {

struct Message {
  std::string key;      // idempotency key
  std::string payload;  // one line of JSON
};

class Connector {
 public:
  virtual ~Connector() = default;
  Connector() = default;
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

  /// Hands all of them over, durably, or gives a fault: then it is unknown which of them went out.
  virtual Result<void> deliver(const std::vector<Message>& messages) = 0;
  /// Of messages whose hand-over was cut off by a crash: which went out after all. Asked once, at the start.
  virtual Result<std::vector<std::string>> delivered(const std::vector<std::string>& keys) = 0;
};

/// Appends each message as a line of JSON to a file. The file itself remembers the keys, so a crash between hand-over
/// and record neither loses a line nor writes it twice. `durable`: fdatasync after each batch.
Result<std::unique_ptr<Connector>> open_file(const std::string& path, bool durable);

/// Takes everything and keeps nothing: for trials that only look at the journal.
std::unique_ptr<Connector> nowhere();

/// The value of a payload's `key` member; empty where the line is not one of ours.
std::string key_of(std::string_view line);

}  // namespace fairlead::connect
