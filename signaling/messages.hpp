#pragma once
// The messages of PROTOCOL.md as types. Parsing checks size, depth, kinds and bounds, so that
// nothing behind it meets a field it cannot use.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "signaling/control_messages.hpp"

namespace diemcau::signaling {

inline constexpr std::size_t kMaxClientMessage = 256 * 1024;
inline constexpr std::size_t kMaxMessageDepth = 8;
inline constexpr std::size_t kMaxSdp = 128 * 1024;

// Client → server. Owning: they outlive the frame they came in.

struct MediaState {
  bool microphone = false, camera = false, screen = false;
  bool operator==(const MediaState&) const = default;
};
struct PictureSize {
  int width = 0, height = 0;  // pixels
  bool operator==(const PictureSize&) const = default;
};
struct Join {
  std::int64_t id = 0;
  std::string sdp;
  MediaState media;
  std::optional<PictureSize> display;  // the largest picture the page can show
};
struct Restart {
  std::int64_t id = 0;
  std::string sdp;
};
struct Media {
  MediaState media;
};
struct SetStage {
  std::int64_t id = 0;
  std::string layout;
  std::vector<std::string> pinned;
};
struct Mute {
  std::int64_t id = 0;
  std::string seat;
  bool muted = true;
};
enum class SecondKind : std::uint8_t { slides, site, wall };
std::string_view name_of(SecondKind kind);
/// What this page's second picture shows.
struct SecondPicture {
  SecondKind kind = SecondKind::slides;
  std::string seat;  // of a site
  int page = 0;      // of the wall
  bool operator==(const SecondPicture&) const = default;
};
struct SetView {
  std::int64_t id = 0;
  SecondPicture second;
};
/// A word between the sites and the secretariat.
struct SendText {
  std::int64_t id = 0;
  std::string to;    // "secretariat", "all" or a seat
  std::string text;  // as typed
};
/// What somebody far away may do for the room of a site.
enum class HelpKind : std::uint8_t { tone, recheck, message };
std::string_view name_of(HelpKind kind);
std::optional<HelpKind> help_kind_from(std::string_view name);
struct SendHelp {
  std::int64_t id = 0;
  HelpKind kind = HelpKind::tone;
  std::string seat;
  std::string text;  // of a message, as typed
};
struct Leave {};
struct Ping {
  std::int64_t id = 0;
};

using ClientMessage =
    std::variant<Join, Restart, Media, SetStage, Mute, SetView, SendText, SendHelp, FloorCommand,
                 RollCallCommand, AgendaCommand, RoomCommand, VoteCommand, Leave, Ping>;

/// Errors: message.too_large, message.malformed (detail names the field), message.unknown_type.
Result<ClientMessage> parse_client_message(std::string_view text);
/// The id of a request that could not be parsed, so that its refusal can be matched; if it has one.
std::optional<std::int64_t> request_id_of(std::string_view text);

// Server → client.

struct SiteView {
  std::string seat, unit, name, role, parent, parent_name, level;
  int order = 0;
  std::string state = "absent";
  MediaState media;
  bool muted = false;
  std::string line = "unknown";
  bool expected = true;  // false: it came without having been asked
  bool operator==(const SiteView&) const = default;
};
struct TileView {
  std::string seat, kind;
  int x = 0, y = 0, w = 0, h = 0;
  std::string state;
  bool floor = false;
  bool operator==(const TileView&) const = default;
};
struct StageView {
  std::string layout = "grid";
  int width = 1280, height = 720;
  std::vector<TileView> tiles;
  bool operator==(const StageView&) const = default;
};
/// What who manages the meeting wants on the stage; the stage itself tells what is in effect.
struct StageWishView {
  std::string layout = "auto";
  std::vector<std::string> pinned;  // seats, the first is most wanted
  bool operator==(const StageWishView&) const = default;
};
/// One page's second picture as it is now. Page, pages, canvas and tiles are of the wall only.
struct SecondView {
  SecondKind kind = SecondKind::slides;
  std::optional<std::string> seat;  // whose picture arrives; null: none now
  int page = 0, pages = 0;
  int width = 0, height = 0;
  std::vector<TileView> tiles;  // seat, place and state
  bool operator==(const SecondView&) const = default;
};
/// How the machine bears the meeting, for who manages it.
struct LoadView {
  int level = 0;                  // 0: nothing is shed
  std::vector<std::string> shed;  // "wall", "1080p", "frame_rate"
  double cpu = 0;                 // of all cores, 0…1
  std::size_t sites = 0, limit = 0;
  bool operator==(const LoadView&) const = default;
};
struct UplinkWish {
  bool active = false;
  int width = 0, height = 0, fps = 0;
  std::int64_t bitrate = 0;
  bool thumbnail = false;  // of a camera: whether its small layer is to be sent as well
  bool operator==(const UplinkWish&) const = default;
};
struct RecordingView {
  std::string state = "none", id, started_at, problem;
  std::int64_t length = 0;
};

/// What somebody wrote, to whom it concerns.
struct TextTold {
  std::int64_t seq = 0;  // of the meeting's log
  std::string from, name, to, text;
  std::string at;
  bool operator==(const TextTold&) const = default;
};

/// To the pages of a site: who asks them to play a tone, to check again, or to show some words.
struct HelpTold {
  HelpKind kind = HelpKind::tone;
  std::string name, text;
  std::string at;
};

/// What is wrong with what a site sends. `kind`: "microphone.silent", "microphone.clipping",
/// "echo", "camera.black", "camera.frozen".
struct NoticeView {
  std::string seat, kind;
  bool operator==(const NoticeView&) const = default;
};

struct Welcome {
  std::string meeting_id, title, kind, meeting_state;
  std::string seat, unit, name, role;
  std::string server_time;
  std::size_t limit = 0;     // so many of its kind, sites or viewers, find a place; 0: no bound
  std::string sites = "[]";  // a JSON array of Site
  StageView stage;
  std::optional<StageWishView> wish;  // for who may manage
  std::optional<std::string> second;
  RecordingView recording;
  ControlView control;
  std::vector<AttendanceRow> attendance;
  std::vector<TextTold> texts;      // the last ones that concern who comes
  std::vector<NoticeView> notices;  // its own; all, for who may manage
};
struct Joined {
  std::int64_t id = 0;
  std::string sdp, seat;
};
struct Restarted {
  std::int64_t id = 0;
  std::string sdp;
};
struct Ok {
  std::int64_t id = 0;
};
struct Pong {
  std::int64_t id = 0;
  std::string server_time;
};
struct SiteChanged {
  SiteView site;
};
/// Several at once: what changed within one tick of the meeting.
struct SitesChanged {
  std::vector<SiteView> sites;
};
struct Speaking {
  std::vector<std::string> seats;
};
struct StageChanged {
  StageView stage;
};
struct WishChanged {
  StageWishView wish;
};
struct SecondChanged {
  std::optional<std::string> seat;
};
struct UplinkChanged {
  UplinkWish camera, screen;
};
struct ViewChanged {
  SecondView view;
};
struct LineChanged {
  std::string level;  // "1080p", "720p", "360p", "180p", "slides", "sound"
  std::string most;   // of these, what the page's display shows
};
struct LoadChanged {
  LoadView load;
};
/// The list of documents is to be asked for again.
struct DocumentsChanged {};
struct NoticeChanged {
  NoticeView notice;
  bool active = false;
};
struct RecordingChanged {
  RecordingView recording;
};
struct ControlChanged {
  ControlView control;
};
struct AttendanceChanged {
  std::vector<AttendanceRow> rows;
};
/// To a page that waited at the door: it may join now.
struct Admitted {};
struct Closed {
  std::string code, detail;
};
struct Refused {
  std::optional<std::int64_t> id;
  Error error;
};

using ServerMessage =
    std::variant<Welcome, Joined, Restarted, Ok, Pong, SiteChanged, SitesChanged, Speaking,
                 StageChanged, WishChanged, SecondChanged, UplinkChanged, ViewChanged, LineChanged,
                 LoadChanged, NoticeChanged, RecordingChanged, TextTold, HelpTold, DocumentsChanged,
                 ControlChanged, AttendanceChanged, Admitted, Closed, Refused>;

std::string to_json(const ServerMessage& message);
std::string to_json(const SiteView& site);

/// UTC, to the millisecond: "2026-11-23T08:00:00.000Z".
std::string rfc3339(WallTime time);

/// The Vietnamese sentence shown for a stable error code: what happened and what to do.
std::string_view title_vi(std::string_view code);

}  // namespace diemcau::signaling
