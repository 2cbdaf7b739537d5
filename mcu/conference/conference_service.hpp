#pragma once
// What the API may ask of the running meetings. Implemented by ConferenceDirectory; every call may
// come from any I/O thread and runs on the meeting's own strand.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "signaling/auth/identity.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {

/// The page of one participant. Any thread; sending only enqueues (bounded; when the page does not
/// read, the channel closes itself and the page starts afresh).
class SignalChannel {
 public:
  virtual ~SignalChannel() = default;
  /// `json` is shared by all pages that get the same message.
  virtual void send(std::shared_ptr<const std::string> json) = 0;
  /// Sends `closed` and closes the WebSocket with this close code.
  virtual void close(int websocket_code, const std::string& code, const std::string& detail) = 0;
};

enum class JoinKind { browser, whip, whep };

struct JoinRequest {
  signaling::Identity who;
  JoinKind kind = JoinKind::browser;
  std::string offer;            // SDP
  signaling::MediaState media;  // browser: what is switched on
  std::optional<signaling::PictureSize> display;
  std::string whep_site;                   // WHEP ?site=CODE; empty: the stage
  std::shared_ptr<SignalChannel> channel;  // browser only
};
struct JoinAnswer {
  ParticipantId participant;
  std::string seat;
  std::string sdp;
};

struct StagePreview {
  signaling::StageView stage;
  signaling::StageWishView wish;  // in force now
};

class ConferenceService {
 public:
  template <class T>
  using Async = boost::asio::awaitable<Result<T>>;

  virtual ~ConferenceService() = default;

  /// A page opened: checks the right, subscribes the channel to the meeting's events.
  virtual Async<signaling::Welcome> attach(MeetingId meeting, signaling::Identity who,
                                           std::shared_ptr<SignalChannel> channel) = 0;
  /// The page closed. Its participant, if any, stays `reconnecting` for a while.
  virtual void detach(MeetingId meeting, std::shared_ptr<SignalChannel> channel) = 0;

  /// Errors: meeting.not_found, meeting.closed, meeting.full, meeting.viewers_full,
  /// auth.forbidden, sdp.*.
  virtual Async<JoinAnswer> join(MeetingId meeting, JoinRequest request) = 0;
  virtual Async<std::string> restart_ice(MeetingId meeting, ParticipantId participant,
                                         std::string offer) = 0;
  /// WHIP/WHEP PATCH with application/trickle-ice-sdpfrag (RFC 8840, RFC 9725 §4.3). The answer
  /// fragment when it was an ICE restart, else empty.
  virtual Async<std::optional<std::string>> patch(MeetingId meeting, ParticipantId participant,
                                                  std::string fragment) = 0;
  virtual Async<void> leave(MeetingId meeting, ParticipantId participant) = 0;

  /// All that PROTOCOL.md lets a page ask but join, restart and leave. `participant` is zero before
  /// join.
  virtual Async<void> command(MeetingId meeting, signaling::Identity who, ParticipantId participant,
                              signaling::ClientMessage message) = 0;

  /// Chair or secretary. Errors: recording.already, recording.none, disk.full.
  virtual Async<RecordingId> start_recording(MeetingId meeting, signaling::Identity who) = 0;
  virtual Async<void> stop_recording(MeetingId meeting, signaling::Identity who) = 0;

  /// The store was given another state or agenda: a running meeting tells its pages, and ends when
  /// nobody may be in it any more.
  virtual Async<void> meeting_changed(MeetingId meeting) = 0;

  /// Everything that was signed in by these (signaling::owner_key) leaves every running meeting:
  /// its pages are told `auth.no_session`, its media end, and what was on its way in is refused.
  virtual boost::asio::awaitable<void> end_visits(std::vector<std::string> owners) = 0;

  /// What the stage would show with this wish, and the wish in force; with no layout said, that
  /// one. Nothing is changed. Errors: auth.forbidden, stage.unknown_layout, join.first (nobody is
  /// in it).
  virtual Async<StagePreview> preview_stage(MeetingId meeting, signaling::Identity who,
                                            signaling::SetStage wish) = 0;

  /// Whether the chair of a running meeting delegated its rights to this seat.
  virtual boost::asio::awaitable<bool> is_co_chair(MeetingId meeting, signaling::Identity who) = 0;

  /// Whether somebody, himself included, sits in his seat of a running meeting now, or may still
  /// come back to it.
  virtual boost::asio::awaitable<bool> is_seated(MeetingId meeting, signaling::Identity who) = 0;

  /// A running meeting's pages are told to ask for its documents again.
  virtual boost::asio::awaitable<void> documents_changed(MeetingId meeting) = 0;

  /// Seats of a running meeting with a page open, also one that waits at the door.
  virtual boost::asio::awaitable<std::vector<std::string>> open_seats(MeetingId meeting) = 0;

  /// Sites connected now, by meeting id, for lists.
  virtual boost::asio::awaitable<int> connected(MeetingId meeting) = 0;
};

}  // namespace diemcau::mcu
