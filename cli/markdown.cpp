// Markdown for a terminal with colours.
#include "cli/markdown.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::cli {

namespace {

/// `code` and **strong** within a line; a link is shown as its words.
std::string inline_marks(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t tick = line[i] == '`' ? line.find('`', i + 1) : std::string_view::npos;
    const std::size_t stars = line.substr(i, 2) == "**" ? line.find("**", i + 2) : std::string_view::npos;
    const std::size_t middle = line[i] == '[' ? line.find("](", i) : std::string_view::npos;
    const std::size_t close = middle == std::string_view::npos ? middle : line.find(')', middle);
    if (tick != std::string_view::npos) {
      out += fmt::format("\x1b[36m{}\x1b[0m", line.substr(i + 1, tick - i - 1));
      i = tick + 1;
    } else if (stars != std::string_view::npos) {
      out += fmt::format("\x1b[1m{}\x1b[0m", line.substr(i + 2, stars - i - 2));
      i = stars + 2;
    } else if (close != std::string_view::npos) {
      out += inline_marks(line.substr(i + 1, middle - i - 1));
      i = close + 1;
    } else {
      out += line[i++];
    }
  }
  return out;
}

}  // namespace

std::string on_terminal(std::string_view markdown) {
  std::string out;
  std::string_view bar;  // the colour of the block of code that this line is in; empty outside
  for (std::size_t begin = 0; begin < markdown.size();) {
    const std::size_t end = std::min(markdown.find('\n', begin), markdown.size());
    const std::string_view line = markdown.substr(begin, end - begin);
    begin = end + 1;
    if (line.starts_with("```")) {
      bar = !bar.empty() ? "" : line.find("bad") != std::string_view::npos ? "31" : "32";
    } else if (!bar.empty()) {
      out += fmt::format("  \x1b[{}m│\x1b[0m {}\n", bar, line);
    } else if (line.starts_with("#")) {
      out += fmt::format("\x1b[1m{}\x1b[0m\n", inline_marks(line.substr(line.find_first_not_of("# "))));
    } else {
      out += inline_marks(line) + "\n";
    }
  }
  return out;
}

}  // namespace fairlead::cli
