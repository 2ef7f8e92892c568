// Symmetric matrices as their lower triangle.
#include "runtime/learn/triangle.hpp"

#include <cmath>

namespace fairlead::learn {

void add_square(Triangle& sum, std::span<const double> x, double scale) {
  double* entry = sum.data();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double factor = scale * x[i];
    if (factor == 0) {
      entry += i + 1;
      continue;
    }
    for (std::size_t j = 0; j <= i; ++j) *entry++ += factor * x[j];
  }
}

Triangle inverted(Triangle a, std::size_t n) {
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = j; i < n; ++i) {
      double sum = a[place(i, j)];
      for (std::size_t k = 0; k < j; ++k) sum -= a[place(i, k)] * a[place(j, k)];
      a[place(i, j)] = i == j ? std::sqrt(sum) : sum / a[place(j, j)];
    }
  }
  // The lower triangle holds L, A = L L^T. Its inverse takes its place, column by column: of L only what stands right
  // of the column is needed after it.
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = j; i < n; ++i) {
      double sum = i == j ? 1.0 : 0.0;
      for (std::size_t k = j; k < i; ++k) sum -= a[place(i, k)] * a[place(k, j)];
      a[place(i, j)] = sum / a[place(i, i)];
    }
  }
  Triangle out(a.size(), 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      for (std::size_t k = i; k < n; ++k) out[place(i, j)] += a[place(k, i)] * a[place(k, j)];
    }
  }
  return out;
}

void times(const Triangle& a, std::span<const double> x, std::vector<double>& product) {
  product.assign(x.size(), 0.0);
  const double* entry = a.data();
  double* out = product.data();
  for (std::size_t i = 0; i < x.size(); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < i; ++j, ++entry) {
      sum += *entry * x[j];
      out[j] += *entry * x[i];
    }
    out[i] += sum + *entry++ * x[i];
  }
}

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace fairlead::learn
