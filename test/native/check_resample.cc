#include <complex>

#include "check.h"
#include "kernels/fft_plan.h"

namespace check {
namespace {

using cochlea::kernels::FFT_TILE;

struct Rows {
  static constexpr size_t PHASES = 5;
  size_t width, n;
  Guarded<float> x, taps, weights;
  Guarded<int32_t> start, phase;

  // The last row of inputs and of taps ends where its buffer does.
  Rows(size_t width, size_t n, Random& random)
      : width(width),
        n(n),
        x(width + 40, random),
        taps((PHASES + 3) * width, random),
        weights(4 * n, random),
        start(n),
        phase(n) {
    for (size_t i = 0; i < n; ++i) {
      start[i] = static_cast<int32_t>(random.below(41));
      phase[i] = static_cast<int32_t>(random.below(PHASES));
    }
  }
  const float* row(size_t i, size_t past) const {
    return taps.data() + (static_cast<size_t>(phase[i]) + past) * width;
  }
};

void dot_blended_trial(Trial& t) {
  const Rows rows(32 * (1 + t.random.below(8)), t.random.length(200), t.random);
  const Guarded<float> expected(rows.n), actual(rows.n);
  std::vector<float> magnitude(rows.n);
  for (size_t i = 0; i < rows.n; ++i) {
    double sum = 0;
    for (size_t j = 0; j < rows.width; ++j) {
      for (size_t r = 0; r < 4; ++r) {
        const double term = double{rows.x[rows.start[i] + j]} * double{rows.weights[4 * i + r]} *
                            double{rows.row(i, r)[j]};
        sum += term;
        magnitude[i] += static_cast<float>(std::fabs(term));
      }
    }
    expected[i] = static_cast<float>(sum);
  }
  for (const Table* table : {&t.reference, &t.candidate}) {
    table->dot_blended(rows.x.data(), rows.start.data(), rows.taps.data(), rows.phase.data(),
                       rows.weights.data(), rows.width, rows.n, actual.data());
    t.sum(expected.data(), actual.data(), magnitude.data(), rows.n);
  }
  t.intact(actual);
}

void half_band_trial(Trial& t) {
  const size_t count = 1 + t.random.below(16), n = t.random.length(200), reach = 2 * count - 1;
  const Guarded<float> x(n == 0 ? 0 : 2 * (n - 1) + 2 * reach + 1, t.random), taps(count, t.random);
  const Guarded<float> expected(n), actual(n);
  std::vector<float> magnitude(n);
  for (size_t i = 0; i < n; ++i) {
    const size_t middle = 2 * i + reach;
    double sum = 0.5 * double{x[middle]};
    magnitude[i] = static_cast<float>(std::fabs(sum));
    for (size_t j = 0; j < count; ++j) {
      for (const float value : {x[middle - 2 * j - 1], x[middle + 2 * j + 1]}) {
        const double term = double{taps[j]} * double{value};
        sum += term;
        magnitude[i] += static_cast<float>(std::fabs(term));
      }
    }
    expected[i] = static_cast<float>(sum);
  }
  for (const Table* table : {&t.reference, &t.candidate}) {
    table->half_band(x.data() + reach, taps.data(), count, n, actual.data());
    t.sum(expected.data(), actual.data(), magnitude.data(), n, static_cast<double>(count));
  }
  t.intact(actual);
}

struct Spectrum {
  size_t n, size;
  Guarded<float> response, re, im, actual_re, actual_im;

  // Bins 0 to n, n a multiple of `unit`; those of a real signal.
  Spectrum(Random& random, size_t unit)
      : n(unit * (1 + random.below(40))),
        size((n + 1) * FFT_TILE),
        response(n + 1, random),
        re(size, random),
        im(size, random),
        actual_re(size),
        actual_im(size) {
    for (size_t l = 0; l < FFT_TILE; ++l) im[l] = im[n * FFT_TILE + l] = 0;
    for (size_t i = 0; i < size; ++i) actual_re[i] = re[i], actual_im[i] = im[i];
  }
};

void decimate_spectrum_trial(Trial& t) {
  const size_t factor = size_t{2} << t.random.below(3);
  const Spectrum s(t.random, factor);
  const size_t n = s.n / (factor / 2), kept = (n / 2 + 1) * FFT_TILE;
  std::vector<float> re(kept), im(kept), magnitude(kept);
  for (size_t k = 0; k <= n / 2; ++k) {
    for (size_t l = 0; l < FFT_TILE; ++l) {
      std::complex<double> sum = 0;
      for (size_t j = 0; j < factor; ++j) {
        const size_t bin = k + j * n, mirrored = factor * n - bin;
        const size_t row = bin <= s.n ? bin : mirrored;
        const double weight = double{s.response[row]} / static_cast<double>(factor);
        const std::complex<double> value(s.re[row * FFT_TILE + l], s.im[row * FFT_TILE + l]);
        sum += weight * (bin <= s.n ? value : std::conj(value));
        magnitude[k * FFT_TILE + l] += static_cast<float>(std::fabs(weight));
      }
      re[k * FFT_TILE + l] = static_cast<float>(sum.real());
      im[k * FFT_TILE + l] = static_cast<float>(sum.imag());
    }
  }
  t.candidate.decimate_spectrum(s.actual_re.data(), s.actual_im.data(), s.response.data(), n,
                                factor);
  t.sum(re.data(), s.actual_re.data(), magnitude.data(), kept, static_cast<double>(factor));
  t.sum(im.data(), s.actual_im.data(), magnitude.data(), kept, static_cast<double>(factor));
  t.exact(s.re.data() + kept, s.actual_re.data() + kept, s.size - kept);
  t.intact(s.actual_re);
  t.intact(s.actual_im);
}

void interpolate_spectrum_trial(Trial& t) {
  const Spectrum s(t.random, 2);
  t.candidate.interpolate_spectrum(s.actual_re.data(), s.actual_im.data(), s.response.data(), s.n);
  for (size_t k = 0; k <= s.n; ++k) {
    const size_t from = k <= s.n / 2 ? k : s.n - k;
    const float sign = k <= s.n / 2 ? 1.0f : -1.0f;
    for (size_t l = 0; l < FFT_TILE; ++l) {
      const float factor = 2 * s.response[k];
      const float re = factor * s.re[from * FFT_TILE + l];
      const float im = sign * factor * s.im[from * FFT_TILE + l];
      t.exact(&re, &s.actual_re[k * FFT_TILE + l], 1);
      t.exact(&im, &s.actual_im[k * FFT_TILE + l], 1);
    }
  }
  t.intact(s.actual_re);
  t.intact(s.actual_im);
}

size_t time_dot_blended(const Table& table) {
  static Random random(1);
  static const Rows rows(224, 256, random);
  static const Guarded<float> y(rows.n);
  table.dot_blended(rows.x.data(), rows.start.data(), rows.taps.data(), rows.phase.data(),
                    rows.weights.data(), rows.width, rows.n, y.data());
  return rows.n * rows.width;
}

size_t time_half_band(const Table& table) {
  static Random random(1);
  static const Guarded<float> x(2 * 4096 + 64, random), taps(9, random);
  static const Guarded<float> y(4096);
  table.half_band(x.data() + 17, taps.data(), 9, 4096, y.data());
  return 4096 * 9;
}

// Responses of 1 / 2 and 1 / 4 keep the values in range however often they are applied.
struct Response {
  static constexpr size_t N = 256;
  std::vector<float> response, re, im;
  explicit Response(float value)
      : response(N + 1, value), re((N + 1) * FFT_TILE, 1.0f), im((N + 1) * FFT_TILE, 0.0f) {}
};

size_t time_decimate_spectrum(const Table& table) {
  static Response r(1.0f);
  table.decimate_spectrum(r.re.data(), r.im.data(), r.response.data(), Response::N, 2);
  return Response::N * FFT_TILE;
}

size_t time_interpolate_spectrum(const Table& table) {
  static Response r(0.5f);
  table.interpolate_spectrum(r.re.data(), r.im.data(), r.response.data(), Response::N);
  return Response::N * FFT_TILE;
}

const Register dot_blended("dot_blended", &dot_blended_trial, &time_dot_blended);
const Register half_band("half_band", &half_band_trial, &time_half_band);
const Register decimate_spectrum("decimate_spectrum", &decimate_spectrum_trial,
                                 &time_decimate_spectrum);
const Register interpolate_spectrum("interpolate_spectrum", &interpolate_spectrum_trial,
                                    &time_interpolate_spectrum);

}  // namespace
}  // namespace check
