// Cholesky's factorisation, row by row (Golub and Van Loan, Matrix Computations, section 4.2).
#include "runtime/learn/symmetric.hpp"

#include <cmath>

namespace fairlead::learn {

bool factorise(Symmetric& matrix) {
  const std::size_t n = matrix.size;
  for (std::size_t i = 0; i < n; ++i) {
    double* const row = &matrix.entries[i * n];
    for (std::size_t j = 0; j <= i; ++j) {
      const double* const other = &matrix.entries[j * n];
      double sum = row[j];
      for (std::size_t k = 0; k < j; ++k) sum -= row[k] * other[k];
      if (j < i) {
        row[j] = sum / other[j];
      } else {
        // Not `sum <= 0`: a NaN is to be refused too.
        if (!(sum > 0) || !std::isfinite(sum)) return false;
        row[j] = std::sqrt(sum);
      }
    }
  }
  return true;
}

void solve(const Symmetric& factor, std::span<double> b) {
  const std::size_t n = factor.size;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= factor.at(i, k) * b[k];
    b[i] /= factor.at(i, i);
  }
  for (std::size_t i = n; i-- > 0;) {
    b[i] /= factor.at(i, i);
    for (std::size_t k = 0; k < i; ++k) b[k] -= factor.at(i, k) * b[i];
  }
}

}  // namespace fairlead::learn
