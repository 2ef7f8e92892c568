// Names: who declares what, and what a name means.
#include "compiler/checker.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;

std::string_view to_string(NameKind kind) {
  switch (kind) {
    case NameKind::type: return "a type";
    case NameKind::event: return "an event";
    case NameKind::segment: return "a segment";
    case NameKind::goal: return "a goal";
    case NameKind::channel: return "a channel";
    case NameKind::content: return "a content";
    case NameKind::policy: return "a policy";
    case NameKind::workflow: return "a workflow";
  }
  return "";
}

void Checker::collect(const std::vector<Node>& roots) {
  bytecode::Module& module = program_.module;
  const auto declare = [&](NameKind kind, const Node& node, std::size_t index) {
    const Node name = node.child(Kind::name);
    if (!name) return false;
    const auto [at, fresh] = program_.names[kind].emplace(std::string(name.text()), Declared{static_cast<Index>(index), place(name), node});
    if (fresh) return true;
    Diagnostic& d = report(Code::declared_twice, place(name), fmt::format("{} called `{}` is declared twice", to_string(kind), name.text()),
                           "the second one", "Rename or remove one of them.");
    d.secondary.push_back({at->second.place.file, at->second.place.span, "the first one"});
    return false;
  };
  for (const Node& root : roots) {
    for (const Node& node : root.children()) {
      const std::string name(node.child(Kind::name) ? node.child(Kind::name).text() : "");
      switch (node.kind()) {
        case Kind::type_alias: declare(NameKind::type, node, 0); break;
        case Kind::event:
          if (declare(NameKind::event, node, module.events.size())) module.events.push_back({.name = name, .fields = {}});
          break;
        case Kind::segment:
          if (declare(NameKind::segment, node, module.segments.size())) module.segments.push_back({.name = name});
          break;
        case Kind::goal:
          if (declare(NameKind::goal, node, module.goals.size())) module.goals.push_back({.name = name});
          break;
        case Kind::channel:
          if (declare(NameKind::channel, node, module.channels.size())) module.channels.push_back({.name = name});
          break;
        case Kind::content:
          if (declare(NameKind::content, node, module.contents.size())) module.contents.push_back({.name = name});
          break;
        case Kind::policy:
          if (declare(NameKind::policy, node, program_.policies.size())) program_.policies.push_back({.name = name, .rules = {}, .applies_to = {}});
          break;
        case Kind::workflow:
          if (declare(NameKind::workflow, node, module.workflows.size())) module.workflows.push_back({.name = name});
          break;
        default: break;
      }
    }
  }
}

std::string Checker::suggestion(NameKind kind, std::string_view word) const {
  const auto table = program_.names.find(kind);
  if (table == program_.names.end() || table->second.empty()) return fmt::format("Nothing of this kind is declared; {} is wanted here.", to_string(kind));
  std::vector<std::string_view> candidates;
  for (const auto& [name, declared] : table->second) candidates.push_back(name);
  const std::string_view near = grammar::closest(word, candidates);
  if (!near.empty()) return fmt::format("Did you mean `{}`?", near);
  std::string all;
  for (const std::string_view name : candidates) {
    if (all.size() > 80) {
      all += ", …";
      break;
    }
    all += fmt::format("{}`{}`", all.empty() ? "" : ", ", name);
  }
  return fmt::format("Declared are: {}.", all);
}

Index Checker::find(NameKind kind, Node name) {
  const std::string_view word = name.text();
  const auto& table = program_.names[kind];
  if (const auto at = table.find(word); at != table.end()) return at->second.index;
  for (const auto& [other, names] : program_.names) {
    if (const auto at = names.find(word); other != kind && at != names.end()) {
      Diagnostic& d = report(Code::wrong_kind_of_name, place(name), fmt::format("`{}` is {}, but {} is wanted here", word, to_string(other), to_string(kind)),
                             fmt::format("not {}", to_string(kind)), suggestion(kind, word));
      d.secondary.push_back({at->second.place.file, at->second.place.span, "declared here"});
      return none;
    }
  }
  report(Code::unknown_name, place(name), fmt::format("there is no {} called `{}`", to_string(kind).substr(to_string(kind).find(' ') + 1), word), "not declared",
         suggestion(kind, word));
  return none;
}

}  // namespace fairlead::compiler
