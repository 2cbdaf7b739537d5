#pragma once
// What the picture path counts, resolved once.

#include "base/metrics.hpp"

namespace diemcau::media {

struct VideoMetrics {
  explicit VideoMetrics(Metrics& m)
      : decodes(m.gauge("diemcau_decodes", "Video decoders running")),
        refused_size(refused(m, "too_large")),
        refused_malformed(refused(m, "malformed")),
        decoder_restarts(m.counter("diemcau_video_restarts_total",
                                   "Decoders and encoders begun anew after an error",
                                   {{"kind", "decoder"}})),
        encoder_restarts(m.counter("diemcau_video_restarts_total",
                                   "Decoders and encoders begun anew after an error",
                                   {{"kind", "encoder"}})),
        decode_dropped(dropped(m, "video-decode")),
        encode_dropped(dropped(m, "video-encode")),
        canvas_dropped(dropped(m, "video-canvas")),
        black(noticed(m, "camera.black")),
        frozen(noticed(m, "camera.frozen")),
        ticks_skipped(
            m.counter("diemcau_mix_skipped_total", "Pictures not made because a tick came late")),
        mix_seconds(m.histogram("diemcau_mix_seconds", "Time to compose one picture of the stage",
                                {0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064})) {}

  Gauge& decodes;
  Counter& refused_size;
  Counter& refused_malformed;
  Counter& decoder_restarts;
  Counter& encoder_restarts;
  Counter& decode_dropped;
  Counter& encode_dropped;
  Counter& canvas_dropped;
  Counter& black;
  Counter& frozen;
  Counter& ticks_skipped;
  Histogram& mix_seconds;

 private:
  static Counter& noticed(Metrics& m, const char* kind) {
    return m.counter("diemcau_media_notices_total", "Troubles noticed in what a site sends",
                     {{"kind", kind}});
  }
  static Counter& refused(Metrics& m, const char* reason) {
    return m.counter("diemcau_video_refused_total", "Coded pictures refused before their decoder",
                     {{"reason", reason}});
  }
  static Counter& dropped(Metrics& m, const char* queue) {
    return m.counter("diemcau_queue_dropped_total", "Items refused by a full queue",
                     {{"queue", queue}});
  }
};

}  // namespace diemcau::media
