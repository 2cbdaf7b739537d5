#pragma once
// RTCP framing (RFC 3550 §6.1, §6.4.1): walking a compound packet, or a reduced-size one
// (RFC 5506), and writing one into a fixed room.

#include <cstdint>
#include <optional>
#include <span>

#include "media/rtp/byte_order.hpp"

namespace diemcau::media::rtcp {

enum Type : std::uint8_t {
  kSenderReport = 200,
  kReceiverReport = 201,
  kSourceDescription = 202,
  kBye = 203,
  kTransportFeedback = 205,  // RFC 4585 §6.2
  kPayloadFeedback = 206,    // RFC 4585 §6.3
};

/// One packet of a compound; borrows its bytes.
struct PacketView {
  std::uint8_t count = 0;  // RC, SC or FMT
  std::uint8_t type = 0;
  std::span<const std::uint8_t> body;  // behind the 4-byte header, without padding
};

class CompoundReader {
 public:
  explicit CompoundReader(std::span<const std::uint8_t> bytes) noexcept : rest_(bytes) {}

  /// Nothing at the end, or at the first packet whose lengths do not add up.
  std::optional<PacketView> next() noexcept;
  bool malformed() const noexcept { return malformed_; }

 private:
  std::span<const std::uint8_t> rest_;
  bool malformed_ = false;
};

/// Appends packets to a borrowed buffer. A packet that does not fit is not begun.
class Writer {
 public:
  explicit Writer(std::span<std::uint8_t> room) noexcept : room_(room) {}

  /// `body_size` is a multiple of 4. Empty when there is no room.
  std::span<std::uint8_t> append(std::uint8_t count, std::uint8_t type,
                                 std::size_t body_size) noexcept;
  std::size_t size() const noexcept { return size_; }
  std::size_t left() const noexcept { return room_.size() - size_; }
  std::span<const std::uint8_t> written() const noexcept { return room_.first(size_); }

 private:
  std::span<std::uint8_t> room_;
  std::size_t size_ = 0;
};

}  // namespace diemcau::media::rtcp
