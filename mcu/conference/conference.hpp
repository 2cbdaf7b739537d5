#pragma once
// One running meeting. Lives on its own strand; keeps who is here and in which order things
// happen, and leaves each decision to a policy and each packet to the media plane.

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "mcu/conference/batching.hpp"
#include "mcu/conference/conference_service.hpp"
#include "mcu/conference/control/control_room.hpp"
#include "mcu/conference/ended_visits.hpp"
#include "mcu/conference/event_writer.hpp"
#include "mcu/conference/layout_policy.hpp"
#include "mcu/conference/lost_sites.hpp"
#include "mcu/conference/media_plane.hpp"
#include "mcu/conference/pages.hpp"
#include "mcu/conference/places.hpp"
#include "mcu/conference/recording_control.hpp"
#include "mcu/conference/recording_marks.hpp"
#include "mcu/conference/roster.hpp"
#include "mcu/conference/site_help.hpp"
#include "mcu/conference/site_notices.hpp"
#include "mcu/conference/speaker_policy.hpp"
#include "mcu/conference/text_line.hpp"
#include "mcu/conference/turns.hpp"
#include "mcu/conference/uplink_policy.hpp"
#include "mcu/conference/views.hpp"

namespace diemcau::mcu {

struct ConferenceSettings {
  std::size_t max_sites = 300;                    // in one meeting
  Places* viewers = nullptr;                      // of all meetings together; null: no limit
  const EndedVisits* ended = nullptr;             // of all meetings together; null: nobody
  Duration keep_seat = std::chrono::seconds(20);  // of a site whose connection broke
};

/// What a meeting was when it was taken up: as planned, and as its log left it.
struct ConferenceStart {
  Meeting meeting;
  Roster roster;
  std::vector<signaling::AgendaItemView> agenda;
  std::vector<Event> past;
};

class Conference : public std::enable_shared_from_this<Conference> {
 public:
  using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;
  template <class T>
  using Async = boost::asio::awaitable<Result<T>>;

  static Result<std::shared_ptr<Conference>> create(boost::asio::io_context& io,
                                                    ConferenceStart start,
                                                    const MediaContext& media, EventWriter& events,
                                                    RecordingControl::Context recording,
                                                    ConferenceSettings settings);
  ~Conference();

  const Strand& strand() const noexcept { return strand_; }

  // All that follows on the strand. Contracts: ConferenceService.
  Result<signaling::Welcome> attach(const signaling::Identity& given,
                                    const std::shared_ptr<SignalChannel>& channel);
  void detach(const std::shared_ptr<SignalChannel>& channel);
  Async<JoinAnswer> join(JoinRequest request);
  Async<std::string> restart_ice(ParticipantId id, std::string offer);
  Async<std::optional<std::string>> patch(ParticipantId id, std::string fragment);
  Result<void> leave(ParticipantId id);
  Async<void> command(signaling::Identity who, ParticipantId id, signaling::ClientMessage message);
  Async<RecordingId> start_recording(signaling::Identity who);
  Async<void> stop_recording(signaling::Identity who);
  /// Its life or its agenda was changed in the store.
  void replan(const std::string& life, std::vector<signaling::AgendaItemView> agenda);
  void tell_documents_changed();
  /// Who was signed in by one of these leaves, with every page.
  void end_visits(const std::vector<std::string>& owners);
  Result<StagePreview> preview_stage(const signaling::Identity& who, signaling::SetStage wish);
  bool is_co_chair(const signaling::Identity& who) const;
  bool is_seated(const signaling::Identity& who);
  int connected() const;
  std::vector<std::string> open_seats() const { return pages_.seats(); }
  /// Once a second: what the server is short of, and its share of all cores.
  void on_load(int level, double cpu);
  /// True when nobody has been here and nothing was recorded for `keep`.
  bool idle(TimePoint now, Duration keep) const;
  /// Says goodbye to everybody and finishes the recording. The last call.
  boost::asio::awaitable<void> close(int websocket_code, std::string code, std::string detail);

 private:
  using ParticipantPtr = std::shared_ptr<Participant>;

  Conference(boost::asio::io_context& io, ConferenceStart start, const MediaContext& media,
             EventWriter& events, ConferenceSettings settings);

  // conference_join.cpp: coming and going.
  Result<void> may_be_here(const signaling::Identity& who) const;
  Result<void> may_join(const JoinRequest& request) const;
  Result<void> ask_at_door(const signaling::Identity& who);
  Places* places_for(const signaling::Identity& who);
  std::size_t limit_for(const signaling::Identity& who);
  Result<Places::Place> take_place(const JoinRequest& request, const Participant* previous);
  Async<media::IceParameters> open_endpoint(ParticipantPtr participant);
  std::string answer_for(const Participant& participant, media::IceParameters local) const;
  void remove(ParticipantId id, const std::string& why, bool keep_seat);
  ParticipantPtr find_publisher(const std::string& unit) const;
  void show_sites();
  static ParticipantId next_participant_id();
  void on_transport(ParticipantId id, media::TransportState state, std::string reason);

  // conference_picture.cpp: what media report, and the stage that follows.
  /// Something that the stage, the views, the uplinks or the pages follow: settle() soon, once for
  /// all that changed together.
  void changed();
  void settle();
  /// Who has the floor, else who is heard.
  std::optional<std::string> speaker_now(TimePoint now);
  StageInput stage_input();
  signaling::StageWishView wish_view() const;
  CameraNeed need_of(const Participant& participant) const;
  void refresh_views();
  void plan_sources();
  void tell_uplink(Participant& participant, const signaling::UplinkWish& camera);
  std::vector<WallPage> plan_wall_now() const;
  void on_uplink_flow(ParticipantId id, media::Slot slot, media::Layer layer, bool flowing);
  void on_statistics(ParticipantId id, media::SessionStatistics statistics);
  void on_choke(ParticipantId id, media::LineEstimate line);
  void follow_line(Participant& participant, double estimate);
  void show_content(Participant& participant);
  void on_heard(std::vector<media::HeardSource> heard);
  void on_notice(media::MediaNotice notice);
  void tell_notice(const signaling::NoticeView& notice, bool active);
  void follow_silence(TimePoint now);
  void on_key_frame_needed(SourceId source);
  void on_flow_changed(SourceId source, bool flowing);

  // conference_commands.cpp
  /// Decides, writes to disk, applies, tells: one command after the other.
  Async<void> send_text(const signaling::Identity& who, signaling::SendText text);
  Async<void> send_help(const signaling::Identity& who, signaling::SendHelp help);
  Async<void> control(const signaling::Identity& who, ControlCommand command);
  Async<void> keep(const ControlCommand& command, const Events& events);
  void follow_room(const Events& events);
  MarkContext mark_context() const;
  void follow_mutes();
  void let_in();
  bool manages(const signaling::Identity& who) const;
  bool heard(const std::string& seat) const;
  SeatFacts seat_facts() const;
  void update_presenter(const Participant& participant);
  std::string actor_of(const signaling::Identity& who) const;

  // conference.cpp
  void update_row(const Participant& participant, const std::string& state);
  static boost::asio::awaitable<void> tick_loop(std::weak_ptr<Conference> weak);
  void tick(TimePoint now);
  ParticipantPtr find(ParticipantId id) const;
  ParticipantPtr find_seat(const std::string& seat) const;
  void write(std::string actor, std::string kind, std::string data = {});

  Strand strand_;
  const Meeting meeting_;
  Roster roster_;
  const MediaContext& context_;
  EventWriter& events_;
  const ConferenceSettings settings_;
  std::unique_ptr<MediaPlane> media_;
  std::unique_ptr<Views> views_;
  std::shared_ptr<RecordingControl> recording_;
  Pages pages_;
  Places sites_;
  Participants participants_;
  LostSites lost_sites_;
  ControlRoom room_;
  Turns turns_;
  TextLine texts_;
  SiteHelp help_;
  SpeakerPolicy speaker_;
  SiteNotices notices_;
  std::optional<std::string> presenter_;  // whose slides are shown
  std::optional<std::string> planned_speaker_;
  StagePlan plan_;
  Batching settling_;
  Batching telling_load_;
  int load_level_ = 0;
  boost::asio::steady_timer ticker_;
  TimePoint idle_since_{};
  bool closed_ = false;
};

}  // namespace diemcau::mcu
