#include "mcu/checks/figures.hpp"

#include <array>
#include <cmath>
#include <span>

#include <boost/json/value.hpp>

namespace diemcau::mcu {

namespace json = boost::json;

namespace {
constexpr std::array<std::string_view, 3> kTransports{"", "udp", "tcp"};
constexpr std::array<std::string_view, 8> kStates{"live", "off",      "denied", "absent",
                                                  "busy", "insecure", "lost",   "failed"};
constexpr std::array<std::string_view, 3> kSpeaker{"unknown", "heard", "unheard"};
constexpr double kMostRate = 1e7;  // kbit/s
constexpr double kMostTime = 1e5;  // ms
constexpr double kSilence = -200;  // dBFS

/// Reads one object field by field; remembers the first that is wrong.
class Reader {
 public:
  explicit Reader(const json::object& from) : from_(&from) {}

  Reader part(std::string_view name) {
    const auto* value = find(name);
    const auto* object = value == nullptr ? nullptr : value->if_object();
    if (object == nullptr) fail(name);
    static const json::object kNone;
    return Reader(object == nullptr ? kNone : *object);
  }
  void number(std::string_view name, double least, double most, std::optional<double>& out) {
    const auto* value = find(name);
    if (value == nullptr) return;
    boost::system::error_code wrong;
    const double read = value->is_number() ? value->to_number<double>(wrong) : NAN;
    if (wrong || !(read >= least && read <= most)) return fail(name);
    out = read;
  }
  void number(std::string_view name, double least, double most, double& out) {
    std::optional<double> read;
    number(name, least, most, read);
    out = read.value_or(out);
  }
  void flag(std::string_view name, bool& out) {
    const auto* value = find(name);
    if (value == nullptr) return;
    const bool* read = value->if_bool();
    if (read == nullptr) return fail(name);
    out = *read;
  }
  void word(std::string_view name, std::span<const std::string_view> known, std::string& out) {
    const auto* value = find(name);
    if (value == nullptr) return;
    const auto* read = value->if_string();
    for (const auto each : known)
      if (read != nullptr && std::string_view(read->data(), read->size()) == each) {
        out = each;
        return;
      }
    fail(name);
  }
  void fail(std::string_view name) {
    if (wrong_.empty()) wrong_ = name;
  }
  const std::string& wrong() const { return wrong_; }

 private:
  const json::value* find(std::string_view name) const {
    const auto* value = from_->if_contains({name.data(), name.size()});
    return value == nullptr || value->is_null() ? nullptr : value;
  }
  const json::object* from_;
  std::string wrong_;
};

json::value value_of(const std::optional<double>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}
}  // namespace

Result<CheckFigures> figures_from(const json::object& body) {
  CheckFigures out;
  Reader all(body);
  all.flag("connected", out.connected);
  all.word("transport", kTransports, out.transport);
  all.number("up_kbps", 0, kMostRate, out.up);
  all.number("down_kbps", 0, kMostRate, out.down);
  all.number("loss_up", 0, 100, out.loss_up);
  all.number("loss_down", 0, 100, out.loss_down);
  all.number("round_trip_ms", 0, kMostTime, out.round_trip);
  all.number("jitter_ms", 0, kMostTime, out.jitter);
  all.word("speaker", kSpeaker, out.speaker);

  Reader camera = all.part("camera");
  double width = 0, height = 0;
  camera.word("state", kStates, out.camera.state);
  camera.number("width", 0, 16'384, width);
  camera.number("height", 0, 16'384, height);
  camera.number("fps", 0, 1'000, out.camera.fps);
  camera.number("brightness", 0, 255, out.camera.brightness);
  camera.number("contrast", 0, 255, out.camera.contrast);
  camera.number("motion", 0, 255, out.camera.motion);
  out.camera.width = static_cast<int>(width);
  out.camera.height = static_cast<int>(height);

  Reader microphone = all.part("microphone");
  microphone.word("state", kStates, out.microphone.state);
  microphone.number("peak", kSilence, 20, out.microphone.peak);
  microphone.number("speech", kSilence, 20, out.microphone.speech);
  microphone.number("pauses", kSilence, 20, out.microphone.pauses);
  microphone.number("clipped", 0, 100, out.microphone.clipped);

  Reader echo = all.part("echo");
  echo.flag("measured", out.echo.measured);
  echo.number("likeness", 0, 1, out.echo.likeness);
  echo.number("level", kSilence, 100, out.echo.level);
  echo.number("delay_ms", 0, kMostTime, out.echo.delay);

  for (const Reader* each : {&all, &camera, &microphone, &echo})
    if (!each->wrong().empty())
      return make_error(Errc::invalid_argument, "check.bad_figures",
                        "field " + each->wrong() + " is not what it should be");
  return out;
}

json::object to_json(const CheckFigures& f) {
  return {{"connected", f.connected},
          {"transport", f.transport},
          {"up_kbps", value_of(f.up)},
          {"down_kbps", value_of(f.down)},
          {"loss_up", value_of(f.loss_up)},
          {"loss_down", value_of(f.loss_down)},
          {"round_trip_ms", value_of(f.round_trip)},
          {"jitter_ms", value_of(f.jitter)},
          {"camera", json::object{{"state", f.camera.state},
                                  {"width", f.camera.width},
                                  {"height", f.camera.height},
                                  {"fps", f.camera.fps},
                                  {"brightness", value_of(f.camera.brightness)},
                                  {"contrast", value_of(f.camera.contrast)},
                                  {"motion", value_of(f.camera.motion)}}},
          {"microphone", json::object{{"state", f.microphone.state},
                                      {"peak", value_of(f.microphone.peak)},
                                      {"speech", value_of(f.microphone.speech)},
                                      {"pauses", value_of(f.microphone.pauses)},
                                      {"clipped", value_of(f.microphone.clipped)}}},
          {"speaker", f.speaker},
          {"echo", json::object{{"measured", f.echo.measured},
                                {"likeness", f.echo.likeness},
                                {"level", f.echo.level},
                                {"delay_ms", f.echo.delay}}}};
}

}  // namespace diemcau::mcu
