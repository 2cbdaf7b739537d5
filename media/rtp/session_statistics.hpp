#pragma once
// What a session measures, as values.

#include <array>
#include <cstdint>

#include "base/clock.hpp"
#include "media/rtp/bandwidth_estimator.hpp"
#include "media/session_parameters.hpp"

namespace diemcau::media {

/// Once a second per slot and direction.
struct SlotStatistics {
  std::uint64_t packets = 0, bytes = 0, lost = 0, retransmitted = 0;  // layers together
  double bitrate = 0;        // bit/s over the last second; layers together
  double fraction_lost = 0;  // 0…1 over the last second, of the worse layer; down: as reported
  Duration jitter{};
  Duration round_trip{};  // down only
};
struct SessionStatistics {
  std::array<SlotStatistics, kSlots> up{}, down{};
  double remb = 0;    // the peer's estimate for us, bit/s; 0 unknown
  LineEstimate line;  // down
};

}  // namespace diemcau::media
