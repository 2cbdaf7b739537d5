#include "media/rtp/rtp_session.hpp"

#include <algorithm>
#include <string>

#include "media/rtp/feedback_packet.hpp"
#include "media/rtp/ntp_time.hpp"
#include "media/rtp/rtcp/bye.hpp"
#include "media/rtp/rtcp/key_frame_requests.hpp"
#include "media/rtp/rtcp/nack.hpp"
#include "media/rtp/rtcp/remb.hpp"
#include "media/rtp/rtcp/reports.hpp"
#include "media/rtp/rtcp/source_description.hpp"
#include "media/rtp/rtp_demuxer.hpp"
#include "media/rtp/rtp_packet.hpp"
#include "media/rtp/rtp_receiver.hpp"
#include "media/rtp/rtp_sender.hpp"
#include "media/rtp/session_counters.hpp"
#include "media/rtp/transport_feedback_generator.hpp"

namespace diemcau::media {

namespace {
using std::chrono::milliseconds;
constexpr Duration kReportInterval = std::chrono::seconds(1);
// A browser puts MID on packets until our first report names its SSRC, and cannot align sound
// and picture before our first sender report: the first comes early.
constexpr Duration kFirstReport = milliseconds(100);
constexpr Duration kAssumedRoundTrip = milliseconds(100);
constexpr Duration kShortestRoundTrip = milliseconds(5);
// Lifts a ceiling in a browser, which keeps the last one it heard.
constexpr std::uint64_t kNoCeiling = 1'000'000'000;
constexpr int kLiftRepeats = 3;

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

struct RtpSession::Impl {
  Impl(const SessionParameters& parameters, EventLoop& event_loop, PacketOutput& out,
       Metrics& metrics, RtpSessionEvents session_events)
      : loop(event_loop),
        output(out),
        events(std::move(session_events)),
        counters(metrics),
        ntp(event_loop.clock()),
        cname(parameters.cname.empty() ? "diemcau" : parameters.cname),
        ids(merge(parameters.slots)),
        ssrc(own_ssrc(parameters.slots)),
        demuxer(parameters.slots) {
    for (SlotParameters slot : parameters.slots) {
      const std::size_t i = index_of(slot.slot);
      if (i >= kSlots) continue;
      slot.extensions = ids;
      if (slot.send && slot.local_ssrc != 0 && !senders[i])
        senders[i] = std::make_unique<RtpSender>(
            slot, SenderContext{loop, output, ntp, counters, transport_sequence});
      if (slot.local_ssrc == 0) slot.local_ssrc = ssrc;
      if (slot.receive && !receivers[i])
        receivers[i] = std::make_unique<RtpReceiver>(slot, counters);
      transport_cc = transport_cc || (slot.receive && slot.codec.transport_cc);
    }
    const TimePoint now = loop.clock().now();
    next_report = now + kReportInterval;
    next_statistics = now + kReportInterval;
  }

  EventLoop& loop;
  PacketOutput& output;
  RtpSessionEvents events;
  SessionCounters counters;
  NtpClock ntp;
  std::string cname;
  HeaderExtensionIds ids;
  std::uint32_t ssrc;  // in feedback that is no slot's own
  RtpDemuxer demuxer;
  TransportFeedbackGenerator transport_feedback;
  bool transport_cc = false;
  std::uint16_t transport_sequence = 0;
  std::array<std::unique_ptr<RtpReceiver>, kSlots> receivers;
  std::array<std::unique_ptr<RtpSender>, kSlots> senders;
  Duration round_trip = kAssumedRoundTrip;
  TimePoint next_report{}, next_statistics{};
  bool reported = false;
  double ceiling = 0;  // bit/s, 0: none
  int ceiling_repeats = 0;
  double peer_remb = 0;
  bool closed = false;

  void on_rtp(std::span<const std::uint8_t> bytes, TimePoint arrived);
  void on_rtcp(std::span<const std::uint8_t> bytes, TimePoint arrived);
  void on_transport_feedback(const rtcp::PacketView& packet, TimePoint now);
  void on_payload_feedback(const rtcp::PacketView& packet);
  void on_report_blocks(const rtcp::ReportBlocks& blocks, TimePoint now);
  void on_sender_report(const rtcp::SenderReport& report, TimePoint now);
  void on_bye(const rtcp::Bye& bye);
  void tick(TimePoint now);

  void send_feedback(TimePoint now);
  void send_transport_feedback(TimePoint now);
  void send_reports(TimePoint now);
  bool write_ceiling(rtcp::Writer& out);
  void publish_statistics(TimePoint now);
  void report_soon(TimePoint now) {
    if (!reported) next_report = std::min(next_report, now + kFirstReport);
  }
  void tell_flow(Slot slot, bool flowing) const {
    if (events.on_uplink_flow) events.on_uplink_flow(slot, flowing);
  }
  RtpSender* sender_of(std::uint32_t media_ssrc) const noexcept {
    for (const auto& sender : senders)
      if (sender && sender->ssrc() == media_ssrc) return sender.get();
    return nullptr;
  }
};

void RtpSession::Impl::on_rtp(std::span<const std::uint8_t> bytes, TimePoint arrived) {
  const auto packet = parse_rtp(bytes);
  if (!packet) return counters.reject(RejectReason::malformed);
  const RtpExtensions extensions = packet->read_extensions(ids);
  const auto decision = demuxer.route(*packet, extensions.mid, arrived);
  if (const auto* reason = std::get_if<RejectReason>(&decision)) return counters.reject(*reason);
  const auto& route = std::get<RtpDemuxer::Route>(decision);
  RtpReceiver& receiver = *receivers[index_of(route.slot)];
  // The estimator of the sender counts every packet of the transport, padding and RTX too.
  if (transport_cc && extensions.transport_sequence)
    transport_feedback.on_packet(*extensions.transport_sequence, packet->ssrc, arrived);
  if (route.kind == RtpDemuxer::Kind::rtx) {
    receiver.on_rtx(*packet, extensions.audio_level, arrived);
  } else {
    if (route.new_source) {
      receiver.restart();
      ceiling_repeats = ceiling > 0 ? 1 : ceiling_repeats;
      next_report = std::min(next_report, arrived + kFirstReport);
    }
    receiver.on_media(*packet, route.kind == RtpDemuxer::Kind::red, extensions.audio_level,
                      arrived);
  }
  if (receiver.take_flow_started()) tell_flow(route.slot, true);
  if (receiver.urgent(arrived)) send_feedback(arrived);
}

void RtpSession::Impl::on_rtcp(std::span<const std::uint8_t> bytes, TimePoint arrived) {
  rtcp::CompoundReader reader(bytes);
  while (const auto packet = reader.next()) {
    switch (packet->type) {
      case rtcp::kSenderReport:
        if (const auto report = rtcp::SenderReport::parse(*packet))
          on_sender_report(*report, arrived);
        else
          counters.reject(RejectReason::malformed);
        break;
      case rtcp::kReceiverReport:
        if (const auto report = rtcp::ReceiverReport::parse(*packet))
          on_report_blocks(report->blocks, arrived);
        else
          counters.reject(RejectReason::malformed);
        break;
      case rtcp::kBye:
        if (const auto bye = rtcp::Bye::parse(*packet)) on_bye(*bye);
        break;
      case rtcp::kTransportFeedback:
        on_transport_feedback(*packet, arrived);
        break;
      case rtcp::kPayloadFeedback:
        on_payload_feedback(*packet);
        break;
      default:
        break;  // SDES tells nothing we use; unknown types are skipped (RFC 3550 §6.1)
    }
  }
  if (reader.malformed()) counters.reject(RejectReason::malformed);
}

void RtpSession::Impl::on_sender_report(const rtcp::SenderReport& report, TimePoint now) {
  // Of a source's RTX stream the report says nothing about the media (RFC 4588 §6.3).
  for (const auto& receiver : receivers)
    if (receiver && demuxer.media_ssrc(receiver->parameters().slot) == report.ssrc)
      receiver->on_sender_report(report.ntp, now);
  on_report_blocks(report.blocks, now);
}

void RtpSession::Impl::on_report_blocks(const rtcp::ReportBlocks& blocks, TimePoint now) {
  for (const rtcp::ReportBlock& block : blocks) {
    RtpSender* sender = sender_of(block.ssrc);
    if (sender == nullptr) continue;
    sender->on_report_block(block, now);
    // Both directions run over one path, so it paces our own NACKs too.
    if (const auto measured = sender->round_trip())
      round_trip = std::max(kShortestRoundTrip, *measured);
  }
}

void RtpSession::Impl::on_bye(const rtcp::Bye& bye) {
  for (const std::uint32_t source : bye.sources) {
    const auto slot = demuxer.slot_of(source);
    if (slot && demuxer.media_ssrc(*slot) == source && receivers[index_of(*slot)]->flow().stop())
      tell_flow(*slot, false);
  }
}

void RtpSession::Impl::on_transport_feedback(const rtcp::PacketView& packet, TimePoint now) {
  const auto nack = rtcp::Nack::parse(packet);
  if (!nack) return;
  if (RtpSender* sender = sender_of(nack->media_ssrc)) sender->on_nack(*nack, now);
}

void RtpSession::Impl::on_payload_feedback(const rtcp::PacketView& packet) {
  if (const auto pli = rtcp::Pli::parse(packet)) {
    if (RtpSender* sender = sender_of(pli->media_ssrc)) sender->on_key_frame_request();
  } else if (const auto fir = rtcp::Fir::parse(packet)) {
    for (const auto& entry : fir->entries)
      if (RtpSender* sender = sender_of(entry.ssrc)) sender->on_key_frame_request();
  } else if (const auto remb = rtcp::Remb::parse(packet)) {
    peer_remb = static_cast<double>(remb->bitrate);
  }
}

void RtpSession::Impl::tick(TimePoint now) {
  for (std::size_t i = 0; i < kSlots; ++i) {
    if (receivers[i]) {
      receivers[i]->tick(now, round_trip);
      if (receivers[i]->flow().ended(now)) tell_flow(static_cast<Slot>(i), false);
    }
    if (senders[i]) {
      senders[i]->tick(now);
      if (senders[i]->active()) report_soon(now);
    }
  }
  send_feedback(now);
  send_transport_feedback(now);
  if (now >= next_report) send_reports(now);
  if (now >= next_statistics) publish_statistics(now);
  output.flush();
}

void RtpSession::Impl::send_feedback(TimePoint now) {
  FeedbackPacket packet(ssrc, cname);
  for (const auto& receiver : receivers) {
    if (!receiver) continue;
    const std::uint32_t media = demuxer.media_ssrc(receiver->parameters().slot);
    if (media != 0) receiver->write_feedback(now, round_trip, media, packet.writer());
  }
  packet.send(output);
}

void RtpSession::Impl::send_transport_feedback(TimePoint now) {
  if (!transport_cc || !transport_feedback.due(now)) return;
  while (const auto* message = transport_feedback.next(ssrc, now)) {
    FeedbackPacket packet(ssrc, cname);
    if (message->write(packet.writer())) counters.feedback_sent.add();
    packet.send(output);
  }
}

void RtpSession::Impl::send_reports(TimePoint now) {
  next_report = now + kReportInterval;
  rtcp::ReportBlocks blocks;
  for (const auto& receiver : receivers) {
    if (!receiver) continue;
    const std::uint32_t media = demuxer.media_ssrc(receiver->parameters().slot);
    if (media == 0) continue;
    if (const auto block = receiver->report(media, now)) blocks.push_back(*block);
  }
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
  for (const auto& receiver : receivers) {
    if (!receiver || !receiver->parameters().codec.remb) continue;
    if (const std::uint32_t media = demuxer.media_ssrc(receiver->parameters().slot); media != 0)
      remb.ssrcs.push_back(media);
  }
  if (remb.ssrcs.empty() || !remb.write(out)) return false;
  if (ceiling_repeats > 0) --ceiling_repeats;
  return true;
}

void RtpSession::Impl::publish_statistics(TimePoint now) {
  next_statistics = now + kReportInterval;
  SessionStatistics statistics;
  statistics.remb = peer_remb;
  for (std::size_t i = 0; i < kSlots; ++i) {
    if (receivers[i]) {
      RtpReceiver& receiver = *receivers[i];
      auto& up = statistics.up[i];
      up.packets = receiver.meter().packets();
      up.bytes = receiver.meter().bytes();
      up.lost = static_cast<std::uint64_t>(std::max<std::int64_t>(0, receiver.statistics().lost()));
      up.retransmitted = receiver.repaired();
      up.bitrate = receiver.meter().rate(now);
      up.fraction_lost = receiver.fraction_lost();
      up.jitter = receiver.statistics().jitter_time();
    }
    if (senders[i]) {
      RtpSender& sender = *senders[i];
      auto& down = statistics.down[i];
      down.packets = sender.meter().packets();
      down.bytes = sender.meter().bytes();
      down.lost = static_cast<std::uint64_t>(
          std::max<std::int32_t>(0, sender.last_block().cumulative_lost));
      down.retransmitted = sender.retransmitted();
      down.bitrate = sender.measure(now);
      down.fraction_lost = sender.last_block().fraction_lost / 256.0;
      down.jitter = sender.jitter();
      down.round_trip = sender.round_trip().value_or(Duration{});
    }
  }
  if (events.on_statistics) events.on_statistics(statistics);
}

// The facade: thread, closed state, and nothing else.

RtpSession::RtpSession(const SessionParameters& parameters, EventLoop& loop, PacketOutput& output,
                       Metrics& metrics, RtpSessionEvents events)
    : impl_(std::make_unique<Impl>(parameters, loop, output, metrics, std::move(events))) {
  DIEMCAU_RUN_ON(loop.sequence());
}

RtpSession::~RtpSession() {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
}

void RtpSession::on_rtp(std::span<const std::uint8_t> packet, TimePoint arrived) noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (!impl_->closed) impl_->on_rtp(packet, arrived);
}

void RtpSession::on_rtcp(std::span<const std::uint8_t> compound, TimePoint arrived) noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (!impl_->closed) impl_->on_rtcp(compound, arrived);
}

void RtpSession::tick(TimePoint now) noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (!impl_->closed) impl_->tick(now);
}

void RtpSession::set_ordered_sink(Slot slot, std::shared_ptr<OrderedPacketSink> sink) {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (auto& receiver = impl_->receivers[index_of(slot)])
    receiver->set_ordered_sink(std::move(sink));
}

void RtpSession::set_uplink_sink(Slot slot, std::shared_ptr<UplinkSink> sink) {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (auto& receiver = impl_->receivers[index_of(slot)]) receiver->set_uplink_sink(std::move(sink));
}

void RtpSession::set_forward(Slot slot, std::shared_ptr<EncodedStream> stream) {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (auto& receiver = impl_->receivers[index_of(slot)]) receiver->set_forward(std::move(stream));
}

void RtpSession::request_key_frame(Slot slot) noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (auto& receiver = impl_->receivers[index_of(slot)]; receiver && !impl_->closed) {
    receiver->request_key_frame();
    impl_->send_feedback(impl_->loop.clock().now());
  }
}

void RtpSession::set_uplink_ceiling(double bits_per_second) noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  const double before = std::exchange(impl_->ceiling, std::max(0.0, bits_per_second));
  if (before == impl_->ceiling || impl_->closed) return;
  impl_->ceiling_repeats = impl_->ceiling > 0 ? 1 : kLiftRepeats;
  FeedbackPacket packet(impl_->ssrc, impl_->cname);
  impl_->write_ceiling(packet.writer());
  packet.send(impl_->output);
  impl_->output.flush();
}

void RtpSession::show(Slot slot, std::shared_ptr<EncodedStream> stream, SourceId self) {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (impl_->closed) return;
  if (auto& sender = impl_->senders[index_of(slot)]) sender->show(std::move(stream), self);
}

void RtpSession::close() noexcept {
  DIEMCAU_RUN_ON(impl_->loop.sequence());
  if (std::exchange(impl_->closed, true)) return;
  rtcp::Bye bye;
  for (const auto& sender : impl_->senders) {
    if (!sender) continue;
    sender->show(nullptr, {});
    if (sender->active()) bye.sources.push_back(sender->ssrc());
  }
  FeedbackPacket packet(impl_->ssrc, impl_->cname);
  bye.write(packet.writer());
  packet.send(impl_->output);
  impl_->output.flush();
}

}  // namespace diemcau::media
