#include "media/mix/echo_detector.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace diemcau::media {

namespace {
constexpr float kRhythm = 0.05F;       // nepers² of power in each band: less is a steady sound
constexpr std::size_t kSameLag = 2;    // frames
constexpr std::size_t kNeighbour = 8;  // of a peak that belong to it
constexpr float kSounding = -55;       // dBov
constexpr float kBelowPeak = 15;       // dB under the loudest: still part of what is said
constexpr std::size_t kBefore = 3, kTail = 30;  // frames around the lag: what a hall adds to a word
constexpr float kMostUnexplained = 0.15F;

std::size_t distance(std::size_t a, std::size_t b) {
  return a > b ? a - b : b - a;
}
}  // namespace

EchoDetector::Finding EchoDetector::compare(const BandTrack& came, const BandTrack& sent,
                                            std::size_t frames) const noexcept {
  Finding found;
  float weight = 0;
  for (std::size_t t = 0; t < frames; ++t) weight += came.weight(t + kAhead);
  const float least = kRhythm * kBands * static_cast<float>(frames);
  if (weight < least) return found;

  // Shifts are lags plus kAhead.
  constexpr std::size_t kShifts = kAhead + kMostLag + 1;
  std::array<float, kShifts> alike{};
  float sent_weight = 0;
  for (std::size_t t = 0; t < frames; ++t) sent_weight += sent.weight(t);
  std::size_t best = 0;
  for (std::size_t shift = 0; shift < kShifts; ++shift) {
    if (shift > 0) sent_weight += sent.weight(shift + frames - 1) - sent.weight(shift - 1);
    if (sent_weight < least) continue;
    found.heard = true;
    BandValues products{};
    for (std::size_t t = 0; t < frames; ++t) {
      const BandValues& a = came.shape(t + kAhead);
      const BandValues& b = sent.shape(t + shift);
      for (std::size_t i = 0; i < kBands; ++i) products[i] += a[i] * b[i];
    }
    float sum = 0;
    for (const float p : products) sum += p;
    alike[shift] = sum / std::sqrt(weight * sent_weight);
    if (alike[shift] > alike[best]) best = shift;
  }
  for (std::size_t shift = 0; shift < kShifts; ++shift) {
    if (distance(shift, best) > kNeighbour)
      found.elsewhere = std::max(found.elsewhere, alike[shift]);
    if (distance(shift, lag_ + kAhead) <= kSameLag + 1)
      found.at_lag = std::max(found.at_lag, alike[shift]);
  }
  if (best < kAhead + kLeastLag) return found;
  found.alike = alike[best];
  found.lag = best - kAhead;
  if (found.alike >= kAlike) found.rises = rises(came, sent, frames, best);
  return found;
}

int EchoDetector::rises(const BandTrack& came, const BandTrack& sent, std::size_t frames,
                        std::size_t shift) noexcept {
  std::array<float, kFrames> together{};
  std::array<bool, kFrames> above{};
  float sum = 0;
  for (std::size_t t = 0; t < frames; ++t) {
    const BandValues& a = came.shape(t + kAhead);
    const BandValues& b = sent.shape(t + shift);
    float up = 0;
    for (std::size_t i = 0; i < kBands; ++i) {
      together[t] += a[i] * b[i];
      up += a[i];
    }
    above[t] = up > 0;
    sum += together[t];
  }
  const float least = sum / static_cast<float>(frames) / 2;
  int count = 0;
  bool rising = false;
  for (std::size_t t = 0; t < frames; ++t) {
    const bool rises = above[t] && together[t] > least;
    if (rises && !rising) ++count;
    rising = rises;
  }
  return count;
}

bool EchoDetector::explained(const BandTrack& came, const BandTrack& sent, std::size_t frames,
                             std::size_t lag) noexcept {
  float peak = kSounding;
  for (std::size_t t = 0; t < frames; ++t) peak = std::max(peak, came.level(t));
  std::size_t sounding = 0, unexplained = 0;
  for (std::size_t t = 0; t < frames; ++t) {
    if (came.level(t) < std::max(kSounding, peak - kBelowPeak)) continue;
    ++sounding;
    bool cause = false;
    const std::size_t last = std::min(t + lag + kTail, BandTrack::kFrames - 1);
    for (std::size_t s = t + lag - std::min(t + lag, kBefore); s <= last && !cause; ++s)
      cause = sent.level(s) >= kSounding;
    if (!cause) ++unexplained;
  }
  return static_cast<float>(unexplained) <= kMostUnexplained * static_cast<float>(sounding);
}

void EchoDetector::follow(std::size_t lag) noexcept {
  moved_ = moved_ > 0 && distance(lag, next_lag_) <= kSameLag ? moved_ + 1 : 1;
  next_lag_ = lag;
  if (distance(lag, lag_) > kSameLag && moved_ < kMoved) return;
  lag_ = lag;
  moved_ = against_ = unseen_ = 0;
}

void EchoDetector::confirm(const Finding& finding, bool like) noexcept {
  ++unseen_;
  if (finding.at_lag >= kStill) {
    against_ = unseen_ = 0;
  } else if (finding.heard) {
    ++against_;
  }
  if (like)
    follow(finding.lag);
  else
    moved_ = 0;
  if (against_ < kAgainst && unseen_ < kUnseen) return;
  echo_ = false;
  votes_ = 0;
}

void EchoDetector::look(const BandTrack& came, const BandTrack& sent) noexcept {
  const std::size_t frames = static_cast<std::size_t>(
      std::clamp<std::int64_t>(came.count() - static_cast<std::int64_t>(kAhead), 0, kFrames));
  if (frames < kLeastFrames) return;
  const Finding finding = compare(came, sent, frames);
  const bool like = finding.alike >= kAlike && finding.alike - finding.elsewhere >= kAlone &&
                    finding.rises >= kRises && explained(came, sent, frames, finding.lag);
  if (echo_) return confirm(finding, like);
  if (!like) {
    votes_ = std::max(0, votes_ - 1);
    return;
  }
  votes_ = votes_ > 0 && distance(finding.lag, lag_) <= kSameLag ? votes_ + 1 : 1;
  lag_ = finding.lag;
  if (votes_ < kVotes) return;
  echo_ = true;
  moved_ = against_ = unseen_ = 0;
}

}  // namespace diemcau::media
