// Values as a reader would write them.
#include <fmt/format.h>

#include "runtime/values/currencies.hpp"
#include "runtime/values/value.hpp"

namespace fairlead {
namespace {

/// `$5`, `-$5.50`, `JPY 500`: two digits after the point, or none where both would be zero.
std::string render_money(Decimal amount, std::string_view currency) {
  std::string digits = amount.to_string(2);
  if (digits.ends_with(".00")) digits.erase(digits.size() - 3);
  const bool negative = digits.starts_with('-');
  if (negative) digits.erase(0, 1);
  const std::string_view sign = currency_sign(currency);
  return fmt::format("{}{}{}{}", negative ? "-" : "", sign.empty() ? currency : sign,
                     sign.empty() && !currency.empty() ? " " : "", digits);
}

}  // namespace

std::string render(const Value& value, std::string_view currency) {
  switch (value.tag()) {
    case Tag::none: return "none";
    case Tag::boolean: return value.as_bool() ? "true" : "false";
    case Tag::number: return value.as_decimal().to_string();
    case Tag::money: return render_money(value.as_decimal(), currency);
    case Tag::text: return std::string(value.as_text());
    case Tag::duration: return to_string(value.as_duration());
    case Tag::instant: return to_string(value.as_instant());
    case Tag::date: return to_string(value.as_date());
    case Tag::time: return to_string(value.as_time());
    case Tag::list: break;
  }
  std::string out;
  for (const Value& item : value.as_list()) {
    out += &item == value.as_list().data() ? "[" : ", ";
    out += render(item, currency);
  }
  return out.empty() ? "[]" : out + "]";
}

}  // namespace fairlead
