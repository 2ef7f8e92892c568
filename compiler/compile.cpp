// The whole way from files to a verified module.
#include "compiler/compile.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/checker.hpp"
#include "compiler/emit.hpp"
#include "compiler/encoding.hpp"
#include "compiler/lint/lints.hpp"
#include "compiler/stdlib.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Kind;
using grammar::Node;
using grammar::Severity;
using grammar::Source;

namespace {

namespace fs = std::filesystem;

/// Nobody writes more into one file by hand; a tree takes several times as much memory as its text.
constexpr std::size_t longest_file = std::size_t{16} << 20U;

Diagnostic too_long(const std::string& path) {
  return {Code::unreadable_file,
          Severity::error,
          fmt::format("{} is longer than 16 MiB, which is more than Fairlead reads", path),
          {0xffff'ffff, {}, ""},
          {},
          "A project may have any number of files: split it."};
}

/// Parses each file, then the modules of the standard library that any of them uses.
std::vector<std::unique_ptr<grammar::Parsed>> parse_all(Compiled& out, std::size_t own) {
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

std::size_t Compiled::count(Severity severity) const {
  return static_cast<std::size_t>(std::count_if(diagnostics.begin(), diagnostics.end(),
                                                [severity](const Diagnostic& d) { return d.severity == severity; }));
}

std::vector<std::string> lead_files(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return {path};
  std::vector<std::string> out;
  for (auto it = fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    // A link that leads nowhere is a file that cannot be read, and has to be said; it is not passed over.
    std::error_code unseen;
    if (it->path().extension() == ".lead" && !it->is_directory(unseen))
      out.push_back(it->path().lexically_normal().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

Compiled compile_path(const std::string& path, Options options) {
  ProjectFiles project = project_files(path);
  options.folder = project.root.empty() ? "." : project.root;
  Compiled failed;
  failed.folder = options.folder;
  const std::vector<std::string> paths = lead_files(path);
  std::vector<Source> files;
  for (const std::string& name : paths) {
    std::error_code unknown;
    if (const auto size = fs::file_size(name, unknown); !unknown && size > longest_file) {
      failed.diagnostics.push_back(too_long(name));
      continue;
    }
    std::ifstream in(name, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    if (!in) {
      failed.diagnostics.push_back({Code::unreadable_file,
                                    Severity::error,
                                    fmt::format("{} cannot be read", name),
                                    {0xffff'ffff, {}, ""},
                                    {},
                                    "Check that the path is right, and that you may read it."});
      continue;
    }
    files.emplace_back(name, text.str());
  }
  if (paths.empty()) {
    failed.diagnostics.push_back({Code::no_files,
                                  Severity::error,
                                  fmt::format("there are no .lead files in {}", path),
                                  {0xffff'ffff, {}, ""},
                                  {},
                                  "A project is a folder of .lead files; name that folder."});
  }
  if (!failed.diagnostics.empty()) {
    failed.own = files.size();
    failed.files = std::move(files);
    return failed;
  }
  return compile(std::move(files), std::move(project), options);
}

ProjectFiles project_files(const std::string& path) {
  std::error_code error;
  const bool folder = fs::is_directory(path, error);
  return files_on_disk(folder ? path : fs::path(path).parent_path().string());
}

Compiled compile(std::vector<Source> files, ProjectFiles project, const Options& options) {
  Compiled out;
  const std::size_t own = files.size();
  // Trees and places point into the sources, which must not move once the first is parsed: so what of the standard
  // library may be used is put behind the project's own files beforehand, and room is kept for templates.
  const auto modules = standard_modules();
  for (const StandardModule& module : modules) files.emplace_back(std::string(module.path), std::string(module.text));
  files.reserve(files.size() + Templates::most_in(files));
  out.files = std::move(files);
  out.own = own;
  out.folder = options.folder;
  Templates templates(out.files, std::move(project));

  std::vector<std::unique_ptr<grammar::Parsed>> parsed = parse_all(out, own);
  // What could not be read cannot be judged: a name that is missing may stand in the part that was skipped.
  const bool readable = out.errors() == 0;
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

  Program program;
  std::vector<Node> roots;
  for (const auto& p : parsed) roots.push_back(p->tree.root());
  if (out.errors() == 0) Checker(out.files, own, program, out.diagnostics, templates).check(roots);
  // A project that breaks a rule by what it says is sound otherwise, and the other rules can be looked at too.
  const bool sound = std::all_of(out.diagnostics.begin(), out.diagnostics.end(), [](const Diagnostic& d) {
    return d.severity != Severity::error || d.code == Code::rule_broken || d.code == Code::not_allowed ||
           d.code == Code::not_proved || d.code == Code::not_waivable;
  });
  if (sound && options.prove) {
    out.proofs = proof::prove(program);
    proof::report(program, out.proofs, out.diagnostics);
  }
  if (out.errors() == 0) emit(program, out.files, out.diagnostics);
  if (options.lint) lint::run({program, out.files, own, roots, options.folder}, out.diagnostics);
  std::stable_sort(out.diagnostics.begin(), out.diagnostics.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::pair(a.primary.file, a.primary.span.begin) < std::pair(b.primary.file, b.primary.span.begin);
  });
  // A template that several contents use is checked for each of them.
  const auto same = [](const Diagnostic& a, const Diagnostic& b) {
    return a.code == b.code && a.primary.file == b.primary.file && a.primary.span == b.primary.span &&
           a.message == b.message;
  };
  out.diagnostics.erase(std::unique(out.diagnostics.begin(), out.diagnostics.end(), same), out.diagnostics.end());
  if (out.errors() == 0) {
    for (const auto& p : parsed)
      program.module.sources.push_back({p->tree.source().path(), std::string(p->tree.source().text())});
    for (std::size_t i = own + modules.size(); i < out.files.size(); ++i)
      program.module.sources.push_back({out.files[i].path(), std::string(out.files[i].text())});
    out.module = std::move(program.module);
  }
  return out;
}

}  // namespace fairlead::compiler
