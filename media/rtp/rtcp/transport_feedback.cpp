#include "media/rtp/rtcp/transport_feedback.hpp"

#include <algorithm>

namespace diemcau::media::rtcp {

namespace {
constexpr std::size_t kFixed = 16;  // SSRCs, base, count, reference time, feedback count
constexpr std::size_t kPerVector = 7;
constexpr std::size_t kLongestRun = 0x1fff;
enum Symbol : std::uint8_t { kNotReceived = 0, kSmallDelta = 1, kLargeDelta = 2 };

Symbol symbol_of(const TransportFeedback::Status& s) noexcept {
  if (!s.received) return kNotReceived;
  return s.delta >= 0 && s.delta <= 255 ? kSmallDelta : kLargeDelta;
}

/// Calls fn(chunk) for the run-length (§3.1.3) and two-bit vector (§3.1.4) chunks that say it.
template <class Fn>
void for_each_chunk(const std::vector<TransportFeedback::Status>& statuses, Fn&& fn) {
  std::size_t at = 0;
  while (at < statuses.size()) {
    const Symbol symbol = symbol_of(statuses[at]);
    std::size_t run = 1;
    while (at + run < statuses.size() && run < kLongestRun &&
           symbol_of(statuses[at + run]) == symbol)
      ++run;
    if (run >= kPerVector || at + run == statuses.size()) {
      fn(static_cast<std::uint16_t>(symbol << 13 | run));
      at += run;
      continue;
    }
    std::uint16_t vector = 0xc000;
    for (std::size_t i = 0; i < kPerVector && at + i < statuses.size(); ++i)
      vector = static_cast<std::uint16_t>(vector | symbol_of(statuses[at + i]) << (12 - 2 * i));
    fn(vector);
    at += kPerVector;
  }
}

std::size_t body_size(const TransportFeedback& feedback) noexcept {
  std::size_t size = kFixed;
  for_each_chunk(feedback.statuses, [&](std::uint16_t) { size += 2; });
  for (const auto& s : feedback.statuses) size += symbol_of(s);  // 0, 1 or 2 bytes
  return (size + 3) / 4 * 4;
}
}  // namespace

std::size_t TransportFeedback::size() const noexcept {
  return 4 + body_size(*this);
}

std::optional<TransportFeedback> TransportFeedback::parse(const PacketView& packet) {
  const auto body = packet.body;
  if (packet.type != kTransportFeedback || packet.count != kFormat || body.size() < kFixed + 2)
    return std::nullopt;
  TransportFeedback feedback;
  feedback.sender_ssrc = load32(&body[0]);
  feedback.media_ssrc = load32(&body[4]);
  feedback.base_sequence = load16(&body[8]);
  const std::size_t expected = load16(&body[10]);
  const std::uint32_t reference = load24(&body[12]);
  feedback.reference_time =
      static_cast<std::int32_t>(reference) - ((reference & 0x800000) != 0 ? 0x1000000 : 0);
  feedback.count = body[15];
  if (expected == 0 || expected > kMostStatuses) return std::nullopt;

  std::vector<std::uint8_t> symbols;
  symbols.reserve(expected);
  std::size_t at = kFixed;
  while (symbols.size() < expected) {
    if (body.size() - at < 2) return std::nullopt;
    const std::uint16_t chunk = load16(&body[at]);
    at += 2;
    if ((chunk & 0x8000) == 0) {
      const std::size_t run = std::min<std::size_t>(chunk & kLongestRun, expected - symbols.size());
      if (run == 0) return std::nullopt;
      symbols.insert(symbols.end(), run, static_cast<std::uint8_t>(chunk >> 13 & 3));
    } else if ((chunk & 0x4000) == 0) {
      for (int bit = 13; bit >= 0 && symbols.size() < expected; --bit)
        symbols.push_back(chunk >> bit & 1);
    } else {
      for (int bit = 12; bit >= 0 && symbols.size() < expected; bit -= 2)
        symbols.push_back(chunk >> bit & 3);
    }
  }
  feedback.statuses.reserve(expected);
  for (const std::uint8_t symbol : symbols) {
    Status status;
    if (symbol == kSmallDelta) {
      if (at >= body.size()) return std::nullopt;
      status = {true, body[at++]};
    } else if (symbol == kLargeDelta) {
      if (body.size() - at < 2) return std::nullopt;
      status = {true, static_cast<std::int16_t>(load16(&body[at]))};
      at += 2;
    } else if (symbol == 3) {  // reserved
      return std::nullopt;
    }
    feedback.statuses.push_back(status);
  }
  return feedback;
}

bool TransportFeedback::write(Writer& out) const noexcept {
  if (statuses.empty() || statuses.size() > kMostStatuses) return false;
  const auto body = out.append(kFormat, kTransportFeedback, body_size(*this));
  if (body.empty()) return false;
  store32(&body[0], sender_ssrc);
  store32(&body[4], media_ssrc);
  store16(&body[8], base_sequence);
  store16(&body[10], static_cast<std::uint32_t>(statuses.size()));
  store24(&body[12], static_cast<std::uint32_t>(reference_time) & 0xffffff);
  body[15] = count;
  std::size_t at = kFixed;
  for_each_chunk(statuses, [&](std::uint16_t chunk) {
    store16(&body[at], chunk);
    at += 2;
  });
  for (const Status& s : statuses) {
    const Symbol symbol = symbol_of(s);
    if (symbol == kSmallDelta) {
      body[at++] = static_cast<std::uint8_t>(s.delta);
    } else if (symbol == kLargeDelta) {
      store16(&body[at], static_cast<std::uint16_t>(s.delta));
      at += 2;
    }
  }
  return true;
}

}  // namespace diemcau::media::rtcp
