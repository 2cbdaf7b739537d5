#pragma once
// What one session receives: which slot and layer a packet belongs to, a receiver for each of them,
// and what has to be said about it all (feedback, reports, transport-wide arrival times). Says
// nothing itself: the session sends. Lives on the session's loop.

#include <array>
#include <functional>
#include <memory>
#include <span>

#include "media/rtp/rtcp/bye.hpp"
#include "media/rtp/rtcp/remb.hpp"
#include "media/rtp/rtcp/reports.hpp"
#include "media/rtp/rtp_demuxer.hpp"
#include "media/rtp/rtp_receiver.hpp"
#include "media/rtp/session_counters.hpp"
#include "media/rtp/session_statistics.hpp"
#include "media/rtp/transport_feedback_generator.hpp"

namespace diemcau::media {

class ReceiveSide {
 public:
  using FlowChanged = std::function<void(Slot, Layer, bool flowing)>;

  /// `ids`: the header extensions of the session. `ssrc`: in feedback of slots that send nothing.
  ReceiveSide(const std::vector<SlotParameters>& slots, const HeaderExtensionIds& ids,
              std::uint32_t ssrc, SessionCounters& counters, FlowChanged flow_changed);

  struct Outcome {
    bool new_source = false;  // report on it soon
    bool urgent = false;      // feedback should not wait for the next tick
  };
  Outcome on_rtp(std::span<const std::uint8_t> bytes, TimePoint arrived);
  void on_sender_report(const rtcp::SenderReport& report, TimePoint now);
  void on_bye(const rtcp::Bye& bye);
  void tick(TimePoint now, Duration round_trip);
  /// Something came lately: there may be gaps, feedback, and an end to be noticed.
  bool busy(TimePoint now) const noexcept {
    return heard_ != TimePoint{} && now - heard_ < UplinkFlow::kSilence + kAfterwards;
  }

  /// NACK, PLI or FIR of every layer, as far as they are due and fit.
  void write_feedback(TimePoint now, Duration round_trip, rtcp::Writer& out);
  bool transport_feedback_due(TimePoint now) noexcept {
    return transport_cc_ && transport_feedback_.due(now);
  }
  auto next_transport_feedback(std::uint32_t ssrc, TimePoint now) {
    return transport_feedback_.next(ssrc, now);
  }
  void add_reports(TimePoint now, rtcp::ReportBlocks& blocks);
  /// The video sources that heed a REMB.
  void name_sources(rtcp::Remb& remb) const;
  void measure(TimePoint now, std::array<SlotStatistics, kSlots>& up);

  /// Null where nothing is received.
  RtpReceiver* receiver(Slot slot, Layer layer = Layer::high) noexcept {
    return receivers_[index_of(slot)][index_of(layer)].get();
  }

 private:
  template <class F>
  void for_each(F f) {
    for (const auto& layers : receivers_)
      for (const auto& receiver : layers)
        if (receiver) f(*receiver);
  }
  std::uint32_t ssrc_of(const RtpReceiver& receiver) const noexcept {
    return demuxer_.media_ssrc(receiver.parameters().slot, receiver.layer());
  }

  static constexpr Duration kAfterwards = std::chrono::milliseconds(100);

  const HeaderExtensionIds ids_;
  SessionCounters& counters_;
  TimePoint heard_{};  // the newest packet
  FlowChanged flow_changed_;
  RtpDemuxer demuxer_;
  TransportFeedbackGenerator transport_feedback_;
  bool transport_cc_ = false;
  std::array<std::array<std::unique_ptr<RtpReceiver>, kLayers>, kSlots> receivers_;
};

}  // namespace diemcau::media
