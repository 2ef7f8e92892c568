// The order of the checks, and how they say what they found.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;
using grammar::Severity;

void Checker::check(const std::vector<Node>& roots) {
  collect(roots);
  std::vector<Node> all_declared;
  for (const Node& root : roots) {
    for (const Node& node : root.children()) all_declared.push_back(node);
  }
  const auto each = [&](Kind kind, const auto& act) {
    for (const Node& node : all_declared) {
      if (node.is(kind)) act(node);
    }
  };
  const auto each_named = [&](NameKind kind, const auto& act) {
    // In the order of the source: declared names are sorted, so go by index.
    std::vector<const Declared*> all;
    for (const auto& [name, declared] : program_.names[kind]) all.push_back(&declared);
    std::sort(all.begin(), all.end(), [](const Declared* a, const Declared* b) { return a->index < b->index; });
    for (const Declared* declared : all) act(declared->node, declared->index);
  };

  bool has_project = false;
  program_.module.zone = "UTC";
  program_.module.currency = "USD";
  each(Kind::project, [&](const Node& node) {
    if (has_project) {
      report(Code::declared_twice, place(node.child(Kind::name)), "there can be only one `project`", "the second one",
             "Put its settings into the first, or make it a folder of its own.");
      return;
    }
    has_project = true;
    project(node);
  });
  if (!has_project && !roots.empty()) {
    report(Code::missing_declaration, {0, {0, 0}}, "these files have no `project`", "it may stand here",
           "Add one, with a setting a line: `project my_project { time zone \"Europe/Oslo\", currency EUR }`.");
  }
  each(Kind::type_alias, [&](const Node& node) { type_alias(node); });
  each_named(NameKind::event, [&](const Node& node, Index index) { event(node, index); });
  bool has_record = false;
  each(Kind::record, [&](const Node& node) {
    if (node.child(Kind::name).text() != "contact") return;
    if (has_record) {
      report(Code::declared_twice, place(node.child(Kind::name)), "`record contact` is declared twice",
             "the second one", "Put all fields into one of them.");
      return;
    }
    has_record = true;
    contact_ = place(node.child(Kind::name));
    record(node);
  });
  each_named(NameKind::record, [&](const Node& node, Index index) { other_record(node, index); });
  if (!has_record && (!program_.module.channels.empty() || !program_.module.workflows.empty())) {
    no_contact_ = true;
    Place at{0, {0, 0}};
    each(Kind::project, [&](const Node& node) { at = place(node.child(Kind::name)); });
    report(Code::missing_declaration, at, "this project has no `record contact`", "what is known of a person?",
           "Add one, with a field a line: `record contact { key email: Email, consent: { email: Consent } }`.");
  }
  each_named(NameKind::channel, [&](const Node& node, Index index) { channel(node, index); });
  library_channels_sleep();
  each_named(NameKind::model, [&](const Node& node, Index index) { model(node, index); });
  each_named(NameKind::content, [&](const Node& node, Index index) { content_head(node, index); });
  events_of_contact();
  const auto by_index = [&](NameKind kind, std::vector<Declared>& all, std::vector<Stage>& stages) {
    all.resize(program_.names[kind].size());
    for (const auto& [name, declared] : program_.names[kind]) all[declared.index] = declared;
    stages.assign(all.size(), Stage::untouched);
  };
  by_index(NameKind::segment, segments_, segment_stages_);
  by_index(NameKind::score, scores_, score_stages_);
  by_index(NameKind::points, points_, point_stages_);
  program_.segment_roots.resize(segments_.size());
  program_.point_roots.resize(points_.size());
  program_.score_labels.resize(scores_.size());
  for (Index i = 0; i < segments_.size(); ++i) segment(i);
  for (Index i = 0; i < scores_.size(); ++i) score(i);
  for (Index i = 0; i < points_.size(); ++i) points(i);
  each_named(NameKind::role, [&](const Node& node, Index index) { role(node, index); });
  each_named(NameKind::team, [&](const Node& node, Index index) { team(node, index); });
  each_named(NameKind::action, [&](const Node& node, Index index) { action(node, index); });
  each_named(NameKind::connector, [&](const Node& node, Index index) { connector(node, index); });
  each_named(NameKind::goal, [&](const Node& node, Index index) { goal(node, index); });
  each_named(NameKind::content, [&](const Node& node, Index index) { content_texts(node, index); });
  each_named(NameKind::policy, [&](const Node& node, Index index) { policy(node, index); });
  each_named(NameKind::workflow, [&](const Node& node, Index index) { workflow(node, index); });
  follow_circles();
  unbound_policies();
  settle_rules();
  each(Kind::test, [&](const Node& node) { test(node); });
  each(Kind::simulate, [&](const Node& node) { simulate(node); });
  program_.module.channels.resize(program_.module.channels.size() - dormant_.size());
}

}  // namespace fairlead::compiler
