// Finding the tests in a function: a field, a constant and what compares them, in any order in which they are written,
// of which nobody later reads more than the answer.
#include "runtime/vm/find_tests.hpp"

#include <algorithm>
#include <optional>

#include "runtime/bytecode/operands.hpp"

namespace fairlead::vm {
namespace {

using bytecode::Instruction;
using bytecode::Opcode;
using Registers = std::uint64_t;  // a set

static_assert(static_cast<unsigned>(Opcode::give) < test_opcode, "the table's last opcode leaves it free");

/// Functions with more registers stay as they are: they are texts with many parts, not conditions.
constexpr std::uint32_t most_registers = 64;
/// On the way from one answer: a stranger's module may lead every test through all of its jumps.
constexpr std::size_t most_jumps = 1'000;

Registers one(unsigned r) {
  return Registers{1} << r;
}

struct Touched {
  Registers read = 0, written = 0;
};

/// As the opcode table says, so that an opcode that comes later is known here too.
Touched touched(Instruction i) {
  const bool jumps = i.op() == Opcode::jump_true || i.op() == Opcode::jump_false || i.op() == Opcode::jump_exists;
  const bool writes = !jumps && i.op() != Opcode::give;
  const auto operands = bytecode::operands(i);
  Touched out;
  for (std::size_t k = 0; k < operands.size(); ++k) {
    if (operands[k].kind == 'r') (k == 0 && writes ? out.written : out.read) |= one(operands[k].value);
  }
  if (i.op() == Opcode::list || i.op() == Opcode::concat) {
    for (unsigned r = i.b(); r < i.b() + i.c(); ++r) out.read |= one(r);
  }
  return out;
}

/// The registers that are still read from each instruction on. All jumps go forward, so one walk backward finds them.
std::vector<Registers> live_at(const std::vector<Instruction>& code) {
  std::vector<Registers> out(code.size() + 1, 0);
  for (std::size_t pc = code.size(); pc-- > 0;) {
    const Instruction i = code[pc];
    Registers after = out[pc + 1];
    switch (i.op()) {
      case Opcode::give: after = 0; break;
      case Opcode::jump: after = out[pc + 1 + i.x()]; break;
      case Opcode::jump_true:
      case Opcode::jump_false:
      case Opcode::jump_exists: after |= out[pc + 1 + i.x()]; break;
      default: break;
    }
    const Touched t = touched(i);
    out[pc] = (after & ~t.written) | t.read;
  }
  return out;
}

class Finder {
 public:
  Finder(const std::vector<Instruction>& code, std::span<const Value> constants)
      : code_(code), constants_(constants), live_(live_at(code)) {}

  [[nodiscard]] std::optional<Found> at(std::size_t pc) const {
    std::optional<Found> found = comparison(pc);
    if (!found) found = alone(pc);
    return found;
  }

 private:
  [[nodiscard]] bool is(std::size_t pc, Opcode op) const { return pc < code_.size() && code_[pc].op() == op; }

  [[nodiscard]] std::optional<Value> constant(std::size_t pc) const {
    if (is(pc, Opcode::load)) return constants_[code_[pc].x()];
    if (is(pc, Opcode::load_true)) return Value::of(true);
    if (is(pc, Opcode::load_false)) return Value::of(false);
    return std::nullopt;
  }

  /// A field and a constant in either order, and what compares them.
  [[nodiscard]] std::optional<Found> comparison(std::size_t pc) const {
    if (pc + 2 >= code_.size()) return std::nullopt;
    const bool field_first = is(pc, Opcode::field);
    const std::size_t at_field = field_first ? pc : pc + 1, at_constant = field_first ? pc + 1 : pc;
    const std::optional<Value> constant = this->constant(at_constant);
    if (!constant || !is(at_field, Opcode::field)) return std::nullopt;
    const unsigned f = code_[at_field].a(), c = code_[at_constant].a();
    const Instruction i = code_[pc + 2];
    const bool straight = i.b() == f && i.c() == c, swapped = i.b() == c && i.c() == f;
    if (f == c || (!straight && !swapped)) return std::nullopt;

    Test test;
    test.field = static_cast<std::uint16_t>(code_[at_field].x());
    bool holds = true;  // what it means for the comparison that the test does
    switch (i.op()) {
      case Opcode::equal:
        if (!same(*constant, test)) return std::nullopt;
        break;
      case Opcode::less:
      case Opcode::less_equal:
        // All orders of whole numbers are one: `f <= k` is `f < k + 1`, and `k < f` is its opposite.
        holds = straight;
        if (!below(*constant, (i.op() == Opcode::less) != straight, test)) return std::nullopt;
        break;
      case Opcode::member:
        if (!straight || constant->tag() != Tag::list) return std::nullopt;
        test.kind = Test::Kind::member;
        test.list = &constants_[code_[at_constant].x()];
        break;
      default: return std::nullopt;
    }
    return answered(pc, test, i.a(), one(f) | one(c), pc + 3, holds);
  }

  /// A field that is its own answer, or is only asked whether it is there.
  [[nodiscard]] std::optional<Found> alone(std::size_t pc) const {
    if (!is(pc, Opcode::field)) return std::nullopt;
    const unsigned f = code_[pc].a();
    Test test;
    test.field = static_cast<std::uint16_t>(code_[pc].x());
    if (is(pc + 1, Opcode::exists) && code_[pc + 1].b() == f) {
      test.kind = Test::Kind::exists;
      return answered(pc, test, code_[pc + 1].a(), one(f), pc + 2, true);
    }
    test.kind = Test::Kind::range;
    test.range_of = Tag::boolean;
    test.range = {1, 1};
    return answered(pc, test, f, 0, pc + 1, true);
  }

  /// Whether the field is the constant.
  static bool same(const Value& constant, Test& test) {
    test.absent_too = true;
    switch (constant.tag()) {
      case Tag::none:
      case Tag::list: return false;
      case Tag::text:
        test.text = {constant.as_text().data(), constant.as_text().size()};
        test.kind = text_of(test.text.size);
        if (test.kind != Test::Kind::text) test.tag = Tag::text;
        return true;
      default:
        test.kind = Test::Kind::range;
        test.range_of = constant.tag();
        test.range = {static_cast<uint128>(constant.units()), 1};
        return true;
    }
  }

  static Test::Kind text_of(std::size_t size) {
    if (size > 16 || size < 2) return Test::Kind::text;
    return size >= 8 ? Test::Kind::text_8 : size >= 4 ? Test::Kind::text_4 : Test::Kind::text_2;
  }

  /// Whether the field is below the constant. `or_same`: or the constant itself.
  static bool below(const Value& constant, bool or_same, Test& test) {
    switch (constant.tag()) {
      case Tag::none:
      case Tag::boolean:
      case Tag::text:
      case Tag::list: return false;
      default: break;
    }
    // From the least there is; a width of all there are would be none.
    const uint128 least = uint128{1} << 127U;
    test.kind = Test::Kind::range;
    test.range_of = constant.tag();
    test.range = {least, static_cast<uint128>(constant.units()) - least + (or_same ? 1 : 0)};
    return !or_same || test.range.width != 0;
  }

  /// The answer is in register `r` before the instruction `past`. It is a test only where nobody reads later what the
  /// instructions that it replaces have written.
  [[nodiscard]] std::optional<Found> answered(std::size_t pc, Test test, unsigned r, Registers written,
                                              std::size_t past, bool holds) const {
    test.pc = static_cast<std::uint32_t>(pc);
    const std::optional<Onward> yes = onward(past, r, holds, written | one(r));
    const std::optional<Onward> no = onward(past, r, !holds, written | one(r));
    if (!yes || !no || (!yes->gives && yes->pc == past && no->pc == past)) return std::nullopt;
    return Found{test, *yes, *no, past};
  }

  [[nodiscard]] std::optional<Onward> onward(std::size_t pc, unsigned r, bool answer, Registers written) const {
    for (std::size_t jumps = 0; jumps < most_jumps; ++jumps) {
      const Instruction i = code_[pc];
      if (i.op() == Opcode::jump) {
        pc += i.x();
      } else if ((i.op() == Opcode::jump_true || i.op() == Opcode::jump_false) && i.a() == r) {
        if (answer == (i.op() == Opcode::jump_true)) pc += i.x();
      } else if (i.op() == Opcode::invert && i.b() == r) {
        answer = !answer;
        r = i.a();
        written |= one(r);
      } else if (i.op() == Opcode::give && i.a() == r) {
        return Onward{pc, answer};
      } else {
        break;
      }
      ++pc;
    }
    if ((live_[pc] & written) != 0) return std::nullopt;
    return Onward{pc, std::nullopt};
  }

  const std::vector<Instruction>& code_;
  std::span<const Value> constants_;
  std::vector<Registers> live_;
};

}  // namespace

std::vector<Found> find_tests(const bytecode::Function& function, std::span<const Value> constants) {
  const std::vector<Instruction>& code = function.code;
  if (function.registers > most_registers || code.size() < 2) return {};
  if (std::ranges::none_of(code, [](Instruction i) { return i.op() == Opcode::field; })) return {};
  const Finder finder(code, constants);
  std::vector<Found> out;
  for (std::size_t pc = 0; pc < code.size();) {
    const std::optional<Found> found = finder.at(pc);
    if (found) out.push_back(*found);
    pc = found ? found->past : pc + 1;
  }
  return out;
}

}  // namespace fairlead::vm
