// Everything a peer's datagrams meet behind libnice: demultiplexing, the DTLS server, SRTP. The
// input is a sequence of datagrams, each behind two bytes of length; bit 15 of the length asks for
// a genuine packet, protected by the peer's keys, with these bytes as plaintext.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "media/transport/dtls_session.hpp"
#include "media/transport/packet_kind.hpp"
#include "media/transport/srtp_session.hpp"

using namespace diemcau;
using namespace diemcau::media;

namespace {
struct World {
  Metrics metrics;
  TransportCounters counters{metrics};
  DtlsCertificate ours = *DtlsCertificate::generate();
  DtlsCertificate theirs = *DtlsCertificate::generate();
};

void require(bool holds) {
  if (!holds) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static World world;
  auto dtls = *DtlsSession::create(world.ours, DtlsRole::server, world.theirs.fingerprint());
  const std::vector<std::uint8_t> there(28, 1), back(28, 2);
  const auto profile = SrtpProfile::aead_aes_128_gcm;
  auto receiver = *SrtpSession::create(profile, back, there, world.counters);
  auto sender = *SrtpSession::create(profile, there, back, world.counters);
  dtls->start();
  for (int count = 0; size >= 2 && count < 64; ++count) {
    const std::size_t length = (std::size_t{data[0]} << 8) | data[1];
    data += 2;
    size -= 2;
    const std::size_t taken = std::min({length & 0x7fff, size, std::size_t{2048}});
    std::vector<std::uint8_t> packet(data, data + taken);
    data += taken;
    size -= taken;
    PacketKind kind = packet_kind_of(packet);
    if ((length & 0x8000) != 0 && (kind == PacketKind::rtp || kind == PacketKind::rtcp)) {
      packet.resize(taken + SrtpSession::kMaxTrailer);
      packet.resize(kind == PacketKind::rtp ? sender->protect_rtp(packet, taken)
                                            : sender->protect_rtcp(packet, taken));
      kind = packet_kind_of(packet);
    }
    switch (kind) {
      case PacketKind::dtls:
        dtls->receive(packet);
        // Without the peer's private key nobody gets this far.
        require(dtls->state() != DtlsSession::State::connected);
        dtls->drain_output([](std::span<const std::uint8_t> d) { require(d.size() <= 1200); });
        break;
      case PacketKind::rtp:
        require(receiver->unprotect_rtp(packet).size() <= packet.size());
        break;
      case PacketKind::rtcp:
        require(receiver->unprotect_rtcp(packet).size() <= packet.size());
        break;
      case PacketKind::stun:
      case PacketKind::unknown:
        break;
    }
  }
  return 0;
}
