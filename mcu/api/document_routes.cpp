// Documents of a meeting: brought, listed, read, shown, taken back.

#include <algorithm>
#include <map>
#include <mutex>

#include <boost/json/array.hpp>

#include "mcu/api/file_reply.hpp"
#include "mcu/api/json_body.hpp"
#include "mcu/api/route_families.hpp"
#include "mcu/api/scope.hpp"
#include "mcu/meetings/documents/document_rights.hpp"
#include "mcu/meetings/standing.hpp"
#include "signaling/async.hpp"
#include "signaling/http/url.hpp"
#include "signaling/messages.hpp"
#include "signaling/token_bucket.hpp"

namespace diemcau::mcu {
namespace {

namespace json = boost::json;
using signaling::HttpResponse;
using signaling::Identity;
using signaling::Method;
using signaling::on_pool;
using signaling::RequestContext;

// A file of another origin could bring a script; nothing of it may run, be framed or be read by
// others. PDF and pictures are fetched by our own page, which draws them itself.
constexpr const char* kSandbox = "default-src 'none'; sandbox; frame-ancestors 'none'";

struct InMeeting {
  Meeting meeting;
  Identity who;  // as he is in this meeting
  bool manages = false;
  std::shared_ptr<const UnitTree> units;

  std::string actor() const {
    return who.unit.str() + "/" + std::string(signaling::name_of(who.role));
  }
};

/// Who asks, and whether the chair of the running meeting delegated its rights to him.
boost::asio::awaitable<bool> ask_delegated(const ApiDependencies& api,
                                           const RequestContext& context) {
  MeetingId meeting(context.path.get("id"));
  Identity who = *context.who;
  co_return co_await api.conferences->is_co_chair(std::move(meeting), std::move(who));
}

/// Blocking.
Result<InMeeting> enter(const ApiDependencies& api, const RequestContext& context, bool delegated) {
  auto meeting = find_in_reach(api, *context.who, MeetingId(context.path.get("id")));
  if (!meeting) return meeting.error();
  auto units = api.units->catalogue(meeting->catalogue);
  if (!units) return units.error();
  Identity who = in_meeting_of(**units, meeting->chair, *context.who);
  const bool manages = delegated || who.may_manage_meeting();
  return InMeeting{std::move(*meeting), std::move(who), manages, std::move(*units)};
}

/// The document, if this may be done with it. Blocking.
Result<std::pair<InMeeting, Document>> find_for(const ApiDependencies& api,
                                                const RequestContext& context, bool delegated,
                                                DocumentVerb verb) {
  auto here = enter(api, context, delegated);
  if (!here) return here.error();
  auto document = api.documents->find(here->meeting.id, DocumentId(context.path.get("document")));
  if (!document) return document.error();
  if (auto may = check_may(verb, here->who, here->manages, *document); !may) return may.error();
  return std::pair(std::move(*here), std::move(*document));
}

std::string place_of(const Document& document) {
  return "/api/v1/meetings/" + document.meeting.str() + "/documents/" + document.id.str();
}

json::object to_object(const Document& document, const UnitTree& units) {
  const auto text = [](std::string_view s) { return json::string_view(s.data(), s.size()); };
  json::object out;
  out["id"] = document.id.str();
  out["meeting_id"] = document.meeting.str();
  out["agenda_item"] =
      document.agenda_item == 0 ? json::value(nullptr) : json::value(document.agenda_item);
  out["unit"] = document.unit.str();
  out["unit_name"] = units.display_name(document.unit);
  out["title"] = document.title;
  out["kind"] = text(name_of(document.kind));
  out["media_type"] = text(media_type_of(document.kind));
  out["pages"] = document.pages;
  out["size"] = document.size;
  out["sha256"] = document.sha256;
  out["state"] = text(name_of(document.state));
  out["uploaded_at"] = signaling::rfc3339(document.uploaded_at);
  out["content"] = place_of(document) + "/content";
  return out;
}

Reply list_documents(const ApiDependencies& api, const RequestContext& context) {
  const bool delegated = co_await ask_delegated(api, context);
  auto load = [&api, &context, delegated]() -> Result<json::object> {
    auto here = enter(api, context, delegated);
    if (!here) return here.error();
    auto documents = api.documents->list(here->meeting.id);
    if (!documents) return documents.error();
    auto agenda = api.meetings->agenda(here->meeting.id);
    if (!agenda) return agenda.error();
    json::array list, items;
    for (const auto& document : *documents)
      if (check_may(DocumentVerb::read, here->who, here->manages, document))
        list.push_back(to_object(document, *here->units));
    for (const auto& item : *agenda)
      items.push_back(
          json::object{{"id", item.id}, {"position", items.size() + 1}, {"title", item.title}});
    json::object body;
    body["documents"] = std::move(list);
    body["agenda"] = std::move(items);
    body["most_bytes"] = api.documents->limits().file;
    return body;
  };
  Result<json::object> body = co_await on_pool(*api.blocking, std::move(load));
  if (!body) co_return body.error();
  co_return json_reply(200, *body);
}

class DocumentUpload final : public signaling::Upload {
 public:
  DocumentUpload(const ApiDependencies& api, InMeeting here,
                 std::unique_ptr<IncomingDocument> incoming)
      : api_(api), here_(std::move(here)), incoming_(std::move(incoming)) {}

  Result<void> write(std::span<const char> piece) override { return incoming_->write(piece); }

  boost::asio::awaitable<Result<HttpResponse>> finish() override {
    auto keep = [this] { return api_.documents->add(*incoming_, here_.actor()); };
    // Looking at one takes seconds: on threads of its own, so that nobody's sign-in waits for it.
    Result<Document> document = co_await on_pool(*api_.inspecting, std::move(keep));
    if (!document) co_return document.error();
    MeetingId id = document->meeting;
    co_await api_.conferences->documents_changed(std::move(id));
    HttpResponse response = json_reply(201, to_object(*document, *here_.units));
    response.headers.set("Location", place_of(*document));
    co_return response;
  }

 private:
  const ApiDependencies& api_;
  InMeeting here_;
  std::unique_ptr<IncomingDocument> incoming_;
};

/// Blocking.
Result<std::unique_ptr<signaling::Upload>> begin_upload(const ApiDependencies& api,
                                                        const RequestContext& context,
                                                        bool delegated,
                                                        std::optional<std::uint64_t> length) {
  auto here = enter(api, context, delegated);
  if (!here) return here.error();
  NewDocument wanted;
  wanted.meeting = here->meeting.id;
  wanted.title = context.request.query_value("title").value_or("");
  const auto item = query_number(context.request, "agenda_item", 0, 1'000'000, 0);
  if (!item) return item.error();
  wanted.agenda_item = static_cast<int>(*item);
  wanted.unit = UnitCode(std::string(context.request.query_value("unit").value_or("")));
  if (wanted.unit.empty())
    wanted.unit = here->who.unit.empty() ? here->meeting.chair : here->who.unit;
  if (auto may = check_may_add(here->who, here->manages, wanted.unit); !may) return may.error();
  if (here->units->find(wanted.unit) == nullptr)
    return make_error(Errc::invalid_argument, "units.unknown",
                      "no such unit in the meeting's catalogue");
  auto incoming = api.documents->begin(std::move(wanted), length);
  if (!incoming) return incoming.error();
  return std::unique_ptr<signaling::Upload>(
      std::make_unique<DocumentUpload>(api, std::move(*here), std::move(*incoming)));
}

Reply change_state(const ApiDependencies& api, const RequestContext& context, DocumentVerb verb,
                   DocumentState state) {
  const bool delegated = co_await ask_delegated(api, context);
  auto change = [&api, &context, delegated, verb, state]() -> Result<json::object> {
    auto found = find_for(api, context, delegated, verb);
    if (!found) return found.error();
    const auto& [here, document] = *found;
    auto changed = api.documents->set_state(here.meeting.id, document.id, state, here.actor());
    if (!changed) return changed.error();
    return to_object(*changed, *here.units);
  };
  Result<json::object> body = co_await on_pool(*api.blocking, std::move(change));
  if (!body) co_return body.error();
  MeetingId id(context.path.get("id"));
  co_await api.conferences->documents_changed(std::move(id));
  co_return json_reply(200, *body);
}

Reply take_back(const ApiDependencies& api, const RequestContext& context) {
  return change_state(api, context, DocumentVerb::take_back, DocumentState::taken_back);
}
Reply give_out(const ApiDependencies& api, const RequestContext& context) {
  return change_state(api, context, DocumentVerb::give_out, DocumentState::available);
}

Reply remove_document(const ApiDependencies& api, const RequestContext& context) {
  const bool delegated = co_await ask_delegated(api, context);
  auto remove = [&api, &context, delegated]() -> Result<void> {
    auto found = find_for(api, context, delegated, DocumentVerb::remove);
    if (!found) return found.error();
    const auto& [here, document] = *found;
    return api.documents->remove(here.meeting.id, document.id, here.actor());
  };
  const Result<void> removed = co_await on_pool(*api.blocking, std::move(remove));
  if (!removed) co_return removed.error();
  MeetingId id(context.path.get("id"));
  co_await api.conferences->documents_changed(std::move(id));
  co_return HttpResponse(204);
}

Reply read_content(const ApiDependencies& api, const RequestContext& context) {
  const bool delegated = co_await ask_delegated(api, context);
  auto open = [&api, &context, delegated]() -> Result<HttpResponse> {
    auto found = find_for(api, context, delegated, DocumentVerb::read);
    if (!found) return found.error();
    const Document& document = found->second;
    auto file = api.documents->open_content(document);
    if (!file) return file.error();
    auto reply =
        file_reply(context.request, std::move(*file), std::string(media_type_of(document.kind)));
    const std::string ending = "." + std::string(name_of(document.kind));
    reply.headers.set("Content-Security-Policy", kSandbox);
    reply.headers.set("Cross-Origin-Resource-Policy", "same-origin");
    // RFC 6266: the plain name for whom the other is too new.
    reply.headers.set("Content-Disposition",
                      "attachment; filename=\"" + document.id.str() + ending +
                          "\"; filename*=UTF-8''" +
                          signaling::percent_encode(document.title + ending));
    reply.headers.set("Cache-Control", "private, no-cache");  // it may be taken back
    return reply;
  };
  Result<HttpResponse> reply = co_await on_pool(*api.blocking, std::move(open));
  co_return reply;
}

/// A site may not fill the log: so many marks at once, then one in ten seconds.
class ShowRate {
 public:
  bool take(const std::string& meeting, const std::string& unit, TimePoint now) {
    const std::lock_guard lock(mutex_);
    if (buckets_.size() > kMost) buckets_.clear();
    return buckets_.try_emplace(meeting + "/" + unit, 20, 0.1).first->second.take(now);
  }

 private:
  static constexpr std::size_t kMost = 10'000;
  std::mutex mutex_;
  std::map<std::string, signaling::TokenBucket> buckets_;
};

Reply mark_shown(const ApiDependencies& api, const RequestContext& context, ShowRate& rate) {
  const auto page = query_number(context.request, "page", 1, kMostPages, 1);
  if (!page) co_return page.error();
  const bool delegated = co_await ask_delegated(api, context);
  auto mark = [&api, &context, &rate, delegated, page = *page]() -> Result<void> {
    auto found = find_for(api, context, delegated, DocumentVerb::show);
    if (!found) return found.error();
    const auto& [here, document] = *found;
    if (!rate.take(document.meeting.str(), here.who.unit.str(), api.clock->now()))
      return make_error(Errc::busy, "document.shown_too_often", "too many marks at once");
    return api.documents->mark_shown(document, static_cast<int>(page), here.actor());
  };
  const Result<void> marked = co_await on_pool(*api.blocking, std::move(mark));
  if (!marked) co_return marked.error();
  co_return HttpResponse(204);
}

}  // namespace

void register_document_routes(signaling::Router& router, const Api& api) {
  const std::string all = "/api/v1/meetings/{id}/documents", one = all + "/{document}";
  router.add(make_route(Method::get, all, api, list_documents));
  auto upload = make_route(Method::post, all, api, nullptr);
  upload.handler = nullptr;
  // A little above what the store takes, so that its own refusal says how much that is.
  upload.body_limit = api->documents->limits().file + 1;
  upload.upload = [api](const RequestContext& context, std::optional<std::uint64_t> length)
      -> boost::asio::awaitable<Result<std::unique_ptr<signaling::Upload>>> {
    const bool delegated = co_await ask_delegated(*api, context);
    auto begin = [&api, &context, delegated, length] {
      return begin_upload(*api, context, delegated, length);
    };
    Result<std::unique_ptr<signaling::Upload>> begun =
        co_await on_pool(*api->blocking, std::move(begin));
    co_return begun;
  };
  router.add(std::move(upload));
  router.add(make_route(Method::get, one + "/content", api, read_content));
  router.add(make_route(Method::del, one, api, remove_document));
  const auto post = [&](const std::string& pattern, Handler handler) {
    auto route = make_route(Method::post, pattern, api, handler);
    route.body_limit = 1024;
    router.add(std::move(route));
  };
  post(one + "/take-back", take_back);
  post(one + "/give-out", give_out);
  auto shown = make_route(Method::post, one + "/shown", api, nullptr);
  shown.body_limit = 1024;
  shown.handler = [api, rate = std::make_shared<ShowRate>()](const RequestContext& context) {
    return mark_shown(*api, context, *rate);
  };
  router.add(std::move(shown));
}

}  // namespace diemcau::mcu
