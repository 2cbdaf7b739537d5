#include "tests/bench/load/publisher.hpp"

#include <cstring>

#include "media/rtp/byte_order.hpp"

namespace diemcau::bench {
namespace {

using namespace std::chrono_literals;
using media::Slot;
using media::store16;
using media::store24;
using media::store32;

constexpr Duration kSoundStep = 20ms;
constexpr std::uint32_t kSoundTicks = 960;
/// After a stall the loops go on from now instead of bursting.
constexpr Duration kLongestBurst = 200ms;

std::uint32_t rtp_time(Duration since, std::uint32_t rate) {
  return static_cast<std::uint32_t>(since.count() / 1000 * rate / 1'000'000);
}

/// One-byte header extensions (RFC 8285 §4.2).
class Extensions {
 public:
  explicit Extensions(std::uint8_t* packet) : packet_(packet), at_(packet + 16) {}
  std::uint8_t* add(std::uint8_t id, std::size_t size) {
    *at_ = static_cast<std::uint8_t>(id << 4 | (size - 1));
    at_ += 1 + size;
    return at_ - size;
  }
  /// Size of the whole header.
  std::size_t finish() {
    if (at_ == packet_ + 16) return 12;
    while ((at_ - packet_) % 4 != 0) *at_++ = 0;
    packet_[0] |= 0x10;
    store16(packet_ + 12, 0xbede);
    store16(packet_ + 14, static_cast<std::uint16_t>((at_ - packet_ - 16) / 4));
    return static_cast<std::size_t>(at_ - packet_);
  }

 private:
  std::uint8_t *packet_, *at_;
};
}  // namespace

Publisher::Publisher(const media::SessionParameters& parameters, TimePoint epoch, Send send)
    : epoch_(epoch), send_(std::move(send)) {
  for (const auto& slot : parameters.slots) {
    if (!slot.send) continue;
    if (slot.slot == Slot::audio) audio_ = Track{slot, 0};
    if (slot.slot == Slot::main) video_ = Track{slot, 0};
  }
}

void Publisher::set_picture(std::shared_ptr<const mcu::PictureLoop> loop, int rate, TimePoint now) {
  picture_ = video_ ? std::move(loop) : nullptr;
  frame_at_ = 0;
  next_frame_ = picture_ ? now : TimePoint::max();
  if (rate > 0) frame_step_ = std::chrono::nanoseconds(1s) / rate;
}

void Publisher::set_speech(std::shared_ptr<const mcu::SpeechLoop> loop, TimePoint now) {
  speech_ = audio_ ? std::move(loop) : nullptr;
  next_sound_ = speech_ ? now : TimePoint::max();
}

void Publisher::on_key_frame_request(std::uint32_t media_ssrc) noexcept {
  if (video_ && video_->parameters.local_ssrc == media_ssrc) frame_at_ = 0;
}

void Publisher::send_due(TimePoint now) {
  while (next_frame_ <= now) send_frame(now);
  while (next_sound_ <= now) send_sound(now);
}

void Publisher::send_frame(TimePoint now) {
  if (now - next_frame_ > kLongestBurst) next_frame_ = now;
  if (frame_at_ >= picture_->frames.size()) frame_at_ = 0;
  const auto& frame = *picture_->frames[frame_at_++];
  for (const auto& info : frame.packets)
    send_packet(*video_,
                {info.marker, rtp_time(next_frame_ - epoch_, 90'000), 127, frame.payload(info)},
                now);
  next_frame_ += frame_step_;
}

void Publisher::send_sound(TimePoint now) {
  if (now - next_sound_ > kLongestBurst) next_sound_ = now;
  const auto& spoken = speech_->packets[sound_at_++ % speech_->packets.size()];
  const std::uint32_t at = rtp_time(next_sound_ - epoch_, 48'000) / kSoundTicks * kSoundTicks;
  send_packet(*audio_, {false, at, spoken.level, spoken.payload}, now);
  next_sound_ += kSoundStep;
}

void Publisher::send_packet(Track& track, const Packet& packet, TimePoint now) {
  const auto& slot = track.parameters;
  const auto& ids = slot.extensions;
  std::uint8_t* room = room_.data();
  room[0] = 0x80;
  room[1] = static_cast<std::uint8_t>((packet.marker ? 0x80 : 0) | slot.codec.payload_type);
  store16(room + 2, track.sequence++);
  store32(room + 4, packet.timestamp);
  store32(room + 8, slot.local_ssrc);
  Extensions extensions(room);
  if (ids.mid != 0 && !slot.mid.empty() && slot.mid.size() <= 16)
    std::memcpy(extensions.add(ids.mid, slot.mid.size()), slot.mid.data(), slot.mid.size());
  // 6.18 fixed-point seconds; only differences matter.
  if (ids.abs_send_time != 0)
    store24(extensions.add(ids.abs_send_time, 3),
            static_cast<std::uint32_t>((now - epoch_).count() / 1000 * (1 << 18) / 1'000'000) &
                0xffffff);
  if (ids.transport_cc != 0) store16(extensions.add(ids.transport_cc, 2), transport_sequence_++);
  if (ids.audio_level != 0 && slot.slot == Slot::audio)
    *extensions.add(ids.audio_level, 1) =
        static_cast<std::uint8_t>((packet.level < 60 ? 0x80 : 0) | packet.level);
  const std::size_t header = extensions.finish();
  std::memcpy(room + header, packet.payload.data(), packet.payload.size());
  ++packets_;
  send_(room_, header + packet.payload.size());
}

}  // namespace diemcau::bench
