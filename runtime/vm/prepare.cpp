// The tests of a function laid out one behind the other, and the sums of points that are nothing but tests.
#include "runtime/vm/prepare.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "runtime/vm/find_tests.hpp"

namespace fairlead::vm {
namespace {

using bytecode::Instruction;
using bytecode::Opcode;

/// So that the number of each, and of what comes between them, has room in an instruction.
constexpr std::size_t most_tests = 0x7fffff;

/// Whether the function is a sum of gains, `load yes; jump; load no; add` for each of its conditions, and which.
class Gains {
 public:
  /// `test_at`: by instruction, the number of the test that begins there.
  Gains(const std::vector<Instruction>& code, std::span<const Value> constants, const std::vector<Found>& found,
        const std::vector<std::uint32_t>& test_at)
      : code_(code), constants_(constants), found_(found), test_at_(test_at) {}

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
        const bool within = onward.pc < end && test_at_[onward.pc] != bytecode::none;
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
  const std::vector<std::uint32_t>& test_at_;
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
  const std::vector<Found> found = find_tests(function, constants);
  if (found.empty() || found.size() > most_tests) return out;
  std::vector<std::uint32_t> test_at(code.size(), bytecode::none);
  for (std::uint32_t i = 0; i < found.size(); ++i) test_at[found[i].test.pc] = i;

  // A test goes on with the next one for the answer whose test that is, mostly; where it is neither answer's, what
  // comes in between says where to go.
  std::vector<std::uint32_t> place(found.size() + 1, 0);
  const auto is_next = [&](const Onward& onward, std::size_t i) {
    return !onward.gives && test_at[onward.pc] == i + 1;
  };
  for (std::size_t i = 0; i < found.size(); ++i)
    place[i + 1] = place[i] + (is_next(found[i].yes, i) || is_next(found[i].no, i) ? 1 : 2);

  std::vector<Test> ends;
  std::map<std::pair<Test::Kind, std::uint32_t>, std::uint32_t> known;  // where each of them lies
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
    const auto [at, fresh] =
        known.emplace(std::pair(end.kind, end.pc), place.back() + static_cast<std::uint32_t>(ends.size()));
    if (fresh) ends.push_back(end);
    return at->second;
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

  Gains gains(code, constants, found, test_at);
  out.gains = gains.all();
  out.gains_are = gains.are();
  for (Gain& gain : out.gains) gain.first = place[gain.first];
  return out;
}

}  // namespace fairlead::vm
