#include "core/signal/resample_filter.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <tuple>
#include <vector>

#include "core/runtime/blocks.h"
#include "core/runtime/plan_cache.h"
#include "core/spectrum/bessel.h"

namespace cochlea {
namespace {

// A ratio with more phases than this, or more taps, is interpolated instead.
constexpr uint64_t MAX_PHASES = 1024;
constexpr size_t MAX_TAPS = size_t{1} << 21;
// Grid points per sample of the lower rate: cubic interpolation between them is exact to 1e-9.
constexpr double GRID = 256;
// Taps between two looks at the task, of a tenth of a microsecond each.
constexpr int64_t TAPS_BETWEEN_LOOKS = 1 << 14;

struct Prototype {
  double cutoff;  // middle of the transition band, 1 = the lower Nyquist frequency
  double beta;    // of the Kaiser window
  double half;    // half the window's length, in samples of the lower rate
};

// Measured at 2:1, except the fifth, which is scipy's; at 1:4, 1:8 and 1:16 up to 1:64; and at 4:1 to
// 1024:1, the more steps a ratio takes the more attenuation each of them has.
constexpr Prototype PROTOTYPES[] = {
    {0.95566416, 18.43349606, 133.25},
    {0.95687182, 13.04003724, 97.25},
    {0.95794052, 10.36266879, 79.25},
    {0.83813476, 10.42774943, 21.25},
    {1.0, 5.0, 10.0},
    {0.95687182, 13.04003724, 97.125},
    {0.95687182, 13.71149174, 102.25},
    {0.95687182, 13.71149174, 102.125},
    {0.95687182, 13.71120418, 102.25},
    {0.95687182, 14.10418607, 105.25},
    {0.95687182, 14.38317873, 107.25},
    {0.95687182, 14.59967819, 108.25},
    {0.95687182, 14.77663342, 110.25},
    {0.95687182, 14.92629067, 111.25},
    {0.95687182, 15.05596209, 112.25},
    {0.95687182, 15.17036540, 112.25},
    {0.95687182, 15.27272250, 113.25},
};

// libsoxr's window grows a little with the ratio.
Prototype prototype(ResampleQuality quality, uint64_t up, uint64_t down) {
  Prototype p = PROTOTYPES[static_cast<int>(quality)];
  if (quality != ResampleQuality::soxr_hq || up != 1) return p;
  switch (down) {
    case 3:
      p.half = 290.5 / 3;
      break;
    case 4:
      p.beta = 13.71149174;
      p.half = 409.0 / 4;
      break;
    case 8:
      p.beta = 14.10420188;
      p.half = 842.0 / 8;
      break;
    case 16:
      p.beta = 14.38330741;
      p.half = 1716.0 / 16;
      break;
    default:
      break;
  }
  return p;
}

// `t` in samples of the lower rate.
double tap(const Prototype& p, double t) {
  const double r = t / p.half;
  if (std::fabs(r) > 1) return 0;
  const double x = std::numbers::pi * p.cutoff * t;
  const double sinc = x == 0 ? 1 : std::sin(x) / x;
  return p.cutoff * sinc * bessel_i0(p.beta * std::sqrt(1 - r * r)) / bessel_i0(p.beta);
}

// scipy makes the taps of resample_poly, of which there is one for each multiple of 1 / higher, sum
// to 1. The sum is the trapezoidal rule of an integral: beyond 2^16 points per sample a finer grid
// changes it by 1e-13.
double normalisation(const Task& task, const Prototype& p, double higher) {
  const double points = std::fmin(higher, 65536);
  const int64_t last = static_cast<int64_t>(p.half * points);
  double sum = 0;
  for (int64_t i = -last; i <= last; ++i) {
    if (i % TAPS_BETWEEN_LOOKS == 0 && task.cancelled()) return 1;
    sum += tap(p, static_cast<double>(i) / points);
  }
  return points / sum;
}

// Writes the taps of outputs that fall `fraction` of a sample after an input.
void write_taps(const Task& task, const Prototype& p, const ResampleFilter& filter, double scale,
                double gain, double fraction, float* out) {
  for (int64_t j = 0; j < 2 * filter.reach; ++j) {
    if (j % TAPS_BETWEEN_LOOKS == 0 && task.cancelled()) return;
    const double t = static_cast<double>(j + 1 - filter.reach) - fraction;
    out[j] = static_cast<float>(gain * tap(p, t * scale));
  }
}

// The taps of neighbouring outputs as columns, each at its own input.
void make_panels(const Task& task, const Prototype& p, double scale, double gain,
                 ResampleFilter& filter) {
  constexpr size_t PANEL = ResampleFilter::PANEL;
  const size_t up = static_cast<size_t>(filter.up), down = static_cast<size_t>(filter.down);
  const size_t repeats = (PANEL + up - 1) / up;
  filter.period = up * repeats;
  filter.period_inputs = down * repeats;
  const size_t count = (filter.period + PANEL - 1) / PANEL;
  const size_t taps = 2 * static_cast<size_t>(filter.reach);
  filter.panel_rows = taps + (PANEL - 1) * down / up + 1;
  filter.panels = Aligned<float>(count * filter.panel_rows * PANEL);
  for (size_t panel = 0; panel < count && !task.cancelled(); ++panel) {
    float* const matrix = filter.panels.data() + panel * filter.panel_rows * PANEL;
    in_blocks(task, filter.panel_rows * PANEL,
              [&](size_t begin, size_t end) { std::fill(matrix + begin, matrix + end, 0.0f); });
  }
  std::vector<float> row(taps);
  for (size_t first = 0; first < up && !task.cancelled(); ++first) {
    const double phase = static_cast<double>(first * down % up);
    write_taps(task, p, filter, scale, gain, phase / static_cast<double>(up), row.data());
    // The outputs of this phase.
    for (size_t output = first; output < filter.period && !task.cancelled(); output += up) {
      const size_t panel = output / PANEL, column = output % PANEL;
      const size_t at = output * down / up - panel * PANEL * down / up;
      float* const to = filter.panels.data() + (panel * filter.panel_rows + at) * PANEL + column;
      for (size_t j = 0; j < taps; ++j) to[j * PANEL] = row[j];
    }
  }
}

// The response of the taps, of which there is one for each input or output of the higher rate.
void make_response(const Task& task, const Prototype& p, ResampleFilter& filter) {
  const size_t factor = filter.overlap_save_factor(), period = factor * ResampleFilter::BLOCK;
  const double rate = static_cast<double>(factor);
  std::vector<double> taps(static_cast<size_t>(p.half * rate) + 1), cosine(period);
  for (size_t i = 0; i < taps.size(); ++i) taps[i] = tap(p, static_cast<double>(i) / rate) / rate;
  for (size_t i = 0; i < period; ++i) {
    cosine[i] =
        std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(period));
  }
  filter.response = Aligned<float>(period / 2 + 1);
  for (size_t k = 0; k <= period / 2 && !task.cancelled(); ++k) {
    double sum = taps[0];
    for (size_t i = 1; i < taps.size(); ++i) sum += 2 * taps[i] * cosine[i * k % period];
    filter.response[k] = static_cast<float>(sum);
  }
}

// Not complete if the task was cancelled meanwhile.
std::shared_ptr<const ResampleFilter> design(const Task& task, double from, double to,
                                             ResampleQuality quality) {
  auto filter = std::make_shared<ResampleFilter>();
  filter->step = from / to;
  if (from == to) {
    filter->up = filter->down = 1;
    return filter;
  }
  constexpr double LARGEST = 2147483648.0;
  if (from == std::trunc(from) && to == std::trunc(to) && from < LARGEST && to < LARGEST) {
    const uint64_t divisor = std::gcd(static_cast<uint64_t>(from), static_cast<uint64_t>(to));
    filter->up = static_cast<uint64_t>(to) / divisor;
    filter->down = static_cast<uint64_t>(from) / divisor;
  }
  const Prototype p = prototype(quality, filter->up, filter->down);
  const double scale = std::fmin(1.0, to / from);  // lower rate samples per input sample
  filter->reach = static_cast<int64_t>(std::ceil(p.half / scale));
  if (filter->up == 1) {
    // So that a block begins with an input that an output falls on.
    const int64_t down = static_cast<int64_t>(filter->down);
    filter->reach = (filter->reach - 1 + down - 1) / down * down + 1;
  }
  filter->width = (2 * static_cast<size_t>(filter->reach) + 31) / 32 * 32;
  double gain = scale;
  if (quality == ResampleQuality::polyphase && filter->up > 0) {
    gain *= normalisation(task, p, static_cast<double>(std::max(filter->up, filter->down)));
  }
  if (filter->up > 0 && filter->up <= MAX_PHASES && filter->up * filter->width <= MAX_TAPS) {
    make_panels(task, p, scale, gain, *filter);
  } else {
    filter->grid = static_cast<size_t>(std::fmax(1.0, std::ceil(GRID * scale)));
    filter->taps = Aligned<float>((filter->grid + 3) * filter->width, 0);
    for (size_t row = 0; row < filter->grid + 3 && !task.cancelled(); ++row) {
      const double fraction = (static_cast<double>(row) - 1) / static_cast<double>(filter->grid);
      write_taps(task, p, *filter, scale, gain, fraction,
                 filter->taps.data() + row * filter->width);
    }
  }
  if (filter->overlap_save_factor() > 0 && quality != ResampleQuality::polyphase) {
    make_response(task, p, *filter);
  }
  return filter;
}

}  // namespace

size_t ResampleFilter::overlap_save_factor() const {
  if (up == 2 && down == 1) return 2;
  const bool known = up == 1 && (down == 2 || down == 4 || down == 8);
  return known ? static_cast<size_t>(down) : 0;
}

std::shared_ptr<const ResampleFilter> ResampleFilter::get(double from, double to,
                                                          ResampleQuality quality,
                                                          const Task& task) {
  using Key = std::tuple<double, double, ResampleQuality>;
  static auto& cache = *new PlanCache<Key, ResampleFilter>(32 << 20);
  return cache.get({from, to, quality}, [&] {
    auto filter = design(task, from, to, quality);
    return task.cancelled() ? nullptr : filter;
  });
}

}  // namespace cochlea
