#pragma once
// Where an RTP session puts what it sends. Implemented by transport (SRTP and a batch of
// datagrams) and by tests (a pipe).

#include <cstddef>
#include <cstdint>
#include <span>

namespace diemcau::media {

/// Largest RTP packet we make, header and extensions included; with SRTP (≤ 16), UDP and IPv6 it
/// stays under 1 280 bytes, which every path carries.
inline constexpr std::size_t kMaxRtpPacket = 1216;
/// Largest RTP payload: encoders packetise to this.
inline constexpr std::size_t kMaxRtpPayload = 1180;
/// Largest RTP packet we pass on. Others packetise to Ethernet (GStreamer to 1 400 bytes, aiortc to
/// 1 300 of payload), and what is forwarded untouched cannot be cut smaller: 1 500 less IPv6, UDP
/// and SRTP.
inline constexpr std::size_t kMaxForwardedPacket = 1500 - 40 - 8 - 16;
/// What lies below a packet on the wire: IPv4, UDP and the longest SRTP tag.
inline constexpr std::size_t kLowerHeaders = 20 + 8 + 16;

class PacketOutput {
 public:
  /// Room for one packet of up to kMaxForwardedPacket (+ tag) bytes; valid until commit or the next
  /// reserve. Empty when the transport is not ready: skip the packet.
  virtual std::span<std::uint8_t> reserve() noexcept = 0;
  /// Protects and queues the first `size` bytes written into the reserved room.
  virtual void commit_rtp(std::size_t size) noexcept = 0;
  virtual void send_rtcp(std::span<const std::uint8_t> compound) noexcept = 0;
  /// Hands what is queued to the kernel (once per frame or loop round).
  virtual void flush() noexcept = 0;
  /// Asks the cache for what sending will touch, as PacketReader::approach does: first what this
  /// object points to, then what that points to. The object itself is the caller's to fetch.
  virtual void approach([[maybe_unused]] unsigned distance) const noexcept {}
  /// Bytes of an output worth fetching before approach().
  static constexpr std::size_t kFirstLines = 384;

 protected:
  ~PacketOutput() = default;
};

}  // namespace diemcau::media
