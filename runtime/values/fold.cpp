#include "runtime/values/fold.hpp"

#include <cstdint>

namespace fairlead {
namespace {

/// The character at `at`, and how many bytes it takes; what is not UTF-8 is taken byte by byte.
std::pair<std::uint32_t, std::size_t> character(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t first = byte(at);
  const std::size_t size = first < 0x80 ? 1 : first >> 5U == 6 ? 2 : first >> 4U == 14 ? 3 : first >> 3U == 30 ? 4 : 1;
  if (size == 1 || at + size > text.size()) return {first, 1};
  std::uint32_t out = first & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) out = out << 6U | (byte(at + i) & 0x3fU);
  return {out, size};
}

void append(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0U | c >> 6U);
    out += static_cast<char>(0x80U | (c & 0x3fU));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0U | c >> 12U);
    out += static_cast<char>(0x80U | (c >> 6U & 0x3fU));
    out += static_cast<char>(0x80U | (c & 0x3fU));
  } else {
    out += static_cast<char>(0xf0U | c >> 18U);
    out += static_cast<char>(0x80U | (c >> 12U & 0x3fU));
    out += static_cast<char>(0x80U | (c >> 6U & 0x3fU));
    out += static_cast<char>(0x80U | (c & 0x3fU));
  }
}

/// The small letter of Latin, Greek and Cyrillic capitals.
std::uint32_t small(std::uint32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c >= 0xc0 && c <= 0xde && c != 0xd7) return c + 32;
  if (c >= 0x100 && c <= 0x137 && c != 0x130) return c | 1U;    // Ā ā …: capitals are even
  if (c >= 0x139 && c <= 0x148) return c % 2 == 1 ? c + 1 : c;  // Ĺ ĺ …: capitals are odd
  if (c >= 0x14a && c <= 0x177) return c | 1U;
  if (c >= 0x391 && c <= 0x3a9) return c + 32;
  if (c >= 0x410 && c <= 0x42f) return c + 32;
  if (c >= 0x400 && c <= 0x40f) return c + 80;
  return c;
}

/// The Latin letter for which a reader takes a small letter of another alphabet (of the confusables of Unicode TS 39
/// those that stand in for English words), or a Latin one in another dress.
std::uint32_t read_as(std::uint32_t c) {
  static constexpr std::pair<std::uint32_t, char> alike[] = {
      {0x430, 'a'}, {0x432, 'b'}, {0x435, 'e'}, {0x43a, 'k'}, {0x43c, 'm'}, {0x43d, 'h'}, {0x43e, 'o'}, {0x440, 'p'},
      {0x441, 'c'}, {0x442, 't'}, {0x443, 'y'}, {0x445, 'x'}, {0x455, 's'}, {0x456, 'i'}, {0x458, 'j'}, {0x4bb, 'h'},
      {0x4cf, 'l'}, {0x501, 'd'}, {0x51b, 'q'}, {0x51d, 'w'}, {0x3b1, 'a'}, {0x3b2, 'b'}, {0x3b5, 'e'}, {0x3b6, 'z'},
      {0x3b9, 'i'}, {0x3ba, 'k'}, {0x3bc, 'm'}, {0x3bd, 'v'}, {0x3bf, 'o'}, {0x3c1, 'p'}, {0x3c4, 't'}, {0x3c5, 'u'},
      {0x3c7, 'x'}, {0x3b7, 'n'}, {0x131, 'i'}, {0x251, 'a'}, {0x261, 'g'}};
  for (const auto& [other, latin] : alike) {
    if (c == other) return static_cast<std::uint32_t>(latin);
  }
  if (c >= 0x1d400 && c < 0x1d6a4) return 'a' + (c - 0x1d400) % 26;  // bold, script, monospace …: capitals, then small
  return c;
}

bool blank(std::uint32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000 ||
         c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}

bool unseen(std::uint32_t c) {
  return c == 0xad || (c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) || c == 0x2060 || c == 0xfeff;
}

/// Whether a word goes on with this character: letters and digits of the scripts that set words apart by blanks.
bool of_word(std::uint32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 0xc0 && c < 0x2000);
}

}  // namespace

std::string folded(std::string_view text) {
  std::string out;
  bool gap = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto [read, size] = character(text, at);
    at += size;
    const std::uint32_t c = read >= 0xff01 && read <= 0xff5e ? read - 0xfee0 : read;  // wide forms of ASCII
    if (unseen(c)) continue;
    if (blank(c)) {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += ' ';
    gap = false;
    append(out, read_as(small(c)));
  }
  return out;
}

bool says(std::string_view text, std::string_view phrase) {
  if (phrase.empty()) return false;
  const bool first = of_word(character(phrase, 0).first);
  std::size_t last_at = phrase.size() - 1;
  while (last_at > 0 && (static_cast<unsigned char>(phrase[last_at]) & 0xc0U) == 0x80U) --last_at;
  const bool last = of_word(character(phrase, last_at).first);
  for (std::size_t at = text.find(phrase); at != std::string_view::npos; at = text.find(phrase, at + 1)) {
    std::size_t before = at;
    while (before > 0 && (static_cast<unsigned char>(text[--before]) & 0xc0U) == 0x80U) {
    }
    const std::size_t after = at + phrase.size();
    const bool begins = at == 0 || !first || !of_word(character(text, before).first);
    const bool ends = after == text.size() || !last || !of_word(character(text, after).first);
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace fairlead
