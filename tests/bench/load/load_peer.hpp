#pragma once
// One peer of the load client: a UDP socket, ICE, DTLS and SRTP, counting what it receives and
// reporting on it as a browser does; a site also sends. Lives on the loop of its LoadContext.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/event_loop.hpp"
#include "media/transport/dtls_session.hpp"
#include "tests/bench/load/first_picture.hpp"
#include "tests/bench/load/ice_agent.hpp"
#include "tests/bench/load/publisher.hpp"
#include "tests/bench/load/rest.hpp"
#include "tests/bench/load/stream_count.hpp"
#include "tests/bench/load/udp_socket.hpp"

namespace diemcau::bench {

struct LoadContext {
  EventLoop& loop;
  const media::DtlsCertificate& certificate;
  media::TransportCounters& counters;
  ReceiveRoom& room;
  Rest& rest;
  bool coalesced = false;
  bool any_own_address = false;  // of this machine, not only loopback
};

/// Moments of a join; TimePoint{} where it has not come yet.
struct JoinTimes {
  TimePoint asked{}, answered{}, secured{}, first_packet{}, first_picture{};
};

class LoadPeer final : public ReadableHandler {
 public:
  struct Options {
    bool controlling = true;  // we made the offer
    bool decrypts = false;    // all that comes, not only up to the first picture
    /// bit/s its line carries; 0: no limit. REMB says no more, and what is above is reported lost.
    double line = 0;
    unsigned number = 0;  // spreads the reports in time
  };
  /// On any thread; the loop watches it from connect() on.
  static Result<std::unique_ptr<LoadPeer>> create(LoadContext& context, const Options& options);
  ~LoadPeer();

  const IceAgent& ice() const noexcept { return ice_; }
  std::uint16_t port() const noexcept { return socket_.port(); }

  // On the loop.
  Result<void> connect(media::SessionParameters parameters, TimePoint asked);
  void on_tick(TimePoint now);
  /// Says goodbye.
  void close();
  Publisher* publisher() noexcept { return publisher_ ? &*publisher_ : nullptr; }
  const JoinTimes& times() const noexcept { return times_; }
  bool connected() const noexcept { return srtp_ != nullptr && !ended_; }
  bool ended() const noexcept { return ended_; }
  const std::string& reason() const noexcept { return reason_; }
  std::int64_t packets() const noexcept { return packets_; }
  std::int64_t bytes() const noexcept { return bytes_; }
  std::int64_t lost() const noexcept;
  std::int64_t pictures() const noexcept { return pictures_; }
  std::uint32_t overflowed() const noexcept { return socket_.overflowed(); }
  std::int64_t reports() const noexcept { return reports_; }

  void on_readable(int fd) override;

 private:
  struct Stream {
    StreamCount count;
    std::int64_t reported_packets = 0, reported_highest = 0;
    std::uint32_t last_sr = 0;
    TimePoint sr_arrived{};
  };
  LoadPeer(LoadContext& context, const Options& options, UdpSocket socket);
  void on_datagram(std::span<std::uint8_t> datagram, const sockaddr_in& from, TimePoint now);
  void on_rtp(std::span<std::uint8_t> packet, TimePoint now);
  void on_rtcp(std::span<std::uint8_t> packet, TimePoint now);
  void begin_dtls();
  void flush_dtls();
  void secure(TimePoint now);
  void report(TimePoint now);
  void end(std::string reason);
  Stream& stream(std::uint32_t ssrc);

  LoadContext& context_;
  const Options options_;
  UdpSocket socket_;
  IceAgent ice_;
  media::SessionParameters parameters_;
  std::uint32_t main_ssrc_ = 0;
  std::unique_ptr<media::DtlsSession> dtls_;
  std::unique_ptr<media::SrtpSession> srtp_;
  std::optional<Publisher> publisher_;
  std::optional<FirstPicture> first_;
  std::vector<Stream> streams_;
  JoinTimes times_;
  TimePoint dtls_timeout_ = TimePoint::max(), next_report_ = TimePoint::max(), rate_since_{};
  std::int64_t packets_ = 0, bytes_ = 0, reports_ = 0, pictures_ = 0, rate_bytes_ = 0;
  double rate_ = 0;            // bit/s that came lately
  double estimate_ = 300'000;  // of the line, bit/s
  bool ended_ = false;
  std::string reason_;
};

}  // namespace diemcau::bench
