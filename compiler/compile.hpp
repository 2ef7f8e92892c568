// The whole way from files to a verified module.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/program.hpp"
#include "compiler/project_files.hpp"
#include "compiler/proof/proof.hpp"
#include "grammar/diagnostic.hpp"

namespace fairlead::compiler {

struct Compiled {
  std::vector<grammar::Source> files;  // the project's, then the standard library's, then templates
  std::size_t own = 0;                 // how many are the project's
  std::vector<grammar::Diagnostic> diagnostics;
  std::optional<bytecode::Module> module;  // where there is no error
  proof::Proofs proofs;                    // where every name and type is right
  std::vector<AskedWaiver> waivers;        // likewise
  std::string folder = {};                 // of the project, as it was named; empty where it lies on no disk
  [[nodiscard]] std::size_t count(grammar::Severity severity) const;
  [[nodiscard]] std::size_t errors() const { return count(grammar::Severity::error); }
};

struct Options {
  bool lint = true;               // whether what is no mistake, but most likely not meant, is said too
  bool prove = true;              // whether rules are proved; without it every rule is a guard
  std::string folder;             // of the project, where it lies on a disk: files that it names are looked for there
  proof::Cache* cache = nullptr;  // of proofs; null: everything is proved anew
};

/// Compiles the `.lead` files of a folder (and of its folders), or a single file. A path that cannot be read is a
/// diagnostic too.
Compiled compile_path(const std::string& path, Options options = {});

/// Compiles texts that are already in memory. `project` gives the templates that they name; they stand behind the other
/// files of the result.
Compiled compile(std::vector<grammar::Source> files, ProjectFiles project = {}, const Options& options = {});

/// Where a project that is named by its folder, or by one of its files, has its templates.
ProjectFiles project_files(const std::string& path);

/// The `.lead` files under a path, sorted by name; the path itself where it is a file.
std::vector<std::string> lead_files(const std::string& path);

}  // namespace fairlead::compiler
