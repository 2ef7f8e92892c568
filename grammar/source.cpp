// Source text and places in it.
#include "grammar/source.hpp"

#include <algorithm>

namespace fairlead::grammar {

Source::Source(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {
  starts_.push_back(0);
  for (std::size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1))
    starts_.push_back(static_cast<std::uint32_t>(at + 1));
}

std::uint32_t Source::line(std::uint32_t offset) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  return static_cast<std::uint32_t>(after - starts_.begin());
}

Position Source::position(std::uint32_t offset) const {
  offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
  const std::uint32_t line = this->line(offset);
  std::uint32_t column = 1;
  for (std::uint32_t i = starts_[line - 1]; i < offset; ++i) {
    // Continuation bytes of UTF-8 are not columns of their own.
    if ((static_cast<unsigned char>(text_[i]) & 0xc0U) != 0x80U) ++column;
  }
  return {line, column};
}

std::string_view Source::line_text(std::uint32_t line) const {
  if (line == 0 || line > lines()) return {};
  const std::size_t begin = starts_[line - 1];
  std::size_t end = line < lines() ? starts_[line] : text_.size();
  while (end > begin && (text_[end - 1] == '\n' || text_[end - 1] == '\r')) --end;
  return text().substr(begin, end - begin);
}

}  // namespace fairlead::grammar
