// Judging a message or a call: at its step, and once more at hand-over, which is the moment that counts.
#pragma once

#include "runtime/engine/turn.hpp"

namespace fairlead::engine {

/// What the sender must know of a message, or a call, to ask the rules again.
struct Origin {
  std::uint32_t workflow = 0;
  std::uint64_t serial = 0;
  std::uint32_t version = 0;
  std::string content, channel;
  Instant since;  // when it was to be sent first: a rule that deferred it then defers it no longer in all than it may
  std::string action;                  // of a call; content and channel are of a message
  std::string rules;                   // hash of those that an approver was shown; empty: nobody was asked
  Decimal cost{};                      // set aside for it: there again where it does not go out
  std::vector<std::string> granted{};  // roles that have said yes to it
};

std::string encode(const Origin& origin);
Result<Origin> decode_origin(std::string_view bytes);

/// Whether it is the store that failed, and no expression: then it says nothing of the pass, and ends the batch.
bool of_store(const Fault& fault);

struct Sending {
  std::uint32_t workflow = 0;
  std::string content, channel;
  std::optional<Instant> held;  // since when it is deferred
  guard::Side side = guard::Side::out;
  Decimal cost{};
  std::string action{};                // of a call; content and channel are of a message
  std::span<const Value> arguments{};  // of a call
  Value amount{};                      // that a call spends
  std::vector<std::string> granted{};  // roles that have said yes to it
};

/// A rule fired, and somebody has signed that it lets this pass.
struct LetPass {
  std::string rule, by;
  Instant until;  // when that runs out
};

struct Judged {
  guard::Verdict::Kind kind = guard::Verdict::Kind::allowed;
  std::string rule;
  std::string detail;
  Instant until;
  std::string fault;  // the store failed while asking
  std::vector<LetPass> let_pass{};
  std::string role{};  // hold: whose word it waits for
  Duration up_to{};    // hold: for how long; zero: as long as it takes
};

/// As the audit has it.
audit::Guarded entry_of(const LetPass& let_pass, audit::Pass pass, std::string step);

/// Asks the rules that are in force now, and the workflow's budget: those of the newest version, where it still has the
/// workflow and what goes out, else those of `pinned`, the version that the pass follows.
Judged judge(Engine& engine, Turn& turn, const Cell& cell, const Version& pinned, const Sending& sending,
             guard::Ask ask);

/// The arguments of a call, read back from what its connector is given.
Result<std::vector<Value>> arguments_in(const nlohmann::json& payload, const bytecode::Action& action, Arena& arena);
/// What it spends; absent where it spends nothing.
Result<Value> amount_in(const nlohmann::json& payload, const std::string& currency, Arena& arena);

/// Asks the rules in force that ban words of the texts that a message carries.
Judged judge_words(Engine& engine, const Version& pinned, const Sending& sending, std::string_view payload);

}  // namespace fairlead::engine
