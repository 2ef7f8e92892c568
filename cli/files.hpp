// Files that are written as a whole or not at all.
#pragma once

#include <string>
#include <string_view>

namespace fairlead::cli {

/// Puts `text` in the place of a file, which may be there or not: written beside it, then renamed. A disk that is full
/// costs nothing but the new text. A link stays one, and permissions stay as they are.
bool write_whole(const std::string& file, std::string_view text);

}  // namespace fairlead::cli
