#include "mcu/app/simulate/simulated_site.hpp"

#include <future>
#include <map>
#include <random>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "base/log.hpp"
#include "signaling/async.hpp"

namespace diemcau::mcu {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;

namespace {
constexpr Duration kTurn = 9s;  // one site speaks at a time
constexpr Duration kLongestPause = 3s;
// Hundreds of halls do not press their buttons in the same moment.
constexpr Duration kBetweenHalls = 40ms;
constexpr std::int64_t kJoin = 1;  // id of `join`; other requests count on from it
constexpr media::Size kThumbnail{160, 90};
constexpr media::Size kSizes[] = {kThumbnail, {320, 180}, {640, 360}, {1280, 720}};

bool my_turn(const SimulatedSiteOptions& options, TimePoint now) {
  return static_cast<unsigned>(now.time_since_epoch() / kTurn) % options.of == options.number;
}

/// Until the next turn begins, whoever's.
Duration until_next_turn(TimePoint now) {
  return kTurn - now.time_since_epoch() % kTurn;
}

asio::awaitable<void> pause(asio::any_io_executor executor, Duration time) {
  asio::steady_timer timer(executor,
                           std::chrono::duration_cast<asio::steady_timer::duration>(time));
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

/// A string member of a message, or empty.
std::string text(const json::value& message, std::string_view key) {
  const auto* object = message.if_object();
  const auto* member = object != nullptr ? object->if_contains(key) : nullptr;
  return member != nullptr && member->is_string() ? std::string(member->get_string())
                                                  : std::string();
}
}  // namespace

SimulatedSite::SimulatedSite(asio::io_context& io, asio::thread_pool& coders,
                             SiteMediaContext media, SimulatedSiteOptions options)
    : strand_(asio::make_strand(io)),
      coders_(coders),
      context_(std::move(media)),
      options_(std::move(options)),
      hall_(options_.number, options_.asks_floor),
      wake_(strand_) {}

SimulatedSite::~SimulatedSite() = default;

template <class F>
auto SimulatedSite::on_loop(F task) {
  using R = std::invoke_result_t<F&>;
  return [](asio::strand<asio::io_context::executor_type> home, media::TransportLoop* loop,
            F work) -> asio::awaitable<R> {
    struct Shared {
      F work;
      std::optional<R> result;
      asio::steady_timer done;
    };
    auto shared = std::make_shared<Shared>(
        Shared{std::move(work), std::nullopt, asio::steady_timer(home, 10s)});
    loop->post([shared, home] {
      auto value = std::make_shared<R>(shared->work());
      asio::post(home, [shared, value] {
        shared->result.emplace(std::move(*value));
        shared->done.cancel();
      });
    });
    boost::system::error_code ignored;
    if (!shared->result)
      co_await shared->done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!shared->result) throw std::runtime_error("the transport loop does not answer");
    co_return std::move(*shared->result);
  }(strand_, context_.loop, std::move(task));
}

void SimulatedSite::start() {
  asio::co_spawn(
      strand_, [self = shared_from_this()] { return self->run(); }, asio::detached);
}

void SimulatedSite::stop() {
  stopping_.store(true);
  std::promise<void> done;
  // Closing the transport says goodbye (close_notify): the server sees a site that left.
  auto bye = [self = shared_from_this()]() -> asio::awaitable<void> {
    if (self->signal_) self->signal_->cancel();
    self->close_media();
    co_return;
  };
  asio::co_spawn(strand_, std::move(bye), [&](const std::exception_ptr&) { done.set_value(); });
  done.get_future().wait_for(std::chrono::seconds(2));
}

asio::awaitable<void> SimulatedSite::run() {
  std::mt19937 random(options_.number + 1);
  Duration wait = 250ms;
  while (!stopping_.load()) {
    Ended ended = Ended::retry;
    try {
      ended = co_await visit();
    } catch (const std::exception& e) {
      log::warn("{}: {}", options_.name, e.what());
    }
    if (connected_.exchange(false)) wait = 250ms;
    close_media();
    signal_.reset();
    if (ended == Ended::for_good || stopping_.load()) co_return;
    // Jitter: a server that restarts must not be met by all sites at the same moment.
    co_await pause(strand_, wait / 2 + wait * static_cast<long>(random() % 1000) / 1000);
    wait = std::min<Duration>(wait * 2, 5s);
  }
}

asio::awaitable<Result<std::string>> SimulatedSite::open_media() {
  const std::weak_ptr<SimulatedSite> weak = weak_from_this();
  auto make = [this, weak]() -> Result<std::string> {
    auto lost = [weak](const std::string&) {
      if (const auto alive = weak.lock())
        asio::post(alive->strand_, [alive] {
          if (alive->signal_) alive->signal_->cancel();
        });
    };
    auto made = SiteMedia::create(context_, std::move(lost), /*layers=*/true);
    if (!made) return made.error();
    media_ = std::move(*made);
    return media_->offer();
  };
  co_return co_await on_loop(std::move(make));
}

void SimulatedSite::close_media() {
  context_.loop->post([self = shared_from_this()] { self->media_.reset(); });
}

asio::awaitable<SimulatedSite::Ended> SimulatedSite::visit() {
  auto opened = co_await SignalClient::open(options_.server, options_.meeting, options_.token);
  if (!opened) {
    log::debug("{}: {}", options_.name, opened.error().detail);
    co_return Ended::retry;
  }
  signal_ = std::move(*opened);
  // The media of this visit send nothing yet, whatever those of the last one did.
  shown_height_ = 0;
  thumbnail_ = false;
  auto offer = co_await open_media();
  if (!offer) {
    log::warn("{}: {}", options_.name, offer.error().detail);
    co_return Ended::retry;
  }
  offer_ = std::move(*offer);
  unsaid_.clear();
  if (!co_await ask_in()) co_return Ended::retry;
  co_return co_await converse();
}

asio::awaitable<Result<void>> SimulatedSite::ask_in() {
  const json::object join{{"type", "join"},
                          {"id", kJoin},
                          {"sdp", offer_},
                          {"media", {{"microphone", false}, {"camera", true}, {"screen", false}}},
                          // Nobody looks at it.
                          {"display", {{"width", 320}, {"height", 180}}}};
  co_return co_await signal_->write(json::serialize(join));
}

asio::awaitable<SimulatedSite::Ended> SimulatedSite::converse() {
  for (;;) {
    auto message = co_await signal_->read();
    if (!message) co_return Ended::retry;
    boost::system::error_code malformed;
    const auto value = json::parse(*message, malformed);
    if (malformed) continue;
    const auto type = text(value, "type");
    if (type == "joined") {
      auto accept = [this, answer = text(value, "sdp")]() -> Result<void> {
        return media_ ? media_->accept(answer)
                      : Result<void>(make_error(Errc::internal, "simulate.gone", "no media"));
      };
      auto accepted = co_await on_loop(std::move(accept));
      if (!accepted) {
        log::warn("{}: {}", options_.name, accepted.error().detail);
        co_return Ended::retry;
      }
      connected_.store(true);
      asio::co_spawn(
          strand_,
          [self = shared_from_this(), signal = signal_] {
            return self->options_.takes_part ? self->take_part(signal) : self->take_turns(signal);
          },
          asio::detached);
    } else if (type == "admitted") {
      if (!co_await ask_in()) co_return Ended::retry;
    } else if (type == "uplink") {
      const auto& camera = value.at("camera").as_object();
      const bool active = camera.at("active").as_bool();
      co_await show_camera(active ? static_cast<int>(camera.at("width").as_int64()) : 0,
                           active ? static_cast<int>(camera.at("height").as_int64()) : 0);
      const auto* thumbnail = camera.if_contains("thumbnail");
      co_await show_thumbnail(thumbnail != nullptr && thumbnail->is_bool() && thumbnail->as_bool());
    } else if (type == "closed") {
      const auto code = text(value, "code");
      // Whoever sits down in this seat keeps it; an ended meeting has nothing to come back to.
      if (code == "replaced" || code == "removed" || code == "ended") co_return Ended::for_good;
    } else if (type == "error") {
      const auto* id = value.as_object().if_contains("id");
      const bool of_join = id == nullptr || !id->is_int64() || id->get_int64() == kJoin;
      // Waiting at the door: `admitted` will come.
      if (of_join && text(value, "code") == "lobby.waiting") continue;
      log::warn("{}: refused: {}", options_.name, text(value, "detail"));
      if (of_join) co_return Ended::retry;
    }
    hear(value);
  }
}

asio::awaitable<std::shared_ptr<const PictureLoop>> SimulatedSite::picture_of(media::Size size) {
  auto& made = pictures_[size.height];
  if (!made) {
    auto draw = [this, size] { return make_picture_loop(options_.name, options_.number, size); };
    auto drawn = co_await signaling::on_pool(coders_, std::move(draw));
    if (!drawn)
      log::warn("{}: {}", options_.name, drawn.error().detail);
    else
      made = *drawn;
  }
  co_return made;
}

asio::awaitable<void> SimulatedSite::show_camera(int width, int height) {
  if (height == shown_height_) co_return;
  shown_height_ = height;
  std::shared_ptr<const PictureLoop> loop;
  if (height > 0) {
    media::Size size = kSizes[std::size(kSizes) - 1];
    for (const auto& step : kSizes)
      if (width <= step.width) {
        size = step;
        break;
      }
    loop = co_await picture_of(size);
    if (shown_height_ != height) co_return;  // another wish came meanwhile
  }
  context_.loop->post([self = shared_from_this(), loop] {
    if (self->media_) self->media_->set_picture(loop);
  });
}

asio::awaitable<void> SimulatedSite::show_thumbnail(bool wanted) {
  if (wanted == thumbnail_) co_return;
  thumbnail_ = wanted;
  std::shared_ptr<const PictureLoop> loop;
  if (wanted) loop = co_await picture_of(kThumbnail);
  if (thumbnail_ != wanted) co_return;
  context_.loop->post([self = shared_from_this(), loop] {
    if (self->media_) self->media_->set_thumbnail(loop);
  });
}

/// Of hundreds most never have their turn: spoken and coded when it comes.
asio::awaitable<bool> SimulatedSite::learn_to_speak() {
  if (speech_) co_return true;
  auto speak = [this] {
    return make_speech_loop("Kính thưa chủ tọa. " + options_.name +
                                " xin báo cáo, điểm cầu nghe rõ, hình ảnh tốt. Xin hết.",
                            options_.number);
  };
  auto made = co_await signaling::on_pool(coders_, std::move(speak));
  if (made)
    speech_ = *made;
  else
    log::error("{}: {}", options_.name, made.error().detail);
  co_return speech_ != nullptr;
}

asio::awaitable<bool> SimulatedSite::speak(bool on, std::shared_ptr<SignalClient> signal) {
  if (on == speaking_) co_return true;
  if (on && !co_await learn_to_speak()) co_return false;
  speaking_ = on;
  const json::object media{
      {"type", "media"}, {"microphone", on}, {"camera", true}, {"screen", false}};
  auto told = co_await signal->write(json::serialize(media));
  if (!told) co_return false;
  context_.loop->post([self = shared_from_this(), on] {
    if (self->media_) self->media_->set_speech(on ? self->speech_ : nullptr);
  });
  co_return true;
}

asio::awaitable<void> SimulatedSite::take_turns(std::shared_ptr<SignalClient> signal) {
  speaking_ = false;
  while (!stopping_.load() && signal == signal_) {
    if (!co_await speak(my_turn(options_, context_.loop->clock().now()), signal)) co_return;
    const auto wait = until_next_turn(context_.loop->clock().now());
    co_await pause(strand_, std::min(wait, kLongestPause));
  }
}

void SimulatedSite::hear(const json::value& message) {
  if (!options_.takes_part) return;
  for (auto& wish : hall_.hear(message)) unsaid_.push_back(std::move(wish));
  if (!unsaid_.empty() || hall_.has_floor() != speaking_) wake_.cancel();
}

asio::awaitable<void> SimulatedSite::take_part(std::shared_ptr<SignalClient> signal) {
  speaking_ = false;
  for (std::int64_t id = kJoin + 1; !stopping_.load() && signal == signal_;) {
    if (!unsaid_.empty()) {
      co_await pause(strand_, kBetweenHalls * options_.number);
      // Its line may have been cut meanwhile: what is unsaid is for the next one.
      if (stopping_.load() || signal != signal_) co_return;
      for (auto& wish : std::exchange(unsaid_, {})) {
        wish["id"] = id++;
        if (!co_await signal->write(json::serialize(wish))) co_return;
      }
    }
    if (!co_await speak(hall_.has_floor(), signal)) co_return;
    if (!unsaid_.empty() || hall_.has_floor() != speaking_) continue;
    wake_.expires_after(kLongestPause);
    boost::system::error_code ignored;
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

}  // namespace diemcau::mcu
