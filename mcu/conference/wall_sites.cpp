#include "mcu/conference/wall_sites.hpp"

#include <unordered_map>

namespace diemcau::mcu {
namespace {

std::string group_of(const signaling::SiteView& row) {
  if (row.level == "district") return row.unit;
  return row.level == "commune" ? row.parent : std::string();
}

media::TileState state_of(const Participant& participant) {
  if (!participant.camera_on()) return media::TileState::camera_off;
  return participant.camera_flowing ? media::TileState::live : media::TileState::waiting;
}

}  // namespace

std::vector<WallSite> wall_sites(const Roster& roster, const Participants& all,
                                 const std::optional<std::string>& speaker) {
  std::unordered_map<std::string, const Participant*> here;
  for (const auto& [id, participant] : all)
    if (participant->connected && participant->kind != JoinKind::whep)
      here[participant->seat] = participant.get();
  std::vector<WallSite> sites;
  for (const auto& row : roster.rows()) {
    WallSite site;
    site.seat = row.seat;
    site.group = group_of(row);
    site.speaking = speaker == row.seat;
    if (const auto found = here.find(row.seat); found != here.end()) {
      site.camera = found->second->camera();
      site.state = state_of(*found->second);
    } else if (row.state == "reconnecting") {
      site.state = media::TileState::lost;
    }
    sites.push_back(std::move(site));
  }
  return sites;
}

}  // namespace diemcau::mcu
