// Cholesky's factorisation against matrices whose solution is known.
#include "runtime/learn/symmetric.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "runtime/values/random.hpp"

using namespace fairlead;
using namespace fairlead::learn;

BOOST_AUTO_TEST_SUITE(symmetric)

BOOST_AUTO_TEST_CASE(solves_what_it_factorises) {
  for (std::size_t n : {1U, 2U, 7U, 40U}) {
    Dice dice(1, n);
    std::vector<double> half(n * n), wanted(n);
    for (double& x : half) x = dice.uniform() - 0.5;
    for (double& x : wanted) x = dice.uniform() - 0.5;
    Symmetric matrix(n);  // half half^T + I
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        for (std::size_t k = 0; k < n; ++k) matrix.at(i, j) += half[i * n + k] * half[j * n + k];
      }
      matrix.at(i, i) += 1;
    }
    std::vector<double> b(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) b[i] += (j <= i ? matrix.at(i, j) : matrix.at(j, i)) * wanted[j];
    }
    BOOST_REQUIRE(factorise(matrix));
    solve(matrix, b);
    for (std::size_t i = 0; i < n; ++i) BOOST_TEST(std::abs(b[i] - wanted[i]) < 1e-10);
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_positive_definite_is_refused) {
  Symmetric indefinite(2);
  indefinite.at(0, 0) = 1;
  indefinite.at(1, 0) = 2;
  indefinite.at(1, 1) = 1;
  BOOST_TEST(!factorise(indefinite));
  Symmetric unknown(1);
  unknown.at(0, 0) = std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST(!factorise(unknown));
  unknown.at(0, 0) = std::numeric_limits<double>::infinity();
  BOOST_TEST(!factorise(unknown));
}

BOOST_AUTO_TEST_SUITE_END()
