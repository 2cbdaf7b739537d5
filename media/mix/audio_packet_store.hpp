#pragma once
// Opus packets of one source waiting for their moment, in order of their unwrapped timestamps.
// Bounded; storage is recycled, so that a flowing source does not allocate.

#include <cstdint>
#include <span>
#include <vector>

namespace diemcau::media {

class AudioPacketStore {
 public:
  /// 320 ms of the shortest packets: more than the longest delay.
  static constexpr std::size_t kMostPackets = 128;

  struct Packet {
    std::int64_t timestamp = 0;  // unwrapped, of its first sample
    int samples = 0;
    bool end_of_speech = false;
    std::vector<std::uint8_t> bytes;

    std::int64_t end() const noexcept { return timestamp + samples; }
  };

  bool empty() const noexcept { return packets_.empty(); }
  std::size_t size() const noexcept { return packets_.size(); }
  const Packet& front() const noexcept { return packets_.front(); }
  const Packet& operator[](std::size_t i) const noexcept { return packets_[i]; }
  std::int64_t end() const noexcept { return packets_.back().end(); }

  /// False when that timestamp is here already. When full the oldest packet gives way.
  bool insert(std::int64_t timestamp, int samples, bool end_of_speech,
              std::span<const std::uint8_t> bytes);
  void pop_front();
  /// Drops what ends at `timestamp` or before; returns how many.
  std::size_t drop_until(std::int64_t timestamp);
  void clear();

 private:
  std::vector<Packet> packets_;  // ascending, not empty payloads
  std::vector<std::vector<std::uint8_t>> spare_;
};

}  // namespace diemcau::media
