#include "tests/mcu/live/live_page.hpp"

#include <cstdlib>
#include <stdexcept>

namespace diemcau::test {

namespace json = boost::json;

LiveMeeting LiveMeeting::from_environment(std::string_view name) {
  const char* text = std::getenv("DIEMCAU_LIVE");
  if (text == nullptr) throw std::runtime_error("DIEMCAU_LIVE is not set: run by live.py");
  const auto given = json::parse(text);
  LiveMeeting meeting;
  meeting.port = static_cast<std::uint16_t>(given.at("port").as_int64());
  meeting.id = std::string(given.at(name).at("meeting").as_string());
  meeting.tokens = given.at(name).at("tokens").as_object();
  return meeting;
}

std::string LiveMeeting::credentials(const std::string& name) const {
  if (name.empty()) return "";
  return "Authorization: Bearer " + std::string(tokens.at(name).as_string()) + "\r\n";
}

RawResponse LiveMeeting::get(const std::string& path, const std::string& as) const {
  RawClient client(port);
  client.send(request("GET", path, as));
  return client.read();
}

RawResponse LiveMeeting::post(const std::string& path, const std::string& as,
                              const std::string& json) const {
  RawClient client(port);
  client.send(request("POST", path, as + "Content-Type: application/json\r\n", json));
  return client.read();
}

std::string LiveMeeting::sign_in(const std::string& username, const std::string& password) const {
  RawClient client(port);
  const json::object who{{"username", username}, {"password", password}};
  client.send(request("POST", "/api/v1/session", "Content-Type: application/json\r\n",
                      json::serialize(who)));
  const auto answer = client.read();
  const auto cookie = answer.header("set-cookie");
  if (cookie.empty()) throw std::runtime_error("not signed in: " + answer.body);
  return "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n";
}

LivePage::LivePage(const LiveMeeting& meeting, const std::string& credentials)
    : socket_(meeting.port, meeting.signal_path(), credentials) {
  const auto text = socket_.read_until(R"("type":"welcome")");
  if (text.empty()) throw std::runtime_error("no welcome");
  welcome_ = json::parse(text).as_object();
}

std::string LivePage::seat() const {
  return std::string(welcome_.at("self").at("seat").as_string());
}

json::object LivePage::ask(json::object request) {
  const auto id = next_id_++;
  request["id"] = id;
  send(request);
  for (;;) {
    const auto frame = socket_.read();
    if (frame.opcode != 1) return {};
    auto message = json::parse(frame.payload).as_object();
    const auto* answered = message.if_contains("id");
    if (answered != nullptr && answered->is_int64() && answered->as_int64() == id) return message;
    const std::string type(message.at("type").as_string());
    told_[type] = std::move(message);
  }
}

json::object LivePage::told(const std::string& type) const {
  const auto* message = told_.if_contains(type);
  return message != nullptr ? message->as_object() : json::object();
}

std::string LivePage::answer_to(json::object request) {
  const auto answer = ask(std::move(request));
  if (answer.empty()) return "closed";
  const auto& type = answer.at("type").as_string();
  return std::string(type == "error" ? answer.at("code").as_string() : type);
}

LiveMedia::LiveMedia() : loop(0, clock, metrics) {
  auto made = media::DtlsCertificate::generate();
  if (!made) throw std::runtime_error(made.error().detail);
  certificate = std::move(*made);
  loop.start();
  context.loop = &loop;
  context.certificate = &*certificate;
  context.metrics = &metrics;
  context.transport.addresses = {"127.0.0.1"};
  context.transport.tcp = false;
}

LiveSite::LiveSite(const LiveMeeting& meeting, LiveMedia& media, const std::string& credentials)
    : LivePage(meeting, credentials), live_(media) {
  auto ear = Ear::create();
  if (!ear) throw std::runtime_error(ear.error().detail);
  ear_ = *ear;
  std::string offer, failed;
  live_.loop.post_and_wait([&] {
    auto made = mcu::SiteMedia::create(live_.context, {});
    if (!made) return void(failed = made.error().detail);
    media_ = std::move(*made);
    offer = media_->offer();
  });
  const auto joined =
      failed.empty()
          ? ask({{"type", "join"},
                 {"sdp", offer},
                 {"media", {{"microphone", true}, {"camera", false}, {"screen", false}}}})
          : json::object{};
  const auto* answer = joined.if_contains("sdp");
  if (answer == nullptr)
    throw std::runtime_error("not joined: " + failed + json::serialize(joined));
  live_.loop.post_and_wait([&] {
    if (auto accepted = media_->accept(std::string(answer->as_string())); !accepted)
      failed = accepted.error().detail;
    media_->hear(ear_);
  });
  // The mix arrives from the moment the transport is up.
  if (!failed.empty() || ear_->next(960).size() < 960)
    throw std::runtime_error("no sound arrives: " + failed);
}

LiveSite::~LiveSite() {
  live_.loop.post_and_wait([this] { media_.reset(); });
}

void LiveSite::sound(std::shared_ptr<const mcu::SpeechLoop> tone) {
  live_.loop.post_and_wait([&] { media_->set_speech(std::move(tone)); });
}

}  // namespace diemcau::test
