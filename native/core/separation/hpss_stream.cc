#include "core/separation/hpss_stream.h"

#include <algorithm>
#include <limits>

#include "kernels/dispatch.h"

namespace cochlea {
namespace {

size_t lookahead_of(const Separation& separation) {
  return separation.harmonic_size - 1 - separation.harmonic_size / 2;
}

}  // namespace

// The worst case is the sample before the one that completes a tile of frames.
HpssStream::HpssStream(size_t n_fft, size_t hop, std::shared_ptr<const Window> window,
                       const Separation& separation)
    : n_fft_(n_fft),
      hop_(hop),
      pad_(n_fft / 2),
      latency_(n_fft + (lookahead_of(separation) + FFT_TILE - 1) * hop),
      window_(std::move(window)),
      fft_(RealFft::get(n_fft)),
      samples_((FFT_TILE - 1) * hop + n_fft),
      frames_(samples_, n_fft, hop, PadMode::none),
      analysis_(frames_, window_),
      separator_(separation, fft_->bins(), std::numeric_limits<size_t>::max(), FFT_TILE, true),
      re_(fft_->bins() * FFT_TILE),
      im_(fft_->bins() * FFT_TILE),
      tile_(fft_->tile_size()),
      rows_(n_fft * FFT_TILE),
      scratch_(fft_->scratch_size()),
      reciprocals_(n_fft) {
  for (Side& side : sides_) {
    side.overlap = Aligned<float>(samples_.size());
    side.finished = Aligned<float>(latency_ + 2 * FFT_TILE * hop);
  }
  // What to divide by at position p < n_fft, where the frames before the first are missing; the last
  // `hop` of these serve from there on.
  for (size_t p = 0; p < n_fft; ++p) {
    double sum = 0;
    for (size_t i = p % hop; i <= p; i += hop) sum += window_->exact[i] * window_->exact[i];
    reciprocals_[p] = sum > std::numeric_limits<float>::min() ? static_cast<float>(1 / sum) : 1.0f;
  }
  reset();
}

void HpssStream::reset() {
  separator_.reset();
  std::fill(samples_.begin(), samples_.end(), 0.0f);
  for (Side& side : sides_) std::fill(side.overlap.begin(), side.overlap.end(), 0.0f);
  filled_ = pad_;
  position_ = ready_ = taken_ = 0;
  waiting_ = latency_;
}

size_t HpssStream::bytes() const {
  const size_t bins = fft_->bins();
  return sizeof(float) * (bins * (separator_.stride() * 3 + FFT_TILE * 4) + n_fft_ * FFT_TILE * 7 +
                          2 * (sides_[0].overlap.size() + sides_[0].finished.size()));
}

void HpssStream::process(std::span<const float> x, float* harmonic, float* percussive) {
  while (!x.empty()) {
    const size_t n = std::min(x.size(), samples_.size() - filled_);
    std::copy_n(x.data(), n, samples_.data() + filled_);
    filled_ += n;
    if (filled_ == samples_.size()) step();
    const size_t zeros = std::min(n, waiting_), rest = n - zeros;
    for (float** out : {&harmonic, &percussive}) {
      const Aligned<float>& finished = sides_[out == &harmonic ? 0 : 1].finished;
      std::fill_n(*out, zeros, 0.0f);
      std::copy_n(finished.data() + taken_, rest, *out + zeros);
      *out += n;
    }
    waiting_ -= zeros;
    taken_ += rest;
    x = x.subspan(n);
  }
}

void HpssStream::step() {
  analysis_.read(0, FFT_TILE, separator_.re(), separator_.im(), separator_.stride());
  separator_.append(FFT_TILE);
  const size_t shift = FFT_TILE * hop_;
  std::copy(samples_.begin() + shift, samples_.end(), samples_.begin());
  filled_ -= shift;
  if (separator_.pending() <= separator_.lookahead()) return;
  const size_t frames = std::min(FFT_TILE, separator_.pending() - separator_.lookahead());
  for (Side& side : sides_)
    std::copy(side.finished.begin() + taken_, side.finished.begin() + ready_,
              side.finished.begin());
  ready_ -= taken_;
  taken_ = 0;
  separator_.separate(frames);
  synthesise(Part::harmonic, frames);
  synthesise(Part::percussive, frames);
  separator_.advance();
  // What lies before the first sample is dropped.
  const size_t end = position_ + frames * hop_;
  ready_ += end - std::clamp(pad_, position_, end);
  position_ = end;
}

void HpssStream::synthesise(Part part, size_t frames) {
  const kernels::Table& kernel = kernels::active();
  Side& side = sides_[part == Part::harmonic ? 0 : 1];
  separator_.component(part, re_.data(), im_.data(), FFT_TILE);
  fft_->inverse_tile(re_.data(), im_.data(), FFT_TILE, frames, tile_.data(), scratch_.data());
  const size_t run = fft_->run();
  for (size_t i = 0, r = 0; i < n_fft_; i += run, ++r) {
    float* rows[FFT_TILE];
    for (size_t l = 0; l < FFT_TILE; ++l) rows[l] = rows_.data() + l * n_fft_ + i;
    kernel.tile_to_rows(tile_.data() + r * fft_->run_stride(), run, rows);
  }
  for (size_t l = 0; l < frames; ++l)
    kernel.multiply_add(rows_.data() + l * n_fft_, window_->values.data(), n_fft_,
                        side.overlap.data() + l * hop_);
  float* to = side.finished.data() + ready_;
  for (size_t i = 0; i < frames * hop_; ++i) {
    const size_t p = position_ + i;
    if (p < pad_) continue;
    *to++ = side.overlap[i] * reciprocals_[p < n_fft_ ? p : n_fft_ - hop_ + (p - n_fft_) % hop_];
  }
  float* const rest =
      std::copy(side.overlap.begin() + frames * hop_, side.overlap.end(), side.overlap.begin());
  std::fill(rest, side.overlap.end(), 0.0f);
}

}  // namespace cochlea
