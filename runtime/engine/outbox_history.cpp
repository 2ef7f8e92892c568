// What became of rows of the outbox.
#include "runtime/engine/outbox_history.hpp"

#include "runtime/audit/entries.hpp"

#include <fmt/format.h>

namespace fairlead::engine {

namespace {

class Reader {
 public:
  explicit Reader(const std::vector<std::string>& keys) {
    for (const std::string& key : keys) out[key];
  }

  void take(Instant at, const audit::Entry& entry) {
    std::visit([&](const auto& one) { take_one(at, one); }, entry);
  }

  std::map<std::string, OutboxHistory> out;

 private:
  template <class Entry>
  void take_one(Instant, const Entry&) {}

  void take_one(Instant at, const audit::Effect& effect) {
    if (OutboxHistory* row = find(effect.key); row != nullptr && !effect.suppressed)
      *row = {effect.pass.workflow, effect.content, effect.channel, "", at, ""};
  }
  void take_one(Instant at, const audit::Acted& acted) {
    if (OutboxHistory* row = find(acted.key); row != nullptr && !acted.suppressed)
      *row = {acted.pass.workflow, "", "", acted.action, at, ""};
  }
  void take_one(Instant at, const audit::ApprovalAsked& asked) {
    if (OutboxHistory* row = find(asked.key); row != nullptr && !asked.suppressed)
      *row = {asked.pass.workflow, "", "", "", at, ""};
  }
  void take_one(Instant at, const audit::Handed& handed) { became(at, handed.key, handed.result, handed.detail); }
  void take_one(Instant at, const audit::ActionHanded& handed) { became(at, handed.key, handed.result, handed.detail); }
  void take_one(Instant at, const audit::Retrying& retrying) { said(at, retrying.key, retrying.detail); }
  void take_one(Instant at, const audit::SetAside& aside) {
    using Why = audit::SetAside::Why;
    const std::string how = aside.why == Why::refused     ? "refused"
                            : aside.why == Why::exhausted ? fmt::format("gave up after {} attempts", aside.attempts)
                                                          : "may have gone out";
    said(at, aside.key, aside.detail.empty() ? how : fmt::format("{}: {}", how, aside.detail));
  }
  void take_one(Instant at, const audit::Resolved& resolved) {
    const bool again = resolved.how == audit::Resolved::How::retry;
    said(at, resolved.key,
         fmt::format("{} by {}{}{}", again ? "sent again" : "dropped", resolved.by,
                     resolved.because.empty() ? "" : ": ", resolved.because));
  }
  void said(Instant at, const std::string& key, const std::string& why) {
    if (OutboxHistory* row = find(key); row != nullptr) {
      row->since = at;
      row->why = why;
    }
  }
  void take_one(Instant at, const audit::ApprovalEnded& ended) {
    OutboxHistory* row = find(ended.key);
    if (row == nullptr) return;
    using Ended = audit::ApprovalEnded::Result;
    row->since = at;
    switch (ended.result) {
      case Ended::approved: row->why = "approved by " + ended.by; break;
      case Ended::rejected: row->why = "rejected by " + ended.by; break;
      case Ended::lapsed: row->why = "nobody decided in time"; break;
      case Ended::changed: row->why = "what was approved had changed"; break;
      case Ended::left: row->why = "the contact left the workflow"; break;
    }
    if (!ended.because.empty()) row->why += fmt::format(": {}", ended.because);
  }

  void became(Instant at, const std::string& key, audit::Handed::Result result, const std::string& detail) {
    OutboxHistory* row = find(key);
    if (row == nullptr) return;
    if (result != audit::Handed::Result::deferred) row->since = at;
    row->why = detail == "left" ? "the contact left the workflow" : detail;
  }

  OutboxHistory* find(const std::string& key) {
    const auto at = out.find(key);
    return at == out.end() ? nullptr : &at->second;
  }
};

}  // namespace

Result<std::map<std::string, OutboxHistory>> outbox_history(store::Store& store, const std::vector<std::string>& keys) {
  Reader reader(keys);
  if (keys.empty()) return std::move(reader.out);
  const Result<void> read =
      audit::entries(store, [&](const audit::Stamped& stamped) { reader.take(stamped.at, stamped.entry); });
  if (!read) return tl::unexpected(read.error());
  return std::move(reader.out);
}

}  // namespace fairlead::engine
