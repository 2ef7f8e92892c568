// Source text and places in it. Offsets are bytes; lines and columns are for people (1-based, columns in
// code points).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::grammar {

struct Span {
  std::uint32_t begin = 0, end = 0;
  bool operator==(const Span&) const = default;
};

struct Position {
  std::uint32_t line = 1, column = 1;
};

class Source {
 public:
  Source(std::string path, std::string text);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::string_view text(Span span) const { return text().substr(span.begin, span.end - span.begin); }
  [[nodiscard]] Position position(std::uint32_t offset) const;
  /// 1-based, as in `position`.
  [[nodiscard]] std::uint32_t line(std::uint32_t offset) const;
  [[nodiscard]] std::uint32_t lines() const { return static_cast<std::uint32_t>(starts_.size()); }
  /// Without its line break. 1-based; empty beyond the end.
  [[nodiscard]] std::string_view line_text(std::uint32_t line) const;
  [[nodiscard]] std::uint32_t line_start(std::uint32_t line) const { return starts_[line - 1]; }

 private:
  std::string path_, text_;
  std::vector<std::uint32_t> starts_;
};

}  // namespace fairlead::grammar
