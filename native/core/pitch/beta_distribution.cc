#ifdef __APPLE__
#define _REENTRANT 1  // without it there is no lgamma_r
#endif
#include "core/pitch/beta_distribution.h"

#include <math.h>  // lgamma_r, which <cmath> need not have

#include <cmath>
#include <initializer_list>

namespace cochlea {
namespace {

// The continued fraction of the incomplete beta function, by Lentz's method.
double beta_fraction(double x, double a, double b) {
  const auto nonzero = [](double v) { return std::fabs(v) < 1e-300 ? 1e-300 : v; };
  double c = 1;
  double d = 1 / nonzero(1 - (a + b) * x / (a + 1));
  double h = d;
  for (int m = 1; m <= 10000; ++m) {
    const double n = m;
    const double even = n * (b - n) * x / ((a + 2 * n - 1) * (a + 2 * n));
    const double odd = -(a + n) * (a + b + n) * x / ((a + 2 * n) * (a + 2 * n + 1));
    for (const double term : {even, odd}) {
      d = 1 / nonzero(1 + term * d);
      c = nonzero(1 + term / c);
      h *= c * d;
    }
    if (std::fabs(c * d - 1) < 1e-16) break;
  }
  return h;
}

// std::lgamma writes the sign of its result to a variable that all threads share.
double log_gamma(double x) {
#ifdef _WIN32
  return std::lgamma(x);
#else
  int sign;
  return ::lgamma_r(x, &sign);
#endif
}

}  // namespace

double beta_distribution(double x, double a, double b) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) +
                                b * std::log1p(-x));
  // The fraction converges fast on its own side of the mean.
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction(x, a, b) / a
                                   : 1 - front * beta_fraction(1 - x, b, a) / b;
}

}  // namespace cochlea
