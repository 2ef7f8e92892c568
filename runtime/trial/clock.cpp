// The virtual clock.
#include "runtime/trial/clock.hpp"

namespace fairlead::trial {

Result<void> run_until(engine::Engine& engine, Instant start, Instant end, Duration stride,
                       const std::function<void(Instant)>& progress) {
  while (true) {
    // Nothing happens between two things that are due: jump to the end of the stride in which the next one lies. What
    // is due at its very end belongs to it, so that a run that was interrupted there goes on in the same stride.
    const Result<std::optional<Instant>> due = engine.next_due();
    if (!due) return tl::unexpected(due.error());
    if (!*due || end < **due) break;
    const std::int64_t strides = (std::max<std::int64_t>(0, (**due).ms - start.ms) + stride.ms - 1) / stride.ms;
    const Instant until = std::min(end, Instant{start.ms + strides * stride.ms});
    while (true) {
      const Result<engine::Engine::Progress> done = engine.batch(until);
      if (!done) return tl::unexpected(done.error());
      if (!done->more) break;
    }
    const Result<std::size_t> handed = engine.hand_over(until);
    if (!handed) return tl::unexpected(handed.error());
    if (progress) progress(until);
  }
  return {};
}

}  // namespace fairlead::trial
