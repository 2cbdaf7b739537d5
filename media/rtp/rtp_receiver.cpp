#include "media/rtp/rtp_receiver.hpp"

#include <algorithm>

#include "media/codec/red.hpp"
#include "media/rtp/byte_order.hpp"
#include "media/rtp/packet_output.hpp"
#include "media/rtp/rtcp/key_frame_requests.hpp"

namespace diemcau::media {

namespace {
using std::chrono::milliseconds;
// A gap waits for two round trips of NACK and RTX, on a quick line for a few ticks.
constexpr Duration kShortestPatience = milliseconds(80);
constexpr Duration kLongestPatience = milliseconds(300);
constexpr Duration kReorderingOnly = milliseconds(40);
constexpr std::int64_t kRtxAhead = 256;  // RTX of packets whose originals are all lost
// Gaps of one burst share a NACK.
constexpr Duration kNackSpacing = milliseconds(5);
// Sound cannot wait a round trip to learn that its request was lost (docs/decisions/0010).
constexpr int kSoundNacksPerTrip = 3;
}  // namespace

RtpReceiver::RtpReceiver(const SlotParameters& parameters, Layer layer, SessionCounters& counters)
    : parameters_(parameters),
      layer_(layer),
      counters_(counters),
      video_(is_video(parameters.codec.codec)),
      statistics_(clock_rate(parameters.codec.codec)),
      detector_(parameters.codec.codec) {}

void RtpReceiver::restart() noexcept {
  unwrapper_ = SequenceUnwrapper(unwrapper_.newest());
  window_.restart();
  statistics_.restart();
  nack_.restart();
  reorder_.restart();
  if (video_) {
    key_frames_.restart();
    if (ordered_sink_ || forward_) key_frames_.request();
  }
}

void RtpReceiver::on_media(const RtpPacket& packet, bool red, std::optional<std::uint8_t> level,
                           TimePoint arrived) {
  const auto [outcome, index] = unwrapper_.unwrap(packet.sequence);
  if (outcome == SequenceUnwrapper::Outcome::suspicious) {
    counters_.reject(RejectReason::sequence);
    return;
  }
  if (outcome == SequenceUnwrapper::Outcome::restarted) {
    window_.restart();
    statistics_.restart();
    nack_.restart();
    reorder_.restart();
  }
  accept(packet, index, red, level, arrived, false);
}

void RtpReceiver::on_rtx(const RtpPacket& packet, std::optional<std::uint8_t> level,
                         TimePoint arrived) {
  if (packet.payload.size() < 2) return;  // padding sent to probe the line
  const auto index = unwrapper_.resolve(load16(packet.payload.data()));
  // Far from everything received it is no repair, and must not move the window.
  if (!index || *index > *unwrapper_.newest() + kRtxAhead) return;
  RtpPacket original = packet;
  original.payload = packet.payload.subspan(2);
  // A sender may fill the line with packets that nobody asked for: the window knows them.
  accept(original, *index, false, level, arrived, true);
}

void RtpReceiver::accept(const RtpPacket& packet, std::int64_t index, bool red,
                         std::optional<std::uint8_t> level, TimePoint arrived, bool repaired) {
  if (!window_.admit(index)) {
    if (!repaired) counters_.reject(RejectReason::duplicate);
    return;
  }
  if (!repaired) {
    statistics_.on_packet(index, packet.timestamp, arrived);
  } else {
    ++repaired_;
    counters_.repaired.add();
  }
  (video_ ? counters_.video_in : counters_.audio_in).add();
  meter_.add(packet.payload.size());
  const bool key_start = video_ && detector_.starts_key_frame(packet.timestamp, packet.payload);
  const bool flow_started = !packet.payload.empty() && flow_.on_packet(arrived);
  if (key_start && flow_started) {
    // A camera that rested: what got lost before it did is of no use, and its line may be narrow.
    nack_.restart();
    reorder_.restart();
  }
  const std::size_t carried = red ? packets_carried_again(packet.payload) : 0;
  if (parameters_.codec.nack && !nack_.on_packet(index, arrived, carried) && video_)
    key_frames_.request();  // too much is missing to be asked for

  if (key_start) key_frames_.on_key_frame();
  if (flow_started) {
    flow_started_ = true;
    key_frames_.restart();
  }

  UplinkPacket up;
  up.index = index;
  up.timestamp = packet.timestamp;
  up.marker = packet.marker;
  up.red = red;
  if (level) {
    up.audio_level = *level & 0x7f;
    up.voice = (*level & 0x80) != 0;
  }
  up.payload = packet.payload;
  up.arrived = arrived;
  deliver(up, key_start);
}

void RtpReceiver::deliver(const UplinkPacket& packet, bool key_start) {
  if (!uplink_sink_ && !ordered_sink_ && !forward_) {
    counters_.reject(RejectReason::no_sink);
    return;
  }
  if (uplink_sink_ && !packet.payload.empty()) uplink_sink_->on_uplink_packet(packet);
  if (forward_) forward(packet, key_start);
  if (ordered_sink_ && !reorder_.insert(packet, *ordered_sink_))
    counters_.reject(RejectReason::late);
}

void RtpReceiver::forward(const UplinkPacket& packet, bool key_start) {
  if (!forward_->watched() || packet.red) return;
  if (!chunks_) chunks_.emplace(kMaxForwardedPacket);
  auto chunk = chunks_->take();
  chunk->bytes.assign(packet.payload.begin(), packet.payload.end());
  PacketInfo info;
  info.size = static_cast<std::uint16_t>(packet.payload.size());
  info.marker = packet.marker;
  info.key_start = key_start;
  info.timestamp = packet.timestamp;
  info.index = packet.index;
  info.audio_level = packet.audio_level;
  chunk->packets.push_back(info);
  chunk->captured = packet.arrived;
  chunk->produced = packet.arrived;
  chunk->frame_end = packet.marker;
  forward_->publish(std::move(chunk));
}

Duration RtpReceiver::patience(Duration round_trip) const noexcept {
  if (!parameters_.codec.nack) return kReorderingOnly;
  return std::clamp(2 * round_trip + milliseconds(20), kShortestPatience, kLongestPatience);
}

void RtpReceiver::tick(TimePoint now, Duration round_trip) {
  if (!ordered_sink_) return;
  reorder_.poll(now, patience(round_trip), *ordered_sink_);
  if (reorder_.gaps() > gaps_counted_) {
    counters_.gaps.add(reorder_.gaps() - gaps_counted_);
    gaps_counted_ = reorder_.gaps();
  }
}

bool RtpReceiver::urgent(TimePoint now) const noexcept {
  return nack_.has_unasked() && now - last_nack_ >= kNackSpacing;
}

bool RtpReceiver::write_feedback(TimePoint now, Duration round_trip, std::uint32_t media_ssrc,
                                 rtcp::Writer& out) {
  bool any = false;
  rtcp::Nack nack{parameters_.local_ssrc, media_ssrc, {}};
  const Duration repeat = video_ ? round_trip : round_trip / kSoundNacksPerTrip;
  if (nack_.collect(now, repeat, nack) && nack.write(out)) {
    nack.for_each([&](std::uint16_t) { counters_.nacks_sent.add(); });
    last_nack_ = now;
    any = true;
  }
  // A camera that is off answers nothing: ask when it flows.
  const bool can = parameters_.codec.pli || parameters_.codec.fir;
  if (video_ && can && flow_.flowing() && key_frames_.due(now, round_trip)) {
    bool written = false;
    if (parameters_.codec.pli) {
      written = rtcp::Pli{parameters_.local_ssrc, media_ssrc}.write(out);
    } else {
      rtcp::Fir fir{parameters_.local_ssrc, {}};
      fir.entries.push_back({media_ssrc, fir_sequence_++});
      written = fir.write(out);
    }
    if (written) counters_.key_frames_requested.add();
    any = any || written;
  }
  return any;
}

std::optional<rtcp::ReportBlock> RtpReceiver::report(std::uint32_t ssrc, TimePoint now) noexcept {
  if (!statistics_.any()) return std::nullopt;
  auto block = statistics_.report(ssrc, now);
  fraction_lost_ = block.fraction_lost / 256.0;
  return block;
}

void RtpReceiver::set_ordered_sink(std::shared_ptr<OrderedPacketSink> sink) {
  ordered_sink_ = std::move(sink);
  reorder_.restart();  // what waited was for another decoder
  if (ordered_sink_ && video_) key_frames_.request();
}

}  // namespace diemcau::media
