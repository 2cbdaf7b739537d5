#pragma once
// The mix as packets: one encode for everybody, one more for each source heard (who must not hear
// itself). Makes the chunks of the plain and of the RED stream from the same encodes.

#include <cstdint>
#include <memory>
#include <vector>

#include "base/ids.hpp"
#include "media/mix/audio_counters.hpp"
#include "media/mix/audio_format.hpp"
#include "media/mix/audio_limiter.hpp"
#include "media/mix/opus_codec.hpp"
#include "media/stream/packet_chunk.hpp"

namespace diemcau::media {

struct AudioTick {
  std::int64_t index = 0;       // packets published so far
  std::uint32_t timestamp = 0;  // RTP, 48 kHz
  TimePoint captured{};
};

struct AudioVariant {
  SourceId source;
  const AudioBlock* own = nullptr;  // what this source said; subtracted from the sum
};

class AudioDownlink {
 public:
  static Result<AudioDownlink> create(const OpusEncoderOptions& options,
                                      std::uint8_t red_block_payload_type, AudioCounters& counters);

  AudioDownlink(AudioDownlink&&) = default;
  AudioDownlink& operator=(AudioDownlink&&) = delete;

  struct Chunks {
    std::shared_ptr<PacketChunk> opus, red, thin;  // null where not wanted
  };
  /// `shared`: the full mix, limited; `sum`: before the limiter.
  Chunks encode(const AudioTick& tick, const AudioBlock& shared, const AudioBlock& sum,
                std::span<const AudioVariant> variants, bool want_opus, bool want_red);
  /// A tick nobody listens to.
  void idle();
  /// The next packets lean on nothing before them: somebody was just switched here.
  void begin_anew() noexcept;

 private:
  struct Packet {
    std::array<std::uint8_t, 560> bytes;  // two of them and headers fit kMaxRtpPayload
    std::size_t size = 0;
    std::uint8_t level = 127;
    std::int64_t index = -1;
    std::span<const std::uint8_t> span() const { return {bytes.data(), size}; }
  };
  /// One encoder and its last two packets.
  struct Lane {
    SourceId source;
    OpusVoiceEncoder encoder;
    AudioLimiter limiter;
    Packet now, before;
    std::int64_t used = -1;    // index of the last tick
    int independent_left = 0;  // packets until prediction is allowed again
  };
  AudioDownlink(const OpusEncoderOptions& options, std::uint8_t red_pt, AudioCounters& counters,
                OpusVoiceEncoder shared);
  Lane* lane_for(SourceId source, const AudioTick& tick);
  void run(Lane& lane, const AudioBlock& block, const AudioTick& tick);
  void append(PacketChunk& chunk, const Lane& lane, const AudioTick& tick, bool red) const;
  void set_encodes(std::size_t n);

  OpusEncoderOptions options_;
  std::uint8_t red_payload_type_;
  AudioCounters* counters_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // [0] is for everybody
  AudioBlock previous_shared_{};
  std::size_t encodes_ = 0;
};

}  // namespace diemcau::media
