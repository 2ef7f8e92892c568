// What those who judge a run have in common: how far the journal is read, and what it has said so far of people, passes
// and what goes out. One of them writes each part (of_people, of_passes, of_acts, of_versions), all read it.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/simulation/judging.hpp"
#include "tests/simulation/reference.hpp"

namespace fairlead::simulation {

struct PassState {
  audit::Mode mode = audit::Mode::live;
  bool open = true, early = false;
  std::uint64_t left_seq = 0;
  Instant entered, left;
  std::optional<Instant> goal_until;  // while its window is open
  std::uint32_t version = 0;          // that it follows
  std::string step;                   // where it stands
};

/// A message, call or assignment that was decided on.
struct Act {
  audit::Pass pass;
  std::string step, content, channel;  // content and channel of a message
  bool suppressed = false;
  bool ended = false;  // sent, withheld or dropped
  bool sent = false;
  bool aside = false;                   // somebody has to decide
  bool uncertain = false;               // it was tried, and nobody knows what became of it
  bool out = false;                     // the provider has it
  std::optional<Instant> retry;         // it was tried in vain, and is not before
  std::optional<nlohmann::json> shown;  // what an approver saw of it
};

struct Before {
  bool operator()(const audit::Pass& a, const audit::Pass& b) const {
    return std::tie(a.contact, a.workflow, a.serial) < std::tie(b.contact, b.workflow, b.serial);
  }
};

inline std::string name(const audit::Pass& pass) {
  return audit::to_string(pass);
}

inline Side side_of(audit::Mode mode) {
  return mode == audit::Mode::live ? Side::out : mode == audit::Mode::shadow ? Side::shadow : Side::held_out;
}

/// The channel by which the random project sends the content of this step.
inline std::string channel_of(const std::string& step) {
  return step.find("send ping") != std::string::npos ? "sms" : "email";
}

/// Whether what goes out is one of the effects that somebody was shown.
inline bool is_among(const nlohmann::json& payload, const nlohmann::json& shown) {
  return std::any_of(shown.begin(), shown.end(), [&](const nlohmann::json& effect) {
    return std::all_of(effect.items().begin(), effect.items().end(), [&](const auto& item) {
      return payload.contains(item.key()) && payload[item.key()] == item.value();
    });
  });
}

class Known {
 public:
  explicit Known(const Seen& run) : seen(run) {}

  const Seen& seen;
  std::vector<std::string> found;

  std::uint64_t seq = 0;  // of the batch that is read
  Instant last{INT64_MIN}, record_at;
  std::uint32_t version = 0;
  std::map<std::uint32_t, const Says*> versions;
  std::map<store::ContactId, Values> values;
  std::map<store::ContactId, std::vector<Filled>> filled;  // what counts toward a contact's limits
  std::map<store::ContactId, std::uint64_t> gone;          // forgotten, in which batch
  std::map<audit::Pass, PassState, Before> passes;
  std::map<std::string, Act> acts;  // by key

  template <class... Args>
  void wrong(fmt::format_string<Args...> text, Args&&... args) {
    if (found.size() < 10) found.push_back(fmt::format(text, std::forward<Args>(args)...));
  }

  /// Of the version that is in force.
  [[nodiscard]] const Says& says() const {
    static const Says nothing;
    const auto at = versions.find(version);
    return at == versions.end() ? nothing : *at->second;
  }

  PassState* going_on(const audit::Pass& pass, const char* what) {
    const auto at = passes.find(pass);
    if (at != passes.end() && at->second.open) return &at->second;
    wrong("batch {}: {} of {}, which does not go on", seq, what, name(pass));
    return nullptr;
  }

  [[nodiscard]] audit::Mode mode(const audit::Pass& pass) const {
    const auto at = passes.find(pass);
    return at == passes.end() ? audit::Mode::live : at->second.mode;
  }
};

/// One that judges: it sees every entry, every message with the batch that claimed it, each batch's end and the end. It
/// says `see` for what it looks at; the rest is nothing to it.
class Judge {
 public:
  explicit Judge(Known& known) : known_(known) {}
  template <class Entry>
  void see(Instant, const Entry&) {}
  void batch_over() {}
  void handed(const Delivered&, const Act&) {}
  void end() {}

 protected:
  Known& known_;
};

}  // namespace fairlead::simulation
