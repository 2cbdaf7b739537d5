#pragma once
// Tells whether a site sends back what it is sent: normalised cross-correlation of the two sounds'
// rhythms over delays of 20 ms to 1 s. Pure; lives on the mix thread.
//
// One high correlation proves nothing: two people who talk at once reach 0.6 by chance, a hall with
// much reverberation hardly more. But chance finds another delay each time, and an echo the same;
// and an echo is silent where nothing was sent. Nor does one event prove anything, however alike: a
// machine that stands still for a moment cuts the same hole into the sound of all sites.

#include <cstddef>

#include "media/mix/band_track.hpp"

namespace diemcau::media {

class EchoDetector {
 public:
  static constexpr std::size_t kLeastLag = 2, kMostLag = 100;  // frames of 10 ms
  /// Delays below zero are looked at too: an echo has none, what is alike by chance or comes from
  /// a common cause may.
  static constexpr std::size_t kAhead = 20;
  static constexpr std::size_t kLeastFrames = 90, kFrames = 150;  // compared
  static constexpr float kAlike = 0.57F;  // correlation of an echo with its origin, at least
  static constexpr float kStill = 0.35F;  // and to go on being held for one
  static constexpr float kAlone = 0.15F;  // above any other delay: what is periodic has no delay
  static constexpr int kRises = 3;        // syllables, at least, that are alike
  static constexpr int kVotes = 10;       // looks in a row that agree
  static constexpr int kMoved = 4;        // looks in a row that find an echo at another delay
  static constexpr int kAgainst = 50;     // looks that disagree end it: 5 s
  static constexpr int kUnseen = 600;     // so do looks with nothing to see: one minute

  /// Every 100 ms. `came`: from the site; `sent`: to it; both up to the same moment.
  void look(const BandTrack& came, const BandTrack& sent) noexcept;

  bool echo() const noexcept { return echo_; }
  /// Frames, of the echo or of what may be one.
  std::size_t lag() const noexcept { return lag_; }

 private:
  struct Finding {
    bool heard = false;  // both had something to compare
    float alike = 0, elsewhere = 0, at_lag = 0;
    std::size_t lag = 0;
    int rises = 0;
  };
  Finding compare(const BandTrack& came, const BandTrack& sent, std::size_t frames) const noexcept;
  /// How often both rise above their means together, `shift` apart.
  static int rises(const BandTrack& came, const BandTrack& sent, std::size_t frames,
                   std::size_t shift) noexcept;
  static bool explained(const BandTrack& came, const BandTrack& sent, std::size_t frames,
                        std::size_t lag) noexcept;
  /// `like`: the finding alone looks like an echo.
  void confirm(const Finding& finding, bool like) noexcept;
  /// A site's buffers grow and shrink, and the echo's delay with them.
  void follow(std::size_t lag) noexcept;

  bool echo_ = false;
  std::size_t lag_ = 0, next_lag_ = 0;
  int moved_ = 0, votes_ = 0, against_ = 0, unseen_ = 0;
};

}  // namespace diemcau::media
