#pragma once
// The two ways to ask for a key frame: PLI (RFC 4585 §6.3.1) and FIR (RFC 5104 §4.3.1).

#include <optional>

#include <boost/container/static_vector.hpp>

#include "media/rtp/rtcp/packet.hpp"

namespace diemcau::media::rtcp {

struct Pli {
  static constexpr std::uint8_t kFormat = 1;
  std::uint32_t sender_ssrc = 0, media_ssrc = 0;

  static std::optional<Pli> parse(const PacketView& packet) noexcept;
  bool write(Writer& out) const noexcept;
  bool operator==(const Pli&) const = default;
};

struct Fir {
  static constexpr std::uint8_t kFormat = 4;
  struct Entry {
    std::uint32_t ssrc = 0;
    std::uint8_t sequence = 0;  // a repetition of the same request keeps it
    bool operator==(const Entry&) const = default;
  };
  std::uint32_t sender_ssrc = 0;
  boost::container::static_vector<Entry, 16> entries;  // more are not read

  static std::optional<Fir> parse(const PacketView& packet) noexcept;
  bool write(Writer& out) const noexcept;
  bool operator==(const Fir&) const = default;
};

}  // namespace diemcau::media::rtcp
