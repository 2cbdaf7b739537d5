#pragma once
// What RTP sessions count: resolved once per session, shared by all sessions of the process.

#include <array>

#include "base/metrics.hpp"
#include "media/rtp/rtp_demuxer.hpp"

namespace diemcau::media {

class SessionCounters {
 public:
  explicit SessionCounters(Metrics& metrics);

  void reject(RejectReason reason) noexcept { rejected_[static_cast<std::size_t>(reason)]->add(); }

  Counter& audio_in;
  Counter& video_in;
  Counter& audio_out;
  Counter& video_out;
  Counter& retransmitted;       // by us, on request
  Counter& retransmit_unknown;  // asked for, no longer kept or never sent
  Counter& retransmit_limited;  // asked for more than the line is given
  Counter& paced_dropped;       // waited too long for a thin line
  Counter& line_chokes;         // pictures stopped at once, for the sound's sake
  Counter& repaired;            // came to us by RTX or as a late packet after a NACK
  Counter& nacks_sent;          // packets asked for
  Counter& gaps;                // given up in the reorder buffer
  Counter& key_frames_requested;
  Counter& feedback_sent;

 private:
  std::array<Counter*, static_cast<std::size_t>(RejectReason::kCount)> rejected_{};
};

}  // namespace diemcau::media
