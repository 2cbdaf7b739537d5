#include "media/rtp/line_probe.hpp"

#include <algorithm>
#include <cstring>

namespace diemcau::media {

namespace {
constexpr Duration kMostAtOnce = std::chrono::milliseconds(60);
constexpr std::uint8_t kPaddingBit = 0x20;

HeaderTemplate header_for(const SlotParameters& slot) {
  HeaderTemplate::Options options;
  options.ssrc = slot.local_rtx_ssrc;
  options.mid = slot.mid;
  options.ids = slot.extensions;
  options.most = 64;
  return HeaderTemplate(options);
}
}  // namespace

LineProbe::LineProbe(const SlotParameters& slot, const Clock& clock)
    : payload_type_(slot.codec.rtx_payload_type.value_or(0)),
      header_(header_for(slot)),
      ntp_(clock) {}

void LineProbe::start(std::vector<ProbeStep> steps, TimePoint now) {
  steps_ = std::move(steps);
  step_ = 0;
  step_began_ = last_ = now;
  owed_ = 0;
}

/// Bytes that fell due since the last tick; the last step over, none more.
double LineProbe::due(TimePoint now) noexcept {
  double bytes = 0;
  last_ = std::max(last_, now - kMostAtOnce);
  while (step_ < steps_.size()) {
    const TimePoint ends = step_began_ + steps_[step_].length;
    const Duration part = std::min(now, ends) - last_;
    if (part > Duration::zero()) {
      bytes += steps_[step_].bits_per_second / 8 * std::chrono::duration<double>(part).count();
      last_ += part;
    }
    if (now < ends) break;
    step_began_ = ends;
    ++step_;
  }
  return bytes;
}

void LineProbe::write(std::span<std::uint8_t> room, std::uint16_t sequence,
                      TimePoint now) noexcept {
  HeaderFields fields;
  fields.payload_type = payload_type_;
  fields.sequence = sequence;
  fields.abs_send_time = NtpClock::abs_send_time(ntp_.at(now));
  header_.write(room.data(), fields);
  room[0] |= kPaddingBit;
  std::memset(room.data() + header_.size(), 0, kPadding - 1);
  room[size() - 1] = kPadding;
}

}  // namespace diemcau::media
