// What is another in a workflow's next version.
#include "runtime/engine/changes.hpp"

#include <algorithm>
#include <set>

#include "runtime/engine/meaning.hpp"

namespace fairlead::engine {

using bytecode::none;

namespace {

/// What differs between two lists of what is said.
std::vector<std::string> differing(const std::vector<Said>& a, const std::vector<Said>& b) {
  std::vector<std::string> out;
  const auto one = [&](const std::vector<Said>& here, const std::vector<Said>& there) {
    for (const Said& said : here) {
      if (std::find(there.begin(), there.end(), said) == there.end() &&
          std::find(out.begin(), out.end(), said.what) == out.end())
        out.push_back(said.what);
    }
  };
  one(a, b);
  one(b, a);
  return out;
}

std::string key_of(const Flow& flow, Index step) {
  return step == none ? std::string() : flow.module().steps[step].key;
}

std::vector<std::string> ways_of(const Flow& flow, Index step) {
  std::vector<std::string> out;
  for (const Index to : flow.ways(step)) out.push_back(key_of(flow, to));
  return out;
}

/// The steps that both versions have from which, or to which, a way leads over steps that only `flow` has.
std::set<std::string> neighbours(const Flow& flow, const Flow& other, Index step) {
  std::set<std::string> out;
  std::set<Index> looked{step};
  std::vector<Index> open{step};
  while (!open.empty()) {
    const Index at = open.back();
    open.pop_back();
    for (const Index from : flow.steps()) {
      const std::vector<Index> ways = flow.ways(from);
      if (std::find(ways.begin(), ways.end(), at) == ways.end() || !looked.insert(from).second) continue;
      if (other.find(key_of(flow, from)) == none) {
        open.push_back(from);
      } else {
        out.insert(key_of(flow, from));
      }
    }
  }
  return out;
}

}  // namespace

Changes compare(const Flow& before, const Flow& after) {
  Changes out;
  const Index old_workflow = static_cast<Index>(&before.workflow() - before.module().workflows.data());
  const Index new_workflow = static_cast<Index>(&after.workflow() - after.module().workflows.data());
  const Meaning was(before.module(), old_workflow);
  const Meaning is(after.module(), new_workflow);
  out.head = differing(was.head(), is.head());
  out.same = out.head.empty() && key_of(before, before.workflow().first) == key_of(after, after.workflow().first);
  std::vector<std::pair<Index, Index>> shared;
  for (const Index s : after.steps()) {
    const bytecode::Step& step = after.module().steps[s];
    const Index old = before.find(step.key);
    if (old == none) {
      out.steps.push_back({StepChange::Kind::added, step.key, step.line, {}});
      continue;
    }
    shared.emplace_back(old, s);
    std::vector<std::string> what = before.module().steps[old].kind == step.kind
                                        ? differing(was.step(old), is.step(s))
                                        : std::vector<std::string>{"what kind of step it is"};
    if (!what.empty()) out.steps.push_back({StepChange::Kind::changed, step.key, step.line, std::move(what)});
    out.same = out.same && ways_of(before, old) == ways_of(after, s);
  }
  // The order of what both have: a step stands elsewhere where it has changed sides with one that comes before it now.
  for (std::size_t i = 0; i < shared.size(); ++i) {
    const auto [old, now] = shared[i];
    const bool moved = std::any_of(shared.begin(), shared.begin() + static_cast<std::ptrdiff_t>(i), [&](const auto& t) {
      return before.leads(old, t.first) != after.leads(now, t.second) ||
             before.leads(t.first, old) != after.leads(t.second, now);
    });
    if (moved) {
      const bytecode::Step& step = after.module().steps[now];
      out.steps.push_back({StepChange::Kind::reordered, step.key, step.line, {}});
    }
  }
  for (const Index s : before.steps()) {
    const bytecode::Step& step = before.module().steps[s];
    if (after.find(step.key) == none) out.steps.push_back({StepChange::Kind::removed, step.key, step.line, {}});
  }
  out.same = out.same && out.steps.empty();
  return out;
}

Seen seen(const Flow& before, const Flow& after, Index stands, const StepChange& change) {
  if (change.kind != StepChange::Kind::added) {
    const Index step = before.find(change.key);
    if (step == stands) return Seen::at;
    return step != none && before.leads(stands, step) ? Seen::before : Seen::past;
  }
  const Index added = after.find(change.key);
  if (added == none) return Seen::past;
  for (const std::string& key : neighbours(after, before, added)) {
    const Index step = before.find(key);
    if (step == stands || before.leads(stands, step)) return Seen::before;
  }
  return Seen::past;
}

}  // namespace fairlead::engine
