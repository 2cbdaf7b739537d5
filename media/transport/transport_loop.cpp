#include "media/transport/transport_loop.hpp"

#include <algorithm>

namespace diemcau::media {

namespace {
constexpr Duration kLatenessHolds = std::chrono::seconds(2);
}

TransportLoop::TransportLoop(unsigned index, const Clock& clock, Metrics& metrics)
    : EventLoop("transport-" + std::to_string(index), index, clock, metrics) {
  set_end_task([this] { end(); });
}

// Stopped here, not in the base: what tasks still hold may reach for the members below.
TransportLoop::~TransportLoop() {
  stop();
}

void TransportLoop::flush_at_round_end() {
  if (flush_scheduled_) return;
  flush_scheduled_ = true;
  at_round_end([this] {
    flush_scheduled_ = false;
    batch_.flush();
  });
}

TransportLoop::TickerId TransportLoop::add_ticker(Ticker& ticker) {
  TickerId id = 0;
  if (free_.empty()) {
    const auto group =
        std::min_element(turns_.begin(), turns_.end(),
                         [](const auto& a, const auto& b) { return a.size() < b.size(); });
    id = group->size() * kPhases + static_cast<std::size_t>(group - turns_.begin());
    group->emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  turns_[id % kPhases][id / kPhases] = {&ticker, clock().now()};
  ++ticker_count_;
  if (!ticking_) {
    ticking_ = true;
    arm_turn();
  }
  return id;
}

void TransportLoop::arm_turn() {
  next_turn_ = clock().now() + kTick / kPhases;
  run_at(next_turn_, [this] { tick(); });
}

Duration TransportLoop::lateness(TimePoint now) const noexcept {
  const Duration of_late = now - late_at_ < kLatenessHolds ? late_ : Duration{};
  return ticking_ ? std::max(of_late, now - next_turn_) : of_late;
}

void TransportLoop::remove_ticker(TickerId id) {
  turns_[id % kPhases][id / kPhases].ticker = nullptr;
  free_.push_back(id);
  --ticker_count_;
}

void TransportLoop::end() {
  for (auto& turns : turns_)
    for (std::size_t i = 0; i < turns.size(); ++i)
      if (turns[i].ticker != nullptr) turns[i].ticker->on_loop_end();
}

void TransportLoop::tick() {
  const TimePoint now = clock().now();
  if (const Duration late = lateness(now); late == now - next_turn_) {
    late_ = late;
    late_at_ = now;
  }
  auto& turns = turns_[phase_];
  phase_ = (phase_ + 1) % kPhases;
  for (std::size_t i = 0; i < turns.size(); ++i) {  // it may grow meanwhile
    Ticker* const ticker = turns[i].ticker;
    if (ticker == nullptr || turns[i].due > now) continue;
    turns[i].due = TimePoint::max();
    const TimePoint due = ticker->on_tick(now);
    // Meanwhile it may have asked for an earlier turn, or left its place to another.
    if (turns[i].ticker == ticker) turns[i].due = std::min(turns[i].due, due);
  }
  if (ticker_count_ == 0) {
    ticking_ = false;
    return;
  }
  arm_turn();
}

}  // namespace diemcau::media
