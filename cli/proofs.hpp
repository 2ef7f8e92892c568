// What a rule says of one place, told in sentences.
#pragma once

#include <string>

#include "compiler/compile.hpp"

namespace fairlead::cli {

/// `rule` with its policy or without; `where` like `nurture.lead:12`. Gives an exit code.
int explain_proof(const std::string& rule, const std::string& where);

/// `at most 4 messages in 7 days and 9 in 30 days, and 0.27 USD in 31 days`: of all that one contact can be in at once,
/// before any rule holds something back.
std::string bound_words(const compiler::Compiled& compiled);

}  // namespace fairlead::cli
