// What the learners reach on simulated choices beside what others reached, and how quick they are. Words as arguments
// run only those parts: stationary, speed, delay, drift, budget, allocate.
#include <cstdio>
#include <string_view>

#include "tests/bench/learning.hpp"

int main(int argc, char** argv) {
  using namespace fairlead::bench;
  struct Part {
    std::string_view name;
    void (*run)();
  };
  const Part parts[] = {{"stationary", stationary}, {"speed", speed},     {"delay", delayed},
                        {"drift", drifting},        {"budget", budgeted}, {"allocate", allocated}};
  for (int i = 1; i < argc; ++i) {
    bool known = false;
    for (const Part& part : parts) known = known || part.name == argv[i];
    if (!known) {
      fmt::print(stderr, "usage: bench_learning [stationary|speed|delay|drift|budget|allocate…]\n");
      return 2;
    }
  }
  for (const Part& part : parts) {
    bool asked = argc == 1;
    for (int i = 1; i < argc; ++i) asked = asked || part.name == argv[i];
    if (!asked) continue;
    const double begin = processor();
    part.run();
    fmt::print("  ({} took {:.1f} s of processor)\n", part.name, processor() - begin);
    std::fflush(stdout);
  }
  return all_met ? 0 : 1;
}
