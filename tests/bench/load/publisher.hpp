#pragma once
// What a site sends: loops coded beforehand, numbered and timed as its own. Knows no socket.
// Thread: one.

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "mcu/app/simulate/picture_loop.hpp"
#include "mcu/app/simulate/speech_loop.hpp"
#include "media/rtp/packet_output.hpp"
#include "media/session_parameters.hpp"

namespace diemcau::bench {

class Publisher {
 public:
  /// Takes one RTP packet of `size` bytes at the front of a room for kMaxRtpPacket and a tag.
  using Send = std::function<void(std::span<std::uint8_t> room, std::size_t size)>;

  Publisher(const media::SessionParameters& parameters, TimePoint epoch, Send send);

  /// Null: the camera sends nothing. Frames leave at `rate` a second, whatever the loop's own.
  void set_picture(std::shared_ptr<const mcu::PictureLoop> loop, int rate, TimePoint now);
  /// Null: the microphone is off.
  void set_speech(std::shared_ptr<const mcu::SpeechLoop> loop, TimePoint now);
  void on_key_frame_request(std::uint32_t media_ssrc) noexcept;

  TimePoint due() const noexcept { return std::min(next_frame_, next_sound_); }
  void send_due(TimePoint now);
  std::int64_t packets() const noexcept { return packets_; }

 private:
  struct Track {
    media::SlotParameters parameters;
    std::uint16_t sequence = 0;
  };
  struct Packet {
    bool marker = false;
    std::uint32_t timestamp = 0;
    std::uint8_t level = 127;  // RFC 6464, sound only
    std::span<const std::uint8_t> payload;
  };
  void send_packet(Track& track, const Packet& packet, TimePoint now);
  void send_frame(TimePoint now);
  void send_sound(TimePoint now);

  const TimePoint epoch_;
  Send send_;
  std::optional<Track> audio_, video_;
  std::shared_ptr<const mcu::PictureLoop> picture_;
  std::shared_ptr<const mcu::SpeechLoop> speech_;
  Duration frame_step_{};
  std::size_t frame_at_ = 0, sound_at_ = 0;
  TimePoint next_frame_ = TimePoint::max(), next_sound_ = TimePoint::max();
  std::uint16_t transport_sequence_ = 0;
  std::int64_t packets_ = 0;
  std::array<std::uint8_t, 1500> room_{};
};

}  // namespace diemcau::bench
