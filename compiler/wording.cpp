// What a text may come to say.
#include "compiler/wording.hpp"

#include <algorithm>

#include "runtime/values/fold.hpp"

namespace fairlead::compiler {

namespace {

/// More ways to fill the holes than this are not looked through: then it may say anything.
constexpr std::size_t most_ways = 256;

class Wording {
 public:
  Wording(const Program& program, Index content, std::string_view phrase)
      : p_(program), content_(content), phrase_(phrase) {}

  /// False where it may say anything.
  bool add(ExprId id) {
    const Expr& e = p_.exprs[id];
    switch (e.op) {
      case Op::constant: return e.constant().tag == Tag::text ? either({e.constant().text}) : of_type(e.type);
      case Op::concat: return std::all_of(e.args.begin(), e.args.end(), [this](ExprId arg) { return add(arg); });
      case Op::to_text:
      case Op::escape:
      case Op::release: return add(e.args[0]);
      case Op::fallback: {
        Wording instead(p_, content_, phrase_);
        if (!instead.add(e.args[1])) return false;
        Wording there(p_, content_, phrase_);
        if (!there.add(e.args[0])) return false;
        instead.ways_.insert(instead.ways_.end(), there.ways_.begin(), there.ways_.end());
        return either(instead.ways_);
      }
      case Op::parameter: return parameter(e);
      default: return of_type(e.type);
    }
  }

  [[nodiscard]] bool says_it() const {
    return std::any_of(ways_.begin(), ways_.end(),
                       [this](const std::string& way) { return says(folded(way), phrase_); });
  }

 private:
  bool either(const std::vector<std::string>& texts) {
    if (ways_.size() * texts.size() > most_ways) return false;
    std::vector<std::string> next;
    for (const std::string& way : ways_) {
      for (const std::string& text : texts) next.push_back(way + text);
    }
    ways_ = std::move(next);
    return true;
  }

  bool of_type(const Type& type) {
    switch (type.field.kind) {
      case TypeKind::boolean: return either({"true", "false"});
      case TypeKind::enumeration: return either(type.field.members);
      // Figures and two letters: they end a phrase that goes on, unless it has some of its own.
      case TypeKind::number:
      case TypeKind::money:
      case TypeKind::duration:
      case TypeKind::instant:
      case TypeKind::date:
      case TypeKind::time: return !figures() && either({"0"});
      case TypeKind::country: return !two_letters() && either({"0"});
      default: return false;
    }
  }

  [[nodiscard]] bool figures() const {
    // A duration and an instant have words and letters too; none of them is a phrase that anybody bans.
    return std::any_of(phrase_.begin(), phrase_.end(), [](char c) { return c >= '0' && c <= '9'; }) ||
           phrase_.size() < 8;
  }

  [[nodiscard]] bool two_letters() const {
    for (std::size_t at = 0; at < phrase_.size();) {
      const std::size_t end = std::min(phrase_.find(' ', at), phrase_.size());
      if (end - at == 2) return true;
      at = end + 1;
    }
    return false;
  }

  bool parameter(const Expr& e) {
    if (e.type.field.kind != TypeKind::text) return of_type(e.type);
    std::vector<std::string> texts;
    for (const bytecode::Step& step : p_.module.steps) {
      if (step.content != content_ || step.kind != bytecode::StepKind::send) continue;
      if (e.ref >= step.arguments.size() || step.arguments[e.ref] == none) return false;
      const Expr& given = p_.exprs[p_.roots[step.arguments[e.ref]]];
      if (given.op != Op::constant || given.constant().tag != Tag::text) return false;
      texts.push_back(given.constant().text);
    }
    return either(texts);
  }

  const Program& p_;
  Index content_;
  std::string_view phrase_;
  std::vector<std::string> ways_{""};
};

}  // namespace

bool may_say(const Program& program, Index content, ExprId text, std::string_view phrase) {
  Wording wording(program, content, phrase);
  return !wording.add(text) || wording.says_it();
}

}  // namespace fairlead::compiler
