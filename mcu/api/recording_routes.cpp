// The library of recordings and their playback.

#include <boost/json/array.hpp>

#include "mcu/api/file_reply.hpp"
#include "mcu/api/json_body.hpp"
#include "mcu/api/route_families.hpp"
#include "mcu/api/scope.hpp"
#include "signaling/async.hpp"
#include "signaling/http/url.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {
namespace {

namespace json = boost::json;
using recording::RecordingEntry;
using signaling::HttpResponse;
using signaling::Method;
using signaling::on_pool;
using signaling::RequestContext;
using signaling::rfc3339;

struct Shown {
  RecordingEntry entry;
  std::string title;  // of its meeting
};

/// The entry, when the one who asks may see its meeting. A recording whose meeting the database
/// does not know (restored files) is the administrator's. Blocking.
Result<Shown> show(const ApiDependencies& api, const signaling::Identity& who,
                   RecordingEntry entry) {
  Shown shown;
  auto meeting = api.meetings->find(entry.meeting);
  if (meeting) {
    if (auto may = check_may_see(api, who, *meeting); !may) return may.error();
    shown.title = meeting->title;
  } else if (who.role != signaling::Role::admin) {
    return make_error(Errc::forbidden, "auth.forbidden", "its meeting is not known here");
  }
  shown.entry = std::move(entry);
  return shown;
}

Result<Shown> load_one(const ApiDependencies& api, const RequestContext& context) {
  auto entry = api.recordings->find(RecordingId(context.path.get("id")));
  if (!entry) return entry.error();
  return show(api, *context.who, std::move(*entry));
}

json::object to_object(const Shown& shown) {
  const RecordingEntry& entry = shown.entry;
  const std::string here = "/api/v1/recordings/" + signaling::percent_encode(entry.id.str());
  json::object out;
  out["id"] = entry.id.str();
  out["meeting_id"] = entry.meeting.str();
  out["title"] = shown.title;
  const auto state = recording::name_of(entry.state);
  out["state"] = json::string_view(state.data(), state.size());
  out["started_at"] = rfc3339(entry.started);
  out["ended_at"] = entry.ended ? json::value(rfc3339(*entry.ended)) : json::value(nullptr);
  out["length_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(entry.length).count();
  out["bytes"] = entry.bytes;
  out["problem"] = entry.problem;
  out["recovered"] = entry.recovered;
  out["files"] = entry.files;  // played with ?part=1 … files
  out["media"] = here + "/media";
  out["chapters"] = here + "/chapters.vtt";
  return out;
}

struct Page {
  std::vector<Shown> entries;
  bool more = false;
};

Result<Page> load_page(const ApiDependencies& api, const RequestContext& context, std::size_t limit,
                       std::size_t offset) {
  MeetingId meeting(std::string(context.request.query_value("meeting").value_or("")));
  const auto& bound = context.who->meeting;
  if (bound && !meeting.empty() && meeting != *bound)
    return make_error(Errc::forbidden, "auth.other_meeting", "this token is for another meeting");
  if (bound) meeting = *bound;
  auto entries = api.recordings->list(meeting, limit, offset);
  if (!entries) return entries.error();
  Page page;
  page.more = entries->size() == limit;
  for (auto& entry : *entries) {
    auto shown = show(api, *context.who, std::move(entry));
    if (!shown && shown.error().kind == Errc::forbidden) continue;
    if (!shown) return shown.error();
    page.entries.push_back(std::move(*shown));
  }
  return page;
}

Reply list_recordings(const ApiDependencies& api, const RequestContext& context) {
  const auto limit = query_number(context.request, "limit", 1, 1000, 200);
  if (!limit) co_return limit.error();
  const auto offset = query_number(context.request, "offset", 0, 1'000'000, 0);
  if (!offset) co_return offset.error();
  auto load = [&api, &context, limit = static_cast<std::size_t>(*limit),
               offset = static_cast<std::size_t>(*offset)] {
    return load_page(api, context, limit, offset);
  };
  Result<Page> page = co_await on_pool(*api.blocking, std::move(load));
  if (!page) co_return page.error();
  json::array list;
  for (const auto& shown : page->entries) list.push_back(to_object(shown));
  json::object body;
  body["recordings"] = std::move(list);
  // The offset of the next page. What may not be seen is left out, so a page may be short.
  body["next"] = page->more ? json::value(*offset + *limit) : json::value(nullptr);
  co_return json_reply(200, body);
}

Reply get_recording(const ApiDependencies& api, const RequestContext& context) {
  auto load = [&api, &context] { return load_one(api, context); };
  Result<Shown> shown = co_await on_pool(*api.blocking, std::move(load));
  if (!shown) co_return shown.error();
  co_return json_reply(200, to_object(*shown));
}

Reply play(const ApiDependencies& api, const RequestContext& context) {
  const auto part = query_number(context.request, "part", 1, 10'000, 1);
  if (!part) co_return part.error();
  auto open = [&api, &context, part = *part]() -> Result<HttpResponse> {
    auto shown = load_one(api, context);
    if (!shown) return shown.error();
    const RecordingId& id = shown->entry.id;
    auto file = api.recordings->open_media(id, static_cast<std::size_t>(part));
    if (!file) return file.error();
    const std::string type(recording::MediaFile::kContentType);
    auto reply = file_reply(context.request, std::move(*file), type);
    reply.headers.set("Cache-Control", "private, no-cache");  // may be kept, must be asked about
    if (context.request.query_value("download"))
      reply.headers.set("Content-Disposition",
                        "attachment; filename=\"" + signaling::percent_encode(id.str()) + ".mp4\"");
    return reply;
  };
  Result<HttpResponse> reply = co_await on_pool(*api.blocking, std::move(open));
  co_return reply;
}

Reply list_chapters(const ApiDependencies& api, const RequestContext& context) {
  auto load = [&api, &context]() -> Result<std::vector<recording::Chapter>> {
    auto shown = load_one(api, context);
    if (!shown) return shown.error();
    return api.recordings->chapters(shown->entry.id);
  };
  Result<std::vector<recording::Chapter>> all = co_await on_pool(*api.blocking, std::move(load));
  if (!all) co_return all.error();
  const auto ms = [](Duration d) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
  };
  json::array list;
  for (const auto& chapter : *all)
    list.push_back(json::object{{"start_ms", ms(chapter.start)},
                                {"end_ms", ms(chapter.end)},
                                {"kind", chapter.kind},
                                {"title", chapter.text},
                                {"unit", chapter.unit},
                                {"agenda_item", chapter.item}});
  json::object body;
  body["chapters"] = std::move(list);
  co_return json_reply(200, body);
}

Reply chapters(const ApiDependencies& api, const RequestContext& context) {
  auto load = [&api, &context]() -> Result<std::string> {
    auto shown = load_one(api, context);
    if (!shown) return shown.error();
    return api.recordings->chapters_vtt(shown->entry.id);
  };
  Result<std::string> text = co_await on_pool(*api.blocking, std::move(load));
  if (!text) co_return text.error();
  HttpResponse response =
      signaling::text_response(200, "text/vtt; charset=utf-8", std::move(*text));
  response.headers.set("Cache-Control", "no-store");
  co_return response;
}

}  // namespace

void register_recording_routes(signaling::Router& router, const Api& api) {
  router.add(make_route(Method::get, "/api/v1/recordings", api, list_recordings));
  router.add(make_route(Method::get, "/api/v1/recordings/{id}", api, get_recording));
  router.add(make_route(Method::get, "/api/v1/recordings/{id}/media", api, play));
  router.add(make_route(Method::get, "/api/v1/recordings/{id}/chapters", api, list_chapters));
  router.add(make_route(Method::get, "/api/v1/recordings/{id}/chapters.vtt", api, chapters));
}

}  // namespace diemcau::mcu
