// Two layers of one camera from a session that sends them to a session that receives them.

#include <array>
#include <optional>
#include <set>

#include <gmock/gmock.h>

#include "media/rtp/rtcp/key_frame_requests.hpp"
#include "media/rtp/rtcp/remb.hpp"
#include "media/rtp/rtcp/reports.hpp"
#include "tests/media/rtp/session_harness.hpp"

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;

class SimulcastTest : public SessionTest {
 protected:
  static SlotParameters layered() {
    auto slot = video();
    slot.extensions.rid = 8;
    slot.extensions.repaired_rid = 9;
    return slot;
  }
  static SlotParameters sending(Layer layer, std::uint32_t ssrc) {
    auto slot = layered();
    slot.receive = false;
    slot.send_layer = layer;
    slot.local_ssrc = ssrc;
    slot.local_rtx_ssrc = ssrc + 1;
    return slot;
  }
  void open() {
    auto slot = layered();
    slot.simulcast = true;
    RtpSessionEvents events;
    events.on_uplink_flow = [this](Slot, Layer layer, bool on) { flows_.emplace_back(layer, on); };
    events.on_statistics = [this](const SessionStatistics& s) { statistics_ = s; };
    server_.emplace(session({slot}), loop_, server_pipe_, metrics_, std::move(events));
    for (const Layer layer : {Layer::high, Layer::low}) {
      const std::size_t i = index_of(layer);
      site_[i].emplace(session({sending(layer, layer == Layer::high ? 500 : 600)}), loop_,
                       site_pipe_, metrics_, RtpSessionEvents{});
      streams_[i] = stream(Codec::vp8);
      site_[i]->show(Slot::main, streams_[i]);
      sinks_[i] = std::make_shared<OrderedRecorder>();
      server_->set_ordered_sink(Slot::main, layer, sinks_[i]);
      sources_[i].emplace(streams_[i], clock_, static_cast<std::uint16_t>(100 * (i + 1)), 5000);
    }
  }
  void send(Layer layer, bool key) { sources_[index_of(layer)]->publish(key); }
  /// Time passes; what either side has sent arrives.
  void advance(Duration by) {
    for (Duration done{}; done < by; done += milliseconds(20)) {
      clock_.advance(milliseconds(20));
      tick(*server_, clock_.now());
      for (auto& site : site_) tick(*site, clock_.now());
      site_pipe_.deliver(*server_, clock_.now());
      while (!server_pipe_.queue.empty()) {
        const auto datagram = std::move(server_pipe_.queue.front());
        server_pipe_.queue.pop_front();
        if (!datagram.rtcp) continue;
        note(datagram.bytes);
        for (auto& site : site_) site->on_rtcp(datagram.bytes, clock_.now());
      }
    }
  }
  void note(std::span<const std::uint8_t> compound) {
    rtcp::CompoundReader reader(compound);
    while (const auto packet = reader.next()) {
      if (packet->type == rtcp::kReceiverReport)
        if (const auto report = rtcp::ReceiverReport::parse(*packet))
          for (const auto& block : report->blocks) reported_.push_back(block.ssrc);
      if (packet->type != rtcp::kPayloadFeedback) continue;
      if (const auto pli = rtcp::Pli::parse(*packet)) asked_.push_back(pli->media_ssrc);
      if (const auto remb = rtcp::Remb::parse(*packet))
        ceilings_.emplace_back(remb->ssrcs.begin(), remb->ssrcs.end());
    }
  }
  OrderedRecorder& sink(Layer layer) { return *sinks_[index_of(layer)]; }

  Pipe server_pipe_{clock_}, site_pipe_{clock_};
  std::optional<RtpSession> server_;
  std::array<std::optional<RtpSession>, kLayers> site_;
  std::array<std::shared_ptr<EncodedStream>, kLayers> streams_;
  std::array<std::optional<Vp8Source>, kLayers> sources_;
  std::array<std::shared_ptr<OrderedRecorder>, kLayers> sinks_;
  std::vector<std::pair<Layer, bool>> flows_;
  std::vector<std::uint32_t> reported_, asked_;
  std::vector<std::vector<std::uint32_t>> ceilings_;
  SessionStatistics statistics_;

  void on_loop(std::function<void()> body) {
    run([&] {
      open();
      body();
      for (auto& site : site_) site.reset();
      server_.reset();
    });
  }
};

TEST_F(SimulcastTest, each_layer_reaches_its_own_sink_and_is_reported_on) {
  on_loop([&] {
    send(Layer::high, true);
    send(Layer::low, true);
    advance(milliseconds(200));
    EXPECT_EQ(sink(Layer::high).indices.size(), 3u);
    EXPECT_EQ(sink(Layer::low).indices.size(), 3u);
    EXPECT_EQ(flows_,
              (std::vector<std::pair<Layer, bool>>{{Layer::high, true}, {Layer::low, true}}));
    EXPECT_THAT(std::set(reported_.begin(), reported_.end()), testing::ElementsAre(500u, 600u));
  });
}

TEST_F(SimulcastTest, a_paused_layer_ends_alone) {
  on_loop([&] {
    send(Layer::high, true);
    send(Layer::low, true);
    advance(milliseconds(200));
    flows_.clear();
    for (int i = 0; i < 15; ++i) {
      send(Layer::low, false);
      advance(milliseconds(200));
    }
    EXPECT_EQ(flows_, (std::vector<std::pair<Layer, bool>>{{Layer::high, false}}));
  });
}

TEST_F(SimulcastTest, a_key_frame_is_asked_of_the_layer_that_needs_it) {
  on_loop([&] {
    send(Layer::high, true);
    send(Layer::low, true);
    advance(milliseconds(400));
    asked_.clear();
    server_->request_key_frame(Slot::main, Layer::low);
    advance(milliseconds(40));
    EXPECT_EQ(asked_, (std::vector<std::uint32_t>{600}));
  });
}

TEST_F(SimulcastTest, losses_of_each_layer_are_repaired_within_it) {
  on_loop([&] {
    send(Layer::high, true);
    send(Layer::low, true);
    advance(milliseconds(40));
    int sent = 0;
    // The middle packet of each of the two frames is lost.
    site_pipe_.loses = [&](std::span<const std::uint8_t>) { return sent++ % 3 == 1; };
    send(Layer::high, false);
    send(Layer::low, false);
    site_pipe_.loses = nullptr;
    advance(milliseconds(200));
    for (const Layer layer : {Layer::high, Layer::low}) {
      EXPECT_EQ(sink(layer).indices.size(), 6u);
      EXPECT_EQ(sink(layer).gaps, 0);
    }
    advance(milliseconds(1000));
    EXPECT_EQ(statistics_.up[index_of(Slot::main)].retransmitted, 2u);
  });
}

TEST_F(SimulcastTest, the_ceiling_names_both_layers) {
  on_loop([&] {
    send(Layer::high, true);
    send(Layer::low, true);
    advance(milliseconds(40));
    server_->set_uplink_ceiling(300'000);
    advance(milliseconds(40));
    ASSERT_FALSE(ceilings_.empty());
    EXPECT_THAT(ceilings_.back(), testing::UnorderedElementsAre(500u, 600u));
  });
}

TEST_F(SimulcastTest, a_layer_is_forwarded_as_a_stream_of_its_own) {
  on_loop([&] {
    const auto thumbnails = stream(Codec::vp8, "relay");
    server_->set_forward(Slot::main, Layer::low, thumbnails);
    Pipe viewer_pipe(clock_);
    RtpSession viewer(session({video()}), loop_, viewer_pipe, metrics_, {});
    viewer.show(Slot::main, thumbnails);
    send(Layer::high, true);
    send(Layer::low, true);
    advance(milliseconds(40));
    EXPECT_EQ(viewer_pipe.rtp_sent, 3);
    viewer.show(Slot::main, nullptr);
  });
}

}  // namespace
}  // namespace diemcau::media
