#pragma once
// The floor: SRTP and one UDP_SEGMENT send per frame and receiver, nothing else, at the same pace
// and to as many sockets, which another thread reads.

#include <cstddef>

namespace diemcau::media::bench {

/// Microseconds of CPU per packet.
double floor_per_packet(std::size_t receivers, int seconds);

}  // namespace diemcau::media::bench
