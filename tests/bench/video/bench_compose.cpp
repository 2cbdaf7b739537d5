// Composing: the counter `cores` is CPU seconds per second of stage at 25 frames a second, to be
// compared with design §5 (16 tiles: ≤ 0.04).

#include <benchmark/benchmark.h>

#include "media/mix/video_compositor.hpp"
#include "tests/media/mix/video/video_support.hpp"

namespace diemcau::media {
namespace {

using namespace testing;

MixPlan sixteen() {
  MixPlan plan;
  for (int i = 0; i < 16; ++i) {
    Tile tile;
    tile.source = SourceId{static_cast<std::uint64_t>(i + 1)};
    tile.rect = {(i % 4) * 320, (i / 4) * 180, 320, 180};
    tile.label = "Điểm cầu số " + std::to_string(i + 1);
    plan.tiles.push_back(tile);
  }
  return plan;
}

/// 16 tiles, of which `changing` get a new picture at every tick.
void compose(benchmark::State& state, Size source_size, std::size_t changing) {
  VideoCompositor compositor;
  compositor.set_plan(sixteen());
  std::vector<PicturePtr> pictures;
  for (std::size_t i = 0; i < 32; ++i) {
    pictures.push_back(solid(source_size, {static_cast<std::uint8_t>(40 + i * 5), 100, 150}));
  }
  std::vector<TileSource> sources(16);
  for (std::size_t i = 0; i < 16; ++i) sources[i] = {true, pictures[i], false};
  std::size_t tick = 0;
  for (auto _ : state) {
    ++tick;
    for (std::size_t i = 0; i < changing; ++i) sources[i].picture = pictures[i + 16 * (tick % 2)];
    benchmark::DoNotOptimize(compositor.compose(sources));
  }
  state.counters["cores_at_25fps"] =
      benchmark::Counter(static_cast<double>(state.iterations()) / 25.0,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK_CAPTURE(compose, tiles_16_at_tile_size, Size{320, 180}, 16u)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(compose, tiles_16_at_half, Size{640, 360}, 16u)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(compose, tiles_16_from_720p, Size{1280, 720}, 16u)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(compose, tiles_16_odd_ratio, Size{426, 240}, 16u)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(compose, tiles_16_two_moving, Size{320, 180}, 2u)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(compose, tiles_16_none_moving, Size{320, 180}, 0u)->Unit(benchmark::kMicrosecond);

void draw_label(benchmark::State& state) {
  LabelRenderer labels;
  int n = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(labels.render("Ủy ban nhân dân xã " + std::to_string(n++), {}));
  }
}
BENCHMARK(draw_label)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace diemcau::media
