// What a text may come to say, by what can stand in its holes.
#pragma once

#include "compiler/program.hpp"

namespace fairlead::compiler {

/// Whether a text of a content can say the folded phrase with some values in its holes. A number, a date, one of a list
/// of values or an argument that every step gives as fixed text can be told; a text on record may be anything.
bool may_say(const Program& program, Index content, ExprId text, std::string_view phrase);

}  // namespace fairlead::compiler
