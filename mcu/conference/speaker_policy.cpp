#include "mcu/conference/speaker_policy.hpp"

#include <algorithm>

namespace diemcau::mcu {

void SpeakerPolicy::on_heard(std::vector<std::string> seats, TimePoint now) {
  if (!heard_.empty() && seats.empty()) silent_since_ = now;
  heard_ = std::move(seats);
  const auto loudest = heard_.empty() ? std::nullopt : std::optional(heard_.front());
  if (loudest != candidate_) {
    candidate_ = loudest;
    candidate_since_ = now;
  }
}

void SpeakerPolicy::forget(const std::string& seat) {
  std::erase(heard_, seat);
  if (candidate_ == seat) candidate_.reset();
  if (speaker_ == seat) speaker_.reset();
}

const std::optional<std::string>& SpeakerPolicy::current(TimePoint now) {
  const auto give = [&](const std::string& seat) {
    speaker_ = seat;
    speaker_since_ = now;
  };
  if (candidate_ && candidate_ != speaker_) {
    const Duration loudest_for = now - candidate_since_;
    if (!speaker_ ? loudest_for >= settings_.first_after
                  : loudest_for >= settings_.change_after && now - speaker_since_ >= settings_.hold)
      give(*candidate_);
  } else if (speaker_ && heard_.empty() && now - silent_since_ >= settings_.release_after) {
    speaker_.reset();
  }
  return speaker_;
}

}  // namespace diemcau::mcu
