// The forms of e-mail addresses, phone numbers and URLs. They are checked, not looked up: a well-formed address may
// still not exist.
#include <algorithm>
#include <string_view>

#include "runtime/values/type.hpp"

namespace fairlead {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
bool is_one_of(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

/// Whether every one of the pieces between dots, of which there is at least one, is good.
template <class Check>
bool all_between_dots(std::string_view text, Check good) {
  while (true) {
    const std::size_t dot = text.find('.');
    if (!good(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

/// A label of a domain name: letters, digits and hyphens inside, 63 at most.
bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_host(std::string_view text) {
  return text.size() <= 253 && all_between_dots(text, is_label);
}

/// RFC 5321's Atom (which is RFC 5322's).
bool is_atom(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || is_one_of(c, "!#$%&'*+-/=?^_`{|}~"); });
}

/// RFC 5321's Quoted-string: printable ASCII between quotes, with `\"` and `\\`.
bool is_quoted_string(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return false;
    if (text[i] == '\\' && ++i == text.size()) return false;
    if (text[i] < ' ' || text[i] > '~') return false;
  }
  return true;
}

/// `[` … `]` around hexadecimal digits, colons and dots: an IPv6 address, whose exact form is the resolver's matter.
bool is_ip_literal(std::string_view text) {
  return text.size() > 4 && text.front() == '[' && text.back() == ']' &&
         std::ranges::all_of(text.substr(1, text.size() - 2), [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || !std::ranges::all_of(text, is_digit)) return false;
  unsigned port = 0;
  for (const char c : text) port = port * 10 + static_cast<unsigned>(c - '0');
  return port >= 1 && port <= 65'535;
}

bool is_authority(std::string_view text) {
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) return false;
  const std::size_t colon = text.find(':', bracket);
  if (colon != std::string_view::npos && !is_port(text.substr(colon + 1))) return false;
  const std::string_view host = text.substr(0, colon);
  return bracket != 0 ? is_ip_literal(host) : is_host(host);
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && std::ranges::equal(text.substr(0, lower.size()), lower, [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
         });
}

}  // namespace

bool is_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || text.size() > 254) return false;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  if (local.size() > 64 || !(is_quoted_string(local) || all_between_dots(local, is_atom))) return false;
  // Section 2.3.5 wants a fully qualified name: `kim@gmail` is somebody's slip, and so is an address by number.
  const std::size_t last_dot = domain.rfind('.');
  return last_dot != std::string_view::npos && is_host(domain) &&
         !std::ranges::all_of(domain.substr(last_dot + 1), is_digit);
}

bool is_phone(std::string_view text) {
  return text.size() >= 3 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         std::ranges::all_of(text.substr(1), is_digit);
}

bool is_url(std::string_view text) {
  const std::size_t scheme = starts_with_ignoring_case(text, "https://")  ? 8
                             : starts_with_ignoring_case(text, "http://") ? 7
                                                                          : 0;
  if (scheme == 0) return false;
  // RFC 3986's characters only; anything else is to be percent-encoded.
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
    } else if (!is_alphanumeric(text[i]) && !is_one_of(text[i], "-._~:/?#[]@!$&'()*+,;=")) {
      return false;
    }
  }
  // A user's name before the host is refused with the rest: it serves to disguise where a link leads.
  const std::string_view rest = text.substr(scheme);
  return is_authority(rest.substr(0, rest.find_first_of("/?#")));
}

}  // namespace fairlead
