#include "tests/bench/latency/called_site.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace diemcau::bench {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {
std::string text(const json::object& message, std::string_view key) {
  const auto* member = message.if_contains(key);
  return member != nullptr && member->is_string() ? std::string(member->get_string())
                                                  : std::string();
}
bool flag(const json::object& message, std::string_view key) {
  const auto* member = message.if_contains(key);
  return member != nullptr && member->is_bool() && member->as_bool();
}
}  // namespace

void CalledSite::told(std::string failure) {
  if (joined_) std::exchange(joined_, nullptr)(std::move(failure));
}

void CalledSite::start(std::function<void(std::string)> joined) {
  joined_ = std::move(joined);
  asio::co_spawn(
      io_, [this]() { return visit(); },
      [this](const std::exception_ptr& thrown, std::string why) {
        told(thrown ? "signalling broke" : why);
      });
}

asio::awaitable<std::string> CalledSite::visit() {
  auto opened = co_await mcu::SignalClient::open(options_.server, options_.meeting, options_.token);
  if (!opened) co_return opened.error().detail;
  signal_ = std::move(*opened);
  std::string offer;
  context_.loop->post_and_wait([&] {
    auto made = mcu::SiteMedia::create(context_, {}, /*layers=*/true);
    if (!made) return;
    media_ = std::move(*made);
    offer = media_->offer();
  });
  const json::object join{{"type", "join"},
                          {"id", 1},
                          {"sdp", offer},
                          {"media", {{"microphone", true}, {"camera", true}, {"screen", false}}},
                          {"display", {{"width", 320}, {"height", 180}}}};
  auto sent = co_await signal_->write(json::serialize(join));
  if (!sent) co_return sent.error().detail;
  for (;;) {
    auto message = co_await signal_->read();
    if (!message) co_return message.error().detail;
    boost::system::error_code malformed;
    const auto value = json::parse(*message, malformed);
    if (malformed) continue;
    const auto& object = value.as_object();
    const std::string type = text(object, "type");
    if (type == "joined") {
      seat_ = text(object, "seat");
      std::string failure;
      context_.loop->post_and_wait([&] {
        if (auto accepted = media_->accept(text(object, "sdp")); !accepted)
          failure = accepted.error().detail;
        media_->set_speech(options_.voice);
      });
      told(failure);
    } else if (type == "uplink") {
      asio::co_spawn(io_, obey(object.at("camera").as_object()), asio::detached);
    } else if (type == "error" || type == "closed") {
      co_return text(object, "detail");
    }
  }
}

asio::awaitable<void> CalledSite::obey(json::object camera) {
  const bool active = flag(camera, "active"), thumbnail = flag(camera, "thumbnail");
  const bool starts = active && !active_;
  active_ = active;
  if (thumbnail != std::exchange(thumbnail_, thumbnail))
    context_.loop->post([this, loop = thumbnail ? options_.thumbnail : nullptr] {
      if (media_) media_->set_thumbnail(loop);
    });
  if (starts && options_.camera_delay) {
    asio::steady_timer timer(
        io_, std::chrono::duration_cast<asio::steady_timer::duration>(options_.camera_delay()));
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!active_) co_return;
  }
  if (starts || !active)
    context_.loop->post([this, loop = active ? options_.picture : nullptr] {
      if (media_) media_->set_picture(loop);
    });
}

asio::awaitable<bool> CalledSite::say(json::object message) {
  auto sent = co_await signal_->write(json::serialize(message));
  co_return sent.has_value();
}

void CalledSite::hush() {
  context_.loop->post_and_wait([this] { media_->set_speech(nullptr); });
}

void CalledSite::leave() {
  if (signal_) signal_->cancel();
  context_.loop->post_and_wait([this] { media_.reset(); });
}

}  // namespace diemcau::bench
