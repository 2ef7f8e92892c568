// A progress bar on stderr.
#include "cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "cli/command.hpp"

namespace fairlead::cli {

ProgressBar::ProgressBar(std::string what) : what_(std::move(what)), shown_(terminal(STDERR_FILENO)) {}

ProgressBar::~ProgressBar() {
  finish();
}

void ProgressBar::update(double share) {
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || (drawn_ && now - last_ < std::chrono::milliseconds(100) && share < 1)) return;
  last_ = now;
  drawn_ = true;
  constexpr int width = 32;
  const int full = static_cast<int>(std::clamp(share, 0.0, 1.0) * width);
  std::string bar;
  for (int i = 0; i < width; ++i) bar += i < full ? "█" : "░";
  fmt::print(stderr, "\r{} {} {:3.0f}%", what_, bar, std::clamp(share, 0.0, 1.0) * 100);
  std::fflush(stderr);
}

void ProgressBar::finish() {
  if (drawn_) fmt::print(stderr, "\r\x1b[K");
  drawn_ = false;
}

}  // namespace fairlead::cli
