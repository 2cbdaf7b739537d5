#pragma once
// Whose microphone may be heard: hard mutes, all at once or one by one, and the floor that opens
// one while it lasts. A fold of the log's `mute.changed`, `mute.all` and `floor.*`. Lives on the
// conference's strand.

#include <optional>
#include <set>
#include <string>

#include "mcu/conference/control/room_types.hpp"

namespace diemcau::mcu {

class Microphones {
 public:
  bool apply(const PastEvent& event);

  /// A called site is heard while it has the floor, unless it is muted after it was called. Who
  /// manages the meeting is not meant by "all".
  bool may_be_heard(const std::string& seat, bool manages) const;
  bool all_muted() const noexcept { return all_muted_; }

 private:
  bool all_muted_ = false;
  std::set<std::string> muted_;
  std::optional<std::string> opened_;  // by the floor
};

}  // namespace diemcau::mcu
