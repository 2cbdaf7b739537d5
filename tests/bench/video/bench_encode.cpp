// Encoding and packetising the ladder, all threads counted. `cores_at_25fps`: CPU seconds per
// second of stage; design §5 asks ≤ 1.35 × 0.164 for 720p + 360p + 180p with openh264.

#include <benchmark/benchmark.h>

#include "tests/bench/video/clips.hpp"
#include "tests/media/mix/video/video_support.hpp"

namespace diemcau::media {
namespace {

using namespace testing;

void encode(benchmark::State& state, Codec codec, H264Encoder h264, Size size, int bitrate) {
  const auto pictures = bench::room(size, 50);
  Metrics metrics;
  auto counters = std::make_shared<VideoMetrics>(metrics);
  auto frames = std::make_shared<Frames>();
  VideoEncoderOptions options;
  options.codec = codec;
  options.h264_encoder = h264;
  options.bitrate = bitrate;
  options.epoch = kStart;
  VideoEncoderEvents events;
  events.on_frame = [&](const EncodedFramePtr& frame) { frames->on_encoded_frame(frame); };
  events.on_packets = [](const std::unique_ptr<PacketChunk>&) {};
  auto encoder = *VideoEncoder::create(options, std::move(events), counters);
  std::size_t n = 0;
  const double begun = bench::process_cpu();
  for (auto _ : state) {
    encoder->push(pictures[n % pictures.size()], kStart + static_cast<int>(n) * 40ms);
    ++n;
    frames->wait_for(n);
  }
  state.counters["cores_at_25fps"] =
      (bench::process_cpu() - begun) / static_cast<double>(state.iterations()) * 25;
}

#define DIEMCAU_ENCODE(name, ...) \
  BENCHMARK_CAPTURE(encode, name, __VA_ARGS__)->Unit(benchmark::kMillisecond)->Iterations(100)
DIEMCAU_ENCODE(openh264_720p, Codec::h264, H264Encoder::openh264, Size{1280, 720}, 1'500'000);
DIEMCAU_ENCODE(openh264_360p, Codec::h264, H264Encoder::openh264, Size{640, 360}, 500'000);
DIEMCAU_ENCODE(x264_720p, Codec::h264, H264Encoder::x264, Size{1280, 720}, 1'500'000);
DIEMCAU_ENCODE(vp8_720p, Codec::vp8, H264Encoder::openh264, Size{1280, 720}, 1'500'000);
DIEMCAU_ENCODE(vp8_360p, Codec::vp8, H264Encoder::openh264, Size{640, 360}, 500'000);

}  // namespace
}  // namespace diemcau::media
