// What would change if a project were deployed on a store.
#include "runtime/engine/plan.hpp"

#include <algorithm>
#include <map>

#include "runtime/engine/audience.hpp"
#include "runtime/engine/decide.hpp"
#include "runtime/engine/moving.hpp"
#include "runtime/engine/occasions.hpp"
#include "runtime/engine/retention.hpp"

namespace fairlead::engine {

using bytecode::none;
using bytecode::StepKind;

namespace {

/// A pass, whether an event took an arm of its wait while its workflow was paused, and whether a rule holds it for a
/// word.
struct Pass : Instance {
  bool taken = false, words = false;
};
using Passes = std::vector<Pass>;

Passes passes_of(const Cell& cell) {
  Passes out;
  for (const Instance& instance : cell.instances)
    out.push_back({instance, has_taken(cell, instance.workflow), has_words(cell, instance.workflow)});
  return out;
}

/// All passes under way, and what else a store shows, of one moment.
Result<std::pair<View, Passes>> under_way(store::Store& store) {
  while (true) {
    std::map<store::ContactId, Passes> tail;
    Result<View> view = look(store, [&](store::ContactId id, Cell cell) { tail[id] = passes_of(cell); });
    if (!view) return tl::unexpected(view.error());
    std::vector<store::ContactId> ids{nobody};
    const Result<void> listed = store.contacts([&](const store::Person& person) -> Result<void> {
      ids.push_back(person.id);
      return {};
    });
    if (!listed) return tl::unexpected(listed.error());
    Passes out;
    for (const store::ContactId id : ids) {
      if (const auto known = tail.find(id); known != tail.end()) {
        out.insert(out.end(), known->second.begin(), known->second.end());
        continue;
      }
      const Result<std::optional<store::Cell>> row = store.cell(id);
      if (!row) return tl::unexpected(row.error());
      if (!*row) continue;
      const Result<Cell> cell = decode_cell((*row)->state);
      if (!cell) return tl::unexpected(cell.error());
      const Passes some = passes_of(*cell);
      out.insert(out.end(), some.begin(), some.end());
    }
    // Where the owner has written a checkpoint in between, rows are newer than the tail: once more.
    const Result<store::Head> after = store.head();
    if (!after) return tl::unexpected(after.error());
    if (after->checkpoint == view->head.checkpoint) return std::pair{std::move(*view), std::move(out)};
  }
}

class Planning {
 public:
  Planning(const View* view, const Passes& passes, const Version& next) : view_(view), passes_(passes), next_(next) {}

  Plan all() {
    out_.next = next_.number;
    out_.currency = next_.module.currency;
    if (view_ != nullptr) {
      out_.in_force = in_force().number;
      out_.same = view_->deployments.in_force(next_.module);
      if (out_.same) out_.next = out_.in_force;
    }
    workflows();
    rules();
    proofs();
    waivers();
    weights();
    return std::move(out_);
  }

 private:
  [[nodiscard]] const Version& in_force() const { return view_->deployments.newest(); }

  void workflows() {
    for (const bytecode::Workflow& workflow : next_.module.workflows) one(workflow.name);
    if (view_ == nullptr) return;
    // Those that are gone: from the version in force, and from older ones where somebody still follows them.
    std::vector<std::string> gone;
    const auto& all = view_->deployments.all();
    for (auto version = all.rbegin(); version != all.rend(); ++version) {
      for (const bytecode::Workflow& workflow : (*version)->module.workflows) {
        const std::uint32_t id = name_id(workflow.name);
        if (next_.workflows.contains(id) || std::find(gone.begin(), gone.end(), workflow.name) != gone.end()) continue;
        const bool wanted =
            version->get() == &in_force() ||
            std::any_of(passes_.begin(), passes_.end(), [id](const Instance& i) { return i.workflow == id; });
        if (!wanted) continue;
        gone.push_back(workflow.name);
        one(workflow.name);
      }
    }
  }

  void one(const std::string& name) {
    const std::uint32_t id = name_id(name);
    WorkflowPlan plan;
    plan.name = name;
    const auto now = next_.workflows.find(id);
    const Version* was = nullptr;
    if (view_ != nullptr) {
      const auto& all = view_->deployments.all();
      for (auto version = all.rbegin(); version != all.rend() && was == nullptr; ++version) {
        if ((*version)->workflows.contains(id)) was = version->get();
      }
    }
    const bool had = view_ != nullptr && in_force().workflows.contains(id);
    const Version& shown = now == next_.workflows.end() ? *was : next_;
    const bytecode::Workflow& declared = shown.module.workflows[shown.workflows.at(id)];
    plan.file = declared.file;
    plan.line = declared.line;
    plan.subject = declared.subject;
    if (now != next_.workflows.end()) plan.after = worst_case(Flow(next_.module, now->second));
    if (had) plan.before = worst_case(Flow(in_force().module, in_force().workflows.at(id)));
    if (now == next_.workflows.end()) {
      plan.kind = WorkflowPlan::Kind::removed;
    } else if (!had) {
      plan.kind = WorkflowPlan::Kind::added;
    } else {
      plan.changes = compare(Flow(in_force().module, in_force().workflows.at(id)), Flow(next_.module, now->second));
      plan.kind = plan.changes.same ? WorkflowPlan::Kind::unchanged : WorkflowPlan::Kind::changed;
    }
    if (view_ != nullptr) following(id, plan);
    out_.workflows.push_back(std::move(plan));
  }

  void following(std::uint32_t id, WorkflowPlan& plan) {
    for (const auto& version : view_->deployments.all()) {
      // What nobody follows is not compared.
      if (std::none_of(passes_.begin(), passes_.end(),
                       [&](const Instance& pass) { return pass.workflow == id && pass.version == version->number; }))
        continue;
      Following of;
      of.version = version->number;
      Moving moving(*version, next_);
      const Changes* changes = moving.changes(id);
      if (changes != nullptr) {
        of.changes = changes->steps;
        of.around.resize(of.changes.size());
      }
      of.same = moving.same(id) || (out_.same && version.get() == &in_force());
      for (const Pass& pass : passes_) {
        if (pass.workflow != id || pass.version != version->number) continue;
        ++of.passes;
        if (of.same) continue;
        if (changes != nullptr) around(*version, id, pass, of);
        const std::string why = moving.refusal(pass, pass.taken, pass.words);
        if (why.empty()) {
          ++of.moves;
          continue;
        }
        const auto known =
            std::find_if(of.stays.begin(), of.stays.end(), [&](const Staying& s) { return s.why == why; });
        if (known == of.stays.end()) {
          of.stays.push_back({why, 1});
        } else {
          ++known->passes;
        }
      }
      plan.following.push_back(std::move(of));
    }
  }

  void around(const Version& version, std::uint32_t id, const Instance& pass, Following& of) {
    const auto stands = version.steps.find(pass.step);
    if (stands == version.steps.end()) return;
    // Many stand at one step: it is looked at once.
    auto& known = seen_[{version.number, id, stands->second}];
    if (known.empty()) {
      const Flow before(version.module, version.workflows.at(id));
      const Flow after(next_.module, next_.workflows.at(id));
      for (const StepChange& change : of.changes) known.push_back(seen(before, after, stands->second, change));
    }
    for (std::size_t i = 0; i < of.changes.size(); ++i) {
      Around& around = of.around[i];
      ++(known[i] == Seen::before ? around.before : known[i] == Seen::at ? around.at : around.past);
    }
  }

  static std::vector<std::string> bound_by(const bytecode::Module& module, const std::string& rule) {
    std::vector<std::string> out;
    for (const bytecode::Workflow& workflow : module.workflows) {
      if (std::any_of(workflow.rules.begin(), workflow.rules.end(),
                      [&](Index r) { return module.rules[r].name == rule; }))
        out.push_back(workflow.name);
    }
    return out;
  }

  void rules() {
    static const bytecode::Module nothing;
    const bytecode::Module& was = view_ == nullptr ? nothing : in_force().module;
    const bytecode::Module& is = next_.module;
    out_.rules_now = is.rules.size();
    const auto named = [](const bytecode::Module& module, const std::string& name) {
      return std::find_if(module.rules.begin(), module.rules.end(),
                          [&](const bytecode::Rule& rule) { return rule.name == name; });
    };
    const auto add = [&](RulePlan plan) {
      const std::vector<std::string> before = bound_by(was, plan.name);
      const std::vector<std::string> after = bound_by(is, plan.name);
      const auto without = [](const std::vector<std::string>& a, const std::vector<std::string>& b) {
        std::vector<std::string> out;
        for (const std::string& one : a) {
          if (std::find(b.begin(), b.end(), one) == b.end()) out.push_back(one);
        }
        return out;
      };
      plan.binds = without(after, before);
      plan.frees = without(before, after);
      if (plan.kind != RulePlan::Kind::same || !plan.binds.empty() || !plan.frees.empty())
        out_.rules.push_back(std::move(plan));
    };
    for (const bytecode::Rule& rule : is.rules) {
      const auto old = named(was, rule.name);
      if (old == was.rules.end()) {
        add({RulePlan::Kind::added, rule.name, rule.text, "", {}, {}});
      } else {
        const bool same = old->hash == rule.hash;
        add({same ? RulePlan::Kind::same : RulePlan::Kind::changed,
             rule.name,
             rule.text,
             same ? "" : old->text,
             {},
             {}});
      }
    }
    for (const bytecode::Rule& rule : was.rules) {
      if (named(is, rule.name) == is.rules.end()) add({RulePlan::Kind::removed, rule.name, rule.text, "", {}, {}});
    }
  }

  /// What is proved of the steps of a workflow, of the rules that bind it: by the step's key and the rule's name.
  static std::map<std::pair<std::string, std::string>, bool> proved(const bytecode::Module& module,
                                                                    const std::string& workflow) {
    std::map<std::pair<std::string, std::string>, bool> out;
    const auto declared = std::ranges::find(module.workflows, workflow, &bytecode::Workflow::name);
    if (declared == module.workflows.end()) return out;
    for (const bytecode::Step& step : module.steps) {
      if (step.kind != StepKind::send && step.kind != StepKind::act) continue;
      if (!step.key.starts_with(workflow + "/")) continue;
      for (const Index rule : declared->rules)
        out[{step.key, module.rules[rule].name}] = std::ranges::binary_search(step.proved, rule);
    }
    return out;
  }

  void proofs() {
    if (view_ == nullptr || out_.same) return;
    for (const bytecode::Workflow& workflow : next_.module.workflows) {
      const auto before = proved(in_force().module, workflow.name);
      for (const auto& [at, now] : proved(next_.module, workflow.name)) {
        const auto was = before.find(at);
        if (was != before.end() && was->second != now) out_.proofs.push_back({at.first, at.second, now});
      }
    }
  }

  /// What is signed of the project, and whether the version in force has it too.
  void waivers() {
    const auto has = [&](const bytecode::Module& module, const std::string& workflow, const bytecode::Waiver& waiver,
                         const std::string& rule) {
      return std::any_of(module.workflows.begin(), module.workflows.end(), [&](const bytecode::Workflow& w) {
        return w.name == workflow &&
               std::any_of(w.head.waivers.begin(), w.head.waivers.end(), [&](const bytecode::Waiver& one) {
                 return module.rules[one.rule].name == rule && one.until == waiver.until &&
                        one.because == waiver.because && one.signed_by == waiver.signed_by;
               });
      });
    };
    for (const bytecode::Workflow& workflow : next_.module.workflows) {
      for (const bytecode::Waiver& waiver : workflow.head.waivers) {
        if (waiver.signed_by.empty()) continue;
        const std::string& rule = next_.module.rules[waiver.rule].name;
        const bool known = view_ != nullptr && has(in_force().module, workflow.name, waiver, rule);
        out_.waivers.push_back({workflow.name, rule, waiver.signed_by, waiver.because, waiver.until, !known});
      }
    }
  }

  void weights() {
    std::vector<std::pair<std::string, ChoiceSpec>> fresh;
    for (Index i = 0; i < next_.choice_ids.size(); ++i) {
      const bytecode::Choice& choice = next_.choice(i);
      if (choice.goal == bytecode::none) continue;
      WeightPlan plan;
      plan.choice = choice.key;
      const ChoiceSpec spec = spec_of(choice);
      const LearnedChoice* learned = nullptr;
      if (view_ != nullptr) {
        const auto known = view_->ledger.choices().find(choice.key);
        if (known != view_->ledger.choices().end()) learned = &known->second;
      }
      if (learned == nullptr) {
        plan.kind = WeightPlan::Kind::added;
        fresh.emplace_back(choice.key, spec);
      } else {
        evidence(*learned, plan);
        if (!keeps(learned->spec, spec)) {
          plan.kind = WeightPlan::Kind::reset;
          if (learned->spec.options != spec.options) plan.why.emplace_back("its options are others");
          if (learned->spec.features != spec.features) plan.why.emplace_back("it learns from something else");
          if (learned->spec.learner.start != spec.learner.start) plan.why.emplace_back("it starts with other shares");
          if (plan.why.empty()) plan.why.emplace_back("what it learns from is read otherwise");
        }
      }
      out_.weights.push_back(std::move(plan));
    }
    if (view_ == nullptr) return;
    for (const auto& [key, learned] : view_->ledger.choices()) {
      if (next_.choices.contains(name_id(key)) || !in_force().choices.contains(name_id(key))) continue;
      WeightPlan plan;
      plan.kind = WeightPlan::Kind::removed;
      plan.choice = key;
      evidence(learned, plan);
      for (const auto& [other, spec] : fresh) {
        if (plan.like.empty() && fits(learned.spec, spec)) plan.like = other;
      }
      out_.weights.push_back(std::move(plan));
    }
  }

  static void evidence(const LearnedChoice& learned, WeightPlan& plan) {
    for (const std::uint64_t n : learned.decisions) plan.decisions += n;
    for (const std::uint64_t n : learned.reached) plan.reached += n;
  }

  const View* view_;
  const Passes& passes_;
  const Version& next_;
  std::map<std::tuple<std::uint32_t, std::uint32_t, Index>, std::vector<Seen>> seen_;
  Plan out_;
};

/// How many are in each segment, where that says something new.
Result<std::vector<SegmentPlan>> segments(store::Store& store, const Version& in_force, const Version& next) {
  const Result<std::vector<Members>> counted = count_members(store, {&in_force, &next});
  if (!counted) return tl::unexpected(counted.error());
  std::vector<SegmentPlan> out;
  for (const auto& [name, now] : (*counted)[1]) {
    const auto before = (*counted)[0].find(name);
    if (before != (*counted)[0].end()) {
      if (before->second != now) out.push_back({name, before->second, now});
      continue;
    }
    // One that asked for more than the record until now is not new, and who was in it is not known.
    if (std::ranges::none_of(in_force.module.segments, [&](const auto& s) { return s.name == name; }))
      out.push_back({name, std::nullopt, now});
  }
  return out;
}

}  // namespace

Result<Plan> plan(store::Store* store, const bytecode::Module& module) {
  Result<std::pair<View, Passes>> found = fault(FaultCode::nothing_deployed);
  if (store != nullptr) found = under_way(*store);
  if (!found && found.error().code != FaultCode::nothing_deployed) return tl::unexpected(found.error());
  const View* view = found ? &found->first : nullptr;
  const Passes nobody_yet;
  Result<std::unique_ptr<Version>> next =
      Version::load(view == nullptr ? 1 : view->deployments.newest().number + 1, module);
  if (!next) return tl::unexpected(next.error());
  Plan out = Planning(view, found ? found->second : nobody_yet, **next).all();
  if (view != nullptr && !out.same) {
    Result<std::vector<SegmentPlan>> counted = segments(*store, view->deployments.newest(), **next);
    if (!counted) return tl::unexpected(counted.error());
    out.segments = std::move(*counted);
    const Result<std::optional<Instant>> pruned = store->pruned_before();
    if (!pruned) return tl::unexpected(pruned.error());
    if (*pruned) {
      out.pruned_before = **pruned;
      out.cut_short = cut_short(view->deployments, module, **pruned, view->standing.clock);
    }
  }
  return out;
}

}  // namespace fairlead::engine
