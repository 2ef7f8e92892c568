// The figures of a model card as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "runtime/learn/card.hpp"

namespace fairlead::learn {

nlohmann::ordered_json to_json(const Card& card);

}  // namespace fairlead::learn
