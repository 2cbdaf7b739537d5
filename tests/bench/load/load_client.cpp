#include "tests/bench/load/load_client.hpp"

#include <algorithm>
#include <atomic>
#include <map>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/resource.h>

#include "mcu/app/simulate/site_offer.hpp"
#include "tests/bench/load/busy_loop.hpp"
#include "tests/bench/load/http_post.hpp"

namespace diemcau::bench {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;

namespace {
constexpr Duration kTick = 4ms;
constexpr Duration kLongestSettling = 20s;
constexpr media::Size kSizes[] = {{160, 90}, {320, 180}, {640, 360}, {1280, 720}};

asio::awaitable<void> pause(Duration time) {
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           std::chrono::duration_cast<asio::steady_timer::duration>(time));
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

double milliseconds(Duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

/// {"p50": …, "p95": …, "max": …} in milliseconds.
json::object distribution(std::vector<double> ms) {
  if (ms.empty()) return {};
  std::sort(ms.begin(), ms.end());
  const auto rank = [&](double share) {
    return ms[static_cast<std::size_t>(share * static_cast<double>(ms.size() - 1) + 0.5)];
  };
  return {{"p50", rank(0.5)}, {"p95", rank(0.95)}, {"max", ms.back()}};
}

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string text(const json::value& message, std::string_view key) {
  const auto* object = message.if_object();
  const auto* member = object != nullptr ? object->if_contains(key) : nullptr;
  return member != nullptr && member->is_string() ? std::string(member->get_string())
                                                  : std::string();
}

media::DtlsCertificate certificate() {
  auto made = media::DtlsCertificate::generate();
  if (!made) throw std::runtime_error(made.error().detail);
  return std::move(*made);
}
}  // namespace

/// Coded once, sent by all.
struct LoadClient::Loops {
  std::map<int, std::shared_ptr<const mcu::PictureLoop>> pictures;  // by width
  std::shared_ptr<const mcu::SpeechLoop> speech;
};

struct LoadClient::Party {
  std::unique_ptr<LoadPeer> peer;
  bool site = false, speaks = false, camera = false;
  std::unique_ptr<mcu::SignalClient> signal;
  std::string seat;
  int shown_width = -1;
  std::string failure;  // empty: none
  bool asked_server = false;
};

Result<std::unique_ptr<LoadClient>> LoadClient::create(asio::io_context& io, LoadOptions options) {
  std::unique_ptr<LoadClient> client(new LoadClient(io, std::move(options)));
  if (auto prepared = client->prepare(); !prepared) return prepared.error();
  return client;
}

LoadClient::LoadClient(asio::io_context& io, LoadOptions options)
    : io_(io),
      options_(std::move(options)),
      counters_(metrics_),
      certificate_(certificate()),
      room_(options_.coalesced),
      loop_("load", 0, clock_, metrics_),
      rest_(loop_, options_.rest),
      context_{loop_,
               certificate_,
               counters_,
               room_,
               rest_,
               options_.coalesced,
               options_.janus_stream != 0} {}

Result<void> LoadClient::prepare() {
  auto loops = std::make_shared<Loops>();
  if (!options_.site_tokens.empty()) {
    for (const auto size : kSizes) {
      auto made = make_busy_loop(size);
      if (!made) return made.error();
      loops->pictures[size.width] = *made;
    }
    auto speech = mcu::make_speech_loop("Kính thưa chủ tọa, điểm cầu nghe rõ, hình ảnh tốt.", 0);
    if (!speech) return speech.error();
    loops->speech = *speech;
  }
  loops_ = std::move(loops);
  next_tick_ = clock_.now();
  loop_.run_at(next_tick_, [this] { tick(); });
  loop_.start();
  return {};
}

LoadClient::~LoadClient() {
  leave();
  loop_.stop();
}

void LoadClient::tick() {
  const TimePoint now = clock_.now();
  for (auto* peer : ticked_) peer->on_tick(now);
  next_tick_ = std::max(next_tick_ + kTick, now);
  loop_.run_at(next_tick_, [this] { tick(); });
}

LocalPeer LoadClient::local_of(const LoadPeer& peer) const {
  return {peer.ice().ufrag(), peer.ice().password(), peer.port(), certificate_.fingerprint()};
}

std::shared_ptr<LoadClient::Party> LoadClient::add_party(bool site) {
  auto party = std::make_shared<Party>();
  party->site = site;
  const std::size_t number = parties_.size();
  LoadPeer::Options options;
  options.controlling = options_.janus_stream == 0;
  options.number = static_cast<unsigned>(number);
  const auto alike = static_cast<std::size_t>(std::count_if(
      parties_.begin(), parties_.end(), [&](const auto& known) { return known->site == site; }));
  if (!options_.lines.empty())
    options.line = static_cast<double>(options_.lines[alike % options_.lines.size()]);
  if (!site) options.decrypts = alike < options_.decrypting;
  auto peer = LoadPeer::create(context_, options);
  if (peer)
    party->peer = std::move(*peer);
  else
    party->failure = peer.error().detail;
  parties_.push_back(party);
  return party;
}

void LoadClient::fail(const std::shared_ptr<Party>& party, const Error& error) {
  if (party->failure.empty()) party->failure = error.detail.empty() ? error.code : error.detail;
}

void LoadClient::connect(const std::shared_ptr<Party>& party, media::SessionParameters parameters,
                         TimePoint asked) {
  auto given = std::make_shared<media::SessionParameters>(std::move(parameters));
  loop_.post([this, party, given, asked] {
    auto connected = party->peer->connect(std::move(*given), asked);
    if (connected) {
      ticked_.push_back(party->peer.get());
      return;
    }
    asio::post(io_, [this, party, error = connected.error()] { fail(party, error); });
  });
}

// --- receivers -----------------------------------------------------------------------------------

asio::awaitable<LoadClient::Joined> LoadClient::ask_whep(const LoadPeer& peer) {
  HttpAsk ask;
  ask.target = "/whep/" + options_.meeting + "?" + options_.query;
  ask.token = options_.viewer_token;
  ask.content_type = "application/sdp";
  ask.body = write_offer(local_of(peer), Traffic::receives);
  auto answer = co_await http_ask(options_.server, std::move(ask));
  if (!answer) co_return answer.error();
  co_return mcu::read_site_answer(*answer);
}

// The streaming plugin offers; sessions without a poll live on by the configuration of the bench.
asio::awaitable<LoadClient::Joined> LoadClient::ask_janus(const LoadPeer& peer) {
  const auto say = [this](std::string path,
                          json::object message) -> asio::awaitable<Result<json::value>> {
    message["transaction"] = "load";
    HttpAsk ask;
    ask.target = "/janus" + path;
    ask.content_type = "application/json";
    ask.body = json::serialize(message);
    auto reply = co_await http_ask(options_.server, std::move(ask));
    if (!reply) co_return reply.error();
    boost::system::error_code malformed;
    json::value value = json::parse(*reply, malformed);
    if (malformed || text(value, "janus") == "error")
      co_return make_error(Errc::unavailable, "load.janus", *reply);
    co_return value;
  };
  const auto id_in = [](const json::value& reply) {
    return std::to_string(reply.at("data").at("id").to_number<std::uint64_t>());
  };
  // Each message stands in a variable of its own: GCC 12 cannot keep lists in co_await expressions.
  const json::object create{{"janus", "create"}};
  auto session = co_await say("", create);
  if (!session) co_return session.error();
  std::string path = "/" + id_in(*session);
  const json::object attach{{"janus", "attach"}, {"plugin", "janus.plugin.streaming"}};
  auto handle = co_await say(path, attach);
  if (!handle) co_return handle.error();
  const std::string events = path + "?maxev=1";
  path += "/" + id_in(*handle);
  const json::object watch{{"janus", "message"},
                           {"body", {{"request", "watch"}, {"id", options_.janus_stream}}}};
  auto asked = co_await say(path, watch);
  if (!asked) co_return asked.error();
  std::string sdp;
  for (int polls = 0; sdp.empty() && polls < 5; ++polls) {
    HttpAsk poll;
    poll.method = "GET";
    poll.target = "/janus" + events;
    auto event = co_await http_ask(options_.server, std::move(poll));
    if (!event) co_return event.error();
    boost::system::error_code malformed;
    const auto value = json::parse(*event, malformed);
    if (const auto* object = value.if_object(); object != nullptr && object->contains("jsep"))
      sdp = text(object->at("jsep"), "sdp");
  }
  auto offer = mcu::parse_offer(sdp);
  if (!offer) co_return offer.error();
  const json::object start{
      {"janus", "message"},
      {"body", {{"request", "start"}}},
      {"jsep", {{"type", "answer"}, {"sdp", write_answer_to(*offer, local_of(peer))}}}};
  auto started = co_await say(path, start);
  if (!started) co_return started.error();
  media::SessionParameters parameters;
  parameters.remote_ice = offer->ice;
  parameters.remote_fingerprint = offer->fingerprint;
  for (const auto& section : offer->media) {
    media::SlotParameters slot;
    slot.slot = section.kind == "audio" ? media::Slot::audio : media::Slot::main;
    slot.receive = true;
    slot.remote_ssrc = section.ssrc;
    slot.codec.codec = section.kind == "audio" ? media::Codec::opus : media::Codec::h264;
    if (!section.formats.empty()) slot.codec.payload_type = section.formats.front().payload_type;
    parameters.slots.push_back(slot);
  }
  co_return parameters;
}

asio::awaitable<void> LoadClient::receive(std::shared_ptr<Party> party, Duration after) {
  co_await pause(after);
  if (!party->peer) co_return;
  const TimePoint asked = clock_.now();
  party->asked_server = true;
  Joined joined = make_error(Errc::internal, "load.unasked", "");
  if (options_.janus_stream != 0)
    joined = co_await ask_janus(*party->peer);
  else
    joined = co_await ask_whep(*party->peer);
  if (joined)
    connect(party, std::move(*joined), asked);
  else
    fail(party, joined.error());
}

asio::awaitable<json::object> LoadClient::join_receivers(std::size_t count, Duration over) {
  const std::size_t first = parties_.size();
  for (std::size_t i = 0; i < count; ++i) {
    auto party = add_party(false);
    asio::co_spawn(io_, receive(party, over * static_cast<long>(i) / static_cast<long>(count)),
                   asio::detached);
  }
  co_await settle(first, true, over + kLongestSettling);
  co_return summary(first);
}

// --- sites ---------------------------------------------------------------------------------------

asio::awaitable<void> LoadClient::visit(std::shared_ptr<Party> party, std::size_t number,
                                        Duration after) {
  co_await pause(after);
  if (!party->peer) co_return;
  const TimePoint asked = clock_.now();
  party->asked_server = true;
  auto opened = co_await mcu::SignalClient::open(options_.server, options_.meeting,
                                                 options_.site_tokens[number]);
  if (!opened) co_return fail(party, opened.error());
  party->signal = std::move(*opened);
  const Traffic traffic = options_.sites_receive ? Traffic::both : Traffic::sends;
  const json::object join{
      {"type", "join"},
      {"id", 1},
      {"sdp", write_offer(local_of(*party->peer), traffic)},
      {"media", {{"microphone", party->speaks}, {"camera", party->camera}, {"screen", false}}}};
  auto sent = co_await party->signal->write(json::serialize(join));
  if (!sent) co_return fail(party, sent.error());
  while (!leaving_) {
    auto message = co_await party->signal->read();
    if (!message) co_return leaving_ ? void() : fail(party, message.error());
    boost::system::error_code malformed;
    const auto value = json::parse(*message, malformed);
    const auto type = malformed ? std::string() : text(value, "type");
    if (type == "joined") {
      party->seat = text(value, "seat");
      auto parameters = mcu::read_site_answer(text(value, "sdp"));
      if (!parameters) co_return fail(party, parameters.error());
      connect(party, std::move(*parameters), asked);
    } else if (type == "uplink") {
      on_uplink(party, value);
    } else if (type == "closed" || type == "error") {
      fail(party, make_error(Errc::unavailable, text(value, "code"), text(value, "detail")));
    }
  }
}

void LoadClient::on_uplink(const std::shared_ptr<Party>& party, const json::value& message) {
  const auto& camera = message.at("camera").as_object();
  int width = 0, rate = 0;
  if (party->camera && camera.at("active").as_bool()) {
    width = kSizes[std::size(kSizes) - 1].width;
    for (const auto size : kSizes)
      if (camera.at("width").as_int64() <= size.width) {
        width = size.width;
        break;
      }
    rate = static_cast<int>(camera.at("fps").as_int64());
  }
  if (width == party->shown_width) return;
  party->shown_width = width;
  auto loop = width > 0 ? loops_->pictures.at(width) : nullptr;
  // Its transport may still be connecting: then again shortly.
  asio::co_spawn(
      io_,
      [this, party, loop, rate, width]() -> asio::awaitable<void> {
        for (auto done = std::make_shared<std::atomic<bool>>(false);
             !*done && !leaving_ && party->failure.empty() && party->shown_width == width;) {
          loop_.post([this, party, loop, rate, done] {
            auto* publisher = party->peer->publisher();
            if (publisher == nullptr) return;
            publisher->set_picture(loop, rate, clock_.now());
            publisher->set_speech(party->speaks ? loops_->speech : nullptr, clock_.now());
            *done = true;
          });
          co_await pause(20ms);
        }
      },
      asio::detached);
}

asio::awaitable<void> LoadClient::set_stage() {
  if (options_.layout.empty()) co_return;
  json::array pinned;
  std::shared_ptr<Party> chair;
  for (const auto& party : parties_) {
    if (!party->site) continue;
    if (!chair) chair = party;
    if (party->camera && pinned.size() < 25) pinned.push_back(json::value(party->seat));
  }
  if (!chair || !chair->signal) co_return;
  const json::object stage{
      {"type", "stage"}, {"id", 2}, {"layout", options_.layout}, {"pinned", pinned}};
  auto sent = co_await chair->signal->write(json::serialize(stage));
  if (!sent) fail(chair, sent.error());
}

asio::awaitable<json::object> LoadClient::join_sites(Duration over) {
  const std::size_t first = parties_.size();
  const std::size_t count = options_.site_tokens.size();
  for (std::size_t i = 0; i < count; ++i) {
    auto party = add_party(true);
    party->camera = i < options_.cameras;
    // The chair listens; the next ones speak.
    party->speaks = i >= 1 && i <= options_.speakers;
    asio::co_spawn(io_, visit(party, i, over * static_cast<long>(i) / static_cast<long>(count)),
                   asio::detached);
  }
  co_await settle(first, options_.sites_receive, over + kLongestSettling);
  co_await set_stage();
  co_return summary(first);
}

// --- what came of it -----------------------------------------------------------------------------

asio::awaitable<void> LoadClient::settle(std::size_t first, bool need_picture, Duration longest) {
  const TimePoint deadline = clock_.now() + longest;
  for (bool settled = false; !settled && clock_.now() < deadline;) {
    co_await pause(20ms);
    loop_.post_and_wait([&] {
      settled =
          std::all_of(parties_.begin() + static_cast<std::ptrdiff_t>(first), parties_.end(),
                      [&](const auto& party) {
                        if (!party->failure.empty() || party->peer->ended()) return true;
                        return party->peer->connected() &&
                               (!need_picture || party->peer->times().first_picture != TimePoint{});
                      });
    });
  }
}

json::object LoadClient::summary(std::size_t first) {
  std::vector<double> answered, secured, packet, picture;
  std::map<std::string, int> failures;
  std::int64_t connected = 0, failed = 0;
  loop_.post_and_wait([&] {
    for (std::size_t i = first; i < parties_.size(); ++i) {
      const auto& party = *parties_[i];
      if (!party.peer || !party.failure.empty() || !party.peer->connected()) {
        const std::string why = !party.failure.empty()              ? party.failure
                                : party.peer && party.peer->ended() ? party.peer->reason()
                                                                    : "not connected in time";
        ++failures[why.substr(0, 200)];
        ++failed;
        continue;
      }
      ++connected;
      const auto& times = party.peer->times();
      const auto add = [&](std::vector<double>& to, TimePoint at) {
        if (at != TimePoint{}) to.push_back(milliseconds(at - times.asked));
      };
      add(answered, times.answered);
      add(secured, times.secured);
      add(packet, times.first_packet);
      add(picture, times.first_picture);
    }
  });
  json::object why;
  for (const auto& [reason, count] : failures) why[reason] = count;
  const auto pictures = static_cast<std::int64_t>(picture.size());
  return {{"connected", connected},
          {"failed", failed},
          {"failures", why},
          {"pictures", pictures},
          {"answer_ms", distribution(std::move(answered))},
          {"secured_ms", distribution(std::move(secured))},
          {"packet_ms", distribution(std::move(packet))},
          {"picture_ms", distribution(std::move(picture))}};
}

json::object LoadClient::counts() {
  std::int64_t packets = 0, bytes = 0, lost = 0, lost_here = 0, overflowed = 0, reports = 0;
  std::int64_t connected = 0, pictures = 0, sent = 0, ended = 0, most_lost = 0;
  loop_.post_and_wait([&] {
    for (auto* peer : ticked_) {
      packets += peer->packets();
      bytes += peer->bytes();
      pictures += peer->pictures();
      reports += peer->reports();
      connected += peer->connected() ? 1 : 0;
      ended += peer->ended() ? 1 : 0;
      if (auto* publisher = peer->publisher()) sent += publisher->packets();
      overflowed += peer->overflowed();
      (peer->overflowed() > 0 ? lost_here : lost) += peer->lost();
      most_lost = std::max(most_lost, peer->lost());
    }
  });
  return {{"seconds", std::chrono::duration<double>(clock_.now().time_since_epoch()).count()},
          {"processor", processor_seconds()},
          {"connected", connected},
          {"ended", ended},
          {"packets", packets},
          {"bytes", bytes},
          {"pictures", pictures},
          {"lost", lost},
          {"lost_here", lost_here},
          {"most_lost", most_lost},
          {"overflowed", overflowed},
          {"rejected", counters_.rejected_auth.value() + counters_.rejected_malformed.value()},
          {"reports", reports},
          {"sent", sent}};
}

void LoadClient::leave() {
  if (std::exchange(leaving_, true)) return;
  for (const auto& party : parties_)
    if (party->signal) party->signal->cancel();
  loop_.post_and_wait([&] {
    ticked_.clear();
    for (const auto& party : parties_)
      if (party->peer) party->peer->close();
  });
}

}  // namespace diemcau::bench
