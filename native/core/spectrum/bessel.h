#pragma once

namespace cochlea {

// Modified Bessel function of order zero by its power series: all terms are positive, so nothing
// cancels.
inline double bessel_i0(double x) {
  double sum = 1, term = 1;
  for (int k = 1; term > sum * 1e-17; ++k) {
    term *= x / (2.0 * k) * (x / (2.0 * k));
    sum += term;
  }
  return sum;
}

}  // namespace cochlea
