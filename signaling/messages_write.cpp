#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "signaling/control_write.hpp"
#include "signaling/messages.hpp"

namespace diemcau::signaling {
namespace {

namespace json = boost::json;

json::object of(const SiteView& site) {
  return {{"seat", site.seat},           {"unit", site.unit},
          {"name", site.name},           {"role", site.role},
          {"parent", site.parent},       {"parent_name", site.parent_name},
          {"level", site.level},         {"order", site.order},
          {"state", site.state},         {"microphone", site.media.microphone},
          {"camera", site.media.camera}, {"screen", site.media.screen},
          {"muted", site.muted},         {"line", site.line},
          {"expected", site.expected}};
}

json::object of(const StageView& stage) {
  json::array tiles;
  tiles.reserve(stage.tiles.size());
  for (const auto& tile : stage.tiles) {
    tiles.push_back(json::object{{"seat", tile.seat},
                                 {"kind", tile.kind},
                                 {"x", tile.x},
                                 {"y", tile.y},
                                 {"w", tile.w},
                                 {"h", tile.h},
                                 {"state", tile.state},
                                 {"floor", tile.floor}});
  }
  json::object out;
  out["type"] = "stage";
  out["layout"] = stage.layout;
  out["canvas"] = json::object{{"width", stage.width}, {"height", stage.height}};
  out["tiles"] = std::move(tiles);
  return out;
}

json::object of(const UplinkWish& wish) {
  return {{"active", wish.active},
          {"width", wish.width},
          {"height", wish.height},
          {"fps", wish.fps},
          {"bitrate", wish.bitrate}};
}

json::object camera_of(const UplinkWish& wish) {
  auto out = of(wish);
  out["thumbnail"] = wish.thumbnail;
  return out;
}

json::array names(const std::vector<std::string>& texts) {
  json::array out;
  for (const auto& text : texts) out.push_back(json::string(text));
  return out;
}

json::object of(const StageWishView& wish) {
  json::object out;
  out["layout"] = wish.layout;
  out["pinned"] = names(wish.pinned);
  return out;
}

json::object of(const RecordingView& recording) {
  return {{"type", "recording"},        {"state", recording.state},
          {"id", recording.id},         {"started_at", recording.started_at},
          {"length", recording.length}, {"problem", recording.problem}};
}

json::value or_null(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value(nullptr);
}

json::object of(const SecondView& view) {
  json::object out{{"type", "view"}, {"kind", name_of(view.kind)}, {"seat", or_null(view.seat)}};
  if (view.kind != SecondKind::wall) return out;
  json::array tiles;
  tiles.reserve(view.tiles.size());
  for (const auto& tile : view.tiles)
    tiles.push_back(json::object{{"seat", tile.seat},
                                 {"x", tile.x},
                                 {"y", tile.y},
                                 {"w", tile.w},
                                 {"h", tile.h},
                                 {"state", tile.state}});
  out["page"] = view.page;
  out["pages"] = view.pages;
  out["canvas"] = json::object{{"width", view.width}, {"height", view.height}};
  out["tiles"] = std::move(tiles);
  return out;
}

json::object of(const TextTold& text) {
  return {{"from", text.from}, {"name", text.name}, {"to", text.to},
          {"text", text.text}, {"at", text.at},     {"seq", text.seq}};
}

struct Writer {
  json::object operator()(const Welcome& m) const {
    json::object out;
    out["type"] = "welcome";
    out["protocol"] = 1;
    out["meeting"] = json::object{
        {"id", m.meeting_id}, {"title", m.title}, {"kind", m.kind}, {"state", m.meeting_state}};
    out["self"] =
        json::object{{"seat", m.seat}, {"unit", m.unit}, {"name", m.name}, {"role", m.role}};
    out["server_time"] = m.server_time;
    out["stage"] = of(m.stage);
    out["limit"] = m.limit;
    out["wish"] = m.wish ? json::value(of(*m.wish)) : json::value(nullptr);
    out["second"] = or_null(m.second);
    out["recording"] = of(m.recording);
    out["control"] = json_of(m.control);
    out["attendance"] = json_of(m.attendance);
    json::array texts;
    for (const auto& text : m.texts) texts.push_back(of(text));
    out["texts"] = std::move(texts);
    json::array notices;
    for (const auto& notice : m.notices)
      notices.push_back(json::object{{"seat", notice.seat}, {"kind", notice.kind}});
    out["notices"] = std::move(notices);
    return out;
  }
  json::object operator()(const Joined& m) const {
    return {{"type", "joined"}, {"id", m.id}, {"sdp", m.sdp}, {"seat", m.seat}};
  }
  json::object operator()(const Restarted& m) const {
    return {{"type", "restarted"}, {"id", m.id}, {"sdp", m.sdp}};
  }
  json::object operator()(const Ok& m) const { return {{"type", "ok"}, {"id", m.id}}; }
  json::object operator()(const Pong& m) const {
    return {{"type", "pong"}, {"id", m.id}, {"server_time", m.server_time}};
  }
  json::object operator()(const SiteChanged& m) const {
    return {{"type", "site"}, {"site", of(m.site)}};
  }
  json::object operator()(const SitesChanged& m) const {
    json::array sites;
    sites.reserve(m.sites.size());
    for (const auto& site : m.sites) sites.push_back(of(site));
    json::object out;
    out["type"] = "sites";
    out["sites"] = std::move(sites);
    return out;
  }
  json::object operator()(const Speaking& m) const {
    json::object out;
    out["type"] = "speaking";
    out["seats"] = names(m.seats);
    return out;
  }
  json::object operator()(const StageChanged& m) const { return of(m.stage); }
  json::object operator()(const WishChanged& m) const {
    auto out = of(m.wish);
    out["type"] = "wish";
    return out;
  }
  json::object operator()(const SecondChanged& m) const {
    return {{"type", "second"}, {"seat", or_null(m.seat)}};
  }
  json::object operator()(const UplinkChanged& m) const {
    return {{"type", "uplink"}, {"camera", camera_of(m.camera)}, {"screen", of(m.screen)}};
  }
  json::object operator()(const ViewChanged& m) const { return of(m.view); }
  json::object operator()(const LineChanged& m) const {
    return {{"type", "line"}, {"level", m.level}, {"most", m.most}};
  }
  json::object operator()(const LoadChanged& m) const {
    json::object out{{"type", "load"}, {"level", m.load.level}};
    out["shed"] = names(m.load.shed);
    out["cpu"] = m.load.cpu;
    out["sites"] = m.load.sites;
    out["limit"] = m.load.limit;
    return out;
  }
  json::object operator()(const TextTold& m) const {
    auto out = of(m);
    out["type"] = "text";
    return out;
  }
  json::object operator()(const HelpTold& m) const {
    return {{"type", "help"},
            {"kind", std::string(name_of(m.kind))},
            {"name", m.name},
            {"text", m.text},
            {"at", m.at}};
  }
  json::object operator()(const DocumentsChanged&) const { return {{"type", "documents"}}; }
  json::object operator()(const NoticeChanged& m) const {
    return {
        {"type", "notice"}, {"seat", m.notice.seat}, {"kind", m.notice.kind}, {"active", m.active}};
  }
  json::object operator()(const RecordingChanged& m) const { return of(m.recording); }
  json::object operator()(const ControlChanged& m) const {
    auto out = json_of(m.control);
    out["type"] = "control";
    return out;
  }
  json::object operator()(const AttendanceChanged& m) const {
    return {{"type", "attendance"}, {"rows", json_of(m.rows)}};
  }
  json::object operator()(const Admitted&) const { return {{"type", "admitted"}}; }
  json::object operator()(const Closed& m) const {
    return {{"type", "closed"}, {"code", m.code}, {"detail", m.detail}};
  }
  json::object operator()(const Refused& m) const {
    const auto title = title_vi(m.error.code);
    json::object out;
    out["type"] = "error";
    if (m.id) out["id"] = *m.id;
    out["code"] = m.error.code;
    out["title"] = json::string_view(title.data(), title.size());
    // What failed inside is for the log.
    const bool inside = m.error.kind == Errc::internal || m.error.kind == Errc::io;
    out["detail"] = inside ? "The server could not do this; its log says why." : m.error.detail;
    return out;
  }
};

}  // namespace

std::string_view name_of(HelpKind kind) {
  switch (kind) {
    case HelpKind::tone:
      return "tone";
    case HelpKind::recheck:
      return "recheck";
    case HelpKind::message:
      return "message";
  }
  return "message";
}

std::optional<HelpKind> help_kind_from(std::string_view name) {
  for (const auto kind : {HelpKind::tone, HelpKind::recheck, HelpKind::message})
    if (name_of(kind) == name) return kind;
  return std::nullopt;
}

std::string_view name_of(SecondKind kind) {
  switch (kind) {
    case SecondKind::slides:
      return "slides";
    case SecondKind::site:
      return "site";
    case SecondKind::wall:
      return "wall";
  }
  return "slides";
}

std::string to_json(const ServerMessage& message) {
  std::string text = json::serialize(std::visit(Writer{}, message));
  if (const auto* welcome = std::get_if<Welcome>(&message)) {
    // The list comes as text: most of the message, and the same for all who arrive together.
    text.pop_back();
    text.append(",\"sites\":").append(welcome->sites).append("}");
  }
  return text;
}

std::string to_json(const SiteView& site) {
  return json::serialize(of(site));
}

}  // namespace diemcau::signaling
