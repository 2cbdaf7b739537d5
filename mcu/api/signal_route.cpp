// The WebSocket of a page: PROTOCOL.md on one side, the ConferenceService on the other. Messages
// are carried out one after the other, in the order they came.

#include "base/log.hpp"
#include "mcu/api/route_families.hpp"
#include "mcu/api/scope.hpp"
#include "mcu/api/signal_channel.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {
namespace {

using boost::asio::awaitable;
using signaling::ClientMessage;
using signaling::RequestContext;
using signaling::ServerMessage;

constexpr int kMaxMalformedInARow = 10;

/// PROTOCOL.md, "Close codes".
int close_code_for(Errc kind) {
  switch (kind) {
    case Errc::unauthorized:
      return 4401;
    case Errc::forbidden:
      return 4403;
    case Errc::not_found:
      return 4404;
    case Errc::conflict:
      return 1000;  // it is over, or has not begun: nothing to reconnect to
    case Errc::full:
    case Errc::busy:
    case Errc::unavailable:
      return 1013;  // try again later
    default:
      return 1011;
  }
}

class Visit {
 public:
  Visit(const ApiDependencies& api, std::shared_ptr<signaling::WebSocket> socket,
        const RequestContext& context)
      : api_(api),
        socket_(std::move(socket)),
        channel_(std::make_shared<WebSocketChannel>(socket_)),
        meeting_(context.path.get("id")),
        who_(context.who) {}

  awaitable<void> run() {
    if (!who_) {
      refuse_visit(make_error(Errc::unauthorized, "auth.required", "sign in first"));
      co_return;
    }
    if (Result<void> may = co_await check_door(api_, *who_, meeting_); !may) {
      refuse_visit(may.error());
      co_return;
    }
    MeetingId meeting = meeting_;
    signaling::Identity who = *who_;
    std::shared_ptr<SignalChannel> channel = channel_;
    Result<signaling::Welcome> welcome =
        co_await api_.conferences->attach(std::move(meeting), std::move(who), std::move(channel));
    if (!welcome) {
      refuse_visit(welcome.error());
      co_return;
    }
    send(std::move(*welcome));
    try {
      co_await talk();
    } catch (...) {
      api_.conferences->detach(meeting_, channel_);
      throw;
    }
    api_.conferences->detach(meeting_, channel_);
  }

 private:
  awaitable<void> talk() {
    int malformed = 0;
    for (;;) {
      std::optional<std::string> text = co_await socket_->receive();
      if (!text) co_return;
      Result<ClientMessage> message = signaling::parse_client_message(*text);
      if (!message) {
        refuse(signaling::request_id_of(*text), message.error());
        // A newer page may speak of things we do not know; that is no sign of a broken one.
        const bool unknown = message.error().code == "message.unknown_type";
        malformed = unknown ? malformed : malformed + 1;
        if (malformed >= kMaxMalformedInARow) {
          socket_->close(1008, "too many malformed messages");
          co_return;
        }
        continue;
      }
      malformed = 0;
      if (std::holds_alternative<signaling::Leave>(*message)) {
        co_await leave();
        co_return;
      }
      co_await carry_out(std::move(*message));
    }
  }

  awaitable<void> carry_out(ClientMessage message) {
    if (auto* join = std::get_if<signaling::Join>(&message)) {
      co_await carry_out_join(std::move(*join));
    } else if (auto* restart = std::get_if<signaling::Restart>(&message)) {
      co_await carry_out_restart(std::move(*restart));
    } else if (const auto* ping = std::get_if<signaling::Ping>(&message)) {
      send(signaling::Pong{ping->id, signaling::rfc3339(api_.clock->wall())});
    } else {
      co_await carry_out_command(std::move(message));
    }
  }

  awaitable<void> carry_out_join(signaling::Join join) {
    JoinRequest request;
    request.who = *who_;
    request.kind = JoinKind::browser;
    request.offer = std::move(join.sdp);
    request.media = join.media;
    request.display = join.display;
    request.channel = channel_;
    MeetingId meeting = meeting_;
    Result<JoinAnswer> answer =
        co_await api_.conferences->join(std::move(meeting), std::move(request));
    if (!answer) {
      refuse(join.id, answer.error());
      // A page that already has its place keeps it; another has nothing to wait for here.
      if (answer.error().kind == Errc::full && !participant_)
        socket_->close(close_code_for(Errc::full), answer.error().code);
      co_return;
    }
    participant_ = answer->participant;
    send(signaling::Joined{join.id, std::move(answer->sdp), std::move(answer->seat)});
  }

  awaitable<void> carry_out_restart(signaling::Restart restart) {
    if (!participant_) {
      refuse(restart.id, make_error(Errc::conflict, "join.first", "join before restarting"));
      co_return;
    }
    MeetingId meeting = meeting_;
    Result<std::string> sdp = co_await api_.conferences->restart_ice(
        std::move(meeting), participant_, std::move(restart.sdp));
    if (!sdp) {
      refuse(restart.id, sdp.error());
      co_return;
    }
    send(signaling::Restarted{restart.id, std::move(*sdp)});
  }

  awaitable<void> carry_out_command(ClientMessage message) {
    const std::optional<std::int64_t> id = std::visit(
        []<class M>(const M& m) -> std::optional<std::int64_t> {
          if constexpr (requires { m.id; })
            return m.id;
          else
            return std::nullopt;
        },
        message);
    const bool own_media = std::holds_alternative<signaling::Media>(message) ||
                           std::holds_alternative<signaling::SetView>(message);
    if (own_media && !participant_) {
      refuse(id, make_error(Errc::conflict, "join.first", "join before switching media"));
      co_return;
    }
    MeetingId meeting = meeting_;
    signaling::Identity who = *who_;
    Result<void> done = co_await api_.conferences->command(std::move(meeting), std::move(who),
                                                           participant_, std::move(message));
    if (!done)
      refuse(id, done.error());
    else if (id)
      send(signaling::Ok{*id});
  }

  awaitable<void> leave() {
    if (participant_) {
      MeetingId meeting = meeting_;
      Result<void> done = co_await api_.conferences->leave(std::move(meeting), participant_);
      if (!done) log::debug("leave: {}", done.error().code);
    }
    socket_->close(1000, "left");
  }

  void send(const ServerMessage& message) {
    socket_->send(std::make_shared<const std::string>(signaling::to_json(message)));
  }
  void refuse(std::optional<std::int64_t> id, Error error) {
    if (error.kind == Errc::internal || error.kind == Errc::io)
      log::error("a page's request failed: {}: {}", error.code, error.detail);
    send(signaling::Refused{id, std::move(error)});
  }
  /// Before `welcome`: says why, then closes with the code a page can read.
  void refuse_visit(const Error& error) {
    refuse(std::nullopt, error);
    socket_->close(close_code_for(error.kind), error.code);
  }

  const ApiDependencies& api_;
  std::shared_ptr<signaling::WebSocket> socket_;
  std::shared_ptr<WebSocketChannel> channel_;
  MeetingId meeting_;
  std::optional<signaling::Identity> who_;
  ParticipantId participant_;
};

}  // namespace

void register_signal_route(signaling::Router& router, const Api& api) {
  signaling::Route route;
  route.method = signaling::Method::get;
  route.pattern = "/api/v1/meetings/{id}/signal";
  route.websocket = [api](std::shared_ptr<signaling::WebSocket> socket,
                          const RequestContext& context) -> awaitable<void> {
    Visit visit(*api, std::move(socket), context);
    co_await visit.run();
  };
  router.add(std::move(route));
}

}  // namespace diemcau::mcu
