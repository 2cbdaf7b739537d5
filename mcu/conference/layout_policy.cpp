#include "mcu/conference/layout_policy.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace diemcau::mcu {
namespace {

using media::Rect;
using media::Size;

constexpr std::array<std::pair<Layout, std::string_view>, 6> kNames{{
    {Layout::automatic, "auto"},
    {Layout::grid, "grid"},
    {Layout::speaker, "speaker"},
    {Layout::speaker_strip, "speaker_strip"},
    {Layout::slides, "slides"},
    {Layout::single, "single"},
}};

constexpr int even(int v) {
  return v & ~1;
}

/// Sites in order of claim to a place: pinned as pinned, the speaker, the chair, cameras that are
/// on, then protocol order.
std::vector<const StageSite*> by_claim(const StageInput& input) {
  std::vector<const StageSite*> sites;
  for (const auto& site : input.sites) sites.push_back(&site);
  const auto pin_rank = [&](const StageSite& site) {
    const auto at = std::find(input.pinned.begin(), input.pinned.end(), site.seat);
    return at - input.pinned.begin();  // one past the last pin when not pinned
  };
  const auto claim = [&](const StageSite& site) {
    return std::tuple(pin_rank(site), !(input.speaker == site.seat), !site.chair, !site.camera_on,
                      site.order, std::string_view(site.seat));
  };
  std::sort(sites.begin(), sites.end(),
            [&](const auto* a, const auto* b) { return claim(*a) < claim(*b); });
  return sites;
}

Layout in_effect(const StageInput& input) {
  const bool slides = input.presenter.has_value();
  switch (input.wish) {
    case Layout::automatic:
      if (slides) return Layout::slides;
      // Up to four sites a grid shows everybody large; a strip would only make them smaller.
      return input.speaker && input.sites.size() > 4 ? Layout::speaker_strip : Layout::grid;
    case Layout::slides:
      return slides ? Layout::slides : Layout::speaker_strip;
    default:
      return input.wish;
  }
}

/// n equal 16:9 cells, rows centred, the last row centred too.
std::vector<Rect> grid(std::size_t n, Size canvas) {
  int columns = 1;
  while (static_cast<std::size_t>(columns * columns) < n) ++columns;
  const int rows = n == 0 ? 0 : (static_cast<int>(n) + columns - 1) / columns;
  const int w = even(canvas.width / columns);
  const int h = even(canvas.height / columns);
  std::vector<Rect> cells;
  const int top = even((canvas.height - rows * h) / 2);
  for (int row = 0; row < rows; ++row) {
    const int in_row = std::min<int>(columns, static_cast<int>(n) - row * columns);
    const int left = even((canvas.width - in_row * w) / 2);
    for (int column = 0; column < in_row; ++column)
      cells.push_back({left + column * w, top + row * h, w, h});
  }
  return cells;
}

/// The main region at 3/4 of the canvas, then a strip down the right side and along the bottom in
/// cells of 1/4: the scaling ratios that are cheap.
std::vector<Rect> main_and_strip(Size canvas) {
  const int w = even(canvas.width / 4), h = even(canvas.height / 4);
  std::vector<Rect> cells{{0, 0, 3 * w, 3 * h}};
  for (int i = 0; i < 4; ++i) cells.push_back({3 * w, i * h, w, h});
  for (int i = 2; i >= 0; --i) cells.push_back({i * w, 3 * h, w, h});
  return cells;
}

media::TileState state_of(const StageSite& site, bool slides) {
  if (site.lost) return media::TileState::lost;
  if (!slides && !site.camera_on) return media::TileState::camera_off;
  return slides || site.flowing ? media::TileState::live : media::TileState::waiting;
}

void place(StagePlan& plan, const StageInput& input, const StageSite& site, bool slides,
           Rect rect) {
  media::Tile tile;
  tile.source = slides ? site.screen : site.camera;
  tile.rect = rect;
  tile.label = site.label;
  tile.state = state_of(site, slides);
  tile.has_floor = !slides && input.speaker == site.seat;
  tile.slides = slides;
  plan.mix.tiles.push_back(std::move(tile));
  plan.tiles.push_back({site.seat, slides});
}

const StageSite* find(const std::vector<const StageSite*>& sites,
                      const std::optional<std::string>& seat) {
  if (!seat) return nullptr;
  for (const auto* site : sites)
    if (site->seat == *seat) return site;
  return nullptr;
}

void place_grid(StagePlan& plan, const StageInput& input, std::vector<const StageSite*> sites) {
  const std::size_t most = input.wish == Layout::grid ? kMaxGridTiles : kMaxAutomaticTiles;
  if (sites.size() > most) sites.resize(most);
  // Who is in is decided by claim; where they stand by protocol, so that nobody jumps when the
  // speaker changes.
  std::sort(sites.begin(), sites.end(), [](const auto* a, const auto* b) {
    return std::tie(a->order, a->seat) < std::tie(b->order, b->seat);
  });
  const auto cells = grid(sites.size(), input.canvas);
  for (std::size_t i = 0; i < sites.size(); ++i) place(plan, input, *sites[i], false, cells[i]);
}

void place_side_by_side(StagePlan& plan, const StageInput& input,
                        const std::vector<const StageSite*>& sites) {
  const StageSite* chair = nullptr;
  for (const auto* site : sites)
    if (site->chair && chair == nullptr) chair = site;
  const StageSite* other = find(sites, input.speaker);
  if (other == chair) other = nullptr;
  for (const auto* site : sites)
    if (other == nullptr && site != chair) other = site;
  std::vector<const StageSite*> shown;
  if (chair != nullptr) shown.push_back(chair);
  if (other != nullptr) shown.push_back(other);
  const auto cells = grid(shown.size(), input.canvas);
  for (std::size_t i = 0; i < shown.size(); ++i) place(plan, input, *shown[i], false, cells[i]);
}

void place_main_and_strip(StagePlan& plan, const StageInput& input,
                          const std::vector<const StageSite*>& sites) {
  const auto cells = main_and_strip(input.canvas);
  std::size_t next = 0;
  const StageSite* main = nullptr;
  if (plan.layout == Layout::slides) {
    place(plan, input, *find(sites, input.presenter), true, cells[next++]);
  } else {
    main = input.pinned.empty() ? find(sites, input.speaker) : nullptr;
    if (main == nullptr) main = sites.front();
    place(plan, input, *main, false, cells[next++]);
  }
  for (const auto* site : sites)
    if (site != main && next < cells.size()) place(plan, input, *site, false, cells[next++]);
}

}  // namespace

std::optional<Layout> layout_from(std::string_view name) {
  for (const auto& [layout, text] : kNames)
    if (text == name) return layout;
  return std::nullopt;
}

std::string_view name_of(Layout layout) {
  for (const auto& [value, text] : kNames)
    if (value == layout) return text;
  return "auto";
}

StagePlan plan_stage(const StageInput& given) {
  StageInput input = given;
  const auto sites = by_claim(input);
  // A wish that names somebody who has left is a wish for nobody.
  if (find(sites, input.presenter) == nullptr) input.presenter.reset();
  if (find(sites, input.speaker) == nullptr) input.speaker.reset();
  std::erase_if(input.pinned, [&](const auto& seat) { return find(sites, seat) == nullptr; });

  StagePlan plan;
  plan.layout = in_effect(input);
  plan.mix.canvas = input.canvas;
  plan.mix.empty_text = input.empty_text;
  if (sites.empty()) return plan;

  switch (plan.layout) {
    case Layout::speaker:
      place_side_by_side(plan, input, sites);
      break;
    case Layout::speaker_strip:
    case Layout::slides:
      place_main_and_strip(plan, input, sites);
      break;
    case Layout::single: {
      const StageSite* only = input.pinned.empty() ? find(sites, input.speaker) : sites.front();
      place(plan, input, only != nullptr ? *only : *sites.front(), false,
            {0, 0, input.canvas.width, input.canvas.height});
      break;
    }
    case Layout::automatic:
    case Layout::grid:
      place_grid(plan, input, sites);
      break;
  }
  return plan;
}

}  // namespace diemcau::mcu
