// One RTP packet and its header extensions.

#include <cstdlib>

#include "media/rtp/rtp_packet.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::media;
  const auto packet = parse_rtp({data, size});
  if (!packet) return 0;
  if (packet->payload.size() + packet->extension.size() + kRtpHeaderSize > size) std::abort();
  HeaderExtensionIds ids;
  ids.mid = 1;
  ids.audio_level = 2;
  ids.transport_cc = 3;
  ids.abs_send_time = 4;
  ids.rid = 5;
  ids.repaired_rid = 200;
  packet->read_extensions(ids);
  return 0;
}
