#pragma once
// One transport thread, "transport-N": an event loop, the batch that packets leave by and the tick
// that drives the RTP sessions. An endpoint lives on one for life, so packets need no lock.

#include <array>
#include <span>
#include <vector>

#include "base/event_loop.hpp"
#include "media/transport/send_batch.hpp"

namespace diemcau::media {

/// Wants to be called about every 20 ms (TransportLoop::kTick).
class Ticker {
 public:
  virtual void on_tick(TimePoint now) noexcept = 0;
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

  // On the loop's thread.
  void add_ticker(Ticker& ticker);
  void remove_ticker(Ticker& ticker);
  SendBatch& batch() noexcept { return batch_; }
  /// Flushes the batch when this round's events are done.
  void flush_at_round_end();
  /// Scratch for the datagram being read.
  std::span<std::uint8_t> receive_buffer() noexcept { return receive_buffer_; }

 private:
  void tick();
  void end();

  SendBatch batch_;
  std::array<std::uint8_t, kReceiveBuffer> receive_buffer_{};
  bool flush_scheduled_ = false;
  std::array<std::vector<Ticker*>, kPhases> tickers_;
  std::size_t ticker_count_ = 0;
  std::size_t phase_ = 0;
  bool ticking_ = false;
};

}  // namespace diemcau::media
