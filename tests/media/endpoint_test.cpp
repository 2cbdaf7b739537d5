#include "media/endpoint.hpp"

#include <algorithm>
#include <future>

#include <gtest/gtest.h>

#include "tests/media/transport/peer.hpp"

namespace diemcau::media {
namespace {

using test::Bytes;
using test::Peer;

constexpr std::uint32_t kMicrophone = 0xabcd;
constexpr std::uint32_t kMix = 0x1111, kPicture = 0x2222, kPadding = 0x3333;

/// Collects what an endpoint tells, waiting by condition variable.
struct Heard {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<TransportState> states;
  std::vector<Bytes> payloads;
  int after_close = 0;
  bool closed = false;

  template <class Change>
  void tell(Change change) {
    const std::lock_guard lock(mutex);
    change();
    if (closed) ++after_close;
    changed.notify_all();
  }
  template <class Ready>
  bool wait(Ready ready) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), ready);
  }
};

struct Ear final : UplinkSink {
  explicit Ear(Heard& h) : heard(h) {}
  void on_uplink_packet(const UplinkPacket& packet) noexcept override {
    heard.tell([&] { heard.payloads.emplace_back(packet.payload.begin(), packet.payload.end()); });
  }
  Heard& heard;
};

struct EndpointTest : testing::Test {
  SystemClock clock;
  Metrics metrics;
  Heard heard;
  DtlsCertificate certificate = *DtlsCertificate::generate();
  TransportLoop loop{0, clock, metrics};
  Peer site{1, true, DtlsRole::client};
  std::shared_ptr<Endpoint> endpoint;

  EndpointTest() { loop.start(); }
  ~EndpointTest() override {
    endpoint.reset();
    loop.stop();
  }

  SessionParameters parameters() {
    SessionParameters p;
    site.run([&] { p.remote_ice = site.transport->local_ice(); });
    p.remote_fingerprint = site.certificate.fingerprint();
    p.cname = "server";
    SlotParameters audio;
    audio.slot = Slot::audio;
    audio.mid = "0";
    audio.receive = audio.send = true;
    audio.codec.codec = Codec::opus;
    audio.codec.payload_type = 96;
    audio.local_ssrc = kMix;
    audio.remote_ssrc = kMicrophone;
    p.slots.push_back(audio);
    return p;
  }
  Result<IceParameters> create(SessionParameters p, TransportOptions options = Peer::loopback()) {
    EndpointEvents events;
    events.on_state = [this](TransportState state, std::string) {
      heard.tell([&] { heard.states.push_back(state); });
    };
    auto answer = std::make_shared<std::promise<Result<IceParameters>>>();
    auto result = answer->get_future();
    endpoint = Endpoint::create(
        loop, certificate, std::move(options), std::move(p), metrics, std::move(events),
        [answer](Result<IceParameters> ice) { answer->set_value(std::move(ice)); });
    return result.get();
  }
  void connect_with(SlotParameters slot) {
    auto all = parameters();
    all.slots.push_back(std::move(slot));
    connect(std::move(all));
  }
  void connect() { connect(parameters()); }
  void connect(SessionParameters all) {
    const auto local = create(std::move(all));
    ASSERT_TRUE(local) << local.error().detail;
    site.connect_to(*local, certificate.fingerprint());
    ASSERT_TRUE(heard.wait([&] { return !heard.states.empty(); }));
    ASSERT_EQ(heard.states[0], TransportState::connected);
    ASSERT_TRUE(site.wait_connected());
  }
  std::shared_ptr<EncodedStream> stream() {
    EncodedStream::Options options;
    options.id = StreamId{7};
    options.codec = Codec::opus;
    options.label = "mix";
    return EncodedStream::create(options, {&loop}, clock, {});
  }
  static PacketChunkPtr chunk(std::int64_t index) {
    auto made = std::make_shared<PacketChunk>();
    made->bytes = Bytes(60, static_cast<std::uint8_t>(index + 1));
    PacketInfo packet;
    packet.size = 60;
    packet.index = index;
    packet.timestamp = static_cast<std::uint32_t>(index * 960);
    packet.key_start = true;
    made->packets.push_back(packet);
    return made;
  }
};

TEST_F(EndpointTest, hears_the_site_and_speaks_to_it) {
  connect();
  endpoint->set_uplink_sink(Slot::audio, std::make_shared<Ear>(heard));
  auto mix = stream();
  endpoint->show(Slot::audio, mix);
  ASSERT_TRUE(loop.post_and_wait([] {}));
  const Bytes spoken = Peer::rtp(1, 100, kMicrophone);
  site.run([&] { ASSERT_TRUE(site.send(spoken)); });
  ASSERT_TRUE(heard.wait([&] { return !heard.payloads.empty(); }));
  EXPECT_EQ(heard.payloads[0], Bytes(spoken.begin() + 12, spoken.end()));

  mix->publish(chunk(0));
  ASSERT_TRUE(site.wait([&] { return !site.rtp_received.empty(); }));
  const Bytes& got = site.rtp_received[0];
  ASSERT_GE(got.size(), 72u);
  EXPECT_EQ(got[1] & 0x7f, 96);
  EXPECT_EQ((got[8] << 24) | (got[9] << 16) | (got[10] << 8) | got[11], static_cast<int>(kMix));
  EXPECT_TRUE(std::equal(got.end() - 60, got.end(), Bytes(60, 1).begin()));
}

TEST_F(EndpointTest, shows_what_was_asked_for_before_there_was_a_connection) {
  const auto local = create(parameters());
  ASSERT_TRUE(local);
  auto mix = stream();
  endpoint->show(Slot::audio, mix);
  site.connect_to(*local, certificate.fingerprint());
  ASSERT_TRUE(heard.wait([&] { return !heard.states.empty(); }));
  ASSERT_TRUE(loop.post_and_wait([&] { EXPECT_TRUE(mix->watched()); }));
}

TEST_F(EndpointTest, reports_once_a_second_by_reports_of_rtcp) {
  connect();
  site.run([&] { ASSERT_TRUE(site.send(Peer::rtp(1, 100, kMicrophone))); });
  EXPECT_TRUE(site.wait([&] { return !site.rtcp_received.empty(); })) << "the tick drives it";
}

TEST_F(EndpointTest, counts_on_its_loop_from_the_moment_it_is_made) {
  EXPECT_EQ(loop.sessions(), 0u);
  ASSERT_TRUE(create(parameters()));
  EXPECT_EQ(loop.sessions(), 1u);
  endpoint.reset();
  EXPECT_EQ(loop.sessions(), 0u);
}
TEST_F(EndpointTest, is_silent_once_closed) {
  connect();
  std::promise<void> closed;
  endpoint->close([&] {
    const std::lock_guard lock(heard.mutex);
    heard.closed = true;
    closed.set_value();
  });
  closed.get_future().wait();
  ASSERT_TRUE(site.wait([&] { return site.state == TransportState::closed; }));
  ASSERT_TRUE(loop.post_and_wait([] {}));
  EXPECT_EQ(heard.after_close, 0);
  endpoint->request_key_frame(Slot::audio, Layer::high);  // harmless
  endpoint->set_uplink_ceiling(1e6);
  std::promise<Result<IceParameters>> restarted;
  endpoint->restart_ice({"abcd", std::string(22, 'x'), {}},
                        [&](Result<IceParameters> ice) { restarted.set_value(std::move(ice)); });
  EXPECT_EQ(restarted.get_future().get().error().code, "endpoint.closed");
}

TEST_F(EndpointTest, says_goodbye_when_it_is_dropped_on_another_thread) {
  connect();
  endpoint.reset();
  EXPECT_TRUE(site.wait([&] { return site.state == TransportState::closed; }));
}

TEST_F(EndpointTest, answers_with_an_error_when_it_cannot_be_built) {
  auto bad = parameters();
  bad.remote_fingerprint.algorithm = "md5";
  auto refused = create(bad);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "dtls.fingerprint_algorithm");
  auto options = Peer::loopback();
  options.addresses = {"203.0.113.9"};
  refused = create(parameters(), options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "ice.address");
}

TEST_F(EndpointTest, restarts_ice_without_a_new_handshake) {
  connect();
  IceParameters site_ice;
  site.run([&] { site_ice = site.transport->local_ice(); });
  std::promise<Result<IceParameters>> promise;
  endpoint->restart_ice(site_ice,
                        [&](Result<IceParameters> ice) { promise.set_value(std::move(ice)); });
  const auto local = promise.get_future().get();
  ASSERT_TRUE(local);
  EXPECT_FALSE(local->candidates.empty());
}

/// A second picture's slot with a retransmission source, which a probe's padding leaves by.
SlotParameters second() {
  SlotParameters slot;
  slot.slot = Slot::second;
  slot.mid = "2";
  slot.send = true;
  slot.codec.codec = Codec::vp8;
  slot.codec.payload_type = 100;
  slot.codec.rtx_payload_type = 101;
  slot.codec.nack = true;
  slot.local_ssrc = kPicture;
  slot.local_rtx_ssrc = kPadding;
  return slot;
}

/// How probes ended, told on the loop.
struct ProbeEnds {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<bool> ends;
  std::function<void(bool)> teller() {
    return [this](bool carried_out) {
      const std::lock_guard lock(mutex);
      ends.push_back(carried_out);
      changed.notify_all();
    };
  }
  bool wait(std::size_t count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), [&] { return ends.size() >= count; });
  }
  std::vector<bool> said() {
    const std::lock_guard lock(mutex);
    return ends;
  }
};

TEST_F(EndpointTest, probes_a_line_with_padding_and_says_when_it_is_over) {
  connect_with(second());
  ProbeEnds probe;
  endpoint->probe(Slot::second, {{2'000'000, std::chrono::milliseconds(100)}}, probe.teller());
  ASSERT_TRUE(probe.wait(1));
  EXPECT_EQ(probe.said(), std::vector<bool>{true});
  const auto padding = [this] {
    return std::count_if(site.rtp_received.begin(), site.rtp_received.end(), [](const Bytes& p) {
      return p.size() > 12 && (p[0] & 0x20) != 0 && (p[1] & 0x7f) == 101;
    });
  };
  EXPECT_TRUE(site.wait([&] { return padding() >= 20; })) << "25 000 bytes in packets of some 330";
}

TEST_F(EndpointTest, refuses_at_once_a_probe_that_cannot_be) {
  connect_with(second());
  ProbeEnds refused, first;
  endpoint->probe(Slot::audio, {{1'000'000, std::chrono::seconds(1)}}, refused.teller());
  ASSERT_TRUE(loop.post_and_wait([] {}));
  EXPECT_EQ(refused.said(), std::vector<bool>{false}) << "no retransmission source";
  endpoint->probe(Slot::second, {{1'000'000, std::chrono::hours(1)}}, first.teller());
  endpoint->probe(Slot::second, {{1'000'000, std::chrono::seconds(1)}}, refused.teller());
  ASSERT_TRUE(loop.post_and_wait([] {}));
  EXPECT_EQ(refused.said(), (std::vector<bool>{false, false})) << "another runs";
  // Given something to show, the slot's probe ends before its time.
  EncodedStream::Options options;
  options.codec = Codec::vp8;
  endpoint->show(Slot::second, EncodedStream::create(options, {&loop}, clock, {}));
  ASSERT_TRUE(first.wait(1));
  EXPECT_EQ(first.said(), std::vector<bool>{false});
  endpoint->probe(Slot::second, {{1'000'000, std::chrono::seconds(1)}}, refused.teller());
  ASSERT_TRUE(loop.post_and_wait([] {}));
  EXPECT_EQ(refused.said(), (std::vector<bool>{false, false, false})) << "it shows something";
}

TEST_F(EndpointTest, says_nothing_of_a_probe_once_closed) {
  connect_with(second());
  ProbeEnds running, late;
  endpoint->probe(Slot::second, {{1'000'000, std::chrono::hours(1)}}, running.teller());
  std::promise<void> closed;
  endpoint->close([&] { closed.set_value(); });
  endpoint->probe(Slot::second, {{1'000'000, std::chrono::seconds(1)}}, late.teller());
  closed.get_future().wait();
  ASSERT_TRUE(site.wait([&] { return site.state == TransportState::closed; }));
  ASSERT_TRUE(loop.post_and_wait([] {}));
  EXPECT_TRUE(running.said().empty());
  EXPECT_TRUE(late.said().empty());
}

TEST_F(EndpointTest, may_outlive_its_loop) {
  connect();
  loop.stop();
  endpoint.reset();
}

}  // namespace
}  // namespace diemcau::media
