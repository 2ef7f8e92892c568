// Random conditions over random people: what tests, gains and columns say is what the instructions say, one after the
// other, faults included.
#include <boost/test/unit_test.hpp>
#include <limits>
#include <random>

#include "runtime/vm/column.hpp"
#include "tests/bytecode/sample.hpp"

namespace fairlead::bytecode {
namespace {

using I = Instruction;
using Dice = std::mt19937_64;

constexpr unsigned fields = 7;

std::size_t below(Dice& dice, std::size_t bound) {
  return dice() % bound;
}
bool one_in(Dice& dice, std::size_t n) {
  return below(dice, n) == 0;
}

/// What field `f` holds mostly: neighbours of the constants, and the ends of what there is.
Value usual(Dice& dice, std::size_t f) {
  static const std::string texts[] = {"",
                                      "a",
                                      "DE",
                                      "NO",
                                      "pro",
                                      "free",
                                      "team",
                                      "search",
                                      "searchx",
                                      "newsletter",
                                      "newslettex",
                                      "a text that is longer than two words",
                                      "a text that is longer"};
  static const Value items[] = {Value::of(true)};
  const auto small = static_cast<std::int64_t>(below(dice, 4));
  switch (f) {
    case 0: {
      if (one_in(dice, 10)) return Value::of(Decimal::from_units((int128{1} << 126U) * (small - 2) + small));
      return Value::of(Decimal::from_int(small));
    }
    case 1: return Value::money(Decimal::from_units(small - 1));
    case 2: return Value::text(texts[below(dice, std::size(texts))]);
    case 3: return Value::of(small > 1);
    case 4: return Value::of(Date{static_cast<std::int32_t>(small)});
    case 5:
      if (one_in(dice, 10)) return Value::of(Duration{std::numeric_limits<std::int64_t>::max() - small});
      return Value::of(Duration{small});
    default: return one_in(dice, 4) ? Value::list(items) : Value::of(Instant{small});
  }
}

std::vector<Value> person(Dice& dice) {
  std::vector<Value> out;
  for (std::size_t f = 0; f < fields; ++f) {
    if (one_in(dice, 12)) {
      out.push_back(one_in(dice, 2) ? Value() : usual(dice, below(dice, fields)));
    } else {
      out.push_back(usual(dice, f));
    }
  }
  while (one_in(dice, 30) && !out.empty()) out.pop_back();
  return out;
}

Constant constant_of(const Value& value) {
  if (value.tag() == Tag::text) return text_constant(std::string(value.as_text()));
  if (value.tag() == Tag::list || !value.exists()) return constant(Tag::boolean, 1);
  return constant(value.tag(), value.units());
}

/// Code as the compiler writes it, and now and then as it never would.
class Writer {
 public:
  Writer(Dice& dice, Module& module) : dice_(dice), module_(module) {}

  Function function(bool points) {
    if (points) {
      gains();
    } else {
      condition(0, 4);
    }
    put(I::ax(Opcode::give, 0, 0));
    Function out;
    out.name = "f";
    out.registers = highest_ + 2;
    out.code = std::move(code_);
    out.lines.assign(out.code.size(), 1);
    return out;
  }

 private:
  void put(I instruction) { code_.push_back(instruction); }

  unsigned added(Constant c) {
    module_.constants.push_back(std::move(c));
    return static_cast<unsigned>(module_.constants.size() - 1);
  }

  void gains() {
    for (std::size_t n = 1 + below(dice_, 5), i = 0; i < n; ++i) {
      const unsigned to = i == 0 ? 0 : 1;
      condition(to, one_in(dice_, 3) ? 2 : 0);
      put(I::ax(Opcode::jump_false, to, 2));
      put(I::ax(Opcode::load, to, points()));
      put(I::ax(Opcode::jump, 0, 1));
      put(I::ax(Opcode::load, to, points()));
      if (i > 0) put(I::abc(Opcode::add, 0, 0, 1));
    }
  }
  unsigned points() {
    const auto amount = static_cast<int128>(below(dice_, 5)) - 2;
    if (one_in(dice_, 40)) return added(constant(Tag::money, amount));
    return added(constant(Tag::number, one_in(dice_, 40) ? amount << 62U : amount));
  }

  void condition(unsigned to, std::size_t depth) {
    highest_ = std::max(highest_, to + 1);
    const std::size_t what = below(dice_, depth == 0 ? 8 : 14);
    const auto f = static_cast<unsigned>(below(dice_, fields));
    switch (what) {
      case 0: put(I::ax(Opcode::field, to, 3)); break;
      case 1:
        put(I::ax(Opcode::field, to, f));
        put(I::abc(Opcode::exists, to, to, 0));
        break;
      case 2: {
        Constant list{Tag::list, 0, "", {}};
        for (int i = 0; i < 3; ++i) list.items.push_back(constant_of(usual(dice_, f)));
        put(I::ax(Opcode::field, to, f));
        put(I::ax(Opcode::load, to + 1, added(list)));
        put(I::abc(Opcode::member, to, to, to + 1));
        break;
      }
      case 3:  // of two fields: no test
        put(I::ax(Opcode::field, to, f));
        put(I::ax(Opcode::field, to + 1, static_cast<unsigned>(below(dice_, fields))));
        put(I::abc(Opcode::equal, to, to, to + 1));
        break;
      case 8:
      case 9:
      case 10: either(to, depth, Opcode::jump_false); break;
      case 11:
      case 12: either(to, depth, Opcode::jump_true); break;
      case 13: {
        condition(to, depth - 1);
        const std::size_t over = jump(Opcode::jump_false, to);
        condition(to, depth - 1);
        const std::size_t past = jump(Opcode::jump, 0);
        land(over);
        condition(to, depth - 1);
        land(past);
        break;
      }
      default: compare(to, f);
    }
    if (one_in(dice_, 4)) put(I::abc(Opcode::invert, to, to, 0));
  }

  void compare(unsigned to, unsigned f) {
    const unsigned k = added(constant_of(usual(dice_, one_in(dice_, 20) ? below(dice_, fields) : f)));
    const bool field_first = one_in(dice_, 2);
    put(field_first ? I::ax(Opcode::field, to, f) : I::ax(Opcode::load, to, k));
    put(field_first ? I::ax(Opcode::load, to + 1, k) : I::ax(Opcode::field, to + 1, f));
    constexpr Opcode ops[] = {Opcode::equal, Opcode::less, Opcode::less_equal};
    const bool turned = one_in(dice_, 8);
    put(I::abc(ops[below(dice_, 3)], to, turned ? to + 1 : to, turned ? to : to + 1));
  }

  void either(unsigned to, std::size_t depth, Opcode decided) {
    condition(to, depth - 1);
    const std::size_t over = jump(decided, to);
    // What another register holds is read later, or not.
    condition(one_in(dice_, 20) ? to + 1 : to, depth - 1);
    land(over);
  }

  std::size_t jump(Opcode op, unsigned a) {
    put(I::ax(op, a, 0));
    return code_.size() - 1;
  }
  void land(std::size_t at) {
    code_[at] = I::ax(code_[at].op(), code_[at].a(), static_cast<unsigned>(code_.size() - at - 1));
  }

  Dice& dice_;
  Module& module_;
  std::vector<I> code_;
  unsigned highest_ = 0;
};

Module a_module(Dice& dice) {
  Module out;
  out.project = "p";
  out.zone = "UTC";
  out.fields.resize(fields);
  for (Field& f : out.fields) f.name = "f";
  Writer writer(dice, out);
  Function function = writer.function(one_in(dice, 4));
  // A stranger's: some instruction is another.
  if (one_in(dice, 4)) {
    const auto small = [&dice] { return static_cast<unsigned>(below(dice, 3)); };
    function.code[below(dice, function.code.size() - 1)] =
        I::abc(static_cast<Opcode>(below(dice, opcode_count)), small(), small(), small());
  }
  out.functions = {std::move(function)};
  return out;
}

bool same(const Result<Value>& a, const Result<Value>& b) {
  if (a.has_value() != b.has_value()) return false;
  return a ? *a == *b : a.error() == b.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(conditions)

BOOST_AUTO_TEST_CASE(tests_say_what_the_instructions_say) {
  Dice dice(7);
  std::size_t tested = 0, yes = 0, no = 0, numbers = 0, faults = 0;
  for (int round = 0; round < 4'000; ++round) {
    const Module module = a_module(dice);
    if (!verify(module)) continue;
    const vm::Program program(module);
    if (program.begins_with_tests(0) != nullptr) ++tested;
    for (int i = 0; i < 40; ++i) {
      const std::vector<Value> row = person(dice);
      vm::World world;
      world.fields = row;
      Arena arena;
      const Result<Value> said = program.evaluate(0, world, arena);
      BOOST_REQUIRE_MESSAGE(same(said, program.evaluate_plainly(0, world, arena)), "round " << round << "\n"
                                                                                            << disassemble(module));
      if (!said)
        ++faults;
      else if (said->tag() == Tag::number)
        ++numbers;
      else
        ++(said->tag() == Tag::boolean && said->as_bool() ? yes : no);
    }
  }
  // Each way was gone often enough to be worth the name.
  BOOST_TEST(tested > 1'500);
  BOOST_TEST(yes > 20'000);
  BOOST_TEST(no > 20'000);
  BOOST_TEST(numbers > 10'000);
  BOOST_TEST(faults > 10'000);
}

BOOST_AUTO_TEST_CASE(columns_say_what_rows_say) {
  Dice dice(8);
  std::size_t in = 0, faults = 0, decided = 0;
  for (int round = 0; round < 400; ++round) {
    const Module module = a_module(dice);
    if (!verify(module)) continue;
    const vm::Program program(module);
    std::vector<std::vector<Value>> people(below(dice, 1'500));
    vm::Columns columns(fields);
    for (std::vector<Value>& one : people) columns.add(one = person(dice));
    std::size_t asked = 0;
    const vm::Selection selection = select(program, 0, columns, [&asked](std::size_t) {
      ++asked;
      return vm::World();
    });
    BOOST_REQUIRE(selection.rows == people.size());
    decided += people.size() - asked;
    auto fault = selection.faults.begin();
    for (std::size_t row = 0; row < people.size(); ++row) {
      people[row].resize(fields);
      vm::World world;
      world.fields = people[row];
      Arena arena;
      const Result<Value> said = program.evaluate_plainly(0, world, arena);
      const bool boolean = said && said->tag() == Tag::boolean;
      BOOST_REQUIRE(selection.has(row) == (boolean && said->as_bool()));
      if (boolean) continue;
      BOOST_REQUIRE(fault != selection.faults.end());
      BOOST_REQUIRE(fault->first == row);
      BOOST_REQUIRE((fault->second == (said ? Fault{FaultCode::wrong_type, {}} : said.error())));
      ++fault;
    }
    BOOST_REQUIRE((fault == selection.faults.end()));
    in += selection.size();
    faults += selection.faults.size();
  }
  BOOST_TEST(in > 20'000);
  BOOST_TEST(faults > 20'000);
  BOOST_TEST(decided > 50'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::bytecode
