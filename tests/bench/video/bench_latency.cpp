// Delay the mix adds, without the wait for the tick (19 ms median at 25 frames a second): a site's
// packets in → decoded → composed → coded → packets of the 720p stage out, beside the encoder's
// own time.

#include <algorithm>
#include <optional>

#include <benchmark/benchmark.h>

#include "media/mix/video_compositor.hpp"
#include "media/mix/video_decoder.hpp"
#include "tests/media/mix/video/video_support.hpp"

namespace diemcau::media {
namespace {

using namespace testing;
using Milliseconds = std::chrono::duration<double, std::milli>;

double at_rank(std::vector<double> values, double rank) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(rank * static_cast<double>(values.size() - 1))];
}

void mixing_chain(benchmark::State& state, Codec codec) {
  Metrics metrics;
  auto counters = std::make_shared<VideoMetrics>(metrics);
  DecodePool pool("bench");
  VideoDecoderOptions options;
  options.codec = codec;
  options.on_key_frame_needed = [](SourceId) {};
  auto decoder = *VideoDecoder::create(options, pool, counters);
  VideoCompositor compositor;
  MixPlan plan;
  plan.tiles.push_back({SourceId{1}, {0, 0, 1280, 720}, "Điểm cầu", TileState::live, false, false});
  compositor.set_plan(plan);
  Camera site(codec), stage(codec);

  std::vector<double> chain, encoder;
  int n = 0;
  for (auto _ : state) {
    auto picture = solid_buffer({1280, 720}, kGrey);
    fill(picture->span().crop(n++ * 16 % 1024, 200, 200, 200), kRed);
    const auto packets = site.code(picture);
    const auto in = std::chrono::steady_clock::now();
    site.send(*packets, *decoder);
    PicturePtr seen;
    if (!eventually([&] { return decoder->take(seen); })) {
      state.SkipWithError("nothing decoded");
      break;
    }
    auto canvas = compositor.compose(std::vector{TileSource{true, seen, false}});
    const auto composed = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(stage.code(canvas));
    const auto out = std::chrono::steady_clock::now();
    chain.push_back(Milliseconds(out - in).count());
    encoder.push_back(Milliseconds(out - composed).count());
    state.SetIterationTime(chain.back() / 1000);
  }
  if (chain.empty()) return;
  state.counters["median_ms"] = at_rank(chain, 0.5);
  state.counters["p99_ms"] = at_rank(chain, 0.99);
  state.counters["encoder_median_ms"] = at_rank(encoder, 0.5);
  state.counters["encoder_p99_ms"] = at_rank(encoder, 0.99);
  decoder->close();
}

BENCHMARK_CAPTURE(mixing_chain, h264_720p, Codec::h264)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(100);
BENCHMARK_CAPTURE(mixing_chain, vp8_720p, Codec::vp8)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(100);

}  // namespace
}  // namespace diemcau::media
