# Writes a hash over the sources of whatever has a part in proofs, so that what one prover has found is never taken for
# what another would say.
set(all "")
foreach(file ${FILES})
  file(SHA256 ${file} hash)
  string(APPEND all "${hash}\n")
endforeach()
string(SHA256 version "${all}")
file(WRITE ${OUT} "// Made by compiler/proof/version.cmake.
#include \"compiler/proof/version.hpp\"

namespace fairlead::compiler::proof {

std::string_view sources_version() {
  return \"${version}\";
}

}  // namespace fairlead::compiler::proof
")
