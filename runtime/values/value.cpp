// Equality, order and copies of values. How they read is in render.cpp.
#include "runtime/values/value.hpp"

#include <algorithm>
#include <type_traits>

namespace fairlead {

// The machine's stack is made of these, and they are moved by memcpy.
static_assert(sizeof(Value) == 32);
static_assert(std::is_trivially_copyable_v<Value>);

std::string_view to_string(Tag tag) {
  switch (tag) {
    case Tag::none: return "none";
    case Tag::boolean: return "boolean";
    case Tag::number: return "number";
    case Tag::money: return "money";
    case Tag::text: return "text";
    case Tag::duration: return "duration";
    case Tag::instant: return "instant";
    case Tag::date: return "date";
    case Tag::time: return "time";
    case Tag::list: return "list";
  }
  return "unknown";
}

bool operator==(const Value& a, const Value& b) {
  if (a.tag() != b.tag()) return false;
  switch (a.tag()) {
    case Tag::none: return true;
    case Tag::boolean: return a.as_bool() == b.as_bool();
    case Tag::number:
    case Tag::money: return a.as_decimal() == b.as_decimal();
    case Tag::text: return a.as_text() == b.as_text();
    case Tag::duration:
    case Tag::instant:
    case Tag::date:
    case Tag::time: return a.as_integer() == b.as_integer();
    case Tag::list: return std::ranges::equal(a.as_list(), b.as_list());
  }
  return false;
}

Result<std::strong_ordering> order(const Value& a, const Value& b) {
  if (!a.exists() || !b.exists()) return fault(FaultCode::absent);
  if (a.tag() != b.tag()) return fault(FaultCode::wrong_type);
  switch (a.tag()) {
    case Tag::number:
    case Tag::money: return a.as_decimal() <=> b.as_decimal();
    // By bytes, which for UTF-8 is the order of the code points; it is the same on every machine.
    case Tag::text: return a.as_text() <=> b.as_text();
    case Tag::duration:
    case Tag::instant:
    case Tag::date:
    case Tag::time: return a.as_integer() <=> b.as_integer();
    default: return fault(FaultCode::wrong_type);
  }
}

Value Arena::keep(const Value& value) {
  if (value.tag() == Tag::text) return Value::text(keep(std::string(value.as_text())));
  if (value.tag() != Tag::list) return value;
  std::vector<Value> items;
  items.reserve(value.as_list().size());
  for (const Value& item : value.as_list()) items.push_back(keep(item));
  return Value::list(keep(std::move(items)));
}

}  // namespace fairlead
