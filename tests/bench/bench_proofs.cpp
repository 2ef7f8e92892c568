// How quick proofs are, compiling apart: of one long workflow under many rules, and of many workflows: from nothing,
// and after one line was edited, when the cache knows the others. Times are the best of several runs, since the machine
// is shared, and stand beside what reading and checking the same files takes. Exit code 1 where a figure misses what it
// is held to.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>

#include "compiler/checked.hpp"
#include "compiler/compile.hpp"
#include "compiler/proof/cache.hpp"
#include "tests/bench/proofs_project.hpp"

namespace {

using namespace fairlead;
using compiler::proof::Cache;
using compiler::proof::Proofs;
using compiler::proof::Verdict;
using Files = std::vector<grammar::Source>;

double seconds(const std::function<void()>& act) {
  const auto start = std::chrono::steady_clock::now();
  act();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

bool all_met = true;
void row(const std::string& what, double took, double most) {
  const bool met = took <= most;
  all_met = all_met && met;
  fmt::print("  {:<58} {:>8.0f} ms   at most {:>5.0f} ms   {}\n", what, 1e3 * took, 1e3 * most, met ? "met" : "MISSED");
}
void floor(const std::string& what, double took) {
  fmt::print("  {:<58} {:>8.0f} ms\n", what, 1e3 * took);
}

/// Reads and checks files, and proves them; how long each took.
struct Run {
  double checked = 1e9, proved = 1e9;
  Proofs proofs;
};
void run(const Files& files, Cache* cache, Run& out) {
  std::unique_ptr<compiler::Checked> checked;
  out.checked = std::min(out.checked, seconds([&] { checked = compiler::check(files); }));
  if (!checked->sound) {
    for (std::size_t i = 0; i < std::min<std::size_t>(3, checked->diagnostics.size()); ++i)
      fmt::print(stderr, "{}", grammar::render(checked->diagnostics[i], checked->files, false));
    std::exit(3);
  }
  out.proved = std::min(out.proved, seconds([&] { out.proofs = compiler::proof::prove(checked->program, cache); }));
}
Run best_of(int runs, const Files& files) {
  Run out;
  for (int i = 0; i < runs; ++i) run(files, nullptr, out);
  return out;
}

std::string said(const Proofs& proofs) {
  const auto count = [&](Verdict verdict) {
    return std::count_if(proofs.obligations.begin(), proofs.obligations.end(),
                         [verdict](const auto& o) { return o.verdict == verdict; });
  };
  return fmt::format("{} pairs of effect and rule: {} proved, {} guarded; {} questions, {} of them Z3's",
                     proofs.obligations.size(), count(Verdict::proved), count(Verdict::guarded), proofs.asked,
                     proofs.by_z3);
}

}  // namespace

int main() {
  const Run one = best_of(5, bench::long_workflow());
  fmt::print("one workflow of 1,000 steps with 200 messages, 20 rules; {}\n", said(one.proofs));
  floor("floor: its text, read and checked", one.checked);
  row("its proofs", one.proved, 0.150);

  constexpr int workflows = 200;
  const Run many = best_of(3, bench::many_workflows(workflows));
  fmt::print("{} workflows of 20 steps with 4 messages, 20 rules; {}\n", workflows, said(many.proofs));
  floor("floor: their text, read and checked", many.checked);
  row("text and proofs, from nothing", many.checked + many.proved, 3);

  const std::filesystem::path folder = std::filesystem::temp_directory_path() / fmt::format("fairlead-bench-proofs");
  std::filesystem::remove_all(folder);
  Run first, again;
  {
    Cache cache(folder);
    run(bench::many_workflows(workflows), &cache, first);
  }
  floor("the same, and all of it kept in the cache", first.checked + first.proved);
  for (int edit = 1; edit <= 5; ++edit) {
    Cache cache(folder);
    run(bench::many_workflows(workflows, edit), &cache, again);
    if (again.proofs.remembered != workflows - 1) {
      fmt::print("  {} of {} workflows were remembered\n", again.proofs.remembered, workflows);
      all_met = false;
    }
  }
  row("text and proofs, after an edit of one line", again.checked + again.proved, 0.200);
  floor("  of it the proofs", again.proved);
  std::filesystem::remove_all(folder);
  return all_met ? 0 : 1;
}
