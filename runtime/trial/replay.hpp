// Off-policy replay: what a choice would have earned on a log of randomised decisions. Rows come in random order; a
// row counts when the choice takes the arm that the log took (Li, Chu, Langford and Wang 2011: unbiased where the log
// chose uniformly). Decisions go through the same function, journal and ledger as on the live engine.
#pragma once

#include "runtime/connect/rows.hpp"
#include "runtime/engine/engine.hpp"
#include "runtime/learn/measure.hpp"

namespace fairlead::trial {

/// A log, read once and replayed with many seeds.
struct Log {
  std::string arm_column, reward_column;
  std::vector<std::vector<Value>> contexts;  // by row: the contact's fields
  std::vector<std::uint32_t> arms;           // option of the choice
  std::vector<bool> rewards;
  Arena arena;
  std::uint64_t rejected = 0;  // rows that could not be used, and why the first of them could not
  std::string first_rejected;
};

/// An arm's label as an option's name: `Mens E-Mail` is `mens_e_mail`.
std::string option_name(std::string_view label);

/// `arm_column` and `reward_column` may be empty: then the column all of whose values name options, and the column
/// that is called as the goal's event. `bad_input` says what does not fit.
Result<void> read_log(const std::string& path, const bytecode::Module& module, bytecode::Index choice,
                      const std::string& arm_column, const std::string& reward_column, Log& out);

struct SeedResult {
  std::uint64_t kept = 0;
  double mean = 0;                   // reward of the kept rows
  std::vector<double> taken;         // share of decisions, by option
  std::vector<std::uint32_t> least;  // smallest probability that any decision gave, by option (billionths)
  store::Head head;                  // of the journal in memory
};

Result<SeedResult> replay(const bytecode::Module& module, bytecode::Index choice, const Log& log, std::uint64_t seed);

}  // namespace fairlead::trial
