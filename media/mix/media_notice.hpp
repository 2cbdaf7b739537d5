#pragma once
// What is wrong with a site's sound or picture, as the mixers notice it.

#include <cstdint>

#include "base/ids.hpp"

namespace diemcau::media {

enum class NoticeKind : std::uint8_t {
  microphone_silent,    // packets come, and no sound in them
  microphone_clipping,  // cut off at full scale before it was coded
  echo,                 // what the site is sent comes back from it
  camera_black,
  camera_frozen,
};

struct MediaNotice {
  SourceId source;
  NoticeKind kind = NoticeKind::echo;
  bool active = false;
  bool operator==(const MediaNotice&) const = default;
};

}  // namespace diemcau::media
