#pragma once
// Pictures in I420 (4:2:0 planar): a borrowed view, an owned buffer, and a pool that lends buffers
// for writing and takes them back when the last reader lets go.

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "media/mix/mix_plan.hpp"

namespace diemcau::media {

struct I420View {
  int width = 0, height = 0;
  std::array<const std::uint8_t*, 3> data{};  // Y, U, V
  std::array<int, 3> stride{};                // bytes per row

  /// The part at an even offset, w×h pixels.
  I420View crop(int x, int y, int w, int h) const noexcept {
    I420View part = *this;
    part.width = w;
    part.height = h;
    part.data[0] += static_cast<std::ptrdiff_t>(y) * stride[0] + x;
    for (int p : {1, 2}) part.data[p] += static_cast<std::ptrdiff_t>(y / 2) * stride[p] + x / 2;
    return part;
  }
};

/// The same, writable.
struct I420Span {
  int width = 0, height = 0;
  std::array<std::uint8_t*, 3> data{};
  std::array<int, 3> stride{};

  I420Span crop(int x, int y, int w, int h) const noexcept {
    I420Span part = *this;
    part.width = w;
    part.height = h;
    part.data[0] += static_cast<std::ptrdiff_t>(y) * stride[0] + x;
    for (int p : {1, 2}) part.data[p] += static_cast<std::ptrdiff_t>(y / 2) * stride[p] + x / 2;
    return part;
  }
  I420Span crop(const Rect& r) const noexcept { return crop(r.x, r.y, r.w, r.h); }
  operator I420View() const noexcept {  // NOLINT(google-explicit-constructor): reading is allowed
    return {width, height, {data[0], data[1], data[2]}, stride};
  }
};

/// Limited-range BT.601, as WebRTC's cameras send and VP8 means.
struct Colour {
  std::uint8_t y = 16, u = 128, v = 128;
  bool operator==(const Colour&) const = default;
};

/// One decoded picture, shared and never written again. `keep` holds whatever owns the bytes.
struct Picture {
  I420View view;
  TimePoint arrived{};  // of its last packet, as the transport stamped it
  TimePoint decoded{};  // when it could be shown
  std::shared_ptr<const void> keep;
};
using PicturePtr = std::shared_ptr<const Picture>;

/// A packed I420 buffer; width and height are even, rows are 64-byte aligned.
class I420Buffer {
 public:
  explicit I420Buffer(Size size);
  Size size() const noexcept { return size_; }
  std::size_t bytes() const noexcept { return bytes_; }
  const std::uint8_t* data() const noexcept { return memory_.get(); }
  I420Span span() noexcept;
  I420View view() const noexcept;
  /// Byte offsets of Y, U, V from data(), and row strides.
  const std::array<std::size_t, 3>& offsets() const noexcept { return offsets_; }
  const std::array<int, 3>& strides() const noexcept { return strides_; }

 private:
  struct Free {
    void operator()(std::uint8_t* p) const noexcept;
  };
  Size size_;
  std::array<std::size_t, 3> offsets_{};
  std::array<int, 3> strides_{};
  std::size_t bytes_ = 0;
  std::unique_ptr<std::uint8_t[], Free> memory_;
};
using I420BufferPtr = std::shared_ptr<const I420Buffer>;

/// Fills a rectangle with one colour.
void fill(I420Span target, Colour colour);
/// Copies equal sizes.
void copy(const I420View& from, I420Span to);

/// Lends at most `most` buffers of type T (derived from I420Buffer, made from a Size). One thread
/// takes; any thread may let go. It prefers the buffer written last, which needs least repainting.
template <class T = I420Buffer>
class I420Pool {
 public:
  explicit I420Pool(std::size_t most) : most_(most) {}

  /// Null when all are out: the caller skips this picture and counts it.
  std::shared_ptr<T> take(Size size) {
    if (size != size_) {
      slots_.clear();  // those still out live until their readers let go
      size_ = size;
    }
    std::shared_ptr<Slot> best;
    for (const auto& slot : slots_) {
      if (slot->out.load(std::memory_order_acquire)) continue;
      if (best == nullptr || slot->taken > best->taken) best = slot;
    }
    if (best == nullptr) {
      if (slots_.size() >= most_) return nullptr;
      best = slots_.emplace_back(std::make_shared<Slot>(size));
    }
    best->out.store(true, std::memory_order_relaxed);
    best->taken = ++takes_;
    T* buffer = &best->buffer;
    return {buffer,
            [slot = std::move(best)](T*) { slot->out.store(false, std::memory_order_release); }};
  }

 private:
  struct Slot {
    explicit Slot(Size size) : buffer(size) {}
    T buffer;
    std::uint64_t taken = 0;
    std::atomic<bool> out{false};
  };
  std::size_t most_;
  Size size_{};
  std::uint64_t takes_ = 0;
  std::vector<std::shared_ptr<Slot>> slots_;
};

}  // namespace diemcau::media
