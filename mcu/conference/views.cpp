#include "mcu/conference/views.hpp"

#include <algorithm>
#include <unordered_map>

#include "mcu/conference/stage_view.hpp"
#include "mcu/conference/uplink_policy.hpp"

namespace diemcau::mcu {

using media::Layer;
using media::Slot;
using signaling::SecondKind;

namespace {
/// Relayed untouched, so only to those who can decode it.
bool can_show(const Participant& viewer, Slot slot, const Participant& site, Slot of) {
  return site.sends(of) && site.slot(of)->codec.codec == viewer.slot(slot)->codec.codec;
}
}  // namespace

/// Who can be watched now.
struct Views::Here {
  Participant* presenter = nullptr;
  std::unordered_map<std::string, Participant*> by_seat, publisher_of_unit;

  Participant* seat(const std::string& name) const { return at(by_seat, name); }
  Participant* publisher(const std::string& unit) const { return at(publisher_of_unit, unit); }

 private:
  static Participant* at(const std::unordered_map<std::string, Participant*>& map,
                         const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : found->second;
  }
};

Views::Views(ViewOutput& output, const Roster& roster, Tell tell)
    : output_(output), roster_(roster), tell_(std::move(tell)) {}

Result<void> Views::set(Participant& viewer, const signaling::SecondPicture& wanted,
                        bool may_manage, const Participants& all, std::size_t wall_pages) const {
  if (!viewer.receives(Slot::second))
    return make_error(Errc::unsupported, "view.no_picture", "no second picture was negotiated");
  if (wanted.kind == SecondKind::site) {
    if (roster_.find(wanted.seat) == nullptr)
      return make_error(Errc::not_found, "seat.not_found", "no such seat in this meeting");
    for (const auto& [id, site] : all)
      if (site->seat == wanted.seat && site->sends(Slot::main) &&
          !can_show(viewer, Slot::second, *site, Slot::main))
        return make_error(Errc::unsupported, "view.other_codec",
                          "that site's codec is not the one negotiated with this page");
  }
  if (wanted.kind == SecondKind::wall) {
    if (!may_manage)
      return make_error(Errc::forbidden, "auth.forbidden", "only chair or secretary may do this");
    if (wanted.page < 0 || static_cast<std::size_t>(wanted.page) >= wall_pages)
      return make_error(Errc::not_found, "view.bad_page", "the wall has no such page");
  }
  viewer.second = wanted;
  return {};
}

bool Views::wall_wanted(const Participants& all) {
  return std::any_of(all.begin(), all.end(), [](const auto& entry) {
    return entry.second->connected && entry.second->second.kind == SecondKind::wall;
  });
}

void Views::refresh(const Participants& all, const std::optional<std::string>& presenter,
                    const std::vector<WallPage>& wall) {
  Here here;
  for (const auto& [id, participant] : all) {
    if (!participant->connected) continue;
    here.by_seat[participant->seat] = participant.get();
    if (participant->sends(Slot::main))
      here.publisher_of_unit.emplace(participant->who.unit.str(), participant.get());
  }
  if (presenter) here.presenter = here.seat(*presenter);
  watched_.clear();
  wall_pages_.clear();
  wall_cameras_.clear();
  for (const auto& [id, viewer] : all) {
    if (!viewer->connected) continue;
    show_main(*viewer, here);
    if (viewer->second.kind == SecondKind::wall)
      show_wall(*viewer, wall);
    else
      show_second(*viewer, here);
  }
}

Layer Views::watch(const Participant& viewer, const Participant& site) {
  Watched& watched = watched_[site.id];
  const auto size = relayed_size(viewer.line());
  if (relayed_layer(viewer.line()) == Layer::low) {
    watched.thumbnail = true;
    return site.sends_layers() ? Layer::low : Layer::high;
  }
  if (size.width > watched.size.width) watched.size = size;
  return Layer::high;
}

void Views::show_main(Participant& viewer, const Here& here) {
  if (viewer.whep_unit.empty() || !viewer.receives(Slot::main)) return;
  auto* site = here.publisher(viewer.whep_unit);
  if (site != nullptr && !can_show(viewer, Slot::main, *site, Slot::main)) site = nullptr;
  Participant::Shown shown;
  if (site != nullptr) shown = {site->id, false, watch(viewer, *site), {}};
  if (viewer.shown_main == shown) return;
  viewer.shown_main = shown;
  output_.relay(viewer, Slot::main, site, Slot::main, shown.layer);
}

void Views::show_second(Participant& viewer, const Here& here) {
  if (!viewer.receives(Slot::second)) return;
  const bool slides = viewer.second.kind == SecondKind::slides;
  const Slot of = slides ? Slot::second : Slot::main;
  auto* site = slides ? here.presenter : here.seat(viewer.second.seat);
  // A presenter sees its slides on its own desk.
  if (slides && site == &viewer) site = nullptr;
  if (site != nullptr && !can_show(viewer, Slot::second, *site, of)) site = nullptr;
  if (!viewer.content.second) site = nullptr;  // its line does not carry it
  Participant::Shown shown;
  if (site != nullptr) shown = {site->id, slides, slides ? Layer::high : watch(viewer, *site), {}};
  if (viewer.shown_second != shown) {
    viewer.shown_second = shown;
    output_.relay(viewer, Slot::second, site, of, shown.layer);
  }
  signaling::SecondView view;
  view.kind = viewer.second.kind;
  if (site != nullptr) view.seat = site->seat;
  tell(viewer, std::move(view));
}

void Views::show_wall(Participant& viewer, const std::vector<WallPage>& wall) {
  if (!viewer.receives(Slot::second)) return;
  if (wall.empty()) {  // shed: its place stays empty until it comes back
    if (viewer.shown_second != Participant::Shown{}) {
      viewer.shown_second = {};
      output_.relay(viewer, Slot::second, nullptr, Slot::main, media::Layer::high);
    }
    signaling::SecondView none;
    none.kind = SecondKind::wall;
    tell(viewer, std::move(none));
    return;
  }
  // The roster may have become shorter than the page asked for.
  const int page = std::min(viewer.second.page, static_cast<int>(wall.size()) - 1);
  const auto& shown_page = wall[static_cast<std::size_t>(page)];
  const bool carried = viewer.content.second;  // by its line
  if (carried && wall_pages_.insert(page).second)
    for (const auto& tile : shown_page.mix.tiles)
      if (tile.source) wall_cameras_.insert(tile.source);
  Participant::Shown shown;
  if (carried) shown.wall_page = page;
  if (viewer.shown_second != shown) {
    viewer.shown_second = shown;
    if (carried)
      output_.wall(viewer, page);
    else
      output_.relay(viewer, Slot::second, nullptr, Slot::main, Layer::high);
  }
  signaling::SecondView view;
  view.kind = SecondKind::wall;
  view.page = page;
  view.pages = static_cast<int>(wall.size());
  view.width = shown_page.mix.canvas.width;
  view.height = shown_page.mix.canvas.height;
  for (std::size_t i = 0; carried && i < shown_page.seats.size(); ++i) {
    const auto& tile = shown_page.mix.tiles[i];
    view.tiles.push_back({shown_page.seats[i], "camera", tile.rect.x, tile.rect.y, tile.rect.w,
                          tile.rect.h, std::string(name_of(tile.state)), tile.has_floor});
  }
  tell(viewer, std::move(view));
}

void Views::tell(Participant& viewer, signaling::SecondView view) {
  if (view == viewer.view_told) return;
  viewer.view_told = view;
  tell_(viewer, signaling::ViewChanged{std::move(view)});
}

}  // namespace diemcau::mcu
