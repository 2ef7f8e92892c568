// The loop. A verified function only jumps forward, names registers that it has and ends in `give`; what the verifier
// cannot know (what values are, what the world holds) is asked here, and answered by a fault. Most conditions are tests
// of the contact's fields, which are followed without registers (prepare.hpp).
#include "runtime/vm/vm.hpp"

#include <algorithm>
#include <limits>
#include <memory>

#include "runtime/vm/ask.hpp"
#include "runtime/vm/escape.hpp"
#include "runtime/vm/operations.hpp"
#include "runtime/vm/prepare.hpp"

namespace fairlead::vm {
namespace {

using bytecode::Instruction;
using bytecode::Opcode;

constexpr std::size_t most_registers = 256;
/// Bytes of text that one evaluation may make: joining a text to itself again and again doubles it each time.
constexpr std::size_t most_text = std::size_t{16} << 20U;

/// Lists go into `arena`; text stays in the module.
Value value_of(const bytecode::Constant& c, Arena& arena) {
  const auto integer = static_cast<std::int64_t>(c.units);
  switch (c.tag) {
    case Tag::none: return {};
    case Tag::boolean: return Value::of(c.units != 0);
    case Tag::number: return Value::of(Decimal::from_units(c.units));
    case Tag::money: return Value::money(Decimal::from_units(c.units));
    case Tag::text: return Value::text(c.text);
    case Tag::duration: return Value::of(Duration{integer});
    case Tag::instant: return Value::of(Instant{integer});
    case Tag::date: return Value::of(Date{static_cast<std::int32_t>(integer)});
    case Tag::time: return Value::of(TimeOfDay{static_cast<std::int32_t>(integer)});
    case Tag::list: break;
  }
  std::vector<Value> items;
  items.reserve(c.items.size());
  for (const bytecode::Constant& item : c.items) items.push_back(value_of(item, arena));
  return Value::list(arena.keep(std::move(items)));
}

/// What the wall shows where the contact is, or may be.
CivilTime clock(const World& world) {
  if (world.zone != nullptr) return world.zone->civil(world.now);
  if (!world.country_zones.empty()) return world.country_zones.front().civil(world.now);
  return Zone().civil(world.now);
}

Result<Value> within_clock(const World& world, const Value& from, const Value& to) {
  if (from.tag() != Tag::time) return mismatch(from);
  if (to.tag() != Tag::time) return mismatch(to);
  const auto shows = [&](const CivilTime& civil) { return within(civil.time, from.as_time(), to.as_time()); };
  if (world.zone != nullptr || world.country_zones.empty()) return Value::of(shows(clock(world)));
  return Value::of(
      std::ranges::any_of(world.country_zones, [&](const Zone& zone) { return shows(zone.civil(world.now)); }));
}

/// One evaluation. Its registers live on the stack and are made only as far as the function has them.
class Evaluation {
 public:
  Evaluation(const bytecode::Module& module, std::span<const Value> constants, const World& world, Arena& arena)
      : module_(module), constants_(constants), world_(world), arena_(arena) {}

  Result<Value> run(const bytecode::Function& function, const Prepared& prepared);

 private:
  Result<Value> event(Instruction i) const {
    if (i.b() >= world_.events.size() || i.c() >= world_.events[i.b()].size()) return fault(FaultCode::absent);
    return world_.events[i.b()][i.c()];
  }

  static Result<Value> at(std::span<const Value> values, unsigned index) {
    if (index >= values.size()) return fault(FaultCode::absent);
    return values[index];
  }

  Result<std::uint64_t> counted(Instruction i) const {
    if (!world_.count) return fault(FaultCode::absent);
    return world_.count(i.x());
  }

  Result<Value> count(Instruction i) const {
    return counted(i).and_then([](std::uint64_t n) -> Result<Value> {
      if (n > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return fault(FaultCode::overflow);
      return Value::of(Decimal::from_int(static_cast<std::int64_t>(n)));
    });
  }

  static Result<Value> ask(const std::function<Result<Value>(bytecode::Index)>& source, unsigned index) {
    if (!source) return fault(FaultCode::absent);
    return source(index);
  }

  Result<Value> since(unsigned counter) const {
    const Result<Value> at = ask(world_.history, counter);
    if (!at || !at->exists()) return at;
    return unshift(Value::of(world_.now), *at);
  }

  /// Lists of lists could grow beyond all bounds while they are compared.
  Result<Value> list(std::span<const Value> items) {
    for (const Value& item : items) {
      if (!item.exists() || item.tag() == Tag::list) return mismatch(item);
    }
    return Value::list(arena_.keep(std::vector<Value>(items.begin(), items.end())));
  }

  Result<Value> keep(std::string text) {
    if (text.size() > text_left_) return fault(FaultCode::overflow);
    text_left_ -= text.size();
    return Value::text(arena_.keep(std::move(text)));
  }

  Result<Value> to_text(const Value& value, unsigned currency) {
    if (value.tag() == Tag::text) return value;
    if (!value.exists()) return mismatch(value);
    return keep(render(value, currency == bytecode::no_currency ? std::string_view() : module_.currencies[currency]));
  }

  Result<Value> escape(const Value& text, unsigned form) {
    if (text.tag() != Tag::text) return mismatch(text);
    Result<std::string> safe = vm::escape(text.as_text(), static_cast<bytecode::Escape>(form));
    if (!safe) return tl::unexpected(std::move(safe.error()));
    return keep(std::move(*safe));
  }

  Result<Value> concat(std::span<const Value> texts) {
    std::size_t size = 0;
    for (const Value& text : texts) {
      if (text.tag() != Tag::text) return mismatch(text);
      size += text.as_text().size();
    }
    if (size > text_left_) return fault(FaultCode::overflow);
    std::string joined;
    joined.reserve(size);
    for (const Value& text : texts) joined += text.as_text();
    return keep(std::move(joined));
  }

  const bytecode::Module& module_;
  std::span<const Value> constants_;
  const World& world_;
  Arena& arena_;
  std::size_t text_left_ = most_text;
};

Result<Value> Evaluation::run(const bytecode::Function& function, const Prepared& prepared) {
  alignas(Value) std::byte storage[most_registers * sizeof(Value)];
  auto* const r = reinterpret_cast<Value*>(storage);
  std::uninitialized_default_construct_n(r, std::min<std::size_t>(function.registers, most_registers));
  const bool tests = !prepared.tests.empty() && prepared.fields <= world_.fields.size();
  const Instruction* code = tests ? prepared.code.data() : function.code.data();

  Result<Value> failed;
  // What may fail is kept by hand: assigning one result to another asks both which of the two they are.
  const auto keep = [&failed](Value& to, Result<Value>&& made) {
    if (made) [[likely]] {
      to = *made;
      return true;
    }
    failed = std::move(made);
    return false;
  };
  bool kept = true;
  for (std::size_t pc = 0; pc < function.code.size(); ++pc) {
    if ((code[pc].word & 0xffU) == test_opcode) {
      const Test* const end = follow(&prepared.tests[code[pc].word >> 8U], world_.fields.data());
      if (end->gives()) return Value::of(end->kind == Test::Kind::give_true);
      // Of a surprise the plain code says what is wrong.
      if (end->kind != Test::Kind::leave) code = function.code.data();
      pc = end->pc;
    }
    const Instruction i = code[pc];
    const unsigned a = i.a();
    // No default: an opcode that is missing here does not compile.
    switch (i.op()) {
      case Opcode::load: r[a] = constants_[i.x()]; continue;
      case Opcode::load_none: r[a] = Value(); continue;
      case Opcode::load_true: r[a] = Value::of(true); continue;
      case Opcode::load_false: r[a] = Value::of(false); continue;
      case Opcode::move: r[a] = r[i.b()]; continue;
      case Opcode::field: r[a] = i.x() < world_.fields.size() ? world_.fields[i.x()] : Value(); continue;
      case Opcode::event: kept = keep(r[a], event(i)); break;
      case Opcode::parameter: kept = keep(r[a], at(world_.parameters, i.x())); break;
      case Opcode::site: kept = keep(r[a], at(world_.site, i.x())); break;
      case Opcode::local: r[a] = i.x() < world_.locals.size() ? world_.locals[i.x()] : Value(); continue;
      case Opcode::now: r[a] = Value::of(world_.now); continue;
      case Opcode::today: r[a] = Value::of(clock(world_).date); continue;
      case Opcode::local_time: r[a] = Value::of(clock(world_).time); continue;
      case Opcode::count: kept = keep(r[a], count(i)); break;
      case Opcode::seen: kept = keep(r[a], counted(i).map([](std::uint64_t n) { return Value::of(n > 0); })); break;
      case Opcode::sum:
      case Opcode::last: kept = keep(r[a], ask(world_.history, i.x())); break;
      case Opcode::since: kept = keep(r[a], since(i.x())); break;
      case Opcode::rate: kept = keep(r[a], ask(world_.rate, i.x())); break;
      case Opcode::score: kept = keep(r[a], ask(world_.score, i.x())); break;
      case Opcode::add: kept = keep(r[a], add(r[i.b()], r[i.c()])); break;
      case Opcode::subtract: kept = keep(r[a], subtract(r[i.b()], r[i.c()])); break;
      case Opcode::multiply: kept = keep(r[a], multiply(r[i.b()], r[i.c()])); break;
      case Opcode::divide: kept = keep(r[a], divide(r[i.b()], r[i.c()])); break;
      case Opcode::shift: kept = keep(r[a], shift(r[i.b()], r[i.c()])); break;
      case Opcode::unshift: kept = keep(r[a], unshift(r[i.b()], r[i.c()])); break;
      case Opcode::negate: kept = keep(r[a], negate(r[i.b()])); break;
      case Opcode::equal: kept = keep(r[a], equal(r[i.b()], r[i.c()])); break;
      case Opcode::less: kept = keep(r[a], less(r[i.b()], r[i.c()])); break;
      case Opcode::less_equal: kept = keep(r[a], less_equal(r[i.b()], r[i.c()])); break;
      case Opcode::list: kept = keep(r[a], list({r + i.b(), i.c()})); break;
      case Opcode::member: kept = keep(r[a], member(r[i.b()], r[i.c()])); break;
      case Opcode::within: kept = keep(r[a], within_clock(world_, r[i.b()], r[i.c()])); break;
      case Opcode::exists: r[a] = Value::of(r[i.b()].exists()); continue;
      case Opcode::invert: kept = keep(r[a], invert(r[i.b()])); break;
      case Opcode::to_text: kept = keep(r[a], to_text(r[i.b()], i.c())); break;
      case Opcode::escape: kept = keep(r[a], escape(r[i.b()], i.c())); break;
      case Opcode::concat: kept = keep(r[a], concat({r + i.b(), i.c()})); break;
      case Opcode::jump: pc += i.x(); continue;
      case Opcode::jump_true:
      case Opcode::jump_false:
        if (r[a].tag() != Tag::boolean) return mismatch(r[a]);
        if (r[a].as_bool() == (i.op() == Opcode::jump_true)) pc += i.x();
        continue;
      case Opcode::jump_exists:
        if (r[a].exists()) pc += i.x();
        continue;
      case Opcode::give: return r[a];
    }
    if (!kept) return failed;
  }
  return fault(FaultCode::wrong_type);  // No verified function comes here: it ends in `give`.
}

}  // namespace

Program::Program(const bytecode::Module& module) : module_(module) {
  constants_.reserve(module.constants.size());
  for (const bytecode::Constant& c : module.constants) constants_.push_back(value_of(c, arena_));
  prepared_.reserve(module.functions.size());
  for (const bytecode::Function& f : module.functions) {
    entries_.emplace_back();
    const Prepared& prepared = prepared_.emplace_back(prepare(f, constants_));
    const bool first = !prepared.tests.empty() && prepared.tests.front().pc == 0 && prepared.gains.empty();
    if (first) entries_.back() = {prepared.tests.data(), prepared.fields};
  }
  for (bytecode::Index f = 0; f < module.functions.size(); ++f) {
    const auto& code = module.functions[f].code;
    const bool reads = std::any_of(code.begin(), code.end(), [](bytecode::Instruction i) {
      return i.op() != Opcode::load && i.op() != Opcode::give;
    });
    const Result<Value> value = reads ? Result<Value>(fault(FaultCode::absent)) : evaluate(f, World{}, arena_);
    fixed_.push_back(value ? std::optional(*value) : std::nullopt);
  }
}

Result<Value> Program::evaluate(bytecode::Index function, const World& world, Arena& arena) const {
  if (function < entries_.size() && entries_[function].fields <= world.fields.size()) {
    // The way that most conditions go is here without a call.
    const Test* end = follow_asked(entries_[function].first, world.fields.data());
    if (!end->gives()) end = follow(end, world.fields.data());
    if (end->gives()) return Value::of(end->kind == Test::Kind::give_true);
  }
  return evaluate_by_instructions(function, world, arena);
}

Result<Value> Program::evaluate_by_instructions(bytecode::Index function, const World& world, Arena& arena) const {
  if (function >= prepared_.size()) return fault(FaultCode::wrong_type);
  const Prepared& prepared = prepared_[function];
  if (!prepared.gains.empty() && prepared.fields <= world.fields.size()) {
    if (const std::optional<Value> points = sum(prepared, world.fields.data())) return *points;
  }
  return Evaluation(module_, constants_, world, arena).run(module_.functions[function], prepared);
}

Result<Value> Program::evaluate_plainly(bytecode::Index function, const World& world, Arena& arena) const {
  if (function >= prepared_.size()) return fault(FaultCode::wrong_type);
  return Evaluation(module_, constants_, world, arena).run(module_.functions[function], Prepared());
}

}  // namespace fairlead::vm
