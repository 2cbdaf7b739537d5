#include "media/mix/audio_counters.hpp"

#include <string>

namespace diemcau::media {

namespace {
constexpr const char* kInvalid = "diemcau_audio_invalid_total";
constexpr const char* kInvalidHelp = "Packets of sound that could not be read";
constexpr const char* kGated = "diemcau_audio_gated_total";
constexpr const char* kNotices = "diemcau_media_notices_total";
constexpr const char* kNoticesHelp = "Troubles noticed in what a site sends";
constexpr const char* kGatedHelp = "Packets of sound dropped before queueing";
}  // namespace

AudioCounters::AudioCounters(Metrics& m)
    : queue_dropped(m.counter("diemcau_queue_dropped_total", "Items refused by a full queue",
                              {{"queue", "audio_input"}})),
      gated_closed(m.counter(kGated, kGatedHelp, {{"reason", "closed"}})),
      gated_silence(m.counter(kGated, kGatedHelp, {{"reason", "silence"}})),
      invalid_size(m.counter(kInvalid, kInvalidHelp, {{"reason", "size"}})),
      invalid_red(m.counter(kInvalid, kInvalidHelp, {{"reason", "red"}})),
      invalid_opus(m.counter(kInvalid, kInvalidHelp, {{"reason", "opus"}})),
      late(m.counter("diemcau_audio_late_total", "Packets of sound that came after their moment")),
      recovered(m.counter("diemcau_audio_recovered_total",
                          "Lost packets of sound mended by RED or in-band FEC")),
      concealed(m.counter("diemcau_audio_concealed_samples_total",
                          "Samples made up for packets that did not come")),
      restarts(m.counter("diemcau_audio_restarts_total", "Jumps of a source's timeline")),
      stretched(m.counter("diemcau_audio_stretched_total",
                          "Pitch periods inserted or removed to hold the playout delay")),
      ticks_skipped(m.counter("diemcau_audio_ticks_skipped_total",
                              "Ticks of the sound mix given up for being too late")),
      encode_failed(m.counter("diemcau_audio_encode_failed_total", "Failed encodes of the mix")),
      echoes(m.counter(kNotices, kNoticesHelp, {{"kind", "echo"}})),
      silent_microphones(m.counter(kNotices, kNoticesHelp, {{"kind", "microphone.silent"}})),
      clipping_microphones(m.counter(kNotices, kNoticesHelp, {{"kind", "microphone.clipping"}})),
      heard(m.gauge("diemcau_audio_heard", "Microphones in the mix now")),
      decodes(m.gauge("diemcau_audio_decodes", "Microphones being decoded now")),
      encodes(m.gauge("diemcau_audio_encodes", "Opus encoders at work now")),
      tick_seconds(m.histogram("diemcau_audio_tick_seconds", "Work of one tick of the sound mix",
                               {.0005, .001, .002, .003, .005, .0075, .010, .015, .020, .050})),
      tick_late_seconds(m.histogram("diemcau_audio_tick_late_seconds",
                                    "Start of a tick of the sound mix behind its schedule",
                                    {.0005, .001, .002, .005, .010, .020, .050, .100})) {}

}  // namespace diemcau::media
