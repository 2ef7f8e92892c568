// A score: an encoding, the weights of a logistic regression on it, and the card that says how it did on rows that it
// has not seen. As a file it is JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/learn/card.hpp"

namespace fairlead::learn {

struct Score {
  Encoding encoding;
  Logistic model;
  double l2 = 1;
  bool one_pass = false;
  std::string source, outcome;  // where the rows came from, and the column that was learned
  std::vector<std::string> dropped;
  std::string split;  // how the rows were parted, in words
  std::uint64_t learned_from = 0, without_outcome = 0;
  Card card;
  /// What a column alone orders: the AUC of its part of the log-odds on the rows of the card. In order of
  /// `encoding.columns`.
  std::vector<double> column_auc;

  [[nodiscard]] double probability(std::span<const std::string_view> cells) const;
};

/// A column that alone orders outcomes this well is suspect of knowing them.
constexpr double suspicious_auc = 0.85;
std::vector<std::string> suspicious_columns(const Score& score);

/// Features by the size of their weight, largest first.
std::vector<std::uint32_t> by_weight(const Score& score);

std::string to_json(const Score& score);
/// `bad_input` where the text is no score, or one of another version.
Result<Score> score_from_json(std::string_view text);

struct ScoreOptions {
  EncodingOptions encoding;
  double l2 = 1;
  bool one_pass = false;
};

/// More features than this are refused.
constexpr std::size_t most_score_features = 4'000;

/// Learns from the rows `train` and judges on the rows `test`. The encoding is fitted on `train` alone. Fills all but
/// the words (source, outcome, dropped, split). `bad_input` where there is nothing to learn, or nothing to judge by.
Result<Score> train_score(std::span<const RawColumn> columns, const std::vector<bool>& outcomes,
                          std::span<const std::uint32_t> train, std::span<const std::uint32_t> test,
                          const ScoreOptions& options);

}  // namespace fairlead::learn
