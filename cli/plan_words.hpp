// What a new version changes, as sentences and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "runtime/engine/plan.hpp"

namespace fairlead::cli {

/// All that `fairlead plan` prints below its first line. `together`: what `bound_words` says of all workflows.
std::string plan_words(const engine::Plan& plan, const std::string& together);
/// The part about what has been learned; empty where nothing is reset, new or gone.
std::string weight_words(const engine::Plan& plan);
/// Why a move leaves some with the version that they follow.
std::string staying_words(const engine::Plan& plan);
nlohmann::ordered_json plan_json(const engine::Plan& plan);

/// `1 person`, `2 people`; of a workflow that is for nobody `1 pass`.
std::string people(std::uint64_t n, bool for_nobody);

}  // namespace fairlead::cli
