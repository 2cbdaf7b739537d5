#pragma once
// Who stands where on the stage: a pure function from (sites, speaker, the chair's wish, slides)
// to exact regions. Same input, same picture; nothing here knows a thread or a frame.
//
//   grid                 speaker               speaker_strip, slides       single
//   ┌──┬──┬──┐           ┌─────────────┐       ┌─────────┬───┐             ┌─────────────┐
//   ├──┼──┼──┤           │┌─────┬─────┐│       │  main   ├───┤             │             │
//   ├──┼──┼──┤           ││chair│spkr ││       │ 960×540 ├───┤             │             │
//   └──┴──┴──┘           │└─────┴─────┘│       ├───┬───┬─┴─┬─┤             │             │
//                        └─────────────┘       └───┴───┴───┴─┘             └─────────────┘

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "media/mix/mix_plan.hpp"

namespace diemcau::mcu {

enum class Layout { automatic, grid, speaker, speaker_strip, slides, single };
std::optional<Layout> layout_from(std::string_view name);
std::string_view name_of(Layout layout);

inline constexpr std::size_t kMaxGridTiles = 25;  // 5 × 5
inline constexpr std::size_t kMaxAutomaticTiles = 16;
inline constexpr std::size_t kStripTiles = 7;

/// One site that may stand on the stage.
struct StageSite {
  std::string seat;
  std::string label;
  SourceId camera, screen;
  bool chair = false;
  int order = 0;  // protocol order: province, departments, districts, communes
  bool camera_on = false;
  bool lost = false;     // connection gone, seat still kept
  bool flowing = false;  // its picture has begun to arrive
};

struct StageInput {
  std::vector<StageSite> sites;
  std::optional<std::string> speaker;    // seat that has the floor or is heard
  std::optional<std::string> presenter;  // seat whose slides are shown
  Layout wish = Layout::automatic;
  std::vector<std::string> pinned;  // seats, first is most wanted
  media::Size canvas{1280, 720};
  std::string empty_text;
};

struct StageTile {
  std::string seat;
  bool slides = false;
};
struct StagePlan {
  Layout layout = Layout::grid;  // the one in effect, never automatic
  std::vector<StageTile> tiles;  // one per mix.tiles, same order
  media::MixPlan mix;
};

StagePlan plan_stage(const StageInput& input);

}  // namespace diemcau::mcu
