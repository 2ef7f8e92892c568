// The verifier's second part: what a function may contain, so that the VM need not look again.
#include "runtime/bytecode/findings.hpp"
#include "runtime/bytecode/operands.hpp"

namespace fairlead::bytecode {
namespace {

constexpr std::uint32_t most_registers = 255;
constexpr unsigned most_parameters = 256;

class Code {
 public:
  Code(const Module& module, const Function& function, Findings& findings)
      : m_(module), f_(function), found_(findings) {}

  void all() {
    found_.require(!f_.name.empty(), "it has no name");
    found_.require(f_.registers >= 1 && f_.registers <= most_registers, "it has {} registers, and 1 to {} are possible",
                   f_.registers, most_registers);
    found_.require(f_.lines.size() == f_.code.size(), "it has {} instructions and {} lines", f_.code.size(),
                   f_.lines.size());
    if (f_.code.empty()) return found_.refuse("it has no instructions");
    for (pc_ = 0; pc_ < f_.code.size() && found_.ok(); ++pc_) instruction(f_.code[pc_]);
    // Every jump lands on an instruction, so the last one is where each way ends at the latest.
    found_.require(f_.code.back().op() == Opcode::give, "it does not end in `give`");
  }

 private:
  void instruction(Instruction i) {
    const auto opcode = static_cast<unsigned>(i.op());
    if (opcode >= opcode_count)
      return found_.refuse(fmt::format("instruction {}: no opcode has number {}", pc_, opcode));
    for (const Operand& o : operands(i)) operand(o);
    if (i.op() == Opcode::concat || i.op() == Opcode::list) {
      found_.require(i.c() >= 1, "instruction {}: nothing to join", pc_);
      found_.require(i.b() + i.c() <= f_.registers, "instruction {}: what it joins passes the last register", pc_);
    }
    if (found_.ok()) counter(i);
  }

  /// What is asked of a counter is what it keeps.
  void counter(Instruction i) {
    CounterKind wanted = CounterKind::count;
    bool field = false;
    switch (i.op()) {
      case Opcode::count:
      case Opcode::seen: break;
      case Opcode::sum: wanted = CounterKind::sum, field = true; break;
      case Opcode::last: wanted = CounterKind::last, field = true; break;
      case Opcode::since: wanted = CounterKind::last; break;
      default: return;
    }
    const Counter& counter = m_.counters[i.x()];
    found_.require(counter.kind == wanted && (counter.field != none) == field,
                   "instruction {}: counter {} does not keep what is asked of it", pc_, i.x());
  }

  void operand(const Operand& o) {
    switch (o.kind) {
      case 'r': return limit(o.value, f_.registers, "register");
      case 'k': return limit(o.value, m_.constants.size(), "constant");
      case 'f': return limit(o.value, m_.fields.size(), "field");
      case 'n': return limit(o.value, m_.counters.size(), "counter");
      case 'p': return limit(o.value, most_parameters, "parameter");
      case 's': return limit(o.value, m_.scores.size(), "score");
      case 'u': return limit(o.value, m_.rates.size(), "rate");
      case 'x': return limit(o.value, site_values, "site value");
      case 'l': return limit(o.value, most_locals, "kept value");
      case 'h': return limit(o.value, escapes, "escape");
      case 'j': return limit(pc_ + 1 + o.value, f_.code.size(), "target");
      case 't':
        if (o.value != no_currency) limit(o.value, m_.currencies.size(), "currency");
        return;
      // What an event holds is known only when one is bound: the VM looks.
      default: return;
    }
  }

  void limit(std::size_t value, std::size_t size, std::string_view what) {
    found_.require(value < size, "instruction {}: {} {} of {}", pc_, what, value, size);
  }

  const Module& m_;
  const Function& f_;
  Findings& found_;
  std::size_t pc_ = 0;
};

}  // namespace

void verify_code(const Module& module, Findings& findings) {
  for (std::size_t i = 0; i < module.functions.size() && findings.ok(); ++i) {
    findings.at("function", i, module.functions[i].name);
    Code(module, module.functions[i], findings).all();
  }
}

}  // namespace fairlead::bytecode
