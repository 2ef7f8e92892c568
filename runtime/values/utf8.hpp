// UTF-8, as far as intake and messages need it: whether text is well-formed, and how to show text that may not be.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead {

/// Well-formed by Unicode's table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// For a line of a message: control characters and malformed bytes as `\x..`, and no more than `limit` bytes of the
/// text, with an ellipsis where there was more.
std::string printable(std::string_view text, std::size_t limit);

}  // namespace fairlead
