// What most conditions are made of, made ready: `contact.plan is pro and contact.age >= 18` loads a field, loads a
// constant, compares, jumps. Such a run of instructions becomes one test, whose constant has its kind and which knows
// the next test for either answer, past the jumps on the way.
//
// The module's code stays the one truth. A test only answers where its field is of the kind that the constant has; a
// value that is absent or of another kind is a surprise, for which the same place of the plain code is run, so that
// faults have one origin. Whatever has no such form stays plain code, between tests or after them.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "runtime/bytecode/module.hpp"
#include "runtime/values/value.hpp"

namespace fairlead::vm {

struct Test {
  enum class Kind : std::uint8_t {
    range,   // its units, as of a Number, a Date or a Boolean, are in [from, from + width)
    text_2,  // it is `text`: of two or three bytes, as countries have
    text_4,  // of four to seven
    text_8,  // of eight to sixteen
    text,    // of none, one or many
    exists,
    member,  // of a list
    // These ask nothing:
    go,  // on with `other`
    // Where a way through the tests ends:
    give_true,
    give_false,
    leave,  // goes on with the plain code at `pc`
  };
  struct Range {
    uint128 from, width;
  };
  struct Text {
    const char* data;
    std::size_t size;
  };

  Kind kind = Kind::leave;
  Tag range_of = any;       // of a range, the tag of its constant, and so of the field
  Tag tag = any;            // of text_2, text_4 and text_8: Tag::text
  bool goes_on = true;      // the answer for which the next test follows; for the other one it is `other`
  bool absent_too = false;  // where there is no value, the answer is no; else that is a surprise
  std::uint16_t field = 0;  // of the contact
  std::uint32_t other = 0;  // how many tests further on
  std::uint32_t pc = 0;     // where its plain code begins
  union {
    Range range{};
    Text text;
    const Value* list;
  };

  static constexpr Tag any{255};  // no value has it

  [[nodiscard]] bool gives() const { return kind == Kind::give_true || kind == Kind::give_false; }
};
static_assert(sizeof(Test) == 48);

/// A part of `points`: what is added where a condition holds, and where it does not.
struct Gain {
  std::uint32_t first = 0;   // the condition's first test
  std::uint32_t yes_pc = 0;  // where its tests leave for if it holds
  bool alone = false;        // it is one test
  std::int64_t yes = 0, no = 0;
};

/// Of one function; without tests it is empty, and the function's own code is run.
struct Prepared {
  /// Every test lies before those that it leads to.
  std::vector<Test> tests;
  /// The function's code, where the first instruction of each test is replaced by one that names it.
  std::vector<bytecode::Instruction> code;
  /// Where the function is nothing but a sum of gains: these. No sum of them passes 64 bits.
  std::vector<Gain> gains;
  Tag gains_are = Tag::number;  // or money
  std::size_t fields = 0;       // how many of the contact's fields a world must have for the tests to be asked
};

/// In Prepared::code, the opcode of an instruction that names a test, in the 24 bits above. It is none of the table's.
constexpr unsigned test_opcode = 255;

/// `function` has passed the verifier; `constants` are its module's, borrowed.
Prepared prepare(const bytecode::Function& function, std::span<const Value> constants);

/// Follows the tests from `at` until a way ends: the test where it does. Where a value is a surprise, the test that met
/// it. `fields` has as many as the tests ask for.
const Test* follow(const Test* at, const Value* fields);

/// The sum of the gains; nothing where a value is a surprise.
std::optional<Value> sum(const Prepared& prepared, const Value* fields);

}  // namespace fairlead::vm
