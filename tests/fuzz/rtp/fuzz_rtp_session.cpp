// A whole session that sends sound and pictures, fed raw datagrams: 2 bytes of length and kind,
// then the datagram, repeated. Length 0: what the server does with the session.

#include <array>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/event_loop.hpp"
#include "media/rtp/rtp_packet.hpp"
#include "media/rtp/rtp_session.hpp"

namespace {
using namespace diemcau;
using namespace diemcau::media;

constexpr std::uint32_t kFirst = 10, kFirstRtx = 20;

/// Remembers what left under which number: SRTP's nonce is made of these two, so that one number
/// may carry one packet only, to the byte (RFC 3711 §9.1).
class Output final : public PacketOutput {
 public:
  std::span<std::uint8_t> reserve() noexcept override { return room_; }
  void commit_rtp(std::size_t size) noexcept override {
    if (size > room_.size()) std::abort();
    const auto packet = parse_rtp(std::span(room_).first(size));
    if (!packet) std::abort();
    std::vector<std::uint8_t> bytes(room_.begin(),
                                    room_.begin() + static_cast<std::ptrdiff_t>(size));
    const auto [was, fresh] = sent_.try_emplace({packet->ssrc, packet->sequence}, bytes);
    if (!fresh && was->second != bytes) std::abort();
    if (fresh && packet->ssrc < kFirstRtx) order_.push_back(was->first);
  }
  void send_rtcp(std::span<const std::uint8_t>) noexcept override {}
  void flush() noexcept override {}
  /// Numbers of 16 bits begin again some time.
  bool full() const noexcept { return sent_.size() > 0x4000; }
  using Number = std::pair<std::uint32_t, std::uint16_t>;  // SSRC, sequence
  /// So many packets before the newest that was no repair.
  std::optional<Number> before_newest(std::size_t back) const {
    return back < order_.size() ? std::optional(order_[order_.size() - 1 - back]) : std::nullopt;
  }

 private:
  std::array<std::uint8_t, kMaxForwardedPacket + 16> room_{};
  std::map<Number, std::vector<std::uint8_t>> sent_;
  std::vector<Number> order_;
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
    // Sound is repaired under its own numbers.
    if (i != 0) slot.codec.rtx_payload_type = static_cast<std::uint8_t>(97 + 2 * i);
    slot.codec.nack = slot.codec.pli = slot.codec.remb = slot.codec.transport_cc = true;
    slot.extensions.mid = 1;
    slot.extensions.audio_level = 2;
    slot.extensions.transport_cc = 3;
    slot.simulcast = slot.slot == Slot::main;
    if (slot.simulcast) {
      slot.extensions.rid = 4;
      slot.extensions.repaired_rid = 5;
    }
    slot.local_ssrc = kFirst + static_cast<std::uint32_t>(i);
    slot.local_rtx_ssrc = kFirstRtx + static_cast<std::uint32_t>(i);
    slot.remote_ssrc = slot.simulcast ? 0 : static_cast<std::uint32_t>(1 + i);
    p.slots.push_back(slot);
  }
  return p;
}

constexpr SourceId kSelf{1}, kOther{2};

/// A tick of sound: for the session's own site, for another, for all others.
PacketChunkPtr sound(std::int64_t index, TimePoint now) {
  auto chunk = std::make_shared<PacketChunk>();
  chunk->captured = chunk->produced = now;
  for (const SourceId variant : {SourceId{}, kSelf, kOther}) {
    PacketInfo info;
    info.offset = static_cast<std::uint32_t>(chunk->bytes.size());
    info.size = 60;
    info.index = index;
    info.timestamp = static_cast<std::uint32_t>(index * 960);
    info.variant = variant;
    chunk->bytes.resize(chunk->bytes.size() + info.size, static_cast<std::uint8_t>(variant.value));
    chunk->packets.push_back(info);
  }
  return chunk;
}

/// A VP8 picture of three packets.
PacketChunkPtr picture(std::int64_t number, bool key, TimePoint now) {
  auto chunk = std::make_shared<PacketChunk>();
  chunk->captured = chunk->produced = now;
  for (int i = 0; i < 3; ++i) {
    const std::array<std::uint8_t, 5> head{static_cast<std::uint8_t>(i == 0 ? 0x90 : 0x80), 0x80,
                                           static_cast<std::uint8_t>(0x80 | (number >> 8 & 0x7f)),
                                           static_cast<std::uint8_t>(number & 0xff),
                                           static_cast<std::uint8_t>(key ? 0 : 1)};
    PacketInfo info;
    info.offset = static_cast<std::uint32_t>(chunk->bytes.size());
    info.size = 400;
    info.index = 3 * number + i;
    info.timestamp = static_cast<std::uint32_t>(number * 3600);
    info.key_start = key && i == 0;
    info.marker = i == 2;
    chunk->bytes.insert(chunk->bytes.end(), head.begin(), head.end());
    chunk->bytes.resize(info.offset + info.size, static_cast<std::uint8_t>(info.index));
    chunk->packets.push_back(info);
  }
  return chunk;
}

/// One session, what it is shown and what is done to it.
class Scene {
 public:
  Scene(EventLoop& loop, ManualClock& clock, Metrics& metrics)
      : clock_(clock), session_(parameters(), loop, output_, metrics, {}) {
    const auto sink = std::make_shared<NullSink>();
    session_.set_uplink_sink(Slot::audio, sink);
    session_.set_ordered_sink(Slot::main, Layer::high, sink);
    session_.set_ordered_sink(Slot::main, Layer::low, sink);
    session_.set_ordered_sink(Slot::second, Layer::high, sink);
    mix_ = EncodedStream::create({{}, Codec::opus, "mix"}, {&loop}, clock, {});
    for (auto& stage : stages_)
      stage = EncodedStream::create({{}, Codec::vp8, "stage"}, {&loop}, clock, {});
    session_.show(Slot::audio, mix_, kSelf);
    session_.show(Slot::main, stages_[0]);
  }
  ~Scene() { session_.close(); }

  bool over() const noexcept { return output_.full(); }
  /// 5 bits: three of what, two of how.
  void command(unsigned bits) {
    const unsigned how = bits >> 3 & 3;
    switch (bits & 7) {
      case 0:
        return session_.set_line(std::array{0.0, 40'000.0, 300'000.0, 2'000'000.0}[how]);
      case 1:
        return session_.show(Slot::main, how == 3 ? nullptr : stages_[how % 2]);
      case 2:
        return session_.show(Slot::audio, how == 3 ? nullptr : mix_, SourceId{how});
      case 3:
        session_.start_probe(how % 2 == 0 ? Slot::main : Slot::second,
                             {{1'000'000, std::chrono::milliseconds(40)}});
        return;
      case 4:
        return session_.set_uplink_ceiling(how * 100'000.0);
      case 5:
        return ask_again(7 * how);
      default:
        key_ = true;
    }
  }
  void datagram(bool rtcp, std::span<const std::uint8_t> bytes) {
    rtcp ? session_.on_rtcp(bytes, clock_.now()) : session_.on_rtp(bytes, clock_.now());
  }
  void round() {
    mix_->publish(sound(rounds_, clock_.now()));
    for (const auto& stage : stages_) stage->publish(picture(rounds_, key_, clock_.now()));
    key_ = ++rounds_ % 16 == 0;
    session_.tick(clock_.now());
  }

  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

 private:
  /// A NACK (RFC 4585 §6.2.1) of a packet that was sent and some before it.
  void ask_again(std::size_t back) {
    const auto number = output_.before_newest(back);
    if (!number) return;
    const auto [ssrc, sequence] = *number;
    const std::array<std::uint8_t, 16> nack{0x81,
                                            205,
                                            0,
                                            3,
                                            0,
                                            0,
                                            0,
                                            1,
                                            0,
                                            0,
                                            0,
                                            static_cast<std::uint8_t>(ssrc),
                                            static_cast<std::uint8_t>((sequence - 2) >> 8 & 0xff),
                                            static_cast<std::uint8_t>((sequence - 2) & 0xff),
                                            0,
                                            3};
    datagram(true, nack);
  }

  ManualClock& clock_;
  Output output_;
  RtpSession session_;
  std::shared_ptr<EncodedStream> mix_;
  std::array<std::shared_ptr<EncodedStream>, 2> stages_;
  std::int64_t rounds_ = 0;
  bool key_ = true;
};

void play(Scene& scene, ManualClock& clock, std::span<const std::uint8_t> input) {
  while (input.size() >= 2 && !scene.over()) {
    const std::uint8_t head = input[0];
    const std::size_t wanted = (head & 0x07u) << 8 | input[1];
    input = input.subspan(2);
    if (wanted == 0)
      scene.command(head >> 3);
    else
      clock.advance(std::chrono::milliseconds(head >> 3 & 0x0f));
    const auto datagram = input.first(std::min(wanted, input.size()));
    scene.datagram((head & 0x80) != 0, datagram);
    scene.round();
    input = input.subspan(datagram.size());
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ManualClock clock;
  static Metrics metrics;
  static EventLoop loop("fuzz", 0, clock, metrics);
  static const bool started = (loop.start(), true);
  const bool ran = loop.post_and_wait([&] {
    Scene scene(loop, clock, metrics);
    play(scene, clock, {data, size});
  });
  if (!started || !ran) std::abort();
  return 0;
}
