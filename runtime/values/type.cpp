// Types as the language writes them. Reading their values is in parse_value.cpp.
#include "runtime/values/type.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace fairlead {
namespace {

std::string required_name(const FieldType& type) {
  switch (type.kind) {
    case TypeKind::boolean: return "Bool";
    case TypeKind::number: return "Number";
    case TypeKind::text: return "Text";
    case TypeKind::money: return type.currency.empty() ? "Money" : "Money in " + type.currency;
    case TypeKind::duration: return "Duration";
    case TypeKind::instant: return "Instant";
    case TypeKind::date: return "Date";
    case TypeKind::time: return "Time";
    case TypeKind::timezone: return "TimeZone";
    case TypeKind::country: return "Country";
    case TypeKind::email: return "Email";
    case TypeKind::phone: return "Phone";
    case TypeKind::url: return "Url";
    case TypeKind::html: return "Html";
    case TypeKind::enumeration: return fmt::format("{}", fmt::join(type.members, " | "));
    case TypeKind::list: break;
  }
  if (type.element.empty()) return "List";
  const FieldType& element = type.element.front();
  // `List of a | b` would be read as a choice between a list and b.
  const bool bare_choice = element.kind == TypeKind::enumeration && !element.optional;
  return bare_choice ? fmt::format("List of ({})", to_string(element)) : "List of " + to_string(element);
}

}  // namespace

std::string to_string(const FieldType& type) {
  const std::string name = required_name(type);
  if (!type.optional) return name;
  // A `?` belongs to the word before it, so what is more than a word needs parentheses; `Money in EUR?` is one.
  const bool compound = type.kind == TypeKind::enumeration || type.kind == TypeKind::list;
  return compound ? fmt::format("({})?", name) : name + "?";
}

}  // namespace fairlead
