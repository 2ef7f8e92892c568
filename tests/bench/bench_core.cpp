// How quick the parts are that everything else leans on. Figures of one run are to be compared with each other, not
// with those of another machine: `./dev bench`.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "compiler/compile.hpp"
#include "runtime/engine/decide.hpp"
#include "runtime/learn/shares.hpp"
#include "runtime/store/store.hpp"
#include "runtime/values/random.hpp"

namespace {

using namespace fairlead;

/// A project of so many workflows, each with a choice, waits and a condition.
std::string project_text(int workflows) {
  std::string out =
      "use std.channels\nproject bench {\n  currency USD\n}\nrecord contact {\n  key email: Email\n  country: "
      "Country\n  plan: free | pro\n  mrr: Money = $0\n"
      "  consent: { email: Consent }\n}\nevent asked { page: Text }\nevent bought\ngoal sale { reach bought within 14 "
      "days }\n";
  for (int i = 0; i < workflows; ++i) {
    out += fmt::format(
        "content mail_{0} {{\n  email {{\n    subject \"Number {0}, {{contact.country}}\"\n    body \"Hello.\"\n  "
        "}}\n}}\n"
        "workflow flow_{0} for contact {{\n  owner \"bench@fairlead.example\"\n  toward sale\n  enter on asked where "
        "event.page == \"p{0}\"\n  steps {{\n    send mail_{0}\n"
        "    wait up to 3 days\n      for clicked of mail_{0} {{ }}\n      otherwise {{ stop }}\n    choose way {{\n   "
        "   explore at least 5%\n"
        "      option again when contact.mrr > $5 {{ send mail_{0} }}\n      option rest {{ }}\n    }}\n  }}\n}}\n",
        i);
  }
  return out;
}

void parsing(benchmark::State& state) {
  const grammar::Source source("bench.lead", project_text(200));
  for (auto _ : state) benchmark::DoNotOptimize(grammar::parse(source, 0).tree.nodes().size());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * source.text().size()));
}
BENCHMARK(parsing)->Unit(benchmark::kMillisecond);

void compiling(benchmark::State& state) {
  const std::string text = project_text(200);
  for (auto _ : state) {
    const compiler::Compiled compiled = compiler::compile({grammar::Source("bench.lead", text)});
    if (!compiled.module) state.SkipWithError("the project does not compile");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(compiling)->Unit(benchmark::kMillisecond);

/// A decision with its probability vector made anew, for three options and so many features.
void deciding(benchmark::State& state) {
  const auto features = static_cast<std::size_t>(state.range(0));
  const auto learner = learn::make_learner({3, features, {}});
  std::vector<double> context(features);
  Dice dice(1, 2, 3);
  for (int i = 0; i < 2'000; ++i) {
    for (double& x : context) x = dice.uniform();
    const std::size_t option = dice.below(3);
    learner->decided(option, context);
    if (dice.uniform() < 0.1) learner->reached(option, context);
  }
  const std::vector<bool> eligible(3, true);
  for (auto _ : state) {
    const std::vector<learn::Share> shares = learn::shares(learner->weights(context, eligible), eligible, 50'000'000);
    benchmark::DoNotOptimize(learn::draw(shares, dice));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(deciding)->Arg(0)->Arg(20);

/// What a batch of 1,000 journal entries costs, durably and not; the difference is the disk's.
void committing(benchmark::State& state) {
  const bool durable = state.range(0) != 0;
  const std::string path = "/tmp/fairlead-bench.db";
  for (const char* tail : {"", "-wal", "-shm"}) std::remove((path + tail).c_str());
  auto store =
      store::open_sqlite(path, store::Access::create, durable ? store::Durability::full : store::Durability::none);
  if (!store || !(*store)->claim()) {
    state.SkipWithError("the store cannot be opened");
    return;
  }
  store::Batch batch;
  batch.journal.assign(112 * 1'000, 'j');
  batch.audit.assign(40 * 1'000, 'a');
  for (auto _ : state) {
    ++batch.at.ms;
    if (!(*store)->commit(batch)) state.SkipWithError("a commit failed");
  }
  state.SetItemsProcessed(state.iterations() * 1'000);
}
BENCHMARK(committing)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->Iterations(200);

}  // namespace

BENCHMARK_MAIN();
