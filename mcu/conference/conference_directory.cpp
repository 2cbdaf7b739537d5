#include "mcu/conference/conference_directory.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.hpp"
#include "signaling/async.hpp"

namespace diemcau::mcu {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {
/// Runs `fn` (a coroutine function) on an executor and resumes the caller where it was.
template <class Executor, class F>
auto on(const Executor& executor, F fn) {
  return asio::co_spawn(executor, std::move(fn), asio::use_awaitable);
}

/// A conference that was swept between being found and being asked: its meeting goes on, in a new
/// one. A meeting that is over says so when it is opened.
Error ended() {
  return make_error(Errc::conflict, "meeting.closed", "the meeting is over");
}
template <class T>
bool is_ended(const Result<T>& result) {
  return !result && result.error().code == "meeting.closed";
}

Error not_running() {
  return make_error(Errc::not_found, "join.first", "nobody is in this meeting");
}
}  // namespace

ConferenceDirectory::ConferenceDirectory(DirectoryContext context)
    : context_(std::move(context)),
      strand_(asio::make_strand(*context_.io)),
      sweeper_(strand_),
      meter_(*context_.media.metrics),
      shedding_(context_.strained_cpu),
      watcher_(strand_) {
  context_.settings.ended = &ended_;
  asio::co_spawn(
      strand_, [this] { return sweep(); }, asio::detached);
  asio::co_spawn(
      strand_, [this] { return watch_load(); }, asio::detached);
}

ConferenceDirectory::~ConferenceDirectory() = default;

Result<ConferenceDirectory::Plan> ConferenceDirectory::load_plan(const MeetingId& id) const {
  auto meeting = context_.meetings->find(id);
  if (!meeting) return meeting.error();
  if (meeting->state == MeetingState::closed)
    return make_error(Errc::conflict, "meeting.closed", "the meeting is over");
  if (!may_enter(meeting->state))
    return make_error(Errc::conflict, "meeting.not_open", "the meeting is not open yet");
  auto items = context_.meetings->agenda(id);
  if (!items) return items.error();
  Plan plan{std::move(*meeting), {}};
  for (const auto& item : *items)
    plan.agenda.push_back({item.id, static_cast<int>(plan.agenda.size()) + 1, item.title,
                           item.speaker.str(), item.minutes, item.speaking_minutes});
  return plan;
}

Result<ConferenceStart> ConferenceDirectory::load(const MeetingId& id) const {
  auto plan = load_plan(id);
  if (!plan) return plan.error();
  auto& meeting = plan->meeting;
  auto expected = context_.meetings->expected(id);
  if (!expected) return expected.error();
  auto units = context_.units->catalogue(meeting.catalogue);
  if (!units) return units.error();
  auto past = context_.events->read_all(id);
  if (!past) return past.error();
  Roster roster(*units, meeting, *expected);
  return ConferenceStart{std::move(meeting), std::move(roster), std::move(plan->agenda),
                         std::move(*past)};
}

ConferenceDirectory::Async<ConferenceDirectory::ConferencePtr> ConferenceDirectory::open(
    MeetingId id) {
  auto work = [this, id]() -> asio::awaitable<Result<ConferencePtr>> {
    if (closed_) co_return make_error(Errc::unavailable, "server.stopping", "the server stops");
    if (const auto found = conferences_.find(id); found != conferences_.end())
      co_return found->second;
    auto read = [this, id] { return load(id); };
    auto loaded = co_await signaling::on_pool(*context_.blocking, std::move(read));
    if (!loaded) co_return loaded.error();
    if (closed_) co_return make_error(Errc::unavailable, "server.stopping", "the server stops");
    // Two may have asked at once: the first to come back has made it.
    if (const auto found = conferences_.find(id); found != conferences_.end())
      co_return found->second;
    auto made = Conference::create(*context_.io, std::move(*loaded), context_.media,
                                   *context_.events, context_.recording, context_.settings);
    if (!made) co_return made.error();
    conferences_[id] = *made;
    log::info("meeting {}: running", id.str());
    co_return *made;
  };
  co_return co_await on(strand_, std::move(work));
}

asio::awaitable<ConferenceDirectory::ConferencePtr> ConferenceDirectory::running(MeetingId id) {
  auto work = [this, id]() -> asio::awaitable<ConferencePtr> {
    const auto found = conferences_.find(id);
    co_return found == conferences_.end() ? nullptr : found->second;
  };
  co_return co_await on(strand_, std::move(work));
}

ConferenceDirectory::Async<signaling::Welcome> ConferenceDirectory::attach(
    MeetingId meeting, signaling::Identity who, std::shared_ptr<SignalChannel> channel) {
  Result<signaling::Welcome> welcome = ended();
  for (int attempt = 0; attempt < 2 && is_ended(welcome); ++attempt) {
    auto conference = co_await open(meeting);
    if (!conference) co_return conference.error();
    auto work = [c = *conference, who, channel]() -> Async<signaling::Welcome> {
      co_return c->attach(who, channel);
    };
    welcome = co_await on((*conference)->strand(), std::move(work));
  }
  co_return welcome;
}

void ConferenceDirectory::detach(MeetingId meeting, std::shared_ptr<SignalChannel> channel) {
  auto work = [this, meeting = std::move(meeting), channel]() -> asio::awaitable<void> {
    const auto conference = co_await running(meeting);
    if (conference)
      asio::post(conference->strand(), [conference, channel] { conference->detach(channel); });
  };
  asio::co_spawn(strand_, std::move(work), asio::detached);
}

ConferenceDirectory::Async<JoinAnswer> ConferenceDirectory::join(MeetingId meeting,
                                                                 JoinRequest request) {
  Result<JoinAnswer> answer = ended();
  for (int attempt = 0; attempt < 2 && is_ended(answer); ++attempt) {
    auto conference = co_await open(meeting);
    if (!conference) co_return conference.error();
    auto work = [c = *conference, request] { return c->join(request); };
    answer = co_await on((*conference)->strand(), std::move(work));
  }
  co_return answer;
}

ConferenceDirectory::Async<std::string> ConferenceDirectory::restart_ice(MeetingId meeting,
                                                                         ParticipantId participant,
                                                                         std::string offer) {
  const auto c = co_await running(std::move(meeting));
  if (!c) co_return not_running();
  auto work = [c, participant, &offer] { return c->restart_ice(participant, std::move(offer)); };
  co_return co_await on(c->strand(), std::move(work));
}

ConferenceDirectory::Async<std::optional<std::string>> ConferenceDirectory::patch(
    MeetingId meeting, ParticipantId participant, std::string fragment) {
  const auto c = co_await running(std::move(meeting));
  if (!c) co_return not_running();
  auto work = [c, participant, &fragment] { return c->patch(participant, std::move(fragment)); };
  co_return co_await on(c->strand(), std::move(work));
}

ConferenceDirectory::Async<void> ConferenceDirectory::leave(MeetingId meeting,
                                                            ParticipantId participant) {
  const auto c = co_await running(std::move(meeting));
  if (!c) co_return not_running();
  auto work = [c, participant]() -> Async<void> { co_return c->leave(participant); };
  co_return co_await on(c->strand(), std::move(work));
}

ConferenceDirectory::Async<void> ConferenceDirectory::command(MeetingId meeting,
                                                              signaling::Identity who,
                                                              ParticipantId participant,
                                                              signaling::ClientMessage message) {
  const auto c = co_await running(std::move(meeting));
  if (!c) co_return not_running();
  auto work = [c, &who, participant, &message] {
    return c->command(std::move(who), participant, std::move(message));
  };
  co_return co_await on(c->strand(), std::move(work));
}

ConferenceDirectory::Async<RecordingId> ConferenceDirectory::start_recording(
    MeetingId meeting, signaling::Identity who) {
  auto conference = co_await open(std::move(meeting));
  if (!conference) co_return conference.error();
  auto work = [c = *conference, &who] { return c->start_recording(std::move(who)); };
  co_return co_await on((*conference)->strand(), std::move(work));
}

ConferenceDirectory::Async<void> ConferenceDirectory::stop_recording(MeetingId meeting,
                                                                     signaling::Identity who) {
  const auto c = co_await running(std::move(meeting));
  if (!c) co_return make_error(Errc::conflict, "recording.none", "nothing is being recorded");
  auto work = [c, &who] { return c->stop_recording(std::move(who)); };
  co_return co_await on(c->strand(), std::move(work));
}

ConferenceDirectory::Async<void> ConferenceDirectory::meeting_changed(MeetingId meeting) {
  const auto c = co_await running(meeting);
  if (!c) co_return Result<void>();
  auto read = [this, &meeting] { return load_plan(meeting); };
  auto plan = co_await signaling::on_pool(*context_.blocking, std::move(read));
  const bool over = !plan && plan.error().code == "meeting.closed";
  if (!plan && !over && plan.error().code != "meeting.not_open") co_return plan.error();
  if (plan) {
    auto work = [c, &plan]() -> Async<void> {
      c->replan(std::string(mcu::name_of(plan->meeting.state)), std::move(plan->agenda));
      co_return Result<void>();
    };
    co_return co_await on(c->strand(), std::move(work));
  }
  auto forget = [this, &meeting]() -> asio::awaitable<void> {
    conferences_.erase(meeting);
    co_return;
  };
  co_await on(strand_, std::move(forget));
  // A trial run that is over, a lobby closed again: its plan may change before it opens anew.
  auto end = [c, over]() -> asio::awaitable<void> {
    if (over) {
      co_await c->close(1000, "ended", "the meeting is over");
    } else {
      co_await c->close(1000, "not_open", "the room is closed until it opens again");
    }
  };
  co_await on(c->strand(), std::move(end));
  co_return Result<void>();
}

asio::awaitable<void> ConferenceDirectory::end_visits(std::vector<std::string> owners) {
  // First, so that whoever comes from now on is refused; who came before is found below.
  for (const auto& owner : owners) ended_.add(owner);
  auto look = [this]() -> asio::awaitable<std::map<MeetingId, ConferencePtr>> {
    co_return conferences_;
  };
  for (const auto all = co_await on(strand_, std::move(look)); const auto& [id, c] : all) {
    auto work = [c, &owners]() -> asio::awaitable<void> {
      c->end_visits(owners);
      co_return;
    };
    co_await on(c->strand(), std::move(work));
  }
}

asio::awaitable<void> ConferenceDirectory::documents_changed(MeetingId meeting) {
  const auto c = co_await running(std::move(meeting));
  if (c) asio::post(c->strand(), [c] { c->tell_documents_changed(); });
}

ConferenceDirectory::Async<StagePreview> ConferenceDirectory::preview_stage(
    MeetingId meeting, signaling::Identity who, signaling::SetStage wish) {
  const auto c = co_await running(std::move(meeting));
  if (!c) co_return not_running();
  auto work = [c, &who, &wish]() -> Async<StagePreview> {
    co_return c->preview_stage(who, std::move(wish));
  };
  co_return co_await on(c->strand(), std::move(work));
}

asio::awaitable<bool> ConferenceDirectory::is_co_chair(MeetingId meeting, signaling::Identity who) {
  const auto c = co_await running(std::move(meeting));
  if (!c) co_return false;
  auto work = [c, who = std::move(who)]() -> asio::awaitable<bool> {
    co_return c->is_co_chair(who);
  };
  co_return co_await on(c->strand(), std::move(work));
}

asio::awaitable<bool> ConferenceDirectory::is_seated(MeetingId meeting, signaling::Identity who) {
  const auto c = co_await running(std::move(meeting));
  if (!c) co_return false;
  auto work = [c, who = std::move(who)]() -> asio::awaitable<bool> { co_return c->is_seated(who); };
  co_return co_await on(c->strand(), std::move(work));
}

asio::awaitable<std::vector<std::string>> ConferenceDirectory::open_seats(MeetingId meeting) {
  const auto c = co_await running(std::move(meeting));
  if (!c) co_return std::vector<std::string>();
  auto work = [c]() -> asio::awaitable<std::vector<std::string>> { co_return c->open_seats(); };
  co_return co_await on(c->strand(), std::move(work));
}

asio::awaitable<int> ConferenceDirectory::connected(MeetingId meeting) {
  const auto c = co_await running(std::move(meeting));
  if (!c) co_return 0;
  auto work = [c]() -> asio::awaitable<int> { co_return c->connected(); };
  co_return co_await on(c->strand(), std::move(work));
}

asio::awaitable<void> ConferenceDirectory::sweep() {
  while (!closed_) {
    sweeper_.expires_after(5s);
    boost::system::error_code ignored;
    co_await sweeper_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const auto now = context_.media.clock->now();
    auto snapshot = conferences_;
    for (auto& [id, conference] : snapshot) {
      auto ask = [c = conference, now, keep = context_.keep_empty]() -> asio::awaitable<bool> {
        co_return c->idle(now, keep);
      };
      const bool idle = co_await on(conference->strand(), std::move(ask));
      if (!idle) continue;
      // Out of sight first: whoever asks from now on gets a new one.
      conferences_.erase(id);
      auto end = [c = conference]() -> asio::awaitable<void> {
        co_await c->close(1001, "server.stopping", "nobody was here");
      };
      co_await on(conference->strand(), std::move(end));
      log::info("meeting {}: empty, no longer running", id.str());
    }
  }
}

asio::awaitable<void> ConferenceDirectory::watch_load() {
  while (!closed_) {
    const auto now = context_.media.clock->now();
    const auto load = meter_.read(now);
    const int before = shedding_.level(), level = shedding_.update(load, now);
    meter_.show(load, level);
    if (level != before)
      log::warn("load: level {} of {} is shed now (CPU {:.0f} %, {:.0f} ticks late)", level,
                LoadPolicy::kMostLevel, 100 * load.cpu, load.ticks_skipped);
    for (const auto& [id, conference] : conferences_)
      asio::post(conference->strand(),
                 [c = conference, level, cpu = load.cpu] { c->on_load(level, cpu); });
    watcher_.expires_after(1s);
    boost::system::error_code ignored;
    co_await watcher_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

asio::awaitable<void> ConferenceDirectory::close() {
  auto take = [this]() -> asio::awaitable<std::map<MeetingId, ConferencePtr>> {
    closed_ = true;
    sweeper_.cancel();
    watcher_.cancel();
    co_return std::exchange(conferences_, {});
  };
  auto all = co_await on(strand_, std::move(take));
  for (auto& [id, conference] : all) {
    auto work = [c = conference]() -> asio::awaitable<void> {
      co_await c->close(1001, "server.stopping", "the server stops, come back in a moment");
    };
    co_await on(conference->strand(), std::move(work));
  }
}

}  // namespace diemcau::mcu
