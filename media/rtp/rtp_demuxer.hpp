#pragma once
// Which slot a packet belongs to (RFC 8843 §9.2): by MID, which is then latched to the SSRC,
// by a known SSRC, else by a payload type that only one slot has.

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
  static constexpr std::size_t kMostSources = 12;
  static constexpr Duration kForget = std::chrono::seconds(5);
  static constexpr Duration kQuiet = std::chrono::seconds(1);

  explicit RtpDemuxer(const std::vector<SlotParameters>& slots);

  enum class Kind : std::uint8_t { media, red, rtx };
  struct Route {
    Slot slot = Slot::audio;
    Kind kind = Kind::media;
    bool new_source = false;  // first packet of this SSRC: the receiver begins anew
  };
  using Decision = std::variant<Route, RejectReason>;
  Decision route(const RtpPacket& packet, std::string_view mid, TimePoint now);

  /// The slot whose media or RTX this SSRC carries now.
  std::optional<Slot> slot_of(std::uint32_t ssrc) const noexcept;
  /// 0 while none is known.
  std::uint32_t media_ssrc(Slot slot) const noexcept;

 private:
  struct Source {
    std::uint32_t ssrc = 0;
    Slot slot = Slot::audio;
    bool rtx = false;
    bool stale = false;
    bool heard = false;
    TimePoint last{};
  };
  const SlotParameters* by_mid(std::string_view mid) const noexcept;
  const SlotParameters* by_payload_type(std::uint8_t type) const noexcept;
  Source* current(Slot slot, bool rtx) noexcept;
  Source* find(std::uint32_t ssrc) noexcept;
  bool make_room(TimePoint now) noexcept;

  std::vector<SlotParameters> slots_;  // those we receive
  boost::container::static_vector<Source, kMostSources> sources_;
};

}  // namespace diemcau::media
