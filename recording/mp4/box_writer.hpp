#pragma once
// Writes boxes of the ISO base media file format (ISO/IEC 14496-12 §4.2): big-endian fields, and a
// size that is known only when the box is closed.

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace diemcau::recording::mp4 {

class BoxWriter {
 public:
  /// Open while it lives; its destructor writes the size. Boxes close in the order opened last.
  class [[nodiscard]] Box {
   public:
    Box(BoxWriter& writer, std::size_t start) : writer_(writer), start_(start) {}
    ~Box() { writer_.patch_u32(start_, static_cast<std::uint32_t>(writer_.size() - start_)); }
    Box(const Box&) = delete;
    Box& operator=(const Box&) = delete;

   private:
    BoxWriter& writer_;
    std::size_t start_;
  };

  Box box(std::string_view type) {
    const std::size_t start = bytes_.size();
    u32(0);
    text(type);
    return Box{*this, start};
  }
  Box full_box(std::string_view type, std::uint8_t version, std::uint32_t flags) {
    const std::size_t start = bytes_.size();
    u32(0);
    text(type);
    u32(std::uint32_t{version} << 24 | (flags & 0xFF'FFFF));
    return Box{*this, start};
  }

  void u8(std::uint8_t v) { bytes_.push_back(v); }
  void u16(std::uint16_t v) { big_endian(v, 2); }
  void u32(std::uint32_t v) { big_endian(v, 4); }
  void u64(std::uint64_t v) { big_endian(v, 8); }
  void text(std::string_view s) { bytes_.insert(bytes_.end(), s.begin(), s.end()); }
  void bytes(std::span<const std::uint8_t> b) { bytes_.insert(bytes_.end(), b.begin(), b.end()); }
  void zeros(std::size_t n) { bytes_.resize(bytes_.size() + n); }
  void patch_u32(std::size_t at, std::uint32_t v) {
    for (unsigned i = 0; i < 4; ++i) bytes_[at + i] = static_cast<std::uint8_t>(v >> (24 - 8 * i));
  }

  std::size_t size() const noexcept { return bytes_.size(); }
  std::span<const std::uint8_t> view() const noexcept { return bytes_; }
  std::vector<std::uint8_t> take() { return std::exchange(bytes_, {}); }
  void reserve(std::size_t n) { bytes_.reserve(n); }

 private:
  void big_endian(std::uint64_t v, unsigned width) {
    for (unsigned i = 0; i < width; ++i)
      bytes_.push_back(static_cast<std::uint8_t>(v >> (8 * (width - 1 - i))));
  }
  std::vector<std::uint8_t> bytes_;
};

}  // namespace diemcau::recording::mp4
