#pragma once
// One outgoing RTCP datagram. Begins with RR and SDES CNAME, since reduced-size packets
// (RFC 5506) may not have been agreed on; what does not fit is left for the next one.

#include <array>
#include <cstdint>
#include <string_view>

#include "media/rtp/packet_output.hpp"
#include "media/rtp/rtcp/packet.hpp"

namespace diemcau::media {

class FeedbackPacket {
 public:
  FeedbackPacket(std::uint32_t ssrc, std::string_view cname) noexcept;

  rtcp::Writer& writer() noexcept { return writer_; }
  /// Sends it when anything was added behind the prefix.
  bool send(PacketOutput& output) noexcept;

 private:
  std::array<std::uint8_t, kMaxRtpPacket> room_{};
  rtcp::Writer writer_;
  std::size_t prefix_ = 0;
};

}  // namespace diemcau::media
