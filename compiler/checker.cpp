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
  const auto each = [&](Kind kind, const auto& act) {
    for (const Node& root : roots) {
      for (const Node& node : root.children(kind)) act(node);
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
      report(Code::declared_twice, place(node.child(Kind::name)), "there can be only one project", "a second project");
      return;
    }
    has_project = true;
    project(node);
  });
  if (!has_project && !roots.empty()) {
    report(Code::missing_declaration, {0, {0, 0}}, "there is no `project` in these files", "",
           "Add one: project my_project { time zone \"Europe/Berlin\" currency EUR }, a setting a line.");
  }
  each(Kind::type_alias, [&](const Node& node) { type_alias(node); });
  each_named(NameKind::event, [&](const Node& node, Index index) { event(node, index); });
  bool has_record = false;
  each(Kind::record, [&](const Node& node) {
    if (node.child(Kind::name).text() != "contact") {
      report(Code::not_supported, place(node.child(Kind::name)), "records other than `contact` are part of the Fairlead language, but this version does not support them yet",
             "not supported yet");
      return;
    }
    if (has_record) {
      report(Code::declared_twice, place(node.child(Kind::name)), "`record contact` is declared twice", "the second one");
      return;
    }
    has_record = true;
    record(node);
  });
  each_named(NameKind::channel, [&](const Node& node, Index index) { channel(node, index); });
  each_named(NameKind::content, [&](const Node& node, Index index) { content_head(node, index); });
  segment_state_.assign(program_.module.segments.size(), 0);
  for (Index i = 0; i < program_.module.segments.size(); ++i) segment(i);
  each_named(NameKind::goal, [&](const Node& node, Index index) { goal(node, index); });
  each_named(NameKind::content, [&](const Node& node, Index index) { content_texts(node, index); });
  each_named(NameKind::policy, [&](const Node& node, Index index) { policy(node, index); });
  each_named(NameKind::workflow, [&](const Node& node, Index index) { workflow(node, index); });
  bind_rules();
  each(Kind::test, [&](const Node& node) { test(node); });
  each(Kind::simulate, [&](const Node& node) { simulate(node); });
}

Place Checker::place(Node node) const {
  for (std::uint32_t i = 0; i < files_.size(); ++i) {
    if (&node.tree().source() == &files_[i]) return {i, node.span()};
  }
  return {0, node.span()};
}

Diagnostic& Checker::report(Code code, Place at, std::string message, std::string label, std::string help) {
  diagnostics_.push_back({code, Severity::error, std::move(message), {at.file, at.span, std::move(label)}, {}, std::move(help)});
  return diagnostics_.back();
}

Diagnostic& Checker::warn(Code code, Place at, std::string message, std::string label, std::string help) {
  Diagnostic& d = report(code, at, std::move(message), std::move(label), std::move(help));
  d.severity = Severity::warning;
  return d;
}

bool Checker::once(std::map<std::string, Place>& seen, const std::string& what, Node node) {
  const auto [at, fresh] = seen.emplace(what, place(node));
  if (fresh) return true;
  Diagnostic& d = report(Code::repeated_clause, place(node), fmt::format("`{}` stands here twice", what), "the second one", "Keep one of them.");
  d.secondary.push_back({at->second.file, at->second.span, "the first one"});
  return false;
}

std::string Checker::source_text(Node node) const {
  // Leaves joined by one blank where the source has any gap between them.
  std::string out;
  std::uint32_t last = node.span().begin;
  const auto& nodes = node.tree().nodes();
  const std::string_view text = node.tree().source().text();
  for (std::uint32_t i = node.index() + 1 - nodes[node.index()].subtree; i <= node.index(); ++i) {
    if (nodes[i].subtree != 1) continue;
    if (nodes[i].begin > last) out += ' ';
    out += text.substr(nodes[i].begin, nodes[i].end - nodes[i].begin);
    last = nodes[i].end;
  }
  return out;
}

}  // namespace fairlead::compiler
