// A progress bar on stderr, on a terminal only.
#pragma once

#include <chrono>
#include <string>

namespace fairlead::cli {

class ProgressBar {
 public:
  explicit ProgressBar(std::string what);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// `share` from 0 to 1. Drawn at most ten times a second.
  void update(double share);
  /// Clears the line.
  void finish();

 private:
  std::string what_;
  bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace fairlead::cli
