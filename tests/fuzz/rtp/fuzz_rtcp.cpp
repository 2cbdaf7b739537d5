// A compound packet; what is understood must survive being written and read again.

#include <array>
#include <cstdlib>

#include "media/rtp/rtcp/bye.hpp"
#include "media/rtp/rtcp/key_frame_requests.hpp"
#include "media/rtp/rtcp/nack.hpp"
#include "media/rtp/rtcp/remb.hpp"
#include "media/rtp/rtcp/reports.hpp"
#include "media/rtp/rtcp/source_description.hpp"
#include "media/rtp/rtcp/transport_feedback.hpp"

namespace {
using namespace diemcau::media::rtcp;

template <class Message>
void check(const PacketView& packet) {
  const auto message = Message::parse(packet);
  if (!message) return;
  std::array<std::uint8_t, 65536> room;
  Writer out(room);
  if (!message->write(out)) return;  // empty lists are read, never written
  CompoundReader reader(out.written());
  const auto again = reader.next();
  if (!again) std::abort();
  const auto second = Message::parse(*again);
  if (!second || !(*second == *message) || reader.next() || reader.malformed()) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  CompoundReader reader({data, size});
  while (const auto packet = reader.next()) {
    check<SenderReport>(*packet);
    check<ReceiverReport>(*packet);
    check<SourceDescription>(*packet);
    check<Bye>(*packet);
    check<Pli>(*packet);
    check<Fir>(*packet);
    check<Nack>(*packet);
    check<Remb>(*packet);
    check<TransportFeedback>(*packet);
  }
  return 0;
}
