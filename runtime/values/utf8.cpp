// See utf8.hpp.
#include "runtime/values/utf8.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>

namespace fairlead {
namespace {

/// How many bytes the well-formed sequence at the front of `text` has; 0 where there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  if (text.empty()) return 0;
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  // Only the second byte has a range of its own; it is what keeps out overlong forms and surrogates.
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  std::size_t length = 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  if (text.size() < length || byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return length;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  std::size_t shown = 0;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const std::size_t step = length == 0 ? 1 : length;
    if (shown + step > limit) return out + "…";
    const auto first = static_cast<std::uint8_t>(text.front());
    if (length == 0 || first < 0x20 || first == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", first);
    } else {
      out.append(text.substr(0, length));
    }
    shown += step;
    text.remove_prefix(step);
  }
  return out;
}

}  // namespace fairlead
