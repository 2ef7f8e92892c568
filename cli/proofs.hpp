// What a rule says of one place, told in sentences.
#pragma once

#include <string>

namespace fairlead::cli {

/// `rule` with its policy or without; `where` like `nurture.lead:12`. Gives an exit code.
int explain_proof(const std::string& rule, const std::string& where);

}  // namespace fairlead::cli
