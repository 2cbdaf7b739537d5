#include "tests/bench/load/load_peer.hpp"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>
#include <unistd.h>

#include "media/rtp/ntp_time.hpp"
#include "media/rtp/rtcp/key_frame_requests.hpp"
#include "media/rtp/rtcp/remb.hpp"
#include "media/rtp/rtcp/reports.hpp"
#include "media/rtp/rtcp/source_description.hpp"
#include "media/transport/ice_candidate.hpp"
#include "media/transport/packet_kind.hpp"

namespace diemcau::bench {
namespace {

using namespace std::chrono_literals;
using media::PacketKind;
using media::Slot;
namespace rtcp = media::rtcp;

/// Both browsers send REMB, and a receiver report with it, about 4.5 times a second.
constexpr Duration kReportStep = 222ms;
/// A browser's estimate never rises far above what arrives, and does not fall because less comes.
constexpr double kAboveReceived = 1.5;

/// Traffic to an address of this machine's own stays in it.
bool is_own(sockaddr_in address) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  address.sin_port = 0;
  const bool own = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return own;
}

std::optional<sockaddr_in> first_udp_candidate(const media::IceParameters& ice, bool any) {
  for (const auto& line : ice.candidates) {
    const auto candidate = media::parse_candidate(line);
    sockaddr_in address{};
    if (!candidate || candidate->protocol != media::IceCandidate::Protocol::udp ||
        inet_pton(AF_INET, candidate->address.c_str(), &address.sin_addr) != 1)
      continue;
    address.sin_family = AF_INET;
    if (any ? !is_own(address) : ntohl(address.sin_addr.s_addr) >> 24 != 127) continue;
    address.sin_port = htons(candidate->port);
    return address;
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<LoadPeer>> LoadPeer::create(LoadContext& context, const Options& options) {
  auto socket = UdpSocket::open(context.coalesced, context.any_own_address);
  if (!socket) return socket.error();
  return std::unique_ptr<LoadPeer>(new LoadPeer(context, options, std::move(*socket)));
}

LoadPeer::LoadPeer(LoadContext& context, const Options& options, UdpSocket socket)
    : context_(context), options_(options), socket_(std::move(socket)), ice_(options.controlling) {}

LoadPeer::~LoadPeer() = default;

Result<void> LoadPeer::connect(media::SessionParameters parameters, TimePoint asked) {
  times_.asked = asked;
  times_.answered = context_.loop.clock().now();
  parameters_ = std::move(parameters);
  const auto remote = first_udp_candidate(parameters_.remote_ice, context_.any_own_address);
  if (!remote)
    return make_error(Errc::unavailable, "load.no_candidate", "no UDP candidate on this machine");
  auto dtls = media::DtlsSession::create(context_.certificate, media::DtlsRole::client,
                                         parameters_.remote_fingerprint);
  if (!dtls) return dtls.error();
  dtls_ = std::move(*dtls);
  for (const auto& slot : parameters_.slots) {
    if (slot.slot != Slot::main || !slot.receive) continue;
    main_ssrc_ = slot.remote_ssrc;
    first_.emplace(slot.codec.codec);
  }
  socket_.connect(*remote);
  ice_.set_remote(parameters_.remote_ice.ufrag, parameters_.remote_ice.password);
  context_.loop.watch(socket_.fd(), *this);
  on_tick(times_.answered);
  return {};
}

void LoadPeer::on_tick(TimePoint now) {
  if (ended_ || !dtls_) return;
  if (ice_.next_check() <= now) {
    std::array<std::uint8_t, kMaxStun> room;
    socket_.send({room.data(), ice_.write_check(room, now)});
  }
  if (dtls_timeout_ <= now) {
    dtls_->on_timeout();
    flush_dtls();
  }
  if (publisher_ && publisher_->due() <= now) publisher_->send_due(now);
  if (next_report_ <= now) {
    report(now);
    next_report_ = std::max(next_report_ + kReportStep, now);
  }
}

void LoadPeer::on_readable(int) {
  const TimePoint now = context_.loop.clock().now();
  context_.rest.after_this_round();
  socket_.read(context_.room, [&](std::span<std::uint8_t> datagram, const sockaddr_in& from) {
    on_datagram(datagram, from, now);
  });
}

void LoadPeer::on_datagram(std::span<std::uint8_t> datagram, const sockaddr_in& from,
                           TimePoint now) {
  if (ended_) return;
  switch (media::packet_kind_of(datagram)) {
    case PacketKind::rtp:
      on_rtp(datagram, now);
      return;
    case PacketKind::rtcp:
      on_rtcp(datagram, now);
      return;
    case PacketKind::stun: {
      std::array<std::uint8_t, kMaxStun> room;
      const std::size_t size = ice_.on_datagram(datagram, from, room, now);
      if (size > 0) socket_.send({room.data(), size});
      if (ice_.selected() && dtls_timeout_ == TimePoint::max() && srtp_ == nullptr) begin_dtls();
      return;
    }
    case PacketKind::dtls:
      dtls_->receive(datagram);
      flush_dtls();
      if (dtls_->state() == media::DtlsSession::State::connected && srtp_ == nullptr) secure(now);
      return;
    case PacketKind::unknown:
      return;
  }
}

void LoadPeer::begin_dtls() {
  dtls_->start();
  flush_dtls();
}

void LoadPeer::flush_dtls() {
  dtls_->drain_output([&](std::span<const std::uint8_t> datagram) { socket_.send(datagram); });
  const auto wait = dtls_->timeout();
  dtls_timeout_ = wait ? context_.loop.clock().now() + *wait : TimePoint::max();
  if (dtls_->state() == media::DtlsSession::State::failed) end(dtls_->reason());
  if (dtls_->state() == media::DtlsSession::State::closed) end("the server closed");
}

void LoadPeer::secure(TimePoint now) {
  const auto keys = dtls_->export_keys();
  if (!keys) return end(keys.error().detail);
  auto srtp =
      media::SrtpSession::create(keys->profile, keys->outbound, keys->inbound, context_.counters);
  if (!srtp) return end(srtp.error().detail);
  srtp_ = std::move(*srtp);
  times_.secured = now;
  rate_since_ = now;
  next_report_ = now + kReportStep * (options_.number % 16) / 16;
  const bool sends = std::any_of(parameters_.slots.begin(), parameters_.slots.end(),
                                 [](const auto& slot) { return slot.send; });
  if (sends)
    publisher_.emplace(parameters_, now, [this](std::span<std::uint8_t> room, std::size_t size) {
      const std::size_t protected_size = srtp_->protect_rtp(room, size);
      if (protected_size > 0) socket_.send(room.first(protected_size));
    });
}

LoadPeer::Stream& LoadPeer::stream(std::uint32_t ssrc) {
  for (auto& known : streams_)
    if (known.count.ssrc() == ssrc) return known;
  streams_.push_back({StreamCount(ssrc), 0, 0, 0, {}});
  return streams_.back();
}

void LoadPeer::on_rtp(std::span<std::uint8_t> packet, TimePoint now) {
  const std::uint32_t ssrc = media::load32(packet.data() + 8);
  for (const auto& slot : parameters_.slots)
    if (slot.remote_rtx_ssrc == ssrc && ssrc != 0) return;  // numbered apart, and not asked for
  stream(ssrc).count.add(media::load16(packet.data() + 2));
  ++packets_;
  bytes_ += static_cast<std::int64_t>(packet.size());
  rate_bytes_ += static_cast<std::int64_t>(packet.size());
  const bool main = ssrc == main_ssrc_;
  if (main && (packet[1] & 0x80) != 0) ++pictures_;
  if (main && times_.first_packet == TimePoint{}) times_.first_packet = now;
  const bool waits = main && times_.first_picture == TimePoint{} && first_;
  if (srtp_ == nullptr || !(waits || options_.decrypts)) return;
  const auto plain = srtp_->unprotect_rtp(packet);
  if (plain.empty() || !waits) return;
  const auto parsed = media::parse_rtp(plain);
  if (parsed && first_->add(*parsed)) times_.first_picture = now;
}

void LoadPeer::on_rtcp(std::span<std::uint8_t> packet, TimePoint now) {
  if (srtp_ == nullptr) return;
  rtcp::CompoundReader reader(srtp_->unprotect_rtcp(packet));
  while (const auto part = reader.next()) {
    if (part->type == rtcp::kSenderReport) {
      if (const auto sr = rtcp::SenderReport::parse(*part)) {
        auto& from = stream(sr->ssrc);
        from.last_sr = media::NtpClock::compact(sr->ntp);
        from.sr_arrived = now;
      }
    } else if (part->type == rtcp::kPayloadFeedback && publisher_) {
      if (part->count == rtcp::Pli::kFormat) {
        if (const auto pli = rtcp::Pli::parse(*part))
          publisher_->on_key_frame_request(pli->media_ssrc);
      } else if (part->count == rtcp::Fir::kFormat) {
        if (const auto fir = rtcp::Fir::parse(*part))
          for (const auto& entry : fir->entries) publisher_->on_key_frame_request(entry.ssrc);
      }
    }
  }
}

void LoadPeer::report(TimePoint now) {
  rtcp::ReceiverReport rr;
  rtcp::Remb remb;
  rr.ssrc = 1;
  for (const auto& slot : parameters_.slots)
    if (slot.send && rr.ssrc == 1) rr.ssrc = slot.local_ssrc;
  remb.sender_ssrc = rr.ssrc;
  for (auto& stream : streams_) {
    if (stream.count.packets() == 0) continue;
    rtcp::ReportBlock block;
    block.ssrc = stream.count.ssrc();
    const auto expected = stream.count.highest() - stream.reported_highest;
    const auto lost = expected - (stream.count.packets() - stream.reported_packets);
    double share = stream.reported_packets > 0 && expected > 0
                       ? static_cast<double>(lost) / static_cast<double>(expected)
                       : 0;
    // What its line does not carry it would have lost: without that no server believes the REMB.
    if (options_.line > 0 && rate_ > options_.line)
      share = std::max(share, 1 - options_.line / rate_);
    block.fraction_lost = static_cast<std::uint8_t>(std::clamp(share * 256, 0.0, 255.0));
    stream.reported_highest = stream.count.highest();
    stream.reported_packets = stream.count.packets();
    block.cumulative_lost = static_cast<std::int32_t>(stream.count.lost());
    block.highest_sequence = static_cast<std::uint32_t>(stream.count.highest());
    block.last_sr = stream.last_sr;
    if (stream.last_sr != 0)
      block.delay_since_last_sr = media::NtpClock::to_compact(now - stream.sr_arrived);
    rr.blocks.push_back(block);
    remb.ssrcs.push_back(block.ssrc);
    if (rr.blocks.size() == 8) break;
  }
  if (rr.blocks.empty()) return;
  if (now - rate_since_ >= 1s) {
    rate_ =
        static_cast<double>(rate_bytes_) * 8e9 / static_cast<double>((now - rate_since_).count());
    rate_bytes_ = 0;
    rate_since_ = now;
  }
  estimate_ = std::max(estimate_, rate_ * kAboveReceived);
  remb.bitrate = static_cast<std::uint64_t>(estimate_);
  if (options_.line > 0)
    remb.bitrate = std::min(remb.bitrate, static_cast<std::uint64_t>(options_.line));
  std::array<std::uint8_t, 600> room;
  rtcp::Writer writer({room.data(), room.size() - media::SrtpSession::kMaxTrailer});
  rtcp::SourceDescription description;
  description.chunks.push_back({rr.ssrc, "load"});
  rr.write(writer);
  description.write(writer);
  if (rate_ > 0) remb.write(writer);
  const std::size_t size = srtp_->protect_rtcp(room, writer.size());
  if (size == 0) return;
  socket_.send({room.data(), size});
  ++reports_;
}

std::int64_t LoadPeer::lost() const noexcept {
  std::int64_t sum = 0;
  for (const auto& stream : streams_) sum += stream.count.lost();
  return sum;
}

void LoadPeer::end(std::string reason) {
  ended_ = true;
  reason_ = std::move(reason);
}

void LoadPeer::close() {
  if (dtls_ && !ended_) {
    dtls_->close();
    dtls_->drain_output([&](std::span<const std::uint8_t> datagram) { socket_.send(datagram); });
  }
  if (dtls_) context_.loop.unwatch(socket_.fd());
  end("left");
}

}  // namespace diemcau::bench
