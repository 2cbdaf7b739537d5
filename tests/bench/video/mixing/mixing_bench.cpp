// What mixing costs beside encoding alone, and our compositor beside GStreamer's, each pair in one
// run. CPU of the whole process, all threads, in cores at 25 pictures a second; the feeding of the
// sites' packets is counted as the mix's.
//
//   mixing_bench compositor|chain|tiles [--quick]

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string_view>

#include <gst/app/gstappsrc.h>

#include "base/clock.hpp"
#include "media/codec/frame_assembler.hpp"
#include "media/gst/app_sink.hpp"
#include "media/gst/runtime.hpp"
#include "media/mix/frame_decoder.hpp"
#include "media/mix/stage_pictures.hpp"
#include "media/mix/video_decoder.hpp"
#include "media/mix/video_encoder.hpp"
#include "media/mix/video_mixer.hpp"
#include "tests/bench/video/clips.hpp"

namespace diemcau::media::bench {
namespace {

using namespace std::chrono_literals;
constexpr int kRate = 25;
constexpr std::size_t kClip = 50;       // pictures of one site, repeated
constexpr std::size_t kKeyEvery = 125;  // as the mixer does
constexpr std::array kQualitiesShown{Quality::p720, Quality::p360, Quality::p180};
constexpr std::array kBits{1'500'000, 500'000, 150'000};

using Chunks = std::vector<std::shared_ptr<const PacketChunk>>;

/// One site's pictures, coded one after the other.
Result<Chunks> code(const Clip& clip, int bitrate) {
  std::mutex mutex;
  std::condition_variable changed;
  Chunks out;
  Metrics metrics;
  VideoEncoderOptions options;
  options.bitrate = bitrate;
  options.epoch = TimePoint{1h};
  VideoEncoderEvents events;
  events.on_frame = [](const EncodedFramePtr&) {};
  events.on_packets = [&](std::unique_ptr<PacketChunk> chunk) {
    std::lock_guard lock(mutex);
    out.push_back(std::move(chunk));
    changed.notify_one();
  };
  auto encoder =
      VideoEncoder::create(options, std::move(events), std::make_shared<VideoMetrics>(metrics));
  if (!encoder) return encoder.error();
  for (std::size_t n = 0; n < clip.size(); ++n) {
    (*encoder)->push(clip[n], options.epoch + static_cast<int>(n) * 40ms);
    std::unique_lock lock(mutex);
    if (!changed.wait_for(lock, 10s, [&] { return out.size() > n; }))
      return make_error(Errc::internal, "bench.encoder", "no frame in 10 s");
  }
  (*encoder)->stop();
  return out;
}

/// Calls `tick` with 0, 1, … at the stage's rate; returns the cores used.
template <class Tick>
double at_stage_rate(std::size_t ticks, Tick tick) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  const auto begun = std::chrono::steady_clock::now();
  const double cpu = process_cpu();
  for (std::size_t n = 0; n < ticks; ++n) {
    tick(n);
    const auto next = begun + static_cast<int>(n + 1) * 40ms;
    never.wait_until(lock, next, [&] { return std::chrono::steady_clock::now() >= next; });
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  return (process_cpu() - cpu) / took.count();
}

MixPlan grid(int side) {
  MixPlan plan;
  const auto edge = [side](int whole, int i) { return (whole * i / side) & ~1; };
  for (int i = 0; i < side * side; ++i) {
    const int x = edge(1280, i % side), y = edge(720, i / side);
    Tile tile;
    tile.source = SourceId{static_cast<std::uint64_t>(i + 1)};
    tile.rect = {x, y, edge(1280, i % side + 1) - x, edge(720, i / side + 1) - y};
    tile.label = "Điểm cầu số " + std::to_string(i + 1);
    plan.tiles.push_back(tile);
  }
  return plan;
}

/// Sites that differ: each begins elsewhere in the film.
Clip part(const Clip& film, int site) {
  const auto from = film.begin() + site * 8;
  return {from, from + kClip};
}

Size tile_size(int side) {
  return {(1280 / side) & ~1, (720 / side) & ~1};
}

class Ignore final : public EncodedFrameReader {
 public:
  void on_encoded_frame(const EncodedFramePtr&) noexcept override { ++frames; }
  std::atomic<int> frames{0};
};

/// side × side sites at the size of their tiles.
Result<std::vector<Chunks>> code_sites(const Clip& film, int side) {
  std::vector<Chunks> out;
  for (int i = 0; i < side * side; ++i) {
    auto coded = code(part(film, i), side == 1 ? 1'500'000 : side == 2 ? 500'000 : 150'000);
    if (!coded) return coded.error();
    out.push_back(std::move(*coded));
  }
  return out;
}

/// The running mixer with side × side sites, three renditions watched.
Result<double> chain(const std::vector<Chunks>& coded, int side, std::size_t ticks) {
  const SystemClock clock;
  Metrics metrics;
  VideoMixerOptions options;
  options.name = "bench";
  auto made = VideoMixer::create(options, {}, clock, metrics, {});
  if (!made) return made.error();
  auto& mixer = **made;
  mixer.set_plan(grid(side));
  std::vector<std::shared_ptr<OrderedPacketSink>> sites;
  for (std::size_t i = 0; i < coded.size(); ++i) {
    auto sink = mixer.open_input(SourceId{i + 1}, Codec::h264);
    if (!sink) return sink.error();
    sites.push_back(*sink);
  }
  std::vector<std::shared_ptr<Ignore>> readers;
  for (const Quality quality : kQualitiesShown) {
    readers.push_back(std::make_shared<Ignore>());
    mixer.rendition({Codec::h264, quality})->add_frame_reader(readers.back());
  }
  std::int64_t index = 0;
  std::uint32_t timestamp = 0;
  const auto feed = [&](std::size_t n) {
    timestamp += 3600;
    for (std::size_t i = 0; i < sites.size(); ++i) {
      const PacketChunk& chunk = *coded[i][n % kClip];
      for (const PacketInfo& info : chunk.packets) {
        UplinkPacket packet;
        packet.index = index++;
        packet.timestamp = timestamp;
        packet.marker = info.marker;
        packet.payload = chunk.payload(info);
        packet.arrived = clock.now();
        sites[i]->on_ordered_packet(packet, false);
      }
    }
  };
  at_stage_rate(kClip, feed);  // decoders and encoders begin
  std::vector<int> before;
  for (const auto& reader : readers) before.push_back(reader->frames);
  const double cores = at_stage_rate(ticks, feed);
  for (std::size_t i = 0; i < readers.size(); ++i) {
    if (readers[i]->frames - before[i] < static_cast<int>(ticks) * 9 / 10)
      return make_error(Errc::internal, "bench.mixer", "a rendition lost more than a tenth");
  }
  return cores;
}

/// What a site's coded pictures look like behind the decoder.
Result<std::vector<PicturePtr>> decode(const Chunks& coded) {
  auto decoder = FrameDecoder::create(Codec::h264, {1920, 1088});
  if (!decoder) return decoder.error();
  FrameAssembler assembler(Codec::h264);
  std::vector<PicturePtr> out;
  for (const auto& chunk : coded) {
    for (const PacketInfo& info : chunk->packets) assembler.add(chunk->payload(info));
    auto decoded = decoder->decode(assembler.take(), out.empty());
    if (!decoded.picture) return make_error(Errc::internal, "bench.decoder", "no picture");
    out.push_back(std::move(decoded.picture));
  }
  return out;
}

/// The pictures the three encoders get when 16 sites are shown, from coded and decoded sites.
Result<std::array<Clip, 3>> stage_clips(const std::vector<Chunks>& coded) {
  std::vector<std::vector<PicturePtr>> sites;
  for (const Chunks& site : coded) {
    auto decoded = decode(site);
    if (!decoded) return decoded.error();
    sites.push_back(std::move(*decoded));
  }
  StagePictures pictures;
  pictures.set_plan(grid(4));
  std::array<Clip, 3> out;
  for (std::size_t n = 0; n < kClip; ++n) {
    std::vector<TileSource> sources;
    for (const auto& site : sites) sources.push_back({true, site[n], false});
    pictures.begin(sources);
    for (std::size_t q = 0; q < out.size(); ++q) {
      auto picture = pictures.picture(kQualitiesShown[q]);
      if (!picture) return make_error(Errc::internal, "bench.stage", "no canvas");
      auto kept = std::make_shared<I420Buffer>(picture->size());
      copy(picture->view(), kept->span());
      out[q].push_back(std::move(kept));
    }
  }
  return out;
}

Result<double> encode_alone(const std::array<Clip, 3>& clips, std::size_t ticks) {
  Metrics metrics;
  auto counters = std::make_shared<VideoMetrics>(metrics);
  std::vector<std::unique_ptr<VideoEncoder>> encoders;
  const TimePoint epoch{1h};
  for (std::size_t q = 0; q < clips.size(); ++q) {
    VideoEncoderOptions options;
    options.bitrate = kBits[q];
    options.epoch = epoch;
    VideoEncoderEvents events;
    events.on_frame = [](const EncodedFramePtr&) {};
    events.on_packets = [](const std::unique_ptr<PacketChunk>&) {};
    auto encoder = VideoEncoder::create(options, std::move(events), counters);
    if (!encoder) return encoder.error();
    encoders.push_back(std::move(*encoder));
  }
  std::size_t pushed = 0;
  const auto push = [&](std::size_t) {
    for (std::size_t q = 0; q < clips.size(); ++q) {
      if (pushed % kKeyEvery == 0 && pushed > 0) encoders[q]->force_key_frame();
      encoders[q]->push(clips[q][pushed % kClip], epoch + static_cast<int>(pushed) * 40ms);
    }
    ++pushed;
  };
  at_stage_rate(kClip, push);
  return at_stage_rate(ticks, push);
}

/// Two pictures a site, in turn, so that every tile is painted at every tick.
struct Flicker {
  std::array<I420BufferPtr, 2> pictures;
};

double our_compositor(const std::vector<Flicker>& sites, int side, std::size_t ticks) {
  VideoCompositor compositor;
  compositor.set_plan(grid(side));
  std::vector<std::array<PicturePtr, 2>> pictures;
  for (const Flicker& site : sites) {
    auto& two = pictures.emplace_back();
    for (std::size_t i : {0u, 1u}) {
      auto picture = std::make_shared<Picture>();
      picture->view = site.pictures[i]->view();
      picture->keep = site.pictures[i];
      two[i] = std::move(picture);
    }
  }
  std::vector<TileSource> sources(sites.size());
  const double begun = process_cpu();
  for (std::size_t n = 0; n < ticks; ++n) {
    for (std::size_t i = 0; i < sites.size(); ++i) sources[i] = {true, pictures[i][n % 2], false};
    compositor.compose(sources);
  }
  return (process_cpu() - begun) / static_cast<double>(ticks) * kRate;
}

Result<double> gst_compositor(const std::vector<Flicker>& sites, int side, std::size_t ticks) {
  const MixPlan plan = grid(side);
  const Size from = sites[0].pictures[0]->size();
  std::string text = "compositor name=c background=black ";
  for (std::size_t i = 0; i < sites.size(); ++i) {
    const Rect& r = plan.tiles[i].rect;
    const std::string pad = "sink_" + std::to_string(i) + "::";
    text += pad + "xpos=" + std::to_string(r.x) + " " + pad + "ypos=" + std::to_string(r.y) + " " +
            pad + "width=" + std::to_string(r.w) + " " + pad + "height=" + std::to_string(r.h) +
            " ";
  }
  text += "! " + raw_caps({1280, 720}, kRate) + " ! appsink name=out";
  for (std::size_t i = 0; i < sites.size(); ++i) {
    text += " appsrc name=s" + std::to_string(i) + " format=time max-bytes=0 caps=\"" +
            raw_caps(from, kRate) + "\" ! c.sink_" + std::to_string(i);
  }
  auto pipeline = gst::Pipeline::parse(text, nullptr);
  if (!pipeline) return pipeline.error();
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t made = 0;
  gst::AppSink sink(**pipeline, "out", [&](const gst::Ptr<GstSample>&) {
    std::lock_guard lock(mutex);
    ++made;
    changed.notify_one();
  });
  std::vector<std::array<gst::Ptr<GstBuffer>, 2>> buffers;
  for (const Flicker& site : sites)
    buffers.push_back({to_gst(site.pictures[0]->view()), to_gst(site.pictures[1]->view())});
  if (auto playing = (*pipeline)->play(); !playing) return playing.error();
  const double begun = process_cpu();
  for (std::size_t n = 0; n < ticks; ++n) {
    for (std::size_t i = 0; i < sites.size(); ++i) {
      // Shares the bytes: only the time is its own.
      GstBuffer* buffer = gst_buffer_copy(buffers[i][n % 2].get());
      GST_BUFFER_PTS(buffer) = n * (GST_SECOND / kRate);
      GST_BUFFER_DURATION(buffer) = GST_SECOND / kRate;
      const std::string name = "s" + std::to_string(i);
      gst_app_src_push_buffer(GST_APP_SRC((*pipeline)->element(name.c_str())), buffer);
    }
    // It waits for a second picture before it shows the first.
    std::unique_lock lock(mutex);
    if (!changed.wait_for(lock, 10s, [&] { return made + 2 > n; }))
      return make_error(Errc::internal, "bench.compositor", "GStreamer's compositor stands still");
  }
  const double cpu = process_cpu() - begun;
  (*pipeline)->stop();
  return cpu / static_cast<double>(ticks) * kRate;
}

Result<std::vector<Flicker>> flickers(int side, Size size) {
  auto film = people(size, static_cast<std::size_t>(side * side) + 8);
  if (!film) return film.error();
  std::vector<Flicker> out;
  for (std::size_t i = 0; i < static_cast<std::size_t>(side * side); ++i)
    out.push_back({{(*film)[i], (*film)[i + 8]}});
  return out;
}

void figure(const char* name, double value, const char* unit) {
  std::printf("{\"figure\":\"%s\",\"value\":%.4f,\"unit\":\"%s\"}\n", name, value, unit);
}
void point(const char* figure, const char* series, int n, double value) {
  std::printf("{\"figure\":\"%s\",\"series\":\"%s\",\"n\":%d,\"value\":%.4f,\"unit\":\"cores\"}\n",
              figure, series, n, value);
}

Result<void> compare_compositors(std::size_t ticks) {
  for (int side = 1; side <= 5; ++side) {
    const Size tile = tile_size(side);
    auto sites = flickers(side, {2 * tile.width, 2 * tile.height});
    if (!sites) return sites.error();
    const double ours = our_compositor(*sites, side, ticks);
    auto theirs = gst_compositor(*sites, side, ticks);
    if (!theirs) return theirs.error();
    std::printf("compose %2d tiles from twice their size   ours %.4f   GStreamer %.4f cores\n",
                side * side, ours, *theirs);
    point("compositor.by_tiles", "ours", side * side, ours);
    point("compositor.by_tiles", "GStreamer", side * side, *theirs);
    if (side == 4) {
      figure("compositor.ours", ours, "cores");
      figure("compositor.gstreamer", *theirs, "cores");
      figure("compositor.ratio", ours / *theirs, "x");
    }
  }
  return {};
}

double median(std::vector<double> of) {
  const auto middle = of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2);
  std::nth_element(of.begin(), middle, of.end());
  return *middle;
}

/// In turns, since what a machine shared with others gives changes by a fifth within a minute.
Result<void> compare_chain(std::size_t rounds, std::size_t ticks) {
  auto film = people(tile_size(4), kClip + 15 * 8);
  if (!film) return film.error();
  auto coded = code_sites(*film, 4);
  if (!coded) return coded.error();
  auto clips = stage_clips(*coded);
  if (!clips) return clips.error();
  std::vector<double> encode, whole, ratio;
  for (std::size_t n = 0; n < rounds; ++n) {
    auto alone = encode_alone(*clips, ticks);
    if (!alone) return alone.error();
    auto mixed = chain(*coded, 4, ticks);
    if (!mixed) return mixed.error();
    encode.push_back(*alone);
    whole.push_back(*mixed);
    ratio.push_back(*mixed / *alone);
    std::printf("16 sites: decode, compose, encode %.4f   encode alone %.4f cores\n", *mixed,
                *alone);
  }
  figure("mixing.chain", median(whole), "cores");
  figure("mixing.encode", median(encode), "cores");
  figure("mixing.ratio", median(ratio), "x");
  return {};
}

Result<void> by_tiles(std::size_t ticks) {
  for (int side = 1; side <= 5; ++side) {
    auto film = people(tile_size(side), kClip + static_cast<std::size_t>(side * side - 1) * 8);
    if (!film) return film.error();
    auto coded = code_sites(*film, side);
    if (!coded) return coded.error();
    auto whole = chain(*coded, side, ticks);
    if (!whole) return whole.error();
    std::printf("%2d sites: decode, compose, encode %.4f cores\n", side * side, *whole);
    point("mixing.by_tiles", "whole chain", side * side, *whole);
  }
  return {};
}

}  // namespace
}  // namespace diemcau::media::bench

int main(int argc, char** argv) {
  using namespace diemcau::media;
  std::string_view what;
  bool quick = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--quick")
      quick = true;
    else
      what = argv[i];
  }
  diemcau::Result<void> done = gst::require_elements();
  if (done && what == "compositor")
    done = bench::compare_compositors(quick ? 100 : 250);
  else if (done && what == "chain")
    done = bench::compare_chain(quick ? 3 : 5, quick ? 50 : 100);
  else if (done && what == "tiles")
    done = bench::by_tiles(quick ? 75 : 125);
  else if (done) {
    std::fprintf(stderr, "usage: mixing_bench compositor|chain|tiles [--quick]\n");
    return 2;
  }
  if (!done) std::fprintf(stderr, "mixing_bench: %s\n", done.error().detail.c_str());
  return done ? 0 : 1;
}
