// How the tables of a module point to each other.
#pragma once

#include <cstdint>

namespace fairlead::bytecode {

/// Index of a function, step, …; `none` where there is none.
using Index = std::uint32_t;
constexpr Index none = 0xffff'ffff;

}  // namespace fairlead::bytecode
