// A whole session fed raw datagrams: 2 bytes of length and kind, then the datagram, repeated.

#include <array>

#include "base/event_loop.hpp"
#include "media/rtp/rtp_session.hpp"

namespace {
using namespace diemcau;
using namespace diemcau::media;

class NullOutput final : public PacketOutput {
 public:
  std::span<std::uint8_t> reserve() noexcept override { return room_; }
  void commit_rtp(std::size_t) noexcept override {}
  void send_rtcp(std::span<const std::uint8_t>) noexcept override {}
  void flush() noexcept override {}

 private:
  std::array<std::uint8_t, kMaxRtpPacket + 16> room_{};
};

class NullSink final : public OrderedPacketSink, public UplinkSink {
 public:
  void on_ordered_packet(const UplinkPacket&, bool) noexcept override {}
  void on_uplink_packet(const UplinkPacket&) noexcept override {}
};

SessionParameters parameters() {
  SessionParameters p;
  p.cname = "fuzz";
  for (std::size_t i = 0; i < kSlots; ++i) {
    SlotParameters slot;
    slot.slot = static_cast<Slot>(i);
    slot.mid = std::string(1, static_cast<char>('0' + i));
    slot.receive = slot.send = true;
    slot.codec.codec = i == 0 ? Codec::opus : i == 1 ? Codec::vp8 : Codec::h264;
    slot.codec.payload_type = static_cast<std::uint8_t>(96 + 2 * i);
    slot.codec.rtx_payload_type = static_cast<std::uint8_t>(97 + 2 * i);
    slot.codec.nack = slot.codec.pli = slot.codec.remb = slot.codec.transport_cc = true;
    slot.extensions.mid = 1;
    slot.extensions.audio_level = 2;
    slot.extensions.transport_cc = 3;
    slot.simulcast = slot.slot == Slot::main;
    if (slot.simulcast) {
      slot.extensions.rid = 4;
      slot.extensions.repaired_rid = 5;
    }
    slot.local_ssrc = static_cast<std::uint32_t>(10 + i);
    slot.local_rtx_ssrc = static_cast<std::uint32_t>(20 + i);
    slot.remote_ssrc = slot.simulcast ? 0 : static_cast<std::uint32_t>(1 + i);
    p.slots.push_back(slot);
  }
  return p;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The loop is never started: this thread is its own.
  static ManualClock clock;
  static Metrics metrics;
  static EventLoop loop("fuzz", 0, clock, metrics);
  NullOutput output;
  RtpSession session(parameters(), loop, output, metrics, {});
  const auto sink = std::make_shared<NullSink>();
  session.set_uplink_sink(Slot::audio, sink);
  session.set_ordered_sink(Slot::main, Layer::high, sink);
  session.set_ordered_sink(Slot::main, Layer::low, sink);
  session.set_ordered_sink(Slot::second, Layer::high, sink);
  auto stage = EncodedStream::create({{}, Codec::vp8, "stage"}, {&loop}, clock, {});
  session.show(Slot::main, stage);
  while (size >= 2) {
    const bool rtcp = (data[0] & 0x80) != 0;
    const std::size_t length = std::min<std::size_t>((data[0] & 0x07u) << 8 | data[1], size - 2);
    const std::span datagram(data + 2, length);
    clock.advance(std::chrono::milliseconds(data[0] >> 3 & 0x0f));
    rtcp ? session.on_rtcp(datagram, clock.now()) : session.on_rtp(datagram, clock.now());
    session.tick(clock.now());
    data += 2 + length;
    size -= 2 + length;
  }
  session.close();
  return 0;
}
