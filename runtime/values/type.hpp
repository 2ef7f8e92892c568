// What a field of a record or an event may hold. Intake uses it to turn text from a CSV or JSON file into a
// value, or to say why it is not one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/values/value.hpp"

namespace fairlead {

enum class TypeKind : std::uint8_t {
  boolean,
  number,
  text,
  money,
  duration,
  instant,
  date,
  time,
  timezone,
  country,
  email,
  phone,
  url,
  html,
  enumeration,
  list,
};

struct FieldType {
  TypeKind kind = TypeKind::text;
  bool optional = false;
  std::string currency;              // money
  std::vector<std::string> members;  // enumeration
  std::vector<FieldType> element;    // list: exactly one

  bool operator==(const FieldType&) const = default;
};

/// As the language writes it: `Money in EUR`, `free | pro`, `List of Text`, with `?` where optional.
std::string to_string(const FieldType& type);

/// Reads a value of `type` from outside text, and checks it: a zone must exist, a country be a known ISO 3166
/// alpha-2 code, an e-mail address have the form of RFC 5321 (local@domain), a phone be E.164, a URL http(s).
/// Booleans are true/false/1/0/yes/no; money may carry its own currency's sign or code, and no other.
/// Empty text is absent where the type is optional. The result's bytes belong to `arena`.
/// A fault `not_a_value` has as args the text and what was expected.
Result<Value> parse_value(std::string_view text, const FieldType& type, Arena& arena);

// The checks by themselves, for the compiler's literals.
bool is_email(std::string_view text);
bool is_phone(std::string_view text);
bool is_url(std::string_view text);
bool is_country(std::string_view text);
bool is_currency(std::string_view text);  // ISO 4217, the active ones

}  // namespace fairlead
