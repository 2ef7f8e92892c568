// From files to a program whose names and types are known.
#include "compiler/checked.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/checker.hpp"
#include "compiler/encoding.hpp"
#include "compiler/stdlib.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;
using grammar::Severity;
using grammar::Source;

Diagnostic too_long(const std::string& path) {
  return {Code::unreadable_file,
          Severity::error,
          fmt::format("{} is longer than 16 MiB, which is more than Fairlead reads", path),
          {0xffff'ffff, {}, ""},
          {},
          "A project may have any number of files: split it."};
}

namespace {

std::size_t errors(const std::vector<Diagnostic>& diagnostics) {
  return static_cast<std::size_t>(std::count_if(diagnostics.begin(), diagnostics.end(),
                                                [](const Diagnostic& d) { return d.severity == Severity::error; }));
}

/// Parses each file, then the modules of the standard library that any of them uses.
std::vector<std::unique_ptr<grammar::Parsed>> parse_all(Checked& out, std::size_t own) {
  std::vector<std::unique_ptr<grammar::Parsed>> parsed;
  const std::vector<Source>& files = out.files;
  for (std::size_t i = 0; i < own; ++i) {
    const auto file = static_cast<std::uint32_t>(i);
    if (files[i].text().size() > longest_file) {
      out.diagnostics.push_back(too_long(files[i].path()));
      continue;
    }
    if (const auto bad = invalid_utf8(files[i].text())) {
      out.diagnostics.push_back(not_utf8(file, *bad));
      continue;
    }
    parsed.push_back(std::make_unique<grammar::Parsed>(grammar::parse(files[i], file)));
    out.diagnostics.insert(out.diagnostics.end(), parsed.back()->diagnostics.begin(), parsed.back()->diagnostics.end());
  }
  return parsed;
}

struct Use {
  std::string module;
  std::uint32_t file;
  grammar::Span span;
};

std::vector<Use> uses_of(const std::vector<std::unique_ptr<grammar::Parsed>>& parsed, std::size_t first,
                         std::size_t base) {
  std::vector<Use> out;
  for (std::size_t i = first; i < parsed.size(); ++i) {
    for (const Node& use : parsed[i]->tree.root().children(Kind::use)) {
      const Node path = use.child(Kind::path);
      out.push_back({std::string(path.text()), static_cast<std::uint32_t>(base + i), path.span()});
    }
  }
  return out;
}

}  // namespace

std::vector<Node> Checked::roots() const {
  std::vector<Node> out;
  for (const auto& p : parsed) out.push_back(p->tree.root());
  return out;
}

std::unique_ptr<Checked> check(std::vector<Source> files, ProjectFiles project) {
  auto checked = std::make_unique<Checked>();
  Checked& out = *checked;
  const std::size_t own = files.size();
  // Trees and places point into the sources, which must not move once the first is parsed: so what of the standard
  // library may be used is put behind the project's own files beforehand, and room is kept for templates.
  const auto modules = standard_modules();
  for (const StandardModule& module : modules) files.emplace_back(std::string(module.path), std::string(module.text));
  files.reserve(files.size() + Templates::most_in(files));
  out.files = std::move(files);
  out.own = own;
  out.templates = std::make_unique<Templates>(out.files, std::move(project));

  std::vector<std::unique_ptr<grammar::Parsed>>& parsed = out.parsed;
  parsed = parse_all(out, own);
  // What could not be read cannot be judged: a name that is missing may stand in the part that was skipped.
  const bool readable = errors(out.diagnostics) == 0;
  std::set<std::string> loaded;
  std::vector<Use> wanted;
  for (const auto& p : parsed) {
    for (const Node& use : p->tree.root().children(Kind::use)) {
      const auto file = static_cast<std::uint32_t>(&p->tree.source() - out.files.data());
      wanted.push_back({std::string(use.child(Kind::path).text()), file, use.child(Kind::path).span()});
    }
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Use use = wanted[i];
    if (!loaded.insert(use.module).second) continue;
    const auto at =
        std::find_if(modules.begin(), modules.end(), [&](const StandardModule& m) { return m.name == use.module; });
    if (at == modules.end()) {
      if (!readable) continue;
      std::vector<std::string_view> names;
      for (const StandardModule& m : modules) names.push_back(m.name);
      const std::string_view near = grammar::closest(use.module, names);
      std::string all;
      for (const std::string_view name : names) all += fmt::format("{}`{}`", all.empty() ? "" : ", ", name);
      out.diagnostics.push_back(
          {Code::unknown_module,
           Severity::error,
           fmt::format("the standard library has no `{}`", use.module),
           {use.file, use.span, "unknown"},
           {},
           near.empty() ? fmt::format("It has {}.", all) : fmt::format("Did you mean `{}`?", near)});
      if (!near.empty()) {
        out.diagnostics.back().mend(use.span, std::string(near),
                                    grammar::same_word(use.module, near) ? grammar::Sure::yes : grammar::Sure::no);
      }
      continue;
    }
    const std::size_t file = own + static_cast<std::size_t>(at - modules.begin());
    parsed.push_back(
        std::make_unique<grammar::Parsed>(grammar::parse(out.files[file], static_cast<std::uint32_t>(file))));
    for (const Use& further : uses_of(parsed, parsed.size() - 1, 0))
      wanted.push_back({further.module, static_cast<std::uint32_t>(file), further.span});
  }

  if (errors(out.diagnostics) == 0)
    Checker(out.files, own, out.program, out.diagnostics, *out.templates).check(out.roots());
  // A project that breaks a rule by what it says is sound otherwise, and the other rules can be looked at too.
  out.sound = std::all_of(out.diagnostics.begin(), out.diagnostics.end(), [](const Diagnostic& d) {
    return d.severity != Severity::error || d.code == Code::rule_broken || d.code == Code::not_allowed ||
           d.code == Code::not_proved || d.code == Code::not_waivable;
  });
  return checked;
}

}  // namespace fairlead::compiler
