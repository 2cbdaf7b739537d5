#include "mcu/conference/stage_view.hpp"

namespace diemcau::mcu {

std::string_view name_of(media::TileState state) {
  switch (state) {
    case media::TileState::live:
      return "live";
    case media::TileState::camera_off:
      return "camera_off";
    case media::TileState::waiting:
      return "waiting";
    case media::TileState::lost:
      return "lost";
  }
  return "waiting";
}

signaling::StageView stage_view(const StagePlan& plan) {
  signaling::StageView view;
  view.layout = name_of(plan.layout);
  view.width = plan.mix.canvas.width;
  view.height = plan.mix.canvas.height;
  for (std::size_t i = 0; i < plan.tiles.size(); ++i) {
    const auto& tile = plan.mix.tiles[i];
    view.tiles.push_back({plan.tiles[i].seat, plan.tiles[i].slides ? "screen" : "camera",
                          tile.rect.x, tile.rect.y, tile.rect.w, tile.rect.h,
                          std::string(name_of(tile.state)), tile.has_floor});
  }
  return view;
}

}  // namespace diemcau::mcu
