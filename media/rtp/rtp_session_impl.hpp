#pragma once
// Behind rtp_session.hpp: what arrives, what is due and what is said of it. Lives on the session's
// loop.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "media/rtp/line_guard.hpp"
#include "media/rtp/ntp_time.hpp"
#include "media/rtp/receive_side.hpp"
#include "media/rtp/remb_estimator.hpp"
#include "media/rtp/rtcp/reports.hpp"
#include "media/rtp/rtp_sender.hpp"
#include "media/rtp/rtp_session.hpp"
#include "media/rtp/session_counters.hpp"

namespace diemcau::media {

struct RtpSession::Impl {
  static constexpr int kLiftRepeats = 3;  // a browser keeps the last ceiling it heard

  Impl(const SessionParameters& parameters, EventLoop& event_loop, PacketOutput& out,
       Metrics& metrics, RtpSessionEvents session_events);

  EventLoop& loop;
  PacketOutput& output;
  RtpSessionEvents events;
  SessionCounters counters;
  NtpClock ntp;
  std::string cname;
  HeaderExtensionIds ids;
  std::uint32_t ssrc;  // in feedback that is no slot's own
  ReceiveSide receiving;
  std::uint16_t transport_sequence = 0;
  LineGuard line{std::make_unique<RembEstimator>()};
  std::array<std::unique_ptr<RtpSender>, kSlots> senders;
  Duration round_trip = std::chrono::milliseconds(100);  // until one is measured
  TimePoint next_report{}, next_statistics{};
  TimePoint next_tick{};  // in the past: at once
  TimePoint measured{};
  Duration own_delay{};  // of the feedback being read
  bool reported = false;
  double ceiling = 0;  // bit/s, 0: none
  int ceiling_repeats = 0;
  double peer_remb = 0;
  std::uint64_t sound_packets = 0;  // sent, at the last statistics
  std::optional<LineProbe> probe;
  RtpSender* probed = nullptr;  // who numbers the probe's packets
  std::optional<bool> probe_end;
  bool closed = false;

  void on_rtp(std::span<const std::uint8_t> bytes, TimePoint arrived);
  void on_rtcp(std::span<const std::uint8_t> bytes, TimePoint arrived);
  void on_transport_feedback(const rtcp::PacketView& packet, TimePoint now);
  void on_payload_feedback(const rtcp::PacketView& packet, TimePoint now);
  void on_report_blocks(const rtcp::ReportBlocks& blocks, TimePoint now);
  void tick(TimePoint now);
  TimePoint tick_again(TimePoint now) const noexcept;
  void measure_sent(TimePoint now);
  void look_for_choke(TimePoint now);
  void tick_probe(TimePoint now);
  void end_probe(bool carried_out) {
    probe.reset();
    probe_end = carried_out;
  }

  void send_feedback(TimePoint now);
  void send_transport_feedback(TimePoint now);
  void send_reports(TimePoint now);
  bool write_ceiling(rtcp::Writer& out);
  void publish_statistics(TimePoint now);
  void report_soon(TimePoint now);
  RtpSender* sender_of(std::uint32_t media_ssrc) const noexcept {
    for (const auto& sender : senders)
      if (sender && sender->ssrc() == media_ssrc) return sender.get();
    return nullptr;
  }
};

}  // namespace diemcau::media
