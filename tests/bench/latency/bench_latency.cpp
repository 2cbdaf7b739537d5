// Added latency of the running server: a change in a site's picture or sound, from its last packet
// handed to the socket to the arrival of the last packet of the first stage frame (or sound packet)
// that shows it. Wait for the composing tick, jitter buffers and encoders included; a loopback
// network, so nothing of the line.
//
//   bench_latency URL MEETING SITE_TOKEN VIEWER_TOKEN [SECONDS [--sweep]]

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>

#include "base/log.hpp"
#include "media/codec/red.hpp"
#include "media/gst/runtime.hpp"
#include "media/mix/opus_codec.hpp"
#include "media/mix/video_decoder.hpp"
#include "tests/bench/latency/probe.hpp"
#include "tests/bench/latency/probe_media.hpp"

namespace diemcau::bench {
namespace {

using namespace std::chrono_literals;
using media::Layer;
using media::Slot;
using Milliseconds = std::chrono::duration<double, std::milli>;

// The server's rate at a phase of its own, as a camera of 25 frames a second has; --sweep: another
// rate, so that the two clocks sweep past each other.
constexpr Duration kFrameStep = 40ms, kSweepingStep = 41ms;
constexpr Duration kSoundStep = 20ms;

/// One kind's changes: sent, then seen.
class Changes {
 public:
  void sent(bool on, TimePoint at) {
    if (on == sent_on_) return;
    sent_on_ = on;
    sent_at_ = at;
  }
  void seen(bool on, TimePoint at) {
    if (on == seen_on_) return;
    seen_on_ = on;
    if (sent_at_ && on == sent_on_) ms.push_back(Milliseconds(at - *sent_at_).count());
    sent_at_.reset();
  }
  std::vector<double> ms;

 private:
  bool sent_on_ = false, seen_on_ = false;
  std::optional<TimePoint> sent_at_;
};

void print(const char* what, std::vector<double> ms, const char* figure = nullptr) {
  if (ms.empty()) {
    std::printf("%-28s no sample\n", what);
    return;
  }
  std::sort(ms.begin(), ms.end());
  const auto rank = [&](double share) {
    return ms[static_cast<std::size_t>(share * static_cast<double>(ms.size() - 1))];
  };
  std::printf("%-28s median %6.1f ms   99th percentile %6.1f ms   (%zu samples)\n", what, rank(0.5),
              rank(0.99), ms.size());
  if (figure == nullptr) return;
  std::printf("{\"figure\":\"latency.%s_p50\",\"value\":%.2f,\"unit\":\"ms\"}\n", figure,
              rank(0.5));
  std::printf("{\"figure\":\"latency.%s_p99\",\"value\":%.2f,\"unit\":\"ms\"}\n", figure,
              rank(0.99));
}

/// Sends the loops, from timers of the loop.
class Sender {
 public:
  Sender(media::TransportLoop& loop, Probe& probe, Blinking blinking, Beeping beeping,
         Changes& picture, Changes& sound, Duration step)
      : loop_(loop),
        step_(step),
        probe_(probe),
        blinking_(std::move(blinking)),
        beeping_(std::move(beeping)),
        picture_(picture),
        sound_(sound) {
    media::EncodedStream::Options options;
    options.codec = media::Codec::h264;
    options.label = "bench-picture";
    video_ = media::EncodedStream::create(options, {&loop}, loop.clock(), {});
    options.codec = media::Codec::opus;
    options.label = "bench-sound";
    audio_ = media::EncodedStream::create(options, {&loop}, loop.clock(), {});
  }
  void start() {
    probe_.session().show(Slot::main, video_);
    probe_.session().show(Slot::audio, audio_);
    epoch_ = next_frame_ = next_block_ = loop_.clock().now();
    send_frame();
    send_block();
  }

 private:
  void send_frame() {
    const TimePoint now = loop_.clock().now();
    const int at = static_cast<int>(frame_++ % Blinking::kFrames);
    auto chunk =
        std::make_shared<media::PacketChunk>(*blinking_.frames[static_cast<std::size_t>(at)]);
    for (auto& info : chunk->packets) {
      info.index = video_index_++;
      info.timestamp = static_cast<std::uint32_t>((next_frame_ - epoch_).count() / 100'000 * 9);
    }
    chunk->captured = chunk->produced = now;
    picture_.sent(Blinking::light(at), now);
    video_->publish(std::move(chunk));
    loop_.run_at(next_frame_ += step_, [this] { send_frame(); });
  }
  void send_block() {
    const TimePoint now = loop_.clock().now();
    const auto at = static_cast<std::size_t>(audio_index_) % beeping_.packets.size();
    const auto& spoken = beeping_.packets[at];
    auto chunk = std::make_shared<media::PacketChunk>();
    chunk->bytes = spoken.payload;
    media::PacketInfo info;
    info.size = static_cast<std::uint16_t>(spoken.payload.size());
    info.index = audio_index_;
    info.timestamp = static_cast<std::uint32_t>(audio_index_ * 960);
    info.audio_level = spoken.level;
    chunk->packets.push_back(info);
    chunk->captured = chunk->produced = now;
    sound_.sent(at >= Beeping::kHalf, now);
    ++audio_index_;
    audio_->publish(std::move(chunk));
    loop_.run_at(next_block_ += kSoundStep, [this] { send_block(); });
  }

  media::TransportLoop& loop_;
  const Duration step_;  // from picture to picture
  Probe& probe_;
  Blinking blinking_;
  Beeping beeping_;
  Changes &picture_, &sound_;
  std::shared_ptr<media::EncodedStream> video_, audio_;
  TimePoint epoch_, next_frame_, next_block_;
  std::int64_t frame_ = 0, video_index_ = 0, audio_index_ = 0;
};

/// The stage: each decoded picture carries the arrival of its last packet.
class StageEye final : public media::OrderedPacketSink {
 public:
  StageEye(std::shared_ptr<media::VideoDecoder> decoder, Changes& changes)
      : decoder_(std::move(decoder)), changes_(changes) {}
  void on_ordered_packet(const media::UplinkPacket& packet, bool gap) noexcept override {
    look();
    decoder_->on_ordered_packet(packet, gap);
  }
  void look() {
    media::PicturePtr picture;
    if (!decoder_->take(picture)) return;
    const auto& view = picture->view;
    const auto luma = view.data[0][view.height / 3 * view.stride[0] + view.width / 2];
    changes_.seen(luma > 125, picture->arrived);
  }

 private:
  std::shared_ptr<media::VideoDecoder> decoder_;
  Changes& changes_;
};

class StageEar final : public media::UplinkSink {
 public:
  StageEar(media::OpusVoiceDecoder decoder, Changes& changes)
      : decoder_(std::move(decoder)), changes_(changes) {}
  void on_uplink_packet(const media::UplinkPacket& packet) noexcept override {
    std::span<const std::uint8_t> payload = packet.payload;
    if (packet.red) {
      const auto red = media::parse_red(payload);
      if (!red) return;
      payload = red->blocks[red->count - 1].data;
    }
    const int samples = decoder_.decode(payload, pcm_);
    float peak = 0;
    for (int i = 0; i < samples; ++i)
      peak = std::max(peak, std::abs(pcm_[static_cast<std::size_t>(i)]));
    changes_.seen(peak > 0.05F, packet.arrived);
  }

 private:
  media::OpusVoiceDecoder decoder_;
  Changes& changes_;
  std::array<float, 5760> pcm_{};
};

int fail(const Error& error) {
  std::fprintf(stderr, "bench_latency: %s (%s)\n", error.detail.c_str(), error.code.c_str());
  return 1;
}

int run(const mcu::ServerAddress& server, const std::string& meeting, const std::string& site_token,
        const std::string& viewer_token, double seconds, bool sweep) {
  if (auto ready = media::gst::require_elements(); !ready) return fail(ready.error());
  auto blinking = make_blinking();
  if (!blinking) return fail(blinking.error());
  auto beeping = make_beeping();
  if (!beeping) return fail(beeping.error());
  auto opus = media::OpusVoiceDecoder::create();
  if (!opus) return fail(opus.error());
  const std::vector<double> encoder = blinking->encode_ms;

  const SystemClock clock;
  Metrics metrics;
  auto certificate = media::DtlsCertificate::generate();
  if (!certificate) return fail(certificate.error());
  media::TransportLoop loop(0, clock, metrics);
  loop.start();
  mcu::SiteMediaContext context;
  context.loop = &loop;
  context.certificate = &*certificate;
  context.metrics = &metrics;
  context.transport.addresses = {"127.0.0.1"};
  context.transport.tcp = false;

  Changes picture, sound;
  std::unique_ptr<Probe> site, viewer;
  std::unique_ptr<Sender> sender;
  media::DecodePool pool("bench");
  media::VideoDecoderOptions options;
  options.on_key_frame_needed = [&](SourceId) {
    if (loop.is_current() && viewer) viewer->session().request_key_frame(Slot::main, Layer::high);
  };
  auto decoder =
      media::VideoDecoder::create(options, pool, std::make_shared<media::VideoMetrics>(metrics));
  if (!decoder) return fail(decoder.error());

  std::optional<Error> failed;
  const auto join = [&](std::unique_ptr<Probe>& probe, const std::string& path,
                        const std::string& token, std::function<void()> connected) {
    loop.post_and_wait([&] {
      auto made = Probe::create(context);
      if (!made) return void(failed = made.error());
      probe = std::move(*made);
      probe->on_connected = std::move(connected);
    });
    if (failed) return;
    auto answer = exchange(server, path + meeting, token, probe->offer());
    if (!answer) return void(failed = answer.error());
    loop.post_and_wait([&] {
      if (auto accepted = probe->accept(*answer); !accepted) failed = accepted.error();
    });
  };
  join(site, "/whip/", site_token, [&] {
    sender = std::make_unique<Sender>(loop, *site, std::move(*blinking), std::move(*beeping),
                                      picture, sound, sweep ? kSweepingStep : kFrameStep);
    sender->start();
  });
  if (!failed)
    join(viewer, "/whep/", viewer_token, [&] {
      viewer->session().set_ordered_sink(Slot::main, Layer::high,
                                         std::make_shared<StageEye>(*decoder, picture));
      viewer->session().set_uplink_sink(Slot::audio,
                                        std::make_shared<StageEar>(std::move(*opus), sound));
    });

  std::mutex mutex;
  std::condition_variable ended;
  bool over = false;
  if (!failed) {
    loop.post([&] {
      loop.run_after(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds)),
                     [&] {
                       std::lock_guard lock(mutex);
                       over = true;
                       ended.notify_one();
                     });
    });
    std::unique_lock lock(mutex);
    ended.wait(lock, [&] { return over; });
  }
  loop.post_and_wait([&] {
    viewer.reset();
    site.reset();
  });
  loop.stop();
  (*decoder)->close();
  if (failed) return fail(*failed);
  // The first changes fall into the start: jitter buffers settle, encoders begin.
  for (auto* changes : {&picture, &sound})
    if (changes->ms.size() > 40) changes->ms.erase(changes->ms.begin(), changes->ms.begin() + 20);
  print("picture, RTP in to stage", picture.ms, "picture");
  print("sound, RTP in to mix", sound.ms, "sound");
  print("720p encoder alone, idle", encoder);
  return picture.ms.empty() || sound.ms.empty() ? 1 : 0;
}

}  // namespace
}  // namespace diemcau::bench

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fprintf(stderr,
                 "usage: bench_latency URL MEETING SITE_TOKEN VIEWER_TOKEN [SECONDS [--sweep]]\n");
    return 2;
  }
  auto server = diemcau::mcu::parse_server_url(argv[1]);
  if (!server) return diemcau::bench::fail(server.error());
  return diemcau::bench::run(*server, argv[2], argv[3], argv[4], argc > 5 ? std::atof(argv[5]) : 60,
                             argc > 6 && std::string_view(argv[6]) == "--sweep");
}
