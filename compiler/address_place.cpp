// Where in a web address a value may stand.
#include "compiler/address_place.hpp"

#include <algorithm>

namespace fairlead::compiler {

namespace {

constexpr std::string_view blanks = " \t\n\r\f";
constexpr std::string_view ends_of_host = "/?#";

bool begins(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && std::equal(lower.begin(), lower.end(), text.begin(), [](char a, char b) {
           return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
         });
}

/// At least one character, and then the end of the host.
bool host_is_over(std::string_view text) {
  const std::size_t end = text.find_first_of(ends_of_host);
  return end != std::string_view::npos && end > 0;
}

/// Whether what an address begins with says where it leads.
bool decided(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  if (begins(text, "https://")) return host_is_over(text.substr(8));
  if (begins(text, "http://")) return host_is_over(text.substr(7));
  if (begins(text, "mailto:")) return true;
  if (text.starts_with("//")) return host_is_over(text.substr(2));
  if (text.starts_with("/\\") || text.empty()) return false;
  // A path, a query or a fragment of the same site; a colon would end a scheme.
  const std::size_t end = text.find_first_of(ends_of_host);
  return end != std::string_view::npos && text.substr(0, end).find_first_of(":\\&") == std::string_view::npos;
}

}  // namespace

AddressPlace::Hole AddressPlace::hole() {
  if (begins_) {
    // Whatever follows a whole address without a `/` would be a part of its host.
    return !text_.empty() && ends_of_host.find(text_[0]) != std::string_view::npos ? Hole::part : Hole::open;
  }
  if (text_.find_first_not_of(blanks) == std::string::npos) {
    begins_ = true;
    text_.clear();
    return Hole::whole;
  }
  return decided(text_) ? Hole::part : Hole::open;
}

}  // namespace fairlead::compiler
