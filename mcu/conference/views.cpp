#include "mcu/conference/views.hpp"

#include <unordered_map>

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
                        bool may_manage, const Participants& all) const {
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
    return make_error(Errc::not_found, "view.bad_page", "the wall has no such page");
  }
  viewer.second = wanted;
  return {};
}

void Views::refresh(const Participants& all, const std::optional<std::string>& presenter) {
  Here here;
  for (const auto& [id, participant] : all) {
    if (!participant->connected) continue;
    here.by_seat[participant->seat] = participant.get();
    if (participant->sends(Slot::main))
      here.publisher_of_unit.emplace(participant->who.unit.str(), participant.get());
  }
  if (presenter) here.presenter = here.seat(*presenter);
  watched_.clear();
  for (const auto& [id, viewer] : all) {
    if (!viewer->connected) continue;
    show_main(*viewer, here);
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
  if (site != nullptr) shown = {site->id, false, watch(viewer, *site)};
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
  Participant::Shown shown;
  if (site != nullptr) shown = {site->id, slides, slides ? Layer::high : watch(viewer, *site)};
  if (viewer.shown_second != shown) {
    viewer.shown_second = shown;
    output_.relay(viewer, Slot::second, site, of, shown.layer);
  }
  signaling::SecondView view;
  view.kind = viewer.second.kind;
  if (site != nullptr) view.seat = site->seat;
  if (view == viewer.view_told) return;
  viewer.view_told = view;
  tell_(viewer, signaling::ViewChanged{std::move(view)});
}

}  // namespace diemcau::mcu
