// Philox against its authors' vectors, and the draws that are made from it.
#include "runtime/values/random.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>
#include <vector>

namespace fairlead {
namespace {

using Words = std::array<std::uint32_t, 4>;

/// Pearson's statistic against a uniform distribution over the cells.
double chi_squared(const std::vector<int>& cells, double draws) {
  const double expected = draws / static_cast<double>(cells.size());
  double sum = 0;
  for (const int n : cells) sum += (n - expected) * (n - expected) / expected;
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(chance)

// Random123's kat_vectors, philox4x32 10.
BOOST_AUTO_TEST_CASE(known_answers) {
  BOOST_TEST((philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  BOOST_TEST((philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
              Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  // The digits of pi.
  BOOST_TEST((philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
              Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

// The layout that random.cpp promises, spelled out a second time.
BOOST_AUTO_TEST_CASE(the_layout_is_for_ever) {
  const std::uint64_t seed = 0x0123456789abcdef;
  const std::uint64_t purpose = 0x1122334455667788;
  const std::uint64_t index = 0x99aabbccddeeff00;
  const Words origin = philox({0xddeeff00, 0x99aabbcc, 0x55667788, 0x11223344}, {0x89abcdef, 0x01234567});
  const Words first = philox({0, 0, origin[2], origin[3]}, {origin[0], origin[1]});
  const Words second = philox({1, 0, origin[2], origin[3]}, {origin[0], origin[1]});
  Dice dice(seed, purpose, index);
  for (const std::uint32_t word : first) BOOST_TEST(dice.next32() == word);
  BOOST_TEST(dice.next64() == (second[0] | static_cast<std::uint64_t>(second[1]) << 32));
  BOOST_TEST(dice.uniform() ==
             static_cast<double>((second[2] | static_cast<std::uint64_t>(second[3]) << 32) >> 11) / 0x1p53);
}

// Draws that a journal may hold; were one of these to change, no old run could be replayed.
BOOST_AUTO_TEST_CASE(recorded_draws) {
  Dice dice(42, 7, 3);
  BOOST_TEST(dice.next32() == 0x5801cfc7U);
  BOOST_TEST(dice.next64() == 0x54d6b0ac8b3c574cU);
  BOOST_TEST(dice.below(1000) == 627U);
}

BOOST_AUTO_TEST_CASE(a_draw_depends_on_what_it_is_for_alone) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (std::uint64_t purpose = 0; purpose < 10; ++purpose) {
      for (std::uint64_t index = 0; index < 10; ++index) {
        Dice one(seed, purpose, index);
        Dice other(seed, purpose, index);
        const std::uint64_t draw = one.next64();
        BOOST_TEST(other.next64() == draw);
        seen.insert(draw);
      }
    }
  }
  BOOST_TEST(seen.size() == 1000U);
}

BOOST_AUTO_TEST_CASE(below_is_uniform) {
  constexpr int draws = 200'000;
  for (const std::uint64_t bound : {2U, 3U, 7U, 10U, 100U}) {
    Dice dice(2026, bound);
    std::vector<int> cells(bound);
    for (int i = 0; i < draws; ++i) {
      const std::uint64_t n = dice.below(bound);
      BOOST_REQUIRE(n < bound);
      ++cells[n];
    }
    // Five standard deviations; the seed is fixed, so this never fails by chance.
    const double freedom = static_cast<double>(bound - 1);
    BOOST_TEST(chi_squared(cells, draws) < freedom + 5 * std::sqrt(2 * freedom), bound);
  }
  // Where a plain multiplication or modulo would give a third of the range twice the chance.
  Dice dice(2026, 0);
  const std::uint64_t bound = (std::uint64_t{1} << 63) + (std::uint64_t{1} << 62);
  std::vector<int> thirds(3);
  for (int i = 0; i < draws; ++i) ++thirds[dice.below(bound) >> 62];
  BOOST_TEST(chi_squared(thirds, draws) < 2 + 5 * std::sqrt(4.0));
  // Nor may the low digit lean, which is where Lemire's method without rejection would.
  std::vector<int> residues(3);
  for (int i = 0; i < draws; ++i) ++residues[dice.below(bound) % 3];
  BOOST_TEST(chi_squared(residues, draws) < 2 + 5 * std::sqrt(4.0));
  BOOST_TEST(dice.below(1) == 0U);
}

BOOST_AUTO_TEST_CASE(uniform_is_uniform) {
  constexpr int draws = 200'000;
  Dice dice(1, 1);
  std::vector<int> cells(64);
  for (int i = 0; i < draws; ++i) {
    const double u = dice.uniform();
    BOOST_REQUIRE((u >= 0 && u < 1));
    ++cells[static_cast<std::size_t>(u * 64)];
  }
  BOOST_TEST(chi_squared(cells, draws) < 63 + 5 * std::sqrt(126.0));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead
