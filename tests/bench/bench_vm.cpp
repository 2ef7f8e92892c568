// How quick a condition is judged, beside the same condition in C++ and in Lua, over the same people in the same run.
// Times are the best of several rounds, since the machine is shared; `bench_vm RULE` evaluates one rule over and over,
// for `valgrind --tool=callgrind`. Exit code 1 where a figure misses what it is held to.
#include <fmt/format.h>
#include <stdio.h>

#include <array>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>

#include "compiler/compile.hpp"
#include "runtime/vm/column.hpp"
#include "tests/bench/vm_rules.hpp"

namespace {

using namespace fairlead;
using bytecode::Index;

constexpr std::size_t how_many = 1'000;
constexpr int rounds = 15, passes = 100;
constexpr std::string_view rules[] = {"all_hold", "decided", "counted"};

/// What a rule makes of all people together, and what one evaluation took.
struct Run {
  std::uint64_t sum = 0;
  double ns = 0;
};
using Runs = std::array<Run, std::size(rules)>;

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "bench_vm: {}\n", why);
  std::exit(3);
}

/// Of the processor, as Lua's `os.clock` has it: others run on this machine too.
double seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

Run timed(const std::function<std::uint64_t()>& pass) {
  Run out{0, 1e18};
  for (int round = 0; round < rounds; ++round) {
    const double begin = seconds();
    for (int i = 0; i < passes; ++i) out.sum = pass();
    out.ns = std::min(out.ns, (seconds() - begin) * 1e9 / passes / static_cast<double>(how_many));
  }
  return out;
}

/// Not to be seen through: else one call of a rule were taken for all of them.
template <class Rule>
[[gnu::noinline]] std::uint64_t over(const std::vector<bench::Person>& people, Rule rule) {
  std::uint64_t sum = 0;
  for (const bench::Person& p : people) sum += static_cast<std::uint64_t>(rule(p));
  return sum;
}

Runs in_cpp(const std::vector<bench::Person>& people) {
  return {timed([&] { return over(people, bench::all_hold); }), timed([&] { return over(people, bench::decided); }),
          timed([&] { return over(people, bench::points); })};
}

/// Nothing where the program is not there.
std::optional<Runs> in_lua(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  Runs out;
  std::size_t read = 0;
  for (Run& run : out) {
    unsigned long long sum = 0;
    if (std::fscanf(pipe, "%llu %lf", &sum, &run.ns) == 2) ++read;
    run.sum = sum;
  }
  return ::pclose(pipe) == 0 && read == out.size() ? std::optional(out) : std::nullopt;
}

using Evaluate = Result<Value> (vm::Program::*)(Index, const vm::World&, Arena&) const;

class Fairlead {
 public:
  explicit Fairlead(const std::vector<bench::Person>& people) {
    compiler::Compiled compiled = compiler::compile({grammar::Source("bench.lead", bench::project())});
    if (!compiled.module) {
      for (const auto& d : compiled.diagnostics) fmt::print(stderr, "{}\n", grammar::render(d, compiled.files, false));
      std::exit(3);
    }
    module_ = std::move(*compiled.module);
    program_.emplace(module_);
    for (const auto& segment : module_.segments) functions_[segment.name == rules[0] ? 0 : 1] = segment.when;
    functions_[2] = module_.points[0].value;
    for (const bench::Person& p : people) rows_.push_back(bench::fields(p));
  }

  template <Evaluate evaluate>
  [[nodiscard]] std::uint64_t pass(std::size_t rule) const {
    Arena arena;
    vm::World world;
    std::uint64_t sum = 0;
    for (const std::vector<Value>& row : rows_) {
      world.fields = row;
      const Result<Value> value = ((*program_).*evaluate)(functions_[rule], world, arena);
      if (!value) give_up(describe(value.error()));
      sum += value->tag() == Tag::boolean ? static_cast<std::uint64_t>(value->as_bool())
                                          : static_cast<std::uint64_t>(value->as_decimal().units() / Decimal::one);
    }
    return sum;
  }

  /// Of how many it holds, column by column.
  [[nodiscard]] std::size_t count(std::size_t rule, const vm::Columns& columns) const {
    return select(*program_, functions_[rule], columns, [](std::size_t) { return vm::World(); }).size();
  }

  template <Evaluate evaluate>
  [[nodiscard]] Runs all() const {
    Runs out;
    for (std::size_t rule = 0; rule < out.size(); ++rule) out[rule] = timed([&] { return pass<evaluate>(rule); });
    return out;
  }

 private:
  bytecode::Module module_;
  std::optional<vm::Program> program_;
  std::array<Index, std::size(rules)> functions_{};
  std::vector<std::vector<Value>> rows_;
};

bool all_met = true;
void gate(const std::string& what, double value, double limit) {
  const bool met = value <= limit;
  all_met = all_met && met;
  fmt::print("  {:<66} {:>6.2f}   asked <= {:.4g}{}\n", what, value, limit, met ? "" : "   NOT MET");
}

double best_of_five(const std::function<std::size_t()>& count, std::size_t wanted) {
  double best = 1e18;
  for (int i = 0; i < 5; ++i) {
    const double begin = seconds();
    if (count() != wanted) give_up("not the same people are in it");
    best = std::min(best, seconds() - begin);
  }
  return best;
}

void whole_audience(const Fairlead& fairlead) {
  constexpr std::size_t audience = 1'000'000;
  const std::vector<bench::Person> people = bench::make_people(audience);
  const bench::Audience arrays(people);
  vm::Columns columns(bench::fields(people[0]).size());
  const double begin = seconds();
  for (const bench::Person& p : people) columns.add(bench::fields(p));
  fmt::print("a segment over {} contacts (columns made of rows in {:.2f} s, decimals made of doubles included), ms:\n",
             audience, seconds() - begin);
  for (std::size_t rule = 0; rule < 2; ++rule) {
    const auto by_hand = [&] { return rule == 0 ? bench::count_all_hold(arrays) : bench::count_decided(arrays); };
    const std::size_t in = by_hand();
    const double hand = best_of_five(by_hand, in);
    const double ours = best_of_five([&] { return fairlead.count(rule, columns); }, in);
    fmt::print("  {:<34} C++ loop {:.1f}, Fairlead {:.1f}; {} are in it\n", rules[rule], hand * 1e3, ours * 1e3, in);
    gate(fmt::format("of a hand-written loop's time, {}", rules[rule]), ours / hand, 3);
  }
}

void row(std::string_view what, const Runs& runs, const Runs& wanted) {
  fmt::print("  {:<34}", what);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].sum != wanted[i].sum) give_up(fmt::format("{}: {} differs", what, rules[i]));
    fmt::print(" {:>10.1f}", runs[i].ns);
  }
  fmt::print("\n");
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<bench::Person> people = bench::make_people(how_many);
  const Fairlead fairlead(people);
  if (argc > 1) {
    const auto rule = static_cast<std::size_t>(std::ranges::find(rules, std::string_view(argv[1])) - rules);
    if (rule == std::size(rules)) give_up("there are the rules all_hold, decided and counted");
    const int times = argc > 2 ? std::atoi(argv[2]) : 1;
    for (int i = 0; i < times; ++i) (void)fairlead.pass<&vm::Program::evaluate>(rule);
    return 0;
  }
  const std::filesystem::path folder = "build/bench";
  std::filesystem::create_directories(folder);
  const std::string script = (folder / "vm.lua").string();
  std::ofstream(script, std::ios::binary) << bench::lua(people, rounds, passes);

  std::size_t made = 0;
  for (const bench::Person& p : people) made += static_cast<std::size_t>(bench::comparisons(p));
  fmt::print("20 comparisons of 10 fields, {} people in turn, ns an evaluation ({} makes {:.1f} on average):\n",
             how_many, rules[1], static_cast<double>(made) / static_cast<double>(how_many));
  fmt::print("  {:<34} {:>10} {:>10} {:>10}\n", "", rules[0], rules[1], rules[2]);
  const Runs native = in_cpp(people);
  row("C++", native, native);
  const Runs ours = fairlead.all<&vm::Program::evaluate>();
  row("Fairlead", ours, native);
  row("  one instruction after the other", fairlead.all<&vm::Program::evaluate_plainly>(), native);
  const std::optional<Runs> jit = in_lua("luajit " + script), plain = in_lua("luajit -joff " + script);
  const std::optional<Runs> lua = in_lua("lua5.4 " + script);
  if (jit) row("LuaJIT", *jit, native);
  if (plain) row("LuaJIT -joff", *plain, native);
  if (lua) row("Lua 5.4", *lua, native);
  if (jit && plain) {
    gate("of LuaJIT's time, all 20 evaluated, whatever they say", ours[2].ns / (*jit)[2].ns, 1);
    gate("of LuaJIT's time, short-circuiting", ours[1].ns / (*jit)[1].ns, 1.5);
    gate("of its interpreter's time, all 20 evaluated, whatever they say", ours[2].ns / (*plain)[2].ns, 1);
    gate("of its interpreter's time, all 20 evaluated, since all hold", ours[0].ns / (*plain)[0].ns, 1);
    gate("of its interpreter's time, short-circuiting", ours[1].ns / (*plain)[1].ns, 1);
    // Where all hold there is one way through, which LuaJIT compiles to a row of comparisons as C++ does: no
    // interpreter comes near that, and none is held to it.
    fmt::print("  {:<66} {:>6.2f}\n", "of LuaJIT's time, all 20 evaluated, since all hold", ours[0].ns / (*jit)[0].ns);
  } else {
    fmt::print("  luajit is not here, so the virtual machine stands beside C++ alone, and is held to nothing\n");
  }
  whole_audience(fairlead);
  return all_met ? 0 : 1;
}
