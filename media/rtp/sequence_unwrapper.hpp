#pragma once
// 16-bit sequence numbers as 64-bit ones, with the restart rule of RFC 3550 A.1: a jump is
// believed when the next packet follows it.

#include <cstdint>
#include <optional>

namespace diemcau::media {

class SequenceUnwrapper {
 public:
  enum class Outcome : std::uint8_t {
    ordered,     // newest so far, or a late one within the window
    suspicious,  // far away: drop it; a second one behind it makes a restart
    restarted,   // the sender began anew: everything kept by index is void
  };
  struct Result {
    Outcome outcome = Outcome::ordered;
    std::int64_t index = 0;
  };

  SequenceUnwrapper() = default;
  /// Goes on behind indices already given out: the first packet is a restart above them.
  explicit SequenceUnwrapper(std::optional<std::int64_t> behind) noexcept : behind_(behind) {}

  Result unwrap(std::uint16_t sequence) noexcept {
    if (!newest_) {
      newest_ = behind_ ? above(*behind_, sequence) : sequence;
      return {Outcome::restarted, *newest_};
    }
    const auto step =
        static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(*newest_ & 0xffff));
    if (step > kMaxDropout || step < -kMaxMisorder) {
      const bool follows = candidate_ == sequence;
      candidate_ = static_cast<std::uint16_t>(sequence + 1);
      if (!follows) return {Outcome::suspicious, 0};
      candidate_.reset();
      newest_ = above(*newest_, sequence);
      return {Outcome::restarted, *newest_};
    }
    candidate_.reset();
    const std::int64_t index = *newest_ + step;
    if (step > 0) newest_ = index;
    return {Outcome::ordered, index};
  }

  /// The index a late sequence number had; for retransmissions, which prove nothing new.
  std::optional<std::int64_t> resolve(std::uint16_t sequence) const noexcept {
    if (!newest_) return std::nullopt;
    return *newest_ +
           static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(*newest_ & 0xffff));
  }

  std::optional<std::int64_t> newest() const noexcept { return newest_; }

 private:
  static constexpr int kMaxDropout = 3000;   // RFC 3550 A.1 MAX_DROPOUT
  static constexpr int kMaxMisorder = 1000;  // late retransmissions on the same SSRC reach so far
  static constexpr std::int64_t kRestartGap = 0x10000;

  /// Well above `index` and congruent to the sequence number: indices never repeat.
  static std::int64_t above(std::int64_t index, std::uint16_t sequence) noexcept {
    const std::int64_t least = index + kRestartGap;
    return least +
           static_cast<std::uint16_t>(sequence - static_cast<std::uint16_t>(least & 0xffff));
  }

  std::optional<std::int64_t> newest_;
  std::optional<std::int64_t> behind_;
  std::optional<std::uint16_t> candidate_;
};

}  // namespace diemcau::media
