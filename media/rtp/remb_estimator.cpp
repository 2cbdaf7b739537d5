#include "media/rtp/remb_estimator.hpp"

#include <algorithm>
#include <utility>

namespace diemcau::media {

namespace {
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kRateWindow = milliseconds(400), kRembWindow = seconds(1);
// A burst: so many packets missing within the window, and among their neighbours a share well above
// what this line loses at any time.
constexpr Duration kBurstWindow = milliseconds(250);
constexpr std::size_t kBurst = 10;
constexpr double kAboveNormal = 0.25, kTimesNormal = 2;
constexpr double kNormalWeight = 0.25, kMostNormal = 0.35;
// A full buffer drops the tail of a frame whole: however much of a burst is missing, it tells of
// no deeper a fall. Where the line is worse, the next burst says so.
constexpr double kLeastThrough = 0.2;
// What was on its way when it choked is reported for a while after it.
constexpr Duration kEcho = milliseconds(600);
// The queue that made it choke is empty after the trip it made longer, pictures being held.
constexpr Duration kDrains = milliseconds(250);
constexpr Duration kThroughHolds = seconds(2);
constexpr Duration kReportHolds = seconds(4), kReportsTogether = milliseconds(1300);
constexpr Duration kRembHolds = seconds(5);
// Of pictures browsers report every second, of sound every five.
constexpr Duration kDeliveryHolds = milliseconds(2500), kSoundDeliveryHolds = seconds(6);
// At first REMB climbs from its sender's default, whatever the line.
constexpr Duration kRembSettles = seconds(4);
constexpr double kRembChoked = 0.5;
// A queue that long in front of the line is one we fill.
constexpr Duration kLongQueue = milliseconds(300);
constexpr double kUnknownShare = 0.5;
// Signs that a low REMB is true. Jitter alone makes one round trip longer, not two in a row, and
// not by so much.
constexpr Duration kQueue = milliseconds(100), kPlainQueue = milliseconds(160);
// A whole packet takes long to pass a thin line: 150 ms at 64 kbit/s.
constexpr double kPacketBits = 9600;
constexpr Duration kMostPacketTime = milliseconds(200);
constexpr double kLossOfStrain = 0.05, kTimesOfStrain = 1.5;
constexpr Duration kStrainHolds = seconds(3);
// Loss that goes on after the step down belongs to the line.
constexpr Duration kLearnsAfterChoke = milliseconds(1200), kSeries = seconds(2);
}  // namespace

void RembEstimator::on_sent(std::uint64_t bytes, TimePoint now) noexcept {
  sent_[ticks_++ % sent_.size()] = {now, bytes};
}

double RembEstimator::sent_rate(Duration window) const noexcept {
  if (ticks_ < 2) return 0;
  const Sent& newest = sent_[(ticks_ - 1) % sent_.size()];
  const std::size_t kept = std::min(ticks_, sent_.size());
  for (std::size_t back = 1; back < kept; ++back) {
    const Sent& older = sent_[(ticks_ - 1 - back) % sent_.size()];
    const Duration span = newest.at - older.at;
    if ((span < window && back + 1 < kept) || span <= Duration{}) continue;
    return static_cast<double>(newest.bytes - older.bytes) * 8 /
           std::chrono::duration<double>(span).count();
  }
  return 0;
}

void RembEstimator::choke(double rate, TimePoint now) noexcept {
  if (choked_at_ != TimePoint{} && now - choked_at_ < kEcho) return;
  if (choked_at_ == TimePoint{} || now - choked_at_ > kSeries) chokes_since_ = now;
  choked_ = true;
  choked_at_ = now;
  drained_at_ = now + std::max(kDrains, round_trip_);
  through_ = rate;
  for (Flow& flow : flows_) flow.count = 0;  // those had their consequence
}

void RembEstimator::on_remb(double bitrate, TimePoint now) noexcept {
  if (first_remb_ == TimePoint{}) first_remb_ = now;
  remb_ = bitrate;
  remb_at_ = now;
  choke_by_remb(now);
}

void RembEstimator::choke_by_remb(TimePoint now) noexcept {
  if (remb_at_ == TimePoint{} || now - first_remb_ < kRembSettles || !strained(now)) return;
  // A key frame is a burst that no average of a second shows.
  const double sent = sent_rate(kRembWindow);
  const double through = std::max(remb_, delivered(now));
  if (sent > 0 && through < kRembChoked * sent) choke(through, now);
}

bool RembEstimator::strained(TimePoint now) const noexcept {
  return strained_at_ != TimePoint{} && now - strained_at_ < kStrainHolds;
}

double RembEstimator::delivered(TimePoint now) const noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < flows_.size(); ++i) {
    const Duration holds = i == index_of(Slot::audio) ? kSoundDeliveryHolds : kDeliveryHolds;
    if (flows_[i].delivered_at != TimePoint{} && now - flows_[i].delivered_at < holds)
      sum += flows_[i].delivered;
  }
  return sum;
}

void RembEstimator::learn_loss(std::size_t flow, double fraction_lost, TimePoint now) noexcept {
  flows_[flow].fraction_lost = fraction_lost;
  flows_[flow].reported = now;
  if (fraction_lost > kLossOfStrain + kTimesOfStrain * normal_loss_) strained_at_ = now;
  if (choked_at_ != TimePoint{} && now - chokes_since_ <= kLearnsAfterChoke) return;
  if (flow == index_of(Slot::audio)) fraction_lost = std::max(fraction_lost, repaired_);
  normal_loss_ =
      reported_ ? normal_loss_ + kNormalWeight * (fraction_lost - normal_loss_) : fraction_lost;
  normal_loss_ = std::min(normal_loss_, kMostNormal);
  reported_ = true;
}

void RembEstimator::on_report(std::size_t flow, const FlowReport& report, TimePoint now) noexcept {
  if (flow >= flows_.size()) return;
  if (report.delivered > 0) {
    flows_[flow].delivered = report.delivered;
    flows_[flow].delivered_at = now;
  }
  // What measured the queue of the last choke is no sign of another.
  const bool echo = report.probed != TimePoint{} && report.probed < drained_at_;
  const bool measured = report.round_trip > Duration{} && !echo;
  if (measured) {
    const Duration usual = shortest_trip_ + report.own_delay, one = packet_time();
    const Duration again = std::min(report.round_trip, round_trip_);
    const auto beyond = [&](Duration allowed) {
      return report.round_trip > usual + kPlainQueue + allowed || again > usual + kQueue + allowed;
    };
    if (shortest_trip_ > Duration{} && beyond({})) queued_at_ = now;
    if (shortest_trip_ > Duration{} && beyond(one)) strained_at_ = now;
  }
  if (report.fraction_lost) learn_loss(flow, *report.fraction_lost, now);
  choke_by_remb(now);
  if (measured) on_round_trip(report, now);
}

Duration RembEstimator::packet_time() const noexcept {
  const double sent = sent_rate(kRembWindow);
  if (sent <= 0) return {};
  const auto takes = std::chrono::duration<double>(kPacketBits / sent);
  return std::min(kMostPacketTime, std::chrono::duration_cast<Duration>(takes));
}

void RembEstimator::on_round_trip(const FlowReport& report, TimePoint now) noexcept {
  round_trip_ = report.round_trip;
  // Forgets slowly: a path may have become longer for good.
  shortest_trip_ = shortest_trip_ == Duration{}
                       ? round_trip_
                       : std::min(round_trip_, shortest_trip_ + shortest_trip_ / 50);
  if (round_trip_ <= shortest_trip_ + kLongQueue + report.own_delay + packet_time()) return;
  const double known = std::max(remb_, delivered(now)), sent = sent_rate(kRateWindow);
  choke(known > 0 ? std::min(known, sent) : kUnknownShare * sent, now);
}

void RembEstimator::on_missing(std::size_t index, std::uint16_t sequence, TimePoint now) noexcept {
  if (index >= flows_.size()) return;
  Flow& flow = flows_[index];
  const bool newer = flow.count == 0 || static_cast<std::int16_t>(sequence - flow.newest) > 0;
  if (!newer) return;  // asked for again
  flow.newest = sequence;
  flow.missing[flow.count++ % flow.missing.size()] = {now, sequence};
  std::size_t missing = 0;
  std::uint16_t oldest = sequence;
  for (std::size_t i = 0; i < std::min(flow.count, flow.missing.size()); ++i) {
    const Missing& m = flow.missing[(flow.count - 1 - i) % flow.missing.size()];
    if (now - m.at > kBurstWindow) break;
    ++missing;
    oldest = m.sequence;
  }
  if (missing < kBurst) return;
  // Both ends of the stretch are losses by choice of the stretch: one of them says nothing.
  const double stretch = static_cast<std::uint16_t>(sequence - oldest);
  const double share = static_cast<double>(missing - 1) / std::max(1.0, stretch);
  if (share > kAboveNormal + kTimesNormal * normal_loss_) {
    strained_at_ = now;
    choke(sent_rate(kRateWindow) * std::max(kLeastThrough, 1 - share), now);
  }
}

const RembEstimator::Flow* RembEstimator::worst(TimePoint now) const noexcept {
  TimePoint newest{};
  for (const Flow& flow : flows_) newest = std::max(newest, flow.reported);
  const Flow* worst = nullptr;
  for (const Flow& flow : flows_) {
    // One that shows nothing any more is not the line as it is.
    const bool holds = flow.reported != TimePoint{} && now - flow.reported < kReportHolds &&
                       newest - flow.reported <= kReportsTogether;
    if (holds && (worst == nullptr || flow.fraction_lost > worst->fraction_lost)) worst = &flow;
  }
  return worst;
}

LineEstimate RembEstimator::estimate(TimePoint now) const noexcept {
  LineEstimate line;
  line.sent = sent_rate(kRateWindow);
  if (const Flow* flow = worst(now)) {
    line.fraction_lost = flow->fraction_lost;
    line.reported = flow->reported;
  }
  line.round_trip = round_trip_;
  line.repaired = repaired_;
  line.queued = queued_at_ != TimePoint{} && now - queued_at_ < kStrainHolds;
  if (remb_at_ != TimePoint{} && now - remb_at_ < kRembHolds && now - first_remb_ >= kRembSettles)
    line.bitrate = std::max(remb_, strained(now) ? delivered(now) : line.sent);
  if (choked_at_ != TimePoint{} && now - choked_at_ < kThroughHolds)
    line.bitrate = line.bitrate > 0 ? std::min(line.bitrate, through_) : through_;
  return line;
}

}  // namespace diemcau::media
