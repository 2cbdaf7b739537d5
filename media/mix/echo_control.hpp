#pragma once
// Keeps halls that send their loudspeaker back out of the mix: watches what comes from each heard
// source against what its site is sent, and while an echo is held for found lets it through only
// when nothing is sent to it that could come back. Lives on the mix thread.
//
// So a hall with an echo can still speak when it is called; it cannot disturb whoever else does.

#include <memory>
#include <vector>

#include "base/ids.hpp"
#include "media/mix/audio_format.hpp"
#include "media/mix/band_track.hpp"
#include "media/mix/echo_detector.hpp"
#include "media/mix/media_notice.hpp"

namespace diemcau::media {

class EchoControl {
 public:
  static constexpr std::size_t kMostWatched = 32;
  /// An echo held back is this far down, and stands so much lower among those who would be heard.
  static constexpr float kHeldBack = -40, kRankedDown = 30;  // dB

  EchoControl();

  /// A tick of a source's sound, before it joins the sum: held back in place where it must be.
  void hear(SourceId source, AudioBlock& sound);
  /// All of this tick's were heard.
  void end_tick();
  /// The microphone is gone or closed.
  void forget(SourceId source);

  bool holds_back(SourceId source) const noexcept;
  /// What became an echo, or ceased to be one, since the last call.
  std::vector<MediaNotice> take_changes();

 private:
  struct Watch {
    SourceId source;
    BandFilter filter;
    BandBlock bands{};  // of this tick, as it came
    float gain = 1;     // at the end of this tick
    bool heard = false, holding = false;
    int unheard = 0;  // ticks
    int phase = 0;    // of its looks, each a hundred thousand operations: not all in one tick
    BandTrack came, sent;
    EchoDetector detector;
  };
  Watch* find(SourceId source) const noexcept;
  static bool comes_back(const Watch& watch) noexcept;
  void follow(Watch& watch);

  std::vector<std::unique_ptr<Watch>> watches_;
  BandTrack all_;  // what a site that is not heard is sent
  BandBlock sum_{};
  std::vector<MediaNotice> changes_;
  int ticks_ = 0;
  int next_phase_ = 0;
};

}  // namespace diemcau::media
