// From what the rules expected to what a person is told.
#pragma once

#include <string_view>
#include <vector>

#include "grammar/tree.hpp"
#include "grammar/where.hpp"

namespace fairlead::grammar {

struct SyntaxError {
  rules::Where place;
  std::uint32_t begin;     // of the item that could not be read
  std::uint32_t furthest;  // of the token where reading failed
  std::vector<std::string_view> expected;
};

/// One diagnostic for each error node of the tree.
std::vector<Diagnostic> explain_errors(const Tree& tree, const std::vector<SyntaxError>& errors, std::uint32_t file);

/// The same for a template, whose error nodes are holes.
std::vector<Diagnostic> explain_template_errors(const Tree& tree, const std::vector<SyntaxError>& errors,
                                                std::uint32_t file);

}  // namespace fairlead::grammar
