#include "mcu/conference/conference.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "base/log.hpp"
#include "mcu/conference/load_policy.hpp"
#include "mcu/conference/posting.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {
// Also the least time between two rounds of telling pages what changed.
constexpr auto kTick = 100ms;
constexpr auto kTellLoad = 5s;

std::chrono::seconds speaking_time(const Meeting& meeting) {
  // A setting of the meeting; where it says nothing, a discussion's five minutes.
  return std::chrono::minutes(meeting.speaking_minutes > 0 ? meeting.speaking_minutes : 5);
}
}  // namespace

Conference::Conference(asio::io_context& io, ConferenceStart start, const MediaContext& media,
                       EventWriter& events, ConferenceSettings settings)
    : strand_(asio::make_strand(io)),
      meeting_(std::move(start.meeting)),
      roster_(std::move(start.roster)),
      context_(media),
      events_(events),
      settings_(settings),
      sites_(settings.max_sites),
      room_({.life = std::string(mcu::name_of(meeting_.state)),
             .expected = roster_.expected_seats(),
             .agenda = std::move(start.agenda),
             .speaking_time = speaking_time(meeting_),
             .seat_of_unit =
                 [this](const std::string& unit) { return roster_.seat_of(UnitCode(unit)); }}),
      turns_(strand_),
      settling_(kTick),
      telling_load_(kTellLoad),
      ticker_(strand_),
      idle_since_(media.clock->now()) {
  for (const auto& entry : start.past) {
    room_.apply(entry, media.clock->now() - (media.clock->wall() - entry.at));
    texts_.apply(entry);
  }
  for (const auto& row : roster_.rows())
    roster_.change(row.seat, [this](auto& site) { site.muted = !heard(site.seat); });
}

Conference::~Conference() {
  context_.metrics->remove("diemcau_sites", {{"meeting", meeting_.id.str()}});
}

Result<std::shared_ptr<Conference>> Conference::create(asio::io_context& io, ConferenceStart start,
                                                       const MediaContext& media,
                                                       EventWriter& events,
                                                       RecordingControl::Context recording,
                                                       ConferenceSettings settings) {
  const std::string name = start.meeting.id.str().substr(0, 6);
  std::shared_ptr<Conference> self(new Conference(io, std::move(start), media, events, settings));
  const std::weak_ptr<Conference> weak = self;
  auto plane = MediaPlane::create(media, name,
                                  {posting(weak, self->strand_, &Conference::on_key_frame_needed),
                                   posting(weak, self->strand_, &Conference::on_flow_changed),
                                   posting(weak, self->strand_, &Conference::on_heard),
                                   posting(weak, self->strand_, &Conference::on_notice)});
  if (!plane) return plane.error();
  self->media_ = std::move(*plane);
  self->views_ = std::make_unique<Views>(*self->media_, self->roster_, &Pages::tell);
  self->recording_ = std::make_shared<RecordingControl>(
      recording, self->strand_, self->meeting_, [weak](const signaling::RecordingView& view) {
        if (const auto alive = weak.lock())
          alive->pages_.tell_all(signaling::RecordingChanged{view});
      });
  self->settle();
  asio::co_spawn(
      self->strand_, [weak]() { return tick_loop(weak); }, asio::detached);
  return self;
}

Result<signaling::Welcome> Conference::attach(const signaling::Identity& given,
                                              const std::shared_ptr<SignalChannel>& channel) {
  const auto who = roster_.in_this_meeting(given);
  if (auto may = may_be_here(who); !may) return may.error();
  signaling::Welcome welcome;
  welcome.meeting_id = meeting_.id.str();
  welcome.title = meeting_.title;
  welcome.kind = meeting_.kind;
  welcome.meeting_state = room_.admission().life();
  // A viewer has no seat before it joins; all others have theirs.
  if (who.role != signaling::Role::viewer) welcome.seat = roster_.seat_for(who);
  welcome.unit = who.unit.str();
  welcome.name = roster_.name_of(who.unit);
  welcome.role = std::string(signaling::name_of(who.role));
  welcome.server_time = signaling::rfc3339(context_.clock->wall());
  welcome.limit = limit_for(who);
  welcome.sites = roster_.json();
  welcome.stage = pages_.stage();
  if (manages(who)) welcome.wish = wish_view();
  welcome.second = pages_.second();
  welcome.recording = recording_->view();
  welcome.control = room_.view(context_.clock->now());
  for (const auto& [seat, row] : room_.roll_call().rows()) welcome.attendance.push_back(row);
  welcome.texts = texts_.kept_for(welcome.seat, manages(who));
  welcome.notices = notices_.of(manages(who) ? std::nullopt : std::optional(welcome.seat));
  pages_.open(channel, {welcome.seat, signaling::owner_key(who), manages(who)});
  return welcome;
}

void Conference::detach(const std::shared_ptr<SignalChannel>& channel) {
  pages_.close(channel);
  for (const auto waiting = room_.waiting(); const auto& seat : waiting)
    if (!pages_.has(seat)) room_.set_waiting(seat, false);
  // The participant stays: its media may well be flowing, and the page comes back.
  for (auto& [id, participant] : participants_)
    if (participant->channel == channel) participant->channel = nullptr;
}

int Conference::connected() const {
  return static_cast<int>(
      std::count_if(participants_.begin(), participants_.end(), [](const auto& p) {
        return p.second->connected && p.second->who.role != signaling::Role::viewer;
      }));
}

void Conference::on_load(int level, double cpu) {
  const auto now = context_.clock->now();
  media_->shed(level, participants_);
  const bool due = telling_load_.ask(now);
  if (!due && level == load_level_) return;
  telling_load_.done(now);
  if (std::exchange(load_level_, level) != level) changed();
  signaling::LoadView load;
  load.level = level;
  load.shed = shed_at(level);
  load.cpu = cpu;
  load.sites = sites_.taken();
  load.limit = sites_.limit();
  pages_.tell_managers(signaling::LoadChanged{std::move(load)});
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
  pages_.close_all(websocket_code, code, detail);
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
  for (const auto& site : lost_sites_.take_expired(now)) {
    media_->drop_source(site.camera);
    roster_.change(site.seat, [](auto& row) {
      if (row.state == "reconnecting") row.state = "absent";
    });
    settling_.ask(now);
  }
  follow_silence(now);
  if (speaker_now(now) != planned_speaker_) settling_.ask(now);
  if (const auto changed = room_.take_changed(now)) {
    pages_.tell_all(signaling::ControlChanged{*changed});
    settling_.ask(now);
  }
  if (settling_.due(now)) settle();
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
  if (!roster_.list(participant.seat, participant.who)) return;
  const bool here = state == "connected";
  roster_.change(participant.seat, [&](auto& row) {
    row.state = state;
    row.media = here ? participant.media : signaling::MediaState{};
    if (here && participant.kind == JoinKind::whip)
      row.media = {participant.sends(media::Slot::audio), participant.sends(media::Slot::main),
                   participant.screen_flowing};
    row.muted = !heard(participant.seat);
  });
}

void Conference::write(std::string actor, std::string kind, std::string data) {
  Event entry;
  entry.actor = actor;
  entry.kind = kind;
  entry.data = data.empty() ? "{}" : data;
  room_.apply(entry, context_.clock->now());
  events_.post(meeting_.id, NewEvent{std::move(actor), std::move(kind), std::move(data)});
}

}  // namespace diemcau::mcu
