// Two sessions back to back through a line that loses packets, by a clock moved by hand.

#include <map>
#include <set>

#include "media/rtp/rtcp/reports.hpp"
#include "media/rtp/rtp_session.hpp"
#include "tests/media/rtp/session_harness.hpp"

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RtpRepairTest : public SessionTest {
 protected:
  /// Plays `frames` frames of three packets at 25/s over a line of `delay` each way.
  void play(int frames, double loss, Duration delay, bool repair) {
    std::mt19937 random(42);
    run([&] {
      auto here = video();
      here.codec.nack = repair;
      if (!repair) here.codec.rtx_payload_type.reset();
      auto there = here;
      there.local_ssrc = 3000;
      there.local_rtx_ssrc = 3001;
      RtpSessionEvents up, down;
      up.on_statistics = [&](const SessionStatistics& s) { sender_ = s; };
      down.on_statistics = [&](const SessionStatistics& s) { receiver_ = s; };
      Pipe to(clock_), back(clock_);
      to.loses = [&](std::span<const std::uint8_t> bytes) {
        if (random() % 1000 >= loss * 1000) return false;
        lost_media_ += parse_rtp(bytes)->ssrc == 1000 ? 1 : 0;
        return true;
      };
      RtpSession server(session({here}), loop_, to, metrics_, up);
      RtpSession site(session({there}), loop_, back, metrics_, down);
      sink_ = std::make_shared<OrderedRecorder>();
      site.set_ordered_sink(Slot::main, Layer::high, sink_);
      auto stage = stream(Codec::vp8);
      server.show(Slot::main, stage);
      Vp8Source source(stage, clock_, 1, 0);
      const auto step = [&] {
        clock_.advance(milliseconds(10));
        to.deliver(site, clock_.now() - delay);
        back.deliver(server, clock_.now() - delay);
        tick(server, clock_.now());
        tick(site, clock_.now());
      };
      for (int i = 0; i < frames; ++i) {
        source.publish(i == 0);
        for (int s = 0; s < 4; ++s) step();
      }
      for (int s = 0; s < 150; ++s) step();
    });
  }
  /// Sound of which every third packet is lost once; all that was sent, in order.
  std::vector<std::vector<std::uint8_t>> play_sound(int packets) {
    std::vector<std::vector<std::uint8_t>> sent;
    run([&] {
      auto here = audio();
      auto there = here;
      there.local_ssrc = 4000;
      Pipe to(clock_), back(clock_);
      std::set<std::uint16_t> once;
      to.loses = [&](std::span<const std::uint8_t> bytes) {
        sent.emplace_back(bytes.begin(), bytes.end());
        const auto sequence = parse_rtp(bytes)->sequence;
        return sequence % 3 == 0 && once.insert(sequence).second;
      };
      RtpSession server(session({here}), loop_, to, metrics_, {});
      RtpSession site(session({there}), loop_, back, metrics_, {});
      heard_ = std::make_shared<UplinkRecorder>();
      site.set_uplink_sink(Slot::audio, heard_);
      auto mix = stream(Codec::opus);
      server.show(Slot::audio, mix, SourceId{7});
      for (int i = 0; i < packets; ++i) {
        // From the middle on the room is heard and has a variant of its own.
        if (i == packets / 2) server.show(Slot::audio, mix, SourceId{8});
        auto chunk = std::make_shared<PacketChunk>();
        chunk->captured = chunk->produced = clock_.now();
        for (const std::uint64_t variant : {0ull, 8ull}) {
          PacketInfo info;
          info.offset = static_cast<std::uint32_t>(chunk->bytes.size());
          info.size = 40;
          info.timestamp = static_cast<std::uint32_t>(i) * 960;
          info.index = i;
          info.variant = SourceId{variant};
          chunk->bytes.insert(chunk->bytes.end(), 40, static_cast<std::uint8_t>(i + 100 * variant));
          chunk->packets.push_back(info);
        }
        mix->publish(chunk);
        for (int step = 0; step < 2; ++step) {
          clock_.advance(milliseconds(10));
          to.deliver(site, clock_.now());
          back.deliver(server, clock_.now());
          server.tick(clock_.now());
          site.tick(clock_.now());
        }
      }
    });
    return sent;
  }
  std::shared_ptr<OrderedRecorder> sink_;
  std::shared_ptr<UplinkRecorder> heard_;
  SessionStatistics sender_, receiver_;
  int lost_media_ = 0;
};

TEST_F(RtpRepairTest, ten_percent_loss_is_mended_by_nack_and_rtx) {
  play(1000, 0.10, milliseconds(20), true);
  EXPECT_GT(lost_media_, 200);
  // Of 3000 packets, what is lost three times over may miss its deadline.
  EXPECT_GE(sink_->indices.size(), 2985u);
  EXPECT_LE(sink_->gaps, 10);
  EXPECT_TRUE(std::is_sorted(sink_->indices.begin(), sink_->indices.end()));
  for (std::size_t i = 0; i < sink_->indices.size(); ++i) {
    const auto& payload = sink_->payloads[i];
    const std::int64_t named = payload[5] | payload[6] << 8;
    EXPECT_EQ(named - (sink_->payloads[0][5] | sink_->payloads[0][6] << 8),
              sink_->indices[i] - sink_->indices[0]);
  }
}

TEST_F(RtpRepairTest, reports_the_loss_of_the_line_though_it_was_mended) {
  play(1000, 0.10, milliseconds(20), true);
  EXPECT_EQ(static_cast<int>(receiver_.up[index_of(Slot::main)].lost), lost_media_);
  EXPECT_EQ(static_cast<int>(sender_.down[index_of(Slot::main)].lost), lost_media_);
  const auto trip = sender_.down[index_of(Slot::main)].round_trip;
  EXPECT_GE(trip, milliseconds(40));
  EXPECT_LE(trip, milliseconds(80));
}

TEST_F(RtpRepairTest, without_repair_goes_on_behind_each_gap) {
  play(250, 0.10, milliseconds(20), false);
  EXPECT_EQ(static_cast<int>(sink_->indices.size()), 750 - lost_media_);
  EXPECT_GT(sink_->gaps, 30);
}

TEST_F(RtpRepairTest, a_clean_line_needs_neither_retransmission_nor_waiting) {
  play(250, 0.0, milliseconds(0), true);
  EXPECT_EQ(sink_->indices.size(), 750u);
  EXPECT_EQ(sink_->gaps, 0);
  EXPECT_EQ(sender_.down[index_of(Slot::main)].retransmitted, 0u);
}

TEST_F(RtpRepairTest, sound_is_sent_again_under_its_own_number_as_the_same_bytes) {
  std::map<std::uint16_t, std::vector<std::vector<std::uint8_t>>> by_number;
  for (auto& packet : play_sound(300)) by_number[parse_rtp(packet)->sequence].push_back(packet);
  int repeated = 0;
  for (const auto& [number, packets] : by_number) {
    repeated += packets.size() > 1 ? 1 : 0;
    for (const auto& packet : packets) EXPECT_EQ(packet, packets.front()) << number;
  }
  EXPECT_GE(repeated, 95);
  EXPECT_GE(heard_->packets.size(), 297u);
}

}  // namespace
}  // namespace diemcau::media
