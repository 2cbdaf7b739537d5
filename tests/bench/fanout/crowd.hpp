#pragma once
// The receivers of the bench, on a loop of their own: real ICE, DTLS and SRTP, packets counted and
// thrown away, feedback as a browser sends it.

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "media/transport/dtls_certificate.hpp"
#include "media/transport/secure_transport.hpp"
#include "media/transport/transport_loop.hpp"

namespace diemcau::media::bench {

/// Feedback messages a second and receiver: what Chromium sends at most (RR, REMB, NACK, PLI).
inline constexpr int kFeedbackRate = 15;
/// Between two looks at the sockets.
inline constexpr auto kNap = std::chrono::milliseconds(2);

class Crowd {
 public:
  Crowd(const Clock& clock, Metrics& metrics);
  ~Crowd();

  struct Invitation {
    IceParameters ice;
    DtlsFingerprint fingerprint;
  };
  /// A new receiver's half of the offer; `index` counts from 0. Any thread.
  Invitation add();
  /// The answer. Any thread.
  void answer(std::size_t index, IceParameters ice, DtlsFingerprint fingerprint);
  void start_feedback();
  void stop_feedback();

  std::uint64_t received() const noexcept { return received_.load(); }
  /// How many have got a packet of video.
  std::size_t watching() const noexcept { return watching_.load(); }
  /// When a receiver got its first packet of video; epoch: not yet.
  TimePoint first_picture(std::size_t index) const;

 private:
  struct Receiver;
  void feedback();
  void nap();

  const Clock& clock_;
  Metrics& metrics_;
  DtlsCertificate certificate_;
  TransportLoop loop_;
  std::vector<std::unique_ptr<Receiver>> receivers_;  // on the loop
  std::atomic<std::uint64_t> received_{0};
  std::atomic<std::size_t> watching_{0};
  std::size_t turn_ = 0;
  bool talking_ = false, napping_ = false;
};

}  // namespace diemcau::media::bench
