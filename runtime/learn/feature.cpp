// Typed values as a vector of numbers: the intercept first, then the features in their order.
#include "runtime/learn/feature.hpp"

#include <cmath>
#include <string>

#include "runtime/values/hash.hpp"

namespace fairlead::learn {
namespace {

constexpr double ms_a_day = 86'400'000;

std::size_t width(const FieldType& type) {
  switch (type.kind) {
    case TypeKind::boolean:
    case TypeKind::number:
    case TypeKind::money:
    case TypeKind::duration:
    case TypeKind::instant:
    case TypeKind::date:
    case TypeKind::time: return 1;
    case TypeKind::enumeration: return type.members.size();
    case TypeKind::text:
    case TypeKind::timezone:
    case TypeKind::country:
    case TypeKind::email:
    case TypeKind::phone:
    case TypeKind::url:
    case TypeKind::html:
    case TypeKind::list: return text_buckets;
  }
  return 0;
}

/// Amounts spread over many orders of magnitude; a linear model wants them on one scale.
double compressed(double x) {
  return std::copysign(std::log1p(std::abs(x)), x);
}

std::size_t bucket(std::string_view text) {
  static_assert(text_buckets == 16);
  // The low bits of FNV-1a depend only on the low bits of the text; a multiplication (Fibonacci hashing) carries all
  // of them up, and the top four are taken.
  return (name_id(text) * 0x9E3779B1U) >> 28;
}

/// The number of a type that takes one entry.
double scalar(const Value& value) {
  switch (value.tag()) {
    case Tag::boolean: return value.as_bool() ? 1 : 0;
    case Tag::number:
    case Tag::money: return compressed(value.as_decimal().to_double());
    case Tag::duration: return compressed(static_cast<double>(value.as_duration().ms) / ms_a_day);
    case Tag::instant: return static_cast<double>(value.as_instant().ms) / ms_a_day / 1000;
    case Tag::date: return static_cast<double>(value.as_date().day) / 1000;
    case Tag::time: return static_cast<double>(value.as_time().second) / 86'400;
    case Tag::none:
    case Tag::text:
    case Tag::list: return 0;
  }
  return 0;
}

/// Sets the entries of one present value. What is not of the type (a field's type may have changed since) sets none.
void set(std::span<double> entries, const FieldType& type, const Value& value) {
  if (type.kind == TypeKind::enumeration) {
    for (std::size_t i = 0; i < type.members.size(); ++i) {
      if (value.tag() == Tag::text && value.as_text() == type.members[i]) entries[i] = 1;
    }
  } else if (width(type) == 1) {
    entries[0] = scalar(value);
  } else if (value.tag() == Tag::text) {
    entries[bucket(value.as_text())] = 1;
  } else if (value.tag() == Tag::list) {
    for (const Value& item : value.as_list()) {
      entries[item.tag() == Tag::text ? bucket(item.as_text()) : bucket(render(item))] = 1;
    }
  }
}

}  // namespace

std::size_t context_length(std::span<const FieldType> types) {
  std::size_t length = 1;
  for (const FieldType& type : types) length += width(type) + (type.optional ? 1 : 0);
  return length;
}

std::vector<std::string> entry_names(const FieldType& type) {
  std::vector<std::string> out;
  if (type.kind == TypeKind::enumeration) {
    for (const std::string& member : type.members) out.push_back("is " + member);
  } else if (width(type) == 1) {
    out.emplace_back(type.kind == TypeKind::boolean ? "is true" : "");
  } else {
    for (std::size_t i = 0; i < width(type); ++i) out.push_back("in bucket " + std::to_string(i));
  }
  if (type.optional) out.emplace_back("is absent");
  return out;
}

std::vector<double> context(std::span<const FieldType> types, std::span<const Value> values) {
  std::vector<double> result(context_length(types), 0.0);
  result[0] = 1;
  std::size_t at = 1;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const std::size_t entries = width(types[i]);
    if (values[i].exists()) {
      set(std::span(result).subspan(at, entries), types[i], values[i]);
    } else if (types[i].optional) {
      result[at + entries] = 1;
    }
    at += entries + (types[i].optional ? 1 : 0);
  }
  return result;
}

}  // namespace fairlead::learn
