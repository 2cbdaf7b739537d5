#pragma once
// Whose picture follows the sound: a cough must not take the stage, a pause must not lose it.

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace diemcau::mcu {

class SpeakerPolicy {
 public:
  struct Settings {
    Duration first_after = std::chrono::milliseconds(300);   // nobody has the stage
    Duration change_after = std::chrono::milliseconds(800);  // somebody else has it
    Duration hold = std::chrono::seconds(2);                 // at least, once given
    Duration release_after = std::chrono::seconds(8);        // of nobody heard
  };
  SpeakerPolicy() = default;
  explicit SpeakerPolicy(Settings settings) : settings_(settings) {}

  /// Seats heard now, loudest first; when it changes.
  void on_heard(std::vector<std::string> seats, TimePoint now);
  /// A seat left.
  void forget(const std::string& seat);
  /// To be asked a few times a second.
  const std::optional<std::string>& current(TimePoint now);

 private:
  Settings settings_;
  std::vector<std::string> heard_;
  std::optional<std::string> candidate_, speaker_;
  TimePoint candidate_since_{}, speaker_since_{}, silent_since_{};
};

}  // namespace diemcau::mcu
