#pragma once
// The wall: all sites as thumbnails, district by district, in pages. Pure: where a site stands
// follows from the roster alone, so one that comes or goes changes its own tile only. No names are
// drawn: the page writes them over the picture, sharp at any size.

#include <string>
#include <vector>

#include "base/ids.hpp"
#include "media/mix/mix_plan.hpp"

namespace diemcau::mcu {

inline constexpr media::Size kWallCanvas{1280, 720};
inline constexpr std::size_t kWallColumns = 8;
inline constexpr std::size_t kWallTiles = 64;  // of 160×90: thumbnails as they come, never scaled

struct WallSite {
  std::string seat;
  std::string group;  // sites of one group stand together: a district and its communes
  SourceId camera;    // zero: not here
  media::TileState state = media::TileState::camera_off;
  bool speaking = false;
};

struct WallPage {
  std::vector<std::string> seats;  // one per mix.tiles, same order
  media::MixPlan mix;
};

/// `sites` in protocol order. Groups keep the order of their first site; one is divided between
/// pages only when it is larger than a page.
std::vector<WallPage> plan_wall(const std::vector<WallSite>& sites);

}  // namespace diemcau::mcu
