#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>

#include "signaling/messages.hpp"

namespace diemcau::signaling {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxPinned = 25;
constexpr std::size_t kMaxSeat = 64;
constexpr std::int64_t kMaxPixels = 16384, kMaxPage = 999;
constexpr std::int64_t kMaxId = (std::int64_t{1} << 53) - 1;  // what JavaScript can hold
constexpr std::string_view kLayouts[] = {"auto",          "grid",   "speaker",
                                         "speaker_strip", "slides", "single"};

/// Takes fields one by one and remembers the first that is wrong.
class Reader {
 public:
  explicit Reader(const json::object& object) : object_(object) {}

  std::int64_t id() {
    const auto* value = required("id");
    const std::int64_t* number = value != nullptr ? value->if_int64() : nullptr;
    if (number == nullptr || *number < 1 || *number > kMaxId) return fail("id"), 0;
    return *number;
  }
  std::string text(std::string_view name, std::size_t limit) {
    const auto* value = required(name);
    return value != nullptr ? text_of(*value, name, limit) : std::string();
  }
  bool flag(std::string_view name) {
    const auto* value = required(name);
    const bool* flag = value != nullptr ? value->if_bool() : nullptr;
    if (flag == nullptr) return fail(name), false;
    return *flag;
  }
  MediaState media() { return {flag("microphone"), flag("camera"), flag("screen")}; }
  MediaState media_inside(std::string_view name) {
    const auto* value = required(name);
    const auto* object = value != nullptr ? value->if_object() : nullptr;
    if (object == nullptr) return fail(name), MediaState{};
    Reader inner(*object);
    const MediaState media = inner.media();
    if (!inner.wrong_.empty()) fail(inner.wrong_);
    return media;
  }
  std::optional<PictureSize> size_if_there(std::string_view name) {
    const auto* value = object_.if_contains({name.data(), name.size()});
    if (value == nullptr) return std::nullopt;
    const auto* object = value->if_object();
    if (object == nullptr) return fail(name), std::nullopt;
    Reader inner(*object);
    const PictureSize size{inner.number("width", 1, kMaxPixels),
                           inner.number("height", 1, kMaxPixels)};
    if (!inner.wrong_.empty()) fail(name);
    return size;
  }
  SecondPicture second_inside(std::string_view name) {
    const auto* value = required(name);
    const auto* object = value != nullptr ? value->if_object() : nullptr;
    if (object == nullptr) return fail(name), SecondPicture{};
    Reader inner(*object);
    SecondPicture second;
    const auto kind = inner.text("kind", 32);
    if (kind == name_of(SecondKind::site)) {
      second.kind = SecondKind::site;
      second.seat = inner.text("seat", kMaxSeat);
    } else if (kind == name_of(SecondKind::wall)) {
      second.kind = SecondKind::wall;
      second.page = inner.number("page", 0, kMaxPage);
    } else if (kind != name_of(SecondKind::slides)) {
      inner.fail("kind");
    }
    if (!inner.wrong_.empty()) fail(inner.wrong_);
    return second;
  }
  std::vector<std::string> seats(std::string_view name) {
    std::vector<std::string> out;
    const auto* value = required(name);
    const auto* array = value != nullptr ? value->if_array() : nullptr;
    if (array == nullptr || array->size() > kMaxPinned) return fail(name), out;
    for (const auto& item : *array) out.push_back(text_of(item, name, kMaxSeat));
    return out;
  }
  void fail(std::string_view name) {
    if (wrong_.empty()) wrong_ = name;
  }
  const std::string& wrong() const noexcept { return wrong_; }

 private:
  int number(std::string_view name, std::int64_t least, std::int64_t most) {
    const auto* value = required(name);
    const std::int64_t* number = value != nullptr ? value->if_int64() : nullptr;
    if (number == nullptr || *number < least || *number > most) return fail(name), 0;
    return static_cast<int>(*number);
  }
  const json::value* required(std::string_view name) {
    const auto* value = object_.if_contains({name.data(), name.size()});
    if (value == nullptr) fail(name);
    return value;
  }
  std::string text_of(const json::value& value, std::string_view name, std::size_t limit) {
    const auto* text = value.if_string();
    if (text == nullptr || text->empty() || text->size() > limit) return fail(name), std::string();
    return {text->data(), text->size()};
  }

  const json::object& object_;
  std::string wrong_;
};

Error malformed(std::string_view detail) {
  return make_error(Errc::invalid_argument, "message.malformed", detail);
}

std::optional<ClientMessage> read(std::string_view type, Reader& in) {
  if (type == "join") {
    Join m;
    m.id = in.id();
    m.sdp = in.text("sdp", kMaxSdp);
    m.media = in.media_inside("media");
    m.display = in.size_if_there("display");
    return m;
  }
  if (type == "restart") {
    Restart m;
    m.id = in.id();
    m.sdp = in.text("sdp", kMaxSdp);
    return m;
  }
  if (type == "media") {
    Media m;
    m.media = in.media();
    return m;
  }
  if (type == "stage") {
    SetStage m;
    m.id = in.id();
    m.layout = in.text("layout", 32);
    m.pinned = in.seats("pinned");
    bool known = false;
    for (const auto layout : kLayouts) known = known || layout == m.layout;
    if (!known) in.fail("layout");
    return m;
  }
  if (type == "mute") {
    Mute m;
    m.id = in.id();
    m.seat = in.text("seat", kMaxSeat);
    m.muted = in.flag("muted");
    return m;
  }
  if (type == "view") {
    SetView m;
    m.id = in.id();
    m.second = in.second_inside("second");
    return m;
  }
  if (type == "leave") return Leave{};
  if (type == "ping") {
    Ping m;
    m.id = in.id();
    return m;
  }
  return std::nullopt;
}

}  // namespace

Result<ClientMessage> parse_client_message(std::string_view text) {
  if (text.size() > kMaxClientMessage)
    return make_error(Errc::too_large, "message.too_large", "a message may have 256 KiB");
  json::parse_options options;
  options.max_depth = kMaxMessageDepth;
  json::monotonic_resource memory;
  json::parser parser(&memory, options);
  boost::system::error_code error;
  parser.write(text.data(), text.size(), error);
  if (error) return malformed("not a JSON text: " + error.message());
  const json::value value = parser.release();
  const auto* object = value.if_object();
  if (object == nullptr) return malformed("not an object");
  const auto* type = object->if_contains("type");
  const auto* name = type != nullptr ? type->if_string() : nullptr;
  if (name == nullptr || name->size() > 32) return malformed("type");
  Reader reader(*object);
  auto message = read({name->data(), name->size()}, reader);
  if (!message)
    return make_error(Errc::invalid_argument, "message.unknown_type",
                      "no such message type is known");
  if (!reader.wrong().empty()) return malformed("field " + reader.wrong());
  return std::move(*message);
}

std::optional<std::int64_t> request_id_of(std::string_view text) {
  if (text.size() > kMaxClientMessage) return std::nullopt;
  json::parse_options options;
  options.max_depth = kMaxMessageDepth;
  json::monotonic_resource memory;
  json::parser parser(&memory, options);
  boost::system::error_code error;
  parser.write(text.data(), text.size(), error);
  if (error) return std::nullopt;
  const json::value value = parser.release();
  const auto* object = value.if_object();
  const auto* id = object != nullptr ? object->if_contains("id") : nullptr;
  const std::int64_t* number = id != nullptr ? id->if_int64() : nullptr;
  if (number == nullptr || *number < 1 || *number > kMaxId) return std::nullopt;
  return *number;
}

}  // namespace diemcau::signaling
