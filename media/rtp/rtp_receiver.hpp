#pragma once
// What one layer of a slot receives. The list a packet passes: numbering → duplicates → statistics
// → NACK → key frames and flow → sinks (at once; in order; as a stream). Lives on the session's
// loop.

#include <memory>
#include <optional>

#include "media/codec/key_frame_detector.hpp"
#include "media/rtp/key_frame_requester.hpp"
#include "media/rtp/nack_generator.hpp"
#include "media/rtp/rate_meter.hpp"
#include "media/rtp/receive_statistics.hpp"
#include "media/rtp/received_window.hpp"
#include "media/rtp/reorder_buffer.hpp"
#include "media/rtp/rtcp/packet.hpp"
#include "media/rtp/rtp_packet.hpp"
#include "media/rtp/sequence_unwrapper.hpp"
#include "media/rtp/session_counters.hpp"
#include "media/rtp/uplink.hpp"
#include "media/rtp/uplink_flow.hpp"
#include "media/stream/chunk_pool.hpp"
#include "media/stream/encoded_stream.hpp"

namespace diemcau::media {

class RtpReceiver {
 public:
  RtpReceiver(const SlotParameters& parameters, Layer layer, SessionCounters& counters);

  /// A packet of its media SSRC. `level`: RFC 6464, absent: unknown.
  void on_media(const RtpPacket& packet, bool red, std::optional<std::uint8_t> level,
                TimePoint arrived);
  /// A packet of its RTX SSRC (RFC 4588 §4): the original behind a 2-byte sequence number.
  void on_rtx(const RtpPacket& packet, std::optional<std::uint8_t> level, TimePoint arrived);
  void on_sender_report(std::uint64_t ntp, TimePoint arrived) noexcept {
    statistics_.on_sender_report(ntp, arrived);
  }
  /// Another SSRC took its place.
  void restart() noexcept;

  /// Deadlines of the reorder buffer.
  void tick(TimePoint now, Duration round_trip);
  /// Adds the NACK, PLI or FIR that is due; false when none was.
  bool write_feedback(TimePoint now, Duration round_trip, std::uint32_t media_ssrc,
                      rtcp::Writer& out);
  /// A gap was just noticed: feedback should not wait for the next tick.
  bool urgent(TimePoint now) const noexcept;

  /// The block for our reports; nothing before the first packet.
  std::optional<rtcp::ReportBlock> report(std::uint32_t ssrc, TimePoint now) noexcept;

  void set_ordered_sink(std::shared_ptr<OrderedPacketSink> sink);
  void set_uplink_sink(std::shared_ptr<UplinkSink> sink) { uplink_sink_ = std::move(sink); }
  void set_forward(std::shared_ptr<EncodedStream> stream) { forward_ = std::move(stream); }
  void request_key_frame() noexcept { key_frames_.request(); }

  UplinkFlow& flow() noexcept { return flow_; }
  /// True once after the first packet behind silence.
  bool take_flow_started() noexcept { return std::exchange(flow_started_, false); }
  const SlotParameters& parameters() const noexcept { return parameters_; }
  Layer layer() const noexcept { return layer_; }
  RateMeter& meter() noexcept { return meter_; }
  const ReceiveStatistics& statistics() const noexcept { return statistics_; }
  double fraction_lost() const noexcept { return fraction_lost_; }
  std::uint64_t repaired() const noexcept { return repaired_; }

 private:
  void accept(const RtpPacket& packet, std::int64_t index, bool red,
              std::optional<std::uint8_t> level, TimePoint arrived, bool repaired);
  void deliver(const UplinkPacket& packet, bool key_start);
  void forward(const UplinkPacket& packet, bool key_start);
  Duration patience(Duration round_trip) const noexcept;

  const SlotParameters parameters_;
  const Layer layer_;
  SessionCounters& counters_;
  bool video_;
  SequenceUnwrapper unwrapper_;
  ReceivedWindow window_;
  ReceiveStatistics statistics_;
  NackGenerator nack_;
  TimePoint last_nack_{};
  KeyFrameDetector detector_;
  KeyFrameRequester key_frames_;
  std::uint8_t fir_sequence_ = 0;
  ReorderBuffer reorder_;
  std::uint64_t gaps_counted_ = 0;
  UplinkFlow flow_;
  bool flow_started_ = false;
  RateMeter meter_;
  double fraction_lost_ = 0;
  std::uint64_t repaired_ = 0;

  std::shared_ptr<OrderedPacketSink> ordered_sink_;
  std::shared_ptr<UplinkSink> uplink_sink_;
  std::shared_ptr<EncodedStream> forward_;
  std::optional<ChunkPool> chunks_;  // once something is forwarded
};

}  // namespace diemcau::media
