// The whole way from files to a verified module.
#include "compiler/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/checked.hpp"
#include "compiler/emit.hpp"
#include "compiler/lint/lints.hpp"
#include "compiler/stdlib.hpp"

namespace fairlead::compiler {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Severity;
using grammar::Source;

namespace fs = std::filesystem;

std::size_t Compiled::count(Severity severity) const {
  return static_cast<std::size_t>(std::count_if(diagnostics.begin(), diagnostics.end(),
                                                [severity](const Diagnostic& d) { return d.severity == severity; }));
}

namespace {

Diagnostic without_place(Code code, std::string message, std::string help) {
  return {code, Severity::error, std::move(message), {0xffff'ffff, {}, ""}, {}, std::move(help)};
}

}  // namespace

std::vector<Source> read_files(const std::string& path, std::vector<Diagnostic>& diagnostics) {
  const std::vector<std::string> paths = lead_files(path);
  std::vector<Source> files;
  for (const std::string& name : paths) {
    std::error_code unknown;
    if (const auto size = fs::file_size(name, unknown); !unknown && size > longest_file) {
      diagnostics.push_back(too_long(name));
      continue;
    }
    std::ifstream in(name, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    if (!in) {
      diagnostics.push_back(without_place(Code::unreadable_file, fmt::format("{} cannot be read", name),
                                          "Check that the path is right, and that you may read it."));
      continue;
    }
    files.emplace_back(name, text.str());
  }
  if (paths.empty())
    diagnostics.push_back(without_place(Code::no_files, fmt::format("there are no .lead files in {}", path),
                                        "A project is a folder of .lead files; name that folder."));
  return files;
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
  std::vector<Source> files = read_files(path, failed.diagnostics);
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
  const std::unique_ptr<Checked> checked = check(std::move(files), std::move(project));
  Program& program = checked->program;
  Compiled out;
  out.files = std::move(checked->files);  // trees borrow from its elements, which do not move
  out.own = checked->own;
  out.folder = options.folder;
  out.diagnostics = std::move(checked->diagnostics);
  if (checked->sound && options.prove) {
    out.proofs = proof::prove(program, options.cache);
    proof::report(program, out.proofs, out.diagnostics);
  }
  out.waivers = program.waivers;
  if (out.errors() == 0) emit(program, out.files, out.diagnostics);
  const std::vector<grammar::Node> roots = checked->roots();
  if (options.lint)
    lint::run(
        {program, out.files, out.own, roots, options.folder, checked->sound && options.prove ? &out.proofs : nullptr},
        out.diagnostics);
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
    for (const auto& p : checked->parsed)
      program.module.sources.push_back({p->tree.source().path(), std::string(p->tree.source().text())});
    for (std::size_t i = out.own + standard_modules().size(); i < out.files.size(); ++i)
      program.module.sources.push_back({out.files[i].path(), std::string(out.files[i].text())});
    out.module = std::move(program.module);
  }
  return out;
}

}  // namespace fairlead::compiler
