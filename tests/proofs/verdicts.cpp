#include "tests/proofs/verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/proof/planted.hpp"
#include "runtime/engine/unsupported.hpp"
#include "tests/proofs/recount.hpp"

namespace fairlead::soundness {

using compiler::proof::Site;
using compiler::proof::Verdict;

std::optional<bytecode::Module> runnable(const std::string& text) {
  std::optional<bytecode::Module> out =
      compiler::compile({grammar::Source("x.lead", text)}, {}, {.lint = false, .prove = false}).module;
  if (out && !engine::unsupported(*out).empty()) out.reset();
  return out;
}

Verdicts verdicts(const bytecode::Module& module, const std::string& text) {
  // A project that breaks a rule is proved as far as its other rules go: the guards that it would need are there in the
  // module that runs.
  compiler::proof::without_figures = true;
  const compiler::Compiled compiled = compiler::compile({grammar::Source("x.lead", text)}, {}, {.lint = false});
  compiler::proof::without_figures = false;
  const auto badness = [](Verdict v) {
    return v == Verdict::broken ? 3 : v == Verdict::guarded ? 2 : v == Verdict::proved ? 1 : 0;
  };
  Verdicts out;
  for (const compiler::proof::Obligation& o : compiled.proofs.obligations) {
    if (o.site.kind != Site::Kind::effect) continue;
    const std::string& step = module.steps[o.site.step].key;
    const auto [at, fresh] = out.all.try_emplace({step, module.rules[o.rule].name}, o.verdict);
    if (!fresh && badness(at->second) < badness(o.verdict)) at->second = o.verdict;
    if (!o.facts.empty()) out.by_facts.insert(at->first);
    if (o.verdict == Verdict::unreachable) out.unreachable.insert(step);
  }
  return out;
}

std::vector<std::string> violations(const bytecode::Module& module, const Verdicts& verdicts, const Life& life) {
  std::vector<std::string> out;
  for (const auto& [pair, verdict] : verdicts.all) {
    const auto& [step, rule] = pair;
    if (verdict != Verdict::proved) continue;
    if (const auto fired = life.fired.find(pair); fired != life.fired.end()) {
      out.push_back(fmt::format("{} is proved at {} and fired: {}", rule, step, fired->second));
      continue;
    }
    const auto at =
        std::find_if(module.rules.begin(), module.rules.end(), [&](const auto& r) { return r.name == pair.second; });
    if (at->kind != bytecode::RuleKind::limit) continue;
    if (const std::string why = too_many(module, *at, step, life); !why.empty())
      out.push_back(fmt::format("{} is proved at {} and was exceeded: {}", rule, step, why));
  }
  for (const std::string& step : verdicts.unreachable) {
    if (life.reached.contains(step)) out.push_back(fmt::format("{} is unreachable and was reached", step));
  }
  return out;
}

}  // namespace fairlead::soundness
