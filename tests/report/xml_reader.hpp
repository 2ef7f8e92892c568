// A strict reader of the XML that the reports write: it refuses whatever XML 1.0 refuses, and undoes the escaping.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::compiler::report::test {

struct Element {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;
  std::vector<Element> children;
};

/// The root element, or nothing where the text is not well-formed.
std::optional<Element> read_xml(std::string_view text);

}  // namespace fairlead::compiler::report::test
