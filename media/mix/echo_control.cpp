#include "media/mix/echo_control.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace diemcau::media {

namespace {
constexpr int kForget = 150;                    // ticks unheard: 3 s
constexpr int kLookEvery = 5;                   // ticks
constexpr float kCouldComeBack = -55;           // dBov of what was sent
constexpr std::size_t kBefore = 6, kTail = 35;  // frames around the echo's delay
constexpr float kClose = 0.5F, kOpen = 0.1F;    // of the way, per tick

/// Mean squares of `block` less `own` times `gain`, frame by frame, onto the track.
void push(BandTrack& track, const BandBlock& block, const BandBlock* own, float gain) {
  for (std::size_t frame = 0; frame < kFramesPerTick; ++frame) {
    BandValues power{};
    for (std::size_t i = frame * kBandFrame; i < (frame + 1) * kBandFrame; ++i)
      for (std::size_t b = 0; b < kBands; ++b) {
        const float v = own != nullptr ? block[i][b] - gain * (*own)[i][b] : block[i][b];
        power[b] += v * v / kBandFrame;
      }
    track.push(power);
  }
}
}  // namespace

EchoControl::EchoControl() {
  watches_.reserve(kMostWatched);
}

EchoControl::Watch* EchoControl::find(SourceId source) const noexcept {
  const auto found = std::find_if(watches_.begin(), watches_.end(),
                                  [&](const auto& watch) { return watch->source == source; });
  return found == watches_.end() ? nullptr : found->get();
}

bool EchoControl::comes_back(const Watch& watch) noexcept {
  const std::size_t lag = watch.detector.lag();
  for (std::size_t ago = lag - std::min(lag, kBefore); ago <= lag + kTail; ++ago)
    if (watch.sent.level(ago) >= kCouldComeBack) return true;
  return false;
}

void EchoControl::hear(SourceId source, AudioBlock& sound) {
  Watch* watch = find(source);
  if (watch == nullptr) {
    if (watches_.size() >= kMostWatched) return;
    watch = watches_.emplace_back(std::make_unique<Watch>()).get();
    watch->source = source;
    watch->phase = next_phase_++ % kLookEvery;
    watch->sent = all_;  // until now it was sent what everybody is
  }
  watch->heard = true;
  watch->unheard = 0;
  watch->filter.process(sound, watch->bands);
  watch->holding = watch->detector.echo() && comes_back(*watch);
  const float goal = watch->holding ? std::pow(10.0F, kHeldBack / 20) : 1;
  const float before = watch->gain;
  watch->gain += (goal - before) * (watch->holding ? kClose : kOpen);
  if (std::fabs(watch->gain - goal) < 1e-3F) watch->gain = goal;
  if (before == 1 && watch->gain == 1) return;
  const float slope = (watch->gain - before) / static_cast<float>(sound.size());
  float gain = before;
  for (float& s : sound) s *= gain += slope;
}

void EchoControl::follow(Watch& watch) {
  if (watch.heard) {
    push(watch.came, watch.bands, nullptr, 0);
    push(watch.sent, sum_, &watch.bands, watch.gain);
  } else {
    for (std::size_t i = 0; i < kFramesPerTick; ++i) watch.came.push({});
    push(watch.sent, sum_, nullptr, 0);
    watch.holding = false;
    ++watch.unheard;
  }
  if ((ticks_ + watch.phase) % kLookEvery != 0) return;
  const bool before = watch.detector.echo();
  watch.detector.look(watch.came, watch.sent);
  if (watch.detector.echo() != before)
    changes_.push_back({watch.source, NoticeKind::echo, !before});
}

void EchoControl::end_tick() {
  ++ticks_;
  for (BandValues& values : sum_) values.fill(0);
  for (const auto& watch : watches_) {
    if (!watch->heard) continue;
    for (std::size_t i = 0; i < sum_.size(); ++i)
      for (std::size_t b = 0; b < kBands; ++b) sum_[i][b] += watch->gain * watch->bands[i][b];
  }
  push(all_, sum_, nullptr, 0);
  for (auto& watch : watches_) {
    follow(*watch);
    watch->heard = false;
  }
  std::erase_if(watches_, [](const auto& watch) {
    return watch->unheard > kForget && !watch->detector.echo();
  });
}

void EchoControl::forget(SourceId source) {
  const Watch* watch = find(source);
  if (watch == nullptr) return;
  if (watch->detector.echo()) changes_.push_back({source, NoticeKind::echo, false});
  std::erase_if(watches_, [&](const auto& w) { return w.get() == watch; });
}

bool EchoControl::holds_back(SourceId source) const noexcept {
  const Watch* watch = find(source);
  return watch != nullptr && watch->holding;
}

std::vector<MediaNotice> EchoControl::take_changes() {
  return std::exchange(changes_, {});
}

}  // namespace diemcau::media
