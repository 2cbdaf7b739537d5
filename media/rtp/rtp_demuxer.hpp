#pragma once
// Which slot a packet belongs to (RFC 8843 §9.2): by MID, which is then latched to the SSRC,
// by a known SSRC, else by a payload type that only one slot has. Within a slot with simulcast
// which layer, by rid or repaired rid (RFC 8852): they stand on the first packets only, and are
// latched too.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/container/static_vector.hpp>

#include "base/clock.hpp"
#include "media/rtp/rtp_packet.hpp"
#include "media/session_parameters.hpp"

namespace diemcau::media {

enum class RejectReason : std::uint8_t {
  malformed,     // RTP or RTCP lengths do not add up
  mid,           // a MID nobody has
  rid,           // a rid that was not negotiated
  payload_type,  // not the answer's
  ssrc,          // neither known nor told by MID or payload type
  ssrc_limit,    // more sources than one endpoint may have
  stale_ssrc,    // of a source that another has replaced
  sequence,      // far out of order
  duplicate,
  late,       // after its gap was given up
  no_sink,    // nobody takes this slot now
  not_ready,  // nothing to send on yet
  too_large,  // would not fit a packet of ours
  kCount,
};
std::string_view name_of(RejectReason reason);

class RtpDemuxer {
 public:
  /// Seven are in use with simulcast; the rest is for those replaced a moment ago.
  static constexpr std::size_t kMostSources = 16;
  static constexpr Duration kForget = std::chrono::seconds(5);
  static constexpr Duration kQuiet = std::chrono::seconds(1);

  explicit RtpDemuxer(const std::vector<SlotParameters>& slots);

  enum class Kind : std::uint8_t { media, red, rtx };
  struct Route {
    Slot slot = Slot::audio;
    Layer layer = Layer::high;
    Kind kind = Kind::media;
    bool new_source = false;  // first packet of this SSRC: the receiver begins anew
  };
  using Decision = std::variant<Route, RejectReason>;
  Decision route(const RtpPacket& packet, const RtpExtensions& extensions, TimePoint now);

  /// The slot and layer whose media this SSRC carries now.
  struct Place {
    Slot slot = Slot::audio;
    Layer layer = Layer::high;
    bool operator==(const Place&) const = default;
  };
  std::optional<Place> place_of_media(std::uint32_t ssrc) const noexcept;
  /// 0 while none is known.
  std::uint32_t media_ssrc(Slot slot, Layer layer = Layer::high) const noexcept;

 private:
  struct Source {
    std::uint32_t ssrc = 0;
    Place place;
    bool rtx = false;
    bool stale = false;
    bool heard = false;
    TimePoint last{};
  };
  const SlotParameters* by_mid(std::string_view mid) const noexcept;
  const SlotParameters* by_payload_type(std::uint8_t type) const noexcept;
  const SlotParameters* by_slot(Slot slot) const noexcept;
  Decision from_known(Source& source, Kind kind, TimePoint now) noexcept;
  Decision from_new(std::uint32_t ssrc, Place place, Kind kind, bool told, TimePoint now) noexcept;
  Source* current(Place place, bool rtx) noexcept;
  Source* find(std::uint32_t ssrc) noexcept;
  bool make_room(TimePoint now) noexcept;

  std::vector<SlotParameters> slots_;  // those we receive
  boost::container::static_vector<Source, kMostSources> sources_;
};

}  // namespace diemcau::media
