#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>

#include "signaling/message_reader.hpp"

namespace diemcau::signaling {
namespace {

namespace json = boost::json;

constexpr std::string_view kLayouts[] = {"auto",          "grid",   "speaker",
                                         "speaker_strip", "slides", "single"};

Error malformed(std::string_view detail) {
  return make_error(Errc::invalid_argument, "message.malformed", detail);
}

std::optional<ClientMessage> read(std::string_view type, MessageReader& in) {
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
  if (type == "text") {
    SendText m;
    m.id = in.id();
    m.to = in.text("to", kMaxSeat);
    m.text = in.text("text", kMaxText);
    return m;
  }
  if (type == "leave") return Leave{};
  if (type == "ping") {
    Ping m;
    m.id = in.id();
    return m;
  }
  return read_control(type, in);
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
  MessageReader reader(*object);
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
