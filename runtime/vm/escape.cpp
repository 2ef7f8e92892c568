// Texts made safe for the place where they stand.
#include "runtime/vm/escape.hpp"

#include <algorithm>

namespace fairlead::vm {
namespace {

using bytecode::Escape;

std::string html(std::string_view text, bool quotes, bool breaks) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += quotes ? "&quot;" : "\""; break;
      case '\'': out += quotes ? "&#39;" : "'"; break;
      case '\n': out += breaks ? "<br>\n" : "\n"; break;
      default: out += c;
    }
  }
  return out;
}

/// RFC 3986: all but the unreserved characters.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4U], digits[byte & 0xfU]};
  }
  return out;
}

/// What a browser or a mail program may follow. It must begin with its scheme: they skip blanks and control characters,
/// which would hide another one.
bool is_address(std::string_view text) {
  const auto begins = [text](std::string_view scheme) {
    return text.size() > scheme.size() && std::equal(scheme.begin(), scheme.end(), text.begin(), [](char a, char b) {
             return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b);
           });
  };
  const bool plain = std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f;
  });
  return plain && (begins("https://") || begins("http://") || begins("mailto:"));
}

}  // namespace

Result<std::string> escape(std::string_view text, Escape form) {
  switch (form) {
    case Escape::text: return html(text, false, false);
    case Escape::lines: return html(text, false, true);
    case Escape::attribute: return html(text, true, false);
    case Escape::part: return percent_encoded(text);
    case Escape::address:
      if (!is_address(text)) return fault(FaultCode::not_a_value, text, "a web address");
      return html(text, true, false);
  }
  return fault(FaultCode::wrong_type);
}

}  // namespace fairlead::vm
