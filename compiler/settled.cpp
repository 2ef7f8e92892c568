// Rules that can be settled by looking at the project: what goals say, what choices explore, what texts have and have
// not, and what no rule allows. A project that breaks one of them does not compile.
#include <algorithm>

#include "compiler/checker.hpp"
#include "compiler/wording.hpp"
#include "runtime/values/fold.hpp"

namespace fairlead::compiler {

using bytecode::Rule;
using bytecode::RuleKind;
using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

/// A stretch of a text between holes.
struct Stretch {
  std::string text;
  Place place;
};

class Settling {
 public:
  explicit Settling(Checker& checker) : c_(checker) {}

  void all() {
    bound_.resize(module().rules.size());
    for (Index w = 0; w < module().workflows.size(); ++w) {
      for (const Index rule : module().workflows[w].rules) bound_[rule].insert(w);
    }
    for (Index w = 0; w < module().workflows.size(); ++w) {
      for (const Index rule : module().workflows[w].rules) settle(rule, w);
    }
    for (Index rule = 0; rule < module().rules.size(); ++rule) shares(rule);
  }

 private:
  /// While it lives, what is said of a rule goes on record; at its end it is kept.
  class Recording {
   public:
    Recording(Settling& settling, Settled& settled) : s_(settling), settled_(settled) { s_.now_ = &settled_; }
    ~Recording() {
      s_.now_ = nullptr;
      s_.c_.program_.settled.push_back(std::move(settled_));
    }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

   private:
    Settling& s_;
    Settled& settled_;
  };

  [[nodiscard]] const bytecode::Module& module() const { return c_.program_.module; }
  [[nodiscard]] Place declared(NameKind kind, const std::string& name) const {
    return c_.program_.names[kind].find(name)->second.place;
  }

  /// A rule and what breaks it: both places are shown, and each pair is said once.
  Diagnostic* broken(Index rule, Place at, std::string message, std::string label, std::string help,
                     Code code = Code::rule_broken) {
    if (now_ != nullptr && now_->holds != Settled::Holds::no) {
      now_->holds = Settled::Holds::no;
      now_->because = message;
    }
    if (!said_.emplace(rule, at.file, at.span.begin).second) return nullptr;
    Diagnostic& d = c_.report(code, at, std::move(message), std::move(label), std::move(help));
    const Place source = c_.program_.rule_sources[rule].place;
    d.secondary.push_back({source.file, source.span, "the rule"});
    return &d;
  }

  void settle(Index rule, Index workflow) {
    switch (module().rules[rule].kind) {
      case RuleKind::goal: goals(rule, workflow); break;
      case RuleKind::explore: explores(rule, workflow); break;
      case RuleKind::ban:
      case RuleKind::words: contents(rule, workflow); break;
      case RuleKind::closed: allowed(rule, workflow); break;
      default: break;
    }
  }

  // ---- goals and choices

  void goals(Index rule, Index index) {
    Settled settled{.rule = rule, .workflow = index, .because = "its goal says all that is asked for"};
    const Recording recording(*this, settled);
    const bytecode::Workflow& workflow = module().workflows[index];
    std::set<Index> goals;
    if (workflow.goal != none) goals.insert(workflow.goal);
    for (const Index step : workflow.steps) {
      const Index choice = module().steps[step].choice;
      if (choice != none && module().choices[choice].goal != none) goals.insert(module().choices[choice].goal);
    }
    if (workflow.goal == none) {
      broken(rule, declared(NameKind::workflow, workflow.name),
             fmt::format("the workflow `{}` has no goal, and `{}` requires one", workflow.name, name(rule)),
             "toward what?", "Name it before the steps: `toward GOAL`.");
    }
    for (const Index goal : goals) says_enough(rule, module().goals[goal]);
  }

  void says_enough(Index index, const bytecode::Goal& goal) {
    const Rule& rule = module().rules[index];
    std::string lacks;
    std::string first;
    const auto want = [&](bool wanted, bool there, std::string_view word) {
      if (!wanted || there) return;
      lacks += fmt::format("{}no `{}`", lacks.empty() ? "" : ", ", word);
      if (first.empty()) first = word;
    };
    want(rule.baseline, goal.baseline.has_value(), "baseline");
    want(rule.target, goal.target.has_value(), "target");
    want(rule.holdout, goal.holdout > Decimal(), "holdout");
    const Place at = declared(NameKind::goal, goal.name);
    if (!lacks.empty()) {
      broken(index, at, fmt::format("the goal `{}` does not say all that `{}` requires", goal.name, rule.name), lacks,
             fmt::format("Add it to the goal: `{} …%`.", first));
    } else if (rule.holdout && goal.holdout < rule.amount) {
      broken(index, at,
             fmt::format("the goal `{}` holds out {}, and `{}` requires at least {}", goal.name, percent(goal.holdout),
                         rule.name, percent(rule.amount)),
             "too few", fmt::format("Raise it: `holdout {}`.", percent(rule.amount)));
    }
  }

  void explores(Index index, Index workflow) {
    const Rule& rule = module().rules[index];
    for (const Index step : module().workflows[workflow].steps) {
      if (module().steps[step].choice == none) continue;
      const bytecode::Choice& choice = module().choices[module().steps[step].choice];
      Settled settled{.rule = index, .workflow = workflow, .step = step, .because = "it explores enough"};
      const Recording recording(*this, settled);
      if (choice.explore >= rule.amount) continue;
      broken(index, c_.program_.step_places[step],
             fmt::format("this choice explores {}, and `{}` requires at least {}",
                         choice.explore == Decimal() ? std::string("nothing") : percent(choice.explore), rule.name,
                         percent(rule.amount)),
             "too little", fmt::format("Write in it: `explore at least {}`.", percent(rule.amount)));
    }
  }

  // ---- texts

  void contents(Index index, Index workflow) {
    const Rule& rule = module().rules[index];
    for (const Index step : module().workflows[workflow].steps) {
      const Index content = module().steps[step].content;
      if (content == none || !seen_.emplace(index, content).second) continue;
      if (module().contents[content].transactional && !rule.transactional) continue;
      Settled settled{.rule = index, .workflow = workflow, .content = content, .because = {}};
      settled.because = rule.kind == RuleKind::ban ? "none of its texts can say it" : "each of its texts has it";
      const Recording recording(*this, settled);
      for (const bytecode::Variant& variant : module().contents[content].variants) {
        if (!rule.channels.empty() &&
            std::find(rule.channels.begin(), rule.channels.end(), variant.channel) == rule.channels.end())
          continue;
        rule.kind == RuleKind::ban ? bans(index, content, variant) : wants(index, module().contents[content], variant);
      }
    }
  }

  void bans(Index index, Index content, const bytecode::Variant& variant) {
    const Rule& rule = module().rules[index];
    if (std::any_of(variant.slots.begin(), variant.slots.end(), [](const auto& slot) { return slot.generated; }))
      known_later("what a model writes is known only when it has written it");
    for (const Index function : texts(variant)) {
      std::vector<Stretch> stretches;
      const std::optional<Place> hole = read(c_.program_.roots[function], stretches);
      for (const Stretch& stretch : stretches) {
        const std::string text = folded(stretch.text);
        for (const std::string& word : rule.words) {
          const std::string phrase = folded(word);
          if (!says(text, phrase)) continue;
          const Place at = exactly(stretch.place, phrase);
          broken(index, at,
                 fmt::format("`{}` bans \"{}\", and `{}` says it", rule.name, word, module().contents[content].name),
                 "says it", "Say it in other words.");
        }
      }
      if (!hole || std::none_of(rule.words.begin(), rule.words.end(), [&](const std::string& word) {
            return may_say(c_.program_, content, c_.program_.roots[function], folded(word));
          }))
        continue;
      known_later("what stands in its holes is known only when it goes out");
      if (rule.proved) {
        broken(index, *hole,
               fmt::format("`{}` is to be proved, but what stands here is known only when the message goes out",
                           rule.name),
               "could be anything",
               "Remove `prove`: the words are then looked for in every message, just before it goes out.",
               Code::not_proved);
      }
    }
  }

  void known_later(std::string because) {
    if (now_ == nullptr || now_->holds != Settled::Holds::yes) return;
    now_->holds = Settled::Holds::open;
    now_->because = std::move(because);
  }

  static std::vector<Index> texts(const bytecode::Variant& variant) {
    std::vector<Index> out;
    for (const bytecode::Slot& slot : variant.slots) {
      if (slot.text != none) out.push_back(slot.text);
      for (const bytecode::SlotText& text : slot.one_of) out.push_back(text.text);
    }
    return out;
  }

  void wants(Index index, const bytecode::Content& content, const bytecode::Variant& variant) {
    const Rule& rule = module().rules[index];
    const std::string& wanted = rule.words.front();
    const std::string channel = module().channels[variant.channel].name;
    const Declared& declaration = c_.program_.names[NameKind::content].find(content.name)->second;
    Node here = declaration.node;
    for (const Node& node : declaration.node.child(Kind::block).children(Kind::variant)) {
      if (node.child(Kind::name).text() == channel) here = node;
    }
    if (rule.hole) {
      if (has_hole(here, wanted)) return;
    } else {
      const auto has = [&](Index function) {
        std::vector<Stretch> stretches;
        if (function != none) read(c_.program_.roots[function], stretches, false);
        return std::any_of(stretches.begin(), stretches.end(),
                           [&](const Stretch& stretch) { return says(folded(stretch.text), folded(wanted)); });
      };
      // Whichever text is picked must have it; what a model writes may not.
      if (std::any_of(variant.slots.begin(), variant.slots.end(), [&](const bytecode::Slot& slot) {
            if (slot.one_of.empty()) return !slot.generated && has(slot.text);
            return std::all_of(slot.one_of.begin(), slot.one_of.end(),
                               [&](const bytecode::SlotText& text) { return has(text.text); });
          }))
        return;
    }
    broken(index, c_.place(here.child(Kind::name)),
           fmt::format("the content `{}` has no {} for {}, and `{}` requires it", content.name,
                       rule.hole ? fmt::format("`{}`", wanted) : fmt::format("\"{}\"", wanted), channel, rule.name),
           "not in any of its texts",
           wanted == "link" && rule.hole ? std::string("Write `{link(\"https://…\")}` where it is to stand.")
           : rule.hole                   ? fmt::format("Write `{{{}}}` where it is to stand.", wanted)
                                         : "Write it into one of its texts.");
  }

  /// Whether a hole says that name, as a value or as a call.
  static bool has_hole(Node node, std::string_view name) {
    if ((node.is(Kind::path) || node.is(Kind::call)) && node.child(Kind::name).text() == name) return true;
    const grammar::Nodes children = node.children();
    return std::any_of(children.begin(), children.end(), [&](const Node& child) { return has_hole(child, name); });
  }

  /// What of a text is fixed, in order; the first hole whose value is not. `defaults`: also what stands in for a value
  /// that is absent, which not everybody reads.
  std::optional<Place> read(ExprId id, std::vector<Stretch>& out, bool defaults = true) const {
    std::optional<Place> hole;
    bool open = false;  // the last stretch goes on
    walk(id, out, open, hole, defaults);
    return hole;
  }

  void walk(ExprId id, std::vector<Stretch>& out, bool& open, std::optional<Place>& hole, bool defaults) const {
    const Expr& expr = c_.program_.exprs[id];
    if (expr.op == Op::constant && expr.constant().tag == Tag::text) {
      if (open) {
        out.back().text += expr.constant().text;
        out.back().place.span.end = expr.place.span.end;
      } else {
        out.push_back({expr.constant().text, expr.place});
      }
      open = true;
    } else if (expr.op == Op::concat) {
      for (const ExprId arg : expr.args) walk(arg, out, open, hole, defaults);
    } else {
      // A hole. What stands in for an absent value is fixed too, and stands apart.
      if (!hole) hole = expr.place;
      open = false;
      if (expr.op != Op::to_text && expr.op != Op::escape && expr.op != Op::fallback) return;
      if (expr.op == Op::fallback && !defaults) return;
      for (const ExprId arg : expr.args) {
        walk(arg, out, open, hole, defaults);
        open = false;
      }
    }
  }

  /// The words themselves, within the stretch of source that has them somewhere.
  [[nodiscard]] Place exactly(Place place, const std::string& phrase) const {
    const std::string_view text = c_.files_[place.file].text(place.span);
    const std::size_t longest = phrase.size() * 4 + 32;
    for (std::size_t begin = 0; begin < text.size(); ++begin) {
      const std::string first = folded(text.substr(begin, 4));
      if (first.empty() || first[0] != phrase[0]) continue;
      for (std::size_t size = phrase.size(); size <= longest && begin + size <= text.size(); ++size) {
        if (folded(text.substr(begin, size)) != phrase) continue;
        place.span.end = place.span.begin + static_cast<std::uint32_t>(begin + size);
        place.span.begin += static_cast<std::uint32_t>(begin);
        return place;
      }
    }
    return place;
  }

  // ---- what no rule allows

  void allowed(Index index, Index w) {
    const bytecode::Workflow& workflow = module().workflows[w];
    for (const Index s : workflow.steps) {
      const bytecode::Step& step = module().steps[s];
      if (step.kind == bytecode::StepKind::send && step.content != none) {
        std::vector<Index> ways = step.best;
        if (ways.empty() && step.channel != none) ways = {step.channel};
        for (const Index channel : ways) {
          const std::string what = fmt::format("send by {}", module().channels[channel].name);
          allowed(index, workflow, s, what, [channel](const Rule& rule) {
            return rule.effect == bytecode::Effect::send &&
                   (rule.channels.empty() ||
                    std::find(rule.channels.begin(), rule.channels.end(), channel) != rule.channels.end());
          });
        }
      } else if (step.kind == bytecode::StepKind::act && step.action != none) {
        const bytecode::Action& action = module().actions[step.action];
        allowed(index, workflow, s, "do " + action.name, [&action](const Rule& rule) {
          return rule.effect == bytecode::Effect::action ? rule.action == action.name
                                                         : rule.effect == effect_of(action.effect);
        });
      }
    }
  }

  static bytecode::Effect effect_of(bytecode::EffectKind kind) {
    switch (kind) {
      case bytecode::EffectKind::message: return bytecode::Effect::send;
      case bytecode::EffectKind::spend: return bytecode::Effect::spend;
      case bytecode::EffectKind::publish: return bytecode::Effect::publish;
      case bytecode::EffectKind::retract: return bytecode::Effect::retract;
      case bytecode::EffectKind::write: break;
    }
    return bytecode::Effect::write;
  }

  template <class Covers>
  void allowed(Index index, const bytecode::Workflow& workflow, Index step, const std::string& what,
               const Covers& covers) {
    if (std::any_of(workflow.rules.begin(), workflow.rules.end(),
                    [&](Index r) { return module().rules[r].kind == RuleKind::allow && covers(module().rules[r]); }))
      return;
    broken(index, c_.program_.step_places[step],
           fmt::format("no rule allows the workflow `{}` to {}", workflow.name, what), "not allowed",
           fmt::format("Allow it in a policy: `NAME: allow {}`. Or remove the step.", what), Code::not_allowed);
  }

  // ---- shares of limits

  void shares(Index index) {
    const Rule& rule = module().rules[index];
    for (std::size_t i = 0; i < rule.shares.size(); ++i) {
      if (bound_[index].empty() || bound_[index].contains(rule.shares[i].workflow)) continue;
      c_.report(Code::share_of_limit, c_.program_.rule_sources[index].shares[i],
                fmt::format("the workflow `{}` is not bound by `{}`, so it can have no share of it",
                            module().workflows[rule.shares[i].workflow].name, rule.name),
                "not under this policy", "Put the workflow under the policy, or remove its share.");
    }
  }

  [[nodiscard]] const std::string& name(Index rule) const { return module().rules[rule].name; }
  static std::string percent(const Decimal& share) {
    const auto hundred = multiply(share, Decimal::from_int(100));
    return fmt::format("{}%", hundred.value_or(share).to_string());
  }

  Checker& c_;
  Settled* now_ = nullptr;                                          // what is being looked at
  std::vector<std::set<Index>> bound_;                              // by rule: workflows
  std::set<std::tuple<Index, std::uint32_t, std::uint32_t>> said_;  // rule and place
  std::set<std::pair<Index, Index>> seen_;                          // rule and content
};

void Checker::settle_rules() {
  Settling(*this).all();
}

}  // namespace fairlead::compiler
