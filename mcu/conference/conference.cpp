#include "mcu/conference/conference.hpp"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "base/log.hpp"
#include "mcu/conference/posting.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using signaling::ServerMessage;

namespace {
constexpr auto kTick = 200ms;
}  // namespace

Conference::Conference(asio::io_context& io, Meeting meeting, Roster roster,
                       const MediaContext& media, EventWriter& events, ConferenceSettings settings)
    : strand_(asio::make_strand(io)),
      meeting_(std::move(meeting)),
      roster_(std::move(roster)),
      context_(media),
      events_(events),
      settings_(settings),
      ticker_(strand_),
      idle_since_(media.clock->now()) {}

Conference::~Conference() {
  context_.metrics->remove("diemcau_sites", {{"meeting", meeting_.id.str()}});
}

Result<std::shared_ptr<Conference>> Conference::create(asio::io_context& io, Meeting meeting,
                                                       Roster roster, const MediaContext& media,
                                                       EventWriter& events,
                                                       RecordingControl::Context recording,
                                                       ConferenceSettings settings) {
  const std::string name = meeting.id.str().substr(0, 6);
  std::shared_ptr<Conference> self(
      new Conference(io, std::move(meeting), std::move(roster), media, events, settings));
  const std::weak_ptr<Conference> weak = self;
  auto plane = MediaPlane::create(media, name,
                                  {posting(weak, self->strand_, &Conference::on_key_frame_needed),
                                   posting(weak, self->strand_, &Conference::on_flow_changed),
                                   posting(weak, self->strand_, &Conference::on_heard)});
  if (!plane) return plane.error();
  self->media_ = std::move(*plane);
  self->views_ = std::make_unique<Views>(
      *self->media_, self->roster_,
      [raw = self.get()](const Participant& p, const ServerMessage& m) { raw->tell(p, m); });
  self->recording_ = std::make_shared<RecordingControl>(
      recording, self->strand_, self->meeting_, [weak](const signaling::RecordingView& view) {
        if (const auto alive = weak.lock()) alive->broadcast(signaling::RecordingChanged{view});
      });
  self->replan();
  asio::co_spawn(
      self->strand_, [weak]() { return tick_loop(weak); }, asio::detached);
  return self;
}

Result<signaling::Welcome> Conference::attach(const signaling::Identity& given,
                                              const std::shared_ptr<SignalChannel>& channel) {
  const auto who = roster_.in_this_meeting(given);
  if (closed_) return make_error(Errc::conflict, "meeting.closed", "the meeting is over");
  Page page{channel, who, {}};
  // A viewer has no seat before it joins; all others have theirs.
  if (who.role != signaling::Role::viewer) page.seat = roster_.seat_for(who);
  signaling::Welcome welcome;
  welcome.meeting_id = meeting_.id.str();
  welcome.title = meeting_.title;
  welcome.kind = meeting_.kind;
  welcome.meeting_state = std::string(mcu::name_of(meeting_.state));
  welcome.seat = page.seat;
  welcome.unit = who.unit.str();
  welcome.name = roster_.name_of(who.unit);
  welcome.role = std::string(signaling::name_of(who.role));
  welcome.server_time = signaling::rfc3339(context_.clock->wall());
  welcome.sites = roster_.rows();
  welcome.stage = told_stage_;
  welcome.second = told_second_;
  welcome.recording = recording_->view();
  pages_.push_back(std::move(page));
  return welcome;
}

void Conference::detach(const std::shared_ptr<SignalChannel>& channel) {
  std::erase_if(pages_, [&](const Page& page) { return page.channel == channel; });
  // The participant stays: its media may well be flowing, and the page comes back.
  for (auto& [id, participant] : participants_)
    if (participant->channel == channel) participant->channel = nullptr;
}

Conference::Async<void> Conference::command(signaling::Identity who, ParticipantId id,
                                            signaling::ClientMessage message) {
  const auto self = shared_from_this();
  who = roster_.in_this_meeting(std::move(who));
  const auto forbidden =
      make_error(Errc::forbidden, "auth.forbidden", "only chair or secretary may do this");
  if (const auto* media = std::get_if<signaling::Media>(&message)) {
    const auto participant = find(id);
    if (!participant) co_return make_error(Errc::conflict, "join.first", "join before media");
    participant->media = media->media;
    update_row(*participant, "connected");
    update_presenter(*participant);
    replan();
  } else if (const auto* stage = std::get_if<signaling::SetStage>(&message)) {
    if (!who.may_manage_meeting()) co_return forbidden;
    const auto layout = layout_from(stage->layout);
    if (!layout)
      co_return make_error(Errc::invalid_argument, "stage.unknown_layout", "no such layout");
    boost::json::object data{{"layout", stage->layout},
                             {"pinned", boost::json::value_from(stage->pinned)}};
    NewEvent event{actor_of(who), "stage.changed", boost::json::serialize(data)};
    auto written = co_await events_.append(meeting_.id, std::move(event));
    if (!written) co_return written.error();
    wish_ = *layout;
    pinned_ = stage->pinned;
    replan();
  } else if (const auto* mute = std::get_if<signaling::Mute>(&message)) {
    if (!who.may_manage_meeting()) co_return forbidden;
    if (roster_.find(mute->seat) == nullptr)
      co_return make_error(Errc::not_found, "seat.not_found", "no such seat in this meeting");
    boost::json::object data{{"seat", mute->seat}, {"muted", mute->muted}};
    NewEvent event{actor_of(who), "mute.changed", boost::json::serialize(data)};
    auto written = co_await events_.append(meeting_.id, std::move(event));
    if (!written) co_return written.error();
    set_muted(mute->seat, mute->muted);
  } else if (const auto* view = std::get_if<signaling::SetView>(&message)) {
    const auto viewer = find(id);
    if (!viewer) co_return make_error(Errc::conflict, "join.first", "join before choosing a view");
    auto set = views_->set(*viewer, view->second, who.may_manage_meeting(), participants_);
    if (!set) co_return set.error();
    replan();
  }
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
  if (auto* row = roster_.find(seat); row != nullptr && row->muted != muted) {
    row->muted = muted;
    broadcast(signaling::SiteChanged{*row});
  }
}

void Conference::update_presenter(const Participant& participant) {
  if (participant.screen_on()) {
    presenter_ = participant.seat;
  } else if (presenter_ == participant.seat) {
    presenter_.reset();
    for (const auto& [id, other] : participants_)
      if (other->screen_on()) presenter_ = other->seat;
  }
  if (presenter_ == told_second_) return;
  told_second_ = presenter_;
  broadcast(signaling::SecondChanged{presenter_});
  boost::json::object data{{"seat", presenter_ ? boost::json::value(*presenter_) : nullptr}};
  write(presenter_.value_or("system"), "second.changed", boost::json::serialize(data));
}

Conference::Async<RecordingId> Conference::start_recording(signaling::Identity who) {
  const auto self = shared_from_this();
  who = roster_.in_this_meeting(std::move(who));
  if (!who.may_manage_meeting())
    co_return make_error(Errc::forbidden, "auth.forbidden", "only chair or secretary may record");
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
  if (!who.may_manage_meeting())
    co_return make_error(Errc::forbidden, "auth.forbidden", "only chair or secretary may record");
  boost::json::object data{{"recording", recording_->view().id}};
  auto stopped = co_await recording_->stop();
  if (!stopped) co_return stopped.error();
  write(actor_of(who), "recording.stopped", boost::json::serialize(data));
  co_return Result<void>();
}

int Conference::connected() const {
  return static_cast<int>(
      std::count_if(participants_.begin(), participants_.end(), [](const auto& p) {
        return p.second->connected && p.second->who.role != signaling::Role::viewer;
      }));
}

bool Conference::idle(TimePoint now, Duration keep) const {
  return participants_.empty() && pages_.empty() && !recording_->active() &&
         now - idle_since_ >= keep;
}

asio::awaitable<void> Conference::close(int websocket_code, std::string code, std::string detail) {
  const auto self = shared_from_this();
  closed_ = true;
  ticker_.cancel();
  if (recording_->active()) {
    auto stopped = co_await recording_->stop();
    if (!stopped)
      log::error("meeting {}: recording not finished: {}", meeting_.id.str(),
                 stopped.error().detail);
  }
  for (const auto& page : pages_) page.channel->close(websocket_code, code, detail);
  pages_.clear();
  while (!participants_.empty()) remove(participants_.begin()->first, code, false);
}

asio::awaitable<void> Conference::tick_loop(std::weak_ptr<Conference> weak) {
  for (;;) {
    auto alive = weak.lock();
    if (!alive || alive->closed_) co_return;
    alive->tick(alive->context_.clock->now());
    alive->ticker_.expires_after(kTick);
    auto* timer = &alive->ticker_;
    // Held while waiting, so that the timer lives: the directory ends a conference by close().
    boost::system::error_code ignored;
    co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

void Conference::tick(TimePoint now) {
  bool changed = false;
  for (auto it = lost_sites_.begin(); it != lost_sites_.end();) {
    if (now < it->second.until) {
      ++it;
      continue;
    }
    media_->drop_source(it->second.site.camera);
    if (auto* row = roster_.find(it->first); row != nullptr && row->state == "reconnecting") {
      row->state = "absent";
      broadcast(signaling::SiteChanged{*row});
    }
    it = lost_sites_.erase(it);
    changed = true;
  }
  if (speaker_.current(now) != planned_speaker_) changed = true;
  if (changed) replan();
  if (participants_.empty() && pages_.empty() && !recording_->active()) return;
  idle_since_ = now;
}

Conference::ParticipantPtr Conference::find(ParticipantId id) const {
  const auto found = participants_.find(id);
  return found == participants_.end() ? nullptr : found->second;
}

Conference::ParticipantPtr Conference::find_seat(const std::string& seat) const {
  for (const auto& [id, participant] : participants_)
    if (participant->seat == seat) return participant;
  return nullptr;
}

void Conference::update_row(const Participant& participant, const std::string& state) {
  auto* row = roster_.row(participant.seat, participant.who);
  if (row == nullptr) return;
  const auto before = *row;
  row->state = state;
  row->media = state == "connected" ? participant.media : signaling::MediaState{};
  if (participant.kind == JoinKind::whip && state == "connected")
    row->media = {participant.sends(media::Slot::audio), participant.sends(media::Slot::main),
                  participant.screen_flowing};
  row->muted = muted_seats_.contains(participant.seat);
  if (!(before == *row)) broadcast(signaling::SiteChanged{*row});
}

void Conference::broadcast(const ServerMessage& message) {
  if (pages_.empty()) return;
  const auto json = std::make_shared<const std::string>(signaling::to_json(message));
  for (const auto& page : pages_) page.channel->send(json);
}

void Conference::tell(const Participant& participant, const ServerMessage& message) {
  if (participant.channel)
    participant.channel->send(std::make_shared<const std::string>(signaling::to_json(message)));
}

void Conference::write(std::string actor, std::string kind, std::string data) {
  events_.post(meeting_.id, NewEvent{std::move(actor), std::move(kind), std::move(data)});
}

std::string Conference::actor_of(const signaling::Identity& who) const {
  if (who.role == signaling::Role::viewer) return who.unit.str() + "/viewer";
  return who.unit.str() + "/" + std::string(signaling::name_of(who.role));
}

}  // namespace diemcau::mcu
