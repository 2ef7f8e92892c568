// Words as a reader sees them: capitals, blanks and hyphens make no difference, and what cannot be seen is not there.
#pragma once

#include <string>
#include <string_view>

namespace fairlead {

/// Small letters, single blanks; hyphens, dashes and line breaks count as blanks, invisible characters as nothing.
std::string folded(std::string_view text);

/// Whether a folded text says a folded phrase, as whole words: `free` is not said by `freedom`.
bool says(std::string_view text, std::string_view phrase);

}  // namespace fairlead
