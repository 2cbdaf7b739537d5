// A hard-muted site off the stage is called (floor.call): from the chair's command to the arrival
// of the first packet of the mix with its voice, and of the first stage picture that shows its
// large layer, both at another site. And what a site off the stage sends meanwhile, with the wall
// open and without. Each site's camera starts 26 to 177 ms after it is asked, as those of browsers
// do; its microphone sends all the time, a tone of its own, and is opened by the server.
//
//   bench_call URL MEETING VIEWER_TOKEN CHAIR_TOKEN SITE_TOKEN…

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "media/codec/red.hpp"
#include "media/gst/runtime.hpp"
#include "media/mix/opus_codec.hpp"
#include "media/mix/video_decoder.hpp"
#include "tests/bench/latency/called_site.hpp"
#include "tests/bench/latency/probe.hpp"
#include "tests/bench/load/busy_loop.hpp"
#include "tests/mcu/live/tones.hpp"
#include "tests/support/tone.hpp"

namespace diemcau::bench {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using media::Layer;
using media::Slot;

constexpr int kCalls = 50;
constexpr Duration kLongestCall = 3s, kWindow = 5s, kQuiet = 3s;
/// Luma of a site's large picture; the two that follow each other are far apart.
constexpr int kLumas[] = {80, 200, 120, 225};
constexpr int kTolerance = 12;
/// Of the site's voice. Further apart than what 20 ms can tell.
constexpr int voice_of(std::size_t site) {
  return 500 + 250 * static_cast<int>(site);
}
constexpr double kAudible = -30;             // dB of full scale
constexpr std::uint64_t kLowerHeaders = 28;  // IPv4 and UDP

asio::awaitable<void> pause(asio::io_context& io, Duration time) {
  asio::steady_timer timer(io, std::chrono::duration_cast<asio::steady_timer::duration>(time));
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

/// The stage as a viewer gets it: when its middle first had the wanted luma.
class StageEye final : public media::OrderedPacketSink {
 public:
  explicit StageEye(std::shared_ptr<media::VideoDecoder> decoder) : decoder_(std::move(decoder)) {}
  void on_ordered_packet(const media::UplinkPacket& packet, bool gap) noexcept override {
    look();
    decoder_->on_ordered_packet(packet, gap);
  }
  void look() {
    media::PicturePtr picture;
    if (!decoder_->take(picture)) return;
    const auto& view = picture->view;
    const int luma = view.data[0][view.height / 3 * view.stride[0] + view.width / 2];
    const int want = wanted.load();
    if (want >= 0 && std::abs(luma - want) <= kTolerance) {
      seen_at = picture->arrived;
      wanted = -1;
    }
  }
  std::atomic<int> wanted{-1};
  std::atomic<TimePoint> seen_at{TimePoint{}};

 private:
  std::shared_ptr<media::VideoDecoder> decoder_;
};

/// The mix as a viewer gets it: when the wanted tone was first in it.
class MixEar final : public media::UplinkSink {
 public:
  explicit MixEar(media::OpusVoiceDecoder decoder) : decoder_(std::move(decoder)) {}
  void on_uplink_packet(const media::UplinkPacket& packet) noexcept override {
    std::span<const std::uint8_t> payload = packet.payload;
    if (packet.red) {
      const auto red = media::parse_red(payload);
      if (!red) return;
      payload = red->blocks[red->count - 1].data;
    }
    const auto samples = static_cast<std::size_t>(std::max(decoder_.decode(payload, pcm_), 0));
    const int want = wanted.load();
    if (want < 0 || samples == 0) return;
    if (test::tone_level_db(std::span(pcm_).first(samples), want) < kAudible) return;
    seen_at = packet.arrived;
    wanted = -1;
  }
  std::atomic<int> wanted{-1};  // Hz
  std::atomic<TimePoint> seen_at{TimePoint{}};

 private:
  media::OpusVoiceDecoder decoder_;
  std::array<float, 5760> pcm_{};
};

struct Called {
  std::vector<double> picture_ms, voice_ms;
  int missed = 0;             // calls of which picture or voice did not come
  double idle = 0, wall = 0;  // kbit/s a site
};

class Bench {
 public:
  Bench(asio::io_context& io, Metrics& site_metrics, StageEye& eye, MixEar& ear, const Clock& clock)
      : io_(io), metrics_(site_metrics), eye_(eye), ear_(ear), clock_(clock) {}

  std::unique_ptr<CalledSite> chair;
  std::vector<std::unique_ptr<CalledSite>> sites;
  Called result;

  asio::awaitable<void> run() {
    co_await pause(io_, 2s);  // DTLS done everywhere, the viewer has its first picture
    const json::object single{
        {"type", "stage"}, {"id", 2}, {"layout", "single"}, {"pinned", json::array{}}};
    co_await chair->say(single);
    const json::object mute{{"type", "room.mute_all"}, {"id", 3}};
    co_await chair->say(mute);
    co_await pause(io_, 1s);
    for (int n = 0; n < kCalls; ++n) {
      const auto site = static_cast<std::size_t>(n) % sites.size();
      watch(eye_, kLumas[site % std::size(kLumas)]);
      watch(ear_, voice_of(site));
      const TimePoint asked = clock_.now();
      const json::object floor{{"type", "floor.call"}, {"id", 4}, {"seat", sites[site]->seat()}};
      co_await chair->say(floor);
      while ((eye_.seen_at.load() == TimePoint{} || ear_.seen_at.load() == TimePoint{}) &&
             clock_.now() - asked < kLongestCall)
        co_await pause(io_, 10ms);
      const bool seen = note(eye_, asked, result.picture_ms);
      const bool heard = note(ear_, asked, result.voice_ms);
      result.missed += seen && heard ? 0 : 1;
      // Let go, and at another phase of the server's ticks next time.
      const json::object end{{"type", "floor.end"}, {"id", 5}};
      co_await chair->say(end);
      co_await pause(io_, 250ms + (n * 37 % 100) * 1ms);
    }
    for (const auto& site : sites) site->hush();
    co_await pause(io_, kQuiet);
    result.idle = co_await uplink();
    const json::object wall{
        {"type", "view"}, {"id", 6}, {"second", {{"kind", "wall"}, {"page", 0}}}};
    co_await chair->say(wall);
    co_await pause(io_, kQuiet);
    result.wall = co_await uplink();
  }

 private:
  template <class Sense>
  static void watch(Sense& sense, int what) {
    sense.seen_at = TimePoint{};
    sense.wanted = what;
  }
  template <class Sense>
  static bool note(Sense& sense, TimePoint asked, std::vector<double>& ms) {
    sense.wanted = -1;
    const TimePoint seen = sense.seen_at.load();
    if (seen == TimePoint{}) return false;
    ms.push_back(std::chrono::duration<double, std::milli>(seen - asked).count());
    return true;
  }
  std::uint64_t sent() {
    const auto packets =
        metrics_.counter("diemcau_srtp_packets_total", "", {{"direction", "out"}}).value() +
        metrics_.counter("diemcau_rtp_packets_total", "", {{"direction", "out"}, {"kind", "rtcp"}})
            .value();
    return metrics_.counter("diemcau_transport_bytes_total", "", {{"direction", "out"}}).value() +
           packets * kLowerHeaders;
  }
  asio::awaitable<double> uplink() {
    const auto before = sent();
    co_await pause(io_, kWindow);
    co_return static_cast<double>(sent() - before) * 8 / 1000 /
        std::chrono::duration<double>(kWindow).count() / static_cast<double>(sites.size());
  }

  asio::io_context& io_;
  Metrics& metrics_;
  StageEye& eye_;
  MixEar& ear_;
  const Clock& clock_;
};

int fail(const std::string& why) {
  std::fprintf(stderr, "bench_call: %s\n", why.c_str());
  return 1;
}

void print(const char* figure, double value, const char* unit) {
  std::printf("{\"figure\":\"%s\",\"value\":%.4g,\"unit\":\"%s\"}\n", figure, value, unit);
}

double rank(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1) + 0.5)];
}

int report(Called called) {
  for (const auto& [what, ms] :
       {std::pair("picture", &called.picture_ms), {"voice", &called.voice_ms}}) {
    std::sort(ms->begin(), ms->end());
    if (ms->size() < 30)
      return fail("only of " + std::to_string(ms->size()) + " calls came the " + what);
    std::printf("called: its %s there, median %.0f ms, 95th percentile %.0f, longest %.0f (%zu)\n",
                what, rank(*ms, 0.5), rank(*ms, 0.95), ms->back(), ms->size());
    const std::string figure = std::string("call.") + what;
    print((figure + "_p50").c_str(), rank(*ms, 0.5), "ms");
    print((figure + "_p95").c_str(), rank(*ms, 0.95), "ms");
  }
  std::printf("a site off the stage sends %.1f kbit/s, %.1f with the wall open\n", called.idle,
              called.wall);
  print("call.missed", called.missed, "");
  print("uplink.idle", called.idle, "kbit/s");
  print("uplink.wall", called.wall, "kbit/s");
  return called.missed == 0 ? 0 : 1;
}

int run(const mcu::ServerAddress& server, const std::string& meeting,
        const std::string& viewer_token, const std::vector<std::string>& tokens) {
  if (auto ready = media::gst::require_elements(); !ready) return fail(ready.error().detail);
  std::vector<std::shared_ptr<const mcu::PictureLoop>> pictures;
  for (const int luma : kLumas) {
    auto made =
        code_loop({{1280, 720}, 25, 50, 1'500'000}, [luma](media::I420Span canvas, int frame) {
          fill(canvas, {static_cast<std::uint8_t>(luma), 128, 128});
          fill(canvas.crop(frame * 20, 560, 160, 120), {40, 90, 160});  // work for both encoders
        });
    if (!made) return fail(made.error().detail);
    pictures.push_back(*made);
  }
  auto opus = media::OpusVoiceDecoder::create();
  if (!opus) return fail(opus.error().detail);
  auto ear = std::make_shared<MixEar>(std::move(*opus));
  auto thumbnail = make_busy_thumbnail();
  if (!thumbnail) return fail(thumbnail.error().detail);

  const SystemClock clock;
  Metrics site_metrics, other_metrics;
  auto certificate = media::DtlsCertificate::generate();
  if (!certificate) return fail(certificate.error().detail);
  media::TransportLoop loop(0, clock, other_metrics);
  loop.start();
  mcu::SiteMediaContext context;
  context.loop = &loop;
  context.certificate = &*certificate;
  context.metrics = &other_metrics;
  context.transport.addresses = {"127.0.0.1"};
  context.transport.tcp = false;

  std::unique_ptr<Probe> viewer;
  media::DecodePool pool("bench");
  media::VideoDecoderOptions options;
  options.on_key_frame_needed = [&](SourceId) {
    if (loop.is_current() && viewer) viewer->session().request_key_frame(Slot::main, Layer::high);
  };
  auto decoder = media::VideoDecoder::create(options, pool,
                                             std::make_shared<media::VideoMetrics>(other_metrics));
  if (!decoder) return fail(decoder.error().detail);
  auto eye = std::make_shared<StageEye>(*decoder);
  std::string failure;
  loop.post_and_wait([&] {
    auto made = Probe::create(context);
    if (!made) return void(failure = made.error().detail);
    viewer = std::move(*made);
    viewer->on_connected = [&] {
      viewer->session().set_ordered_sink(Slot::main, Layer::high, eye);
      viewer->session().set_uplink_sink(Slot::audio, ear);
    };
  });
  if (failure.empty()) {
    auto answer = exchange(server, "/whep/" + meeting, viewer_token, viewer->offer());
    if (!answer) return fail(answer.error().detail);
    loop.post_and_wait([&] {
      if (auto accepted = viewer->accept(*answer); !accepted) failure = accepted.error().detail;
    });
  }

  asio::io_context io(1);
  Bench bench(io, site_metrics, *eye, *ear, clock);
  std::size_t waiting = tokens.size();
  int delays = 0;
  for (std::size_t i = 0; i < tokens.size() && failure.empty(); ++i) {
    CalledSite::Options site{server, meeting, tokens[i], {}, *thumbnail, {}, {}};
    auto media = context;
    if (i > 0) {
      media.metrics = &site_metrics;
      site.picture = pictures[(i - 1) % pictures.size()];
      auto voice = test::make_tone_loop(voice_of(i - 1), 0.25);
      if (!voice) return fail(voice.error().detail);
      site.voice = *voice;
      site.camera_delay = [&delays] { return 26ms + (delays++ * 53 % 152) * 1ms; };
    }
    auto made = std::make_unique<CalledSite>(io, media, std::move(site));
    made->start([&](std::string why) {
      if (!why.empty() && failure.empty()) failure = why;
      if (--waiting > 0) return;
      if (!failure.empty()) return io.stop();
      asio::co_spawn(io, bench.run(), [&](const std::exception_ptr&) { io.stop(); });
    });
    if (i == 0)
      bench.chair = std::move(made);
    else
      bench.sites.push_back(std::move(made));
  }
  if (failure.empty()) io.run();
  for (const auto& site : bench.sites) site->leave();
  if (bench.chair) bench.chair->leave();
  loop.post_and_wait([&] { viewer.reset(); });
  loop.stop();
  (*decoder)->close();
  return failure.empty() ? report(std::move(bench.result)) : fail(failure);
}

}  // namespace
}  // namespace diemcau::bench

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fprintf(stderr, "usage: bench_call URL MEETING VIEWER_TOKEN CHAIR_TOKEN SITE_TOKEN…\n");
    return 2;
  }
  auto server = diemcau::mcu::parse_server_url(argv[1]);
  if (!server) return diemcau::bench::fail(server.error().detail);
  return diemcau::bench::run(*server, argv[2], argv[3], {argv + 4, argv + argc});
}
