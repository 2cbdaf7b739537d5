// What chair, secretary and pages ask of a running meeting.

#include <boost/json.hpp>

#include "base/log.hpp"
#include "mcu/conference/conference.hpp"

namespace diemcau::mcu {

namespace {
Error forbidden(const char* detail) {
  return make_error(Errc::forbidden, "auth.forbidden", detail);
}
constexpr const char* kManagersOnly = "only chair or secretary may do this";
constexpr const char* kRecordersOnly = "only chair or secretary may record";
}  // namespace

Conference::Async<void> Conference::command(signaling::Identity who, ParticipantId id,
                                            signaling::ClientMessage message) {
  const auto self = shared_from_this();
  who = roster_.in_this_meeting(std::move(who));
  if (const auto* media = std::get_if<signaling::Media>(&message)) {
    const auto participant = find(id);
    if (!participant) co_return make_error(Errc::conflict, "join.first", "join before media");
    participant->media = media->media;
    update_row(*participant, "connected");
    update_presenter(*participant);
    changed();
  } else if (const auto* stage = std::get_if<signaling::SetStage>(&message)) {
    co_return co_await set_stage(who, *stage);
  } else if (const auto* mute_message = std::get_if<signaling::Mute>(&message)) {
    co_return co_await mute(who, *mute_message);
  } else if (const auto* view = std::get_if<signaling::SetView>(&message)) {
    const auto viewer = find(id);
    if (!viewer) co_return make_error(Errc::conflict, "join.first", "join before choosing a view");
    const bool wall = view->second.kind == signaling::SecondKind::wall;
    auto set = views_->set(*viewer, view->second, who.may_manage_meeting(), participants_,
                           wall ? plan_wall_now().size() : 0);
    if (!set) co_return set.error();
    changed();
  }
  co_return Result<void>();
}

Conference::Async<void> Conference::set_stage(const signaling::Identity& who,
                                              const signaling::SetStage& stage) {
  if (!who.may_manage_meeting()) co_return forbidden(kManagersOnly);
  const auto layout = layout_from(stage.layout);
  if (!layout)
    co_return make_error(Errc::invalid_argument, "stage.unknown_layout", "no such layout");
  boost::json::object data{{"layout", stage.layout},
                           {"pinned", boost::json::value_from(stage.pinned)}};
  NewEvent event{actor_of(who), "stage.changed", boost::json::serialize(data)};
  auto written = co_await events_.append(meeting_.id, std::move(event));
  if (!written) co_return written.error();
  wish_ = *layout;
  pinned_ = stage.pinned;
  changed();
  co_return Result<void>();
}

Conference::Async<void> Conference::mute(const signaling::Identity& who,
                                         const signaling::Mute& mute) {
  if (!who.may_manage_meeting()) co_return forbidden(kManagersOnly);
  if (roster_.find(mute.seat) == nullptr)
    co_return make_error(Errc::not_found, "seat.not_found", "no such seat in this meeting");
  boost::json::object data{{"seat", mute.seat}, {"muted", mute.muted}};
  NewEvent event{actor_of(who), "mute.changed", boost::json::serialize(data)};
  auto written = co_await events_.append(meeting_.id, std::move(event));
  if (!written) co_return written.error();
  set_muted(mute.seat, mute.muted);
  co_return Result<void>();
}

void Conference::set_muted(const std::string& seat, bool muted) {
  if (muted)
    muted_seats_.insert(seat);
  else
    muted_seats_.erase(seat);
  if (const auto participant = find_seat(seat)) {
    participant->muted = muted;
    media_->set_gate(*participant, !muted);
  }
  if (roster_.change(seat, [&](auto& row) { row.muted = muted; })) changed();
}

void Conference::update_presenter(const Participant& participant) {
  const auto before = presenter_;
  if (participant.screen_on()) {
    presenter_ = participant.seat;
  } else if (presenter_ == participant.seat) {
    presenter_.reset();
    for (const auto& [id, other] : participants_)
      if (other->screen_on()) presenter_ = other->seat;
  }
  if (presenter_ == before) return;
  boost::json::object data{{"seat", presenter_ ? boost::json::value(*presenter_) : nullptr}};
  write(presenter_.value_or("system"), "second.changed", boost::json::serialize(data));
}

Conference::Async<RecordingId> Conference::start_recording(signaling::Identity who) {
  const auto self = shared_from_this();
  who = roster_.in_this_meeting(std::move(who));
  if (!who.may_manage_meeting()) co_return forbidden(kRecordersOnly);
  auto started = co_await recording_->start(media_->recording_video(), media_->recording_audio());
  if (!started) co_return started.error();
  boost::json::object data{{"recording", started->str()}};
  NewEvent event{actor_of(who), "recording.started", boost::json::serialize(data)};
  auto written = co_await events_.append(meeting_.id, std::move(event));
  if (!written) log::error("recording {} runs but its start is not in the log", started->str());
  co_return started;
}

Conference::Async<void> Conference::stop_recording(signaling::Identity who) {
  const auto self = shared_from_this();
  who = roster_.in_this_meeting(std::move(who));
  if (!who.may_manage_meeting()) co_return forbidden(kRecordersOnly);
  boost::json::object data{{"recording", recording_->view().id}};
  auto stopped = co_await recording_->stop();
  if (!stopped) co_return stopped.error();
  write(actor_of(who), "recording.stopped", boost::json::serialize(data));
  co_return Result<void>();
}

std::string Conference::actor_of(const signaling::Identity& who) const {
  if (who.role == signaling::Role::viewer) return who.unit.str() + "/viewer";
  return who.unit.str() + "/" + std::string(signaling::name_of(who.role));
}

}  // namespace diemcau::mcu
