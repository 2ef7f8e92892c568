// The quadrature against a million draws, against closed forms, and at its extremes.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "runtime/learn/learner.hpp"

using namespace fairlead::learn;

namespace {

constexpr int draws = 1'000'000;
constexpr double tolerance = 2e-3;

template <class Sample>
std::vector<double> frequencies(std::size_t arms, Sample sample) {
  std::vector<double> won(arms, 0);
  for (int n = 0; n < draws; ++n) {
    std::size_t best = 0;
    double highest = -1e300;
    for (std::size_t i = 0; i < arms; ++i) {
      const double x = sample(i);
      if (x > highest) {
        highest = x;
        best = i;
      }
    }
    won[best] += 1.0 / draws;
  }
  return won;
}

void check_close(const std::vector<double>& got, const std::vector<double>& wanted) {
  BOOST_REQUIRE(got.size() == wanted.size());
  double sum = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    BOOST_TEST(std::abs(got[i] - wanted[i]) < tolerance, "arm " << i << ": " << got[i] << " v " << wanted[i]);
    sum += got[i];
  }
  BOOST_TEST(std::abs(sum - 1) < 1e-12);
}

/// Without a clever grid, and apart from the code under test: every arm's own distribution function over small steps of
/// all arms.
std::vector<double> painstaking(const std::vector<Normal>& arms) {
  std::vector<double> grid;
  for (const Normal& arm : arms) {
    for (int k = -300; k <= 300; ++k) grid.push_back(arm.mean + arm.sd * k / 50);
  }
  std::sort(grid.begin(), grid.end());
  const auto below = [](const Normal& arm, double x) {
    return 0.5 * std::erfc((arm.mean - x) / arm.sd / std::sqrt(2.0));
  };
  std::vector<double> won(arms.size(), 0), last(arms.size(), 0), here(arms.size(), 0), between(arms.size(), 0);
  for (std::size_t k = 1; k < grid.size(); ++k) {
    double all = 1;
    for (std::size_t i = 0; i < arms.size(); ++i) {
      here[i] = below(arms[i], grid[k]);
      between[i] = below(arms[i], (grid[k - 1] + grid[k]) / 2);
      all *= between[i];
    }
    for (std::size_t i = 0; i < arms.size(); ++i) {
      if (between[i] > 0) won[i] += (here[i] - last[i]) * all / between[i];
    }
    last.swap(here);
  }
  return won;
}

/// Two to twelve arms: of like width, of widths that differ up to ten thousand times, and the same about one mean.
std::vector<Normal> random_arms(int n, std::mt19937_64& engine) {
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  const double spread = n % 3 == 2 ? 0 : std::pow(10.0, 1 - 3 * uniform(engine));
  std::vector<Normal> arms;
  for (int i = 0; i < 2 + n % 11; ++i)
    arms.push_back({spread * normal(engine), n % 3 == 0 ? 1.0 : std::pow(10.0, -4 * uniform(engine))});
  return arms;
}

std::vector<double> best(const std::vector<Beta>& arms) {
  return best_of(arms);
}
std::vector<double> best(const std::vector<Normal>& arms) {
  return best_of(arms);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(best_of_arms)

BOOST_AUTO_TEST_CASE(beta_against_a_million_draws) {
  const std::vector<std::vector<Beta>> cases{
      {{1, 1}, {2, 1}, {1, 3}},       {{11, 991}, {16, 986}, {21, 981}}, {{2, 40}, {30, 900}, {500, 20000}, {1, 1}},
      {{1, 1e7}, {2, 1e7}, {3, 2e7}}, {{80, 2}, {9, 1}, {400, 13}},
  };
  std::mt19937_64 engine(20240601);
  for (const auto& arms : cases) {
    check_close(best(arms), frequencies(arms.size(), [&](std::size_t i) {
                  const double x = std::gamma_distribution<double>(arms[i].a)(engine);
                  return x / (x + std::gamma_distribution<double>(arms[i].b)(engine));
                }));
  }
}

BOOST_AUTO_TEST_CASE(normal_against_a_million_draws) {
  const std::vector<std::vector<Normal>> cases{
      {{0, 1}, {0.5, 2}, {-1, 4}},
      {{0.020, 0.001}, {0.021, 0.002}, {0.019, 0.01}, {0.02, 0.0001}},
      {{1e6, 1}, {1e6 + 1, 1e-3}},
  };
  std::mt19937_64 engine(20240602);
  for (const auto& arms : cases) {
    check_close(best(arms), frequencies(arms.size(), [&](std::size_t i) {
                  return std::normal_distribution<double>(arms[i].mean, arms[i].sd)(engine);
                }));
  }
}

BOOST_AUTO_TEST_CASE(random_normals_against_a_million_draws) {
  std::mt19937_64 engine(20240603);
  for (int n = 0; n < 12; ++n) {
    const std::vector<Normal> arms = random_arms(n, engine);
    check_close(best(arms), frequencies(arms.size(), [&](std::size_t i) {
                  return std::normal_distribution<double>(arms[i].mean, arms[i].sd)(engine);
                }));
  }
}

BOOST_AUTO_TEST_CASE(random_normals_against_a_painstaking_sum) {
  std::mt19937_64 engine(20240604);
  double worst = 0;
  for (int n = 0; n < 400; ++n) {
    const std::vector<Normal> arms = random_arms(n, engine);
    const std::vector<double> got = best(arms), wanted = painstaking(arms);
    for (std::size_t i = 0; i < arms.size(); ++i) worst = std::max(worst, std::abs(got[i] - wanted[i]));
  }
  BOOST_TEST_MESSAGE("off by " << worst << " at most");
  BOOST_TEST(worst < 5e-4);
}

BOOST_AUTO_TEST_CASE(an_arm_beyond_all_others_and_one_that_is_no_number) {
  // The one that is sure of a win has everything, however many look good beside each other.
  std::vector<Normal> arms(11, Normal{0, 1});
  arms.push_back({20, 1e-3});
  std::vector<double> wanted(11, 0.0);
  wanted.push_back(1);
  check_close(best(arms), wanted);
  const double huge = std::numeric_limits<double>::max(), none = std::numeric_limits<double>::quiet_NaN();
  for (const double odd : {huge, -huge, none, std::numeric_limits<double>::infinity()}) {
    check_close(best({Normal{odd, 1e300}, {0, 1}}), {0.5, 0.5});
    check_close(best({Normal{0, 1}, {0, odd > 0 ? odd : none}}), {0.5, 0.5});
  }
}

BOOST_AUTO_TEST_CASE(closed_forms) {
  // P(U^(1/n) is the largest) for Beta(n_i, 1) arms is n_i over their sum.
  check_close(best({Beta{30, 1}, {20, 1}, {50, 1}}), {0.3, 0.2, 0.5});
  // The smallest of exponential-like arms: P(Beta(1, m) > Beta(1, n)) = n / (m + n).
  check_close(best({Beta{1, 50}, {1, 150}}), {0.75, 0.25});
  // P(Normal > Normal) = Phi(difference / sd of the difference).
  const double p = 0.5 * std::erfc(-1 / std::sqrt(10.0));
  check_close(best({Normal{1, 2}, {0, 1}}), {p, 1 - p});
}

BOOST_AUTO_TEST_CASE(equal_arms_weigh_the_same) {
  for (const Beta arm : {Beta{1, 1}, {1, 1e7}, {1e7, 1}, {3, 500}, {1e7, 1e7}}) {
    for (const double p : best(std::vector<Beta>(4, arm))) BOOST_TEST(std::abs(p - 0.25) < 1e-12);
  }
  for (const Normal arm : {Normal{0, 1}, {0.02, 0}, {-5, 1e-9}}) {
    for (const double p : best(std::vector<Normal>(4, arm))) BOOST_TEST(std::abs(p - 0.25) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(extremes) {
  check_close(best({Beta{7, 3}}), {1});
  check_close(best({Normal{7, 3}}), {1});
  BOOST_TEST(best(std::vector<Beta>{}).empty());
  check_close(best({Beta{1e7, 1}, {1, 1e7}}), {1, 0});
  check_close(best({Beta{1e7, 1e7}, {1, 1}}), {0.5, 0.5});
  check_close(best({Beta{1e7, 3e7}, {1, 1}}), {0.25, 0.75});
  check_close(best({Normal{1, 0}, {2, 0}, {0, 0}}), {0, 1, 0});
  check_close(best({Normal{0, 0}, {0, 1}}), {0.5, 0.5});
}

BOOST_AUTO_TEST_CASE(the_same_arms_give_the_same_bits) {
  const std::vector<Beta> arms{{12, 345}, {23, 456}, {34, 567}};
  BOOST_TEST((best(arms) == best(arms)));
}

BOOST_AUTO_TEST_SUITE_END()
