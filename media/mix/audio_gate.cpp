#include "media/mix/audio_gate.hpp"

namespace diemcau::media {

SilenceGate::Verdict SilenceGate::on_packet(std::uint8_t level, bool voice, std::size_t opus_bytes,
                                            TimePoint arrived) noexcept {
  constexpr auto relaxed = std::memory_order_relaxed;
  const std::int64_t now = arrived.time_since_epoch().count();
  if (level != 127 || voice) metered_.store(true, relaxed);
  const bool open = open_.load(relaxed);
  const bool audible = metered_.load(relaxed) ? level <= kAudible + (open ? kHysteresis : 0)
                                              : opus_bytes > kSilentBytes;
  if (audible) {
    last_audible_ns_.store(now, relaxed);
    open_.store(true, relaxed);
    return Verdict::pass;
  }
  if (!open) return Verdict::drop;
  if (now - last_audible_ns_.load(relaxed) <= kHold.count()) return Verdict::pass;
  open_.store(false, relaxed);
  return Verdict::pass_as_last;
}

void SilenceGate::reset() noexcept {
  metered_.store(false, std::memory_order_relaxed);
  open_.store(false, std::memory_order_relaxed);
}

}  // namespace diemcau::media
