#include "media/rtp/delivery_meter.hpp"

#include <algorithm>

namespace diemcau::media {

namespace {
using std::chrono::milliseconds;
// Marks reach back four seconds: a round trip, and reports that were lost.
constexpr Duration kMarkEvery = milliseconds(40);
// Two reports closer than this measure the scheduler, not the line.
constexpr Duration kShortest = milliseconds(200);
// What may have been sent since the last tick.
constexpr std::int64_t kSinceMark = 200;
// Of four packets two lost are no line that loses half.
constexpr double kEnoughPackets = 20;
}  // namespace

void DeliveryMeter::on_sent(std::int64_t newest_index, std::uint64_t bytes,
                            TimePoint now) noexcept {
  if (count_ > 0 && now - marked_ < kMarkEvery) {
    // The newest mark is brought up to date, so that no report runs ahead of what is remembered.
    marks_[(count_ - 1) % kMarks] = {newest_index, bytes};
    return;
  }
  marks_[count_++ % kMarks] = {newest_index, bytes};
  marked_ = now;
}

std::optional<double> DeliveryMeter::bytes_by(std::int64_t index) const noexcept {
  const std::size_t kept = std::min(count_, kMarks);
  for (std::size_t steps = 0; steps < kept; ++steps) {
    const Mark& mark = back(steps);
    if (index < mark.index) continue;
    const double bytes = static_cast<double>(mark.bytes);
    if (steps == 0 && index > mark.index + kSinceMark) return std::nullopt;
    if (steps == 0 || index == mark.index) return bytes;
    const Mark& next = back(steps - 1);
    const double share =
        static_cast<double>(index - mark.index) / static_cast<double>(next.index - mark.index);
    return bytes + share * (static_cast<double>(next.bytes) - bytes);
  }
  return std::nullopt;
}

std::optional<DeliveryMeter::Delivery> DeliveryMeter::on_report(std::uint16_t highest,
                                                                double fraction_lost,
                                                                TimePoint now) noexcept {
  if (count_ == 0) return std::nullopt;
  const std::int64_t newest = back(0).index;
  const std::int64_t index =
      newest + static_cast<std::int16_t>(highest - static_cast<std::uint16_t>(newest & 0xffff));
  const auto bytes = bytes_by(index);
  const auto before = reported_;
  if (!bytes) {
    reported_.reset();
    return std::nullopt;
  }
  if (before && now - reported_at_ < kShortest) return std::nullopt;
  const Duration span = now - reported_at_;
  const double since = *bytes - bytes_reported_;
  reported_ = index;
  bytes_reported_ = *bytes;
  reported_at_ = now;
  if (!before || index < *before) return std::nullopt;

  Delivery delivery;
  delivery.rate = since * 8 * (1 - fraction_lost) / std::chrono::duration<double>(span).count();
  const auto packets = static_cast<double>(index - *before);
  packets_ += packets;
  lost_ += fraction_lost * packets;
  if (packets_ >= kEnoughPackets) {
    delivery.fraction_lost = lost_ / packets_;
    packets_ = lost_ = 0;
  }
  return delivery;
}

}  // namespace diemcau::media
