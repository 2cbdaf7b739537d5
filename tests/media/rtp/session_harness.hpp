#pragma once
// RTP sessions without sockets: a pipe for an output, a clock moved by hand, one loop.

#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "media/rtp/rtp_packet.hpp"
#include "media/rtp/rtp_session.hpp"

namespace diemcau::media {

/// Keeps what a session sends until the test takes it.
class Pipe final : public PacketOutput {
 public:
  struct Datagram {
    bool rtcp = false;
    std::vector<std::uint8_t> bytes;
    TimePoint sent{};
  };
  explicit Pipe(const Clock& clock) : clock_(clock) {}

  std::span<std::uint8_t> reserve() noexcept override {
    if (!ready) return {};
    return room_;
  }
  void commit_rtp(std::size_t size) noexcept override {
    EXPECT_LE(size, kMaxRtpPacket);
    ++rtp_sent;
    if (loses && loses(std::span<const std::uint8_t>(room_).first(size))) {
      ++rtp_lost;
      return;
    }
    queue.push_back(
        {false, {room_.begin(), room_.begin() + static_cast<std::ptrdiff_t>(size)}, clock_.now()});
  }
  void send_rtcp(std::span<const std::uint8_t> compound) noexcept override {
    queue.push_back({true, {compound.begin(), compound.end()}, clock_.now()});
  }
  void flush() noexcept override { ++flushes; }

  /// Gives everything sent before `until` to the other side.
  void deliver(RtpSession& to, TimePoint until) {
    while (!queue.empty() && queue.front().sent <= until) {
      const Datagram d = std::move(queue.front());
      queue.pop_front();
      d.rtcp ? to.on_rtcp(d.bytes, clock_.now()) : to.on_rtp(d.bytes, clock_.now());
    }
  }

  std::vector<RtpPacket> rtp(std::vector<Datagram>& kept) {
    std::vector<RtpPacket> packets;
    kept.clear();
    for (auto& d : queue)
      if (!d.rtcp) kept.push_back(d);
    for (auto& d : kept) packets.push_back(*parse_rtp(d.bytes));
    return packets;
  }

  bool ready = true;
  std::function<bool(std::span<const std::uint8_t>)> loses;
  std::deque<Datagram> queue;
  int rtp_sent = 0, rtp_lost = 0, flushes = 0;

 private:
  const Clock& clock_;
  std::array<std::uint8_t, kMaxRtpPacket + 16> room_{};
};

class OrderedRecorder final : public OrderedPacketSink {
 public:
  void on_ordered_packet(const UplinkPacket& packet, bool gap) noexcept override {
    indices.push_back(packet.index);
    payloads.emplace_back(packet.payload.begin(), packet.payload.end());
    timestamps.push_back(packet.timestamp);
    gaps += gap ? 1 : 0;
  }
  std::vector<std::int64_t> indices;
  std::vector<std::vector<std::uint8_t>> payloads;
  std::vector<std::uint32_t> timestamps;
  int gaps = 0;
};

class UplinkRecorder final : public UplinkSink {
 public:
  void on_uplink_packet(const UplinkPacket& packet) noexcept override {
    packets.push_back(packet);
    packets.back().payload = {};
  }
  std::vector<UplinkPacket> packets;
};

/// As a transport loop does it: who has not asked for it is not ticked. Returns whether it was.
inline bool tick(RtpSession& session, TimePoint now) {
  if (session.next_tick() > now) return false;
  session.tick(now);
  return true;
}

/// The fixture: everything runs on the loop's thread, inside run().
class SessionTest : public testing::Test {
 protected:
  SessionTest() { loop_.start(); }
  ~SessionTest() override { loop_.stop(); }

  void run(std::function<void()> body) { ASSERT_TRUE(loop_.post_and_wait(std::move(body))); }

  static SlotParameters video(Codec codec = Codec::vp8) {
    SlotParameters p;
    p.slot = Slot::main;
    p.mid = "1";
    p.receive = p.send = true;
    p.codec.codec = codec;
    p.codec.payload_type = 96;
    p.codec.rtx_payload_type = 97;
    p.codec.nack = p.codec.pli = p.codec.fir = p.codec.remb = p.codec.transport_cc = true;
    p.extensions.mid = 4;
    p.extensions.abs_send_time = 2;
    p.extensions.transport_cc = 3;
    p.extensions.playout_delay = 6;
    p.local_ssrc = 1000;
    p.local_rtx_ssrc = 1001;
    return p;
  }
  static SlotParameters audio() {
    SlotParameters p;
    p.slot = Slot::audio;
    p.mid = "0";
    p.receive = p.send = true;
    p.codec.codec = Codec::opus;
    p.codec.payload_type = 111;
    p.codec.red_payload_type = 63;
    p.codec.nack = true;
    p.extensions.mid = 4;
    p.extensions.abs_send_time = 2;
    p.extensions.audio_level = 1;
    p.local_ssrc = 2000;
    return p;
  }
  static SessionParameters session(std::vector<SlotParameters> slots) {
    SessionParameters p;
    p.slots = std::move(slots);
    p.cname = "diemcau-test";
    return p;
  }

  std::shared_ptr<EncodedStream> stream(Codec codec, std::string label = "stage") {
    EncodedStream::Options options;
    options.codec = codec;
    options.label = std::move(label);
    StreamDemand demand;
    demand.on_key_frame_needed = [this] { ++key_frames_asked_; };
    return EncodedStream::create(options, {&loop_}, clock_, std::move(demand));
  }

  ManualClock clock_;
  Metrics metrics_;
  EventLoop loop_{"test", 0, clock_, metrics_};
  int key_frames_asked_ = 0;
};

/// Makes VP8 frames of `packets` packets with 15-bit picture ids; the payload names the packet.
class Vp8Source {
 public:
  Vp8Source(std::shared_ptr<EncodedStream> stream, const Clock& clock, std::uint16_t picture_id,
            std::uint32_t timestamp, std::int64_t index = 0)
      : stream_(std::move(stream)),
        clock_(clock),
        picture_id_(picture_id),
        timestamp_(timestamp),
        index_(index) {}

  PacketChunkPtr frame(bool key, int packets = 3) {
    auto chunk = std::make_shared<PacketChunk>();
    chunk->captured = chunk->produced = clock_.now();
    for (int i = 0; i < packets; ++i) {
      PacketInfo info;
      info.offset = static_cast<std::uint32_t>(chunk->bytes.size());
      info.index = index_++;
      info.timestamp = timestamp_;
      info.key_start = key && i == 0;
      info.marker = i + 1 == packets;
      const std::uint8_t payload[] = {static_cast<std::uint8_t>(i == 0 ? 0x90 : 0x80),
                                      0x80,
                                      static_cast<std::uint8_t>(0x80 | (picture_id_ >> 8 & 0x7f)),
                                      static_cast<std::uint8_t>(picture_id_ & 0xff),
                                      static_cast<std::uint8_t>(key ? 0 : 1),
                                      static_cast<std::uint8_t>(info.index & 0xff),
                                      static_cast<std::uint8_t>(info.index >> 8 & 0xff)};
      chunk->bytes.insert(chunk->bytes.end(), std::begin(payload), std::end(payload));
      chunk->bytes.resize(chunk->bytes.size() + 600);
      info.size = static_cast<std::uint16_t>(chunk->bytes.size() - info.offset);
      chunk->packets.push_back(info);
    }
    picture_id_ = static_cast<std::uint16_t>((picture_id_ + 1) & 0x7fff);
    timestamp_ += 3600;
    return chunk;
  }
  void publish(bool key, int packets = 3) { stream_->publish(frame(key, packets)); }

 private:
  std::shared_ptr<EncodedStream> stream_;
  const Clock& clock_;
  std::uint16_t picture_id_;
  std::uint32_t timestamp_;
  std::int64_t index_;
};

}  // namespace diemcau::media
