#pragma once
// One transport thread, "transport-N": an event loop, the batch that packets leave by and the tick
// that drives the RTP sessions. An endpoint lives on one for life, so packets need no lock.

#include <array>
#include <span>
#include <vector>

#include "base/event_loop.hpp"
#include "media/transport/send_batch.hpp"

namespace diemcau::media {

/// Has timers, exact to TransportLoop::kTick. Most sites are silent most of the time: who has
/// nothing to do is not called.
class Ticker {
 public:
  /// Returns when it wants to be called next, at the earliest one kTick from now.
  virtual TimePoint on_tick(TimePoint now) noexcept = 0;
  /// The loop ends after this call: let go of what must be let go of on its thread.
  virtual void on_loop_end() noexcept {}

 protected:
  ~Ticker() = default;
};

class TransportLoop final : public EventLoop {
 public:
  static constexpr Duration kTick = std::chrono::milliseconds(20);
  /// Sessions are ticked in this many groups, so that 300 of them do not make one long stop.
  static constexpr std::size_t kPhases = 4;
  static constexpr std::size_t kReceiveBuffer = 4096;

  TransportLoop(unsigned index, const Clock& clock, Metrics& metrics);
  ~TransportLoop();

  // How many sessions live here; any thread. One that has just been made counts already.
  void enter() noexcept { sessions_.fetch_add(1, std::memory_order_relaxed); }
  void leave() noexcept { sessions_.fetch_sub(1, std::memory_order_relaxed); }
  std::size_t sessions() const noexcept { return sessions_.load(std::memory_order_relaxed); }

  // On the loop's thread.
  using TickerId = std::size_t;
  TickerId add_ticker(Ticker& ticker);
  void remove_ticker(TickerId id);
  /// Something happened to it: it wants to be called at `when` instead.
  void tick_at(TickerId id, TimePoint when) noexcept {
    turns_[id % kPhases][id / kPhases].due = when;
  }
  SendBatch& batch() noexcept { return batch_; }
  /// By how much this thread came late at most in the last two seconds: it was busy (a key frame
  /// for a thousand receivers), or others had the processor. What is read waited as long.
  Duration lateness(TimePoint now) const noexcept;
  /// Flushes the batch when this round's events are done.
  void flush_at_round_end();
  /// Scratch for the datagram being read.
  std::span<std::uint8_t> receive_buffer() noexcept { return receive_buffer_; }

 private:
  // Side by side, so that passing over those who are not due touches none of them.
  struct Turn {
    Ticker* ticker = nullptr;  // null: removed
    TimePoint due{};
  };
  void tick();
  void arm_turn();
  void end();

  SendBatch batch_;
  std::array<std::uint8_t, kReceiveBuffer> receive_buffer_{};
  bool flush_scheduled_ = false;
  std::array<std::vector<Turn>, kPhases> turns_;
  std::vector<TickerId> free_;
  std::size_t ticker_count_ = 0;
  std::size_t phase_ = 0;
  TimePoint next_turn_{};
  Duration late_{};
  TimePoint late_at_{};
  bool ticking_ = false;
  std::atomic<std::size_t> sessions_{0};
};

}  // namespace diemcau::media
