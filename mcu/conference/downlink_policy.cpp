#include "mcu/conference/downlink_policy.hpp"

#include <algorithm>
#include <array>

namespace diemcau::mcu {
namespace {
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Step {
  std::string_view name;
  double cost;  // bit/s
};
// 64 bytes of headers a packet: thin sound 16.7 packets/s, RED 50. Pictures at their nominal rate
// and 6 % of headers; slides at the least they are paced to, since they may take their time.
constexpr std::array<Step, 6> kSteps{{{"sound", 26e3},
                                      {"slides", 52e3},
                                      {"180p", 245e3},
                                      {"360p", 640e3},
                                      {"720p", 1.7e6},
                                      {"1080p", 3.3e6}}};

// What loses more than this is full, whatever it loses besides.
constexpr double kMostRandom = 0.45;
constexpr double kLossBad = 0.08, kLossClean = 0.02, kLossFull = 0.35;
constexpr double kChoked = 0.8, kBadlyChoked = 0.5;  // estimate against what is sent
constexpr int kBadUpdates = 2;
// What was under way before a step is still being reported after it.
constexpr Duration kSettle = milliseconds(700);
constexpr Duration kLossSettle = milliseconds(2500);
// What a report tells of; and a round trip.
constexpr Duration kReportInterval = milliseconds(1300);
constexpr Duration kFirstPatience = seconds(10), kLongestPatience = seconds(120);
constexpr Duration kTrial = seconds(15);  // a step up that lasts this long succeeded
// A trial of 180p that fails costs a line without room for RED sound some of its sound.
constexpr Duration kNarrowPatience = seconds(30), kSlidesPatience = seconds(5);
constexpr Duration kNextRedundancy = seconds(15);
// An estimate that already covers the next level needs no long wait.
constexpr Duration kInvited = seconds(3);
constexpr double kInvitation = 1.2;
// Loss that stays when less is sent, and less arrives then, comes from elsewhere; of a choked line
// as much arrives as before.
constexpr double kUnmoved = 0.6;
constexpr double kLessArrives = 0.75;
// Until that is judged, chokes of about the same loss are no reason for another step.
constexpr double kWorse = 1.5;
constexpr Duration kDrains = seconds(4);
constexpr Duration kRandomIsOver = seconds(10);
// Repair costs as much as is lost, and every lost packet of a picture is waited for.
constexpr DownlinkLevel kRandomCeiling = DownlinkLevel::p360;
// An encoder's rate swings around its target.
constexpr double kRoom = 1.15;
constexpr double kSure = 0.75;  // of what a thin line is measured to carry
// What RED sound asks of a line with all its headers, bit/s.
constexpr double kRedundantSound = 95e3;
// Of a line that loses more than half, half the redundancy is lost as well.
constexpr double kMostBorne = 0.5;

constexpr std::size_t index_of(DownlinkLevel level) {
  return static_cast<std::size_t>(level);
}
/// Of sound that is repaired reports tell no loss.
double loss_of(const DownlinkPolicy::Line& line) {
  return std::max(line.fraction_lost, line.repaired);
}
double arriving(const DownlinkPolicy::Line& line) {
  return line.sent * (1 - line.fraction_lost);
}
TimePoint reported_at(const DownlinkPolicy::Line& line, TimePoint now) {
  return line.reported == TimePoint{} ? now : line.reported;
}
constexpr DownlinkLevel next(DownlinkLevel level, int by) {
  return static_cast<DownlinkLevel>(static_cast<int>(level) + by);
}
}  // namespace

std::string_view name_of(DownlinkLevel level) {
  return kSteps[index_of(level)].name;
}

double cost_of(DownlinkLevel level) {
  return kSteps[index_of(level)].cost;
}

DownlinkLevel level_for(double bits_per_second) {
  auto level = DownlinkLevel::sound;
  for (std::size_t i = 0; i < kSteps.size(); ++i)
    if (kSteps[i].cost <= bits_per_second) level = static_cast<DownlinkLevel>(i);
  return level;
}

DownlinkLevel level_for_display(int width, int height) {
  // The stage is 16:9; half-way between two heights the larger one is still seen to be better.
  const int lines = std::min(height, width * 9 / 16);
  if (lines >= 900) return DownlinkLevel::p1080;
  return lines > 400 ? DownlinkLevel::p720 : DownlinkLevel::p360;
}

std::optional<media::Quality> quality_of(DownlinkLevel level) {
  switch (level) {
    case DownlinkLevel::sound:
      return std::nullopt;
    case DownlinkLevel::slides:
      return media::Quality::slides;
    case DownlinkLevel::p180:
      return media::Quality::p180;
    case DownlinkLevel::p360:
      return media::Quality::p360;
    case DownlinkLevel::p720:
      return media::Quality::p720;
    case DownlinkLevel::p1080:
      return media::Quality::p1080;
  }
  return std::nullopt;
}

DownlinkContent content_of(DownlinkLevel level, bool presenting, bool redundant) {
  // Thin sound has no redundancy, and each of its packets is 60 ms.
  const auto low = redundant ? SoundKind::red : SoundKind::thin;
  switch (level) {
    case DownlinkLevel::sound:
      return {low, DownlinkLevel::sound, false};
    case DownlinkLevel::slides:
      return {low, DownlinkLevel::slides, false};
    case DownlinkLevel::p180:
      return {SoundKind::red, presenting ? DownlinkLevel::slides : DownlinkLevel::p180, false};
    default:
      return {SoundKind::red, level, true};
  }
}

void DownlinkPolicy::set_ceiling(DownlinkLevel ceiling) noexcept {
  ceiling_ = ceiling;
  level_ = std::min(level_, ceiling);
}

double DownlinkPolicy::thin_line(double estimate) const noexcept {
  if (level_ > DownlinkLevel::p360 || level_ == ceiling_ || random_) return 0;
  // On the thinnest line pictures take what sound leaves, however long that takes; a packet of
  // theirs fills such a line for so long that what it is measured to carry swings by a quarter.
  if (level_ <= DownlinkLevel::slides) return std::max(kSure * estimate, cost_of(level_));
  return std::max(estimate, kRoom * cost_of(level_));
}

void DownlinkPolicy::step_down(DownlinkLevel to, const Line& line, TimePoint now) {
  if (to >= level_) return;
  if (went_up_ != TimePoint{} && now - went_up_ < kTrial)
    patience_ = std::min(kLongestPatience,
                         (narrow_ ? std::max(patience_, kNarrowPatience) : patience_) * 2);
  went_up_ = {};
  level_ = to;
  changed_ = good_since_ = now;
  bad_updates_ = 0;
  loss_before_ = line.fraction_lost;
  arrived_before_ = arriving(line);
}

bool DownlinkPolicy::worse_than_random(const Line& line) const noexcept {
  return loss_of(line) > std::min(0.9, random_loss_ * kWorse + 0.05);
}

bool DownlinkPolicy::TwoReports::agree(bool so, TimePoint reported) noexcept {
  if (!so) {
    count_ = 0;
  } else if (count_ == 0 || reported != last_) {
    ++count_;
    last_ = reported;
  }
  return count_ >= 2;
}

bool DownlinkPolicy::of_this_level(const Line& line, TimePoint now) const noexcept {
  return changed_ == TimePoint{} || reported_at(line, now) - changed_ >= kReportInterval;
}

void DownlinkPolicy::judge_redundancy(const Line& line, TimePoint now) {
  const double lost = of_this_level(line, now) ? loss_of(line) : line.repaired;
  const auto become = [&](bool rich) {
    if (rich == lossy_rich_) return;
    lossy_rich_ = rich;
    rich_changed_ = now;
    rich_loss_ = lost;
  };
  if (lost > kLossClean) clean_.reset();
  if (lost <= kLossClean && !clean_) clean_ = now;
  if (clean_ && now - *clean_ >= kRandomIsOver) become(false);
  if (lost <= kLossBad) {
    lossy_.reset();
    return;
  }
  if (!lossy_) lossy_ = now;
  const bool settled = now - rich_changed_ >= kLossSettle;
  if (lossy_rich_) {
    // More in front of a narrow line makes a queue or more loss, of a wide one neither.
    // What is asked for again is counted up to its share within some seconds.
    if (!settled) rich_loss_ = std::max(rich_loss_, lost);
    const double bearable = std::min(kMostRandom, rich_loss_) * kWorse + 0.05;
    const bool more = lost > std::min(kMostBorne, bearable);
    const bool beyond = beyond_rich_.agree(settled && more, reported_at(line, now));
    if (!settled || (!line.queued && !beyond)) return;
    become(false);
    next_try_ = now + kNextRedundancy;
    return;
  }
  double carries = std::max(line.estimate, arriving(line));
  // So soon after a step what came before it is the better measure.
  if (loss_before_ > 0 && now - changed_ < kLossSettle)
    carries = std::max(carries, arrived_before_);
  if (now < next_try_) return;
  // Thin sound shows of no line that it has room; where that is lost too, it is tried.
  const bool tried = level_ <= DownlinkLevel::slides && !line.congested && !line.queued &&
                     now - std::max(*lossy_, changed_) >= kDrains && settled;
  if (carries >= kRedundantSound || tried) become(true);
}

/// After a step down for loss: did it help? If not, the loss is the line's own.
void DownlinkPolicy::judge_loss(const Line& line, TimePoint now) {
  if (random_) {
    if (loss_of(line) >= random_loss_ / 2) mild_.reset();
    if (loss_of(line) < random_loss_ / 2 && !mild_) mild_ = now;
    const bool worse = beyond_random_.agree(worse_than_random(line), reported_at(line, now));
    if (worse || (mild_ && now - *mild_ >= kRandomIsOver)) random_ = false;
    return;
  }
  if (loss_before_ <= kLossBad || now - changed_ < kLossSettle || !of_this_level(line, now)) return;
  if (loss_of(line) > loss_before_ * kUnmoved && loss_of(line) > kLossBad &&
      loss_of(line) <= kMostRandom && arriving(line) < kLessArrives * arrived_before_) {
    random_ = true;
    random_loss_ = loss_of(line);
    mild_.reset();
    bad_updates_ = 0;
    // The step was for nothing; it is taken back as soon as the line stays as it is.
    good_since_ = now;
    patience_ = kInvited;
  }
  loss_before_ = 0;
}

DownlinkLevel DownlinkPolicy::update(const Line& line, TimePoint now) {
  if (!started_) {
    started_ = true;
    good_since_ = now;
    patience_ = kFirstPatience;
  }
  const bool settled = changed_ == TimePoint{} || now - changed_ >= kSettle;
  // A queue of so little: a still slide, which makes none, says nothing against it.
  if (level_ == DownlinkLevel::slides && line.queued && line.sent < kRedundantSound) narrow_ = true;

  if (line.congested) {
    // Loss and jitter of the line's own look like chokes as long as they get no worse.
    if (random_ && !worse_than_random(line)) return level_;
    good_since_ = now;
    bad_updates_ = 0;
    Line seen = line;
    // Reports come a second late; where they are of now they are better than what an estimate lets
    // one guess.
    if ((line.fraction_lost <= kLossBad || !of_this_level(line, now)) && line.sent > 0 &&
        line.estimate > 0)
      seen.fraction_lost = std::max(0.0, 1 - line.estimate / line.sent);
    const bool more_of_the_same = loss_before_ > kLossBad && now - changed_ < kLossSettle &&
                                  seen.fraction_lost < std::min(kMostRandom, kWorse * loss_before_);
    // The queue in front of a slow line is reported for seconds after what filled it has stopped.
    const bool draining = changed_ != TimePoint{} && went_up_ == TimePoint{} &&
                          now - changed_ < kDrains && line.estimate >= cost_of(level_);
    // One packet of a slide is 150 ms of a line of 64 kbit/s: its queue says nothing against it.
    const bool carried = level_ == DownlinkLevel::slides && line.fraction_lost <= kLossBad &&
                         line.estimate >= kChoked * std::min(line.sent, cost_of(level_));
    if (settled && level_ != DownlinkLevel::sound && !more_of_the_same && !draining && !carried) {
      const auto fits = line.estimate > 0 ? level_for(line.estimate) : level_;
      step_down(std::min(next(level_, -1), fits), seen, now);
      narrow_ = line.estimate > 0 && line.estimate < kRedundantSound;
    }
    judge_redundancy(line, now);
    return level_;
  }

  judge_loss(line, now);
  judge_redundancy(line, now);
  const bool known = line.estimate > 0 && line.sent > 0;
  // Loss and jitter that are the line's own hold REMB down too.
  const bool choked = known && !random_ && line.estimate < kChoked * line.sent;
  // What is reported so soon after a step down was lost before it.
  const bool may_be_random = loss_before_ > kLossBad && line.fraction_lost <= kMostRandom;
  const bool judging =
      changed_ != TimePoint{} && went_up_ == TimePoint{} &&
      (!of_this_level(line, now) || (may_be_random && now - changed_ < kLossSettle));
  // Slides cost so little that only a full line is a reason to take them away.
  const bool cheap = level_ <= DownlinkLevel::slides && !line.queued;
  const bool lossy = line.fraction_lost > (cheap ? kLossFull : kLossBad) && !random_ && !judging;
  if (choked || line.queued || line.fraction_lost > (random_ ? 1.0 : kLossBad)) good_since_ = now;
  bad_updates_ = choked || lossy ? bad_updates_ + 1 : 0;

  const bool at_once = choked && line.estimate < kBadlyChoked * line.sent;
  if ((at_once || bad_updates_ >= kBadUpdates) && settled && level_ != DownlinkLevel::sound) {
    auto to = next(level_, -1);
    if (choked) to = std::min(to, level_for(line.estimate));
    if (lossy && line.sent > 0) to = std::min(to, level_for(arriving(line)));
    step_down(to, choked ? Line{} : line, now);
    narrow_ = line.estimate > 0 && line.estimate < kRedundantSound;
    return level_;
  }

  if (went_up_ != TimePoint{} && now - went_up_ >= kTrial) {
    patience_ = std::max(kFirstPatience, patience_ / 2);
    went_up_ = {};
  }
  const auto ceiling = random_ ? std::min(ceiling_, kRandomCeiling) : ceiling_;
  if (level_ >= ceiling || bad_updates_ > 0) return level_;
  const bool invited = known && line.estimate > kInvitation * cost_of(next(level_, 1));
  // A failed trial is not forgotten for an estimate's sake: it was as good before it.
  Duration wait = invited && patience_ <= kFirstPatience ? kInvited : patience_;
  if (narrow_ && level_ == DownlinkLevel::slides) wait = std::max(wait, kNarrowPatience);
  // Slides cost little, and whoever has only sound has nothing else to look at.
  if (level_ == DownlinkLevel::sound && patience_ <= kFirstPatience)
    wait = std::min(wait, kSlidesPatience);
  if (now - good_since_ >= wait) {
    level_ = next(level_, 1);
    went_up_ = changed_ = good_since_ = now;
    loss_before_ = 0;
  }
  return level_;
}

}  // namespace diemcau::mcu
