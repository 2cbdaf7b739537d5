#pragma once
// One DTLS 1.2 association with a peer (RFC 5764, RFC 8827): handshake, fingerprint, keys for SRTP,
// close_notify. Datagrams go in and out as bytes; it knows no socket and starts no timer.
// Thread: one.

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "media/session_parameters.hpp"
#include "media/transport/dtls_certificate.hpp"
#include "media/transport/srtp_session.hpp"

struct ssl_st;

namespace diemcau::media {

/// What the exporter gives (RFC 5764 §4.2): master key followed by master salt, per direction.
struct SrtpKeys {
  SrtpProfile profile = SrtpProfile::aead_aes_128_gcm;
  std::vector<std::uint8_t> outbound, inbound;
};

class DtlsSession {
 public:
  enum class State : std::uint8_t { handshaking, connected, closed, failed };
  /// Datagrams waiting for a way out; a handshake flight is three or four.
  static constexpr std::size_t kMaxQueued = 32;

  /// `expected`: the fingerprint from the peer's SDP; another certificate fails the handshake.
  static Result<std::unique_ptr<DtlsSession>> create(const DtlsCertificate& certificate,
                                                     DtlsRole role, DtlsFingerprint expected);
  ~DtlsSession();
  DtlsSession(const DtlsSession&) = delete;
  DtlsSession& operator=(const DtlsSession&) = delete;

  /// Sends the first flight as client, waits as server.
  void start();
  void receive(std::span<const std::uint8_t> datagram);
  /// Until the flight should be sent again; none outside the handshake.
  std::optional<Duration> timeout() const;
  /// The time of timeout() is over: true when something was sent again.
  bool on_timeout();
  /// Sends close_notify.
  void close();

  State state() const noexcept { return state_; }
  /// Why it failed, in words; empty otherwise.
  const std::string& reason() const noexcept { return reason_; }
  /// Once connected.
  Result<SrtpKeys> export_keys() const;

  /// Gives every queued datagram to `send`, in order. Until then they wait (bounded), since a
  /// ClientHello may come before there is a pair to answer on, and an answer lost costs a second.
  template <class Send>
  void drain_output(Send&& send) {
    while (!output_.empty()) {
      std::vector<std::uint8_t> datagram = std::move(output_.front());
      output_.pop_front();
      send(std::span<const std::uint8_t>(datagram));
    }
  }
  /// Datagrams dropped by a full queue since the last call.
  std::size_t take_dropped() noexcept { return std::exchange(dropped_, 0); }

 private:
  friend struct DtlsBio;
  DtlsSession(DtlsRole role, DtlsFingerprint expected)
      : role_(role), expected_(std::move(expected)) {}
  void advance();
  void fail(std::string why);
  void on_result(int result);
  void queue_output(std::span<const std::uint8_t> datagram);

  DtlsRole role_;
  DtlsFingerprint expected_;
  ssl_st* ssl_ = nullptr;
  State state_ = State::handshaking;
  std::string reason_;
  bool started_ = false;
  bool fingerprint_mismatch_ = false;
  std::span<const std::uint8_t> input_;  // the datagram being read
  std::deque<std::vector<std::uint8_t>> output_;
  std::size_t dropped_ = 0;
};

}  // namespace diemcau::media
