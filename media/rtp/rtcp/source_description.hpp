#pragma once
// SDES (RFC 3550 §6.5): of its items only CNAME is used.

#include <optional>
#include <string_view>

#include <boost/container/static_vector.hpp>

#include "media/rtp/rtcp/packet.hpp"

namespace diemcau::media::rtcp {

struct SourceDescription {
  struct Chunk {
    std::uint32_t ssrc = 0;
    std::string_view cname;  // borrowed; at most 255 bytes
    bool operator==(const Chunk&) const = default;
  };
  boost::container::static_vector<Chunk, 31> chunks;

  static std::optional<SourceDescription> parse(const PacketView& packet) noexcept;
  bool write(Writer& out) const noexcept;
  bool operator==(const SourceDescription&) const = default;
};

}  // namespace diemcau::media::rtcp
