// Whether a moved contact costs the same in a small store as in a large one: 10 thousand, 100 thousand and a million
// contacts; ten million too where FAIRLEAD_BENCH_TEN_MILLION is set, or other numbers as arguments.
// `--plot FILE` draws the figures as docs/performance-growth.svg.
#include <algorithm>
#include <array>
#include <cmath>

#include "tests/bench/engine_world.hpp"

namespace {

using namespace fairlead;
using namespace fairlead::bench;

struct Point {
  double contacts = 0, filling = 0, processor = 0, time = 0;  // microseconds of processor, and of time, a contact moved
};

/// Each contact is moved once and its row written again, as often as it takes to 200,000 moves; no more than a million
/// move where there are more. Every moved contact is read from the store, is in the journal, and is written back by a
/// checkpoint: a small store that fits into memory between two checkpoints has no advantage.
Point measure(std::size_t contacts) {
  constexpr std::size_t least = 200'000, most = 1'000'000;
  World world("growth");
  world.settings.batch_items = 16'000;  // for the filling alone
  world.open();
  Point out{static_cast<double>(contacts)};
  double used = processor();
  world.fill(contacts);
  must(world.engine->checkpoint());
  out.filling = (processor() - used) * 1e6 / static_cast<double>(contacts);
  world.settings.batch_items = 1'000;
  world.settings.checkpoint_cells = std::min<std::size_t>(contacts, world.settings.checkpoint_cells);
  world.open();

  const std::size_t wanted = std::clamp(contacts, least, most);
  Instant until = world.now + minutes(10);  // the first are due
  std::size_t moved = 0;
  used = processor();
  const auto begin = Clock::now();
  while (moved < wanted) {
    const auto done = must(world.engine->batch(until));
    moved += done.items;
    if (!done.more) until = std::max(until + minutes(5), must(world.engine->next_due()).value_or(until));
  }
  must(world.engine->checkpoint());
  out.processor = (processor() - used) * 1e6 / static_cast<double>(moved);
  out.time = since(begin) * 1e6 / static_cast<double>(moved);
  fmt::print(
      "  {:>10} contacts: {:6.1f} us of processor to take one in; moved, of {:>9} moves: {:6.2f} us of "
      "processor, {:6.2f} us of time\n",
      contacts, out.filling, moved, out.processor, out.time);
  std::fflush(stdout);
  return out;
}

/// Both axes are logarithmic, so that twice as much is the same distance everywhere.
void plot(const std::string& path, const std::vector<Point>& points) {
  constexpr double left = 70, right = 610, top = 50, bottom = 290;
  const double first = std::log10(points.front().contacts), last = std::log10(points.back().contacts);
  double high = 1;
  for (const Point& p : points) high = std::max({high, p.processor, p.time});
  const double ceiling = std::ceil(std::log2(high)) + 1;
  const auto x = [&](double contacts) {
    return last > first ? left + (right - left) * (std::log10(contacts) - first) / (last - first) : (left + right) / 2;
  };
  const auto y = [&](double us) { return bottom - (bottom - top) * std::log2(std::max(us, 1.0)) / ceiling; };
  std::ofstream out(path);
  out << R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 350" font-family="sans-serif" font-size="13">)"
      << "\n<rect width=\"640\" height=\"350\" fill=\"white\"/>\n"
      << R"(<text x="70" y="26" font-size="15">Microseconds a moved contact, by contacts in the store</text>)" << '\n';
  for (int power = 0; power <= static_cast<int>(ceiling); ++power) {
    const double us = std::exp2(power);
    out << fmt::format("<line x1=\"{}\" y1=\"{:.1f}\" x2=\"{}\" y2=\"{:.1f}\" stroke=\"#ddd\"/>\n", left, y(us), right,
                       y(us))
        << fmt::format("<text x=\"60\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", y(us) + 4, us);
  }
  for (const Point& p : points) {
    const bool millions = p.contacts >= 1e6;
    out << fmt::format("<text x=\"{:.1f}\" y=\"312\" text-anchor=\"middle\">{} {}</text>\n", x(p.contacts),
                       p.contacts / (millions ? 1e6 : 1e3), millions ? "million" : "thousand");
  }
  const auto line = [&](const char* colour, const char* name, double legend, double Point::*of) {
    std::string places;
    for (const Point& p : points) {
      places += fmt::format("{:.1f},{:.1f} ", x(p.contacts), y(p.*of));
      out << fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"/>\n", x(p.contacts), y(p.*of),
                         colour);
    }
    out << fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n", places, colour)
        << fmt::format("<text x=\"{}\" y=\"338\" fill=\"{}\">{}</text>\n", legend, colour, name);
  };
  line("#1f5fa8", "processor", 70, &Point::processor);
  line("#b3541e", "time, with waiting for the disk", 170, &Point::time);
  out << "</svg>\n";
  if (!out) {
    fmt::print(stderr, "bench_growth: {} cannot be written\n", path);
    std::exit(3);
  }
}

double spread(const std::vector<Point>& points, double Point::*of) {
  const auto [low, high] = std::ranges::minmax(points, {}, of);
  return high.*of / low.*of;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::size_t> sizes;
  std::string drawing;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--plot" && i + 1 < argc) {
      drawing = argv[++i];
    } else if (const std::size_t contacts = std::strtoull(argv[i], nullptr, 10); contacts > 0) {
      sizes.push_back(contacts);
    } else {
      fmt::print(stderr, "usage: bench_growth [--plot FILE] [CONTACTS…]\n");
      return 2;
    }
  }
  if (sizes.empty()) {
    sizes = {10'000, 100'000, 1'000'000};
    if (std::getenv("FAIRLEAD_BENCH_TEN_MILLION") != nullptr) {
      sizes.push_back(10'000'000);
    } else {
      fmt::print("not run: ten million contacts (FAIRLEAD_BENCH_TEN_MILLION=1 asks for them)\n");
    }
  }
  std::ranges::sort(sizes);
  std::vector<Point> points;
  for (const std::size_t contacts : sizes) points.push_back(measure(contacts));
  fmt::print("  time a moved contact, largest by smallest: {:.2f}\n", spread(points, &Point::time));
  gate("processor a moved contact, largest by smallest", spread(points, &Point::processor), 2, false);
  if (!drawing.empty()) plot(drawing, points);
  return all_met ? 0 : 1;
}
