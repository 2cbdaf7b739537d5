#include "media/rtp/reorder_buffer.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace diemcau::media {

namespace {
constexpr std::size_t kMostSpare = 64;  // a lossy minute must not hold memory for the meeting
}

ReorderBuffer::ReorderBuffer(std::size_t most) : most_(std::bit_ceil(most)) {}

void ReorderBuffer::deliver(const UplinkPacket& packet, OrderedPacketSink& sink) {
  next_ = packet.index + 1;
  // Padding keeps the numbering whole but is nothing to decode.
  if (!packet.payload.empty()) sink.on_ordered_packet(packet, std::exchange(behind_gap_, false));
}

void ReorderBuffer::drain(OrderedPacketSink& sink) {
  while (waiting_ > 0) {
    Slot& s = slot(*next_);
    if (!s.used || s.packet.index != *next_) break;
    s.used = false;
    --waiting_;
    deliver(s.packet, sink);
    if (spare_.size() < kMostSpare) spare_.push_back(std::move(s.bytes));
    s.bytes = {};
  }
  if (waiting_ == 0) return;
  // The next gap has been known since the first packet behind it came.
  std::int64_t index = *next_;
  while (!slot(index).used || slot(index).packet.index != index) ++index;
  waiting_since_ = slot(index).packet.arrived;
}

void ReorderBuffer::keep(const UplinkPacket& packet) {
  if (slots_.empty()) slots_.resize(most_);
  Slot& s = slot(packet.index);
  if (!spare_.empty()) {
    s.bytes = std::move(spare_.back());
    spare_.pop_back();
  }
  s.bytes.assign(packet.payload.begin(), packet.payload.end());
  s.packet = packet;
  s.packet.payload = s.bytes;
  s.used = true;
  if (waiting_++ == 0) waiting_since_ = packet.arrived;
}

void ReorderBuffer::skip_gap(OrderedPacketSink& sink) {
  while (!slot(*next_).used || slot(*next_).packet.index != *next_) ++*next_;
  behind_gap_ = true;
  ++gaps_;
  drain(sink);
}

bool ReorderBuffer::insert(const UplinkPacket& packet, OrderedPacketSink& sink) {
  if (!next_) next_ = packet.index;
  if (packet.index < *next_) return false;
  while (waiting_ > 0 && packet.index - *next_ >= static_cast<std::int64_t>(most_)) skip_gap(sink);
  if (packet.index - *next_ >= static_cast<std::int64_t>(most_)) {
    next_ = packet.index;  // nothing waits: go on here
    behind_gap_ = true;
    ++gaps_;
  }
  if (packet.index == *next_) {
    deliver(packet, sink);
    drain(sink);
  } else {
    keep(packet);
  }
  return true;
}

void ReorderBuffer::poll(TimePoint now, Duration patience, OrderedPacketSink& sink) {
  while (waiting_ > 0 && now - waiting_since_ >= patience) skip_gap(sink);
}

void ReorderBuffer::restart() noexcept {
  for (Slot& s : slots_) s.used = false;
  waiting_ = 0;
  if (next_) behind_gap_ = true;
  next_.reset();
}

}  // namespace diemcau::media
