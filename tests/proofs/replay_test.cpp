// Every example that the prover gives breaks the rule that it is an example for: on the virtual machine, whatever is so
// of people beside what the example says.
//
// FAIRLEAD_REPLAY_PROGRAMS=N takes so many random projects (300); FAIRLEAD_REPLAY_SEED=N that one, and tells of it.
#include "tests/proofs/replay.hpp"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <iostream>

#include "compiler/compile.hpp"
#include "compiler/proof/planted.hpp"
#include "tests/proofs/asked.hpp"
#include "tests/proofs/random_project.hpp"
#include "tests/proofs/verdicts.hpp"

namespace fairlead::soundness {
namespace {

using compiler::proof::Obligation;
using compiler::proof::Site;
using compiler::proof::Verdict;

struct Figures {
  std::size_t projects = 0, examples = 0, of_calls = 0, too_hard = 0, breaks = 0, harmless = 0;
  std::map<std::string, std::size_t> left;  // and why
  std::vector<std::string> found;
};

/// Whether there is somebody to show: of what counts messages or money there is none.
bool has_example(const bytecode::Module& module, const Obligation& o) {
  using bytecode::RuleKind;
  const RuleKind kind = module.rules[o.rule].kind;
  return o.site.kind == Site::Kind::effect && (o.verdict == Verdict::guarded || o.verdict == Verdict::broken) &&
         (kind == RuleKind::forbid || kind == RuleKind::approval || kind == RuleKind::closed);
}

void project(const std::string& name, const bytecode::Module& module, const compiler::proof::Proofs& proofs, Dice& dice,
             bool told, Figures& figures) {
  ++figures.projects;
  const vm::Program program(module);
  for (const Obligation& o : proofs.obligations) {
    if (!has_example(module, o)) continue;
    BOOST_REQUIRE_EQUAL(module.rules[o.rule].name, o.rule_name);
    ++figures.examples;
    if (o.because == "it is too hard to tell") {
      ++figures.too_hard;
      continue;
    }
    if (o.site.channel == bytecode::none) {
      ++figures.of_calls;
      continue;
    }
    std::string words;
    for (const auto& note : o.example) words += (words.empty() ? "" : ", ") + note.words;
    const Replay replayed = replay(module, program, o, dice);
    if (told) std::cout << fmt::format("{} at {}: {} ({})\n", o.rule_text, o.key, words, replayed.why);
    if (replayed.outcome == Replayed::breaks) ++figures.breaks;
    if (replayed.outcome == Replayed::no_example) ++figures.left[replayed.why];
    if (replayed.outcome == Replayed::harmless) {
      ++figures.harmless;
      figures.found.push_back(fmt::format("{}: {} is no example of `{}` at {}: it lets through {}", name,
                                          words.empty() ? "anybody" : words, o.rule_text, o.key, replayed.why));
    }
  }
}

void say(const std::string& of, const Figures& f) {
  std::cout << fmt::format(
      "{} {}: {} examples, {} break their rule on the machine, {} do not; {} too hard, {} of calls", f.projects, of,
      f.examples, f.breaks, f.harmless, f.too_hard, f.of_calls);
  for (const auto& [why, n] : f.left) std::cout << fmt::format("; {}: {}", why, n);
  std::cout << "\n";
  for (const std::string& one : f.found) BOOST_ERROR(one);
}

BOOST_AUTO_TEST_SUITE(replayed)

BOOST_AUTO_TEST_CASE(examples_of_random_projects_break_their_rules) {
  Figures f;
  const auto one = [&f](std::uint32_t seed, bool told) {
    const std::string text = RandomProject(seed).text();
    const auto module = runnable(text);
    if (!module) return;
    if (told) std::cout << text << "\n";
    Dice dice(seed * 31 + 7);
    compiler::proof::without_figures = true;
    const auto compiled = compiler::compile({grammar::Source("x.lead", text)}, {}, {.lint = false});
    compiler::proof::without_figures = false;
    project(fmt::format("seed {}", seed), *module, compiled.proofs, dice, told, f);
  };
  if (const std::uint32_t seed = number_from("FAIRLEAD_REPLAY_SEED", 0); seed != 0) {
    one(seed, true);
  } else {
    const std::uint32_t programs = number_from("FAIRLEAD_REPLAY_PROGRAMS", 300);
    for (std::uint32_t s = 1; f.projects < programs; ++s) one(s, false);
    // A test of nothing would pass, too.
    BOOST_TEST(f.examples >= f.projects * 5);
    BOOST_TEST(f.breaks * 100 >= f.examples * 90);
  }
  say("random projects", f);
}

BOOST_AUTO_TEST_CASE(so_do_those_of_projects_that_people_wrote) {
  Figures f;
  Dice dice(11);
  for (const std::string folder : {"precision", "stdlib"}) {
    const auto root = std::filesystem::path(FAIRLEAD_SOURCE_DIR) / "tests/proofs" / folder;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() == ".lead") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      const auto module = compiler::compile_path(file.string(), {.lint = false, .prove = false}).module;
      if (!module) continue;
      const auto compiled = compiler::compile_path(file.string(), {.lint = false});
      project(std::filesystem::relative(file, root).string(), *module, compiled.proofs, dice, false, f);
    }
  }
  BOOST_TEST(f.breaks >= 100U);
  BOOST_TEST(f.breaks * 100 >= f.examples * 70);
  say("written projects", f);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::soundness
