#pragma once
// What only a source being decoded needs: private to audio_playout.cpp.

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "media/mix/audio_format.hpp"
#include "media/mix/audio_playout.hpp"
#include "media/mix/opus_codec.hpp"

namespace diemcau::media {

struct AudioPlayout::Voice {
  explicit Voice(OpusVoiceDecoder d) : decoder(std::move(d)) {
    fifo.reserve(kMaxOpusSamples * 2);
    scratch.resize(kMaxOpusSamples);
  }

  OpusVoiceDecoder decoder;
  std::vector<float> fifo;  // decoded, not yet played
  std::vector<float> scratch;
  std::int64_t next = 0;   // timestamp of the sample that will follow the fifo
  bool silent = true;      // nothing sounds: gaps are zeros and time alone moves on
  bool ended = false;      // the last packet said that silence follows
  std::int64_t ahead = 0;  // concealed without moving `next`: packets may still come
  std::int64_t concealed_run = 0;
  float gain = 0;  // follows its goal so that nothing begins or ends with a click
  int ticks_since_stretch = 0;

  std::int64_t position() const noexcept { return next - static_cast<std::int64_t>(fifo.size()); }
  /// Appends with the gain moving towards `goal` by `slope` per sample.
  void append(std::span<const float> samples, float goal, float slope) {
    for (const float s : samples) {
      if (gain < goal) gain = std::min(goal, gain + slope);
      if (gain > goal) gain = std::max(goal, gain - slope);
      fifo.push_back(std::isfinite(s) ? s * gain : 0.0F);
    }
  }
  /// Ends what sounds within 5 ms: what follows is silence until the next packet.
  void go_silent() {
    if (!silent && gain > 0) {
      auto tail = std::span(scratch).first(2 * kOpusGranule);
      if (decoder.conceal(tail) > 0) append(tail, 0, 1.0F / static_cast<float>(tail.size()));
    }
    silent = true;
    ended = false;
    gain = 0;
    ahead = 0;
    concealed_run = 0;
  }
  void append_silence(std::size_t n) { fifo.insert(fifo.end(), n, 0.0F); }
};

}  // namespace diemcau::media
