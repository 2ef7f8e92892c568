// A contextual learner beside a plain one: it is believed where its features help, and does no harm where they do not.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "runtime/learn/learners.hpp"
#include "runtime/learn/shares.hpp"
#include "runtime/values/random.hpp"

using namespace fairlead;
using namespace fairlead::learn;

namespace {

constexpr std::size_t features = 12;
const std::vector<bool> both(2, true);
const std::vector<Share> even(2, whole / 2);

LearnerSpec spec() {
  return {.options = 2, .features = features, .start = {}};
}

/// Expected goals in `rounds` decisions. The first of ten kinds of contact is as good for one option as for the other,
/// but for `turn`, which half of the kinds have the other way round.
double earned(Learner& learner, double turn, int rounds, std::uint64_t seed) {
  double sum = 0;
  Dice dice(seed, 12);
  std::unique_ptr<Learner> in_force;
  for (int round = 0; round < rounds; ++round) {
    if (round % 25 == 0) {
      learner.age(round);
      in_force = learner.settled();
    }
    std::vector<double> x(features, 0.0);
    x[0] = 1;
    const std::size_t kind = dice.below(features - 1);
    x[1 + kind] = 1;
    const std::vector<Share> drawn = shares(in_force->weights(x, both), both, 0);
    const std::size_t option = draw(drawn, dice);
    const double rate = (option == 0 ? 0.10 : 0.14) + (kind % 2 == option ? turn : -turn);
    sum += rate;
    const Decision decision{option, x, round, drawn};
    learner.decided(decision);
    if (dice.uniform() < rate) learner.reached(decision, round);
  }
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(careful)

BOOST_AUTO_TEST_CASE(where_features_say_nothing_it_is_about_the_plain_learner) {
  // 40 runs of 3,000 decisions, two rates that no feature changes. The paired difference had a standard error of about
  // 1.0 goals of 405; 5 would be chance in fewer than 1 of 100,000 seeds. The linear learner alone lost more.
  double plain = 0, careful = 0, linear = 0;
  constexpr int runs = 40;
  for (std::uint64_t run = 0; run < runs; ++run) {
    plain += earned(*make_learner({.options = 2, .features = 0, .start = {}}), 0, 3'000, run) / runs;
    careful += earned(*make_learner(spec()), 0, 3'000, run) / runs;
    linear += earned(*make_linear(spec()), 0, 3'000, run) / runs;
  }
  BOOST_TEST_MESSAGE("plain " << plain << ", careful " << careful << ", linear alone " << linear);
  BOOST_TEST(careful > plain - 5);
  BOOST_TEST(careful > linear);
}

BOOST_AUTO_TEST_CASE(where_features_help_they_are_believed) {
  double plain = 0, careful = 0, linear = 0;
  constexpr int runs = 10;
  for (std::uint64_t run = 0; run < runs; ++run) {
    plain += earned(*make_learner({.options = 2, .features = 0, .start = {}}), 0.06, 6'000, run) / runs;
    careful += earned(*make_learner(spec()), 0.06, 6'000, run) / runs;
    linear += earned(*make_linear(spec()), 0.06, 6'000, run) / runs;
  }
  BOOST_TEST_MESSAGE("plain " << plain << ", careful " << careful << ", linear alone " << linear);
  BOOST_TEST(careful > plain + 0.5 * (linear - plain));
  const auto one = make_learner(spec());
  earned(*one, 0.06, 6'000, 99);
  BOOST_TEST(one->note().find("the features help") == 0U);
}

BOOST_AUTO_TEST_CASE(before_anything_is_known_the_plain_learner_has_most_of_the_say) {
  const auto learner = make_learner(spec());
  BOOST_TEST(learner->note().find("nobody knows yet") == 0U);
  LearnerSpec started = spec();
  started.start = {0.9, 0.1};
  BOOST_TEST(std::abs(make_learner(started)->weights(std::vector<double>(features, 1.0), both)[0] - 0.9) < 1e-12);
}

BOOST_AUTO_TEST_CASE(judgements_come_back_from_bytes) {
  LearnerSpec slow = spec();
  slow.window = 500;
  const auto learner = make_learner(slow);
  Dice dice(3, 12);
  const auto live = [](Learner& each, int from, int to) {
    for (int i = from; i < to; ++i) {
      Dice own(77, 12, static_cast<std::uint64_t>(i));
      std::vector<double> x(features, 0.0);
      x[0] = 1;
      x[1 + own.below(features - 1)] = 1;
      const Decision decision{own.below(2), x, i, even};
      each.decided(decision);
      if (own.below(8) == 0) each.reached(decision, i + 20);
      if (i % 100 == 0) each.age(i);
    }
  };
  live(*learner, 0, 3'000);
  BOOST_TEST(learner->note() != make_learner(slow)->note());
  const auto loaded = make_learner(spec());
  BOOST_REQUIRE(loaded->load(learner->save()).has_value());
  BOOST_TEST(loaded->save() == learner->save());
  BOOST_TEST(loaded->note() == learner->note());
  live(*learner, 3'000, 4'000);
  live(*loaded, 3'000, 4'000);
  BOOST_TEST(loaded->save() == learner->save());
}

BOOST_AUTO_TEST_CASE(a_linear_learner_of_before_is_read) {
  const auto before = make_linear(spec());
  std::vector<double> x(features, 0.0);
  x[0] = 1;
  for (int i = 0; i < 300; ++i) before->decided(1, x);
  for (int i = 0; i < 30; ++i) before->reached(1, x);
  const auto learner = make_learner(spec());
  BOOST_REQUIRE(learner->load(before->save()).has_value());
  BOOST_TEST((learner->evidence() == before->evidence()));
  BOOST_TEST(learner->in_effect()[1].successes == 30);
  BOOST_TEST(learner->weights(x, both)[0] > 0);
}

BOOST_AUTO_TEST_SUITE_END()
