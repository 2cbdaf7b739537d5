#include "media/rtp/transport_feedback_generator.hpp"

#include <algorithm>
#include <limits>

namespace diemcau::media {

namespace {
using rtcp::TransportFeedback;

std::size_t at(std::int64_t index) noexcept {
  return static_cast<std::size_t>(index) & (TransportFeedbackGenerator::kWindow - 1);
}
}  // namespace

TransportFeedbackGenerator::TransportFeedbackGenerator() {
  message_.statuses.reserve(kMostPerMessage);
}

const TransportFeedbackGenerator::Arrival* TransportFeedbackGenerator::arrival(
    std::int64_t index) const noexcept {
  const Arrival& a = window_[at(index)];
  return a.index == index ? &a : nullptr;
}

bool TransportFeedbackGenerator::on_packet(std::uint16_t sequence, std::uint32_t media_ssrc,
                                           TimePoint arrived) noexcept {
  if (window_.empty()) window_.resize(kWindow);
  const auto [outcome, index] = unwrapper_.unwrap(sequence);
  if (outcome == SequenceUnwrapper::Outcome::suspicious || index < 0) return false;
  if (outcome == SequenceUnwrapper::Outcome::restarted) begin_.reset();
  if (arrival(index) != nullptr) return true;  // the first arrival counts
  window_[at(index)] = {index, arrived};
  media_ssrc_ = media_ssrc;
  if (!begin_) {
    // Not all that lies between two messages is ours to tell: begin with what came.
    begin_ = outcome == SequenceUnwrapper::Outcome::restarted ? index : std::min(index, end_);
    end_ = index + 1;
  }
  begin_ = std::min(*begin_, index);
  end_ = std::max(end_, index + 1);
  begin_ = std::max(*begin_, end_ - static_cast<std::int64_t>(kWindow));
  return true;
}

bool TransportFeedbackGenerator::due(TimePoint now) const noexcept {
  return begin_ && *begin_ < end_ && now - last_sent_ >= kInterval;
}

TransportFeedback* TransportFeedbackGenerator::next(std::uint32_t sender_ssrc, TimePoint now) {
  if (!begin_ || *begin_ >= end_) return nullptr;
  while (*begin_ < end_ && arrival(*begin_) == nullptr) ++*begin_;
  if (*begin_ >= end_) return nullptr;

  message_.sender_ssrc = sender_ssrc;
  message_.media_ssrc = media_ssrc_;
  message_.base_sequence = static_cast<std::uint16_t>(*begin_ & 0xffff);
  message_.count = count_++;
  message_.statuses.clear();
  const TimePoint first = arrival(*begin_)->at;
  const std::int64_t reference = first.time_since_epoch() / TransportFeedback::kReferenceStep;
  // 24 bits signed, modulo: only differences between messages mean anything.
  message_.reference_time = static_cast<std::int32_t>(reference & 0xffffff);
  if (message_.reference_time >= 0x800000) message_.reference_time -= 0x1000000;
  TimePoint previous{reference * TransportFeedback::kReferenceStep};

  std::int64_t index = *begin_;
  for (; index < end_ && message_.statuses.size() < kMostPerMessage; ++index) {
    const Arrival* a = arrival(index);
    if (a == nullptr) {
      message_.statuses.push_back({});
      continue;
    }
    const std::int64_t ticks = (a->at - previous) / TransportFeedback::kTick;
    if (ticks < std::numeric_limits<std::int16_t>::min() ||
        ticks > std::numeric_limits<std::int16_t>::max())
      break;  // another message with a reference of its own
    message_.statuses.push_back({true, static_cast<std::int16_t>(ticks)});
    previous += ticks * TransportFeedback::kTick;  // what the reader will know: no drift
  }
  // What is missing at the end may still come; it is told with the next one.
  while (!message_.statuses.back().received) {
    message_.statuses.pop_back();
    --index;
  }
  begin_ = index;
  last_sent_ = now;
  return &message_;
}

}  // namespace diemcau::media
