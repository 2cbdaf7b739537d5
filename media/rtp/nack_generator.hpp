#pragma once
// Which packets are missing and when to ask for them (again): at once when a gap shows, then once
// per round trip, a limited number of times. A packet whose content came with a later one (RFC
// 2198) is asked for only while it would itself bring the missing content of another.

#include <cstdint>
#include <optional>

#include <boost/container/static_vector.hpp>

#include "base/clock.hpp"
#include "media/rtp/rtcp/nack.hpp"

namespace diemcau::media {

class NackGenerator {
 public:
  static constexpr std::size_t kMostMissing = 256;
  static constexpr unsigned kMostRequests = 10;
  static constexpr Duration kMostAge = std::chrono::seconds(1);
  static constexpr Duration kShortestRepeat = std::chrono::milliseconds(20);

  /// Notes a packet, in whatever order and whether repaired or not, and that it has the content of
  /// so many just before it. False when so many are missing that asking is pointless: the list is
  /// then empty and a key frame is needed.
  bool on_packet(std::int64_t index, TimePoint now, std::size_t carried = 0) noexcept;
  /// Everything kept is void; the next packet begins anew.
  void restart() noexcept;

  /// Adds what is due to `out`; false when nothing was.
  bool collect(TimePoint now, Duration round_trip, rtcp::Nack& out) noexcept;
  bool has_unasked() const noexcept;
  std::size_t missing() const noexcept { return missing_.size(); }

 private:
  struct Missing {
    std::int64_t index = 0;
    TimePoint noticed{};
    TimePoint asked{};
    unsigned requests = 0;
    bool carried = false;  // its content came with another packet
  };
  bool note(std::int64_t index, TimePoint now) noexcept;
  /// Place of the first that is missing from `index` on.
  std::size_t from(std::int64_t index) const noexcept;
  /// Looks no further back than a packet carries.
  bool wanted(std::size_t at) const noexcept;

  boost::container::static_vector<Missing, kMostMissing> missing_;  // ascending
  std::optional<std::int64_t> newest_;
  std::size_t unasked_ = 0;   // never asked for, wanted or not
  std::int64_t carries_ = 0;  // packets before its own, as the last that carried any
};

}  // namespace diemcau::media
