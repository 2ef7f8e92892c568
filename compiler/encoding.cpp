// Whether a file is UTF-8 text, and what is said where it is not.
#include "compiler/encoding.hpp"

#include <cstring>

namespace fairlead::compiler {

std::optional<std::size_t> invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    // Most texts are ASCII, which goes eight bytes at a time.
    for (std::uint64_t eight = 0; i + sizeof eight <= text.size(); i += sizeof eight) {
      std::memcpy(&eight, text.data() + i, sizeof eight);
      if ((eight & 0x8080'8080'8080'8080U) != 0) break;
    }
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t n = c < 0x80                      ? 1
                          : (c >> 5) == 6 && c >= 0xc2  ? 2
                          : (c >> 4) == 14              ? 3
                          : (c >> 3) == 30 && c <= 0xf4 ? 4
                                                        : 0;
    if (n == 0 || i + n > text.size()) return i;
    for (std::size_t k = 1; k < n; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0U) != 0x80U) return i;
    }
    i += n;
  }
  return std::nullopt;
}

grammar::Diagnostic not_utf8(std::uint32_t file, std::size_t offset) {
  const auto at = static_cast<std::uint32_t>(offset);
  return {grammar::Code::not_utf8,
          grammar::Severity::error,
          "this file is not UTF-8 text",
          {file, {at, at + 1}, "the first byte that is not"},
          {},
          "Save it as UTF-8: editors offer that under `Save as` or `Encoding`."};
}

}  // namespace fairlead::compiler
