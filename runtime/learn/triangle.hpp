// Symmetric matrices as their lower triangle, row after row, so that they cannot lose their symmetry; and products of
// vectors.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace fairlead::learn {

using Triangle = std::vector<double>;

/// Where an entry stands; row >= column.
constexpr std::size_t place(std::size_t row, std::size_t column) {
  return row * (row + 1) / 2 + column;
}

/// sum += scale x x^T
void add_square(Triangle& sum, std::span<const double> x, double scale);

/// product = A x
void times(const Triangle& a, std::span<const double> x, std::vector<double>& product);

/// In the layout of a triangle x_i^2 and, as each stands for two entries of the matrix, 2 x_i x_j: dot(A, products(x))
/// is x^T A x.
Triangle products(std::span<const double> x);

double dot(std::span<const double> a, std::span<const double> b);

/// The inverse of a positive definite matrix of n rows, by Cholesky. What is not positive definite gives what is not
/// finite.
Triangle inverted(Triangle a, std::size_t n);

}  // namespace fairlead::learn
