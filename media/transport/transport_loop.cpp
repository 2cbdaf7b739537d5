#include "media/transport/transport_loop.hpp"

#include <algorithm>

namespace diemcau::media {

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

void TransportLoop::add_ticker(Ticker& ticker) {
  auto& group = *std::min_element(tickers_.begin(), tickers_.end(),
                                  [](const auto& a, const auto& b) { return a.size() < b.size(); });
  group.push_back(&ticker);
  ++ticker_count_;
  if (!ticking_) {
    ticking_ = true;
    run_after(kTick / kPhases, [this] { tick(); });
  }
}

void TransportLoop::remove_ticker(Ticker& ticker) {
  for (auto& group : tickers_) {
    const auto found = std::find(group.begin(), group.end(), &ticker);
    if (found == group.end()) continue;
    // Emptied, not erased: the group may be being walked right now.
    *found = nullptr;
    --ticker_count_;
    return;
  }
}

void TransportLoop::end() {
  for (auto& group : tickers_)
    for (std::size_t i = 0; i < group.size(); ++i)
      if (group[i] != nullptr) group[i]->on_loop_end();
}

void TransportLoop::tick() {
  const TimePoint now = clock().now();
  auto& group = tickers_[phase_];
  phase_ = (phase_ + 1) % kPhases;
  std::erase(group, nullptr);
  for (std::size_t i = 0; i < group.size(); ++i)
    if (group[i] != nullptr) group[i]->on_tick(now);
  if (ticker_count_ == 0) {
    ticking_ = false;
    for (auto& each : tickers_) each.clear();
    return;
  }
  run_after(kTick / kPhases, [this] { tick(); });
}

}  // namespace diemcau::media
