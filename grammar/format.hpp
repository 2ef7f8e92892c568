// The formatter: one layout for every file, without options. It prints the tokens that it reads and decides only about
// the blanks between them, so it cannot change what a file means.
#pragma once

#include <optional>
#include <string>

#include "grammar/tree.hpp"

namespace fairlead::grammar {

/// Canonical text of a file. No options. Files with syntax errors are refused (empty).
/// Idempotent; `"""` texts, and holes that were broken over lines, stay byte for byte as they are.
std::optional<std::string> format(const Source& source);

/// The layout alone, without the check that it kept every token. The tree must be free of errors.
std::string lay_out(const Tree& tree);

/// Whether two trees have the same shape, the same tokens and the same comments: they differ in blanks only.
bool same_but_for_blanks(const Tree& a, const Tree& b);

}  // namespace fairlead::grammar
