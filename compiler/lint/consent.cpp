// Marketing that nothing keeps from those who did not agree to it, or who have had enough; and who answers for it.
#include "compiler/lint/families.hpp"

namespace fairlead::compiler::lint {

namespace {

/// Whether an expression, or a part of it, is what `asked` says.
template <class Asked>
bool mentions(const Program& program, ExprId id, const Asked& asked) {
  const Expr& expr = program.exprs[id];
  return asked(expr) ||
         std::any_of(expr.args.begin(), expr.args.end(), [&](ExprId arg) { return mentions(program, arg, asked); });
}

template <class Asked>
bool mentions(const Program& program, Index function, const Asked& asked, int) {
  return function != none && function < program.roots.size() && mentions(program, program.roots[function], asked);
}

class Care {
 public:
  Care(const Subject& subject, const bytecode::Workflow& workflow) : program_(subject.program), workflow_(workflow) {
    for (const Index index : workflow.steps) {
      const bytecode::Step& step = program_.module.steps[index];
      if (step.kind != bytecode::StepKind::send || step.channel == none || step.content == none) continue;
      if (!program_.module.contents[step.content].transactional) channels_.insert(step.channel);
    }
  }

  /// A channel that wants consent, by which the workflow sends marketing although nothing asks for it.
  [[nodiscard]] const bytecode::Channel* unasked() const {
    for (const Index index : channels_) {
      const bytecode::Channel& channel = program_.module.channels[index];
      if (channel.consent != none && !ruled(index) && !left(channel)) return &channel;
    }
    return nullptr;
  }

  /// A channel by which one can unsubscribe, where doing so does not end the workflow.
  [[nodiscard]] std::optional<Index> unheard() const {
    for (const Index index : channels_) {
      const bytecode::Channel& channel = program_.module.channels[index];
      if (channel.withdrawn_on.empty() || left(channel)) continue;
      const bool leaves =
          std::any_of(workflow_.leave_on.begin(), workflow_.leave_on.end(), [&](const bytecode::Trigger& t) {
            return std::find(channel.withdrawn_on.begin(), channel.withdrawn_on.end(), t.event) !=
                   channel.withdrawn_on.end();
          });
      if (!leaves) return channel.withdrawn_on.front();
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool asks(Index function, Index consent) const {
    return mentions(
        program_, function,
        [&](const Expr& expr) {
          return (expr.op == Op::field && expr.ref == consent) ||
                 (expr.op == Op::site && expr.ref == static_cast<Index>(bytecode::SiteValue::consent));
        },
        0);
  }
  [[nodiscard]] bool ruled(Index channel) const {
    return std::any_of(workflow_.rules.begin(), workflow_.rules.end(), [&](Index index) {
      const bytecode::Rule& rule = program_.module.rules[index];
      const bool about = rule.kind == bytecode::RuleKind::forbid || rule.kind == bytecode::RuleKind::allow;
      return about && rule.effect == bytecode::Effect::send &&
             (rule.channels.empty() ||
              std::find(rule.channels.begin(), rule.channels.end(), channel) != rule.channels.end()) &&
             asks(rule.when, program_.module.channels[channel].consent);
    });
  }
  [[nodiscard]] bool left(const bytecode::Channel& channel) const {
    return channel.consent != none && std::any_of(workflow_.leave_when.begin(), workflow_.leave_when.end(),
                                                  [&](Index when) { return asks(when, channel.consent); });
  }

  const Program& program_;
  const bytecode::Workflow& workflow_;
  std::set<Index> channels_;
};

}  // namespace

void consent_and_leaving(const Subject& subject, Findings& found) {
  const auto declared = subject.program.names.find(NameKind::workflow);
  if (declared == subject.program.names.end()) return;
  for (const auto& [name, at] : declared->second) {
    if (!own(subject, at.place)) continue;
    const bytecode::Workflow& workflow = subject.program.module.workflows[at.index];
    const Care care(subject, workflow);
    if (const bytecode::Channel* channel = care.unasked()) {
      found.add(
          Code::consent_unasked, at.place,
          fmt::format("`{}` sends marketing by {}, and nothing asks whether people agreed to it", name, channel->name),
          "no rule on consent",
          "Put the project under a policy with such a rule: `no_consent: forbid send when channel.consent is not "
          "given`.");
    } else if (const std::optional<Index> event = care.unheard()) {
      const std::string& said = subject.program.module.events[*event].name;
      found.add(Code::no_way_out, at.place, fmt::format("who unsubscribes stays in `{}` until its end", name),
                fmt::format("no `leave on {}`", said), fmt::format("Let them go at once: `leave on {}`.", said));
    }
    if (workflow.owner.empty())
      found.add(Code::no_owner, at.place, fmt::format("nobody answers for `{}`", name), "no `owner`",
                "Say whom to ask about it: `owner \"growth@acme.example\"`.");
  }
}

}  // namespace fairlead::compiler::lint
