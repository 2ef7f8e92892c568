// A score's model card as text.
#pragma once

#include <string_view>

#include "runtime/learn/score.hpp"

namespace fairlead::cli {

/// What was foretold beside what came, under a heading.
void print_figures(const learn::Card& card, std::string_view heading);
void print_card(const learn::Score& score);

}  // namespace fairlead::cli
