// What was found of one workflow, as bytes for the cache: steps by where they stand in it, rules by their order, places
// by their number in its portrait.
#pragma once

#include "compiler/proof/flow_counts.hpp"
#include "compiler/proof/looked.hpp"
#include "compiler/proof/portrait.hpp"

namespace fairlead::compiler::proof {

struct Kept {
  Looked looked;
  KnownCounts counts;
};

/// Nothing where something is said of a place that the portrait does not know: that is not to be kept.
std::optional<std::string> write_kept(const bytecode::Module& module, Index workflow, const Portrait& portrait,
                                      const Looked& looked, const KnownCounts& counts);
/// Nothing where the bytes are none of this workflow's.
std::optional<Kept> read_kept(const bytecode::Module& module, Index workflow, const Portrait& portrait,
                              std::string_view bytes);

}  // namespace fairlead::compiler::proof
