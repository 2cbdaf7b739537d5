#include "media/mix/audio_ranking.hpp"

#include <algorithm>

namespace diemcau::media {

namespace {
constexpr float kAttack = 0.4F, kRelease = 0.05F;  // per tick
constexpr float kAudibleDbov = -62;                // quieter than this nobody enters
constexpr float kLouder = 3;  // dB a challenger must have over the weakest heard …
constexpr Duration kForSoLong = std::chrono::milliseconds(100);  // … for this long, …
constexpr Duration kSeatHeld = std::chrono::seconds(1);          // … which had its time to speak;
constexpr float kMuchLouder = 12;                                // but who shouts is let in
constexpr Duration kSeatHeldAtLeast = std::chrono::milliseconds(200);

bool louder(const RankedSource& a, const RankedSource& b) {
  return a.dbov != b.dbov ? a.dbov > b.dbov : a.source < b.source;
}
}  // namespace

void SpeechLevel::tick(std::optional<float> dbov) noexcept {
  const float goal = dbov.value_or(-127);
  value_ += (goal - value_) * (goal > value_ ? kAttack : kRelease);
}

bool SpeakerRanking::may_replace(const RankedSource& challenger, const Seat& weakest,
                                 TimePoint now) {
  const float over = challenger.dbov - weakest.source.dbov;
  if (over < kLouder) {
    challenger_ = {};
    return false;
  }
  if (challenger_ != challenger.source) {
    challenger_ = challenger.source;
    challenging_since_ = now;
  }
  const Duration seated = now - weakest.since;
  return (now - challenging_since_ >= kForSoLong && seated >= kSeatHeld) ||
         (over >= kMuchLouder && seated >= kSeatHeldAtLeast);
}

const std::vector<RankedSource>& SpeakerRanking::update(std::span<const RankedSource> sources,
                                                        TimePoint now) {
  for (Seat& seat : seats_) seat.source.active = false;
  challengers_.clear();
  for (const RankedSource& s : sources) {
    if (!s.active) continue;
    const auto seat = std::find_if(seats_.begin(), seats_.end(),
                                   [&](const Seat& x) { return x.source.source == s.source; });
    if (seat != seats_.end()) {
      seat->source = s;
    } else if (s.dbov >= kAudibleDbov) {
      challengers_.push_back(s);
    }
  }
  std::erase_if(seats_, [](const Seat& seat) { return !seat.source.active; });
  std::sort(challengers_.begin(), challengers_.end(), louder);
  auto next = challengers_.begin();
  while (next != challengers_.end() && seats_.size() < most_) seats_.push_back({*next++, now});
  if (next != challengers_.end() && !seats_.empty()) {
    const auto weakest =
        std::max_element(seats_.begin(), seats_.end(),
                         [](const Seat& a, const Seat& b) { return louder(a.source, b.source); });
    if (may_replace(*next, *weakest, now)) {
      *weakest = {*next, now};
      challenger_ = {};
    }
  } else {
    challenger_ = {};
  }
  heard_.clear();
  for (const Seat& seat : seats_) heard_.push_back(seat.source);
  std::sort(heard_.begin(), heard_.end(), louder);
  return heard_;
}

}  // namespace diemcau::media
