#include "media/mix/i420_frame.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

#include <libyuv/planar_functions.h>

namespace diemcau::media {

namespace {
constexpr std::size_t kAlign = 64;  // a cache line, and the widest vector libyuv uses
constexpr int aligned(int n) {
  return (n + 63) & ~63;
}
}  // namespace

void I420Buffer::Free::operator()(std::uint8_t* p) const noexcept {
  std::free(p);
}

I420Buffer::I420Buffer(Size size) : size_{(size.width + 1) & ~1, (size.height + 1) & ~1} {
  strides_ = {aligned(size_.width), aligned(size_.width / 2), aligned(size_.width / 2)};
  const auto luma = static_cast<std::size_t>(strides_[0]) * static_cast<std::size_t>(size_.height);
  const auto chroma =
      static_cast<std::size_t>(strides_[1]) * static_cast<std::size_t>(size_.height / 2);
  offsets_ = {0, luma, luma + chroma};
  bytes_ = luma + 2 * chroma;
  auto* memory = static_cast<std::uint8_t*>(
      std::aligned_alloc(kAlign, (bytes_ + kAlign - 1) / kAlign * kAlign));
  if (memory == nullptr) throw std::bad_alloc();
  memory_.reset(memory);
  fill(span(), Colour{});
}

I420Span I420Buffer::span() noexcept {
  std::uint8_t* base = memory_.get();
  return {size_.width,
          size_.height,
          {base + offsets_[0], base + offsets_[1], base + offsets_[2]},
          strides_};
}

I420View I420Buffer::view() const noexcept {
  const std::uint8_t* base = memory_.get();
  return {size_.width,
          size_.height,
          {base + offsets_[0], base + offsets_[1], base + offsets_[2]},
          strides_};
}

void fill(I420Span to, Colour colour) {
  libyuv::I420Rect(to.data[0], to.stride[0], to.data[1], to.stride[1], to.data[2], to.stride[2], 0,
                   0, to.width, to.height, colour.y, colour.u, colour.v);
}

void copy(const I420View& from, I420Span to) {
  // Row by row: rows of a tile are too short for libyuv's `rep movsb`.
  for (std::size_t p = 0; p < 3; ++p) {
    const int halves = p == 0 ? 0 : 1;
    const auto width = static_cast<std::size_t>((to.width + halves) >> halves);
    const std::uint8_t* in = from.data[p];
    std::uint8_t* out = to.data[p];
    for (int row = (to.height + halves) >> halves; row > 0; --row) {
      std::memcpy(out, in, width);
      in += from.stride[p];
      out += to.stride[p];
    }
  }
}

}  // namespace diemcau::media
