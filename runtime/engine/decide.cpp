// One adaptive choice.
#include "runtime/engine/decide.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/learn/feature.hpp"

namespace fairlead::engine {

namespace {

std::vector<FieldType> types_of(const bytecode::Choice& choice) {
  std::vector<FieldType> out;
  for (const bytecode::Feature& feature : choice.features) out.push_back(feature.type);
  return out;
}

/// A period of the calendar can be this long; weights keep to it in any stretch of that length, and so in each period.
Duration longest(bytecode::Period period, Duration window) {
  switch (period) {
    case bytecode::Period::window: return window;
    case bytecode::Period::day: return hours(25);
    case bytecode::Period::week: return days(7) + hours(1);
    case bytecode::Period::month: return days(31) + hours(1);
  }
  return window;
}

}  // namespace

std::vector<learn::Bounds> bounds_of(const bytecode::Choice& choice) {
  std::vector<learn::Bounds> out;
  for (const bytecode::Option& option : choice.options) {
    const int128 floor = choice.explore.units() + option.at_least.units();
    const int128 cap = option.at_most ? option.at_most->units() : int128{learn::whole};
    out.push_back({static_cast<learn::Share>(floor), static_cast<learn::Share>(cap)});
  }
  return out;
}

ChoiceSpec spec_of(const bytecode::Choice& choice) {
  ChoiceSpec out;
  bool started = false;
  for (const bytecode::Option& option : choice.options) {
    out.options.push_back(option.name);
    out.learner.start.push_back(option.start ? std::optional(option.start->to_double()) : std::nullopt);
    started = started || option.start.has_value();
  }
  if (!started) out.learner.start.clear();
  out.learner.options = choice.options.size();
  // Two features of one width are not the same feature: weights that were learned for one say nothing of the other.
  for (const bytecode::Feature& feature : choice.features)
    out.features.push_back(fmt::format("{}: {}", feature.name, to_string(feature.type)));
  const std::vector<FieldType> types = types_of(choice);
  out.learner.features = types.empty() ? 0 : learn::context_length(types);
  out.bounds = bounds_of(choice);
  return out;
}

ChoiceSpec spec_of(const bytecode::Module& module, const bytecode::Choice& choice) {
  ChoiceSpec out = spec_of(choice);
  out.learner.window = module.goals[choice.goal].within.ms;
  if (choice.half_life) out.learner.half_life = choice.half_life->ms;
  if (choice.move)
    out.moves.push_back({choice.move->share.to_double(), longest(choice.move->period, choice.move->window)});
  for (const bytecode::Workflow& workflow : module.workflows) {
    if (workflow.name != std::string_view(choice.key).substr(0, choice.key.find('/'))) continue;
    for (const Index rule : workflow.rules) {
      const bytecode::Rule& limit = module.rules[rule];
      if (limit.kind == bytecode::RuleKind::moves)
        out.moves.push_back({limit.amount.to_double(), longest(limit.period, limit.window)});
    }
  }
  return out;
}

audit::Decided decide(const Version& version, Index index, const LearnedChoice& learned, const vm::World& world,
                      std::uint64_t seed, const audit::Pass& pass, audit::Mode mode, std::uint64_t visit) {
  const bytecode::Choice& choice = version.module.choices[index];
  Arena arena;
  std::vector<bool> eligible;
  for (std::size_t i = 0; i < choice.options.size(); ++i) {
    bool may = true;
    if (choice.options[i].when != bytecode::none) {
      const Result<Value> value = version.program->evaluate(choice.options[i].when, world, arena);
      may = value && value->tag() == Tag::boolean && value->as_bool();
    }
    eligible.push_back(may);
  }
  std::vector<double> context;
  if (learned.spec.learner.features > 0) {
    std::vector<Value> values;
    for (const bytecode::Feature& feature : choice.features) {
      const Result<Value> value = version.program->evaluate(feature.value, world, arena);
      values.push_back(value ? *value : Value());
    }
    context = learn::context(types_of(choice), values);
  }
  const std::uint64_t purpose = stable_hash({"choose", audit::to_string(pass), choice.key});
  audit::Decided out = draw(choice, learned, eligible, std::move(context), seed, purpose, visit);
  out.pass = pass;
  out.mode = mode;
  return out;
}

audit::Decided draw(const bytecode::Choice& choice, const LearnedChoice& learned, const std::vector<bool>& eligible,
                    std::vector<double> context, std::uint64_t seed, std::uint64_t purpose, std::uint64_t index) {
  audit::Decided out;
  out.choice = choice.key;
  out.options = learned.spec.options;
  out.model = learned.version;
  out.context = std::move(context);
  for (std::size_t i = 0; i < eligible.size() && i < 64; ++i) out.eligible |= std::uint64_t{eligible[i]} << i;
  if (std::find(eligible.begin(), eligible.end(), true) == eligible.end()) return out;
  out.shares = learned.in_force.shares(out.context, eligible, bounds_of(choice));
  out.purpose = purpose;
  out.index = index;
  Dice dice(seed, purpose, index);
  out.chosen = static_cast<std::uint32_t>(learn::draw(out.shares, dice));
  return out;
}

const LearnedChoice& weights_for(const LearnedChoice* known, const bytecode::Choice& choice,
                                 std::optional<LearnedChoice>& unlearned) {
  ChoiceSpec spec = spec_of(choice);
  if (known != nullptr && fits(known->spec, spec)) return *known;
  return unlearned.emplace(begin(std::move(spec)));
}

std::vector<std::uint32_t> typical_shares(const LearnedChoice& learned, const InForce& by) {
  const std::size_t n = learned.spec.options.size();
  const std::vector<bool> all(n, true);
  const auto typical = [&](const learn::Learner& learner) {
    if (learned.recent.empty())
      return learn::shares(learner.weights(std::vector<double>(learned.spec.learner.features, 0.0), all), all,
                           learned.spec.bounds);
    std::vector<double> mean(n, 0.0);
    for (const std::vector<double>& context : learned.recent) {
      const std::vector<double> weights = learner.weights(context, all);
      for (std::size_t i = 0; i < n; ++i) mean[i] += weights[i] / static_cast<double>(learned.recent.size());
    }
    return learn::shares(mean, all, learned.spec.bounds);
  };
  const std::vector<learn::Share> end = typical(*by.to);
  return by.moving() ? learn::between(typical(*by.from), end, by.way) : end;
}

}  // namespace fairlead::engine
