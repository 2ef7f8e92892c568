// The most that one pass through a workflow can send and cost.
#include "runtime/engine/worst_case.hpp"

#include <algorithm>
#include <map>

#include "runtime/bytecode/reads.hpp"
#include "runtime/vm/vm.hpp"

namespace fairlead::engine {

using bytecode::none;
using bytecode::Step;
using bytecode::StepKind;

namespace {

/// Whether an expression gives the same whoever it is asked for; `parameters`: whether what it is called with does.
bool constant(const bytecode::Module& module, Index function, bool parameters) {
  using bytecode::Opcode;
  return std::all_of(module.functions[function].code.begin(), module.functions[function].code.end(),
                     [&](const bytecode::Instruction i) {
                       if (i.op() == Opcode::field || bytecode::reads_the_moment(i.op())) return false;
                       return i.op() != Opcode::parameter || parameters;
                     });
}

class Worst {
 public:
  explicit Worst(const Flow& flow) : flow_(flow), module_(flow.module()), program_(module_) {}

  WorstCase all() {
    const Most most = from(flow_.workflow().first, none);
    out_.messages = most.messages;
    if (out_.unknown.empty() && !overflowed_) out_.money = most.money;
    return std::move(out_);
  }

 private:
  struct Most {
    std::uint64_t messages = 0;
    Decimal money;
  };

  static std::uint64_t plus(std::uint64_t a, std::uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }
  Decimal plus(Decimal a, Decimal b) {
    int128 sum = 0;
    if (!__builtin_add_overflow(a.units(), b.units(), &sum)) return Decimal::from_units(sum);
    overflowed_ = true;
    return a;
  }
  /// So many rounds of it.
  Most times(std::uint32_t n, const Most& one) {
    Most out;
    if (__builtin_mul_overflow(one.messages, static_cast<std::uint64_t>(n), &out.messages)) out.messages = UINT64_MAX;
    int128 units = 0;
    if (__builtin_mul_overflow(one.money.units(), static_cast<int128>(n), &units)) overflowed_ = true;
    out.money = Decimal::from_units(units);
    return out;
  }

  /// What a call spends at most; it can be told where all that it reads is constant. A sum that is given back counts
  /// as nothing.
  std::optional<Decimal> spends(const Step& step) {
    const bytecode::Action& action = module_.actions[step.action];
    if (action.effect != bytecode::EffectKind::spend || action.amount == none) return Decimal();
    std::vector<Value> arguments;
    bool known = true;
    for (const Index argument : step.arguments) {
      if (argument == none) {
        arguments.emplace_back();
        continue;
      }
      known = known && constant(module_, argument, false);
      if (!known) break;
      const Result<Value> value = program_.evaluate(argument, vm::World{}, arena_);
      if (!value) return std::nullopt;
      arguments.push_back(*value);
    }
    if (!known || !constant(module_, action.amount, true)) return std::nullopt;
    vm::World world;
    world.parameters = arguments;
    const Result<Value> amount = program_.evaluate(action.amount, world, arena_);
    if (!amount || (amount->tag() != Tag::money && amount->tag() != Tag::number)) return std::nullopt;
    return std::max(amount->as_decimal(), Decimal());
  }

  Most does(const Step& step) {
    Most out;
    if (step.kind == StepKind::send) {
      out.messages = 1;
      if (step.channel != none) out.money = module_.channels[step.channel].cost;
      for (const Index channel : step.best) out.money = std::max(out.money, module_.channels[channel].cost);
    } else if (step.kind == StepKind::act) {
      if (const std::optional<Decimal> sum = spends(step)) {
        out.money = *sum;
      } else if (std::find(out_.unknown.begin(), out_.unknown.end(), step.key) == out_.unknown.end()) {
        out_.unknown.push_back(step.key);
      }
    } else if (step.kind == StepKind::follow) {
      const std::string& other = module_.workflows[step.workflow].name;
      if (std::find(out_.follows.begin(), out_.follows.end(), other) == out_.follows.end())
        out_.follows.push_back(other);
    }
    return out;
  }

  /// The worst from a step on, until the way comes back to `round` or ends. The verifier has seen that only a repeat is
  /// come back to, so this ends.
  Most from(Index at, Index round) {
    if (at == none || at == round) return {};
    if (const auto known = known_.find({at, round}); known != known_.end()) return known->second;
    const Step& step = module_.steps[at];
    Most best;
    const auto worse = [&](const Most& other) {
      best.messages = std::max(best.messages, other.messages);
      best.money = std::max(best.money, other.money);
    };
    Most own = does(step);
    if (step.kind == StepKind::repeat || step.kind == StepKind::for_each) {
      const std::size_t unknown = out_.unknown.size();
      const Most round_of = from(step.next, at);
      own = step.kind == StepKind::repeat ? times(step.times, round_of) : round_of;
      const bool does_something =
          own.messages > 0 || own.money.units() != 0 || overflowed_ || out_.unknown.size() > unknown;
      if (step.kind == StepKind::for_each && does_something) {
        const std::string& name = module_.records[step.record].name;
        if (std::find(out_.rows_of.begin(), out_.rows_of.end(), name) == out_.rows_of.end())
          out_.rows_of.push_back(name);
      }
      worse(from(step.otherwise, round));
    } else {
      for (const Index way : flow_.ways(at)) worse(from(way, round));
    }
    best.messages = plus(best.messages, own.messages);
    best.money = plus(best.money, own.money);
    return known_[{at, round}] = best;
  }

  const Flow& flow_;
  const bytecode::Module& module_;
  vm::Program program_;
  Arena arena_;
  std::map<std::pair<Index, Index>, Most> known_;
  WorstCase out_;
  bool overflowed_ = false;
};

}  // namespace

WorstCase worst_case(const Flow& flow) {
  return Worst(flow).all();
}

}  // namespace fairlead::engine
