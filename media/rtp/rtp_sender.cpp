#include "media/rtp/rtp_sender.hpp"

#include <algorithm>
#include <utility>

#include "base/prefetch.hpp"
#include "base/random.hpp"
#include "media/rtp/byte_order.hpp"

namespace diemcau::media {

namespace {
using std::chrono::milliseconds;

constexpr Duration kAskAgain = milliseconds(500);
// A kept key frame is worth sending to a newcomer when little has happened since.
constexpr Duration kReplayAge = std::chrono::seconds(1);
constexpr std::size_t kReplayPackets = 250;
// Of a stream's history what is older than this share of its age is about to fall out.
constexpr double kOldestQueued = 0.85;
// A queue that a newer key frame has overtaken by so much is skipped.
constexpr Duration kWorthSkipping = milliseconds(400);
// One receiver may not key a stream that others watch more often.
constexpr Duration kKeyFrameInterval = milliseconds(500);
constexpr std::string_view kRedLabel = "mix-red";
// Header room beside the largest payload; RTX has two bytes more of its own.
constexpr std::size_t kHeaderRoom = kMaxRtpPacket - kMaxRtpPayload;

HeaderTemplate make_header(const SlotParameters& p, std::uint32_t ssrc, std::size_t most) {
  HeaderTemplate::Options options;
  options.ssrc = ssrc;
  options.mid = p.mid;
  options.ids = p.extensions;
  // A browser that gets transport-wide numbers sends feedback every 50 ms and no REMB; nobody
  // here reads that feedback, so they are written only where there is no REMB to be had.
  options.transport_sequence = is_video(p.codec.codec) && p.codec.transport_cc && !p.codec.remb;
  options.playout_delay = is_video(p.codec.codec);
  if (p.send_layer)
    (ssrc == p.local_ssrc ? options.rid : options.repaired_rid) = rid_of(*p.send_layer);
  options.most = most;
  return HeaderTemplate(options);
}
}  // namespace

RtpSender::RtpSender(const SlotParameters& parameters, SenderContext context)
    : context_(context),
      header_(make_header(parameters, parameters.local_ssrc, kHeaderRoom)),
      // Below the middle, so that early losses do not straddle the wrap (RFC 3711 §3.3.1).
      numbering_(random_bits<std::uint16_t>() & 0x7fff, random_bits<std::uint32_t>()),
      originals_(repairs_by_rtx(parameters) ? 0 : kRecent),
      parameters_(parameters),
      rtx_header_(make_header(parameters, parameters.local_rtx_ssrc, kHeaderRoom - 2)),
      rtx_sequence_(random_bits<std::uint16_t>() & 0x7fff),
      retransmission_budget_(kLeastRepairs, kRepairBurst) {}

RtpSender::~RtpSender() {
  leave(pending_);
  leave(current_);
}

void RtpSender::leave(std::shared_ptr<EncodedStream>& stream) {
  if (const auto left = std::move(stream)) left->remove_reader(context_.loop, *this);
  stream.reset();
}

bool RtpSender::fits(const EncodedStream& stream) const noexcept {
  return stream.codec() == parameters_.codec.codec;
}

std::uint8_t RtpSender::payload_type_of(const EncodedStream& stream) const noexcept {
  const auto& codec = parameters_.codec;
  const bool red = codec.red_payload_type && stream.options().label.starts_with(kRedLabel);
  return red ? *codec.red_payload_type : codec.payload_type;
}

void RtpSender::show(std::shared_ptr<EncodedStream> stream, SourceId self) {
  self_ = self;
  if (stream && !fits(*stream)) {  // a stream the site cannot decode
    context_.counters.reject(RejectReason::payload_type);
    stream.reset();
  }
  if (stream == pending_ && stream) return;
  leave(pending_);
  if (stream == current_) {
    if (current_ && !begin_segment_) numbering_.set_self(self);
    return;
  }
  if (!stream) {
    leave(current_);
    return;
  }
  if (!is_video(stream->codec())) {
    leave(current_);
    current_ = std::move(stream);
    begin_segment_ = true;
    current_->add_reader(context_.loop, *this);
    return;
  }
  pending_ = std::move(stream);
  pending_->add_reader(context_.loop, *this);
  const TimePoint now = context_.loop.clock().now();
  if (!switch_now(now)) {
    asked_ = now;
    pending_->request_key_frame();
  }
}

void RtpSender::give_way() {
  if (!is_video(parameters_.codec.codec) || !current_) return;
  queued_ = false;
  given_up_ = numbering_.newest();
  if (pending_)
    leave(current_);
  else
    pending_ = std::exchange(current_, nullptr);
  gave_way_ = true;
}

/// Begins the pending stream with the key frame that is kept of it, if that is new and small.
bool RtpSender::switch_now(TimePoint now) {
  if (context_.pacer.held(now) || context_.output.reserve().empty()) return false;
  std::size_t packets = 0;
  std::optional<TimePoint> oldest;
  const bool kept = pending_->replay_from_key_frame(context_.loop, [&](const PacketChunk& chunk) {
    packets += chunk.packets.size();
    if (!oldest) oldest = chunk.produced;
  });
  if (!kept || packets > kReplayPackets || now - *oldest > kReplayAge) return false;
  const auto stream = pending_;
  stream->replay_from_key_frame(context_.loop, [&](const PacketChunk& chunk) {
    if (pending_) {
      std::size_t first = 0;
      while (first < chunk.packets.size() && !chunk.packets[first].key_start) ++first;
      if (first == chunk.packets.size()) return;
      take_pending();
      pace(chunk, first, now);
    } else {
      pace(chunk, 0, now);
    }
  });
  context_.output.flush();
  return true;
}

void RtpSender::take_pending() {
  leave(current_);
  current_ = std::move(pending_);
  pending_.reset();
  begin_segment_ = true;
  queued_ = false;
}

void RtpSender::mark_sent(TimePoint now) noexcept {
  if (active()) delivery_.on_sent(numbering_.newest(), wire_bytes_, now);
}

void RtpSender::tick(TimePoint now) {
  if (queued_) let_out(now);
  if (!pending_ || context_.pacer.held(now)) return;
  if (now - asked_ < kAskAgain && !gave_way_) return;
  gave_way_ = false;
  if (switch_now(now)) return;
  asked_ = now;
  pending_->request_key_frame();
}

void RtpSender::on_chunk(EncodedStream& stream, const PacketChunk& chunk) noexcept {
  if (&stream == pending_.get()) {
    std::size_t first = 0;
    while (first < chunk.packets.size() && !chunk.packets[first].key_start) ++first;
    // Before the transport is ready, or while a choked line runs empty, a key frame would be
    // thrown away: wait for another.
    const TimePoint now = context_.loop.clock().now();
    if (first == chunk.packets.size() || context_.pacer.held(now) ||
        context_.output.reserve().empty())
      return;
    take_pending();
    pace(chunk, first, now);
  } else if (&stream == current_.get()) {
    if (context_.pacer.on() || queued_)
      pace(chunk, 0, context_.loop.clock().now());
    else
      send_from(chunk, 0);
  } else {
    return;
  }
  context_.output.flush();
}

void RtpSender::approach(unsigned distance) const noexcept {
  if (distance < kAhead - 1) return context_.output.approach(distance);
  prefetch(&context_.output, PacketOutput::kFirstLines);
  prefetch(&context_.pacer);
  prefetch(&context_.counters.video_out);
  prefetch(&context_.ntp);
  sent_.approach(numbering_.newest() + 1);
  if (!originals_.empty())
    prefetch(&originals_[static_cast<std::size_t>(numbering_.newest() + 1) % kRecent]);
}

/// Sound, and pictures that no line holds back, go at once; the rest joins the queue.
void RtpSender::pace(const PacketChunk& chunk, std::size_t first, TimePoint now) {
  if (!is_video(parameters_.codec.codec) || (!context_.pacer.on() && !queued_))
    return send_from(chunk, first);
  queue_from(chunk, first);
  let_out(now);
}

void RtpSender::queue_from(const PacketChunk& chunk, std::size_t first) {
  const PacketInfo& begins = chunk.packets[first];
  const std::int64_t newest = chunk.packets.back().index;
  if (!queued_) {
    queued_ = true;
    next_index_ = begins.index;
    newest_index_ = newest;
    return;
  }
  newest_index_ = std::max(newest_index_, newest);
  if (newest < next_index_) return send_from(chunk, first);  // a late repair of a forwarded stream
  if (!begins.key_start || begins.index <= next_index_) return;
  const auto waiting = current_->find(context_.loop, next_index_, self_);
  if (waiting.packet != nullptr && chunk.produced - waiting.chunk->produced < kWorthSkipping)
    return;
  context_.counters.paced_dropped.add(static_cast<std::uint64_t>(begins.index - next_index_));
  next_index_ = begins.index;
  begin_segment_ = true;
}

void RtpSender::let_out(TimePoint now) {
  if (!current_ || context_.pacer.held(now)) return;
  const std::uint32_t abs_send_time = NtpClock::abs_send_time(context_.ntp.at(now));
  const auto oldest =
      std::chrono::duration_cast<Duration>(kOldestQueued * current_->options().history_age);
  bool any = false;
  for (; next_index_ <= newest_index_; ++next_index_) {
    const auto found = current_->find(context_.loop, next_index_, self_);
    if (found.packet == nullptr) continue;  // a gap of a forwarded stream
    if (now - found.chunk->produced > oldest) return begin_again(now);
    if (!context_.pacer.take(header_.size() + found.packet->size + kLowerHeaders, now)) break;
    send(*found.chunk, *found.packet, abs_send_time);
    any = true;
  }
  queued_ = next_index_ <= newest_index_;
  if (any) context_.output.flush();
}

/// What waits is too old to catch up with: the picture begins again with a new key frame.
void RtpSender::begin_again(TimePoint now) {
  context_.counters.paced_dropped.add(static_cast<std::uint64_t>(newest_index_ - next_index_ + 1));
  give_way();
  gave_way_ = false;
  asked_ = now;
  pending_->request_key_frame();
}

void RtpSender::send_from(const PacketChunk& chunk, std::size_t first) {
  const std::uint32_t abs_send_time =
      NtpClock::abs_send_time(context_.ntp.at(context_.loop.clock().now()));
  const auto& packets = chunk.packets;
  for (std::size_t i = first; i < packets.size();) {
    // Of the variants with one index the receiver's own, else the common one.
    const PacketInfo* chosen = nullptr;
    const std::int64_t index = packets[i].index;
    for (; i < packets.size() && packets[i].index == index; ++i) {
      if (packets[i].variant == self_ && self_) {
        chosen = &packets[i];
      } else if (!packets[i].variant && chosen == nullptr) {
        chosen = &packets[i];
      }
    }
    if (chosen != nullptr) send(chunk, *chosen, abs_send_time);
  }
}

void RtpSender::send(const PacketChunk& chunk, const PacketInfo& packet,
                     std::uint32_t abs_send_time) {
  const auto room = context_.output.reserve();
  const std::size_t size = header_.size() + packet.size;
  if (room.empty()) {
    context_.counters.reject(RejectReason::not_ready);
    return;
  }
  if (size > std::min(room.size(), kMaxForwardedPacket)) {
    context_.counters.reject(RejectReason::too_large);
    return;
  }
  if (begin_segment_ || numbering_.beyond(packet)) {
    numbering_.begin(current_, self_, payload_type_of(*current_), packet, chunk.payload(packet),
                     chunk.captured);
    begin_segment_ = false;
  } else if (!numbering_.in_segment(packet)) {
    return;  // a late packet from before the switch
  }
  const auto& segment = *numbering_.current();
  if (!sent_.admit(packet.index + segment.offset)) return;
  const auto numbers = OutputNumbering::numbers(segment, packet);
  HeaderFields fields;
  fields.marker = packet.marker;
  fields.payload_type = segment.payload_type;
  fields.sequence = numbers.sequence;
  fields.timestamp = numbers.timestamp;
  fields.abs_send_time = abs_send_time;
  if (header_.has_transport_sequence()) fields.transport_sequence = ++context_.transport_sequence;
  header_.write(room.data(), fields);
  std::copy_n(chunk.bytes.data() + packet.offset, packet.size, room.data() + header_.size());
  std::optional<Vp8Descriptor> vp8;
  if (segment.codec == Codec::vp8)
    vp8 = shift_vp8_numbers(room.subspan(header_.size(), packet.size), segment.picture_id_offset,
                            segment.tl0_offset);
  numbering_.sent(packet, chunk.captured, vp8);
  if (!originals_.empty())
    originals_[fields.sequence % kRecent] = {true, fields.sequence, fields.transport_sequence,
                                             abs_send_time, packet.variant};
  context_.output.commit_rtp(size);
  meter_.add(packet.size);
  wire_bytes_ += size + kLowerHeaders;
  (is_video(segment.codec) ? context_.counters.video_out : context_.counters.audio_out).add();
}

void RtpSender::on_key_frame_request() {
  const TimePoint now = context_.loop.clock().now();
  // One is on its way still, or has just been asked for.
  if (!current_ || queued_ || now - key_frame_answered_ < kKeyFrameInterval) return;
  key_frame_answered_ = now;
  current_->request_key_frame();
}

FlowReport RtpSender::on_report_block(const rtcp::ReportBlock& block, TimePoint now) noexcept {
  last_block_ = block;
  FlowReport report;
  if (const auto delivery =
          delivery_.on_report(static_cast<std::uint16_t>(block.highest_sequence & 0xffff),
                              block.fraction_lost / 256.0, now)) {
    report.fraction_lost = delivery->fraction_lost;
    report.delivered = delivery->rate;
  }
  if (block.last_sr == 0) return report;
  // RFC 3550 §6.4.1: A − LSR − DLSR, modulo 2³².
  const std::uint32_t elapsed =
      NtpClock::compact(context_.ntp.at(now)) - block.last_sr - block.delay_since_last_sr;
  // Clocks that differ a little may give a small negative trip; nonsense is not believed.
  if (elapsed >= 0x80000000) {
    round_trip_ = milliseconds(1);
  } else if (NtpClock::from_compact(elapsed) < std::chrono::seconds(10)) {
    round_trip_ = std::max<Duration>(milliseconds(1), NtpClock::from_compact(elapsed));
  } else {
    return report;
  }
  report.round_trip = *round_trip_;
  report.probed = now - *round_trip_ - NtpClock::from_compact(block.delay_since_last_sr);
  return report;
}

rtcp::SenderReport RtpSender::report(TimePoint now) const noexcept {
  rtcp::SenderReport report;
  report.ssrc = parameters_.local_ssrc;
  report.ntp = context_.ntp.at(now);
  report.rtp_timestamp = numbering_.timestamp_at(now);
  report.packet_count = static_cast<std::uint32_t>(meter_.packets());
  report.octet_count = static_cast<std::uint32_t>(meter_.bytes());
  return report;
}

Duration RtpSender::jitter() const noexcept {
  return Duration(static_cast<std::int64_t>(last_block_.jitter) * 1'000'000'000 /
                  clock_rate(parameters_.codec.codec));
}

}  // namespace diemcau::media
