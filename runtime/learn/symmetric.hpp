// Systems with a symmetric, positive definite matrix: what Newton's method and ridge regression solve.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace fairlead::learn {

/// A symmetric matrix of `size` rows. Only its lower triangle (column <= row) is kept up and read.
struct Symmetric {
  explicit Symmetric(std::size_t n) : size(n), entries(n * n, 0.0) {}
  double& at(std::size_t row, std::size_t column) { return entries[row * size + column]; }
  [[nodiscard]] double at(std::size_t row, std::size_t column) const { return entries[row * size + column]; }

  std::size_t size;
  std::vector<double> entries;
};

/// Replaces the lower triangle of A by its Cholesky factor L, A = L L^T. False where A is not positive definite within
/// rounding; what is left of it then has no meaning.
bool factorise(Symmetric& matrix);

/// Solves A x = b in place, where `factor` is what `factorise` left.
void solve(const Symmetric& factor, std::span<double> b);

}  // namespace fairlead::learn
