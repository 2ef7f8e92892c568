// Names: who declares what, and what a name means.
#include "compiler/checker.hpp"
#include "compiler/stdlib.hpp"

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
    case NameKind::score: return "a score";
    case NameKind::points: return "a sum of points";
    case NameKind::goal: return "a goal";
    case NameKind::channel: return "a channel";
    case NameKind::content: return "a content";
    case NameKind::model: return "a model";
    case NameKind::policy: return "a policy";
    case NameKind::workflow: return "a workflow";
    case NameKind::role: return "a role";
    case NameKind::team: return "a team";
    case NameKind::action: return "an action";
    case NameKind::connector: return "a connector";
    case NameKind::record: return "a record";
  }
  return "";
}

void Checker::collect(const std::vector<Node>& roots) {
  bytecode::Module& module = program_.module;
  const auto declare = [&](NameKind kind, const Node& node, std::size_t index) {
    const Node name = node.child(Kind::name);
    if (!name) return false;
    auto [at, fresh] =
        program_.names[kind].emplace(std::string(name.text()), Declared{static_cast<Index>(index), place(name), node});
    if (fresh) return true;
    // What the author wrote is where it can be mended.
    Place second = place(name);
    Place first = at->second.place;
    // A project's own channel stands in for the library's of that name. (The library is read last.)
    if (kind == NameKind::channel && in_library(second) && !in_library(first)) return false;
    if (in_library(second)) std::swap(first, second);
    Diagnostic& d =
        report(Code::declared_twice, second,
               fmt::format("{} called `{}` is declared twice", to_string(kind), name.text()), "the second one",
               in_library(first) ? "One of them comes with the standard library. Give yours another name."
                                 : "Rename or remove one of them.");
    d.secondary.push_back({first.file, first.span, "the first one"});
    return false;
  };
  for (const Node& root : roots) {
    for (const Node& node : root.children()) {
      const std::string name(node.child(Kind::name) ? node.child(Kind::name).text() : "");
      switch (node.kind()) {
        case Kind::type_alias: declare(NameKind::type, node, 0); break;
        case Kind::event:
          if (declare(NameKind::event, node, module.events.size()))
            module.events.push_back({.name = name, .fields = {}});
          break;
        case Kind::segment:
          if (declare(NameKind::segment, node, module.segments.size())) module.segments.push_back({.name = name});
          break;
        case Kind::score:
          if (declare(NameKind::score, node, module.scores.size()))
            module.scores.push_back({.name = name, .features = {}, .bands = {}, .file = {}});
          break;
        case Kind::points:
          if (declare(NameKind::points, node, module.points.size())) module.points.push_back({.name = name});
          break;
        case Kind::goal:
          if (declare(NameKind::goal, node, module.goals.size()))
            module.goals.push_back({.name = name, .without = {}, .file = {}});
          break;
        case Kind::channel:
          if (declare(NameKind::channel, node, module.channels.size())) module.channels.push_back({.name = name});
          break;
        case Kind::content:
          if (declare(NameKind::content, node, module.contents.size())) module.contents.push_back({.name = name});
          break;
        case Kind::model:
          if (declare(NameKind::model, node, module.models.size()))
            module.models.push_back({.name = name, .connector = {}, .provider_name = {}, .version = {}});
          break;
        case Kind::policy:
          if (declare(NameKind::policy, node, program_.policies.size()))
            program_.policies.push_back({.name = name, .rules = {}, .applies_to = {}});
          break;
        case Kind::workflow:
          if (declare(NameKind::workflow, node, module.workflows.size())) module.workflows.push_back({.name = name});
          break;
        case Kind::role:
          if (declare(NameKind::role, node, module.roles.size())) module.roles.push_back({.name = name});
          break;
        case Kind::team:
          if (declare(NameKind::team, node, module.teams.size())) module.teams.push_back({.name = name});
          break;
        case Kind::action:
          if (declare(NameKind::action, node, module.actions.size())) module.actions.push_back({.name = name});
          break;
        case Kind::connector:
          if (declare(NameKind::connector, node, module.connectors.size())) module.connectors.push_back({.name = name});
          break;
        case Kind::record:
          if (name != "contact" && declare(NameKind::record, node, module.records.size()))
            module.records.push_back({.name = name, .fields = {}});
          break;
        default: break;
      }
    }
    for (std::uint32_t i = 0; i < root.tree().nodes().size(); ++i) {
      if (root.tree().nodes()[i].kind != Kind::follow) continue;
      if (const Node followed = Node(root.tree(), i).child(Kind::name)) followed_.emplace(followed.text());
    }
  }
  for (const auto& [kind, names] : program_.names) {
    for (const auto& [name, declared] : names) declared_.emplace(std::pair(kind, std::string_view(name)), &declared);
  }
}

std::string Checker::suggestion(NameKind kind, std::string_view word) const {
  const auto table = program_.names.find(kind);
  // What the standard library brings along is not there until it is used.
  const std::string_view head = to_string(kind).substr(to_string(kind).find(' ') + 1);
  for (const StandardModule& module : standard_modules()) {
    const std::string line = fmt::format("\n{} {}", head, word);
    const std::size_t at = module.text.find(line);
    const char after =
        at == std::string_view::npos || at + line.size() >= module.text.size() ? ' ' : module.text[at + line.size()];
    if (at != std::string_view::npos && (after == ' ' || after == '\n'))
      return fmt::format("It comes with `use {}`.", module.name);
  }
  if (table == program_.names.end() || table->second.empty()) {
    const bool block = kind != NameKind::event && kind != NameKind::segment && kind != NameKind::type;
    return fmt::format("None is declared yet. Declare it: `{} {}{}`.", head, word,
                       kind == NameKind::action                              ? "(…) effect write"
                       : kind == NameKind::role                              ? " { \"ana@acme.example\" }"
                       : block                                               ? " { … }"
                       : kind == NameKind::segment || kind == NameKind::type ? " = …"
                                                                             : "");
  }
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
  return fmt::format("There is {}.", all);
}

void Checker::mend_name(Diagnostic& said, NameKind kind, Node name) const {
  const std::string_view word = name.text();
  const std::string help = suggestion(kind, word);
  constexpr std::string_view comes = "It comes with `";
  if (help.starts_with(comes)) {
    const std::string use = help.substr(comes.size(), help.rfind('`') - comes.size());
    const auto declarations = name.tree().root().children();
    const std::uint32_t top = declarations.empty() ? 0 : declarations.front().span().begin;
    said.mend({top, top}, fmt::format("{}\n{}", use, declarations.front().kind() == Kind::use ? "" : "\n"),
              grammar::Sure::yes, fmt::format("put in `{}`", use));
    return;
  }
  std::vector<std::string_view> candidates;
  if (const auto table = program_.names.find(kind); table != program_.names.end()) {
    for (const auto& [candidate, declared] : table->second) candidates.push_back(candidate);
  }
  mend_near(said, name.span(), word, grammar::closest(word, candidates));
}

Index Checker::find(NameKind kind, Node name) {
  const std::string_view word = name.text();
  if (const auto at = declared_.find({kind, word}); at != declared_.end()) {
    program_.mentions.push_back({kind, word, place(name)});
    return kind == NameKind::channel ? wake_channel(at->second->index, name) : at->second->index;
  }
  for (const auto& [other, names] : program_.names) {
    if (const auto at = names.find(word); other != kind && at != names.end()) {
      Diagnostic& d = report(Code::wrong_kind_of_name, place(name),
                             fmt::format("`{}` is {}, but {} is wanted here", word, to_string(other), to_string(kind)),
                             fmt::format("not {}", to_string(kind)), suggestion(kind, word));
      d.secondary.push_back({at->second.place.file, at->second.place.span, "declared here"});
      mend_name(d, kind, name);
      return none;
    }
  }
  mend_name(
      report(Code::unknown_name, place(name),
             fmt::format("there is no {} called `{}`", to_string(kind).substr(to_string(kind).find(' ') + 1), word),
             "not declared", suggestion(kind, word)),
      kind, name);
  return none;
}

void Checker::no_field(Place at, const std::string& name) {
  if (no_contact_) return;
  // `contact.first-name` is read as a subtraction.
  const std::string_view text = files_[at.file].text();
  if (at.span.end < text.size() && text[at.span.end] == '-') {
    std::size_t end = at.span.end + 1;
    while (end < text.size() && ((text[end] >= 'a' && text[end] <= 'z') || text[end] == '-' || text[end] == '_')) ++end;
    std::string joined(name);
    joined += text.substr(at.span.end, end - at.span.end);
    std::replace(joined.begin(), joined.end(), '-', '_');
    if (program_.field_index.contains(joined)) {
      report(Code::other_notation, {at.file, {at.span.begin, static_cast<std::uint32_t>(end)}}, "a name has no hyphens",
             fmt::format("write `contact.{}`", joined))
          .mend({at.span.begin, static_cast<std::uint32_t>(end)}, fmt::format("contact.{}", joined),
                grammar::Sure::yes);
      return;
    }
  }
  std::vector<std::string_view> candidates;
  for (const auto& [field, index] : program_.field_index) candidates.push_back(field);
  std::sort(candidates.begin(), candidates.end());
  std::string_view near = grammar::closest(name, candidates);
  // `first` for `first_name`.
  for (const std::string_view candidate : candidates) {
    if (near.empty() && (candidate.starts_with(name + "_") || candidate.starts_with(name + "."))) near = candidate;
  }
  std::string all;
  for (const bytecode::Field& field : program_.module.fields) {
    if (all.size() > 100) {
      all += ", …";
      break;
    }
    all += fmt::format("{}`{}`", all.empty() ? "" : ", ", field.name);
  }
  Diagnostic& said = report(Code::unknown_field, at, fmt::format("the contact has no field `{}`", name),
                            "not declared in `record contact`",
                            !near.empty() ? fmt::format("Did you mean `contact.{}`?", near)
                                          : fmt::format("It has {}. Or declare it there: `{}: Text?`.", all, name));
  // In `given contact { … }` a field goes by its bare name.
  const std::string_view written = text.substr(at.span.begin, at.span.end - at.span.begin);
  if (written == name) mend_near(said, at.span, name, near);
  if (written == fmt::format("contact.{}", name) && !near.empty())
    mend_near(said, at.span, written, fmt::format("contact.{}", near));
}

}  // namespace fairlead::compiler
