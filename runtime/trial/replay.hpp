// Off-policy replay: what a choice would have earned on a log of randomised decisions. Rows come in random order; a
// row counts when the choice takes the arm that the log took (Li, Chu, Langford and Wang 2011: unbiased where the log
// chose uniformly). Decisions go through the same function, journal and ledger as on the live engine.
#pragma once

#include <optional>

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
  /// Where the log is replayed by segment: the columns, what stands in them, and which of it by row.
  std::vector<std::string> segment_columns, segments;
  std::vector<std::uint32_t> segment;
  Arena arena;
  std::uint64_t rejected = 0;  // rows that could not be used, and why the first of them could not
  std::string first_rejected;
};

/// An arm's label as an option's name: `Mens E-Mail` is `mens_e_mail`.
std::string option_name(std::string_view label);

/// More would learn too slowly to be worth it, and are most often a mistake.
constexpr std::size_t most_segments = 64;

/// `arm_column` and `reward_column` may be empty: then the column all of whose values name options, and the column
/// that is called as the goal's event. `bad_input` says what does not fit.
Result<void> read_log(const std::string& path, const bytecode::Module& module, bytecode::Index choice,
                      const std::string& arm_column, const std::string& reward_column,
                      const std::vector<std::string>& segment_columns, Log& out);

/// What a replay had come to after so many rows of the log.
struct CurvePoint {
  std::uint64_t rows = 0;
  std::vector<double> shares;  // the mean of those drawn from since the point before, one an option
  double mean = 0;             // reward of the rows kept so far
};

struct SeedResult {
  std::uint64_t kept = 0;
  double mean = 0;                   // reward of the kept rows
  std::vector<double> taken;         // share of decisions, by option
  std::vector<std::uint32_t> least;  // smallest probability that any decision gave, by option (billionths)
  std::vector<CurvePoint> curve;
  /// By segment: share of its decisions, by option. And how far segments were taken to differ (learn::Pooled).
  std::vector<std::vector<double>> taken_in;
  double spread = 0;
  store::Head head;  // of the journal in memory
};

/// A log with segments is decided by a learner for each of them, which learn from each other (learn::Pooled).
Result<SeedResult> replay(const bytecode::Module& module, bytecode::Index choice, const Log& log, std::uint64_t seed);

/// One choice over all seeds.
struct Replayed {
  std::string key, floor;
  std::vector<std::string> options, segments;
  learn::Mean mean, kept;
  std::vector<double> taken, least;           // by option
  std::vector<std::vector<double>> taken_in;  // by segment and option
  double spread = 0;
  std::vector<CurvePoint> curve;
  std::vector<double> means;           // one a seed
  std::optional<learn::Mean> against;  // what it earned more than the first choice of the project, seed by seed
};

Replayed together(const bytecode::Choice& choice, const Log& log, const std::vector<SeedResult>& seeds);

/// One page without any outside reference: what the choices earned, and how their shares moved.
std::string replay_page(const std::vector<Replayed>& choices, const std::string& title, const std::string& about);

}  // namespace fairlead::trial
