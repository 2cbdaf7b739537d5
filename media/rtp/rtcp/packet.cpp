#include "media/rtp/rtcp/packet.hpp"

#include <algorithm>

namespace diemcau::media::rtcp {

std::optional<PacketView> CompoundReader::next() noexcept {
  if (rest_.empty() || malformed_) return std::nullopt;
  malformed_ = true;
  if (rest_.size() < 4 || (rest_[0] >> 6) != 2) return std::nullopt;
  const std::size_t size = (std::size_t{load16(&rest_[2])} + 1) * 4;
  if (size > rest_.size()) return std::nullopt;
  std::size_t end = size;
  if ((rest_[0] & 0x20) != 0) {
    const std::size_t padding = rest_[size - 1];
    // Not asked to be a multiple of four: libwebrtc pads transport feedback by 1 to 3 bytes.
    if (padding == 0 || padding > size - 4) return std::nullopt;
    end -= padding;
  }
  malformed_ = false;
  const PacketView view{static_cast<std::uint8_t>(rest_[0] & 0x1f), rest_[1],
                        rest_.subspan(4, end - 4)};
  rest_ = rest_.subspan(size);
  return view;
}

std::span<std::uint8_t> Writer::append(std::uint8_t count, std::uint8_t type,
                                       std::size_t body_size) noexcept {
  if (body_size + 4 > left() || body_size % 4 != 0) return {};
  std::uint8_t* at = room_.data() + size_;
  at[0] = static_cast<std::uint8_t>(0x80 | (count & 0x1f));
  at[1] = type;
  store16(at + 2, static_cast<std::uint32_t>(body_size / 4));
  std::fill_n(at + 4, body_size, std::uint8_t{0});
  size_ += body_size + 4;
  return {at + 4, body_size};
}

}  // namespace diemcau::media::rtcp
