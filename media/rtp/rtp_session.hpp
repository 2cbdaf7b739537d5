#pragma once
// All RTP of one endpoint above SRTP: what it receives, three senders, RTCP.
// Lives on one transport loop; knows no socket and no clock of its own, so that two sessions can
// be run against each other in a test.

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "base/event_loop.hpp"
#include "base/metrics.hpp"
#include "media/rtp/bandwidth_estimator.hpp"
#include "media/rtp/line_probe.hpp"
#include "media/rtp/packet_output.hpp"
#include "media/rtp/session_statistics.hpp"
#include "media/rtp/uplink.hpp"
#include "media/session_parameters.hpp"
#include "media/stream/encoded_stream.hpp"

namespace diemcau::media {

/// On the transport loop; receivers must only post.
struct RtpSessionEvents {
  std::function<void(Slot, Layer, bool flowing)> on_uplink_flow;  // first packet / none for 2 s
  std::function<void(const SessionStatistics&)> on_statistics;
  /// The line down chokes: pictures are held already; what is shown should be chosen again.
  std::function<void(const LineEstimate&)> on_choke;
};

class RtpSession {
 public:
  RtpSession(const SessionParameters& parameters, EventLoop& loop, PacketOutput& output,
             Metrics& metrics, RtpSessionEvents events);
  ~RtpSession();
  RtpSession(const RtpSession&) = delete;
  RtpSession& operator=(const RtpSession&) = delete;

  // From transport, plaintext. Wrong packets are counted and dropped.
  void on_rtp(std::span<const std::uint8_t> packet, TimePoint arrived) noexcept;
  /// `own_delay`: how long it may have waited to be read.
  void on_rtcp(std::span<const std::uint8_t> compound, TimePoint arrived,
               Duration own_delay = {}) noexcept;
  /// Drives every timer: NACK, reorder deadlines, transport feedback, reports. To be called when
  /// next_tick() has come, within 20 ms or so.
  void tick(TimePoint now) noexcept;
  /// Moves with everything that is asked of the session or comes from the site.
  TimePoint next_tick() const noexcept;

  // Up. A sink is kept until replaced; null: packets are counted and dropped. Of a slot without
  // simulcast there is the high layer only: what is asked of the other is ignored.
  void set_ordered_sink(Slot slot, Layer layer, std::shared_ptr<OrderedPacketSink> sink);
  void set_uplink_sink(Slot slot, std::shared_ptr<UplinkSink> sink);
  /// Publishes what arrives as a stream, untouched (selective forwarding).
  void set_forward(Slot slot, Layer layer, std::shared_ptr<EncodedStream> stream);
  /// PLI (or FIR), merged and paced.
  void request_key_frame(Slot slot, Layer layer) noexcept;
  /// REMB ceiling in bit/s told to the site for all it sends; 0: no ceiling.
  void set_uplink_ceiling(double bits_per_second) noexcept;

  // Down. What the slot carries; null: nothing. Video switches at a key frame (asked for), sound
  // at once. `self`: this endpoint's own microphone, for mix-minus variants.
  void show(Slot slot, std::shared_ptr<EncodedStream> stream, SourceId self = {});
  /// What the line down is taken for, bit/s with all headers: pictures are paced to what sound
  /// leaves of it. 0: not thin, pictures go as they come.
  void set_line(double bits_per_second) noexcept;

  /// Fills the line down with padding by a slot that shows nothing. False: it shows something, it
  /// has no retransmission source, or another probe runs.
  bool start_probe(Slot slot, std::vector<ProbeStep> steps);
  bool probing() const noexcept;
  /// How a probe ended, once: false when its slot was given something to show before its end.
  std::optional<bool> take_probe_end() noexcept;

  /// Goodbye: RTCP BYE for our senders.
  void close() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace diemcau::media
