// Finding a page, and its title.
#include "compiler/report/pages.hpp"

#include <algorithm>

namespace fairlead::compiler {

std::string_view page_of(grammar::Code code) {
  const auto pages = error_pages();
  const auto at = std::find_if(pages.begin(), pages.end(), [code](const ErrorPage& page) {
    return page.number == static_cast<std::uint16_t>(code);
  });
  return at == pages.end() ? std::string_view{} : at->text;
}

std::string_view title_of(std::string_view page) {
  const std::string_view line = page.substr(0, page.find('\n'));
  const std::size_t colon = line.find(": ");
  return colon == std::string_view::npos ? line : line.substr(colon + 2);
}

}  // namespace fairlead::compiler
