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
}  // namespace

RtpDemuxer::RtpDemuxer(const std::vector<SlotParameters>& slots) {
  for (const SlotParameters& slot : slots) {
    if (!slot.receive) continue;
    slots_.push_back(slot);
    if (slot.remote_ssrc != 0 && find(slot.remote_ssrc) == nullptr)
      sources_.push_back({slot.remote_ssrc, slot.slot, false, false, false, {}});
    if (slot.remote_rtx_ssrc != 0 && find(slot.remote_rtx_ssrc) == nullptr)
      sources_.push_back({slot.remote_rtx_ssrc, slot.slot, true, false, false, {}});
    if (slots_.size() == kSlots) break;
  }
}

const SlotParameters* RtpDemuxer::by_mid(std::string_view mid) const noexcept {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [&](const SlotParameters& s) { return s.mid == mid; });
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

RtpDemuxer::Source* RtpDemuxer::current(Slot slot, bool rtx) noexcept {
  const auto found = std::find_if(sources_.begin(), sources_.end(), [&](const Source& s) {
    return s.slot == slot && s.rtx == rtx && !s.stale;
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

RtpDemuxer::Decision RtpDemuxer::route(const RtpPacket& packet, std::string_view mid,
                                       TimePoint now) {
  Source* source = find(packet.ssrc);
  const SlotParameters* slot = nullptr;
  if (!mid.empty()) {
    slot = by_mid(mid);
    if (slot == nullptr) return RejectReason::mid;
    if (source != nullptr && source->slot != slot->slot) {  // MID moved it (RFC 8843 §9.2)
      sources_.erase(sources_.begin() + (source - sources_.data()));
      source = nullptr;
    }
  } else if (source != nullptr) {
    const auto found = std::find_if(slots_.begin(), slots_.end(), [&](const SlotParameters& s) {
      return s.slot == source->slot;
    });
    slot = &*found;
  } else {
    slot = by_payload_type(packet.payload_type);
    if (slot == nullptr) return RejectReason::ssrc;
  }
  const auto kind = kind_of(slot->codec, packet.payload_type);
  if (!kind) return RejectReason::payload_type;
  const bool rtx = *kind == Kind::rtx;

  if (source != nullptr) {
    if (source->rtx != rtx) return RejectReason::payload_type;
    if (source->stale) {
      Source* replacing = current(slot->slot, rtx);
      const bool quiet = replacing == nullptr || now - replacing->last >= kQuiet;
      source->last = now;
      if (!quiet) return RejectReason::stale_ssrc;
      if (replacing != nullptr) replacing->stale = true;
      source->stale = false;  // the first one is back
      return Route{slot->slot, *kind, true};
    }
    source->last = now;
    return Route{slot->slot, *kind, !std::exchange(source->heard, true)};
  }
  // A new source takes the place of the one before; told by its payload type alone only when
  // that one has gone quiet.
  Source* before = current(slot->slot, rtx);
  if (before != nullptr && mid.empty() && before->heard && now - before->last < kQuiet)
    return RejectReason::ssrc;
  if (before != nullptr) {
    if (!before->heard) {
      *before = Source{packet.ssrc, slot->slot, rtx, false, true, now};  // SDP announced another
      return Route{slot->slot, *kind, true};
    }
    if (!make_room(now)) return RejectReason::ssrc_limit;
    current(slot->slot, rtx)->stale = true;
  } else if (!make_room(now)) {
    return RejectReason::ssrc_limit;
  }
  sources_.push_back({packet.ssrc, slot->slot, rtx, false, true, now});
  return Route{slot->slot, *kind, true};
}

std::optional<Slot> RtpDemuxer::slot_of(std::uint32_t ssrc) const noexcept {
  for (const Source& s : sources_)
    if (s.ssrc == ssrc && !s.stale) return s.slot;
  return std::nullopt;
}

std::uint32_t RtpDemuxer::media_ssrc(Slot slot) const noexcept {
  for (const Source& s : sources_)
    if (s.slot == slot && !s.rtx && !s.stale) return s.ssrc;
  return 0;
}

}  // namespace diemcau::media
