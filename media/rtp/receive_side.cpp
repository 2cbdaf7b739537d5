#include "media/rtp/receive_side.hpp"

#include <algorithm>
#include <utility>

#include "media/rtp/rtp_packet.hpp"

namespace diemcau::media {

ReceiveSide::ReceiveSide(const std::vector<SlotParameters>& slots, const HeaderExtensionIds& ids,
                         std::uint32_t ssrc, SessionCounters& counters, FlowChanged flow_changed)
    : ids_(ids), counters_(counters), flow_changed_(std::move(flow_changed)), demuxer_(slots) {
  for (SlotParameters slot : slots) {
    const std::size_t i = index_of(slot.slot);
    if (i >= kSlots || !slot.receive || receivers_[i][0]) continue;
    slot.extensions = ids;
    if (slot.local_ssrc == 0) slot.local_ssrc = ssrc;
    for (const Layer layer : {Layer::high, Layer::low})
      if (layer == Layer::high || slot.simulcast)
        receivers_[i][index_of(layer)] = std::make_unique<RtpReceiver>(slot, layer, counters);
    transport_cc_ = transport_cc_ || slot.codec.transport_cc;
  }
}

ReceiveSide::Outcome ReceiveSide::on_rtp(std::span<const std::uint8_t> bytes, TimePoint arrived) {
  heard_ = arrived;
  const auto packet = parse_rtp(bytes);
  if (!packet) return counters_.reject(RejectReason::malformed), Outcome{};
  const RtpExtensions extensions = packet->read_extensions(ids_);
  const auto decision = demuxer_.route(*packet, extensions, arrived);
  if (const auto* reason = std::get_if<RejectReason>(&decision))
    return counters_.reject(*reason), Outcome{};
  const auto& route = std::get<RtpDemuxer::Route>(decision);
  RtpReceiver& receiver = *receivers_[index_of(route.slot)][index_of(route.layer)];
  // The estimator of the sender counts every packet of the transport, padding and RTX too.
  if (transport_cc_ && extensions.transport_sequence)
    transport_feedback_.on_packet(*extensions.transport_sequence, packet->ssrc, arrived);
  Outcome outcome;
  if (route.kind == RtpDemuxer::Kind::rtx) {
    receiver.on_rtx(*packet, extensions.audio_level, arrived);
  } else {
    outcome.new_source = route.new_source;
    if (route.new_source) receiver.restart();
    receiver.on_media(*packet, route.kind == RtpDemuxer::Kind::red, extensions.audio_level,
                      arrived);
  }
  if (receiver.take_flow_started()) flow_changed_(route.slot, route.layer, true);
  outcome.urgent = receiver.urgent(arrived);
  return outcome;
}

void ReceiveSide::on_sender_report(const rtcp::SenderReport& report, TimePoint now) {
  // Of a source's RTX stream the report says nothing about the media (RFC 4588 §6.3).
  if (const auto place = demuxer_.place_of_media(report.ssrc))
    if (RtpReceiver* known = receiver(place->slot, place->layer))
      known->on_sender_report(report.ntp, now);
}

void ReceiveSide::on_bye(const rtcp::Bye& bye) {
  for (const std::uint32_t source : bye.sources) {
    const auto place = demuxer_.place_of_media(source);
    if (place && receiver(place->slot, place->layer)->flow().stop())
      flow_changed_(place->slot, place->layer, false);
  }
}

void ReceiveSide::tick(TimePoint now, Duration round_trip) {
  for_each([&](RtpReceiver& receiver) {
    receiver.tick(now, round_trip);
    if (receiver.flow().ended(now))
      flow_changed_(receiver.parameters().slot, receiver.layer(), false);
  });
}

void ReceiveSide::write_feedback(TimePoint now, Duration round_trip, rtcp::Writer& out) {
  for_each([&](RtpReceiver& receiver) {
    if (const std::uint32_t media = ssrc_of(receiver); media != 0)
      receiver.write_feedback(now, round_trip, media, out);
  });
}

void ReceiveSide::add_reports(TimePoint now, rtcp::ReportBlocks& blocks) {
  for_each([&](RtpReceiver& receiver) {
    const std::uint32_t media = ssrc_of(receiver);
    if (media == 0) return;
    if (const auto block = receiver.report(media, now)) blocks.push_back(*block);
  });
}

void ReceiveSide::name_sources(rtcp::Remb& remb) const {
  for (const auto& layers : receivers_)
    for (const auto& receiver : layers) {
      if (!receiver || !receiver->parameters().codec.remb) continue;
      if (const std::uint32_t media = ssrc_of(*receiver); media != 0) remb.ssrcs.push_back(media);
    }
}

void ReceiveSide::measure(TimePoint now, std::array<SlotStatistics, kSlots>& up) {
  for_each([&](RtpReceiver& receiver) {
    auto& slot = up[index_of(receiver.parameters().slot)];
    const auto& statistics = receiver.statistics();
    slot.packets += receiver.meter().packets();
    slot.bytes += receiver.meter().bytes();
    slot.lost += static_cast<std::uint64_t>(std::max<std::int64_t>(0, statistics.lost()));
    slot.retransmitted += receiver.repaired();
    slot.bitrate += receiver.meter().rate(now);
    slot.fraction_lost = std::max(slot.fraction_lost, receiver.fraction_lost());
    slot.jitter = std::max(slot.jitter, statistics.jitter_time());
  });
}

}  // namespace diemcau::media
