// The whole packet path of a transport thread with everything on: an encoded stream numbered,
// protected and sent to several receivers, their sound, picture and feedback received, one's
// picture passed on to another, reports and retransmissions made. After warm-up it asks nothing of
// the allocator and takes no lock.

#include <atomic>
#include <cstring>

#include <gtest/gtest.h>

#include "media/endpoint.hpp"
#include "media/rtp/byte_order.hpp"
#include "media/rtp/header_template.hpp"
#include "media/rtp/rtcp/nack.hpp"
#include "media/rtp/rtcp/remb.hpp"
#include "media/rtp/rtcp/reports.hpp"
#include "tests/media/transport/fanout_slots.hpp"
#include "tests/media/transport/peer.hpp"
#include "tests/support/counted_calls.hpp"

namespace diemcau::media {
namespace {

using test::Peer;

constexpr std::size_t kReceivers = 6;
constexpr std::uint8_t kSecondPayloadType = 98;
constexpr std::uint32_t kMicrophone = 0xaaaa, kCamera = 0xbbbb;

std::vector<SlotParameters> both_ways() {
  auto slots = test::slots();
  slots[0].remote_ssrc = kMicrophone;
  slots[1].remote_ssrc = kCamera;
  slots[1].codec.transport_cc = true;
  slots[1].extensions.transport_cc = 3;
  SlotParameters second = slots[1];
  second.slot = Slot::second;
  second.mid = "2";
  second.receive = false;
  second.codec.payload_type = kSecondPayloadType;
  second.codec.rtx_payload_type.reset();
  second.remote_ssrc = second.local_rtx_ssrc = 0;
  second.local_ssrc = 3000;
  slots.push_back(second);
  return slots;
}

struct Heard final : UplinkSink, OrderedPacketSink {
  void on_uplink_packet(const UplinkPacket&) noexcept override { ++sound; }
  void on_ordered_packet(const UplinkPacket&, bool) noexcept override { ++picture; }
  std::atomic<std::uint64_t> sound{0}, picture{0};
};

/// A page: answers every frame with a packet of sound, one of picture, and feedback.
class Page {
 public:
  Page(unsigned index, std::function<void()> frame_arrived)
      : peer(index, true, DtlsRole::client), arrived_(std::move(frame_arrived)) {
    const auto slots = both_ways();
    microphone_.emplace(HeaderTemplate::Options{kMicrophone, "0", slots[0].extensions, false, false,
                                                kMaxRtpPacket - kMaxRtpPayload});
    camera_.emplace(HeaderTemplate::Options{kCamera, "1", slots[1].extensions, true, false,
                                            kMaxRtpPacket - kMaxRtpPayload});
    peer.on_packet = [this](std::span<std::uint8_t> packet) { on_packet(packet); };
  }

  Peer peer;
  std::atomic<std::uint64_t> passed_on{0};  // of somebody else's camera

 private:
  void on_packet(std::span<std::uint8_t> packet) {
    const std::uint8_t type = packet[1] & 0x7f;
    if (type == kSecondPayloadType) {
      ++passed_on;
      return;
    }
    (type == test::kVideoPayloadType ? picture_ : sound_) = load16(packet.data() + 2);
    if (type != test::kVideoPayloadType || (packet[1] & 0x80) == 0) return;
    ++frames_;
    speak(*microphone_, 111, frames_ * 960, static_cast<std::uint16_t>(frames_), 80);
    // Two packets change places: the server misses one, asks for it, and has it at once.
    const auto first = static_cast<std::uint16_t>(2 * frames_);
    speak(*camera_, 96, frames_ * 3000, first + 1, 900);
    speak(*camera_, 96, frames_ * 3000, first, 900);
    give_feedback();
    peer.transport->flush();
    arrived_();
  }
  void speak(const HeaderTemplate& header, std::uint8_t type, std::uint32_t timestamp,
             std::uint16_t sequence, std::size_t size) {
    const auto room = peer.transport->reserve();
    ASSERT_GE(room.size(), header.size() + size);
    HeaderFields fields;
    fields.payload_type = type;
    fields.sequence = sequence;
    fields.timestamp = timestamp;
    fields.transport_sequence = ++transport_sequence_;
    header.write(room.data(), fields);
    std::memset(room.data() + header.size(), 0x65, size);  // to H.264: of a key frame
    peer.transport->commit_rtp(header.size() + size);
  }
  void give_feedback() {
    std::array<std::uint8_t, 512> room{};
    rtcp::Writer out(room);
    rtcp::ReceiverReport report{1, {}};
    rtcp::ReportBlock block;
    block.ssrc = test::kVideoSsrc;
    block.highest_sequence = picture_;
    report.blocks.push_back(block);
    block.ssrc = test::kAudioSsrc;
    block.highest_sequence = sound_;
    report.blocks.push_back(block);
    report.write(out);
    rtcp::Remb remb;
    remb.bitrate = 10'000'000'000;  // frames come faster than any camera's
    remb.ssrcs.push_back(test::kVideoSsrc);
    remb.write(out);
    rtcp::Nack nack;
    nack.media_ssrc = test::kVideoSsrc;
    nack.add(static_cast<std::uint16_t>(picture_ - 3));
    if (frames_ % 64 == 0) nack.write(out);  // seldom: a line that chokes is another test
    peer.transport->send_rtcp(out.written());
  }

  const std::function<void()> arrived_;
  std::optional<HeaderTemplate> microphone_, camera_;
  std::uint32_t frames_ = 0;
  std::uint16_t picture_ = 0, sound_ = 0, transport_sequence_ = 0;
};

struct FanOut : testing::Test {
  SystemClock clock;
  Metrics metrics;
  DtlsCertificate certificate = *DtlsCertificate::generate();
  TransportLoop loop{0, clock, metrics};
  std::vector<std::unique_ptr<Page>> pages;
  std::vector<std::shared_ptr<Endpoint>> endpoints;
  std::vector<std::shared_ptr<Heard>> heard;
  std::shared_ptr<EncodedStream> picture, sound;
  std::shared_ptr<EncodedStream> camera;  // the first page's, passed on to the last

  std::mutex mutex;
  std::condition_variable changed;
  std::size_t frames_arrived = 0;
  std::int64_t frame_number = 0;

  FanOut() {
    EncodedStream::Options options;
    options.codec = Codec::h264;
    picture = EncodedStream::create(options, {&loop}, clock, {});
    options.codec = Codec::opus;
    sound = EncodedStream::create(options, {&loop}, clock, {});
    options.codec = Codec::h264;
    options.history_packets = 64;
    camera = EncodedStream::create(options, {&loop}, clock, {});
    loop.start();
    for (unsigned i = 0; i < kReceivers; ++i) join(i);
    endpoints.front()->set_forward(Slot::main, Layer::high, camera);
    endpoints.back()->show(Slot::second, camera);
  }
  ~FanOut() override {
    endpoints.clear();
    loop.stop();
  }

  void on_frame() {
    const std::lock_guard lock(mutex);
    ++frames_arrived;
    changed.notify_all();
  }
  bool wait(const std::function<bool()>& ready) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), ready);
  }

  void join(unsigned i) {
    pages.push_back(std::make_unique<Page>(i + 1, [this] { on_frame(); }));
    Peer& peer = pages.back()->peer;
    SessionParameters parameters;
    peer.run([&] { parameters.remote_ice = peer.transport->local_ice(); });
    parameters.remote_fingerprint = peer.certificate.fingerprint();
    parameters.cname = "server";
    parameters.slots = both_ways();
    EndpointEvents events;
    // Counted on the counted thread: an atomic, where a mutex would count itself.
    events.on_statistics = [this](const SessionStatistics&) { ++reported; };
    std::optional<IceParameters> local;
    endpoints.push_back(Endpoint::create(loop, certificate, Peer::loopback(), std::move(parameters),
                                         metrics, std::move(events),
                                         [&](Result<IceParameters> ice) {
                                           if (ice) local = *ice;
                                         }));
    ASSERT_TRUE(loop.post_and_wait([] {}));
    ASSERT_TRUE(local);
    heard.push_back(std::make_shared<Heard>());
    endpoints[i]->set_uplink_sink(Slot::audio, heard[i]);
    endpoints[i]->set_ordered_sink(Slot::main, Layer::high, heard[i]);
    endpoints[i]->show(Slot::main, picture);
    endpoints[i]->show(Slot::audio, sound);
    peer.connect_to(*local, certificate.fingerprint());
    ASSERT_TRUE(peer.wait_connected());
    // The page may be ready a moment before the server's end of it is.
    ASSERT_TRUE(loop.post_and_wait([] {}));
  }

  /// One frame and two packets of sound to everybody; true when everybody answered.
  bool round() {
    const auto spoken = test::sound(2 * frame_number), more = test::sound(2 * frame_number + 1);
    const auto shown = test::frame(frame_number, frame_number % 50 == 0);
    const std::size_t expected = kReceivers * static_cast<std::size_t>(++frame_number);
    count_this_thread(true);
    sound->publish(spoken);
    sound->publish(more);
    picture->publish(shown);
    count_this_thread(false);
    return wait([&] { return frames_arrived >= expected; });
  }
  void count_the_loop(bool on) {
    std::atomic<bool> done{false};
    loop.post([&done, on] {
      count_this_thread(on);
      done.store(true);
      done.notify_one();
    });
    done.wait(false);
  }
  std::uint64_t sum(std::atomic<std::uint64_t> Heard::*of) const {
    std::uint64_t all = 0;
    for (const auto& each : heard) all += (*each.*of).load();
    return all;
  }

  std::atomic<std::uint64_t> reported{0};
};

TEST_F(FanOut, allocates_and_locks_nothing_once_it_runs) {
  if (!calls_are_counted()) GTEST_SKIP() << "a sanitizer owns malloc in this build";
  // Everybody watching, histories full, the first reports made.
  picture->publish(test::frame(frame_number++, true));
  ASSERT_TRUE(wait([&] { return frames_arrived >= kReceivers; }));
  for (int i = 0; i < 300 || reported < 2 * kReceivers; ++i) ASSERT_TRUE(round());

  const auto before = counted_calls();
  const auto sound_before = sum(&Heard::sound), picture_before = sum(&Heard::picture);
  const auto passed_before = pages.back()->passed_on.load();
  const auto reported_before = reported.load();
  const auto repaired = metrics.counter("diemcau_rtp_retransmitted_total", "").value();
  count_the_loop(true);
  int rounds = 0;
  for (; rounds < 300 || reported < reported_before + 2 * kReceivers; ++rounds)
    ASSERT_TRUE(round());
  count_the_loop(false);
  const auto after = counted_calls();

  const auto all = static_cast<std::uint64_t>(rounds) * kReceivers;
  EXPECT_GT(sum(&Heard::sound) - sound_before, all * 9 / 10) << "sound came up meanwhile";
  EXPECT_GT(sum(&Heard::picture) - picture_before, all * 9 / 10) << "and pictures";
  EXPECT_GT(pages.back()->passed_on - passed_before, static_cast<std::uint64_t>(rounds))
      << "and one site's picture went on to another";
  EXPECT_GT(metrics.counter("diemcau_rtp_retransmitted_total", "").value(), repaired);
  EXPECT_EQ(after.allocations, before.allocations);
  EXPECT_EQ(after.locks, before.locks);
  EXPECT_LT(after.ice_turns - before.ice_turns, all / 10) << "media does not pass through libnice";
  RecordProperty("packets", std::to_string(all * 8));
}

}  // namespace
}  // namespace diemcau::media
