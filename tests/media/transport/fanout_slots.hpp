#pragma once
// What a receiver of the fan-out negotiated, and the frames it is sent: 720p at 1.5 Mbit/s and
// sound, as the mixers publish them.

#include <cstdint>

#include "media/rtp/byte_order.hpp"
#include "media/session_parameters.hpp"
#include "media/stream/packet_chunk.hpp"

namespace diemcau::media::test {

inline constexpr std::uint8_t kVideoPayloadType = 96;
inline constexpr std::uint32_t kAudioSsrc = 1000, kVideoSsrc = 2000;
/// 1.5 Mbit/s in 25 frames of 7 500 bytes: six full packets and a shorter one.
inline constexpr std::size_t kFrameBytes = 7'500;
inline constexpr std::size_t kFullPayload = 1'180;
inline constexpr std::size_t kSoundBytes = 80;
inline constexpr int kFramesPerSecond = 25, kSoundsPerSecond = 50;

inline std::vector<SlotParameters> slots() {
  SlotParameters audio;
  audio.slot = Slot::audio;
  audio.mid = "0";
  audio.send = audio.receive = true;
  audio.codec.codec = Codec::opus;
  audio.codec.payload_type = 111;
  audio.codec.nack = true;
  audio.extensions.mid = 4;
  audio.extensions.abs_send_time = 2;
  audio.local_ssrc = kAudioSsrc;
  SlotParameters video = audio;
  video.slot = Slot::main;
  video.mid = "1";
  video.codec.codec = Codec::h264;
  video.codec.payload_type = kVideoPayloadType;
  video.codec.rtx_payload_type = 97;
  video.codec.pli = video.codec.remb = true;
  video.extensions.playout_delay = 6;
  video.local_ssrc = kVideoSsrc;
  video.local_rtx_ssrc = kVideoSsrc + 1;
  return {audio, video};
}

inline PacketChunkPtr frame(std::int64_t number, bool key) {
  auto chunk = std::make_shared<PacketChunk>();
  chunk->bytes.assign(kFrameBytes, 0x41);
  constexpr std::size_t kPackets = (kFrameBytes + kFullPayload - 1) / kFullPayload;
  for (std::size_t i = 0; i < kPackets; ++i) {
    PacketInfo info;
    info.offset = static_cast<std::uint32_t>(i * kFullPayload);
    info.size = static_cast<std::uint16_t>(std::min(kFullPayload, kFrameBytes - info.offset));
    info.index = number * static_cast<std::int64_t>(kPackets) + static_cast<std::int64_t>(i);
    info.timestamp = static_cast<std::uint32_t>(number * 90'000 / kFramesPerSecond);
    info.key_start = key && i == 0;
    info.marker = i + 1 == kPackets;
    chunk->packets.push_back(info);
  }
  return chunk;
}

inline PacketChunkPtr sound(std::int64_t number) {
  auto chunk = std::make_shared<PacketChunk>();
  chunk->bytes.assign(kSoundBytes, 0x42);
  PacketInfo info;
  info.size = kSoundBytes;
  info.index = number;
  info.timestamp = static_cast<std::uint32_t>(number * 960);
  chunk->packets.push_back(info);
  return chunk;
}

}  // namespace diemcau::media::test
