// Encoding and packetising the ladder, all threads counted. `cores_at_25fps`: CPU seconds per
// second of stage; design §5 asks ≤ 1.35 × 0.164 for 720p + 360p + 180p with openh264.

#include <ctime>

#include <benchmark/benchmark.h>

#include "tests/media/mix/video/video_support.hpp"

namespace diemcau::media {
namespace {

using namespace testing;

double process_cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// A still room with people moving in it: gradients, a little noise, moving patches.
std::vector<I420BufferPtr> room(Size size) {
  std::vector<I420BufferPtr> pictures;
  std::uint32_t noise = 1;
  for (int i = 0; i < 50; ++i) {
    auto buffer = std::make_shared<I420Buffer>(size);
    auto s = buffer->span();
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        noise = noise * 1664525u + 1013904223u;
        s.data[0][y * s.stride[0] + x] = static_cast<std::uint8_t>(
            60 + (x * 90) / size.width + ((x ^ y) & 16) + static_cast<int>(noise >> 30));
      }
    }
    for (int p = 0; p < 6; ++p) {
      const int w = size.width / 10, x = (p * size.width / 6 + i * 4) % (size.width - w);
      fill(s.crop(x & ~1, (size.height / 3) & ~1, w & ~1, (size.height / 3) & ~1),
           {static_cast<std::uint8_t>(80 + 20 * p), 110, 150});
    }
    pictures.push_back(std::move(buffer));
  }
  return pictures;
}

void encode(benchmark::State& state, Codec codec, H264Encoder h264, Size size, int bitrate) {
  const auto pictures = room(size);
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
  const double begun = process_cpu_seconds();
  for (auto _ : state) {
    encoder->push(pictures[n % pictures.size()], kStart + static_cast<int>(n) * 40ms);
    ++n;
    frames->wait_for(n);
  }
  state.counters["cores_at_25fps"] =
      (process_cpu_seconds() - begun) / static_cast<double>(state.iterations()) * 25;
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
