#pragma once
// What the server asks each site to send, and what it reads of it: the large picture in its tile's
// exact size, a thumbnail, or nothing. So hardly anything is scaled, and a site off the picture
// sends almost nothing. Pure.

#include <optional>

#include "media/mix/mix_plan.hpp"
#include "media/mix/rendition.hpp"
#include "media/session_parameters.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {

/// The small layer (media::Layer::low) and the wall's tiles.
inline constexpr media::Size kThumbnail{160, 90};
inline constexpr int kThumbnailRate = 5;                // frames/s
inline constexpr std::int64_t kThumbnailBits = 45'000;  // bit/s; with its headers under 50 000

/// Who wants one site's camera now.
struct CameraNeed {
  media::Size tile;                // its largest place on the stage; zero: none
  bool on_wall = false;            // on a page of the wall that somebody looks at
  media::Size relayed;             // untouched, as the lines of its viewers carry it; zero: nobody
  bool thumbnail_relayed = false;  // untouched, to a line that carries no more
};

struct CameraPlan {
  signaling::UplinkWish wish;
  std::optional<media::Layer> mixed;  // what the mixer reads; nothing: it does not show it
};
/// `simulcast`: the site can send both layers; else the thumbnail is its one picture, if no larger
/// one is wanted.
CameraPlan plan_camera(const CameraNeed& need, bool simulcast);

/// Slides: whole size, few frames, sharp.
signaling::UplinkWish screen_wish(bool shown);

/// bit/s of a picture of this size at 25 frames/s: 250 000 at 320×180, 1 740 000 at 1280×720.
std::int64_t bits_for(media::Size size);

/// REMB for a site without signalling, in bit/s of all it sends. Never nothing: an encoder told
/// zero may stop for good.
double uplink_ceiling(const signaling::UplinkWish& camera, const signaling::UplinkWish& screen);

/// What of a relayed camera a line carries: from 360p on the large layer, in this size at most.
media::Layer relayed_layer(media::Quality line);
media::Size relayed_size(media::Quality line);

}  // namespace diemcau::mcu
