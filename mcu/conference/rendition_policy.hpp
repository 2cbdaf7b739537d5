#pragma once
// Which rendition a line carries: down at once when it chokes, up by trial with back-off, since an
// estimate never rises far above what is being sent.

#include "base/clock.hpp"
#include "media/mix/rendition.hpp"

namespace diemcau::mcu {

class RenditionPolicy {
 public:
  struct Line {
    double sent = 0;           // bit/s, measured over the last second
    double estimate = 0;       // bit/s, the peer's REMB; 0 unknown
    double fraction_lost = 0;  // 0…1
  };
  /// Once a second. Returns what to send: p720 or p360.
  media::Quality update(const Line& line, TimePoint now);
  media::Quality quality() const noexcept { return quality_; }

 private:
  media::Quality quality_ = media::Quality::p720;
  int bad_seconds_ = 0;
  TimePoint good_since_{};
  TimePoint went_up_{};
  Duration patience_ = std::chrono::seconds(10);  // of a clean line before the next trial
  bool started_ = false;
};

}  // namespace diemcau::mcu
