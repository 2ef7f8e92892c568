// Symmetric matrices as their lower triangle.
#include "runtime/learn/triangle.hpp"

#include <cmath>
#include <cstring>

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

Triangle products(std::span<const double> x) {
  Triangle out(place(x.size(), 0));
  double* entry = out.data();
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) *entry++ = 2 * x[i] * x[j];
    *entry++ = x[i] * x[i];
  }
  return out;
}

double dot(std::span<const double> a, std::span<const double> b) {
  using Pair = double __attribute__((vector_size(16)));
  const auto pair = [](const double* from) {
    Pair out;
    std::memcpy(&out, from, sizeof out);
    return out;
  };
  // Four sums, two by two, none of which waits for another.
  Pair first{0, 0}, second{0, 0};
  std::size_t i = 0;
  for (; i + 4 <= a.size(); i += 4) {
    first += pair(&a[i]) * pair(&b[i]);
    second += pair(&a[i + 2]) * pair(&b[i + 2]);
  }
  for (; i < a.size(); ++i) first[0] += a[i] * b[i];
  first += second;
  return first[0] + first[1];
}

}  // namespace fairlead::learn
