// How late timers are: 10,000 fall due in each second for half a minute, and a loop like that of `fairlead run` moves
// them on a clock that runs like the wall's (it only begins where the timers do). A checkpoint falls into that time.
#include <algorithm>
#include <thread>

#include "tests/bench/engine_world.hpp"

namespace {

using namespace fairlead;
using namespace fairlead::bench;

/// The loop's clock: wall time since it was made, on top of `origin`.
class Running {
 public:
  explicit Running(Instant origin) : origin_(origin) {}
  [[nodiscard]] Instant now() const { return origin_ + Duration{static_cast<std::int64_t>(since(begin_) * 1e3)}; }

 private:
  Instant origin_;
  Clock::time_point begin_ = Clock::now();
};

/// So many timers, none of them later than so many milliseconds.
struct Moved {
  double late = 0;
  std::size_t timers = 0;
};

double percentile(const std::vector<Moved>& moved, double share) {
  std::size_t all = 0;
  for (const Moved& m : moved) all += m.timers;
  double counted = 0;
  for (const Moved& m : moved) {
    counted += static_cast<double>(m.timers);
    if (counted >= share * static_cast<double>(all)) return m.late;
  }
  return moved.empty() ? 0 : moved.back().late;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t seconds_long = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 30;
  constexpr std::size_t a_second = 10'000;
  const std::size_t timers = a_second * seconds_long;
  World world("wake");
  const Instant begin = world.now;
  world.fill(timers, seconds(static_cast<std::int64_t>(seconds_long)));
  must(world.engine->checkpoint());
  world.settings = engine::Settings();  // as `fairlead run` has them
  world.settings.seed = 1;
  world.open();

  constexpr auto look_again = std::chrono::milliseconds(200);
  const Running clock(begin + hours(1) - seconds(1));  // the first are due in a second
  const Instant end = begin + hours(1) + seconds(static_cast<std::int64_t>(seconds_long) + 30);
  std::vector<Moved> moved;
  std::size_t done = 0;
  const double used = processor();
  while (done < timers && clock.now() < end) {
    const Instant now = clock.now();
    const auto progress = must(world.engine->batch(now));
    const std::size_t handed = must(world.engine->hand_over(clock.now()));
    done += progress.items;
    // Every timer of the batch counts as late as its latest, at the moment when all of it is durable. The clock cuts
    // off to milliseconds, which is made up for.
    if (progress.items > 0)
      moved.push_back(
          {static_cast<double>((progress.late.value_or(Duration{}) + (clock.now() - now)).ms + 1), progress.items});
    if (!progress.more && progress.items == 0 && handed == 0) std::this_thread::sleep_for(look_again);
  }
  std::ranges::sort(moved, {}, &Moved::late);
  fmt::print("{} timers, {} due a second, moved in {} batches; {:.0f}% of a core\n", done, a_second, moved.size(),
             (processor() - used) * 100 / static_cast<double>(seconds_long));
  fmt::print("  late, with the commit: half {:.0f} ms, p90 {:.0f} ms, the latest {:.0f} ms\n", percentile(moved, 0.5),
             percentile(moved, 0.9), percentile(moved, 1));
  gate("timers that were not moved", static_cast<double>(timers - done), 0, false);
  gate("p99 of how late a timer is, s", percentile(moved, 0.99) / 1e3, 1, false);
  return all_met ? 0 : 1;
}
