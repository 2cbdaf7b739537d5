#include "media/mix/audio_packet_store.hpp"

#include <algorithm>
#include <utility>

namespace diemcau::media {

bool AudioPacketStore::insert(std::int64_t timestamp, int samples, bool end_of_speech,
                              std::span<const std::uint8_t> bytes) {
  // Nearly always the newest: look from the end.
  auto at = packets_.end();
  while (at != packets_.begin() && std::prev(at)->timestamp >= timestamp) --at;
  if (at != packets_.end() && at->timestamp == timestamp) return false;
  const auto position = at - packets_.begin();
  Packet packet{timestamp, samples, end_of_speech, {}};
  if (!spare_.empty()) {
    packet.bytes = std::move(spare_.back());
    spare_.pop_back();
  }
  packet.bytes.assign(bytes.begin(), bytes.end());
  packets_.insert(packets_.begin() + position, std::move(packet));
  if (packets_.size() > kMostPackets) pop_front();
  return true;
}

void AudioPacketStore::pop_front() {
  if (spare_.size() < kMostPackets) spare_.push_back(std::move(packets_.front().bytes));
  packets_.erase(packets_.begin());
}

std::size_t AudioPacketStore::drop_until(std::int64_t timestamp) {
  std::size_t dropped = 0;
  while (!packets_.empty() && packets_.front().end() <= timestamp) {
    pop_front();
    ++dropped;
  }
  return dropped;
}

void AudioPacketStore::clear() {
  while (!packets_.empty()) pop_front();
}

}  // namespace diemcau::media
