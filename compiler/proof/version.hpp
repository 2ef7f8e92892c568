// Which prover this is: another one may say something else.
#pragma once

#include <string_view>

namespace fairlead::compiler::proof {

/// A hash over the sources of whatever has a part in proofs (compiler/proof/version.cmake), made when it is built.
std::string_view sources_version();
/// The same, and the library that answers the harder questions, as it was found when the program started.
std::string_view prover_version();

}  // namespace fairlead::compiler::proof
