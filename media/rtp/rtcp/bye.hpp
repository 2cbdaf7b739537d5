#pragma once
// BYE (RFC 3550 §6.6). A reason is read past, none is written.

#include <optional>

#include <boost/container/static_vector.hpp>

#include "media/rtp/rtcp/packet.hpp"

namespace diemcau::media::rtcp {

struct Bye {
  boost::container::static_vector<std::uint32_t, 31> sources;

  static std::optional<Bye> parse(const PacketView& packet) noexcept;
  bool write(Writer& out) const noexcept;
  bool operator==(const Bye&) const = default;
};

}  // namespace diemcau::media::rtcp
