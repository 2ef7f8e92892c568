// What kind of item was expected where the text could not be read; it chooses the words of the message.
#pragma once

#include <cstdint>

namespace fairlead::grammar::rules {

enum class Where : std::uint8_t {
  declaration,
  project,
  record,
  event,
  role,
  team,
  goal,
  score,
  points,
  channel,
  slots,
  content,
  texts,
  one_of,
  writing,
  model,
  connector,
  request,
  receive,
  policy,
  workflow,
  steps,
  options,
  variants,
  plan,
  allocate,
  test,
  simulate,
  given,
  mix
};

}  // namespace fairlead::grammar::rules
