#pragma once
// What the sound path counts, resolved once per mixer.

#include "base/metrics.hpp"

namespace diemcau::media {

struct AudioCounters {
  explicit AudioCounters(Metrics& metrics);

  Counter& queue_dropped;
  Counter& gated_closed;   // packets of a site whose microphone is closed by the chair
  Counter& gated_silence;  // packets below the silence gate
  Counter& invalid_size;
  Counter& invalid_red;
  Counter& invalid_opus;
  Counter& late;       // packets that came after their moment
  Counter& recovered;  // losses mended by RED or in-band FEC
  Counter& concealed;  // samples made up
  Counter& restarts;   // jumps of a source's timeline
  Counter& stretched;  // pitch periods inserted or removed to hold the delay
  Counter& ticks_skipped;
  Counter& encode_failed;
  Counter& echoes;  // sites found to send back what they hear
  Counter& silent_microphones;
  Counter& clipping_microphones;
  Gauge& heard;
  Gauge& decodes;
  Gauge& encodes;
  Histogram& tick_seconds;
  Histogram& tick_late_seconds;
};

}  // namespace diemcau::media
