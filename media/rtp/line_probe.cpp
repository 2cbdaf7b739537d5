#include "media/rtp/line_probe.hpp"

#include <algorithm>
#include <cstring>

#include <sys/random.h>

namespace diemcau::media {

namespace {
// The count of padding is one byte and counts itself.
constexpr std::size_t kPadding = 255;
constexpr std::size_t kLowerHeaders = 20 + 8 + 16;
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

std::uint16_t first_sequence() {
  std::uint16_t value = 0;
  [[maybe_unused]] const auto got = getrandom(&value, sizeof value, 0);  // never short under 256 B
  return value & 0x7fff;
}
}  // namespace

LineProbe::LineProbe(const SlotParameters& slot, const Clock& clock)
    : payload_type_(slot.codec.rtx_payload_type.value_or(0)),
      header_(header_for(slot)),
      ntp_(clock),
      sequence_(first_sequence()) {}

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

void LineProbe::tick(TimePoint now, PacketOutput& output) noexcept {
  if (!running()) return;
  owed_ += due(now);
  const std::size_t size = header_.size() + kPadding;
  const auto cost = static_cast<double>(size + kLowerHeaders);
  HeaderFields fields;
  fields.payload_type = payload_type_;
  fields.abs_send_time = NtpClock::abs_send_time(ntp_.at(now));
  for (; owed_ >= cost; owed_ -= cost) {
    const auto room = output.reserve();
    if (room.size() < size) break;
    fields.sequence = sequence_++;
    header_.write(room.data(), fields);
    room[0] |= kPaddingBit;
    std::memset(room.data() + header_.size(), 0, kPadding - 1);
    room[size - 1] = kPadding;
    output.commit_rtp(size);
    ++packets_;
  }
  output.flush();
  if (step_ == steps_.size()) stop();
}

}  // namespace diemcau::media
