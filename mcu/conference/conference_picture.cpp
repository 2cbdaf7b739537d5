// The picture of a conference: what the media report, what the stage shows, what each site is
// asked to send for it.

#include <algorithm>

#include "mcu/conference/conference.hpp"
#include "mcu/conference/load_policy.hpp"
#include "mcu/conference/stage_view.hpp"
#include "mcu/conference/uplink_policy.hpp"
#include "mcu/conference/wall_sites.hpp"

namespace diemcau::mcu {

namespace {
constexpr const char* kEmptyStage = "Chưa có điểm cầu nào tham gia";

std::string line_of(const media::SessionStatistics& statistics) {
  double worst = 0;
  bool known = false;
  for (const auto* direction : {&statistics.up, &statistics.down})
    for (const auto& slot : *direction)
      if (slot.packets > 0) {
        known = true;
        worst = std::max(worst, slot.fraction_lost);
      }
  if (!known) return "unknown";
  return worst < 0.02 ? "good" : worst < 0.08 ? "fair" : "poor";
}

DownlinkPolicy::Line of(const media::LineEstimate& line, bool congested) {
  return {line.sent,     line.bitrate, line.fraction_lost, congested,
          line.repaired, line.queued,  line.reported};
}
}  // namespace

std::optional<std::string> Conference::speaker_now(TimePoint now) {
  const auto& heard_most = speaker_.current(now);
  const auto& holder = room_.floor().holder();
  // Its dimmed tile stays while it is on its way back.
  if (holder && (find_seat(holder->seat) || lost_sites_.holds(holder->seat))) return holder->seat;
  return heard_most;
}

StageInput Conference::stage_input() {
  StageInput input;
  input.empty_text = kEmptyStage;
  const auto now = context_.clock->now();
  input.wish = room_.layout(now);
  input.pinned = room_.pinned(now);
  input.presenter = presenter_;
  for (const auto& [id, participant] : participants_) {
    const auto* row = roster_.find(participant->seat);
    // Viewers have no row; who only listens (WHEP) has no place on the stage.
    if (row == nullptr || !participant->connected || participant->kind == JoinKind::whep) continue;
    StageSite site;
    site.seat = participant->seat;
    site.label = row->name;
    site.camera = participant->camera();
    site.screen = participant->screen();
    site.chair = participant->who.role == signaling::Role::chair;
    site.order = row->order;
    site.camera_on = participant->camera_on();
    site.flowing = participant->camera_flowing;
    input.sites.push_back(std::move(site));
  }
  lost_sites_.add_to(input.sites);
  input.speaker = planned_speaker_;
  return input;
}

signaling::StageWishView Conference::wish_view() const {
  const auto& wish = room_.stage_wish();
  return {std::string(name_of(wish.layout)), wish.pinned};
}

Result<StagePreview> Conference::preview_stage(const signaling::Identity& who,
                                               signaling::SetStage wish) {
  if (!manages(roster_.in_this_meeting(who)))
    return make_error(Errc::forbidden, "auth.forbidden", "only chair or secretary may do this");
  const auto& live = room_.stage_wish();
  StageWish wanted = live;
  if (!wish.layout.empty()) {
    const auto layout = layout_from(wish.layout);
    if (!layout)
      return make_error(Errc::invalid_argument, "stage.unknown_layout", "no such layout");
    wanted = {*layout, std::move(wish.pinned)};
  }
  // The same rules as the real stage, the roll call's tour among them.
  wanted = room_.with_tour(std::move(wanted), context_.clock->now());
  StageInput input = stage_input();
  input.wish = wanted.layout;
  input.pinned = std::move(wanted.pinned);
  return StagePreview{stage_view(plan_stage(input)), wish_view()};
}

void Conference::changed() {
  if (settling_.ask(context_.clock->now())) settle();
}

void Conference::settle() {
  const auto now = context_.clock->now();
  settling_.done(now);
  planned_speaker_ = speaker_now(now);
  plan_ = plan_stage(stage_input());
  for (const auto& [id, participant] : participants_)
    if (participant->connected) show_content(*participant);
  refresh_views();
  media_->show_stage(plan_.mix);
  pages_.tell_changed_sites(roster_);
  pages_.tell_stage(stage_view(plan_));
  pages_.tell_second(presenter_);
}

/// What each receiver watches beside the stage, and what the sites must send for all of it.
void Conference::refresh_views() {
  const bool walled = Views::wall_wanted(participants_) && !sheds_wall(load_level_);
  const auto wall = walled ? plan_wall_now() : std::vector<WallPage>();
  views_->refresh(participants_, presenter_, wall);
  media_->show_wall(wall, views_->wall_pages());
  plan_sources();
}

std::vector<WallPage> Conference::plan_wall_now() const {
  return plan_wall(wall_sites(roster_, participants_, planned_speaker_));
}

CameraNeed Conference::need_of(const Participant& participant) const {
  CameraNeed need;
  const auto watched = views_->watched(participant.id);
  need.relayed = watched.size;
  need.thumbnail_relayed = watched.thumbnail;
  need.on_wall = views_->on_wall(participant.camera());
  for (const auto& tile : plan_.mix.tiles)
    if (tile.source == participant.camera() && tile.rect.w > need.tile.width)
      need.tile = {tile.rect.w, tile.rect.h};
  return need;
}

/// Asks each site for what is needed of it, and decodes what is shown of it.
void Conference::plan_sources() {
  SourceInputs::Wanted wanted;
  for (const auto& [id, participant] : participants_) {
    const auto plan = plan_camera(need_of(*participant), participant->sends_layers());
    if (plan.mixed && participant->camera_on()) wanted[participant->camera()] = *plan.mixed;
    tell_uplink(*participant, plan.wish);
  }
  for (const auto& tile : plan_.mix.tiles)
    if (tile.slides) wanted[tile.source] = media::Layer::high;
  // What a lost site showed last stays on its dimmed tile.
  std::vector<StageSite> lost;
  lost_sites_.add_to(lost);
  for (const auto& site : lost) wanted[site.camera] = media::Layer::high;
  media_->read_sources(wanted, participants_);
}

void Conference::tell_uplink(Participant& participant, const signaling::UplinkWish& camera) {
  const auto screen = screen_wish(presenter_ == participant.seat);
  if (participant.wishes_told && camera == participant.camera_wish &&
      screen == participant.screen_wish)
    return;
  participant.camera_wish = camera;
  participant.screen_wish = screen;
  participant.wishes_told = true;
  Pages::tell(participant, signaling::UplinkChanged{camera, screen});
  // A page does as it is told; lifting a ceiling would cost it a second when it is called.
  if (participant.kind == JoinKind::whip)
    participant.endpoint->set_uplink_ceiling(uplink_ceiling(camera, screen));
}

void Conference::on_heard(std::vector<media::HeardSource> heard) {
  std::vector<std::string> seats;
  for (const auto& source : heard)
    if (const auto participant = find(Participant::owner_of(source.source)))
      if (participant->who.role != signaling::Role::viewer) seats.push_back(participant->seat);
  speaker_.on_heard(seats, context_.clock->now());
  pages_.tell_speaking(seats);
}

void Conference::on_notice(media::MediaNotice notice) {
  const auto participant = find(Participant::owner_of(notice.source));
  if (!participant || participant->who.role == signaling::Role::viewer ||
      Participant::is_screen(notice.source))
    return;
  if (notice.kind == media::NoticeKind::microphone_silent) {
    notices_.hear_silence(participant->seat, notice.active);
  } else if (notices_.set(participant->seat, notice.kind, notice.active)) {
    tell_notice({participant->seat, name_of(notice.kind)}, notice.active);
  }
}

void Conference::tell_notice(const signaling::NoticeView& notice, bool active) {
  const signaling::NoticeChanged message{notice, active};
  pages_.tell_managers(message);
  if (!pages_.manages(notice.seat)) pages_.tell_seat(notice.seat, message);
}

/// Whether whoever has the floor is heard at all.
void Conference::follow_silence(TimePoint now) {
  std::optional<std::string> open;
  if (const auto& holder = room_.floor().holder()) {
    const auto participant = find_seat(holder->seat);
    if (participant && participant->connected && participant->sends(media::Slot::audio) &&
        (participant->kind == JoinKind::whip || participant->media.microphone))
      open = holder->seat;
  }
  for (const auto& [notice, active] : notices_.follow(open, now)) tell_notice(notice, active);
}

void Conference::on_key_frame_needed(SourceId source) {
  if (const auto participant = find(Participant::owner_of(source)))
    media_->request_key_frame(source, *participant);
}

void Conference::on_flow_changed(SourceId source, bool flowing) {
  const auto participant = find(Participant::owner_of(source));
  if (!participant || Participant::is_screen(source)) return;
  if (participant->camera_flowing == flowing) return;
  participant->camera_flowing = flowing;
  changed();
}

void Conference::on_uplink_flow(ParticipantId id, media::Slot slot, media::Layer, bool flowing) {
  const auto participant = find(id);
  if (!participant || slot != media::Slot::second) return;
  participant->screen_flowing = flowing;
  if (participant->kind != JoinKind::whip) return;
  update_row(*participant, "connected");
  update_presenter(*participant);
  changed();
}

void Conference::on_choke(ParticipantId id, media::LineEstimate line) {
  const auto participant = find(id);
  if (!participant || !participant->connected) return;
  participant->downlink.update(of(line, true), context_.clock->now());
  follow_line(*participant, line.bitrate);
}

void Conference::follow_line(Participant& participant, double estimate) {
  participant.endpoint->set_line(participant.downlink.thin_line(estimate));
  show_content(participant);
  const auto& downlink = participant.downlink;
  const std::string level(name_of(downlink.level()));
  if (level == participant.line_told) return;
  participant.line_told = level;
  changed();  // what is relayed follows the line too
  Pages::tell(participant, signaling::LineChanged{level, std::string(name_of(downlink.ceiling()))});
}

void Conference::show_content(Participant& participant) {
  // Who presents has the slides on its own desk.
  const bool slides = presenter_ && *presenter_ != participant.seat;
  const auto& line = participant.downlink;
  media_->show(participant, content_of(line.level(), slides, line.redundant()), participants_);
}

void Conference::on_statistics(ParticipantId id, media::SessionStatistics statistics) {
  const auto participant = find(id);
  if (!participant || !participant->connected) return;
  const auto& line_down = statistics.line;
  if (participant->receives(media::Slot::main) && line_down.sent > 0) {
    participant->downlink.update(of(line_down, false), context_.clock->now());
    follow_line(*participant, line_down.bitrate);
  }
  const auto line = line_of(statistics);
  if (roster_.change(participant->seat, [&](auto& row) { row.line = line; })) changed();
}

}  // namespace diemcau::mcu
