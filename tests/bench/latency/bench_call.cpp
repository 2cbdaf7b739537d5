// A site off the stage is called to it: from the chair's command to the arrival of the first stage
// picture that shows the site's large layer. And what a site off the stage sends meanwhile, with
// the wall open and without. Each site's camera starts 26 to 177 ms after it is asked, as those of
// browsers do.
//
//   bench_call URL MEETING VIEWER_TOKEN CHAIR_TOKEN SITE_TOKEN…

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "media/gst/runtime.hpp"
#include "media/mix/video_decoder.hpp"
#include "tests/bench/latency/called_site.hpp"
#include "tests/bench/latency/probe.hpp"
#include "tests/bench/load/busy_loop.hpp"

namespace diemcau::bench {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using media::Layer;
using media::Slot;

constexpr int kCalls = 40;
constexpr Duration kLongestCall = 3s, kWindow = 5s, kQuiet = 3s;
/// Luma of a site's large picture; the two that follow each other are far apart.
constexpr int kLumas[] = {80, 200, 120, 225};
constexpr int kTolerance = 12;
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

struct Called {
  std::vector<double> ms;
  int missed = 0;
  double idle = 0, wall = 0;  // kbit/s a site
};

class Bench {
 public:
  Bench(asio::io_context& io, Metrics& site_metrics, StageEye& eye, const Clock& clock)
      : io_(io), metrics_(site_metrics), eye_(eye), clock_(clock) {}

  std::unique_ptr<CalledSite> chair;
  std::vector<std::unique_ptr<CalledSite>> sites;
  Called result;

  asio::awaitable<void> run() {
    co_await pause(io_, 2s);  // DTLS done everywhere, the viewer has its first picture
    co_await call(std::nullopt);
    for (int n = 0; n < kCalls; ++n) {
      const auto site = static_cast<std::size_t>(n) % sites.size();
      eye_.seen_at = TimePoint{};
      eye_.wanted = kLumas[site % std::size(kLumas)];
      const TimePoint asked = clock_.now();
      co_await call(sites[site]->seat());
      while (eye_.seen_at.load() == TimePoint{} && clock_.now() - asked < kLongestCall)
        co_await pause(io_, 10ms);
      const TimePoint seen = eye_.seen_at.load();
      eye_.wanted = -1;
      if (seen == TimePoint{})
        ++result.missed;
      else
        result.ms.push_back(std::chrono::duration<double, std::milli>(seen - asked).count());
      // Let go, and at another phase of the server's ticks next time.
      co_await call(std::nullopt);
      co_await pause(io_, 300ms + (n * 37 % 100) * 1ms);
    }
    co_await pause(io_, kQuiet);
    result.idle = co_await uplink();
    const json::object wall{
        {"type", "view"}, {"id", 3}, {"second", {{"kind", "wall"}, {"page", 0}}}};
    co_await chair->say(wall);
    co_await pause(io_, kQuiet);
    result.wall = co_await uplink();
  }

 private:
  /// The whole stage to this seat, or to the chair.
  asio::awaitable<void> call(std::optional<std::string> seat) {
    const json::array pinned{json::value(seat ? *seat : chair->seat())};
    const json::object stage{
        {"type", "stage"}, {"id", 2}, {"layout", "single"}, {"pinned", pinned}};
    co_await chair->say(stage);
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
  const Clock& clock_;
};

int fail(const std::string& why) {
  std::fprintf(stderr, "bench_call: %s\n", why.c_str());
  return 1;
}

int report(Called called) {
  std::sort(called.ms.begin(), called.ms.end());
  if (called.ms.size() < 30)
    return fail("only " + std::to_string(called.ms.size()) + " calls were seen");
  const auto rank = [&](double share) {
    return called
        .ms[static_cast<std::size_t>(share * static_cast<double>(called.ms.size() - 1) + 0.5)];
  };
  std::printf(
      "called to the stage: median %.0f ms, 95th percentile %.0f, longest %.0f (%zu calls, "
      "%d not seen within 3 s)\n",
      rank(0.5), rank(0.95), called.ms.back(), called.ms.size(), called.missed);
  std::printf("a site off the stage sends %.1f kbit/s, %.1f with the wall open\n", called.idle,
              called.wall);
  const auto print = [](const char* figure, double value, const char* unit) {
    std::printf("{\"figure\":\"%s\",\"value\":%.4g,\"unit\":\"%s\"}\n", figure, value, unit);
  };
  print("call.picture_p50", rank(0.5), "ms");
  print("call.picture_p95", rank(0.95), "ms");
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
  media::gst::PipelineThread pipelines("bench");
  media::VideoDecoderOptions options;
  options.on_key_frame_needed = [&](SourceId) {
    if (loop.is_current() && viewer) viewer->session().request_key_frame(Slot::main, Layer::high);
  };
  auto decoder = media::VideoDecoder::create(options, pipelines,
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
  Bench bench(io, site_metrics, *eye, clock);
  std::size_t waiting = tokens.size();
  int delays = 0;
  for (std::size_t i = 0; i < tokens.size() && failure.empty(); ++i) {
    CalledSite::Options site{server, meeting, tokens[i], {}, *thumbnail, {}};
    auto media = context;
    if (i > 0) {
      media.metrics = &site_metrics;
      site.picture = pictures[(i - 1) % pictures.size()];
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
  pipelines.drain();
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
