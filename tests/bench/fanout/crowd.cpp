#include "tests/bench/fanout/crowd.hpp"

#include <thread>
#include <utility>

#include "media/rtp/byte_order.hpp"
#include "media/rtp/rtcp/remb.hpp"
#include "media/rtp/rtcp/reports.hpp"
#include "tests/bench/fanout/slots.hpp"

namespace diemcau::media::bench {

struct Crowd::Receiver final : TransportObserver {
  explicit Receiver(Crowd& c) : crowd(c) {}

  void on_transport_state(TransportState state, const std::string&) override {
    connected = state == TransportState::connected;
  }
  void on_rtp(std::span<std::uint8_t> packet, TimePoint arrived) override {
    crowd.received_.fetch_add(1, std::memory_order_relaxed);
    const bool video = (packet[1] & 0x7f) == kVideoPayloadType;
    (video ? highest_video : highest_audio) = load16(packet.data() + 2);
    if (video && first_picture == TimePoint{}) {
      first_picture = arrived;
      crowd.watching_.fetch_add(1);
    }
  }
  void on_rtcp(std::span<std::uint8_t>, TimePoint) override {}

  void speak() {
    if (!connected) return;
    std::array<std::uint8_t, 256> room{};
    rtcp::Writer out(room);
    rtcp::ReceiverReport report{1, {}};
    rtcp::ReportBlock block;
    block.ssrc = kVideoSsrc;
    block.highest_sequence = highest_video;
    report.blocks.push_back(block);
    block.ssrc = kAudioSsrc;
    block.highest_sequence = highest_audio;
    report.blocks.push_back(block);
    report.write(out);
    rtcp::Remb remb;
    remb.sender_ssrc = 1;
    remb.bitrate = 2'000'000;
    remb.ssrcs.push_back(kVideoSsrc);
    remb.write(out);
    transport->send_rtcp(out.written());
    transport->flush();
  }

  Crowd& crowd;
  std::unique_ptr<SecureTransport> transport;
  bool connected = false;
  std::uint16_t highest_video = 0, highest_audio = 0;
  TimePoint first_picture{};
};

Crowd::Crowd(const Clock& clock, Metrics& metrics)
    : clock_(clock),
      metrics_(metrics),
      certificate_(*DtlsCertificate::generate()),
      loop_(1, clock, metrics) {
  loop_.start();
}

Crowd::~Crowd() {
  loop_.post_and_wait([this] { receivers_.clear(); });
  loop_.stop();
}

Crowd::Invitation Crowd::add() {
  Invitation invitation;
  loop_.post_and_wait([&] {
    auto receiver = std::make_unique<Receiver>(*this);
    TransportOptions options;
    options.addresses = {"127.0.0.1"};
    options.tcp = false;
    auto made = SecureTransport::create(loop_, certificate_, options, true, DtlsRole::client,
                                        metrics_, *receiver);
    if (!made) return;
    receiver->transport = std::move(*made);
    invitation.ice = receiver->transport->local_ice();
    receivers_.push_back(std::move(receiver));
  });
  invitation.fingerprint = certificate_.fingerprint();
  return invitation;
}

void Crowd::answer(std::size_t index, IceParameters ice, DtlsFingerprint fingerprint) {
  struct Answer {
    IceParameters ice;
    DtlsFingerprint fingerprint;
  };
  auto packed = std::make_shared<Answer>(Answer{std::move(ice), std::move(fingerprint)});
  loop_.post([this, index, packed] {
    static_cast<void>(receivers_[index]->transport->connect(packed->ice, packed->fingerprint));
  });
}

void Crowd::start_feedback() {
  loop_.post_and_wait([this] {
    talking_ = true;
    feedback();
    if (!std::exchange(napping_, true)) nap();
  });
}

/// Looks at its sockets every 2 ms and does not wait on them: a receiver that blocks is woken by
/// the sender's system calls, which no sender pays for whose receivers are other machines.
void Crowd::nap() {
  std::this_thread::sleep_for(kNap);
  loop_.run_after({}, [this] { nap(); });
}

void Crowd::stop_feedback() {
  loop_.post_and_wait([this] { talking_ = false; });
}

/// A tenth of them each time, so that the server gets a steady stream and no bursts of its own.
void Crowd::feedback() {
  if (!talking_) return;
  constexpr std::size_t kParts = 10;
  for (std::size_t i = turn_; i < receivers_.size(); i += kParts) receivers_[i]->speak();
  turn_ = (turn_ + 1) % kParts;
  loop_.run_after(std::chrono::microseconds(1'000'000 / kFeedbackRate / kParts),
                  [this] { feedback(); });
}

TimePoint Crowd::first_picture(std::size_t index) const {
  TimePoint at{};
  const_cast<TransportLoop&>(loop_).post_and_wait([&] { at = receivers_[index]->first_picture; });
  return at;
}

}  // namespace diemcau::media::bench
