// Off-policy evaluation from files: a log in CSV, and a policy that is named or stands in a CSV file of its own.
#pragma once

#include <string>
#include <vector>

#include "runtime/connect/table.hpp"
#include "runtime/learn/off_policy.hpp"

namespace fairlead::trial {

struct EvaluationFiles {
  std::string log;                   // a CSV file with a header
  std::string arm, reward;           // columns of it
  std::string propensity;            // a column of it, or a number for all rows: `0.25`, `1/3`
  std::vector<std::string> context;  // columns that the direct model may use
  std::string position;              // a column, or empty: where on the page or in the message the arm stood
  /// `uniform` over the arms of the log; `always ARM`; or a CSV file, see `read_policy`.
  std::string policy;
};

struct Evaluation {
  std::vector<std::string> arms;  // in order of their text
  std::string policy;             // in words
  std::uint64_t rows = 0;
  std::size_t features = 0;  // of the direct model
  learn::OffPolicy figures;
  /// What a reader has to know before leaning on the figures, one sentence each.
  std::vector<std::string> warnings;
  /// Whether the interval can decide anything: false with an effective sample below `least_effective_sample`, or where
  /// no variance was seen.
  bool decidable = true;
};

constexpr double least_effective_sample = 100;
/// A wider direct model than this is refused: it would fit noise, and take its time.
constexpr std::size_t most_features = 500;
/// The same by memory: a matrix of the features for each arm.
constexpr std::size_t most_matrix_entries = 40'000'000;

/// `bad_input` says what does not fit and what to do: a column that is not there, a reward that is no number, a
/// propensity that is missing or not in (0, 1], a policy that gives probability to an arm that was never logged.
Result<Evaluation> evaluate(const EvaluationFiles& files);

/// The figures' own doubts, as warnings.
void doubt(Evaluation& out);

/// The log's columns as numbers; arms are numbered in order of their text.
struct ReadLog {
  connect::Table table;
  learn::Logged logged;
  std::vector<std::string> arms;
  std::vector<std::string> places;   // values of the position column; one, empty, where there is none
  std::vector<std::uint32_t> place;  // of each row
};
Result<ReadLog> read_log(const EvaluationFiles& files);

/// The policy of `files.policy`. A file has one of two shapes:
///   long  columns `probability` and the arm's, and any others that the log has too: the rows of one combination of
///   these
///         others are a distribution, for the rows of the log with that combination;
///   wide  a column for each arm that may be taken, and as many rows as the log, in its order.
/// Distributions sum to 1 within 1e-6. `words` becomes what it is called.
Result<learn::Policy> read_policy(const EvaluationFiles& files, const ReadLog& log, std::string& words);

/// Refuses a policy that gives probability to what the log cannot speak of; else, warnings about what it hardly can.
Result<std::vector<std::string>> check_support(const ReadLog& log, const learn::Policy& policy);

}  // namespace fairlead::trial
