#include "media/rtp/feedback_packet.hpp"

#include "media/rtp/rtcp/reports.hpp"
#include "media/rtp/rtcp/source_description.hpp"

namespace diemcau::media {

FeedbackPacket::FeedbackPacket(std::uint32_t ssrc, std::string_view cname) noexcept
    : writer_(room_) {
  rtcp::ReceiverReport{ssrc, {}}.write(writer_);
  rtcp::SourceDescription description;
  description.chunks.push_back({ssrc, cname});
  description.write(writer_);
  prefix_ = writer_.size();
}

bool FeedbackPacket::send(PacketOutput& output) noexcept {
  if (writer_.size() == prefix_) return false;
  output.send_rtcp(writer_.written());
  return true;
}

}  // namespace diemcau::media
