// How large what is on record can be. Far beyond what anybody counts, and small enough that sums and products with
// percentages never overflow: proofs rest on it (docs/inside/proofs.md).
#pragma once

#include "runtime/values/value.hpp"

namespace fairlead {

/// Numbers and sums of money: a thousand million millions, either way.
constexpr std::int64_t largest_on_record = 1'000'000'000'000'000;
/// Instants from 1970 and durations, in milliseconds: more than 30,000 years, either way.
constexpr std::int64_t longest_on_record_ms = 1'000'000'000'000'000;

/// Whether a value may be kept as a field of a contact, an event or a row.
inline bool fits_record(const Value& value) {
  switch (value.tag()) {
    case Tag::number:
    case Tag::money: {
      const Decimal most = Decimal::from_int(largest_on_record);
      return !(most < value.as_decimal()) && !(value.as_decimal() < Decimal::from_units(-most.units()));
    }
    case Tag::duration:
      return value.as_duration().ms <= longest_on_record_ms && -longest_on_record_ms <= value.as_duration().ms;
    case Tag::instant:
      return value.as_instant().ms <= longest_on_record_ms && -longest_on_record_ms <= value.as_instant().ms;
    default: return true;
  }
}

}  // namespace fairlead
