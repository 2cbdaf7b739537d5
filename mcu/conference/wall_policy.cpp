#include "mcu/conference/wall_policy.hpp"

#include <unordered_map>

namespace diemcau::mcu {
namespace {

using Group = std::vector<const WallSite*>;

std::vector<Group> in_groups(const std::vector<WallSite>& sites) {
  std::vector<Group> groups;
  std::unordered_map<std::string, std::size_t> at;
  for (const auto& site : sites) {
    const auto [found, is_new] = at.emplace(site.group, groups.size());
    if (is_new) groups.emplace_back();
    groups[found->second].push_back(&site);
  }
  return groups;
}

void place(WallPage& page, const WallSite& site) {
  constexpr int kWidth = kWallCanvas.width / static_cast<int>(kWallColumns);
  constexpr int kHeight =
      kWallCanvas.height * static_cast<int>(kWallColumns) / static_cast<int>(kWallTiles);
  const auto index = page.seats.size();
  media::Tile tile;
  tile.source = site.camera;
  tile.rect = {static_cast<int>(index % kWallColumns) * kWidth,
               static_cast<int>(index / kWallColumns) * kHeight, kWidth, kHeight};
  tile.state = site.state;
  tile.has_floor = site.speaking;
  page.mix.tiles.push_back(std::move(tile));
  page.seats.push_back(site.seat);
}

}  // namespace

std::vector<WallPage> plan_wall(const std::vector<WallSite>& sites) {
  std::vector<WallPage> pages;
  const auto turn = [&] {
    pages.emplace_back();
    pages.back().mix.canvas = kWallCanvas;
  };
  for (const Group& group : in_groups(sites)) {
    if (pages.empty() || pages.back().seats.size() + group.size() > kWallTiles) turn();
    for (const WallSite* site : group) {
      if (pages.back().seats.size() == kWallTiles) turn();
      place(pages.back(), *site);
    }
  }
  return pages;
}

}  // namespace diemcau::mcu
