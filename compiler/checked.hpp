// A project of which every name and type has been looked at, and nothing was proved or emitted yet: for whoever wants
// the program itself and not the module that is made of it.
#pragma once

#include <memory>

#include "compiler/program.hpp"
#include "compiler/project_files.hpp"
#include "grammar/diagnostic.hpp"

namespace fairlead::compiler {

/// Nobody writes more into one file by hand; a tree takes several times as much memory as its text.
constexpr std::size_t longest_file = std::size_t{16} << 20U;
grammar::Diagnostic too_long(const std::string& path);

/// The program borrows from the rest, which stays where it is.
struct Checked {
  Checked() = default;
  Checked(const Checked&) = delete;
  Checked& operator=(const Checked&) = delete;

  std::vector<grammar::Source> files;  // the project's, then the standard library's, then templates
  std::size_t own = 0;                 // how many are the project's
  std::vector<std::unique_ptr<grammar::Parsed>> parsed;
  std::unique_ptr<Templates> templates;
  Program program;
  std::vector<grammar::Diagnostic> diagnostics;
  bool sound = false;  // nothing is wrong but, perhaps, that what it says breaks a rule

  [[nodiscard]] std::vector<grammar::Node> roots() const;
};

/// The `.lead` files under a path; what cannot be read is said.
std::vector<grammar::Source> read_files(const std::string& path, std::vector<grammar::Diagnostic>& diagnostics);

std::unique_ptr<Checked> check(std::vector<grammar::Source> files, ProjectFiles project = {});

}  // namespace fairlead::compiler
