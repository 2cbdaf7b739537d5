#pragma once
// What the server asks each site to send: the size its tile needs, or nothing. So hardly anything
// is scaled, and a site off the picture sends almost nothing.

#include "media/mix/mix_plan.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {

struct UplinkNeed {
  media::Size largest_tile;  // on the stage; zero when not shown
  bool relayed = false;      // somebody watches it untouched
};

/// Sizes are 1, 1/2 and 1/4 of 1280×720: the browsers' exact scale factors and our cheap ratios.
signaling::UplinkWish camera_wish(const UplinkNeed& need);
/// Slides: whole size, few frames, sharp.
signaling::UplinkWish screen_wish(bool shown);

}  // namespace diemcau::mcu
