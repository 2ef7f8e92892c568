// What the operators of the language mean, on values. Each checks its operands, since a hostile module may bring any:
// a value of another kind is `wrong_type`, an absent one `absent`, a result that does not fit `overflow`.
#pragma once

#include "runtime/values/value.hpp"

namespace fairlead::vm {

Result<Value> add(const Value& b, const Value& c);
Result<Value> subtract(const Value& b, const Value& c);
Result<Value> multiply(const Value& b, const Value& c);
Result<Value> divide(const Value& b, const Value& c);
/// b + c, where c is a Duration.
Result<Value> shift(const Value& b, const Value& c);
/// b - c, of two instants, of two dates, or where c is a Duration.
Result<Value> unshift(const Value& b, const Value& c);
Result<Value> negate(const Value& b);

Result<Value> equal(const Value& b, const Value& c);
Result<Value> less(const Value& b, const Value& c);
Result<Value> less_equal(const Value& b, const Value& c);
Result<Value> member(const Value& b, const Value& c);
Result<Value> invert(const Value& b);

/// The fault for an operand that is not of the kind that was expected.
tl::unexpected<Fault> mismatch(const Value& b);

}  // namespace fairlead::vm
