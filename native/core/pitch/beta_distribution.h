#pragma once

namespace cochlea {

// The regularised incomplete beta function I_x(a, b): the distribution function of the beta
// distribution. a, b > 0, 0 <= x <= 1.
double beta_distribution(double x, double a, double b);

}  // namespace cochlea
