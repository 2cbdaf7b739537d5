#include "media/rtp/session_counters.hpp"

namespace diemcau::media {

namespace {
Counter& packets(Metrics& metrics, const char* direction, const char* kind) {
  return metrics.counter("diemcau_rtp_packets_total", "RTP packets",
                         {{"direction", direction}, {"kind", kind}});
}
Counter& not_retransmitted(Metrics& metrics, const char* reason) {
  return metrics.counter("diemcau_rtp_not_retransmitted_total",
                         "Packets a site asked for and did not get", {{"reason", reason}});
}
}  // namespace

SessionCounters::SessionCounters(Metrics& metrics)
    : audio_in(packets(metrics, "in", "audio")),
      video_in(packets(metrics, "in", "video")),
      audio_out(packets(metrics, "out", "audio")),
      video_out(packets(metrics, "out", "video")),
      retransmitted(
          metrics.counter("diemcau_rtp_retransmitted_total", "RTP packets sent again on request")),
      retransmit_unknown(not_retransmitted(metrics, "unknown")),
      retransmit_limited(not_retransmitted(metrics, "limit")),
      paced_dropped(metrics.counter("diemcau_queue_dropped_total", "Items dropped by full queues",
                                    {{"queue", "pacer"}})),
      line_chokes(metrics.counter("diemcau_line_chokes_total",
                                  "Times pictures stopped at once because a line choked")),
      repaired(metrics.counter("diemcau_rtp_repaired_total",
                               "Lost RTP packets that a retransmission brought")),
      nacks_sent(metrics.counter("diemcau_rtp_nacked_total", "RTP packets asked for by NACK")),
      gaps(metrics.counter("diemcau_rtp_gaps_total",
                           "Losses in video that were not repaired in time")),
      key_frames_requested(
          metrics.counter("diemcau_rtp_key_frames_requested_total", "PLI and FIR sent to sites")),
      feedback_sent(metrics.counter("diemcau_rtp_transport_feedback_total",
                                    "Transport-wide feedback messages sent")) {
  for (std::size_t i = 0; i < rejected_.size(); ++i)
    rejected_[i] =
        &metrics.counter("diemcau_rtp_rejected_total", "RTP and RTCP packets dropped",
                         {{"reason", std::string(name_of(static_cast<RejectReason>(i)))}});
}

}  // namespace diemcau::media
