// One meeting's fan-out with everything on: endpoints (ICE, DTLS, SRTP, RTX history, reports,
// REMB, 15 feedback messages a second each) on one transport thread, beside the floor in the same
// run. CPU is the transport thread's and the publisher's; the receivers' own is not counted.
//   media_fanout_bench [receivers] [seconds] [joins per second]

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>

#include <sys/resource.h>

#include "media/endpoint.hpp"
#include "tests/bench/fanout/crowd.hpp"
#include "tests/bench/fanout/floor.hpp"
#include "tests/bench/fanout/slots.hpp"
#include "tests/bench/fanout/thread_cpu.hpp"

namespace diemcau::media::bench {
namespace {

using namespace std::chrono_literals;

void print(const char* figure, double value, const char* unit) {
  std::printf(R"({"figure":"%s","value":%.4g,"unit":"%s"})"
              "\n",
              figure, value, unit);
  std::fflush(stdout);
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

class Meeting {
 public:
  explicit Meeting(std::size_t receivers, int joins_per_second)
      : loop_(0, clock_, metrics_), crowd_(clock_, client_metrics_), joined_(receivers) {
    loop_.start();
    loop_.post_and_wait([this] { cpu_clock_ = clock_of_this_thread(); });
    EncodedStream::Options video;
    video.codec = Codec::h264;
    StreamDemand demand;
    demand.on_key_frame_needed = [this] { key_wanted_.store(true); };
    video_ = EncodedStream::create(video, {&loop_}, clock_, demand);
    EncodedStream::Options audio;
    audio.codec = Codec::opus;
    audio_ = EncodedStream::create(audio, {&loop_}, clock_, {});
    join_all(joins_per_second);
  }
  ~Meeting() {
    stop_ = true;
    if (publisher_.joinable()) publisher_.join();
    endpoints_.clear();
    loop_.post_and_wait([] {});
  }

  void publish() {
    if (publisher_.joinable()) return;
    publisher_ = std::thread([this] {
      publisher_clock_.store(clock_of_this_thread());
      auto next = clock_.now();
      for (std::int64_t beat = 0; !stop_; ++beat) {
        if (sending_.load()) {
          audio_->publish(sound(beat));
          if (beat % 2 == 0) {
            const bool key = key_wanted_.exchange(false);
            keys_ += key;
            video_->publish(frame(beat / 2, key));
          }
        }
        next += std::chrono::microseconds(1'000'000 / kSoundsPerSecond);
        std::this_thread::sleep_until(next);
      }
    });
    while (publisher_clock_.load() == 0) std::this_thread::yield();
  }
  void send(bool on) { sending_ = on; }
  double cpu() const {
    return seconds_of(cpu_clock_) +
           (publisher_clock_.load() != 0 ? seconds_of(publisher_clock_.load()) : 0);
  }
  std::uint64_t sent() {
    return sum("audio") + sum("video") +
           metrics_.counter("diemcau_rtp_retransmitted_total", "").value();
  }
  std::uint64_t dropped() {
    return metrics_.counter("diemcau_queue_dropped_total", "", {{"queue", "udp-send"}}).value() +
           metrics_.counter("diemcau_queue_dropped_total", "", {{"queue", "transport-0-media"}})
               .value();
  }
  std::uint64_t feedback() {
    return metrics_
        .counter("diemcau_rtp_packets_total", "", {{"direction", "in"}, {"kind", "rtcp"}})
        .value();
  }
  Crowd& crowd() { return crowd_; }
  std::size_t keys() const { return keys_; }

  double join_cpu_ms = 0;
  std::vector<double> secured_ms, picture_ms;

 private:
  std::uint64_t sum(const char* kind) {
    return metrics_.counter("diemcau_rtp_packets_total", "", {{"direction", "out"}, {"kind", kind}})
        .value();
  }

  /// Everybody within a second or so, while the stage is being sent.
  void join_all(int per_second) {
    std::vector<Crowd::Invitation> invitations;
    for (std::size_t i = 0; i < joined_.size(); ++i) invitations.push_back(crowd_.add());
    publish();
    const double cpu_before = seconds_of(cpu_clock_);
    auto next = clock_.now();
    for (std::size_t i = 0; i < joined_.size(); ++i) {
      joined_[i].begun = clock_.now();
      join(i, invitations[i]);
      next += std::chrono::microseconds(1'000'000 / per_second);
      std::this_thread::sleep_until(next);
    }
    const auto deadline = clock_.now() + 10s;
    while (crowd_.watching() < joined_.size() && clock_.now() < deadline)
      std::this_thread::sleep_for(10ms);
    join_cpu_ms = (seconds_of(cpu_clock_) - cpu_before) * 1e3 / static_cast<double>(joined_.size());
    for (std::size_t i = 0; i < joined_.size(); ++i) {
      const auto ms = [&](TimePoint at) {
        return at == TimePoint{}
                   ? 1e9
                   : std::chrono::duration<double, std::milli>(at - joined_[i].begun).count();
      };
      secured_ms.push_back(ms(joined_[i].secured.load()));
      picture_ms.push_back(ms(crowd_.first_picture(i)));
    }
  }

  void join(std::size_t i, const Crowd::Invitation& invitation) {
    SessionParameters parameters;
    parameters.remote_ice = invitation.ice;
    parameters.remote_fingerprint = invitation.fingerprint;
    parameters.slots = slots();
    TransportOptions options;
    options.addresses = {"127.0.0.1"};
    EndpointEvents events;
    events.on_state = [this, i](TransportState state, const std::string&) {
      if (state == TransportState::connected) joined_[i].secured = clock_.now();
    };
    events.on_statistics = [this](const SessionStatistics& s) { remb_.store(s.remb); };
    auto endpoint = Endpoint::create(loop_, certificate_, options, std::move(parameters), metrics_,
                                     std::move(events), [this, i](Result<IceParameters> ice) {
                                       if (ice) crowd_.answer(i, *ice, certificate_.fingerprint());
                                     });
    endpoint->show(Slot::audio, audio_);
    endpoint->show(Slot::main, video_);
    endpoints_.push_back(std::move(endpoint));
  }

  struct Joined {
    TimePoint begun{};
    std::atomic<TimePoint> secured{TimePoint{}};
  };

  SystemClock clock_;
  Metrics metrics_, client_metrics_;
  DtlsCertificate certificate_ = *DtlsCertificate::generate();
  TransportLoop loop_;
  clockid_t cpu_clock_{};
  Crowd crowd_;
  std::vector<Joined> joined_;
  std::shared_ptr<EncodedStream> video_, audio_;
  std::vector<std::shared_ptr<Endpoint>> endpoints_;
  std::thread publisher_;
  std::atomic<clockid_t> publisher_clock_{0};
  std::atomic<bool> stop_{false}, sending_{true}, key_wanted_{true};
  std::atomic<double> remb_{0};
  std::size_t keys_ = 0;
};

int run(std::size_t receivers, int seconds, int joins_per_second) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  const double floor = floor_per_packet(receivers, seconds);
  print("fanout.floor", floor, "us");

  Meeting meeting(receivers, joins_per_second);
  const auto failed = receivers - meeting.crowd().watching();
  print("join.cpu_with_fanout", meeting.join_cpu_ms, "ms");
  print("join.dtls_p95", percentile(meeting.secured_ms, 0.95), "ms");
  print("join.picture_p50", percentile(meeting.picture_ms, 0.5), "ms");
  print("join.picture_p95", percentile(meeting.picture_ms, 0.95), "ms");
  print("join.failed", static_cast<double>(failed), "");
  print("join.key_frames", static_cast<double>(meeting.keys()), "");

  meeting.crowd().start_feedback();
  std::this_thread::sleep_for(1s);
  const auto sent = meeting.sent();
  const auto received = meeting.crowd().received();
  const auto feedback = meeting.feedback();
  double cpu = meeting.cpu();
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  cpu = meeting.cpu() - cpu;
  const auto packets = static_cast<double>(meeting.sent() - sent);
  const double per_packet = cpu / packets * 1e6;
  print("fanout.receivers", static_cast<double>(receivers), "");
  print("fanout.packets_per_second", packets / seconds, "1/s");
  print("fanout.feedback_per_second", static_cast<double>(meeting.feedback() - feedback) / seconds,
        "1/s");
  print("fanout.delivered", static_cast<double>(meeting.crowd().received() - received) / packets,
        "");
  print("fanout.dropped", static_cast<double>(meeting.dropped()), "");
  print("fanout.cores", cpu / seconds, "");
  print("fanout.cpu_per_packet", per_packet, "us");
  print("fanout.cpu_against_floor", per_packet / floor, "");

  meeting.send(false);
  std::this_thread::sleep_for(200ms);
  double idle = meeting.cpu();
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  idle = (meeting.cpu() - idle) / seconds;
  print("fanout.cores_feedback_only", idle, "");
  meeting.crowd().stop_feedback();
  std::this_thread::sleep_for(200ms);
  idle = meeting.cpu();
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  idle = (meeting.cpu() - idle) / seconds;
  print("fanout.cores_idle", idle, "");
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace diemcau::media::bench

int main(int argc, char** argv) {
  const auto argument = [&](int i, int otherwise) {
    return argc > i ? std::atoi(argv[i]) : otherwise;
  };
  return diemcau::media::bench::run(static_cast<std::size_t>(argument(1, 266)), argument(2, 5),
                                    argument(3, 266));
}
