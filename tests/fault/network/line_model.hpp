#pragma once
// One direction of a network line: what becomes of each packet. Pure; the same seed and the same
// packets give the same fate.

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace diemcau::fault {

struct LineSettings {
  double loss = 0;          // 0…1: of every hundred packets exactly this share, at random places
  Duration delay{};         // of every packet
  Duration jitter{};        // uniform, delay ± jitter; packets may overtake each other
  double rate = 0;          // bit/s, 0: as fast as they come
  std::size_t buffer = 0;   // bytes that wait for the rate; more are dropped (drop-tail)
  double reorder = 0;       // 0…1: this share is not delayed at all
  bool keep_order = false;  // jitter without overtaking
};

struct LineCounts {
  std::uint64_t packets = 0, lost = 0, overflowed = 0, most_waiting = 0;
};

class LineModel {
 public:
  explicit LineModel(std::uint64_t seed) : random_(seed) {}

  /// What waits already is not touched.
  void set(const LineSettings& settings) { settings_ = settings; }
  const LineSettings& settings() const noexcept { return settings_; }
  const LineCounts& counts() const noexcept { return counts_; }

  /// When a packet of `size` bytes (IP header and all) that came at `now` leaves; nothing: lost.
  std::optional<TimePoint> pass(std::size_t size, TimePoint now) {
    ++counts_.packets;
    if (lose()) {
      ++counts_.lost;
      return std::nullopt;
    }
    TimePoint out = now;
    if (settings_.rate > 0) {
      const auto waiting = static_cast<std::size_t>(
          std::max(0.0, std::chrono::duration<double>(free_at_ - now).count()) * settings_.rate /
          8);
      if (waiting + size > settings_.buffer) {
        ++counts_.overflowed;
        return std::nullopt;
      }
      counts_.most_waiting = std::max<std::uint64_t>(counts_.most_waiting, waiting + size);
      const std::chrono::duration<double> takes(static_cast<double>(size) * 8 / settings_.rate);
      free_at_ = std::max(free_at_, now) + std::chrono::duration_cast<Duration>(takes);
      out = free_at_;
    }
    if (settings_.reorder > 0 && chance() < settings_.reorder) return out;
    out += settings_.delay;
    if (settings_.jitter > Duration{})
      out += std::chrono::duration_cast<Duration>(settings_.jitter * (2 * chance() - 1));
    out = std::max(out, now);
    if (settings_.keep_order) out = std::max(out, newest_out_);
    newest_out_ = std::max(newest_out_, out);
    return out;
  }

 private:
  static constexpr std::size_t kBlock = 100;

  double chance() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  bool lose() {
    if (settings_.loss <= 0) return false;
    if (next_ == order_.size()) {
      order_.resize(kBlock);
      std::iota(order_.begin(), order_.end(), std::size_t{0});
      std::shuffle(order_.begin(), order_.end(), random_);
      next_ = 0;
    }
    return static_cast<double>(order_[next_++]) < settings_.loss * kBlock;
  }

  LineSettings settings_;
  LineCounts counts_;
  std::mt19937_64 random_;
  std::vector<std::size_t> order_;
  std::size_t next_ = 0;
  TimePoint free_at_{}, newest_out_{};
};

/// "loss=0.3 delay=50 jitter=30 rate=300000 buffer=3750 reorder=0.01 keep_order=1", milliseconds
/// and bit/s; what is not named is 0. Nothing: a word that is not understood.
inline std::optional<LineSettings> parse_line(const std::vector<std::string>& words) {
  LineSettings settings;
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) return std::nullopt;
    const std::string key = word.substr(0, equals);
    double value = 0;
    try {
      std::size_t used = 0;
      value = std::stod(word.substr(equals + 1), &used);
      if (used != word.size() - equals - 1 || value < 0) return std::nullopt;
    } catch (const std::exception&) {
      return std::nullopt;
    }
    const auto milliseconds =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(value));
    if (key == "loss")
      settings.loss = value;
    else if (key == "delay")
      settings.delay = milliseconds;
    else if (key == "jitter")
      settings.jitter = milliseconds;
    else if (key == "rate")
      settings.rate = value;
    else if (key == "buffer")
      settings.buffer = static_cast<std::size_t>(value);
    else if (key == "reorder")
      settings.reorder = value;
    else if (key == "keep_order")
      settings.keep_order = value != 0;
    else
      return std::nullopt;
  }
  return settings;
}

}  // namespace diemcau::fault
