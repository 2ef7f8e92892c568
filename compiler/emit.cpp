// From typed expressions to code: registers are handed out like a stack, so an expression's value always ends up in the
// register it was asked for.
#include "compiler/emit.hpp"

#include <unordered_map>

namespace fairlead::compiler {

using bytecode::Instruction;
using bytecode::Opcode;

namespace {

constexpr unsigned most_registers = 250;

class Emitter {
 public:
  Emitter(Program& program, const std::vector<grammar::Source>& files, std::vector<grammar::Diagnostic>& diagnostics)
      : program_(program), files_(files), diagnostics_(diagnostics) {}

  void emit(Index function, ExprId root) {
    bytecode::Function& out = program_.module.functions[function];
    code_.clear();
    lines_.clear();
    highest_ = 0;
    too_large_ = false;
    value(root, 0);
    put(Instruction::ax(Opcode::give, 0, 0), root);
    out.registers = highest_ + 1;
    out.code = code_;
    out.lines = lines_;
    if (too_large_ || out.code.size() > 60'000) {
      const Place at = program_.exprs[root].place;
      diagnostics_.push_back({grammar::Code::too_complex,
                              grammar::Severity::error,
                              "this expression is too large to be compiled",
                              {at.file, at.span, "too large"},
                              {},
                              "Split it: give a part of it a name as a segment."});
    }
  }

 private:
  [[nodiscard]] const Expr& expr(ExprId id) const { return program_.exprs[id]; }

  void put(Instruction instruction, ExprId at) {
    code_.push_back(instruction);
    const Place place = expr(at).place;
    // Most instructions come from where the one before came from.
    if (place.file != last_.file || place.span.begin != last_.span.begin || line_ == 0) {
      last_ = place;
      line_ = files_[place.file].line(place.span.begin);
    }
    lines_.push_back(line_);
  }

  std::size_t jump(Opcode op, unsigned a, ExprId at) {
    put(Instruction::ax(op, a, 0), at);
    return code_.size() - 1;
  }
  void land(std::size_t jump_at) {
    const Instruction old = code_[jump_at];
    const std::size_t distance = code_.size() - jump_at - 1;
    if (distance > 0xffff) too_large_ = true;
    code_[jump_at] = Instruction::ax(old.op(), old.a(), static_cast<unsigned>(distance & 0xffff));
  }

  /// Equal constants share a place.
  unsigned constant(const bytecode::Constant& c) {
    const auto [at, fresh] = constants_.emplace(&c, static_cast<unsigned>(program_.module.constants.size()));
    if (fresh) program_.module.constants.push_back(c);
    if (at->second > 0xffff) too_large_ = true;
    return at->second & 0xffff;
  }

  struct SameConstant {
    std::size_t operator()(const bytecode::Constant* c) const {
      std::size_t out = std::hash<std::string_view>()(c->text) + static_cast<std::size_t>(c->units) * 31;
      for (const bytecode::Constant& item : c->items) out = out * 31 + operator()(&item);
      return out;
    }
    bool operator()(const bytecode::Constant* a, const bytecode::Constant* b) const { return *a == *b; }
  };

  unsigned currency(const std::string& code) {
    if (code.empty()) return bytecode::no_currency;
    auto& all = program_.module.currencies;
    const auto at = std::find(all.begin(), all.end(), code);
    if (at != all.end()) return static_cast<unsigned>(at - all.begin());
    all.push_back(code);
    return static_cast<unsigned>(all.size() - 1);
  }

  void binary(Opcode op, const Expr& e, unsigned to, ExprId id) {
    value(e.args[0], to);
    value(e.args[1], to + 1);
    put(Instruction::abc(op, to, to, to + 1), id);
  }

  /// Puts the value of `id` into register `to`; registers above it are free for the way there.
  void value(ExprId id, unsigned to) {
    if (to > most_registers) {
      too_large_ = true;
      return;
    }
    highest_ = std::max(highest_, to);
    const Expr& e = expr(id);
    switch (e.op) {
      case Op::constant:
        if (e.constant().tag == Tag::none) {
          put(Instruction::ax(Opcode::load_none, to, 0), id);
        } else if (e.constant().tag == Tag::boolean) {
          put(Instruction::ax(e.constant().units != 0 ? Opcode::load_true : Opcode::load_false, to, 0), id);
        } else {
          put(Instruction::ax(Opcode::load, to, constant(e.constant())), id);
        }
        break;
      case Op::field: put(Instruction::ax(Opcode::field, to, e.ref), id); break;
      case Op::event: put(Instruction::abc(Opcode::event, to, e.ref, e.member), id); break;
      case Op::parameter: put(Instruction::ax(Opcode::parameter, to, e.ref), id); break;
      case Op::local: put(Instruction::ax(Opcode::local, to, e.ref), id); break;
      case Op::site: put(Instruction::ax(Opcode::site, to, e.ref), id); break;
      case Op::now: put(Instruction::ax(Opcode::now, to, 0), id); break;
      case Op::today: put(Instruction::ax(Opcode::today, to, 0), id); break;
      case Op::local_time: put(Instruction::ax(Opcode::local_time, to, 0), id); break;
      case Op::count: put(Instruction::ax(Opcode::count, to, e.ref), id); break;
      case Op::seen: put(Instruction::ax(Opcode::seen, to, e.ref), id); break;
      case Op::sum: put(Instruction::ax(Opcode::sum, to, e.ref), id); break;
      case Op::last: put(Instruction::ax(Opcode::last, to, e.ref), id); break;
      case Op::since: put(Instruction::ax(Opcode::since, to, e.ref), id); break;
      case Op::rate: put(Instruction::ax(Opcode::rate, to, e.ref), id); break;
      case Op::score: put(Instruction::ax(Opcode::score, to, e.ref), id); break;
      case Op::add: binary(Opcode::add, e, to, id); break;
      case Op::subtract: binary(Opcode::subtract, e, to, id); break;
      case Op::multiply: binary(Opcode::multiply, e, to, id); break;
      case Op::divide: binary(Opcode::divide, e, to, id); break;
      case Op::shift: binary(Opcode::shift, e, to, id); break;
      case Op::unshift: binary(Opcode::unshift, e, to, id); break;
      case Op::equal: binary(Opcode::equal, e, to, id); break;
      case Op::less: binary(Opcode::less, e, to, id); break;
      case Op::less_equal: binary(Opcode::less_equal, e, to, id); break;
      case Op::member: binary(Opcode::member, e, to, id); break;
      case Op::within: binary(Opcode::within, e, to, id); break;
      case Op::negate: unary(Opcode::negate, e, to, id); break;
      case Op::exists: unary(Opcode::exists, e, to, id); break;
      case Op::invert: unary(Opcode::invert, e, to, id); break;
      case Op::conjunction: either(Opcode::jump_false, e, to, id); break;
      case Op::disjunction: either(Opcode::jump_true, e, to, id); break;
      case Op::fallback: either(Opcode::jump_exists, e, to, id); break;
      case Op::release: value(e.args[0], to); break;
      case Op::conditional: {
        value(e.args[0], to);
        const std::size_t over = jump(Opcode::jump_false, to, id);
        value(e.args[1], to);
        const std::size_t past = jump(Opcode::jump, 0, id);
        land(over);
        value(e.args[2], to);
        land(past);
        break;
      }
      case Op::list:
        for (unsigned i = 0; i < e.args.size() && !too_large_; ++i) value(e.args[i], to + i);
        put(Instruction::abc(Opcode::list, to, to, static_cast<unsigned>(e.args.size() & 0xff)), id);
        break;
      case Op::to_text:
        value(e.args[0], to);
        put(Instruction::abc(Opcode::to_text, to, to, currency(expr(e.args[0]).type.field.currency)), id);
        break;
      case Op::escape:
        value(e.args[0], to);
        put(Instruction::abc(Opcode::escape, to, to, e.ref), id);
        break;
      case Op::concat:
        for (unsigned i = 0; i < e.args.size() && !too_large_; ++i) value(e.args[i], to + i);
        put(Instruction::abc(Opcode::concat, to, to, static_cast<unsigned>(e.args.size() & 0xff)), id);
        break;
    }
  }

  void unary(Opcode op, const Expr& e, unsigned to, ExprId id) {
    value(e.args[0], to);
    put(Instruction::abc(op, to, to, 0), id);
  }

  /// The second operand only where the first does not decide.
  void either(Opcode decided, const Expr& e, unsigned to, ExprId id) {
    value(e.args[0], to);
    const std::size_t over = jump(decided, to, id);
    value(e.args[1], to);
    land(over);
  }

  Program& program_;
  const std::vector<grammar::Source>& files_;
  std::vector<grammar::Diagnostic>& diagnostics_;
  std::vector<Instruction> code_;  // of the function in the making: what is kept has no room to spare
  std::vector<std::uint32_t> lines_;
  unsigned highest_ = 0;
  bool too_large_ = false;
  std::unordered_map<const bytecode::Constant*, unsigned, SameConstant, SameConstant>
      constants_;  // they lie in the expressions
  Place last_;
  std::uint32_t line_ = 0;  // of last_; 0: of none yet
};

}  // namespace

void emit(Program& program, const std::vector<grammar::Source>& files, std::vector<grammar::Diagnostic>& diagnostics) {
  Emitter emitter(program, files, diagnostics);
  for (Index i = 0; i < program.roots.size(); ++i) emitter.emit(i, program.roots[i]);
}

}  // namespace fairlead::compiler
