#pragma once
// a=rid (RFC 8851) and a=simulcast (RFC 8853) of one m-line: which layers a peer offers, and
// whether they are the two we know. Whatever else is offered is answered without simulcast.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "media/session_parameters.hpp"

namespace diemcau::mcu {

inline constexpr std::size_t kMaxRids = 16;      // a=rid lines read of one m-line
inline constexpr std::size_t kMaxLayers = 8;     // streams read of one direction
inline constexpr std::size_t kMaxRidBytes = 16;  // fits a one-byte header extension

/// One stream of a direction: its preferred alternative. `paused`: "~" stands before it.
struct OfferedLayer {
  std::string rid;
  bool paused = false;
  bool operator==(const OfferedLayer&) const = default;
};

struct OfferedRid {
  std::string id;
  bool send = false;
  std::vector<std::uint8_t> payload_types;  // pt=…; empty: any
};

/// As the peer wrote it: what it sends and what it takes, in its order.
struct OfferedSimulcast {
  std::vector<OfferedRid> rids;
  std::vector<OfferedLayer> send, receive;

  /// The value of an a=rid or a=simulcast line. A malformed one changes nothing.
  void read_rid(std::string_view value);
  void read_simulcast(std::string_view value);

  /// Whether it can send both our layers with this payload type.
  bool sends_our_layers(std::uint8_t payload_type) const;
  /// Whether it takes both (the answer to a simulated site).
  bool takes_our_layers() const;
};

/// The lines of the answer: both layers received, in the offer's order; a paused one stays so,
/// since naming it without "~" would start it (RFC 8853 §5.2).
std::string write_simulcast(const OfferedSimulcast& offered);

}  // namespace diemcau::mcu
