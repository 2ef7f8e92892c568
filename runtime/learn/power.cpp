// Power of the comparison of two proportions at the rates that are expected: exactly, as long as successes are few, and
// by the normal approximation where they are many.
#include "runtime/learn/power.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

namespace fairlead::learn {

namespace {

/// With so many successes, and failures, in each group the normal approximation is off by less than a hundredth.
constexpr double many = 1'500;
constexpr double reach = 7;  // standard deviations of the number that is summed over

struct Group {
  double rate;
  std::uint64_t people;
  [[nodiscard]] double rarer() const { return std::min(rate, 1 - rate) * static_cast<double>(people); }
};

/// Whether the interval is above zero with so many successes in each group.
bool shown(Looks looks, std::uint64_t higher, std::uint64_t of_higher, std::uint64_t lower, std::uint64_t of_lower,
           double error) {
  return looks == Looks::one
             ? lift(higher, of_higher, lower, of_lower).interval.low > 0
             : lift_sequence({higher, of_higher}, {lower, of_lower}, usual_rows, error).interval.low > 0;
}

/// The chance that it is shown, summed over the successes of the group whose are fewer.
double exactly(Looks looks, const Group& higher, const Group& lower, double error) {
  const bool over_lower = lower.rarer() <= higher.rarer();
  const Group& few = over_lower ? lower : higher;
  const Group& other = over_lower ? higher : lower;
  const boost::math::binomial few_successes(static_cast<double>(few.people), few.rate);
  const boost::math::binomial other_successes(static_cast<double>(other.people), other.rate);
  const double mean = few.rate * static_cast<double>(few.people);
  const double spread = reach * std::sqrt(mean * (1 - few.rate)) + reach;
  const auto first = static_cast<std::uint64_t>(std::max(0.0, mean - spread));
  const auto last = std::min(few.people, static_cast<std::uint64_t>(mean + spread));
  double out = 0;
  for (std::uint64_t k = first; k <= last; ++k) {
    // Of the other group so many successes at least (where it has the higher rate), or at most, show it. In the middle,
    // away from groups in which hardly anybody or nearly everybody is one, more of a difference shows more.
    const auto shows = [&](std::uint64_t successes) {
      return over_lower ? shown(looks, successes, other.people, k, few.people, error)
                        : shown(looks, k, few.people, successes, other.people, error);
    };
    const double share = static_cast<double>(k) / static_cast<double>(few.people);
    const auto equal = std::min(other.people, static_cast<std::uint64_t>(share * static_cast<double>(other.people)));
    // From where the rates are equal, which shows nothing, toward what is expected and well beyond.
    const double likely = other.rate * static_cast<double>(other.people);
    const double beyond = reach * std::sqrt(likely * (1 - other.rate)) + reach;
    const std::uint64_t end = over_lower ? std::min(other.people, static_cast<std::uint64_t>(likely + beyond))
                                         : static_cast<std::uint64_t>(std::max(0.0, likely - beyond));
    // Far out the sequence may fall silent again, for want of failures; then what is expected decides.
    std::uint64_t far = shows(end) ? end : static_cast<std::uint64_t>(likely);
    if (!shows(far)) continue;
    std::uint64_t near = equal;
    if (shows(near)) near = over_lower ? 0 : other.people;
    while (near != far && (over_lower ? far - near : near - far) > 1) {
      const std::uint64_t middle = std::min(near, far) + (std::max(near, far) - std::min(near, far)) / 2;
      (shows(middle) ? far : near) = middle;
    }
    const double chance =
        over_lower
            ? (far == 0 ? 1.0
                        : boost::math::cdf(boost::math::complement(other_successes, static_cast<double>(far - 1))))
            : boost::math::cdf(other_successes, static_cast<double>(far));
    out += boost::math::pdf(few_successes, static_cast<double>(k)) * chance;
  }
  return out;
}

}  // namespace

double power(const Expected& expected, Looks looks, double people, double error) {
  const auto of_held = static_cast<std::uint64_t>(std::llround(expected.held * people));
  const auto of_treated = static_cast<std::uint64_t>(std::llround((1 - expected.held) * people));
  if (of_held < 1 || of_treated < 1 || expected.rate == expected.treated) return 0;
  const Group held{expected.rate, of_held}, treated{expected.treated, of_treated};
  const bool more = treated.rate > held.rate;
  const Group& higher = more ? treated : held;
  const Group& lower = more ? held : treated;
  if (std::min(held.rarer(), treated.rarer()) < many) return exactly(looks, higher, lower, error);
  const auto part = [](const Group& g) { return g.rate * (1 - g.rate) / static_cast<double>(g.people); };
  const double sd = std::sqrt(part(higher) + part(lower)), difference = higher.rate - lower.rate;
  const auto successes = [](const Group& g) {
    return Proportion{static_cast<std::uint64_t>(std::llround(g.rate * static_cast<double>(g.people))), g.people};
  };
  double half = sd * boost::math::quantile(boost::math::normal(), 1 - error / 2);
  if (looks == Looks::any) {
    const Interval seen = lift_sequence(successes(higher), successes(lower), usual_rows, error).interval;
    half = (seen.high - seen.low) / 2;
  }
  return boost::math::cdf(boost::math::normal(), (difference - half) / sd);
}

std::optional<std::uint64_t> people_needed(const Expected& expected, Looks looks, double wanted, double error,
                                           std::uint64_t most) {
  const auto enough = [&](std::uint64_t people) {
    return power(expected, looks, static_cast<double>(people), error) >= wanted;
  };
  if (!enough(most)) return std::nullopt;
  std::uint64_t low = 0, high = most;  // too few; enough
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

std::optional<double> lift_seen(double rate, double held, Looks looks, double people, double wanted, double error) {
  const auto enough = [&](double lift) {
    return power({rate, std::min(1.0, rate * (1 + lift)), held}, looks, people, error) >= wanted;
  };
  // Not quite 1, where everybody reaches the goal, so that there are failures to count.
  double low = 0, high = (0.999 - rate) / rate;
  if (high <= 0 || !enough(high)) {
    // A huge effect on few people leaves too few failures for the sequence; a smaller one may do.
    high = 0.5 * (1 - rate) / rate;
    if (high <= 0 || !enough(high)) return std::nullopt;
  }
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace fairlead::learn
