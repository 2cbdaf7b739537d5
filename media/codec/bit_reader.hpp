#pragma once
// Bits of an H.264 RBSP, most significant first (ISO/IEC 14496-10 §7.2, §9.1). Reading past the
// end yields zeros and sets failed(): parsers test once, at their end.

#include <cstddef>
#include <cstdint>
#include <span>

namespace diemcau::media {

class BitReader {
 public:
  explicit BitReader(std::span<const std::uint8_t> bytes) noexcept : bytes_(bytes) {}

  bool failed() const noexcept { return failed_; }

  bool flag() noexcept { return bits(1) != 0; }

  /// n ≤ 32.
  std::uint32_t bits(unsigned n) noexcept {
    std::uint32_t value = 0;
    for (; n > 0; --n) {
      if (position_ >= bytes_.size() * 8) {
        failed_ = true;
        return 0;
      }
      value = (value << 1) | ((bytes_[position_ / 8] >> (7 - position_ % 8)) & 1u);
      ++position_;
    }
    return value;
  }

  /// Unsigned Exp-Golomb, ue(v).
  std::uint32_t ue() noexcept {
    unsigned zeros = 0;
    while (!flag()) {
      if (failed_ || ++zeros > 31) {
        failed_ = true;
        return 0;
      }
    }
    return static_cast<std::uint32_t>((std::uint64_t{1} << zeros) - 1 + bits(zeros));
  }

  /// Signed Exp-Golomb, se(v).
  std::int64_t se() noexcept {
    const std::int64_t k = ue();
    return (k & 1) != 0 ? (k + 1) / 2 : -(k / 2);
  }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

}  // namespace diemcau::media
