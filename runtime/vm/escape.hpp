// Texts made safe for the place where they stand: in HTML, so that a value never opens or closes a tag, an attribute or
// a character reference; in a web address, so that it never leaves its part of it.
#pragma once

#include <string>
#include <string_view>

#include "runtime/bytecode/module.hpp"

namespace fairlead::vm {

/// A fault only for Escape::address, where the text is no address of http, https or mailto.
Result<std::string> escape(std::string_view text, bytecode::Escape form);

}  // namespace fairlead::vm
