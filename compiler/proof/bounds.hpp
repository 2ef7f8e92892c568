// How much can come together: the most messages, and the most money, that one contact can get within any window, over
// every way through a workflow, its rounds and its coming again.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "compiler/program.hpp"

namespace fairlead::compiler::proof {

/// What a step adds; nothing where it is none that counts.
using Weight = std::function<std::uint64_t(Index step)>;

/// Enough is enough: more than this is said to have no end.
constexpr std::uint64_t most_counted = 1'000;

struct Most {
  std::optional<std::uint64_t> all;        // none where there is no end to it, or it cannot be told
  std::map<Index, std::uint64_t> up_to{};  // of those that end with the one of a step
};

/// The most that a contact can get of a workflow within a window `(t - w, t]`, for any t. Waits last at least as long
/// as they say, `again after` counts from leaving, and somebody may leave at any moment.
Most most_within(const Program& program, Index workflow, Duration window, const Weight& weight);

/// The longest time that a period can last, as far as a limit counts back: a day has 25 hours once a year, and a date
/// lasts for 50 where somebody may travel with it around the world.
Duration longest(const Program& program, bytecode::Period period, Duration window);

/// For `fairlead proofs --bounds`.
struct Bound {
  Index workflow = none;  // none: all that one contact can be in at once
  std::string name;
  std::optional<std::uint64_t> messages_a_day, messages_a_week, messages_a_month;
  std::optional<std::uint64_t> messages_a_pass;  // within one pass, however long it takes
  std::optional<Decimal> cost_a_month;           // of messages, by what their channels say they cost
};

class FlowCounts;
std::vector<Bound> bounds(const Program& program, FlowCounts& counts);

}  // namespace fairlead::compiler::proof
