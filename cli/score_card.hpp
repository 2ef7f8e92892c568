// A score's model card as text.
#pragma once

#include "runtime/learn/score.hpp"

namespace fairlead::cli {

void print_card(const learn::Score& score);

}  // namespace fairlead::cli
