#pragma once
// The header of a sender's packets: laid out once, patched per packet. One-byte extensions
// (RFC 8285 §4.2) in a fixed order, so every packet of a slot has a header of the same size and
// segments of one GSO send stay equal.

#include <array>
#include <cstdint>
#include <string_view>

#include "media/session_parameters.hpp"

namespace diemcau::media {

struct HeaderFields {
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t abs_send_time = 0;       // 6.18 fixed-point seconds, 24 bits
  std::uint16_t transport_sequence = 0;  // written only where has_transport_sequence()
};

class HeaderTemplate {
 public:
  struct Options {
    std::uint32_t ssrc = 0;
    std::string_view mid;
    HeaderExtensionIds ids;
    bool transport_sequence = false;
    bool playout_delay = false;
    std::size_t most = 0;  // bytes; what does not fit is left out, the least needed first
    std::string_view rid = {}, repaired_rid = {};  // RFC 8852; empty: not said
  };
  explicit HeaderTemplate(const Options& options) noexcept;

  std::size_t size() const noexcept { return size_; }
  bool has_transport_sequence() const noexcept { return transport_at_ != 0; }
  bool has_mid() const noexcept { return mid_; }
  /// `room` has at least size() bytes.
  void write(std::uint8_t* room, const HeaderFields& fields) const noexcept;

 private:
  static constexpr std::size_t kMost = 64;
  std::array<std::uint8_t, kMost> bytes_{};
  std::size_t size_ = 0;
  std::size_t abs_at_ = 0, transport_at_ = 0;  // 0: absent
  bool mid_ = false;
};

}  // namespace diemcau::media
