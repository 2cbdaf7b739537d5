#include "tests/bench/latency/probe.hpp"

#include <sstream>

#include <boost/asio/ip/tcp.hpp>

#include "mcu/app/simulate/site_offer.hpp"

namespace diemcau::bench {

Result<std::string> exchange(const mcu::ServerAddress& server, const std::string& path,
                             const std::string& token, const std::string& offer) {
  boost::asio::ip::tcp::iostream stream(server.host, server.port);
  stream << "POST " << path << " HTTP/1.1\r\nHost: " << server.host << "\r\nAuthorization: Bearer "
         << token << "\r\nContent-Type: application/sdp\r\nContent-Length: " << offer.size()
         << "\r\nConnection: close\r\n\r\n"
         << offer << std::flush;
  std::ostringstream reply;
  reply << stream.rdbuf();
  const std::string text = reply.str();
  const auto body = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.1 201") || body == std::string::npos)
    return make_error(Errc::unavailable, "bench.refused", path + ": " + text);
  return text.substr(body + 4);
}

Result<std::unique_ptr<Probe>> Probe::create(const mcu::SiteMediaContext& context) {
  std::unique_ptr<Probe> self(new Probe(context));
  auto transport = media::SecureTransport::create(*context.loop, *context.certificate,
                                                  context.transport, /*ice_controlling=*/true,
                                                  media::DtlsRole::client, *context.metrics, *self);
  if (!transport) return transport.error();
  self->transport_ = std::move(*transport);
  mcu::LocalTransport local;
  local.ice = self->transport_->local_ice();
  local.fingerprint = context.certificate->fingerprint();
  local.session_id = 1;
  self->offer_ = mcu::write_site_offer(local);
  self->ticker_ = context.loop->add_ticker(*self);
  return self;
}

Probe::~Probe() {
  if (ticker_) context_.loop->remove_ticker(*ticker_);
  if (session_) session_->close();
  if (transport_) transport_->close();
}

Result<void> Probe::accept(const std::string& answer) {
  auto parameters = mcu::read_site_answer(answer);
  if (!parameters) return parameters.error();
  session_ = std::make_unique<media::RtpSession>(*parameters, *context_.loop, *transport_,
                                                 *context_.metrics, media::RtpSessionEvents{});
  transport_->allow_repeats(media::repeating_sources(parameters->slots));
  return transport_->connect(parameters->remote_ice, parameters->remote_fingerprint);
}

void Probe::on_transport_state(media::TransportState state, const std::string&) {
  if (state == media::TransportState::connected && on_connected) on_connected();
}
void Probe::on_rtp(std::span<std::uint8_t> packet, TimePoint arrived) {
  if (session_) session_->on_rtp(packet, arrived);
}
void Probe::on_rtcp(std::span<std::uint8_t> compound, TimePoint arrived) {
  if (session_) session_->on_rtcp(compound, arrived);
}
TimePoint Probe::on_tick(TimePoint now) noexcept {
  if (session_) session_->tick(now);
  return now;
}

}  // namespace diemcau::bench
