#pragma once
// What one receiver's line carries: down at once when it chokes, up by trial with back-off, since
// an estimate never rises far above what is being sent. Sound first, then slides, then the picture.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "media/mix/rendition.hpp"

namespace diemcau::mcu {

enum class DownlinkLevel : std::uint8_t { sound, slides, p180, p360, p720, p1080 };

/// "sound", "slides", "180p", …: as the protocol writes them.
std::string_view name_of(DownlinkLevel level);
/// What a level asks of the line in bit/s: sound and picture with all their headers (RTP and its
/// extensions, SRTP, UDP, IPv4).
double cost_of(DownlinkLevel level);
/// The highest level that `bits_per_second` carries.
DownlinkLevel level_for(double bits_per_second);
/// The level whose picture a page of so many pixels shows best; never below 360p.
DownlinkLevel level_for_display(int width, int height);

/// The rendition of the stage it gets; none at `sound`.
std::optional<media::Quality> quality_of(DownlinkLevel level);

/// red: RFC 2198 with its redundancy; opus: one frame a packet; thin: 16 kbit/s, 60 ms a packet.
enum class SoundKind : std::uint8_t { red, opus, thin };

struct DownlinkContent {
  SoundKind sound = SoundKind::red;
  /// The main slot's picture: the level's own, or `slides` (640×360, few frames, sharp) where the
  /// slides can be read in no other way. `sound`: none.
  DownlinkLevel main = DownlinkLevel::p720;
  /// The second slot is relayed untouched.
  bool second = true;
  bool operator==(const DownlinkContent&) const = default;
};
/// What a level carries; `presenting`: somebody shows slides; `redundant`: the line loses much and
/// has room for sound with its redundancy, which it then gets at any level.
DownlinkContent content_of(DownlinkLevel level, bool presenting, bool redundant = false);

class DownlinkPolicy {
 public:
  struct Line {
    double sent = 0;           // bit/s, of late
    double estimate = 0;       // bit/s, what the line takes; 0 unknown
    double fraction_lost = 0;  // 0…1, as last reported
    bool congested = false;    // the estimator just saw it choke
    double repaired = 0;       // 0…1 of sound that was asked for again
    bool queued = false;       // a queue stands in front of it
    TimePoint reported{};      // when fraction_lost was; unset: just now
  };
  /// Nobody is sent more than this: the page's display and what the server offers.
  void set_ceiling(DownlinkLevel ceiling) noexcept;
  DownlinkLevel ceiling() const noexcept { return ceiling_; }
  /// Once a second, and at once when the line chokes.
  DownlinkLevel update(const Line& line, TimePoint now);
  DownlinkLevel level() const noexcept { return level_; }
  /// What pictures are to be paced to, bit/s of the whole line; 0: it is wide, or its loss is its
  /// own and pacing would only starve the repairs.
  double thin_line(double estimate) const noexcept;
  /// Seen: less sent, as much lost. Such loss is repaired, not fled from.
  bool loss_is_random() const noexcept { return random_; }
  /// Sound needs its redundancy, and the line has room for it.
  bool redundant() const noexcept { return random_ || lossy_rich_; }

 private:
  /// A report tells of a second, at times of a handful of packets: one by itself is no news.
  class TwoReports {
   public:
    /// True when it is so in this report and was in the one before.
    bool agree(bool so, TimePoint reported) noexcept;

   private:
    TimePoint last_{};
    int count_ = 0;
  };
  void judge_loss(const Line& line, TimePoint now);
  void judge_redundancy(const Line& line, TimePoint now);
  bool worse_than_random(const Line& line) const noexcept;
  /// Reported so long after the last step that it is of what was sent after it.
  bool of_this_level(const Line& line, TimePoint now) const noexcept;
  void step_down(DownlinkLevel to, const Line& line, TimePoint now);

  DownlinkLevel level_ = DownlinkLevel::p720;
  DownlinkLevel ceiling_ = DownlinkLevel::p720;
  bool started_ = false;
  int bad_updates_ = 0;
  TimePoint good_since_{};
  TimePoint changed_{};
  TimePoint went_up_{};
  Duration patience_{};        // of a clean line before the next trial
  double loss_before_ = 0;     // when it last stepped down for loss; 0: for something else
  double arrived_before_ = 0;  // bit/s then
  bool random_ = false;        // what is lost has nothing to do with what is sent
  double random_loss_ = 0;     // how much
  bool narrow_ = false;        // when it last stepped down it could not carry RED sound
  bool lossy_rich_ = false;    // loses much, yet carries RED sound
  TimePoint rich_changed_{};   // since when that is so, or is not
  double rich_loss_ = 0;       // what it lost then
  TwoReports beyond_random_, beyond_rich_;
  TimePoint next_try_{};            // of RED sound, where it is not known whether there is room
  std::optional<TimePoint> lossy_;  // since when much is lost
  std::optional<TimePoint> clean_;  // since when next to nothing is
  std::optional<TimePoint> mild_;   // since when less is lost
};

}  // namespace diemcau::mcu
