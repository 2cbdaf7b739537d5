#pragma once
// One BUNDLEd 5-tuple: ICE (libnice), DTLS (OpenSSL), SRTP (libsrtp). Lives on one TransportLoop.
// Incoming bytes are told apart by their first byte (RFC 7983, RFC 9443); STUN is libnice's.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "media/rtp/packet_output.hpp"
#include "media/session_parameters.hpp"

namespace diemcau::media {

class TransportLoop;    // media/transport/transport_loop.hpp: EventLoop + libnice's timers
class DtlsCertificate;  // media/transport/dtls_certificate.hpp: ECDSA P-256, one per process

struct TransportOptions {
  std::vector<std::string> addresses;         // local addresses to offer; empty: all but loopback
  std::uint16_t port_low = 0, port_high = 0;  // 0: ephemeral
  bool udp = true, tcp = true;
  Duration connect_timeout = std::chrono::seconds(20);
};

enum class TransportState { connecting, connected, failed, closed };

/// Called on the transport loop. Spans are borrowed for the call.
class TransportObserver {
 public:
  virtual void on_transport_state(TransportState state, const std::string& reason) = 0;
  virtual void on_rtp(std::span<std::uint8_t> packet, TimePoint arrived) = 0;  // plaintext
  virtual void on_rtcp(std::span<std::uint8_t> compound, TimePoint arrived) = 0;

 protected:
  ~TransportObserver() = default;
};

class SecureTransport : public PacketOutput {
 public:
  /// On the loop. Gathers host candidates at once (under 3 ms): local_ice() is complete on return.
  static Result<std::unique_ptr<SecureTransport>> create(
      TransportLoop& loop, const DtlsCertificate& certificate, const TransportOptions& options,
      bool ice_controlling, DtlsRole role, Metrics& metrics, TransportObserver& observer);
  virtual ~SecureTransport() = default;

  virtual IceParameters local_ice() const = 0;
  /// Starts connectivity checks and, once a pair is there, the handshake. The peer's certificate
  /// must have this fingerprint or the transport fails. `.local` candidates are skipped.
  virtual Result<void> connect(const IceParameters& remote, const DtlsFingerprint& fingerprint) = 0;
  /// Before connect: our sources whose packets may be sent again under their own numbers. SRTP
  /// refuses every other number used before.
  virtual void allow_repeats(std::vector<std::uint32_t> ssrcs) = 0;
  /// Trickled by PATCH (RFC 8840).
  virtual Result<void> add_remote_candidate(const std::string& candidate) = 0;
  /// RFC 8445 §2.4: new local credentials, the same DTLS session. Returns the new parameters.
  virtual Result<IceParameters> restart_ice(const IceParameters& remote) = 0;
  /// Sends close_notify. The observer hears nothing after this returns.
  virtual void close() = 0;
  /// "AEAD_AES_128_GCM" or "AES_CM_128_HMAC_SHA1_80", empty before the handshake.
  virtual std::string srtp_profile() const = 0;
  /// "10.0.0.7:50012" of the selected pair, empty before.
  virtual std::string remote_address() const = 0;
};

}  // namespace diemcau::media
