// The table of instructions as data, and the words by which steps and labels are known outside.
#include <iterator>

#include "runtime/bytecode/operands.hpp"

namespace fairlead::bytecode {
namespace {

constexpr OpcodeInfo table[] = {
#define OPCODE(name, shape, operands, meaning) {#name, #shape, operands, meaning},
#include "runtime/bytecode/opcodes.def"
#undef OPCODE
};
static_assert(std::size(table) <= 256, "an opcode is one byte");

}  // namespace

const unsigned opcode_count = std::size(table);

OpcodeInfo info(Opcode op) {
  const auto index = static_cast<std::size_t>(op);
  return index < std::size(table) ? table[index] : OpcodeInfo{"unknown", "ABC", "...", "not an instruction"};
}

std::array<Operand, 3> operands(Instruction instruction) {
  const OpcodeInfo known = info(instruction.op());
  if (known.shape == "AX") {
    return {Operand{known.operands[0], instruction.a()}, Operand{known.operands[1], instruction.x()}, Operand{}};
  }
  return {Operand{known.operands[0], instruction.a()}, Operand{known.operands[1], instruction.b()},
          Operand{known.operands[2], instruction.c()}};
}

std::string_view to_string(Label label) {
  switch (label) {
    case Label::personal: return "private";
    case Label::sensitive: return "sensitive";
    case Label::guarded: return "protected";
  }
  return "unknown";
}

std::string to_string(Labels labels) {
  std::string out;
  for (unsigned i = 0; i < label_count; ++i) {
    if (!labels.has(static_cast<Label>(i))) continue;
    if (!out.empty()) out += ' ';
    out += to_string(static_cast<Label>(i));
  }
  return out;
}

std::string_view to_string(StepKind kind) {
  switch (kind) {
    case StepKind::send: return "send";
    case StepKind::wait_for: return "wait_for";
    case StepKind::wait_until: return "wait_until";
    case StepKind::wait_event: return "wait_event";
    case StepKind::branch: return "branch";
    case StepKind::choose: return "choose";
    case StepKind::set: return "set";
    case StepKind::stop: return "stop";
    case StepKind::leave: return "leave";
    case StepKind::repeat: return "repeat";
    case StepKind::split: return "split";
    case StepKind::follow: return "follow";
    case StepKind::for_each: return "for_each";
    case StepKind::allocate: return "allocate";
    case StepKind::plan: return "plan";
    case StepKind::act: return "act";
    case StepKind::let: return "let";
    case StepKind::approve: return "approve";
    case StepKind::assign: return "assign";
  }
  return "unknown";
}

std::string_view to_string(EffectKind kind) {
  switch (kind) {
    case EffectKind::message: return "message";
    case EffectKind::spend: return "spend";
    case EffectKind::publish: return "publish";
    case EffectKind::retract: return "retract";
    case EffectKind::write: return "write";
  }
  return "unknown";
}

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get: return "get";
    case Method::post: return "post";
    case Method::put: return "put";
    case Method::patch: return "patch";
    case Method::erase: return "delete";
  }
  return "unknown";
}

std::string_view to_string(AssignBy by) {
  switch (by) {
    case AssignBy::round_robin: return "round robin";
    case AssignBy::least_loaded: return "least loaded";
    case AssignBy::best: return "best";
  }
  return "unknown";
}

}  // namespace fairlead::bytecode
