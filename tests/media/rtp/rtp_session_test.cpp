#include "media/rtp/rtp_session.hpp"

#include <set>

#include "media/codec/vp8_payload.hpp"
#include "media/rtp/header_template.hpp"
#include "media/rtp/rtcp/bye.hpp"
#include "media/rtp/rtcp/key_frame_requests.hpp"
#include "media/rtp/rtcp/nack.hpp"
#include "media/rtp/rtcp/remb.hpp"
#include "media/rtp/rtcp/reports.hpp"
#include "media/rtp/rtcp/source_description.hpp"
#include "media/rtp/rtcp/transport_feedback.hpp"
#include "tests/media/rtp/session_harness.hpp"

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// One session of ours; the test plays the site with bytes.
class RtpSessionTest : public SessionTest {
 protected:
  void open(std::vector<SlotParameters> slots) {
    RtpSessionEvents events;
    events.on_uplink_flow = [this](Slot slot, Layer, bool on) { flows_.emplace_back(slot, on); };
    events.on_statistics = [this](const SessionStatistics& s) { statistics_ = s; };
    site_.emplace(session(std::move(slots)), loop_, pipe_, metrics_, std::move(events));
  }
  void advance(Duration by) {
    for (Duration done{}; done < by; done += milliseconds(20)) {
      clock_.advance(milliseconds(20));
      ticks_ += tick(*site_, clock_.now());
    }
  }
  /// A packet as the site would send it.
  void receive(std::uint16_t sequence, std::vector<std::uint8_t> payload, std::uint8_t type = 96,
               std::uint32_t ssrc = 77, std::string_view mid = "1", int transport_sequence = -1) {
    HeaderExtensionIds ids;
    ids.mid = 4;
    ids.transport_cc = 3;
    const HeaderTemplate header({ssrc, mid, ids, transport_sequence >= 0, false, 64});
    std::vector<std::uint8_t> bytes(header.size());
    header.write(bytes.data(), {true, type, sequence, sequence * 3600u, 0,
                                static_cast<std::uint16_t>(transport_sequence)});
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    site_->on_rtp(bytes, clock_.now());
  }
  template <class Message>
  void receive_rtcp(const Message& message) {
    std::array<std::uint8_t, 500> room;
    rtcp::Writer out(room);
    ASSERT_TRUE(message.write(out));
    site_->on_rtcp(out.written(), clock_.now());
  }
  /// All messages of one kind the session has sent since the last take.
  template <class Message>
  std::vector<Message> sent() {
    std::vector<Message> found;
    for (const auto& d : pipe_.queue) {
      if (!d.rtcp) continue;
      rtcp::CompoundReader reader(d.bytes);
      while (const auto p = reader.next())
        if (const auto m = Message::parse(*p)) found.push_back(*m);
      EXPECT_FALSE(reader.malformed());
    }
    return found;
  }
  std::uint64_t rejected(const char* reason) {
    return metrics_.counter("diemcau_rtp_rejected_total", "", {{"reason", reason}}).value();
  }
  /// All checks run on the loop; the session must be destroyed there too.
  void on_loop(std::function<void()> body) {
    run([&] {
      body();
      site_.reset();
    });
  }

  Pipe pipe_{clock_};
  std::optional<RtpSession> site_;
  std::vector<std::pair<Slot, bool>> flows_;
  SessionStatistics statistics_;
  int ticks_ = 0;
  std::vector<Pipe::Datagram> kept_;
};

const std::vector<std::uint8_t> kKeyFrame{0x90, 0x80, 0x80, 0x01, 0x00};
const std::vector<std::uint8_t> kInterFrame{0x90, 0x80, 0x80, 0x02, 0x01};

TEST_F(RtpSessionTest, gives_sound_to_its_sink_with_level_and_red) {
  on_loop([&] {
    open({audio()});
    auto sink = std::make_shared<UplinkRecorder>();
    site_->set_uplink_sink(Slot::audio, sink);
    // RFC 6464 in a one-byte extension with id 1: voice, −5 dBov.
    std::vector<std::uint8_t> bytes{0x90, 63,   0,    1,    0,    0,    0,    1, 0, 0,   0,
                                    9,    0xbe, 0xde, 0x00, 0x01, 0x10, 0x85, 0, 0, 'o', 'p'};
    site_->on_rtp(bytes, clock_.now());
    ASSERT_EQ(sink->packets.size(), 1u);
    EXPECT_TRUE(sink->packets[0].red);
    EXPECT_TRUE(sink->packets[0].voice);
    EXPECT_EQ(sink->packets[0].audio_level, 5);
    site_->on_rtp(bytes, clock_.now());
    EXPECT_EQ(sink->packets.size(), 1u);
    EXPECT_EQ(rejected("duplicate"), 1u);
  });
}

TEST_F(RtpSessionTest, counts_and_drops_what_is_wrong) {
  on_loop([&] {
    open({video()});
    site_->set_ordered_sink(Slot::main, Layer::high, std::make_shared<OrderedRecorder>());
    const std::vector<std::uint8_t> garbage{0x80, 0x60, 1};
    site_->on_rtp(garbage, clock_.now());
    site_->on_rtcp(garbage, clock_.now());
    EXPECT_EQ(rejected("malformed"), 2u);
    receive(1, kKeyFrame, 96, 77, "9");
    EXPECT_EQ(rejected("mid"), 1u);
    receive(1, kKeyFrame, 99);
    EXPECT_EQ(rejected("payload_type"), 1u);
  });
}

TEST_F(RtpSessionTest, wants_to_be_called_seldom_while_nothing_is_due) {
  on_loop([&] {
    open({audio(), video()});
    const auto ticks_in = [&](Duration time) {
      const int before = ticks_;
      advance(time);
      return ticks_ - before;
    };
    ticks_in(seconds(1));
    EXPECT_LE(ticks_in(seconds(10)), 20) << "a report and statistics a second";

    // What comes may leave gaps and must be missed when it ends.
    receive(1, kKeyFrame);
    EXPECT_GE(ticks_in(seconds(1)), 50);
    ticks_in(seconds(3));
    EXPECT_EQ(flows_.size(), 2u) << "began and ended";
    EXPECT_LE(ticks_in(seconds(10)), 20);

    auto sound = stream(Codec::opus);
    site_->show(Slot::audio, sound);
    for (int i = 0; i < 500; ++i) {
      auto chunk = std::make_shared<PacketChunk>();
      chunk->bytes.assign(80, 1);
      PacketInfo info;
      info.size = 80;
      info.index = i;
      chunk->packets.push_back(info);
      sound->publish(chunk);
      ticks_in(milliseconds(20));
    }
    EXPECT_LE(ticks_in(seconds(10)), 130) << "sending on a free line only has to be measured";

    // A thin line is paced, and a key frame that does not come is asked for again.
    site_->set_line(64'000);
    EXPECT_GE(ticks_in(seconds(1)), 50);
    site_->set_line(0);
    ticks_in(seconds(1));
    auto picture = stream(Codec::vp8);
    site_->show(Slot::main, picture);
    EXPECT_GE(ticks_in(seconds(1)), 50);
    EXPECT_GE(key_frames_asked_, 2);
  });
}

TEST_F(RtpSessionTest, tells_when_the_uplink_flows_and_when_it_stops) {
  on_loop([&] {
    open({video()});
    receive(1, kKeyFrame);
    EXPECT_EQ(rejected("no_sink"), 1u);
    advance(seconds(3));
    EXPECT_EQ(flows_,
              (std::vector<std::pair<Slot, bool>>{{Slot::main, true}, {Slot::main, false}}));
    receive(2, kKeyFrame);
    receive_rtcp(rtcp::Bye{{77}});
    EXPECT_EQ(flows_.size(), 4u);
  });
}

TEST_F(RtpSessionTest, asks_for_a_key_frame_until_one_arrives) {
  on_loop([&] {
    open({video()});
    site_->set_ordered_sink(Slot::main, Layer::high, std::make_shared<OrderedRecorder>());
    receive(1, kInterFrame);
    for (int i = 2; i < 30; ++i) {
      receive(static_cast<std::uint16_t>(i), kInterFrame);
      advance(milliseconds(40));
    }
    EXPECT_EQ(sent<rtcp::Pli>(), (std::vector<rtcp::Pli>{{1000, 77}, {1000, 77}, {1000, 77}}));
    receive(30, kKeyFrame);
    pipe_.queue.clear();
    advance(milliseconds(1000));
    EXPECT_TRUE(sent<rtcp::Pli>().empty());
  });
}

TEST_F(RtpSessionTest, uses_fir_where_there_is_no_pli) {
  on_loop([&] {
    auto slot = video();
    slot.codec.pli = false;
    open({slot});
    receive(1, kInterFrame);
    site_->request_key_frame(Slot::main, Layer::high);
    const auto firs = sent<rtcp::Fir>();
    ASSERT_EQ(firs.size(), 1u);
    EXPECT_EQ(firs[0].entries[0].ssrc, 77u);
  });
}

TEST_F(RtpSessionTest, restores_packets_from_rtx) {
  on_loop([&] {
    open({video()});
    auto sink = std::make_shared<OrderedRecorder>();
    site_->set_ordered_sink(Slot::main, Layer::high, sink);
    receive(1, kKeyFrame);
    receive(3, kInterFrame);
    const auto nacks = sent<rtcp::Nack>();
    ASSERT_EQ(nacks.size(), 1u);  // at once, not at the next tick
    EXPECT_EQ(nacks[0].items[0].first, 2);
    receive(500, {0, 2, 0x90, 0x80, 0x80, 0x05, 0x01}, 97, 78);
    EXPECT_EQ(sink->indices, (std::vector<std::int64_t>{1, 2, 3}));
    EXPECT_EQ(sink->payloads[1][3], 0x05);
    receive(501, {}, 97, 78);  // padding to probe the line
    EXPECT_EQ(sink->indices.size(), 3u);
  });
}

TEST_F(RtpSessionTest, reports_early_and_then_every_second) {
  on_loop([&] {
    open({video(), audio()});
    receive(1, kKeyFrame);
    advance(milliseconds(120));
    auto reports = sent<rtcp::ReceiverReport>();
    std::erase_if(reports, [](const auto& r) { return r.blocks.empty(); });
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].blocks[0].ssrc, 77u);
    const auto names = sent<rtcp::SourceDescription>();
    ASSERT_FALSE(names.empty());
    EXPECT_EQ(names[0].chunks[0].cname, "diemcau-test");
    advance(seconds(2));
    reports = sent<rtcp::ReceiverReport>();
    std::erase_if(reports, [](const auto& r) { return r.blocks.empty(); });
    EXPECT_EQ(reports.size(), 3u);
  });
}

TEST_F(RtpSessionTest, covers_every_received_packet_with_transport_feedback) {
  on_loop([&] {
    open({video()});
    std::set<int> truth, told;
    for (int i = 0; i < 300; ++i) {
      if (i % 9 == 4) continue;
      const bool rtx = i % 11 == 3;
      receive(static_cast<std::uint16_t>(i), rtx ? std::vector<std::uint8_t>{} : kKeyFrame,
              rtx ? 97 : 96, rtx ? 78 : 77, "1", i);
      truth.insert(i);
      if (i % 4 == 0) advance(milliseconds(20));
    }
    advance(milliseconds(200));
    for (const auto& feedback : sent<rtcp::TransportFeedback>()) {
      int sequence = feedback.base_sequence;
      for (const auto& status : feedback.statuses) {
        if (status.received) told.insert(sequence);
        ++sequence;
      }
    }
    EXPECT_EQ(told, truth);
  });
}

TEST_F(RtpSessionTest, sends_no_transport_feedback_where_it_was_not_agreed_on) {
  on_loop([&] {
    auto slot = video();
    slot.codec.transport_cc = false;
    open({slot});
    receive(1, kKeyFrame, 96, 77, "1", 5);
    advance(milliseconds(500));
    EXPECT_TRUE(sent<rtcp::TransportFeedback>().empty());
  });
}

TEST_F(RtpSessionTest, tells_the_ceiling_at_once_repeats_it_and_lifts_it) {
  on_loop([&] {
    open({video()});
    receive(1, kKeyFrame);
    site_->set_uplink_ceiling(400'000);
    auto rembs = sent<rtcp::Remb>();
    ASSERT_EQ(rembs.size(), 1u);
    EXPECT_EQ(rembs[0].bitrate, 400'000u);
    EXPECT_EQ(rembs[0].ssrcs[0], 77u);
    advance(seconds(2));
    EXPECT_GE(sent<rtcp::Remb>().size(), 3u);
    pipe_.queue.clear();
    site_->set_uplink_ceiling(0);
    rembs = sent<rtcp::Remb>();
    ASSERT_EQ(rembs.size(), 1u);
    EXPECT_GT(rembs[0].bitrate, 100'000'000u);
    advance(seconds(10));
    EXPECT_EQ(sent<rtcp::Remb>().size(), 3u);
  });
}

TEST_F(RtpSessionTest, shows_a_stream_from_a_key_frame_on) {
  on_loop([&] {
    open({video()});
    auto stage = stream(Codec::vp8);
    Vp8Source source(stage, clock_, 100, 5000);
    site_->show(Slot::main, stage);
    EXPECT_EQ(key_frames_asked_, 1);
    source.publish(false);
    EXPECT_EQ(pipe_.rtp_sent, 0);
    source.publish(true);
    source.publish(false);
    const auto packets = pipe_.rtp(kept_);
    ASSERT_EQ(packets.size(), 6u);
    for (std::size_t i = 1; i < packets.size(); ++i)
      EXPECT_EQ(static_cast<std::uint16_t>(packets[i].sequence - packets[i - 1].sequence), 1);
    EXPECT_EQ(packets[0].ssrc, 1000u);
    EXPECT_EQ(packets[0].payload_type, 96);
    HeaderExtensionIds ids;
    ids.mid = 4;
    EXPECT_EQ(packets[0].read_extensions(ids).mid, "1");
    EXPECT_GE(pipe_.flushes, 2);
  });
}

TEST_F(RtpSessionTest, asks_again_for_a_key_frame_that_does_not_come) {
  on_loop([&] {
    open({video()});
    site_->show(Slot::main, stream(Codec::vp8));
    advance(milliseconds(1700));
    EXPECT_EQ(key_frames_asked_, 4);
  });
}

TEST_F(RtpSessionTest, gives_a_newcomer_the_kept_key_frame_when_it_is_new) {
  on_loop([&] {
    auto stage = stream(Codec::vp8);
    Pipe other_pipe(clock_);
    RtpSession other(session({video()}), loop_, other_pipe, metrics_, {});
    other.show(Slot::main, stage);
    Vp8Source source(stage, clock_, 100, 5000);
    source.publish(true);
    clock_.advance(milliseconds(40));
    source.publish(false);
    const int asked = key_frames_asked_;
    open({video()});
    site_->show(Slot::main, stage);
    EXPECT_EQ(pipe_.rtp_sent, 6);
    EXPECT_EQ(key_frames_asked_, asked);
    clock_.advance(milliseconds(1500));
    Pipe late_pipe(clock_);
    RtpSession late(session({video()}), loop_, late_pipe, metrics_, {});
    late.show(Slot::main, stage);
    EXPECT_EQ(late_pipe.rtp_sent, 0);
    EXPECT_EQ(key_frames_asked_, asked + 1);
  });
}

TEST_F(RtpSessionTest, switches_at_a_key_frame_with_all_numbers_going_on) {
  on_loop([&] {
    open({video()});
    auto large = stream(Codec::vp8), small = stream(Codec::vp8);
    Vp8Source from(large, clock_, 32'767, 900'000, 50), to(small, clock_, 9, 17, 60'000);
    site_->show(Slot::main, large);
    from.publish(true);
    clock_.advance(milliseconds(40));
    from.publish(false);
    site_->show(Slot::main, small);
    clock_.advance(milliseconds(40));
    to.publish(false);
    from.publish(false);  // goes on until the other has a key frame
    clock_.advance(milliseconds(40));
    to.publish(true);
    from.publish(false);  // nobody reads it any more
    clock_.advance(milliseconds(40));
    to.publish(false);
    EXPECT_FALSE(large->watched());
    const auto packets = pipe_.rtp(kept_);
    ASSERT_EQ(packets.size(), 15u);
    for (std::size_t i = 0; i + 3 < packets.size(); ++i) {
      EXPECT_EQ(static_cast<std::uint16_t>(packets[i + 1].sequence - packets[i].sequence), 1);
      EXPECT_EQ(packets[i + 3].timestamp - packets[i].timestamp, 3600u);
      const auto id = [&](std::size_t n) {
        return parse_vp8_descriptor(packets[n].payload)->picture_id;
      };
      EXPECT_EQ((id(i + 3) - id(i)) & 0x7fff, 1) << i;
    }
  });
}

TEST_F(RtpSessionTest, waits_with_the_key_frame_until_the_transport_is_ready) {
  on_loop([&] {
    open({video()});
    pipe_.ready = false;
    auto stage = stream(Codec::vp8);
    site_->show(Slot::main, stage);
    Vp8Source source(stage, clock_, 100, 5000);
    source.publish(true);
    EXPECT_EQ(pipe_.rtp_sent, 0);
    pipe_.ready = true;
    advance(milliseconds(500));
    EXPECT_EQ(pipe_.rtp_sent, 3);  // the kept one
  });
}

TEST_F(RtpSessionTest, gives_each_site_the_mix_without_itself) {
  on_loop([&] {
    open({audio()});
    auto mix = stream(Codec::opus, "mix-opus");
    site_->show(Slot::audio, mix, SourceId{5});
    auto chunk = std::make_shared<PacketChunk>();
    chunk->bytes = {'a', 'b', 'c'};
    for (std::uint8_t i = 0; i < 3; ++i) {
      PacketInfo info;
      info.offset = i;
      info.size = 1;
      info.index = 40;
      info.timestamp = 960;
      info.variant = SourceId{std::array<std::uint64_t, 3>{0, 5, 6}[i]};
      chunk->packets.push_back(info);
    }
    mix->publish(chunk);
    auto packets = pipe_.rtp(kept_);
    ASSERT_EQ(packets.size(), 1u);
    EXPECT_EQ(packets[0].payload[0], 'b');
    EXPECT_EQ(packets[0].payload_type, 111);
    // A retransmission is of the same variant, on the same SSRC where there is no RTX.
    receive_rtcp(rtcp::Nack{1, 2000, {{packets[0].sequence, 0}}});
    packets = pipe_.rtp(kept_);
    ASSERT_EQ(packets.size(), 2u);
    EXPECT_EQ(packets[1].payload[0], 'b');
    EXPECT_EQ(packets[1].sequence, packets[0].sequence);
    site_->show(Slot::audio, mix, SourceId{9});
    clock_.advance(milliseconds(20));
    mix->publish(chunk);
    EXPECT_EQ(pipe_.rtp(kept_).size(), 2u) << "one number is not given to two packets";
    auto next = std::make_shared<PacketChunk>(*chunk);
    for (PacketInfo& info : next->packets) {
      info.index = 41;
      info.timestamp = 1920;
    }
    mix->publish(next);
    EXPECT_EQ(pipe_.rtp(kept_).back().payload[0], 'a');
    // What room 5 was sent may be sent again as it was, but not as what room 9 would have got.
    clock_.advance(milliseconds(500));
    receive_rtcp(rtcp::Nack{1, 2000, {{packets[0].sequence, 0}}});
    EXPECT_EQ(pipe_.rtp(kept_).size(), 3u);
  });
}

TEST_F(RtpSessionTest, sends_the_red_mix_under_its_own_payload_type) {
  on_loop([&] {
    open({audio()});
    auto mix = stream(Codec::opus, "mix-red");
    site_->show(Slot::audio, mix);
    auto chunk = std::make_shared<PacketChunk>();
    chunk->bytes = {1};
    chunk->packets.resize(1);
    chunk->packets[0].size = 1;
    mix->publish(chunk);
    EXPECT_EQ(pipe_.rtp(kept_).at(0).payload_type, 63);
  });
}

TEST_F(RtpSessionTest, refuses_a_stream_the_slot_cannot_carry) {
  on_loop([&] {
    open({video(Codec::vp8)});
    auto h264 = stream(Codec::h264);
    site_->show(Slot::main, h264);
    EXPECT_FALSE(h264->watched());
    EXPECT_EQ(rejected("payload_type"), 1u);
  });
}

TEST_F(RtpSessionTest, retransmits_by_rtx_what_is_kept_and_ignores_the_rest) {
  on_loop([&] {
    open({video()});
    auto stage = stream(Codec::vp8);
    site_->show(Slot::main, stage);
    Vp8Source(stage, clock_, 100, 5000).publish(true);
    const auto first = pipe_.rtp(kept_).at(1);
    const std::vector<std::uint8_t> payload(first.payload.begin(), first.payload.end());
    const auto sequence = first.sequence;
    receive_rtcp(rtcp::Nack{1, 1000, {{sequence, 0}}});
    receive_rtcp(rtcp::Nack{1, 1000, {{static_cast<std::uint16_t>(sequence + 100), 0}}});
    receive_rtcp(rtcp::Nack{1, 4242, {{sequence, 0}}});
    const auto packets = pipe_.rtp(kept_);
    ASSERT_EQ(packets.size(), 4u);
    EXPECT_EQ(packets[3].ssrc, 1001u);
    EXPECT_EQ(packets[3].payload_type, 97);
    EXPECT_EQ(packets[3].payload[0] << 8 | packets[3].payload[1], sequence);
    EXPECT_TRUE(std::equal(payload.begin(), payload.end(), packets[3].payload.begin() + 2));
    EXPECT_EQ(metrics_.counter("diemcau_rtp_not_retransmitted_total", "", {{"reason", "unknown"}})
                  .value(),
              1u);
  });
}

TEST_F(RtpSessionTest, bounds_the_rate_of_retransmission) {
  on_loop([&] {
    open({video()});
    auto stage = stream(Codec::vp8);
    site_->show(Slot::main, stage);
    Vp8Source(stage, clock_, 100, 5000).publish(true, 10);
    const auto first = pipe_.rtp(kept_).at(0).sequence;
    // Nine: ten at once would be a choke, after which nothing of it is repaired.
    for (int i = 0; i < 1000; ++i) {
      receive_rtcp(rtcp::Nack{1, 1000, {{first, 0xff}}});
      clock_.advance(milliseconds(6));
    }
    // 6 s at 32 kB/s and one burst of 96 kB, in packets of some 640 bytes.
    EXPECT_LT(pipe_.rtp_sent, 480);
    EXPECT_GT(pipe_.rtp_sent, 300);
  });
}

TEST_F(RtpSessionTest, hands_key_frame_wishes_to_the_stream_and_ignores_a_stopped_slot) {
  on_loop([&] {
    open({video()});
    auto stage = stream(Codec::vp8);
    site_->show(Slot::main, stage);
    Vp8Source(stage, clock_, 100, 5000).publish(true);
    key_frames_asked_ = 0;
    clock_.advance(seconds(1));
    receive_rtcp(rtcp::Pli{1, 1000});
    EXPECT_EQ(key_frames_asked_, 1);
    clock_.advance(seconds(1));
    receive_rtcp(rtcp::Fir{1, {{1000, 3}}});
    EXPECT_EQ(key_frames_asked_, 2);
    site_->show(Slot::main, nullptr);
    clock_.advance(seconds(1));
    receive_rtcp(rtcp::Pli{1, 1000});
    EXPECT_EQ(key_frames_asked_, 2);
  });
}

TEST_F(RtpSessionTest, reads_remb_and_receiver_reports_into_statistics) {
  on_loop([&] {
    open({video()});
    auto stage = stream(Codec::vp8);
    site_->show(Slot::main, stage);
    Vp8Source(stage, clock_, 100, 5000).publish(true);
    advance(milliseconds(200));
    const auto reports = sent<rtcp::SenderReport>();
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].packet_count, 3u);
    receive_rtcp(rtcp::Remb{1, 750'000, {1000}});
    rtcp::ReportBlock block;
    block.ssrc = 1000;
    block.fraction_lost = 64;
    block.cumulative_lost = 9;
    block.last_sr = static_cast<std::uint32_t>(reports[0].ntp >> 16);
    block.delay_since_last_sr = 0;
    receive_rtcp(rtcp::ReceiverReport{1, {block}});
    advance(seconds(1));
    EXPECT_EQ(statistics_.remb, 750'000);
    const auto& down = statistics_.down[index_of(Slot::main)];
    EXPECT_DOUBLE_EQ(down.fraction_lost, 0.25);
    EXPECT_EQ(down.lost, 9u);
    EXPECT_EQ(down.packets, 3u);
    EXPECT_GT(down.round_trip, milliseconds(50));
    EXPECT_LT(down.round_trip, milliseconds(150));
  });
}

TEST_F(RtpSessionTest, forwards_an_uplink_untouched_as_a_stream) {
  on_loop([&] {
    open({video()});
    auto forwarded = stream(Codec::vp8);
    site_->set_forward(Slot::main, Layer::high, forwarded);
    Pipe viewer_pipe(clock_);
    RtpSession viewer(session({video()}), loop_, viewer_pipe, metrics_, {});
    viewer.show(Slot::main, forwarded);
    receive(10, kKeyFrame);
    receive(11, kInterFrame);
    receive(13, kInterFrame);
    receive(12, kInterFrame);
    const auto packets = viewer_pipe.rtp(kept_);
    ASSERT_EQ(packets.size(), 4u);
    EXPECT_EQ(static_cast<std::uint16_t>(packets[2].sequence - packets[0].sequence), 3);
    EXPECT_EQ(static_cast<std::uint16_t>(packets[3].sequence - packets[0].sequence), 2);
    EXPECT_TRUE(std::equal(kKeyFrame.begin(), kKeyFrame.end(), packets[0].payload.begin()));
  });
}

TEST_F(RtpSessionTest, forwards_padding_as_an_empty_packet_so_that_numbers_stay_whole) {
  on_loop([&] {
    open({video()});
    auto forwarded = stream(Codec::vp8);
    site_->set_forward(Slot::main, Layer::high, forwarded);
    Pipe viewer_pipe(clock_);
    RtpSession viewer(session({video()}), loop_, viewer_pipe, metrics_, {});
    viewer.show(Slot::main, forwarded);
    receive(10, kKeyFrame);
    receive(11, {});
    receive(12, kInterFrame);
    const auto packets = viewer_pipe.rtp(kept_);
    ASSERT_EQ(packets.size(), 3u);
    EXPECT_TRUE(packets[1].payload.empty());
    EXPECT_EQ(static_cast<std::uint16_t>(packets[2].sequence - packets[0].sequence), 2);
  });
}

TEST_F(RtpSessionTest, says_goodbye) {
  on_loop([&] {
    open({video()});
    auto stage = stream(Codec::vp8);
    site_->show(Slot::main, stage);
    Vp8Source(stage, clock_, 100, 5000).publish(true);
    site_->close();
    const auto byes = sent<rtcp::Bye>();
    ASSERT_EQ(byes.size(), 1u);
    EXPECT_EQ(byes[0].sources[0], 1000u);
    EXPECT_FALSE(stage->watched());
  });
}

}  // namespace
}  // namespace diemcau::media
