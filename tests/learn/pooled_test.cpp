// Groups that learn from each other: as far as they are alike, and no further.
#include "runtime/learn/pooled.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "runtime/learn/shares.hpp"
#include "runtime/values/random.hpp"

using namespace fairlead;
using namespace fairlead::learn;

namespace {

constexpr std::size_t groups = 6, options = 3;
const std::vector<bool> all(options, true);

/// What an option does in a group.
using Rates = double (*)(std::size_t group, std::size_t option);

/// The second option is the best by a half in every group, and groups are from rare to frequent.
double alike(std::size_t group, std::size_t option) {
  return 0.01 * static_cast<double>(group + 1) * (option == 1 ? 1.5 : 1.0);
}
/// In each group another is the best, by four times.
double unlike(std::size_t group, std::size_t option) {
  return group % options == option ? 0.2 : 0.05;
}

/// `apart`: a learner of its own for each group, which is one of a single group.
double earned(Rates rates, bool apart, std::uint64_t seed, double* spread = nullptr) {
  const LearnerSpec spec{.options = options, .features = 0, .start = {}};
  Pooled together(groups, spec);
  std::vector<Pooled> each(groups, Pooled(1, spec));
  Dice dice(seed, 21);
  double sum = 0;
  for (int i = 0; i < 6'000; ++i) {
    const std::size_t group = dice.below(groups);
    Pooled& learner = apart ? each[group] : together;
    const std::size_t place = apart ? 0 : group;
    const std::size_t option = draw(shares(learner.weights(place, all), all, 0), dice);
    sum += rates(group, option);
    learner.decided(place, option);
    if (dice.uniform() < rates(group, option)) learner.reached(place, option);
  }
  if (spread != nullptr) *spread = together.spread();
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pooled)

BOOST_AUTO_TEST_CASE(one_group_is_the_plain_learner) {
  const LearnerSpec spec{.options = options, .features = 0, .start = {0.5, std::nullopt, std::nullopt}};
  Pooled learner(1, spec);
  const auto plain = make_learner(spec);
  Dice dice(4, 21);
  for (int i = 0; i < 4'000; ++i) {
    const std::size_t option = dice.below(options);
    learner.decided(0, option);
    plain->decided(option, {});
    if (dice.uniform() < 0.05 + 0.01 * static_cast<double>(option)) {
      learner.reached(0, option);
      plain->reached(option, {});
    }
  }
  const std::vector<double> got = learner.weights(0, all), wanted = plain->weights({}, all);
  for (std::size_t o = 0; o < options; ++o) BOOST_TEST(std::abs(got[o] - wanted[o]) < 0.05, got[o] << " " << wanted[o]);
  const std::vector<double> two = learner.weights(0, {true, false, true});
  BOOST_TEST(two[1] == 0);
  BOOST_TEST(std::abs(two[0] + two[2] - 1) < 1e-12);
}

BOOST_AUTO_TEST_CASE(what_is_alike_is_learned_together) {
  // 12 runs; groups that all have the same best option, and rates from 1 to 9%.
  constexpr std::uint64_t runs = 12;
  double together = 0, apart = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    double spread = 1;
    together += earned(alike, false, run, &spread) / runs;
    apart += earned(alike, true, run) / runs;
    BOOST_TEST(spread < 0.4);
  }
  BOOST_TEST_MESSAGE("alike: together " << together << ", apart " << apart);
  BOOST_TEST(together > apart + 4);
}

BOOST_AUTO_TEST_CASE(what_is_not_alike_is_learned_apart) {
  constexpr std::uint64_t runs = 8;
  double together = 0, apart = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    double spread = 0;
    together += earned(unlike, false, run, &spread) / runs;
    apart += earned(unlike, true, run) / runs;
    BOOST_TEST(spread > 0.4);
  }
  BOOST_TEST_MESSAGE("unlike: together " << together << ", apart " << apart);
  BOOST_TEST(together > 0.95 * apart);  // what it costs to have hoped that they are alike
}

BOOST_AUTO_TEST_CASE(a_group_that_nobody_knows_begins_with_what_the_others_say) {
  Pooled learner(3, {.options = options, .features = 0, .start = {}});
  Dice dice(9, 21);
  for (int i = 0; i < 20'000; ++i) {
    const std::size_t group = dice.below(2), option = dice.below(options);
    learner.decided(group, option);
    if (dice.uniform() < (option == 2 ? 0.09 : 0.06)) learner.reached(group, option);
  }
  BOOST_TEST(learner.weights(2, all)[2] > 0.6);
  BOOST_TEST(learner.weights(0, all)[2] > 0.99);
  // What two groups say of a third is believed less than what it says itself.
  const Beta known = learner.belief(0, 2), guessed = learner.belief(2, 2);
  BOOST_TEST(guessed.a + guessed.b < known.a + known.b);
}

BOOST_AUTO_TEST_SUITE_END()
