// From a context of typed values to the numbers that a linear learner reads.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "runtime/values/type.hpp"

namespace fairlead::learn {

/// Text of unknown range is hashed into so many indicators.
constexpr std::size_t text_buckets = 16;

/// The length of the context vector: an intercept, and for each feature: an enumeration one indicator a member; a Bool
/// one; a number, money (in units) or duration (in days) one, as sign(x) log(1 + |x|); instants, dates and times of day
/// one (days since 1970 / 1000; hours / 24); other text `text_buckets` indicators; and one more, "absent", for each
/// optional feature.
std::size_t context_length(std::span<const FieldType> types);

/// What each entry of a feature of that type says, as a reader would: empty for a number, `is pro` for a member, `in
/// bucket 3` for hashed text, `is absent`.
std::vector<std::string> entry_names(const FieldType& type);

/// `values[i]` is of `types[i]`, or absent.
std::vector<double> context(std::span<const FieldType> types, std::span<const Value> values);

}  // namespace fairlead::learn
