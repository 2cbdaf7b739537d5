#include "mcu/conference/control/microphones.hpp"

namespace diemcau::mcu {

bool Microphones::apply(const PastEvent& e) {
  if (e.kind == "mute.changed") {
    const auto seat = e.text("seat");
    if (e.flag("muted")) {
      muted_.insert(seat);
      if (opened_ == seat) opened_.reset();
    } else {
      muted_.erase(seat);
    }
  } else if (e.kind == "mute.all") {
    all_muted_ = e.flag("muted");
    // "All" lifts what was said of one.
    if (!all_muted_) muted_.clear();
  } else if (e.kind == "floor.given") {
    opened_ = e.text("seat");
  } else if (e.kind == "floor.ended") {
    opened_.reset();
  } else {
    return false;
  }
  return true;
}

bool Microphones::may_be_heard(const std::string& seat, bool manages) const {
  if (opened_ == seat) return true;
  return !muted_.contains(seat) && (!all_muted_ || manages);
}

}  // namespace diemcau::mcu
