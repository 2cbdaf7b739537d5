// What one packet to one receiver costs before SRTP and the socket, and how that grows with the
// number of readers.

#include <array>

#include <benchmark/benchmark.h>

#include "media/rtp/rtp_session.hpp"

namespace {
using namespace diemcau;
using namespace diemcau::media;

class NullOutput final : public PacketOutput {
 public:
  std::span<std::uint8_t> reserve() noexcept override { return room_; }
  void commit_rtp(std::size_t size) noexcept override { benchmark::DoNotOptimize(room_[size - 1]); }
  void send_rtcp(std::span<const std::uint8_t>) noexcept override {}
  void flush() noexcept override {}

 private:
  std::array<std::uint8_t, kMaxRtpPacket + 16> room_{};
};

SessionParameters parameters(Codec codec) {
  SessionParameters p;
  SlotParameters slot;
  slot.slot = Slot::main;
  slot.mid = "1";
  slot.send = true;
  slot.codec.codec = codec;
  slot.codec.payload_type = 96;
  slot.codec.rtx_payload_type = 97;
  slot.codec.nack = slot.codec.remb = slot.codec.transport_cc = true;
  slot.extensions.mid = 4;
  slot.extensions.abs_send_time = 2;
  slot.extensions.transport_cc = 3;
  slot.extensions.playout_delay = 6;
  slot.local_ssrc = 1000;
  slot.local_rtx_ssrc = 1001;
  p.slots.push_back(slot);
  return p;
}

/// A frame of ten packets, 720p at 1.5 Mbit/s being about seven.
PacketChunkPtr frame(std::int64_t number) {
  constexpr std::size_t kPackets = 10, kSize = 1100;
  auto chunk = std::make_shared<PacketChunk>();
  chunk->bytes.assign(kPackets * kSize, 0x41);
  for (std::size_t i = 0; i < kPackets; ++i) {
    PacketInfo info;
    info.offset = static_cast<std::uint32_t>(i * kSize);
    info.size = kSize;
    info.index = number * static_cast<std::int64_t>(kPackets) + static_cast<std::int64_t>(i);
    info.timestamp = static_cast<std::uint32_t>(number * 3600);
    info.key_start = number == 0 && i == 0;
    info.marker = i + 1 == kPackets;
    const std::array<std::uint8_t, 5> vp8{0x90, 0x80, 0x80, 0x01, 0x01};
    std::copy(vp8.begin(), vp8.end(), chunk->bytes.begin() + info.offset);
    chunk->packets.push_back(info);
  }
  return chunk;
}

/// publish() on the loop's own thread, so that all of the cost is counted here.
void publish_to_readers(benchmark::State& state, Codec codec) {
  SystemClock clock;
  Metrics metrics;
  EventLoop loop("bench", 0, clock, metrics);
  loop.start();
  const auto readers = static_cast<std::size_t>(state.range(0));
  loop.post_and_wait([&] {
    NullOutput output;
    std::vector<std::unique_ptr<RtpSession>> sessions;
    EncodedStream::Options options;
    options.codec = codec;
    auto stream = EncodedStream::create(options, {&loop}, clock, {});
    for (std::size_t i = 0; i < readers; ++i) {
      sessions.push_back(std::make_unique<RtpSession>(parameters(codec), loop, output, metrics,
                                                      RtpSessionEvents{}));
      sessions.back()->show(Slot::main, stream);
    }
    std::int64_t number = 0;
    std::size_t packets = 0;
    for (auto _ : state) {
      auto chunk = frame(number++);
      packets += chunk->packets.size() * readers;
      stream->publish(std::move(chunk));
    }
    state.counters["per_packet"] = benchmark::Counter(
        static_cast<double>(packets), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  });
  loop.stop();
}

void PublishH264(benchmark::State& state) {
  publish_to_readers(state, Codec::h264);
}
void PublishVp8(benchmark::State& state) {
  publish_to_readers(state, Codec::vp8);
}
BENCHMARK(PublishH264)->Arg(1)->Arg(16)->Arg(266)->MeasureProcessCPUTime();
BENCHMARK(PublishVp8)->Arg(1)->Arg(16)->Arg(266)->MeasureProcessCPUTime();

}  // namespace
