// What a sender sends again, and how much of it.

#include <algorithm>
#include <utility>

#include "media/rtp/byte_order.hpp"
#include "media/rtp/rtp_sender.hpp"

namespace diemcau::media {

namespace {
using std::chrono::milliseconds;

constexpr double kRetransmitShare = 0.5;  // of what is sent
constexpr Duration kShortestRepeat = milliseconds(5);
// Over a thin line: room for a few packets, no burst.
constexpr double kThinRepairBurst = 6'000;  // bytes
// Of a second's packets and the second before it.
constexpr double kAskedWeight = 0.5;
// A receiver forgets what it waits for long before so many more were sent.
constexpr std::int64_t kAskedLate = 0x4000;
}  // namespace

bool RtpSender::gave_up(std::uint16_t sequence) const noexcept {
  if (given_up_ < 0 || numbering_.newest() - given_up_ > kAskedLate) return false;
  return static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(given_up_ & 0xffff)) <= 0;
}

void RtpSender::on_nack(const rtcp::Nack& nack, TimePoint now) {
  if (!parameters_.codec.nack && !parameters_.codec.rtx_payload_type) return;
  nack.for_each([&](std::uint16_t sequence) {
    if (asked_ever_ == 0 || static_cast<std::int16_t>(sequence - newest_asked_) > 0) {
      newest_asked_ = sequence;
      ++asked_ever_;
    }
    retransmit(sequence, now);
  });
  context_.output.flush();
}

void RtpSender::retransmit(std::uint16_t sequence, TimePoint now) {
  const auto origin = numbering_.resolve(sequence);
  const auto stream = origin.segment == nullptr ? nullptr : origin.segment->stream.lock();
  const auto found = stream == nullptr
                         ? EncodedStream::Found{}
                         : stream->find(context_.loop, origin.index, origin.segment->self);
  const Original* original = originals_.empty() ? nullptr : &originals_[sequence % kRecent];
  if (found.packet == nullptr ||
      (original != nullptr && (!original->sent || original->sequence != sequence ||
                               original->variant != found.packet->variant))) {
    context_.counters.retransmit_unknown.add();
    return;
  }
  // Two NACKs that crossed one retransmission are one loss. Of sound, which has no time to be
  // asked for again, the answer may have been lost as well.
  Recent& recent = recent_[sequence % kRecent];
  const Duration trip = round_trip_.value_or(Duration{});
  const Duration spacing =
      std::max(kShortestRepeat, is_video(parameters_.codec.codec) ? trip * 3 / 4 : trip / 3);
  if (recent.sequence == sequence && recent.at != TimePoint{} && now - recent.at < spacing) return;

  const auto& codec = parameters_.codec;
  const HeaderTemplate& header = original != nullptr ? header_ : rtx_header_;
  const std::size_t head = header.size() + (original != nullptr ? 0 : 2);
  const std::size_t size = head + found.packet->size;
  // While a choked line runs empty only sound is repaired, and what was on its way when it choked
  // not even then: the picture begins again with a key frame, and those repairs would fill the
  // line.
  const bool held = is_video(codec.codec) && (context_.pacer.held(now) || gave_up(sequence));
  if (held || !retransmission_budget_.take(static_cast<double>(size), now)) {
    context_.counters.retransmit_limited.add();
    return;
  }
  const auto room = context_.output.reserve();
  if (room.empty() || size > std::min(room.size(), kMaxForwardedPacket)) {
    context_.counters.reject(room.empty() ? RejectReason::not_ready : RejectReason::too_large);
    return;
  }
  const auto numbers = OutputNumbering::numbers(*origin.segment, *found.packet);
  HeaderFields fields;
  fields.marker = found.packet->marker;
  fields.timestamp = numbers.timestamp;
  if (original != nullptr) {
    fields.payload_type = origin.segment->payload_type;
    fields.sequence = numbers.sequence;
    fields.abs_send_time = original->abs_send_time;
    fields.transport_sequence = original->transport_sequence;
  } else {
    fields.payload_type = *codec.rtx_payload_type;
    fields.sequence = next_rtx_sequence();
    fields.abs_send_time = NtpClock::abs_send_time(context_.ntp.at(now));
    if (header.has_transport_sequence()) fields.transport_sequence = ++context_.transport_sequence;
    store16(room.data() + header.size(), numbers.sequence);  // RFC 4588 §4: OSN
  }
  header.write(room.data(), fields);
  std::copy_n(found.chunk->bytes.data() + found.packet->offset, found.packet->size,
              room.data() + head);
  if (origin.segment->codec == Codec::vp8)
    shift_vp8_numbers(room.subspan(head, found.packet->size), origin.segment->picture_id_offset,
                      origin.segment->tl0_offset);
  context_.output.commit_rtp(size);
  wire_bytes_ += size + kLowerHeaders;
  if (is_video(origin.segment->codec)) context_.pacer.spend(size + kLowerHeaders);
  recent = {sequence, now};
  ++retransmitted_;
  context_.counters.retransmitted.add();
}

double RtpSender::measure(TimePoint now, double repair_rate) noexcept {
  const double rate = meter_.rate(now);
  const std::uint64_t sent = meter_.packets() - std::exchange(sent_before_, meter_.packets());
  const std::uint64_t asked = asked_ever_ - std::exchange(asked_before_, asked_ever_);
  const double share =
      sent == 0 ? 0 : std::min(1.0, static_cast<double>(asked) / static_cast<double>(sent));
  asked_share_ += kAskedWeight * (share - asked_share_);
  if (repair_rate > 0 && is_video(parameters_.codec.codec))
    retransmission_budget_.limit(repair_rate / 8, kThinRepairBurst);
  else
    retransmission_budget_.limit(kLeastRepairs + kRetransmitShare * rate / 8, kRepairBurst);
  return rate;
}

}  // namespace diemcau::media
