#pragma once
// Reads boxes from memory that may hold anything. Reading past the end gives zeros and clears
// ok(); nothing is ever read outside the span.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace diemcau::recording::mp4 {

constexpr std::uint32_t fourcc(std::string_view t) {
  return std::uint32_t{static_cast<std::uint8_t>(t[0])} << 24 |
         std::uint32_t{static_cast<std::uint8_t>(t[1])} << 16 |
         std::uint32_t{static_cast<std::uint8_t>(t[2])} << 8 | static_cast<std::uint8_t>(t[3]);
}

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool ok() const noexcept { return ok_; }
  std::size_t left() const noexcept { return bytes_.size() - pos_; }
  std::size_t position() const noexcept { return pos_; }
  std::uint8_t u8() { return static_cast<std::uint8_t>(big_endian(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(big_endian(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian(4)); }
  std::uint64_t u64() { return big_endian(8); }
  std::span<const std::uint8_t> bytes(std::size_t n) {
    if (n > left()) return fail(), std::span<const std::uint8_t>{};
    pos_ += n;
    return bytes_.subspan(pos_ - n, n);
  }
  void skip(std::size_t n) { (void)bytes(n); }

 private:
  void fail() {
    ok_ = false;
    pos_ = bytes_.size();
  }
  std::uint64_t big_endian(std::size_t width) {
    std::uint64_t v = 0;
    for (const std::uint8_t b : bytes(width)) v = v << 8 | b;
    return v;
  }
  std::span<const std::uint8_t> bytes_;
  std::size_t pos_ = 0;
  bool ok_ = true;
};

struct BoxView {
  std::uint32_t type = 0;
  std::span<const std::uint8_t> whole;    // header included
  std::span<const std::uint8_t> payload;  // a full box's version and flags included
};

/// The box at the start of `bytes`, 32-bit or 64-bit size (§4.2); nothing when it is not whole or
/// claims size 0 ("to the end of the file"), which we never write inside a header.
inline std::optional<BoxView> first_box(std::span<const std::uint8_t> bytes) {
  ByteReader in(bytes);
  std::uint64_t size = in.u32();
  const std::uint32_t type = in.u32();
  if (size == 1) size = in.u64();
  if (!in.ok() || size < in.position() || size > bytes.size()) return std::nullopt;
  const auto whole = bytes.first(static_cast<std::size_t>(size));
  return BoxView{type, whole, whole.subspan(in.position())};
}

/// The first child of this type.
inline std::optional<BoxView> find_box(std::span<const std::uint8_t> bytes, std::string_view type) {
  while (auto box = first_box(bytes)) {
    if (box->type == fourcc(type)) return box;
    bytes = bytes.subspan(box->whole.size());
  }
  return std::nullopt;
}

}  // namespace diemcau::recording::mp4
