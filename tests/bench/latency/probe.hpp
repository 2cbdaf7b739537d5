#pragma once
// A peer of the running server for measuring it: joins over WHIP or WHEP with the stack of the
// simulated sites, and hands out what arrives. Lives on one transport loop.

#include <functional>
#include <memory>
#include <string>

#include "mcu/app/simulate/signal_client.hpp"
#include "mcu/app/simulate/site_media.hpp"

namespace diemcau::bench {

/// POSTs an offer and returns the answer. Errors: bench.refused with what the server said.
Result<std::string> exchange(const mcu::ServerAddress& server, const std::string& path,
                             const std::string& token, const std::string& offer);

class Probe final : public media::TransportObserver, public media::Ticker {
 public:
  static Result<std::unique_ptr<Probe>> create(const mcu::SiteMediaContext& context);
  ~Probe();

  const std::string& offer() const noexcept { return offer_; }
  Result<void> accept(const std::string& answer);
  media::RtpSession& session() noexcept { return *session_; }
  std::function<void()> on_connected;

  void on_transport_state(media::TransportState state, const std::string& reason) override;
  void on_rtp(std::span<std::uint8_t> packet, TimePoint arrived) override;
  void on_rtcp(std::span<std::uint8_t> compound, TimePoint arrived) override;
  TimePoint on_tick(TimePoint now) noexcept override;

 private:
  explicit Probe(const mcu::SiteMediaContext& context) : context_(context) {}

  mcu::SiteMediaContext context_;
  std::string offer_;
  std::optional<media::TransportLoop::TickerId> ticker_;
  std::unique_ptr<media::SecureTransport> transport_;
  std::unique_ptr<media::RtpSession> session_;
};

}  // namespace diemcau::bench
