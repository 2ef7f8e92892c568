// A stretch of one of a project's files.
#pragma once

#include "grammar/tree.hpp"

namespace fairlead::compiler {

struct Place {
  std::uint32_t file = 0;
  grammar::Span span;
};

}  // namespace fairlead::compiler
