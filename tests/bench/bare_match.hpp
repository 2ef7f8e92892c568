// The grammar's rules matched by PEGTL and nothing kept: the floor for making a tree.
#pragma once

#include <string_view>

namespace fairlead::bench {

/// Whether the text could be read to its end without recovery.
bool bare_match(std::string_view text);

}  // namespace fairlead::bench
