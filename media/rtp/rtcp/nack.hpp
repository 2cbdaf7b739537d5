#pragma once
// Generic NACK (RFC 4585 §6.2.1).

#include <optional>
#include <span>

#include <boost/container/static_vector.hpp>

#include "media/rtp/rtcp/packet.hpp"

namespace diemcau::media::rtcp {

struct Nack {
  static constexpr std::uint8_t kFormat = 1;
  struct Item {
    std::uint16_t first = 0;   // PID
    std::uint16_t behind = 0;  // BLP: bit i is first + i + 1
    bool operator==(const Item&) const = default;
  };
  std::uint32_t sender_ssrc = 0, media_ssrc = 0;
  boost::container::static_vector<Item, 128> items;  // more are not read

  static std::optional<Nack> parse(const PacketView& packet) noexcept;
  bool write(Writer& out) const noexcept;
  bool operator==(const Nack&) const = default;

  /// Adds one number; numbers come in ascending order. False when the message is full.
  bool add(std::uint16_t sequence) noexcept;

  template <class Fn>
  void for_each(Fn&& fn) const {
    for (const Item& item : items) {
      fn(item.first);
      for (unsigned bit = 0; bit < 16; ++bit)
        if ((item.behind >> bit & 1) != 0) fn(static_cast<std::uint16_t>(item.first + bit + 1));
    }
  }
};

}  // namespace diemcau::media::rtcp
