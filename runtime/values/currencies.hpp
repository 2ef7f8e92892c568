// The signs that the language writes money with. Which codes exist is is_currency's to say (type.hpp).
#pragma once

#include <string_view>

namespace fairlead {

/// `$` of USD, `€` of EUR, `£` of GBP; empty for every other, since `$` and `kr` are the sign of many.
std::string_view currency_sign(std::string_view currency);

}  // namespace fairlead
