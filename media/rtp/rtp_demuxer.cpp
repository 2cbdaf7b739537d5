#include "media/rtp/rtp_demuxer.hpp"

#include <algorithm>
#include <utility>

namespace diemcau::media {

std::string_view name_of(RejectReason reason) {
  switch (reason) {
    case RejectReason::malformed:
      return "malformed";
    case RejectReason::mid:
      return "mid";
    case RejectReason::rid:
      return "rid";
    case RejectReason::payload_type:
      return "payload_type";
    case RejectReason::ssrc:
      return "ssrc";
    case RejectReason::ssrc_limit:
      return "ssrc_limit";
    case RejectReason::stale_ssrc:
      return "stale_ssrc";
    case RejectReason::sequence:
      return "sequence";
    case RejectReason::duplicate:
      return "duplicate";
    case RejectReason::late:
      return "late";
    case RejectReason::no_sink:
      return "no_sink";
    case RejectReason::not_ready:
      return "not_ready";
    case RejectReason::too_large:
      return "too_large";
    case RejectReason::kCount:
      break;
  }
  return "?";
}

namespace {
std::optional<RtpDemuxer::Kind> kind_of(const SlotCodec& codec, std::uint8_t type) noexcept {
  if (type == codec.payload_type) return RtpDemuxer::Kind::media;
  if (codec.red_payload_type == type) return RtpDemuxer::Kind::red;
  if (codec.rtx_payload_type == type) return RtpDemuxer::Kind::rtx;
  return std::nullopt;
}

std::optional<Layer> layer_of(std::string_view rid) noexcept {
  for (const Layer layer : {Layer::high, Layer::low})
    if (rid == rid_of(layer)) return layer;
  return std::nullopt;
}
}  // namespace

RtpDemuxer::RtpDemuxer(const std::vector<SlotParameters>& slots) {
  for (const SlotParameters& slot : slots) {
    if (!slot.receive) continue;
    slots_.push_back(slot);
    const Place place{slot.slot, Layer::high};
    if (slot.remote_ssrc != 0 && find(slot.remote_ssrc) == nullptr)
      sources_.push_back({slot.remote_ssrc, place, false, false, false, {}});
    if (slot.remote_rtx_ssrc != 0 && find(slot.remote_rtx_ssrc) == nullptr)
      sources_.push_back({slot.remote_rtx_ssrc, place, true, false, false, {}});
    if (slots_.size() == kSlots) break;
  }
}

const SlotParameters* RtpDemuxer::by_mid(std::string_view mid) const noexcept {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [&](const SlotParameters& s) { return s.mid == mid; });
  return found == slots_.end() ? nullptr : &*found;
}

const SlotParameters* RtpDemuxer::by_slot(Slot slot) const noexcept {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [&](const SlotParameters& s) { return s.slot == slot; });
  return found == slots_.end() ? nullptr : &*found;
}

const SlotParameters* RtpDemuxer::by_payload_type(std::uint8_t type) const noexcept {
  const SlotParameters* only = nullptr;
  for (const SlotParameters& slot : slots_) {
    if (!kind_of(slot.codec, type)) continue;
    if (only != nullptr) return nullptr;  // several slots: it tells nothing
    only = &slot;
  }
  return only;
}

RtpDemuxer::Source* RtpDemuxer::find(std::uint32_t ssrc) noexcept {
  const auto found = std::find_if(sources_.begin(), sources_.end(),
                                  [&](const Source& s) { return s.ssrc == ssrc; });
  return found == sources_.end() ? nullptr : &*found;
}

RtpDemuxer::Source* RtpDemuxer::current(Place place, bool rtx) noexcept {
  const auto found = std::find_if(sources_.begin(), sources_.end(), [&](const Source& s) {
    return s.place == place && s.rtx == rtx && !s.stale;
  });
  return found == sources_.end() ? nullptr : &*found;
}

bool RtpDemuxer::make_room(TimePoint now) noexcept {
  if (sources_.size() < kMostSources) return true;
  const auto forgotten = std::remove_if(sources_.begin(), sources_.end(), [&](const Source& s) {
    return s.stale && now - s.last > kForget;
  });
  sources_.erase(forgotten, sources_.end());
  return sources_.size() < kMostSources;
}

RtpDemuxer::Decision RtpDemuxer::route(const RtpPacket& packet, const RtpExtensions& extensions,
                                       TimePoint now) {
  Source* source = find(packet.ssrc);
  const bool named = !extensions.mid.empty();
  const SlotParameters* slot = named               ? by_mid(extensions.mid)
                               : source != nullptr ? by_slot(source->place.slot)
                                                   : by_payload_type(packet.payload_type);
  if (slot == nullptr) return named ? RejectReason::mid : RejectReason::ssrc;
  const auto kind = kind_of(slot->codec, packet.payload_type);
  if (!kind) return RejectReason::payload_type;

  Place place{slot->slot, Layer::high};
  const std::string_view rid = *kind == Kind::rtx && !extensions.repaired_rid.empty()
                                   ? extensions.repaired_rid
                                   : extensions.rid;
  if (slot->simulcast && !rid.empty()) {
    const auto layer = layer_of(rid);
    if (!layer) return RejectReason::rid;
    place.layer = *layer;
  } else if (source != nullptr && source->place.slot == slot->slot) {
    place.layer = source->place.layer;
  }
  if (source != nullptr && !(source->place == place)) {  // MID or rid moved it (RFC 8843 §9.2)
    sources_.erase(sources_.begin() + (source - sources_.data()));
    source = nullptr;
  }
  // A repair of an unknown layer would be put into the wrong one.
  if (source == nullptr && slot->simulcast && *kind == Kind::rtx && rid.empty())
    return RejectReason::rid;
  if (source == nullptr)
    return from_new(packet.ssrc, place, *kind, slot->simulcast ? !rid.empty() : named, now);
  if (source->rtx != (*kind == Kind::rtx)) return RejectReason::payload_type;
  return from_known(*source, *kind, now);
}

RtpDemuxer::Decision RtpDemuxer::from_known(Source& source, Kind kind, TimePoint now) noexcept {
  const Place place = source.place;
  if (source.stale) {
    Source* replacing = current(place, source.rtx);
    const bool quiet = replacing == nullptr || now - replacing->last >= kQuiet;
    source.last = now;
    if (!quiet) return RejectReason::stale_ssrc;
    if (replacing != nullptr) replacing->stale = true;
    source.stale = false;  // the first one is back
    return Route{place.slot, place.layer, kind, true};
  }
  source.last = now;
  return Route{place.slot, place.layer, kind, !std::exchange(source.heard, true)};
}

/// A new source takes the place of the one before. One that does not say where it belongs (`told`)
/// does so only when that one has gone quiet.
RtpDemuxer::Decision RtpDemuxer::from_new(std::uint32_t ssrc, Place place, Kind kind, bool told,
                                          TimePoint now) noexcept {
  const bool rtx = kind == Kind::rtx;
  const Route route{place.slot, place.layer, kind, true};
  Source* before = current(place, rtx);
  if (before != nullptr && !told && before->heard && now - before->last < kQuiet)
    return RejectReason::ssrc;
  if (before != nullptr) {
    if (!before->heard) {
      *before = Source{ssrc, place, rtx, false, true, now};  // SDP announced another
      return route;
    }
    if (!make_room(now)) return RejectReason::ssrc_limit;
    current(place, rtx)->stale = true;
  } else if (!make_room(now)) {
    return RejectReason::ssrc_limit;
  }
  sources_.push_back({ssrc, place, rtx, false, true, now});
  return route;
}

std::optional<RtpDemuxer::Place> RtpDemuxer::place_of_media(std::uint32_t ssrc) const noexcept {
  for (const Source& s : sources_)
    if (s.ssrc == ssrc && !s.rtx && !s.stale) return s.place;
  return std::nullopt;
}

std::uint32_t RtpDemuxer::media_ssrc(Slot slot, Layer layer) const noexcept {
  for (const Source& s : sources_)
    if (s.place == Place{slot, layer} && !s.rtx && !s.stale) return s.ssrc;
  return 0;
}

}  // namespace diemcau::media
