#include "media/rtp/nack_generator.hpp"

#include <algorithm>

namespace diemcau::media {

void NackGenerator::restart() noexcept {
  missing_.clear();
  newest_.reset();
  unasked_ = 0;
  carries_ = 0;
}

std::size_t NackGenerator::from(std::int64_t index) const noexcept {
  const auto found =
      std::lower_bound(missing_.begin(), missing_.end(), index,
                       [](const Missing& m, std::int64_t wanted) { return m.index < wanted; });
  return static_cast<std::size_t>(found - missing_.begin());
}

bool NackGenerator::on_packet(std::int64_t index, TimePoint now, std::size_t carried) noexcept {
  const bool sensible = note(index, now);
  if (carried == 0) return sensible;
  carries_ = static_cast<std::int64_t>(carried);
  for (std::size_t i = from(index - carries_); i < missing_.size(); ++i) {
    if (missing_[i].index >= index) break;
    missing_[i].carried = true;
  }
  return sensible;
}

bool NackGenerator::note(std::int64_t index, TimePoint now) noexcept {
  if (!newest_) {
    newest_ = index;
    return true;
  }
  if (index <= *newest_) {
    const std::size_t at = from(index);
    if (at < missing_.size() && missing_[at].index == index) {
      if (missing_[at].requests == 0) --unasked_;
      missing_.erase(missing_.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return true;
  }
  const auto gap = static_cast<std::size_t>(index - *newest_ - 1);
  if (gap + missing_.size() > kMostMissing) {
    restart();
    newest_ = index;
    return false;
  }
  for (std::int64_t lost = *newest_ + 1; lost < index; ++lost)
    missing_.push_back({lost, now, {}, 0, false});
  unasked_ += gap;
  newest_ = index;
  return true;
}

bool NackGenerator::wanted(std::size_t at) const noexcept {
  if (!missing_[at].carried) return true;
  const std::int64_t from = missing_[at].index - carries_;
  while (at-- > 0 && missing_[at].index >= from)
    if (!missing_[at].carried) return true;
  return false;
}

bool NackGenerator::has_unasked() const noexcept {
  if (unasked_ == 0 || carries_ == 0) return unasked_ > 0;
  for (std::size_t i = 0; i < missing_.size(); ++i)
    if (missing_[i].requests == 0 && wanted(i)) return true;
  return false;
}

bool NackGenerator::collect(TimePoint now, Duration round_trip, rtcp::Nack& out) noexcept {
  const Duration repeat = std::max(round_trip, kShortestRepeat);
  const auto given_up = std::remove_if(missing_.begin(), missing_.end(), [&](const Missing& m) {
    const bool over =
        m.requests >= kMostRequests ? now - m.asked >= repeat : now - m.noticed > kMostAge;
    if (over && m.requests == 0) --unasked_;
    return over;
  });
  missing_.erase(given_up, missing_.end());
  bool any = false;
  for (std::size_t i = 0; i < missing_.size(); ++i) {
    Missing& m = missing_[i];
    if (m.requests >= kMostRequests || !wanted(i)) continue;
    if (m.requests > 0 && now - m.asked < repeat) continue;
    if (!out.add(static_cast<std::uint16_t>(m.index & 0xffff))) break;
    if (m.requests++ == 0) --unasked_;
    m.asked = now;
    any = true;
  }
  return any;
}

}  // namespace diemcau::media
