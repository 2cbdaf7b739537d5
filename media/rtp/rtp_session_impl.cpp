#include "media/rtp/rtp_session_impl.hpp"

#include <algorithm>

#include "media/rtp/feedback_packet.hpp"
#include "media/rtp/rtcp/bye.hpp"
#include "media/rtp/rtcp/key_frame_requests.hpp"
#include "media/rtp/rtcp/nack.hpp"
#include "media/rtp/rtcp/remb.hpp"
#include "media/rtp/rtcp/source_description.hpp"

namespace diemcau::media {

namespace {
using std::chrono::milliseconds;
constexpr Duration kReportInterval = std::chrono::seconds(1);
// A browser puts MID on packets until our first report names its SSRC, and cannot align sound
// and picture before our first sender report: the first comes early.
constexpr Duration kFirstReport = milliseconds(100);
// While pictures or sound go out as they come the tick only measures what is sent; feedback about
// it is judged by what was sent just then.
constexpr Duration kMeasure = milliseconds(200), kMeasured = milliseconds(20);
constexpr Duration kShortestRoundTrip = milliseconds(5);
// Lifts a ceiling in a browser, which keeps the last one it heard.
constexpr std::uint64_t kNoCeiling = 1'000'000'000;
// Of one packet of sound, bits: RTP and its extensions, SRTP, UDP and IPv4.
constexpr double kSoundHeaders = 64 * 8;

HeaderExtensionIds merge(const std::vector<SlotParameters>& slots) {
  // RFC 8843 §7.1.3: in one BUNDLE group an id means the same everywhere.
  HeaderExtensionIds ids;
  for (const SlotParameters& slot : slots) {
    const auto take = [](std::uint8_t& to, std::uint8_t from) { to = to == 0 ? from : to; };
    take(ids.mid, slot.extensions.mid);
    take(ids.rid, slot.extensions.rid);
    take(ids.repaired_rid, slot.extensions.repaired_rid);
    take(ids.audio_level, slot.extensions.audio_level);
    take(ids.abs_send_time, slot.extensions.abs_send_time);
    take(ids.transport_cc, slot.extensions.transport_cc);
    take(ids.playout_delay, slot.extensions.playout_delay);
  }
  return ids;
}

std::uint32_t own_ssrc(const std::vector<SlotParameters>& slots) {
  for (const SlotParameters& slot : slots)
    if (slot.local_ssrc != 0) return slot.local_ssrc;
  return 1;
}
}  // namespace

RtpSession::Impl::Impl(const SessionParameters& parameters, EventLoop& event_loop,
                       PacketOutput& out, Metrics& metrics, RtpSessionEvents session_events)
    : loop(event_loop),
      output(out),
      events(std::move(session_events)),
      counters(metrics),
      ntp(event_loop.clock()),
      cname(parameters.cname.empty() ? "diemcau" : parameters.cname),
      ids(merge(parameters.slots)),
      ssrc(own_ssrc(parameters.slots)),
      receiving(parameters.slots, ids, ssrc, counters,
                [this](Slot slot, Layer layer, bool flowing) {
                  if (events.on_uplink_flow) events.on_uplink_flow(slot, layer, flowing);
                }) {
  for (SlotParameters slot : parameters.slots) {
    const std::size_t i = index_of(slot.slot);
    if (i >= kSlots) continue;
    slot.extensions = ids;
    if (slot.send && slot.local_ssrc != 0 && !senders[i])
      senders[i] = std::make_unique<RtpSender>(
          slot, SenderContext{loop, output, ntp, counters, transport_sequence, line.pacer()});
  }
  const TimePoint now = loop.clock().now();
  next_report = now + kReportInterval;
  next_statistics = now + kReportInterval;
}

void RtpSession::Impl::on_rtp(std::span<const std::uint8_t> bytes, TimePoint arrived) {
  next_tick = {};
  const auto outcome = receiving.on_rtp(bytes, arrived);
  if (outcome.new_source) {
    ceiling_repeats = ceiling > 0 ? 1 : ceiling_repeats;
    next_report = std::min(next_report, arrived + kFirstReport);
  }
  if (outcome.urgent) send_feedback(arrived);
}

void RtpSession::Impl::on_rtcp(std::span<const std::uint8_t> bytes, TimePoint arrived) {
  if (arrived - measured >= kMeasured) measure_sent(arrived);
  rtcp::CompoundReader reader(bytes);
  while (const auto packet = reader.next()) {
    switch (packet->type) {
      case rtcp::kSenderReport:
        if (const auto report = rtcp::SenderReport::parse(*packet)) {
          receiving.on_sender_report(*report, arrived);
          on_report_blocks(report->blocks, arrived);
        } else {
          counters.reject(RejectReason::malformed);
        }
        break;
      case rtcp::kReceiverReport:
        if (const auto report = rtcp::ReceiverReport::parse(*packet))
          on_report_blocks(report->blocks, arrived);
        else
          counters.reject(RejectReason::malformed);
        break;
      case rtcp::kBye:
        if (const auto bye = rtcp::Bye::parse(*packet)) receiving.on_bye(*bye);
        break;
      case rtcp::kTransportFeedback:
        on_transport_feedback(*packet, arrived);
        break;
      case rtcp::kPayloadFeedback:
        on_payload_feedback(*packet, arrived);
        break;
      default:
        break;  // SDES tells nothing we use; unknown types are skipped (RFC 3550 §6.1)
    }
  }
  if (reader.malformed()) counters.reject(RejectReason::malformed);
  look_for_choke(arrived);
}

/// On the loop itself and at once: what is sent while the conference thinks delays the sound.
void RtpSession::Impl::look_for_choke(TimePoint now) {
  if (!line.choked(now)) return;
  next_tick = {};
  counters.line_chokes.add();
  for (const auto& sender : senders)
    if (sender) sender->give_way();
  if (events.on_choke) events.on_choke(line.estimate(now));
}

void RtpSession::Impl::measure_sent(TimePoint now) {
  measured = now;
  std::uint64_t bytes = 0;
  for (const auto& sender : senders) {
    if (!sender) continue;
    sender->mark_sent(now);
    bytes += sender->wire_bytes();
  }
  line.estimator().on_sent(bytes, now);
}

void RtpSession::Impl::on_report_blocks(const rtcp::ReportBlocks& blocks, TimePoint now) {
  for (const rtcp::ReportBlock& block : blocks) {
    RtpSender* sender = sender_of(block.ssrc);
    if (sender == nullptr) continue;
    FlowReport report = sender->on_report_block(block, now);
    report.own_delay = own_delay;
    line.estimator().on_report(index_of(sender->slot()), report, now);
    // Both directions run over one path, so it paces our own NACKs too.
    if (const auto trip = sender->round_trip()) round_trip = std::max(kShortestRoundTrip, *trip);
  }
}

void RtpSession::Impl::on_transport_feedback(const rtcp::PacketView& packet, TimePoint now) {
  const auto nack = rtcp::Nack::parse(packet);
  if (!nack) return;
  RtpSender* sender = sender_of(nack->media_ssrc);
  if (sender == nullptr) return;
  sender->on_nack(*nack, now);
  nack->for_each([&](std::uint16_t sequence) {
    if (!sender->gave_up(sequence))
      line.estimator().on_missing(index_of(sender->slot()), sequence, now);
  });
}

void RtpSession::Impl::on_payload_feedback(const rtcp::PacketView& packet, TimePoint now) {
  if (const auto pli = rtcp::Pli::parse(packet)) {
    if (RtpSender* sender = sender_of(pli->media_ssrc)) sender->on_key_frame_request();
  } else if (const auto fir = rtcp::Fir::parse(packet)) {
    for (const auto& entry : fir->entries)
      if (RtpSender* sender = sender_of(entry.ssrc)) sender->on_key_frame_request();
  } else if (const auto remb = rtcp::Remb::parse(packet)) {
    peer_remb = static_cast<double>(remb->bitrate);
    line.estimator().on_remb(peer_remb, now);
  }
}

void RtpSession::Impl::tick(TimePoint now) {
  // RTCP measures too: were there more, the estimator's ring would be shorter than its window.
  if (now - measured >= kMeasured) measure_sent(now);
  line.tick(now);
  receiving.tick(now, round_trip);
  for (const auto& sender : senders) {
    if (!sender) continue;
    sender->tick(now);
    if (sender->active()) report_soon(now);
  }
  tick_probe(now);
  send_feedback(now);
  send_transport_feedback(now);
  if (now >= next_report) send_reports(now);
  if (now >= next_statistics) publish_statistics(now);
  output.flush();
  next_tick = tick_again(now);
}

void RtpSession::Impl::tick_probe(TimePoint now) {
  if (!probe) return;
  probe->tick(now, output, [this] { return probed->next_rtx_sequence(); });
  if (!probe->running()) end_probe(true);
}

/// At every turn while something may be due any moment, else when the next thing is.
TimePoint RtpSession::Impl::tick_again(TimePoint now) const noexcept {
  if (line.busy(now) || receiving.busy(now) || probe) return now;
  TimePoint due = std::min(next_report, next_statistics);
  for (const auto& sender : senders) {
    if (!sender || !sender->showing()) continue;
    if (sender->waiting() || !reported) return now;
    due = std::min(due, now + kMeasure);
  }
  return due;
}

void RtpSession::Impl::report_soon(TimePoint now) {
  if (!reported) next_report = std::min(next_report, now + kFirstReport);
}

void RtpSession::Impl::send_feedback(TimePoint now) {
  FeedbackPacket packet(ssrc, cname);
  receiving.write_feedback(now, round_trip, packet.writer());
  packet.send(output);
}

void RtpSession::Impl::send_transport_feedback(TimePoint now) {
  if (!receiving.transport_feedback_due(now)) return;
  while (const auto* message = receiving.next_transport_feedback(ssrc, now)) {
    FeedbackPacket packet(ssrc, cname);
    if (message->write(packet.writer())) counters.feedback_sent.add();
    packet.send(output);
  }
}

void RtpSession::Impl::send_reports(TimePoint now) {
  next_report = now + kReportInterval;
  rtcp::ReportBlocks blocks;
  receiving.add_reports(now, blocks);
  std::array<std::uint8_t, kMaxRtpPacket> room{};
  rtcp::Writer out(room);
  rtcp::SourceDescription description;
  for (const auto& sender : senders) {
    if (!sender || !sender->active()) continue;
    auto report = sender->report(now);
    report.blocks = std::exchange(blocks, {});  // all of them ride with the first
    report.write(out);
    description.chunks.push_back({report.ssrc, cname});
  }
  if (description.chunks.empty()) {
    if (blocks.empty()) return;  // nobody sends anything yet
    rtcp::ReceiverReport{ssrc, blocks}.write(out);
    description.chunks.push_back({ssrc, cname});
  }
  description.write(out);
  if (ceiling_repeats > 0 || ceiling > 0) write_ceiling(out);
  output.send_rtcp(out.written());
  reported = true;
}

bool RtpSession::Impl::write_ceiling(rtcp::Writer& out) {
  rtcp::Remb remb;
  remb.sender_ssrc = ssrc;
  remb.bitrate = ceiling > 0 ? static_cast<std::uint64_t>(ceiling) : kNoCeiling;
  receiving.name_sources(remb);
  if (remb.ssrcs.empty() || !remb.write(out)) return false;
  if (ceiling_repeats > 0) --ceiling_repeats;
  return true;
}

void RtpSession::Impl::publish_statistics(TimePoint now) {
  next_statistics = now + kReportInterval;
  SessionStatistics statistics;
  statistics.remb = peer_remb;
  receiving.measure(now, statistics.up);
  for (std::size_t i = 0; i < kSlots; ++i) {
    if (senders[i]) {
      RtpSender& sender = *senders[i];
      auto& down = statistics.down[i];
      down.packets = sender.meter().packets();
      down.bytes = sender.meter().bytes();
      down.lost = static_cast<std::uint64_t>(
          std::max<std::int32_t>(0, sender.last_block().cumulative_lost));
      down.retransmitted = sender.retransmitted();
      down.bitrate = sender.measure(now, line.repair_rate());
      down.fraction_lost = sender.last_block().fraction_lost / 256.0;
      down.jitter = sender.jitter();
      down.round_trip = sender.round_trip().value_or(Duration{});
    }
  }
  if (const auto& sender = senders[index_of(Slot::audio)])
    line.estimator().on_repaired(sender->asked_share());
  statistics.line = line.estimate(now);
  const auto& sound = statistics.down[index_of(Slot::audio)];
  if (sound.bitrate > 0)
    line.set_sound(sound.bitrate +
                   kSoundHeaders * static_cast<double>(sound.packets - sound_packets));
  sound_packets = sound.packets;
  if (events.on_statistics) events.on_statistics(statistics);
}

}  // namespace diemcau::media
