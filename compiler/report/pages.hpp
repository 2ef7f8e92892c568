// The pages that explain the codes, compiled into the binary (docs/errors/embed.cmake).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "grammar/diagnostic.hpp"

namespace fairlead::compiler {

struct ErrorPage {
  std::uint16_t number = 0;
  std::string_view text;  // Markdown
};

/// In the order of their numbers.
std::span<const ErrorPage> error_pages();

/// The page of a code; empty where it has none.
std::string_view page_of(grammar::Code code);
/// The heading of a page, without its code.
std::string_view title_of(std::string_view page);

}  // namespace fairlead::compiler
