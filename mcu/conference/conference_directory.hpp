#pragma once
// The running meetings by id. A conference is made when the first page, device or receiver asks
// for its meeting, and ended when it has been empty for a while. Thread: its own strand.

#include <filesystem>
#include <map>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/units/unit_store.hpp"
#include "mcu/conference/conference.hpp"
#include "mcu/conference/conference_service.hpp"
#include "mcu/conference/load_meter.hpp"
#include "mcu/meetings/meeting_store.hpp"

namespace diemcau::mcu {

/// Borrowed; outlives the directory.
struct DirectoryContext {
  boost::asio::io_context* io = nullptr;
  boost::asio::thread_pool* blocking = nullptr;
  MeetingStore* meetings = nullptr;
  UnitStore* units = nullptr;
  EventWriter* events = nullptr;
  MediaContext media;
  RecordingControl::Context recording;
  ConferenceSettings settings;
  double strained_cpu = 0.85;  // share of all cores above which the machine sheds
  Duration keep_empty = std::chrono::seconds(60);
};

class ConferenceDirectory final : public ConferenceService {
 public:
  explicit ConferenceDirectory(DirectoryContext context);
  ~ConferenceDirectory() override;

  Async<signaling::Welcome> attach(MeetingId meeting, signaling::Identity who,
                                   std::shared_ptr<SignalChannel> channel) override;
  void detach(MeetingId meeting, std::shared_ptr<SignalChannel> channel) override;
  Async<JoinAnswer> join(MeetingId meeting, JoinRequest request) override;
  Async<std::string> restart_ice(MeetingId meeting, ParticipantId participant,
                                 std::string offer) override;
  Async<std::optional<std::string>> patch(MeetingId meeting, ParticipantId participant,
                                          std::string fragment) override;
  Async<void> leave(MeetingId meeting, ParticipantId participant) override;
  Async<void> command(MeetingId meeting, signaling::Identity who, ParticipantId participant,
                      signaling::ClientMessage message) override;
  Async<RecordingId> start_recording(MeetingId meeting, signaling::Identity who) override;
  Async<void> stop_recording(MeetingId meeting, signaling::Identity who) override;
  Async<void> meeting_changed(MeetingId meeting) override;
  boost::asio::awaitable<void> end_visits(std::vector<std::string> owners) override;
  Async<StagePreview> preview_stage(MeetingId meeting, signaling::Identity who,
                                    signaling::SetStage wish) override;
  boost::asio::awaitable<bool> is_co_chair(MeetingId meeting, signaling::Identity who) override;
  boost::asio::awaitable<bool> is_seated(MeetingId meeting, signaling::Identity who) override;
  boost::asio::awaitable<void> documents_changed(MeetingId meeting) override;
  boost::asio::awaitable<std::vector<std::string>> open_seats(MeetingId meeting) override;
  boost::asio::awaitable<int> connected(MeetingId meeting) override;

  /// Every page is told `server.stopping`, every recording finished. Then nothing may be asked.
  boost::asio::awaitable<void> close();

 private:
  using ConferencePtr = std::shared_ptr<Conference>;
  /// The running conference, or one made now. Errors: meeting.not_found, meeting.closed,
  /// meeting.not_open, server.stopping.
  Async<ConferencePtr> open(MeetingId meeting);
  /// The running one or null.
  boost::asio::awaitable<ConferencePtr> running(MeetingId meeting);
  struct Plan {
    Meeting meeting;
    std::vector<signaling::AgendaItemView> agenda;
  };
  // On the blocking pool.
  Result<Plan> load_plan(const MeetingId& meeting) const;
  Result<ConferenceStart> load(const MeetingId& meeting) const;  // on the blocking pool
  boost::asio::awaitable<void> sweep();
  boost::asio::awaitable<void> watch_load();

  DirectoryContext context_;
  EndedVisits ended_;
  boost::asio::strand<boost::asio::io_context::executor_type> strand_;
  std::map<MeetingId, ConferencePtr> conferences_;
  boost::asio::steady_timer sweeper_;
  LoadMeter meter_;
  LoadPolicy shedding_;
  boost::asio::steady_timer watcher_;
  bool closed_ = false;
};

}  // namespace diemcau::mcu
