// Plans: stages, plays and limits. No stage may be a dead end, and everybody is in one.
#include "compiler/flow.hpp"
#include "runtime/bytecode/findings.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;

FlowReader::Exits FlowReader::plan(Node node, Scope& scope, const std::string& prefix, const Exits& exits) {
  const Node name_node = node.child(Kind::name);
  const std::string name = named_key(name_node, prefix, "steps", "what they learn could not be told apart");
  const Index index = add(bytecode::StepKind::plan, node, name);
  patch(exits, index);
  has_contact(node, scope, "a plan needs somebody whom it leads");
  bytecode::Plan plan{.key = name, .stages = {}, .plays = {}};
  plan.goal = goal_of(node, name_node, "a plan leads toward a goal, and this one has none",
                      fmt::format("Say it here, with `plan {} toward GOAL {{ … }}`, or in the workflow, with `toward "
                                  "GOAL`.",
                                  name_node.text()));
  // Time passes between plays, so that each begins with little known, and so does what comes after.
  go_stale(scope, node.children().front());
  const Node block = node.child(Kind::block);
  std::map<std::string, Place> seen;
  for (const Node& clause : block.children(Kind::clause)) {
    if (clause.has("most")) {
      if (once(seen, "at most", clause))
        plan.most = c_.whole(clause.child(Kind::number), bytecode::most_plays, "plays").value_or(1);
      continue;
    }
    const bool apart = clause.has("apart");
    if (!once(seen, apart ? "at least" : "within", clause)) continue;
    const auto length = c_.duration(clause.child(Kind::duration));
    if (length && *length <= Duration{}) {
      c_.report(Code::number_range, c_.place(clause.child(Kind::duration)),
                apart ? "plays that are no time apart would all come at once" : "nothing can be played within no time",
                "no time", apart ? "Write it like `at least 2 days apart`." : "Write it like `within 45 days`.");
    }
    (apart ? plan.apart : plan.within) = length.value_or(Duration{});
  }
  for (const auto& [clause, example] :
       {std::pair{"at most", "at most 6 plays"}, {"at least", "at least 2 days apart"}, {"within", "within 45 days"}}) {
    if (seen.contains(clause)) continue;
    c_.report(Code::missing_clause, c_.place(name_node),
              fmt::format("the plan `{}` does not say `{}`, so it has no such limit", name_node.text(), clause),
              fmt::format("no `{}`", clause), fmt::format("Add it: `{}`.", example));
    break;
  }
  std::map<std::string, Place> names;
  const auto fresh = [&](Node named, std::string_view what) {
    const Node label = named.child(Kind::name);
    const auto [at, is_new] = names.emplace(fmt::format("{} {}", what, label.text()), c_.place(label));
    if (!is_new) {
      Diagnostic& d =
          c_.report(Code::duplicate_option, c_.place(label), fmt::format("two {}s are called `{}`", what, label.text()),
                    "the second one", "Rename one of them.");
      d.secondary.push_back({at->second.file, at->second.span, "the first one"});
    }
    return is_new;
  };
  const Type boolean = Type::of(TypeKind::boolean);
  for (const Node& stage_node : block.children(Kind::stage)) {
    if (!fresh(stage_node, "stage")) continue;
    bytecode::Stage stage{.name = std::string(stage_node.child(Kind::name).text())};
    if (const Node when = stage_node.child(Kind::clause))
      stage.when =
          c_.function(when.child(Kind::expression), scope, &boolean, fmt::format("{} stage {}", name, stage.name));
    plan.stages.push_back(std::move(stage));
  }
  const auto module_plan = static_cast<Index>(module().plans.size());
  module().plans.push_back(plan);
  module().steps[index].plan = module_plan;
  for (const Node& play_node : block.children(Kind::play)) {
    if (!fresh(play_node, "play")) continue;
    const bytecode::Play made = play(play_node, scope, name, plan);
    const std::size_t number = module().plans[module_plan].plays.size();
    module().plans[module_plan].plays.push_back(made);
    Scope inner = scope;
    if (made.when != none) c_.facts(c_.program_.roots[made.when], true, inner.present);
    // After a play the plan picks the next one.
    patch(sequence(play_node.child(Kind::block), inner, fmt::format("{}/{}", name, made.name),
                   {{index, Exit::play, number}}),
          index);
    scope.stale.merge(inner.stale);
  }
  check_stages(node, module().plans[module_plan]);
  return {{index, Exit::next, 0}};
}

bytecode::Play FlowReader::play(Node node, const Scope& scope, const std::string& plan_key,
                                const bytecode::Plan& plan) {
  bytecode::Play out{.name = std::string(node.child(Kind::name).text()), .stages = {}, .approval = c_.approver(node)};
  const Type boolean = Type::of(TypeKind::boolean);
  for (const Node& clause : node.children(Kind::clause)) {
    if (clause.has("when")) {
      out.when =
          c_.function(clause.child(Kind::expression), scope, &boolean, fmt::format("{}/{} when", plan_key, out.name));
      continue;
    }
    std::map<std::string, Place> seen;
    for (const Node& name : clause.children(Kind::name)) {
      if (!once(seen, std::string(name.text()), name)) continue;
      const auto stage = std::find_if(plan.stages.begin(), plan.stages.end(),
                                      [&](const bytecode::Stage& s) { return s.name == name.text(); });
      if (stage != plan.stages.end()) {
        out.stages.push_back(static_cast<Index>(stage - plan.stages.begin()));
        continue;
      }
      std::vector<std::string_view> all;
      std::vector<std::string> known;
      for (const bytecode::Stage& s : plan.stages) {
        all.push_back(s.name);
        known.push_back(s.name);
      }
      const std::string_view near = grammar::closest(name.text(), all);
      c_.report(Code::unknown_name, c_.place(name), fmt::format("this plan has no stage called `{}`", name.text()),
                "not a stage of it",
                !near.empty()   ? fmt::format("Did you mean `{}`?", near)
                : known.empty() ? fmt::format("Declare it: `stage {} when …`.", name.text())
                                : fmt::format("There is {}.", listed(known)));
      // It says less than was meant, so that nothing else is said of it.
      out.stages.clear();
      return out;
    }
  }
  return out;
}

void FlowReader::check_stages(Node node, const bytecode::Plan& plan) {
  const Node name = node.child(Kind::name);
  const grammar::Nodes nodes = node.child(Kind::block).children(Kind::stage);
  if (plan.stages.empty() || plan.plays.empty()) {
    const bool stages = plan.stages.empty();
    c_.report(Code::missing_clause, c_.place(name),
              fmt::format("the plan `{}` has no {}", name.text(), stages ? "stages" : "plays"),
              stages ? "no `stage`" : "no `play`",
              stages ? "Say what a contact may be: `stage aware`, and `stage engaged when seen(clicked, last 14 days)`."
                     : "Say what may be done: `play educate { send case_story }`.");
    return;
  }
  for (std::size_t i = 0; i < plan.stages.size(); ++i) {
    const bytecode::Stage& stage = plan.stages[i];
    const Place at = c_.place(nodes[std::min(i, nodes.size() - 1)].child(Kind::name));
    if (i == 0 && stage.when != none) {
      c_.report(Code::stage_order, at, "a contact may be in no stage at all, because the first one has a `when`",
                "not for everybody", "Begin with a stage without `when`: it is for those who are in no later one.");
      return;
    }
    if (i > 0 && stage.when == none) {
      Diagnostic& d = c_.report(
          Code::stage_order, at,
          fmt::format("everybody is in `{}`, because it has no `when`, so that nobody is ever in a stage before it",
                      stage.name),
          "for everybody", "Of the stages that fit the last one counts. Put this first, or give it a `when`.");
      const Place before = c_.place(nodes.front().child(Kind::name));
      d.secondary.push_back({before.file, before.span, "never reached"});
      return;
    }
    bool any = false, always = false;
    for (const bytecode::Play& play : plan.plays) {
      const auto index = static_cast<Index>(i);
      if (!play.stages.empty() && std::find(play.stages.begin(), play.stages.end(), index) == play.stages.end())
        continue;
      any = true;
      always = always || (play.when == none && play.approval.empty());
    }
    if (always) continue;
    c_.report(
        Code::dead_stage, at,
        any ? fmt::format("whoever is in the stage `{}` may be stuck: each of its plays has a condition", stage.name)
            : fmt::format("whoever is in the stage `{}` is stuck: no play is for it", stage.name),
        any ? "none is always allowed" : "no play",
        "Add a play that is always allowed; one that does nothing will do: `play rest { }`.");
    return;
  }
}

}  // namespace fairlead::compiler
