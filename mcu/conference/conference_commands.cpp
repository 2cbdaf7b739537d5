// What chair, secretary and pages ask of a running meeting.

#include <algorithm>

#include <boost/json.hpp>

#include "base/log.hpp"
#include "mcu/conference/conference.hpp"

namespace diemcau::mcu {

namespace {
constexpr const char* kRecordersOnly = "only chair or secretary may record";

/// Commands of the control room are part of what pages may say.
std::optional<ControlCommand> control_command_in(signaling::ClientMessage message) {
  return std::visit(
      []<class M>(M&& m) -> std::optional<ControlCommand> {
        if constexpr (std::is_constructible_v<ControlCommand, M>)
          return ControlCommand(std::forward<M>(m));
        else
          return std::nullopt;
      },
      std::move(message));
}
}  // namespace

Conference::Async<void> Conference::command(signaling::Identity who, ParticipantId id,
                                            signaling::ClientMessage message) {
  const auto self = shared_from_this();
  if (auto may = may_be_here(who); !may) co_return may.error();
  who = roster_.in_this_meeting(std::move(who));
  if (const auto* media = std::get_if<signaling::Media>(&message)) {
    const auto participant = find(id);
    if (!participant) co_return make_error(Errc::conflict, "join.first", "join before media");
    participant->media = media->media;
    update_row(*participant, "connected");
    update_presenter(*participant);
    changed();
  } else if (const auto* view = std::get_if<signaling::SetView>(&message)) {
    const auto viewer = find(id);
    if (!viewer) co_return make_error(Errc::conflict, "join.first", "join before choosing a view");
    const bool wall = view->second.kind == signaling::SecondKind::wall;
    auto set = views_->set(*viewer, view->second, manages(who), participants_,
                           wall ? plan_wall_now().size() : 0);
    if (!set) co_return set.error();
    changed();
  }
  if (auto* text = std::get_if<signaling::SendText>(&message))
    co_return co_await send_text(who, std::move(*text));
  if (auto* help = std::get_if<signaling::SendHelp>(&message))
    co_return co_await send_help(who, std::move(*help));
  if (auto control_command = control_command_in(std::move(message)))
    co_return co_await control(who, std::move(*control_command));
  co_return Result<void>();
}

Conference::Async<void> Conference::send_text(const signaling::Identity& who,
                                              signaling::SendText text) {
  const auto turn = co_await turns_.take();
  if (!turn) co_return make_error(Errc::busy, "room.busy", "too many commands wait");
  Actor actor{actor_of(who)};
  actor.seated = who.role != signaling::Role::viewer;
  actor.manages = manages(who);
  if (room_.admission().removed().contains(actor.seat))
    co_return forbidden("this seat was sent out");
  auto event =
      texts_.decide(text, actor, roster_.name_of(who.unit), seat_facts(), context_.clock->now());
  if (!event) co_return event.error();
  auto written = co_await events_.append(meeting_.id, *event);
  if (!written) co_return written.error();
  Event entry;
  entry.seq = *written;
  entry.at = context_.clock->wall();
  entry.actor = event->actor;
  entry.kind = event->kind;
  entry.data = event->data;
  texts_.apply(entry);
  pages_.tell_text(texts_.kept().back());
  co_return Result<void>();
}

Conference::Async<void> Conference::send_help(const signaling::Identity& who,
                                              signaling::SendHelp help) {
  const auto turn = co_await turns_.take();
  if (!turn) co_return make_error(Errc::busy, "room.busy", "too many commands wait");
  Actor actor{actor_of(who)};
  actor.manages = manages(who);
  if (room_.admission().removed().contains(actor.seat))
    co_return forbidden("this seat was sent out");
  auto facts = seat_facts();
  facts.connected = [this](const std::string& seat) { return pages_.has(seat); };
  auto wanted = help_.decide(help, actor, facts, context_.clock->now());
  if (!wanted) co_return wanted.error();
  auto written = co_await events_.append(meeting_.id, wanted->event);
  if (!written) co_return written.error();
  // It may have gone while that was written.
  if (!pages_.has(help.seat)) co_return site_not_connected();
  pages_.tell_seat(
      help.seat,
      signaling::HelpTold{help.kind, who.name.empty() ? roster_.name_of(who.unit) : who.name,
                          std::move(wanted->text), signaling::rfc3339(context_.clock->wall())});
  co_return Result<void>();
}

Conference::Async<void> Conference::control(const signaling::Identity& who,
                                            ControlCommand command) {
  const auto turn = co_await turns_.take();
  if (!turn) co_return make_error(Errc::busy, "room.busy", "too many commands wait");
  const auto now = [this] { return context_.clock->now(); };
  Actor actor{actor_of(who)};
  actor.seated = who.role != signaling::Role::viewer;
  actor.chair = who.role == signaling::Role::chair || who.role == signaling::Role::admin;
  actor.manages = who.may_manage_meeting();
  if (auto* vote = std::get_if<signaling::VoteCommand>(&command);
      vote != nullptr && vote->verb == signaling::VoteVerb::announce && room_.votes().is_secret()) {
    auto sum = co_await events_.count(meeting_.id, room_.votes().current()->number);
    if (!sum) co_return sum.error();
    vote->secret_sum = {static_cast<int>(sum->agree), static_cast<int>(sum->disagree),
                        static_cast<int>(sum->other)};
  }
  auto events = room_.decide(command, actor, seat_facts());
  if (!events) co_return events.error();
  if (events->empty()) co_return Result<void>();
  auto written = co_await keep(command, *events);
  if (!written) co_return written.error();
  for (const auto& event : *events) {
    Event entry;
    entry.actor = event.actor;
    entry.kind = event.kind;
    entry.data = event.data;
    room_.apply(entry, now());
  }
  recording_->mark(marks_of(*events, mark_context()));
  follow_room(*events);
  co_return Result<void>();
}

Conference::Async<void> Conference::keep(const ControlCommand& command, const Events& events) {
  const auto* vote = std::get_if<signaling::VoteCommand>(&command);
  if (vote != nullptr && vote->verb == signaling::VoteVerb::cast && room_.votes().is_secret()) {
    const auto& b = vote->ballot;
    co_return co_await events_.cast(meeting_.id, room_.votes().current()->number,
                                    {b.agree, b.disagree, b.other}, events);
  }
  auto written = co_await events_.append(meeting_.id, events);
  if (!written) co_return written.error();
  co_return Result<void>();
}

/// What the room has become, for media and pages. Told before the command is answered.
void Conference::follow_room(const Events& events) {
  const auto now = context_.clock->now();
  for (const auto& event : events) {
    if (event.kind == "room.admitted" || event.kind == "room.unlocked") let_in();
    if (event.kind == "rights.delegated" || event.kind == "rights.withdrawn")
      for (const auto& row : roster_.rows())
        pages_.set_manages(row.seat, row.role != "site" || room_.is_co_chair(row.seat));
    if (event.kind != "room.removed") continue;
    for (const auto& seat : room_.admission().removed()) {
      pages_.close_seat(seat, 4403, "removed", "chair or secretary sent this seat out");
      room_.set_waiting(seat, false);
      if (const auto participant = find_seat(seat)) remove(participant->id, "removed", false);
    }
  }
  follow_mutes();
  settle();
  // Who just got the right has not heard of it before.
  const auto concerns = [](const auto& event) {
    return event.kind == "stage.changed" || event.kind == "rights.delegated";
  };
  if (std::ranges::any_of(events, concerns))
    pages_.tell_managers(signaling::WishChanged{wish_view()});
  if (const auto changed = room_.take_changed(now))
    pages_.tell_all(signaling::ControlChanged{*changed});
  if (auto rows = room_.take_attendance(); !rows.empty())
    pages_.tell_all(signaling::AttendanceChanged{std::move(rows)});
}

MarkContext Conference::mark_context() const {
  const auto& vote = room_.votes().current();
  return {room_.agenda().view().current, vote ? vote->question : std::string(),
          [this](const std::string& seat) -> Speaker {
            const auto* row = roster_.find(seat);
            return row != nullptr ? Speaker{row->unit, row->name} : Speaker{{}, seat};
          }};
}

void Conference::follow_mutes() {
  for (const auto& [id, participant] : participants_) {
    const bool muted = !heard(participant->seat);
    if (participant->muted == muted) continue;
    participant->muted = muted;
    media_->set_gate(*participant, !muted);
  }
  for (const auto& row : roster_.rows())
    roster_.change(row.seat, [this](auto& site) { site.muted = !heard(site.seat); });
}

/// Who waited at the door and may now come in is told so, and joins by itself.
void Conference::let_in() {
  for (const auto waiting = room_.waiting(); const auto& seat : waiting) {
    if (room_.admission().ask(seat, false) != Admission::Answer::come_in) continue;
    room_.set_waiting(seat, false);
    pages_.tell_seat(seat, signaling::Admitted{});
  }
}

void Conference::replan(const std::string& life, std::vector<signaling::AgendaItemView> agenda) {
  room_.replan(life, std::move(agenda));
  let_in();
  if (const auto changed = room_.take_changed(context_.clock->now()))
    pages_.tell_all(signaling::ControlChanged{*changed});
}

void Conference::tell_documents_changed() {
  pages_.tell_all(signaling::DocumentsChanged{});
}

bool Conference::is_co_chair(const signaling::Identity& who) const {
  return room_.is_co_chair(actor_of(roster_.in_this_meeting(who)));
}

bool Conference::manages(const signaling::Identity& who) const {
  return who.may_manage_meeting() || room_.is_co_chair(actor_of(who));
}

bool Conference::heard(const std::string& seat) const {
  const auto* row = roster_.find(seat);
  return room_.may_be_heard(seat, row != nullptr && row->role != "site");
}

SeatFacts Conference::seat_facts() const {
  return {[this](const std::string& seat) { return roster_.find(seat) != nullptr; },
          [this](const std::string& seat) {
            const auto participant = find_seat(seat);
            return participant && participant->connected;
          },
          [this](const std::string& seat) {
            const auto* row = roster_.find(seat);
            return row != nullptr && row->expected;
          }};
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
  if (!manages(who)) co_return forbidden(kRecordersOnly);
  auto started = co_await recording_->start(media_->recording_video(), media_->recording_audio());
  if (!started) co_return started.error();
  recording_->mark(marks_at_start(room_.view(context_.clock->now()), mark_context()));
  boost::json::object data{{"recording", started->str()}};
  NewEvent event{actor_of(who), "recording.started", boost::json::serialize(data)};
  auto written = co_await events_.append(meeting_.id, std::move(event));
  if (!written) log::error("recording {} runs but its start is not in the log", started->str());
  co_return started;
}

Conference::Async<void> Conference::stop_recording(signaling::Identity who) {
  const auto self = shared_from_this();
  who = roster_.in_this_meeting(std::move(who));
  if (!manages(who)) co_return forbidden(kRecordersOnly);
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
