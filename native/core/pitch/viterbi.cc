#include "core/pitch/viterbi.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/dispatch.h"

namespace cochlea {
namespace {

constexpr double TINY = std::numeric_limits<double>::min();
constexpr double NEVER = -std::numeric_limits<double>::infinity();
constexpr size_t KEPT_BYTES = 32 << 20;  // of values, when a short signal needs no second pass

// The values of all states after one frame: voiced and unvoiced ones, each with room for the reach
// of a move on both sides, where nothing is.
class Values {
 public:
  explicit Values(const PitchTransitions& transitions)
      : reach_(transitions.reach()),
        plane_(transitions.blocks() * VITERBI_BLOCK + 2 * transitions.reach()),
        data_(2 * plane_, NEVER) {}
  double* voiced() { return data_.data() + reach_; }
  double* unvoiced() { return voiced() + plane_; }
  const double* voiced() const { return data_.data() + reach_; }
  const double* unvoiced() const { return voiced() + plane_; }
  size_t bytes() const { return data_.size() * sizeof(double); }

 private:
  size_t reach_, plane_;
  Aligned<double> data_;
};

class Search {
 public:
  Search(const Task& task, const PitchObservations& observations,
         const PitchTransitions& transitions)
      : task_(task),
        observations_(observations),
        transitions_(transitions),
        pitches_(transitions.pitches()),
        reach_(transitions.reach()) {}

  void begin(Values& out) const {
    const double initial = std::log(1.0 / static_cast<double>(2 * pitches_) + TINY);
    std::fill_n(out.voiced(), pitches_, initial);
    std::fill_n(out.unvoiced(), pitches_, initial);
    observe(0, out);
  }

  // Not complete if the task was cancelled meanwhile.
  void step(size_t t, const Values& from, Values& out) const {
    const double far = from_afar(from);
    std::fill_n(out.voiced(), pitches_, far);
    std::fill_n(out.unvoiced(), pitches_, far);
    spread(from.unvoiced(), false, out.unvoiced());
    spread(from.unvoiced(), true, out.voiced());
    // What every target gets at least, from the unvoiced state of its own pitch.
    const double certain =
        *std::min_element(from.unvoiced(), from.unvoiced() + pitches_) + transitions_.sure_switch();
    const double most = std::max(transitions_.largest(false), transitions_.largest(true));
    size_t alive = 0;
    for (size_t i = 0; i < pitches_; ++i) alive += from.voiced()[i] + most >= certain ? 1 : 0;
    if (alive * 8 > pitches_) {
      spread(from.voiced(), false, out.voiced());
      spread(from.voiced(), true, out.unvoiced());
    } else if (alive > 0) {
      for (size_t i = 0; i < pitches_ && !task_.cancelled(); ++i) {
        if (from.voiced()[i] + most >= certain) spread_one(i, from.voiced()[i], out);
      }
    }
    clear_behind(out);
    observe(t, out);
  }

  // The first state of the best ones.
  size_t best(const Values& values) const {
    const double* const v = std::max_element(values.voiced(), values.voiced() + pitches_);
    const double* const u = std::max_element(values.unvoiced(), values.unvoiced() + pitches_);
    return *u > *v ? pitches_ + static_cast<size_t>(u - values.unvoiced())
                   : static_cast<size_t>(v - values.voiced());
  }

  // The first of the best states to come from into `state`.
  size_t before(size_t state, const Values& from) const {
    const bool unvoiced = state >= pitches_;
    const size_t to = unvoiced ? state - pitches_ : state;
    const size_t first = to > reach_ ? to - reach_ : 0, end = std::min(pitches_, to + reach_ + 1);
    const size_t anywhere = best(from);
    size_t chosen = anywhere;
    double value = from_afar(from);
    for (const bool from_unvoiced : {false, true}) {
      const double* const values = from_unvoiced ? from.unvoiced() : from.voiced();
      for (size_t i = first; i < end; ++i) {
        const double candidate =
            values[i] + transitions_.weight(from_unvoiced != unvoiced, to,
                                            static_cast<ptrdiff_t>(i) - static_cast<ptrdiff_t>(to));
        const size_t source = from_unvoiced ? pitches_ + i : i;
        if (candidate > value || (candidate == value && source < chosen)) {
          value = candidate;
          chosen = source;
        }
      }
    }
    return chosen;
  }

 private:
  double from_afar(const Values& from) const {
    const double v = *std::max_element(from.voiced(), from.voiced() + pitches_);
    const double u = *std::max_element(from.unvoiced(), from.unvoiced() + pitches_);
    return std::max(v, u) + transitions_.forbidden();
  }

  void spread(const double* from, bool switching, double* out) const {
    const size_t band = 2 * reach_ + 1;
    const size_t blocks = transitions_.blocks();
    const size_t at_once = std::max<size_t>(1, WEIGHTS_AT_ONCE / (band * VITERBI_BLOCK));
    for (size_t b = 0; b < blocks && !task_.cancelled(); b += at_once) {
      kernels::active().max_plus_band(from - reach_ + b * VITERBI_BLOCK,
                                      transitions_.table(switching) + b * band * VITERBI_BLOCK,
                                      band, std::min(at_once, blocks - b), out + b * VITERBI_BLOCK);
    }
  }

  void spread_one(size_t i, double value, Values& out) const {
    const size_t first = i > reach_ ? i - reach_ : 0, end = std::min(pitches_, i + reach_ + 1);
    double *const voiced = out.voiced(), *const unvoiced = out.unvoiced();
    for (size_t to = first; to < end; ++to) {
      const ptrdiff_t offset = static_cast<ptrdiff_t>(i) - static_cast<ptrdiff_t>(to);
      voiced[to] = std::max(voiced[to], value + transitions_.weight(false, to, offset));
      unvoiced[to] = std::max(unvoiced[to], value + transitions_.weight(true, to, offset));
    }
  }

  // The last block of targets may reach past the last pitch.
  void clear_behind(Values& out) const {
    for (size_t i = pitches_; i < transitions_.blocks() * VITERBI_BLOCK; ++i)
      out.voiced()[i] = out.unvoiced()[i] = NEVER;
  }

  void observe(size_t t, Values& out) const {
    // 0 + TINY is what librosa takes the logarithm of.
    static const double impossible = std::log(TINY);
    double *const voiced = out.voiced(), *const unvoiced = out.unvoiced();
    const double log_unvoiced = observations_.log_unvoiced[t];
    for (size_t i = 0; i < pitches_; ++i) unvoiced[i] = log_unvoiced + unvoiced[i];
    const std::span<const PitchObservations::Candidate> candidates = observations_.of(t);
    saved_.clear();
    for (const auto& c : candidates) saved_.push_back(voiced[c.pitch]);
    for (size_t i = 0; i < pitches_; ++i) voiced[i] = impossible + voiced[i];
    for (size_t k = 0; k < candidates.size(); ++k)
      voiced[candidates[k].pitch] = candidates[k].log_probability + saved_[k];
  }

  // Of a table, between two looks at the task: about a millisecond.
  static constexpr size_t WEIGHTS_AT_ONCE = size_t{1} << 20;

  const Task& task_;
  const PitchObservations& observations_;
  const PitchTransitions& transitions_;
  const size_t pitches_, reach_;
  mutable std::vector<double> saved_;
};

}  // namespace

Status viterbi(const Task& task, const PitchObservations& observations,
               const PitchTransitions& transitions, std::span<int32_t> states) {
  const size_t frames = observations.frames();
  if (frames == 0) return {};
  const Search search(task, observations, transitions);
  const size_t fit = KEPT_BYTES / Values(transitions).bytes();
  const size_t root = static_cast<size_t>(std::ceil(std::sqrt(static_cast<double>(frames))));
  const size_t length = std::min(frames, std::max(fit, root));  // frames of a segment
  const size_t segments = (frames + length - 1) / length;
  // The values after the last frame of each segment but the last, and those of one segment.
  std::vector<Values> ends, kept;
  for (size_t i = 1; i < segments && !task.cancelled(); ++i) ends.emplace_back(transitions);
  for (size_t i = 0; i < length && !task.cancelled(); ++i) kept.emplace_back(transitions);
  if (task.cancelled()) return Status::cancelled();
  // All but the last segment are computed twice.
  size_t done = 0;
  const size_t all = frames + (segments - 1) * length;
  const auto forward = [&](size_t segment) {
    const size_t begin = segment * length;
    const size_t end = std::min(frames, begin + length);
    for (size_t t = begin; t < end; ++t) {
      if (task.cancelled()) return false;
      if (t == 0) {
        search.begin(kept[0]);
      } else {
        search.step(t, t == begin ? ends[segment - 1] : kept[t - begin - 1], kept[t - begin]);
      }
      task.progress(++done, all);
    }
    if (segment + 1 < segments) std::swap(ends[segment], kept[end - begin - 1]);
    return !task.cancelled();
  };
  for (size_t segment = 0; segment < segments; ++segment) {
    if (!forward(segment)) return Status::cancelled();
  }
  size_t state = search.best(kept[frames - 1 - (segments - 1) * length]);
  for (size_t segment = segments; segment-- > 0;) {
    if (segment + 1 < segments && !forward(segment)) return Status::cancelled();
    const size_t begin = segment * length;
    const size_t end = std::min(frames, begin + length);
    for (size_t t = end; t-- > begin;) {
      if (task.cancelled()) return Status::cancelled();
      if (t + 1 < frames) {
        const bool last = t + 1 == end && segment + 1 < segments;
        state = search.before(state, last ? ends[segment] : kept[t - begin]);
      }
      states[t] = static_cast<int32_t>(state);
    }
  }
  return {};
}

}  // namespace cochlea
