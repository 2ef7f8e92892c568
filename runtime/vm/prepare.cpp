// Finding the tests in a function.
#include "runtime/vm/prepare.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace fairlead::vm {
namespace {

using bytecode::Instruction;
using bytecode::Opcode;
using Registers = std::uint64_t;  // a set

static_assert(static_cast<unsigned>(Opcode::give) < test_opcode, "the table's last opcode leaves it free");

/// Functions with more registers stay as they are: they are texts with many parts, not conditions.
constexpr std::uint32_t most_registers = 64;

Registers one(unsigned r) {
  return Registers{1} << r;
}

struct Touched {
  Registers read = 0, written = 0;
};

Touched touched(Instruction i) {
  const auto span = [&] {
    Registers out = 0;
    for (unsigned r = i.b(); r < i.b() + i.c(); ++r) out |= one(r);
    return out;
  };
  switch (i.op()) {
    case Opcode::jump: return {};
    case Opcode::jump_true:
    case Opcode::jump_false:
    case Opcode::jump_exists:
    case Opcode::give: return {one(i.a()), 0};
    case Opcode::list:
    case Opcode::concat: return {span(), one(i.a())};
    case Opcode::move:
    case Opcode::negate:
    case Opcode::exists:
    case Opcode::invert:
    case Opcode::to_text:
    case Opcode::escape: return {one(i.b()), one(i.a())};
    case Opcode::add:
    case Opcode::subtract:
    case Opcode::multiply:
    case Opcode::divide:
    case Opcode::shift:
    case Opcode::unshift:
    case Opcode::equal:
    case Opcode::less:
    case Opcode::less_equal:
    case Opcode::member:
    case Opcode::within: return {one(i.b()) | one(i.c()), one(i.a())};
    default: return {0, one(i.a())};  // loads something
  }
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

/// Where the answer of a test leads: to an instruction, or to the function's end with the answer as it then is.
struct Onward {
  std::size_t pc = 0;
  std::optional<bool> gives;
};

struct Found {
  Test test;
  Onward yes, no;
  std::size_t past = 0;  // the instruction after those that make the answer
};

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
    while (true) {
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

/// Whether the function is a sum of gains, `load yes; jump; load no; add` for each of its conditions, and which.
class Gains {
 public:
  Gains(const std::vector<Instruction>& code, std::span<const Value> constants, const std::vector<Found>& found)
      : code_(code), constants_(constants), found_(found) {}

  /// `first` of each is then the number of what was found.
  std::vector<Gain> all() {
    std::size_t pc = 0;
    while (true) {
      const auto begin = static_cast<std::uint32_t>(test_);
      const std::size_t loads = condition(pc);
      if (loads == 0) return {};
      const unsigned to = code_[loads].a();
      if (out_.empty()) sum_ = to;
      Gain gain{begin, static_cast<std::uint32_t>(loads), test_ == begin + 1, amount(loads), amount(loads + 2)};
      if (gain.alone && found_[begin].yes.pc != loads) {
        // The condition is that the test does not hold: what it asks is turned round instead.
        std::swap(gain.yes, gain.no);
        gain.yes_pc += 2;
      }
      pc = loads + 3;
      if (!out_.empty()) {
        if (to == sum_ || code_[pc].word != Instruction::abc(Opcode::add, sum_, sum_, to).word) return {};
        ++pc;
      }
      out_.push_back(gain);
      most_ += static_cast<uint128>(std::max(size(gain.yes), size(gain.no)));
      if (!sound_ || most_ > std::numeric_limits<std::int64_t>::max()) return {};
      if (code_[pc].op() == Opcode::give && code_[pc].a() == sum_) return out_;
    }
  }
  [[nodiscard]] Tag are() const { return tag_; }

 private:
  /// The tests from `pc` up to the loads that both their answers lead to, which are given; 0: it is nothing like that.
  std::size_t condition(std::size_t pc) {
    if (test_ >= found_.size() || found_[test_].test.pc != pc) return 0;
    std::size_t end = pc;
    while (end + 4 < code_.size() && !loads_at(end)) ++end;
    if (!loads_at(end)) return 0;
    for (; test_ < found_.size() && found_[test_].test.pc < end; ++test_) {
      for (const Onward& onward : {found_[test_].yes, found_[test_].no}) {
        const bool within = onward.pc < end && std::ranges::any_of(found_, [&](const Found& other) {
          return other.test.pc == onward.pc;
        });
        if (onward.gives || (!within && onward.pc != end && onward.pc != end + 2)) return 0;
      }
    }
    return end;
  }

  [[nodiscard]] bool loads_at(std::size_t pc) const {
    return pc + 4 < code_.size() && code_[pc].op() == Opcode::load && code_[pc + 1].op() == Opcode::jump &&
           code_[pc + 1].x() == 1 && code_[pc + 2].op() == Opcode::load && code_[pc + 2].a() == code_[pc].a();
  }

  std::int64_t amount(std::size_t pc) {
    const Value& value = constants_[code_[pc].x()];
    if (out_.empty() && code_[pc + 1].op() == Opcode::jump) tag_ = value.tag();
    const bool decimal = value.tag() == Tag::number || value.tag() == Tag::money;
    sound_ = sound_ && decimal && value.tag() == tag_ && value.units() == static_cast<std::int64_t>(value.units());
    return decimal ? static_cast<std::int64_t>(value.units()) : 0;
  }

  static int128 size(std::int64_t amount) { return amount < 0 ? -int128{amount} : int128{amount}; }

  const std::vector<Instruction>& code_;
  std::span<const Value> constants_;
  const std::vector<Found>& found_;
  std::vector<Gain> out_;
  std::size_t test_ = 0;
  unsigned sum_ = 0;
  uint128 most_ = 0;
  Tag tag_ = Tag::none;
  bool sound_ = true;
};

}  // namespace

Prepared prepare(const bytecode::Function& function, std::span<const Value> constants) {
  Prepared out;
  const std::vector<Instruction>& code = function.code;
  if (function.registers > most_registers || code.size() < 2) return out;
  if (std::ranges::none_of(code, [](Instruction i) { return i.op() == Opcode::field; })) return out;

  const Finder finder(code, constants);
  std::vector<Found> found;
  std::vector<std::uint32_t> test_at(code.size(), bytecode::none);
  for (std::size_t pc = 0; pc < code.size();) {
    const std::optional<Found> test = finder.at(pc);
    if (test) {
      test_at[pc] = static_cast<std::uint32_t>(found.size());
      found.push_back(*test);
    }
    pc = test ? test->past : pc + 1;
  }
  if (found.empty() || found.size() > 0x7fffff) return out;

  // A test goes on with the next one for the answer whose test that is, mostly; where it is neither answer's, what comes
  // in between says where to go.
  std::vector<std::uint32_t> place(found.size() + 1, 0);
  const auto is_next = [&](const Onward& onward, std::size_t i) {
    return !onward.gives && test_at[onward.pc] == i + 1;
  };
  for (std::size_t i = 0; i < found.size(); ++i)
    place[i + 1] = place[i] + (is_next(found[i].yes, i) || is_next(found[i].no, i) ? 1 : 2);

  std::vector<Test> ends;
  const auto end_of = [](const Onward& onward) {
    Test end;
    if (onward.gives) {
      end.kind = *onward.gives ? Test::Kind::give_true : Test::Kind::give_false;
    } else {
      end.pc = static_cast<std::uint32_t>(onward.pc);
    }
    return end;
  };
  const auto leads_to_test = [&](const Onward& onward) {
    return !onward.gives && test_at[onward.pc] != bytecode::none;
  };
  const auto target = [&](const Onward& onward) {
    if (leads_to_test(onward)) return place[test_at[onward.pc]];
    const Test end = end_of(onward);
    const auto known =
        std::ranges::find_if(ends, [&](const Test& other) { return other.kind == end.kind && other.pc == end.pc; });
    const auto index = place.back() + static_cast<std::uint32_t>(known - ends.begin());
    if (known == ends.end()) ends.push_back(end);
    return index;
  };
  out.code = code;
  for (std::size_t i = 0; i < found.size(); ++i) {
    Test test = found[i].test;
    test.goes_on = !is_next(found[i].no, i);
    test.other = target(test.goes_on ? found[i].no : found[i].yes) - place[i];
    out.fields = std::max(out.fields, test.field + std::size_t{1});
    out.code[test.pc].word = test_opcode | place[i] << 8U;
    out.tests.push_back(test);
    if (place[i] + 1 == place[i + 1]) continue;
    Test between = end_of(found[i].yes);
    if (leads_to_test(found[i].yes)) {
      between.kind = Test::Kind::go;
      between.other = target(found[i].yes) - place[i] - 1;
    }
    out.tests.push_back(between);
  }
  out.tests.insert(out.tests.end(), ends.begin(), ends.end());

  Gains gains(code, constants, found);
  out.gains = gains.all();
  out.gains_are = gains.are();
  for (Gain& gain : out.gains) gain.first = place[gain.first];
  return out;
}

}  // namespace fairlead::vm
