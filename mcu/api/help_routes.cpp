// Help for the room of a site from the technician's board, by whoever is not in the meeting: the
// message `help`, by REST.

#include "mcu/api/json_body.hpp"
#include "mcu/api/route_families.hpp"
#include "mcu/api/scope.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {
namespace {

using signaling::HelpKind;

constexpr std::size_t kHelpBody = 4 * 1024;
constexpr std::size_t kLongestSeat = 64;

Result<signaling::SendHelp> help_in(const signaling::HttpRequest& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  auto seat = required_text(*body, "seat", kLongestSeat);
  if (!seat) return seat.error();
  auto name = required_text(*body, "kind", 16);
  if (!name) return name.error();
  const auto kind = signaling::help_kind_from(*name);
  if (!kind)
    return make_error(Errc::invalid_argument, "request.bad_body",
                      "field kind must be tone, recheck or message");
  signaling::SendHelp help;
  help.kind = *kind;
  help.seat = std::move(*seat);
  if (*kind != HelpKind::message) return help;
  auto text = required_text(*body, "text", kHelpBody);
  if (!text) return text.error();
  help.text = std::move(*text);
  return help;
}

Reply send_help(const ApiDependencies& api, const signaling::RequestContext& context) {
  auto help = help_in(context.request);
  if (!help) co_return help.error();
  MeetingId meeting(context.path.get("id"));
  signaling::Identity who = *context.who;
  if (Result<void> may = co_await check_door(api, who, meeting); !may) co_return may.error();
  signaling::ClientMessage message = std::move(*help);
  Result<void> sent = co_await api.conferences->command(std::move(meeting), std::move(who),
                                                        ParticipantId{}, std::move(message));
  if (!sent && sent.error().code == "join.first")
    co_return make_error(Errc::conflict, "site.not_connected", "nobody is in this meeting");
  if (!sent) co_return sent.error();
  co_return signaling::HttpResponse(204);
}

}  // namespace

void register_help_routes(signaling::Router& router, const Api& api) {
  auto route = make_route(signaling::Method::post, "/api/v1/meetings/{id}/help", api, send_help);
  route.body_limit = kHelpBody;
  router.add(std::move(route));
}

}  // namespace diemcau::mcu
