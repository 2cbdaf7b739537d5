#include "tests/mcu/api/api_fixture.hpp"

#include <fstream>

#include <stdlib.h>

namespace diemcau::test {

using namespace signaling;

void FakeConferences::note(const std::string& what) {
  const std::lock_guard lock(mutex_);
  ++done_[what];
  changed_.notify_all();
}

bool FakeConferences::wait_for(const std::string& what, int times) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return done_[what] >= times; });
}

int FakeConferences::count(const std::string& what) {
  const std::lock_guard lock(mutex_);
  return done_[what];
}

std::shared_ptr<mcu::SignalChannel> FakeConferences::channel() {
  const std::lock_guard lock(mutex_);
  return channel_;
}

mcu::JoinRequest FakeConferences::last_join() {
  const std::lock_guard lock(mutex_);
  return last_join_;
}

SendHelp FakeConferences::last_help() {
  const std::lock_guard lock(mutex_);
  return last_help_;
}

mcu::ConferenceService::Async<Welcome> FakeConferences::attach(
    MeetingId meeting, Identity who, std::shared_ptr<mcu::SignalChannel> channel) {
  if (!meetings.contains(meeting.str()))
    co_return make_error(Errc::not_found, "meeting.not_found", "no such meeting");
  {
    const std::lock_guard lock(mutex_);
    channel_ = std::move(channel);
  }
  note("attach");
  Welcome welcome;
  welcome.meeting_id = meeting.str();
  welcome.seat = who.unit.str() + "/" + std::string(name_of(who.role));
  co_return welcome;
}

void FakeConferences::detach(MeetingId, std::shared_ptr<mcu::SignalChannel>) {
  note("detach");
}

mcu::ConferenceService::Async<mcu::JoinAnswer> FakeConferences::join(MeetingId meeting,
                                                                     mcu::JoinRequest request) {
  if (!meetings.contains(meeting.str()))
    co_return make_error(Errc::not_found, "meeting.not_found", "no such meeting");
  if (full) co_return make_error(Errc::full, "meeting.full", "no place is left");
  if (!request.offer.starts_with("v=0"))
    co_return make_error(Errc::invalid_argument, "sdp.malformed", "not an SDP");
  mcu::JoinAnswer answer;
  answer.seat = request.who.unit.str() + "/" + std::string(name_of(request.who.role));
  answer.sdp = "v=0 answer";
  {
    const std::lock_guard lock(mutex_);
    last_join_ = std::move(request);
    answer.participant = ParticipantId{next_++};
  }
  note("join");
  co_return answer;
}

mcu::ConferenceService::Async<std::string> FakeConferences::restart_ice(MeetingId, ParticipantId,
                                                                        std::string offer) {
  co_return "restarted " + offer;
}

mcu::ConferenceService::Async<std::optional<std::string>> FakeConferences::patch(
    MeetingId, ParticipantId, std::string fragment) {
  note("patch");
  if (fragment.find("ufrag") != std::string::npos)
    co_return std::optional<std::string>("a=ice-ufrag:new");
  co_return std::optional<std::string>();
}

mcu::ConferenceService::Async<void> FakeConferences::leave(MeetingId, ParticipantId) {
  note("leave");
  co_return Result<void>();
}

mcu::ConferenceService::Async<void> FakeConferences::command(MeetingId, Identity, ParticipantId,
                                                             ClientMessage message) {
  if (auto* help = std::get_if<SendHelp>(&message)) {
    const std::lock_guard lock(mutex_);
    last_help_ = std::move(*help);
  }
  note("command");
  co_return command_answer;
}

mcu::ConferenceService::Async<RecordingId> FakeConferences::start_recording(MeetingId, Identity) {
  note("start_recording");
  co_return RecordingId("rec-1");
}

mcu::ConferenceService::Async<void> FakeConferences::stop_recording(MeetingId, Identity) {
  note("stop_recording");
  co_return Result<void>();
}

mcu::ConferenceService::Async<void> FakeConferences::meeting_changed(MeetingId) {
  note("meeting_changed");
  co_return Result<void>();
}

boost::asio::awaitable<void> FakeConferences::end_visits(std::vector<std::string> owners) {
  for (const auto& owner : owners) note("end_visits " + owner);
  co_return;
}

mcu::ConferenceService::Async<mcu::StagePreview> FakeConferences::preview_stage(MeetingId,
                                                                                Identity who,
                                                                                SetStage wish) {
  if (!who.may_manage_meeting()) co_return make_error(Errc::forbidden, "auth.forbidden", "not you");
  mcu::StagePreview preview;
  preview.stage.layout = wish.layout;
  for (const auto& seat : wish.pinned)
    preview.stage.tiles.push_back({seat, "camera", 0, 0, 1, 1, "live"});
  preview.wish.layout = "auto";
  co_return preview;
}

boost::asio::awaitable<bool> FakeConferences::is_co_chair(MeetingId, Identity who) {
  co_return who.unit.str() == co_chair;
}

boost::asio::awaitable<bool> FakeConferences::is_seated(MeetingId, Identity who) {
  co_return who.unit.str() == seated;
}

boost::asio::awaitable<void> FakeConferences::documents_changed(MeetingId) {
  note("documents_changed");
  co_return;
}

boost::asio::awaitable<std::vector<std::string>> FakeConferences::open_seats(MeetingId) {
  co_return seats;
}

boost::asio::awaitable<int> FakeConferences::connected(MeetingId) {
  co_return 3;
}

mcu::CheckService::Async<mcu::CheckOpened> FakeChecks::open(std::string owner, std::string device,
                                                            std::string offer) {
  if (full) co_return make_error(Errc::full, "check.full", "all 0 test rooms are taken");
  if (!offer.starts_with("v=0"))
    co_return make_error(Errc::invalid_argument, "sdp.malformed", "not an SDP");
  const std::lock_guard lock(mutex_);
  owner_ = std::move(owner);
  device_ = std::move(device);
  co_return mcu::CheckOpened{"room-1", "v=0 answer", std::chrono::seconds(5),
                             std::chrono::minutes(2)};
}

std::string FakeChecks::last_device() {
  const std::lock_guard lock(mutex_);
  return device_;
}

bool FakeChecks::knows(const std::string& id, const std::string& owner) {
  const std::lock_guard lock(mutex_);
  return id == "room-1" && owner == owner_;
}

mcu::CheckService::Async<Duration> FakeChecks::step(std::string id, std::string owner,
                                                    mcu::CheckStep step) {
  if (!knows(id, owner)) co_return make_error(Errc::not_found, "check.not_found", "no such room");
  if (step == mcu::CheckStep::play)
    co_return make_error(Errc::conflict, "check.nothing_recorded", "record first");
  co_return std::chrono::seconds(5);
}

mcu::CheckService::Async<mcu::CheckView> FakeChecks::view(std::string id, std::string owner) {
  if (!knows(id, owner)) co_return make_error(Errc::not_found, "check.not_found", "no such room");
  mcu::CheckView view;
  view.state = mcu::CheckView::State::busy;
  view.doing = "record";
  view.recorded = {250, 600, 512'000, false};
  view.uplink_best = 1'234'567.8;
  co_return view;
}

mcu::CheckService::Async<void> FakeChecks::close(std::string id, std::string owner) {
  if (!knows(id, owner)) co_return make_error(Errc::not_found, "check.not_found", "no such room");
  const std::lock_guard lock(mutex_);
  owner_.clear();
  co_return Result<void>();
}

namespace {

Result<Identity> identity(const std::string& name, const MeetingId& meeting, const MeetingId& other,
                          std::string_view code) {
  Identity who;
  who.name = name;
  who.unit = UnitCode("HD-10507");
  const auto role = role_from(name == "other" ? "site" : name);
  if (!role) return make_error(Errc::unauthorized, code, "unknown");
  who.role = *role;
  if (*role == Role::admin) {
    who.account = AccountId("admin");
  } else {
    who.token_id = name;
    who.meeting = name == "other" ? other : meeting;
  }
  return who;
}

}  // namespace

Authenticator::Async<SignedIn> FakeAuthenticator::sign_in_as(Token token) {
  SignedIn session{"token-" + token.id, identity_of(token), std::chrono::hours(1)};
  co_return session;
}
Authenticator::Async<SignedIn> FakeAuthenticator::sign_in_as_device(std::string secret) {
  auto device = devices->resolve(secret);
  if (!device) co_return device.error();
  SignedIn session{"device-" + secret, identity_of(*device), std::chrono::hours(12)};
  co_return session;
}
Authenticator::Async<Identity> FakeAuthenticator::from_cookie(std::string cookie) {
  if (cookie.starts_with("device-")) {
    auto device = devices->resolve(cookie.substr(7));
    if (!device) co_return device.error();
    co_return identity_of(*device);
  }
  if (cookie.starts_with("token-")) {
    for (const auto& token : tokens->list(meeting).value())
      if (token.id == cookie.substr(6) && !token.revoked) co_return identity_of(token);
    co_return make_error(Errc::unauthorized, "auth.no_session", "unknown");
  }
  if (cookie.starts_with("dc_")) {
    auto token = tokens->resolve(cookie);
    if (!token) co_return token.error();
    co_return identity_of(*token);
  }
  co_return identity(cookie, meeting, other, "auth.no_session");
}
Authenticator::Async<Identity> FakeAuthenticator::from_bearer(std::string token) {
  co_return identity(token, meeting, other, "auth.bad_token");
}
Authenticator::Async<SignedIn> FakeAuthenticator::sign_in(std::string username,
                                                          std::string password, std::string peer) {
  last_peer = peer;
  if (password != "right password")
    co_return make_error(Errc::unauthorized, "auth.bad_credentials", "wrong");
  auto who = identity(username, meeting, other, "auth.bad_credentials");
  if (!who) co_return who.error();
  SignedIn session{username, std::move(*who), std::chrono::hours(12)};
  co_return session;
}
Authenticator::Async<SignedIn> FakeAuthenticator::sign_in_with_token(std::string token,
                                                                     std::string) {
  if (token.starts_with("dc_")) {
    auto found = tokens->resolve(token);
    if (!found) co_return found.error();
    SignedIn session{token, identity_of(*found), std::chrono::hours(1)};
    co_return session;
  }
  auto who = identity(token, meeting, other, "auth.bad_token");
  if (!who) co_return who.error();
  SignedIn session{token, std::move(*who), std::chrono::hours(1)};
  co_return session;
}
Authenticator::Async<void> FakeAuthenticator::sign_out(std::string) {
  co_return Result<void>();
}

ApiTest::ApiTest() {
  std::string pattern = (std::filesystem::temp_directory_path() / "diemcau-api-XXXXXX").string();
  folder = ::mkdtemp(pattern.data());
  DatabaseOptions database_options;
  database_options.url = database_url(folder);
  database = std::move(*Database::open(database_options));
  for (const auto* schema :
       {&UnitStore::schema(), &EventLog::schema(), &mcu::MeetingStore::schema(),
        &signaling::AccountStore::schema(), &mcu::LinkStore::schema(),
        &mcu::DocumentStore::schema(), &mcu::CheckStore::schema(), &recording::Catalogue::schema()})
    database->migrate(*schema).value();
  units = std::make_unique<UnitStore>(*database);
  units->import_default_if_empty().value();
  events = std::make_unique<EventLog>(*database, clock);
  meetings = std::make_unique<mcu::MeetingStore>(*database, *units, clock);
  tokens = std::make_unique<signaling::TokenStore>(*database, clock);
  links = std::make_unique<mcu::LinkStore>(*database, *tokens, clock);
  authenticator.tokens = tokens.get();
  check_results = std::make_unique<mcu::CheckStore>(*database, clock);
  device_store = std::make_unique<signaling::DeviceStore>(*database, clock);
  authenticator.devices = device_store.get();
  recordings = std::make_unique<recording::Catalogue>(*database, folder / "recordings");
  mcu::NewMeeting wanted;
  wanted.title = "Giao ban";
  meeting = meetings->create(wanted)->id.str();
  wanted.title = "Hội nghị khác";
  other = meetings->create(wanted)->id.str();
  conferences.meetings = {meeting, other};
  authenticator.meeting = MeetingId(meeting);
  authenticator.other = MeetingId(other);

  const auto web = folder / "web";
  std::filesystem::create_directories(web / "assets");
  std::ofstream(web / "index.html") << "<!doctype html>trang";
  std::ofstream(web / "assets" / "app-1a2b.js") << "export {}";
  std::ofstream(web / ".secret") << "no";
  std::filesystem::create_symlink(folder / "diemcau.db", web / "link.txt");

  api.conferences = &conferences;
  api.checks = &checks;
  api.check_results = check_results.get();
  api.authenticator = &authenticator;
  api.meetings = meetings.get();
  api.units = units.get();
  api.links = links.get();
  api.devices = device_store.get();
  api.device_door = &device_door;
  api.events = events.get();
  api.recordings = recordings.get();
  api.blocking = &threads.pool();
  api.inspecting = &threads.pool();
  api.clock = &clock;
  api.metrics = &metrics;
  api.web_root = web;
  api.ready = [this] { return ready_answer; };
  limit_documents({});
  options.port = 0;
}

ApiTest::~ApiTest() {
  if (server) server->stop(std::chrono::seconds(2));
  threads.stop();
  server.reset();
  std::filesystem::remove_all(folder);
}

void ApiTest::limit_documents(mcu::DocumentLimits limits) {
  documents = std::make_unique<mcu::DocumentStore>(*database, clock, folder / "documents",
                                                   mcu::Inspector(DIEMCAU_INSPECT), limits);
  documents->tidy().value();
  api.documents = documents.get();
  router = signaling::Router();
  mcu::register_routes(router, api);
}

void ApiTest::start() {
  if (server) return;
  server = std::make_unique<HttpServer>(threads, std::move(router), authenticator, options, clock,
                                        metrics);
  const auto started = server->start();
  ASSERT_TRUE(started) << started.error().detail;
  threads.start();
}

std::uint16_t ApiTest::port() {
  start();
  return server->port();
}

RawResponse ApiTest::ask(std::string_view method, std::string_view target, std::string_view lines,
                         std::string_view body) {
  RawClient client(port());
  client.send(request(method, target, lines, body));
  return client.read(method == "HEAD");
}

RawResponse ApiTest::raw(std::string_view bytes) {
  RawClient client(port());
  client.send(bytes);
  return client.read();
}

std::string ApiTest::metric(const std::string& line_start) {
  const std::string text = metrics.text();
  const auto at = text.find(line_start);
  if (at == std::string::npos) return "";
  const auto end = text.find('\n', at);
  return text.substr(at + line_start.size() + 1, end - at - line_start.size() - 1);
}

RawWebSocket ApiTest::open_page(const std::string& who, std::string_view more, int receive_buffer) {
  return RawWebSocket(port(), "/api/v1/meetings/" + meeting + "/signal",
                      (who.empty() ? "" : bearer(who)) + std::string(more), "diemcau.v1",
                      receive_buffer);
}

}  // namespace diemcau::test
