#include "tests/media/transport/peer.hpp"

#include <cstring>

#include <gtest/gtest.h>

namespace diemcau::media::test {

Peer::Peer(unsigned index, bool controlling, DtlsRole role, TransportOptions options)
    : loop(index, clock, metrics) {
  loop.start();
  run([&] {
    auto made =
        SecureTransport::create(loop, certificate, options, controlling, role, metrics, *this);
    if (made)
      transport = std::move(*made);
    else
      failure = made.error();
  });
}

Peer::~Peer() {
  loop.post_and_wait([this] { transport.reset(); });
  loop.stop();
  transport.reset();  // of a loop that was stopped before
}

void Peer::expect_ran(bool ran) {
  ASSERT_TRUE(ran) << "the loop did not run it";
}

void Peer::connect_to(Peer& other) {
  IceParameters ice;
  other.run([&] { ice = other.transport->local_ice(); });
  connect_to(ice, other.certificate.fingerprint());
}

void Peer::connect_to(const IceParameters& ice, const DtlsFingerprint& fingerprint) {
  run([&] {
    if (const auto connecting = transport->connect(ice, fingerprint); !connecting)
      failure = connecting.error();
  });
}

void Peer::close() {
  run([this] {
    transport->close();
    const std::lock_guard lock(mutex);
    closed = true;
  });
}

bool Peer::wait(const std::function<bool()>& ready) {
  std::unique_lock lock(mutex);
  return changed.wait_for(lock, std::chrono::seconds(20), ready);
}

Bytes Peer::rtp(std::uint32_t number, std::size_t size, std::uint32_t ssrc) {
  Bytes packet(size);
  packet[0] = 0x80;
  packet[1] = 96;
  packet[2] = static_cast<std::uint8_t>(number >> 8);
  packet[3] = static_cast<std::uint8_t>(number);
  for (int i = 0; i < 4; ++i) packet[8 + i] = static_cast<std::uint8_t>(ssrc >> (24 - 8 * i));
  for (std::size_t i = 12; i < size; ++i) packet[i] = static_cast<std::uint8_t>(number + i);
  return packet;
}

bool Peer::send(const Bytes& packet) {
  if (!transport) return false;  // a timer of a peer that is being taken down
  const auto room = transport->reserve();
  if (room.size() < packet.size()) return false;
  std::memcpy(room.data(), packet.data(), packet.size());
  transport->commit_rtp(packet.size());
  return true;
}

void Peer::on_transport_state(TransportState s, const std::string& why) {
  const std::lock_guard lock(mutex);
  if (closed) ++events_after_close;
  state = s;
  reason = why;
  changed.notify_all();
}

void Peer::on_rtp(std::span<std::uint8_t> packet, TimePoint) {
  if (on_packet) {
    on_packet(packet);
    return;
  }
  const std::lock_guard lock(mutex);
  if (closed) ++events_after_close;
  rtp_received.emplace_back(packet.begin(), packet.end());
  changed.notify_all();
}

void Peer::on_rtcp(std::span<std::uint8_t> compound, TimePoint) {
  const std::lock_guard lock(mutex);
  if (closed) ++events_after_close;
  rtcp_received.emplace_back(compound.begin(), compound.end());
  changed.notify_all();
}

std::uint64_t counted(Peer& peer, const std::string& name, const Labels& labels) {
  return peer.metrics.counter(name, "", labels).value();
}

}  // namespace diemcau::media::test
