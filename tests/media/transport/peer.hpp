#pragma once
// One end of a connection for tests: a transport on its own loop, what it observed, and waiting
// for it by condition variable.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "media/transport/dtls_certificate.hpp"
#include "media/transport/secure_transport.hpp"
#include "media/transport/transport_loop.hpp"

namespace diemcau::media::test {

using Bytes = std::vector<std::uint8_t>;

class Peer final : public TransportObserver {
 public:
  Peer(unsigned index, bool controlling, DtlsRole role, TransportOptions options = loopback());
  ~Peer();

  static TransportOptions loopback() {
    TransportOptions options;
    options.addresses = {"127.0.0.1"};
    return options;
  }
  /// Runs `work` on the loop and waits for it.
  void run(const std::function<void()>& work) { expect_ran(loop.post_and_wait(work)); }
  void connect_to(Peer& other);
  void connect_to(const IceParameters& ice, const DtlsFingerprint& fingerprint);
  void close();

  /// Waits until `ready`, asked under the lock, at most 20 s; false then.
  bool wait(const std::function<bool()>& ready);
  bool wait_connected() {
    return wait([this] { return state == TransportState::connected; });
  }
  /// The state as it stands, while the loop goes on.
  TransportState state_now() {
    const std::lock_guard lock(mutex);
    return state;
  }
  /// One RTP packet of `size` bytes with this sequence number (and a body made from it).
  static Bytes rtp(std::uint32_t number, std::size_t size = 200, std::uint32_t ssrc = 0xabcd);
  /// On the loop: queues it; the round's end sends it.
  bool send(const Bytes& packet);

  void on_transport_state(TransportState s, const std::string& why) override;
  void on_rtp(std::span<std::uint8_t> packet, TimePoint arrived) override;
  void on_rtcp(std::span<std::uint8_t> compound, TimePoint arrived) override;

  SystemClock clock;
  Metrics metrics;
  TransportLoop loop;
  DtlsCertificate certificate = *DtlsCertificate::generate();
  std::unique_ptr<SecureTransport> transport;  // used on the loop only
  Error failure;                               // of create or connect
  /// Called on the loop for each packet, instead of keeping it.
  std::function<void(std::span<std::uint8_t>)> on_packet;

  std::mutex mutex;
  std::condition_variable changed;
  TransportState state = TransportState::connecting;
  std::string reason;
  std::vector<Bytes> rtp_received, rtcp_received;
  int events_after_close = 0;
  bool closed = false;

 private:
  static void expect_ran(bool ran);
};

/// What a counter of this name and label value shows.
std::uint64_t counted(Peer& peer, const std::string& name, const Labels& labels);

}  // namespace diemcau::media::test
