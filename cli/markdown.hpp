// Markdown for a terminal with colours: as much of it as the pages of docs/errors use.
#pragma once

#include <string>
#include <string_view>

namespace fairlead::cli {

/// Headings bold, code in backquotes coloured, and blocks of code behind a bar: red for what is wrong, green for what
/// is right.
std::string on_terminal(std::string_view markdown);

}  // namespace fairlead::cli
