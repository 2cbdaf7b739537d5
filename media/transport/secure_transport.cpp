#include "media/transport/secure_transport.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/log.hpp"
#include "base/prefetch.hpp"
#include "base/random.hpp"
#include "media/transport/consent_watch.hpp"
#include "media/transport/dtls_session.hpp"
#include "media/transport/ice_transport.hpp"
#include "media/transport/packet_kind.hpp"
#include "media/transport/srtp_session.hpp"
#include "media/transport/transport_loop.hpp"
#include "media/transport/udp_sender.hpp"

namespace diemcau::media {

namespace {
class SecureTransportImpl final : public SecureTransport, private IceObserver, private RunSender {
 public:
  SecureTransportImpl(TransportLoop& loop, const DtlsCertificate& certificate, DtlsRole role,
                      Duration connect_timeout, Metrics& metrics, TransportObserver& observer)
      : loop_(loop),
        counters_(metrics),
        udp_(counters_),
        certificate_(certificate),
        role_(role),
        connect_timeout_(connect_timeout),
        observer_(&observer) {}
  ~SecureTransportImpl() override { close(); }

  Result<void> open(const TransportOptions& options, bool ice_controlling) {
    auto ice = IceTransport::create(loop_, options, ice_controlling, counters_, *this);
    if (!ice) return ice.error();
    ice_ = std::move(*ice);
    return {};
  }

  IceParameters local_ice() const override { return ice_ ? ice_->local() : IceParameters{}; }
  Result<void> connect(const IceParameters& remote, const DtlsFingerprint& fingerprint) override;
  void allow_repeats(std::vector<std::uint32_t> ssrcs) override { repeated_ = std::move(ssrcs); }
  Result<void> add_remote_candidate(const std::string& candidate) override;
  Result<IceParameters> restart_ice(const IceParameters& remote) override;
  void close() override;
  std::string srtp_profile() const override {
    return srtp_ ? std::string(name_of(srtp_->profile())) : std::string();
  }
  std::string remote_address() const override {
    return ice_ ? ice_->path().remote_text : std::string();
  }

  std::span<std::uint8_t> reserve() noexcept override;
  void commit_rtp(std::size_t size) noexcept override;
  void send_rtcp(std::span<const std::uint8_t> compound) noexcept override;
  void flush() noexcept override { loop_.batch().flush(*this); }
  void approach(unsigned distance) const noexcept override;

 private:
  static constexpr std::size_t kRoom = kMaxForwardedPacket + SrtpSession::kMaxTrailer;

  void on_ice_selected() override;
  void on_ice_failed() override;
  void on_ice_consent(bool granted) override;
  void on_ice_datagram(std::span<std::uint8_t> datagram, TimePoint arrived) override;
  void send_run(const PacketRun& run) noexcept override;

  void on_media(PacketKind kind, std::span<std::uint8_t> packet, TimePoint arrived);
  void pump_dtls();
  void send_dtls_output();
  void arm_dtls_timer();
  void arm_connect_timer();
  void cancel_timers();
  void start_media();
  void watch_consent();
  void finish(TransportState state, const std::string& reason);

  // What every packet needs comes first: few lines to fetch (kFirstLines).
  TransportLoop& loop_;
  std::unique_ptr<SrtpSession> srtp_;
  std::span<std::uint8_t> reserved_;
  bool direct_ = false;  // by udp_; else by libnice (TCP, relayed)
  TransportCounters counters_;
  UdpSender udp_;
  const DtlsCertificate& certificate_;
  DtlsRole role_;
  Duration connect_timeout_;
  TransportObserver* observer_;  // null once closed
  std::unique_ptr<IceTransport> ice_;
  std::unique_ptr<DtlsSession> dtls_;
  std::vector<std::uint32_t> repeated_;
  bool selected_ = false;  // a pair was selected at least once
  bool checking_ = false;  // connecting or restarting: a failure of checks may yet be mended
  bool finished_ = false;  // failed or closed: reported, nothing more to come
  EventLoop::TimerId dtls_timer_ = 0;
  EventLoop::TimerId connect_timer_ = 0;
  EventLoop::TimerId consent_timer_ = 0;
  ConsentWatch consent_;
  TimePoint heard_{};  // when the newest authentic packet came
};

Result<void> SecureTransportImpl::connect(const IceParameters& remote,
                                          const DtlsFingerprint& fingerprint) {
  DIEMCAU_RUN_ON(loop_.sequence());
  if (!ice_ || dtls_)
    return make_error(Errc::conflict, "transport.connected", "connect was called before");
  auto dtls = DtlsSession::create(certificate_, role_, fingerprint);
  if (!dtls) return dtls.error();
  if (const auto set = ice_->set_remote(remote); !set) return set.error();
  dtls_ = std::move(*dtls);
  checking_ = true;
  arm_connect_timer();
  return {};
}

Result<void> SecureTransportImpl::add_remote_candidate(const std::string& candidate) {
  DIEMCAU_RUN_ON(loop_.sequence());
  if (!ice_ || !dtls_)
    return make_error(Errc::conflict, "transport.not_connecting", "connect comes first");
  return ice_->add_remote_candidate(candidate);
}

Result<IceParameters> SecureTransportImpl::restart_ice(const IceParameters& remote) {
  DIEMCAU_RUN_ON(loop_.sequence());
  if (!ice_ || !dtls_ || finished_)
    return make_error(Errc::conflict, "transport.not_connecting", "connect comes first");
  auto parameters = ice_->restart(remote);
  if (!parameters) return parameters;
  checking_ = true;
  arm_connect_timer();
  return parameters;
}

void SecureTransportImpl::close() {
  observer_ = nullptr;
  if (!ice_) return;
  cancel_timers();
  flush();
  if (dtls_ && !finished_) {
    dtls_->close();
    if (selected_) send_dtls_output();
  }
  finished_ = true;
  srtp_.reset();
  reserved_ = {};
  ice_->detach();
  // Later, since this may be called from inside one of libnice's callbacks.
  if (loop_.is_current()) loop_.at_round_end([ice = std::move(ice_)] {});
  ice_.reset();
}

std::span<std::uint8_t> SecureTransportImpl::reserve() noexcept {
  reserved_ = srtp_ ? loop_.batch().reserve(*this, kRoom) : std::span<std::uint8_t>{};
  return reserved_.first(std::min(reserved_.size(), kMaxForwardedPacket));
}

void SecureTransportImpl::commit_rtp(std::size_t size) noexcept {
  const auto room = std::exchange(reserved_, {});
  if (room.empty() || !srtp_ || size > kMaxForwardedPacket) return;
  const std::size_t length = srtp_->protect_rtp(room, size);
  if (length == 0) return;
  loop_.batch().append(length);
  loop_.flush_at_round_end();
  counters_.rtp_out.add();
}

void SecureTransportImpl::approach(unsigned distance) const noexcept {
  if (!srtp_) return;
  if (distance > 1)
    prefetch(srtp_.get());
  else
    srtp_->approach();
}

void SecureTransportImpl::send_rtcp(std::span<const std::uint8_t> compound) noexcept {
  if (!srtp_ || compound.size() > kMaxRtpPacket) return;
  const auto room = loop_.batch().reserve(*this, kRoom);
  std::memcpy(room.data(), compound.data(), compound.size());
  const std::size_t length = srtp_->protect_rtcp(room, compound.size());
  if (length == 0) return;
  loop_.batch().append(length);
  loop_.flush_at_round_end();
  counters_.rtcp_out.add();
}

void SecureTransportImpl::send_run(const PacketRun& run) noexcept {
  counters_.bytes_out.add(run.total);
  if (direct_) {
    udp_.send(run);
    return;
  }
  for (std::size_t i = 0; i < run.count; ++i) {
    const std::size_t offset = i * run.segment;
    const std::size_t size = std::min(run.segment, run.total - offset);
    if (!ice_->send({run.data + offset, size})) counters_.send_dropped.add();
  }
}

void SecureTransportImpl::on_ice_selected() {
  if (finished_) return;
  flush();  // to the old pair
  const IcePath& path = ice_->path();
  direct_ = path.direct;
  if (direct_) udp_.set_path(path.fd, path.remote, path.remote_size);
  const bool first = !std::exchange(selected_, true);
  if (srtp_) {  // an ICE restart or a better pair: the association stays
    checking_ = false;
    ice_->settle();
    loop_.cancel(std::exchange(connect_timer_, 0));
    loop_.cancel(std::exchange(consent_timer_, 0));
  }
  if (!dtls_) return;
  if (first) dtls_->start();
  pump_dtls();
}

void SecureTransportImpl::on_ice_failed() {
  if (finished_ || checking_) return;  // the connect timer has the last word
  // libnice itself sends nothing over such a pair, so that one it sends for is not kept.
  if (!srtp_ || !ice_->path().direct)
    return finish(TransportState::failed, "ice: the peer does not answer any more");
  consent_.doubt(loop_.clock().now());
  watch_consent();
}

/// libnice asks for consent every 4 to 6 s, once, and gives up after 10 s: where 30 % are lost each
/// way, two in a row go unanswered within the minute. So it is asked for again here.
void SecureTransportImpl::watch_consent() {
  loop_.cancel(std::exchange(consent_timer_, 0));
  const TimePoint now = loop_.clock().now();
  if (consent_.step(now, heard_) == ConsentWatch::Step::over)
    return finish(TransportState::failed, "ice: the peer does not answer any more");
  ice_->check_consent();
  const double chance = random_bits<std::uint32_t>() / 4'294'967'296.0;
  consent_timer_ = loop_.run_after(consent_.until_next(now, heard_, chance), [this] {
    consent_timer_ = 0;
    if (!finished_ && !checking_) watch_consent();
  });
}

void SecureTransportImpl::on_ice_consent(bool granted) {
  if (finished_) return;
  if (!granted) return finish(TransportState::failed, "ice: the peer took its consent back");
  consent_.answered(loop_.clock().now());
}

void SecureTransportImpl::on_ice_datagram(std::span<std::uint8_t> datagram, TimePoint arrived) {
  if (finished_) return;
  const PacketKind kind = packet_kind_of(datagram);
  switch (kind) {
    case PacketKind::rtp:
    case PacketKind::rtcp:
      on_media(kind, datagram, arrived);
      return;
    case PacketKind::dtls:
      if (!dtls_) return;
      dtls_->receive(datagram);
      pump_dtls();
      return;
    case PacketKind::stun:
    case PacketKind::unknown:
      counters_.unknown_kind.add();
      return;
  }
}

void SecureTransportImpl::on_media(PacketKind kind, std::span<std::uint8_t> packet,
                                   TimePoint arrived) {
  if (!srtp_) {
    counters_.rejected_early.add();
    return;
  }
  counters_.bytes_in.add(packet.size());
  if (kind == PacketKind::rtp) {
    const auto plain = srtp_->unprotect_rtp(packet);
    if (plain.empty()) return;
    heard_ = arrived;
    counters_.rtp_in.add();
    observer_->on_rtp(plain, arrived);
  } else {
    const auto plain = srtp_->unprotect_rtcp(packet);
    if (plain.empty()) return;
    heard_ = arrived;
    counters_.rtcp_in.add();
    observer_->on_rtcp(plain, arrived);
  }
}

void SecureTransportImpl::pump_dtls() {
  counters_.dtls_dropped.add(dtls_->take_dropped());
  if (selected_) send_dtls_output();
  switch (dtls_->state()) {
    case DtlsSession::State::handshaking:
      arm_dtls_timer();
      return;
    case DtlsSession::State::connected:
      if (!srtp_) start_media();
      return;
    case DtlsSession::State::closed:
      finish(TransportState::closed, "peer closed");
      return;
    case DtlsSession::State::failed:
      finish(TransportState::failed, dtls_->reason());
      return;
  }
}

void SecureTransportImpl::send_dtls_output() {
  dtls_->drain_output([this](std::span<const std::uint8_t> datagram) {
    if (!ice_->send(datagram)) counters_.send_dropped.add();
  });
}

void SecureTransportImpl::arm_dtls_timer() {
  loop_.cancel(std::exchange(dtls_timer_, 0));
  const auto wait = dtls_->timeout();
  if (!wait) return;
  dtls_timer_ = loop_.run_after(*wait, [this] {
    dtls_timer_ = 0;
    if (dtls_->on_timeout()) counters_.dtls_retransmissions.add();
    pump_dtls();
  });
}

void SecureTransportImpl::arm_connect_timer() {
  loop_.cancel(std::exchange(connect_timer_, 0));
  connect_timer_ = loop_.run_after(connect_timeout_, [this] {
    connect_timer_ = 0;
    finish(TransportState::failed, !selected_ ? "ice: no way to the peer was found"
                                   : !srtp_   ? "dtls: the handshake did not finish"
                                              : "ice: the restart did not finish");
  });
}

void SecureTransportImpl::cancel_timers() {
  loop_.cancel(std::exchange(dtls_timer_, 0));
  loop_.cancel(std::exchange(connect_timer_, 0));
  loop_.cancel(std::exchange(consent_timer_, 0));
}

void SecureTransportImpl::start_media() {
  const auto keys = dtls_->export_keys();
  if (!keys) {
    finish(TransportState::failed, keys.error().detail);
    return;
  }
  auto srtp =
      SrtpSession::create(keys->profile, keys->outbound, keys->inbound, counters_, repeated_);
  if (!srtp) {
    finish(TransportState::failed, "srtp: " + srtp.error().detail);
    return;
  }
  srtp_ = std::move(*srtp);
  checking_ = false;
  ice_->settle();
  cancel_timers();
  if (observer_ != nullptr) observer_->on_transport_state(TransportState::connected, {});
}

void SecureTransportImpl::finish(TransportState state, const std::string& reason) {
  if (finished_) return;
  cancel_timers();
  flush();
  finished_ = true;
  srtp_.reset();
  reserved_ = {};
  if (observer_ != nullptr) observer_->on_transport_state(state, reason);
}

}  // namespace

Result<std::unique_ptr<SecureTransport>> SecureTransport::create(
    TransportLoop& loop, const DtlsCertificate& certificate, const TransportOptions& options,
    bool ice_controlling, DtlsRole role, Metrics& metrics, TransportObserver& observer) {
  DIEMCAU_RUN_ON(loop.sequence());
  auto transport = std::make_unique<SecureTransportImpl>(
      loop, certificate, role, options.connect_timeout, metrics, observer);
  if (const auto opened = transport->open(options, ice_controlling); !opened) return opened.error();
  return std::unique_ptr<SecureTransport>(std::move(transport));
}

}  // namespace diemcau::media
