// Rendering diagnostics for a person.
#include "grammar/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace fairlead::grammar {

namespace {

struct Paint {
  bool on;
  [[nodiscard]] std::string operator()(std::string_view code, std::string_view text) const {
    return on ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
};

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

/// One labelled place: where, the line, and carets under it.
std::string place(const Label& label, const std::vector<Source>& files, std::string_view colour, char mark, std::size_t gutter, const Paint& paint) {
  const Source& source = files[label.file];
  const Position at = source.position(label.span.begin);
  const std::string_view line = source.line_text(at.line);
  const std::uint32_t start = source.line_start(at.line);
  const std::uint32_t end = std::min<std::uint32_t>(std::max(label.span.end, label.span.begin), start + static_cast<std::uint32_t>(line.size()));
  const std::size_t carets = std::max<std::size_t>(1, end > label.span.begin ? width(source.text({label.span.begin, end})) : 1);
  std::string shown(line);
  std::replace(shown.begin(), shown.end(), '\t', ' ');
  std::string out = fmt::format("{:{}}{}\n", "", gutter + 1, paint("2", "|"));
  out += fmt::format("{} {} {}\n", paint("2", fmt::format("{:>{}}", at.line, gutter)), paint("2", "|"), shown);
  out += fmt::format("{:{}}{} {:{}}{}\n", "", gutter + 1, paint("2", "|"), "", at.column - 1,
                     paint(colour, std::string(carets, mark) + (label.text.empty() ? "" : " " + label.text)));
  return out;
}

std::size_t distance(std::string_view a, std::string_view b) {
  // Levenshtein, two rows; a swap of neighbours counts once (optimal string alignment).
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::string to_string(Code code) { return fmt::format("FL{:04}", static_cast<unsigned>(code)); }

std::string render(const Diagnostic& diagnostic, const std::vector<Source>& files, bool colour) {
  const Paint paint{colour};
  const bool error = diagnostic.severity == Severity::error;
  const std::string_view tone = error ? "1;31" : "1;33";
  std::string out = fmt::format("{}{}\n", paint(tone, fmt::format("{} {}", error ? "error" : "warning", to_string(diagnostic.code))),
                                paint("1", fmt::format(": {}", diagnostic.message)));
  if (diagnostic.primary.file < files.size()) {
    std::uint32_t widest = files[diagnostic.primary.file].line(diagnostic.primary.span.begin);
    for (const Label& label : diagnostic.secondary) widest = std::max(widest, files[label.file].line(label.span.begin));
    const std::size_t gutter = fmt::format("{}", widest).size() + 1;
    const Source& source = files[diagnostic.primary.file];
    const Position at = source.position(diagnostic.primary.span.begin);
    out += fmt::format("{:{}}{} {}:{}:{}\n", "", gutter, paint("2", "-->"), source.path(), at.line, at.column);
    out += place(diagnostic.primary, files, tone, '^', gutter, paint);
    for (const Label& label : diagnostic.secondary) {
      if (label.file != diagnostic.primary.file) {
        const Position other = files[label.file].position(label.span.begin);
        out += fmt::format("{:{}}{} {}:{}:{}\n", "", gutter, paint("2", ":::"), files[label.file].path(), other.line, other.column);
      }
      out += place(label, files, "1;34", '-', gutter, paint);
    }
  }
  if (!diagnostic.help.empty()) out += fmt::format("  {} {}\n", paint("1;32", "help:"), diagnostic.help);
  return out;
}

std::string_view closest(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t d = distance(word, candidate);
    if (d < least) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

}  // namespace fairlead::grammar
