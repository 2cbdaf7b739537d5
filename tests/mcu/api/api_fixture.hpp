#pragma once
// A real listener on a free loopback port, the real routes and stores, and a ConferenceService
// that remembers what it was asked.

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>

#include <gtest/gtest.h>

#include "base/storage/database.hpp"
#include "mcu/api/routes.hpp"
#include "signaling/auth/account_store.hpp"
#include "signaling/listener.hpp"
#include "tests/mcu/api/raw_client.hpp"

namespace diemcau::test {

class FakeConferences final : public mcu::ConferenceService {
 public:
  Async<signaling::Welcome> attach(MeetingId meeting, signaling::Identity who,
                                   std::shared_ptr<mcu::SignalChannel> channel) override;
  void detach(MeetingId meeting, std::shared_ptr<mcu::SignalChannel> channel) override;
  Async<mcu::JoinAnswer> join(MeetingId meeting, mcu::JoinRequest request) override;
  Async<std::string> restart_ice(MeetingId, ParticipantId, std::string offer) override;
  Async<std::optional<std::string>> patch(MeetingId, ParticipantId, std::string fragment) override;
  Async<void> leave(MeetingId, ParticipantId participant) override;
  Async<void> command(MeetingId, signaling::Identity, ParticipantId,
                      signaling::ClientMessage message) override;
  Async<RecordingId> start_recording(MeetingId, signaling::Identity) override;
  Async<void> stop_recording(MeetingId, signaling::Identity) override;
  Async<void> meeting_changed(MeetingId meeting) override;
  boost::asio::awaitable<void> end_visits(std::vector<std::string> owners) override;
  Async<mcu::StagePreview> preview_stage(MeetingId, signaling::Identity who,
                                         signaling::SetStage wish) override;
  boost::asio::awaitable<bool> is_co_chair(MeetingId, signaling::Identity who) override;
  boost::asio::awaitable<bool> is_seated(MeetingId, signaling::Identity who) override;
  boost::asio::awaitable<void> documents_changed(MeetingId) override;
  boost::asio::awaitable<std::vector<std::string>> open_seats(MeetingId) override;
  boost::asio::awaitable<int> connected(MeetingId) override;

  /// Waits until `what` was done so often; false at the deadline.
  bool wait_for(const std::string& what, int times = 1);
  int count(const std::string& what);
  std::shared_ptr<mcu::SignalChannel> channel();
  mcu::JoinRequest last_join();
  signaling::SendHelp last_help();

  std::set<std::string> meetings;
  bool full = false;
  std::string co_chair, seated;  // units
  Result<void> command_answer;
  std::vector<std::string> seats;  // with a page open

 private:
  void note(const std::string& what);
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> done_;
  std::shared_ptr<mcu::SignalChannel> channel_;
  mcu::JoinRequest last_join_;
  signaling::SendHelp last_help_;
  std::uint64_t next_ = 1;
};

/// Test rooms that remember what they were asked.
class FakeChecks final : public mcu::CheckService {
 public:
  Async<mcu::CheckOpened> open(std::string owner, std::string device, std::string offer) override;
  std::string last_device();
  Async<Duration> step(std::string id, std::string owner, mcu::CheckStep step) override;
  Async<mcu::CheckView> view(std::string id, std::string owner) override;
  Async<void> close(std::string id, std::string owner) override;

  std::atomic<bool> full = false;

 private:
  bool knows(const std::string& id, const std::string& owner);
  std::mutex mutex_;
  std::string owner_, device_;
};

/// The token or cookie "site" is a site's, "chair" a chair's, and so on; "other" is a site's of
/// another meeting.
class FakeAuthenticator final : public signaling::Authenticator {
 public:
  Async<signaling::Identity> from_cookie(std::string cookie) override;
  Async<signaling::Identity> from_bearer(std::string token) override;
  Async<signaling::SignedIn> sign_in(std::string username, std::string password,
                                     std::string peer) override;
  Async<signaling::SignedIn> sign_in_with_token(std::string token, std::string peer) override;
  Async<signaling::SignedIn> sign_in_as(signaling::Token token) override;
  Async<signaling::SignedIn> sign_in_as_device(std::string secret) override;
  Async<void> sign_out(std::string cookie) override;

  MeetingId meeting, other;
  std::string last_peer;
  /// Real tokens ("dc_…") as well, also as cookies; the session of one known by its id is "token-"
  /// and that.
  signaling::TokenStore* tokens = nullptr;
  /// A device's session is "device-" and its secret.
  signaling::DeviceStore* devices = nullptr;
};

class ApiTest : public ::testing::Test {
 protected:
  ApiTest();
  ~ApiTest() override;
  /// To change options before the first request.
  void start();
  /// Before start(): with these bounds on documents.
  void limit_documents(mcu::DocumentLimits limits);
  std::uint16_t port();
  RawResponse ask(std::string_view method, std::string_view target, std::string_view lines = "",
                  std::string_view body = "");
  RawResponse raw(std::string_view bytes);
  std::string metric(const std::string& line_start);
  RawWebSocket open_page(const std::string& who, std::string_view more = "",
                         int receive_buffer = 0);

  std::filesystem::path folder;
  SystemClock clock;
  Metrics metrics;
  std::unique_ptr<Database> database;
  std::unique_ptr<UnitStore> units;
  std::unique_ptr<EventLog> events;
  std::unique_ptr<mcu::MeetingStore> meetings;
  std::unique_ptr<mcu::CheckStore> check_results;
  std::unique_ptr<mcu::DocumentStore> documents;
  std::unique_ptr<signaling::TokenStore> tokens;
  std::unique_ptr<mcu::LinkStore> links;
  std::unique_ptr<signaling::DeviceStore> device_store;
  mcu::PinThrottle device_door;
  std::unique_ptr<recording::Catalogue> recordings;
  FakeConferences conferences;
  FakeChecks checks;
  FakeAuthenticator authenticator;
  signaling::IoThreads threads{2, 2};
  signaling::ListenOptions options;
  signaling::Router router;
  mcu::ApiDependencies api;
  std::unique_ptr<signaling::HttpServer> server;
  std::string meeting, other;  // ids
  Result<void> ready_answer;
};

inline std::string bearer(const std::string& who) {
  return "Authorization: Bearer " + who + "\r\n";
}
inline std::string cookie(const std::string& who) {
  return "Cookie: diemcau=" + who + "\r\n";
}
inline const std::string kJson = "Content-Type: application/json\r\n";
inline const std::string kSdpType = "Content-Type: application/sdp\r\n";

}  // namespace diemcau::test
