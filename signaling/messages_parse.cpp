#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>

#include "signaling/message_reader.hpp"
#include "signaling/message_types.hpp"

namespace diemcau::signaling {
namespace {

namespace json = boost::json;

constexpr std::string_view kLayouts[] = {"auto",          "grid",   "speaker",
                                         "speaker_strip", "slides", "single"};

Error malformed(std::string_view detail) {
  return make_error(Errc::invalid_argument, "message.malformed", detail);
}

ClientMessage read_join(MessageReader& in) {
  Join m;
  m.id = in.id();
  m.sdp = in.text("sdp", kMaxSdp);
  m.media = in.media_inside("media");
  m.display = in.size_if_there("display");
  return m;
}

ClientMessage read_restart(MessageReader& in) {
  Restart m;
  m.id = in.id();
  m.sdp = in.text("sdp", kMaxSdp);
  return m;
}

ClientMessage read_media(MessageReader& in) {
  return Media{in.media()};
}

ClientMessage read_stage(MessageReader& in) {
  SetStage m;
  m.id = in.id();
  m.layout = in.text("layout", 32);
  m.pinned = in.seats("pinned");
  bool known = false;
  for (const auto layout : kLayouts) known = known || layout == m.layout;
  if (!known) in.fail("layout");
  return m;
}

ClientMessage read_mute(MessageReader& in) {
  Mute m;
  m.id = in.id();
  m.seat = in.text("seat", kMaxSeat);
  m.muted = in.flag("muted");
  return m;
}

ClientMessage read_view(MessageReader& in) {
  SetView m;
  m.id = in.id();
  m.second = in.second_inside("second");
  return m;
}

ClientMessage read_text(MessageReader& in) {
  SendText m;
  m.id = in.id();
  m.to = in.text("to", kMaxSeat);
  m.text = in.text("text", kMaxText);
  return m;
}

ClientMessage read_help(MessageReader& in) {
  SendHelp m;
  m.id = in.id();
  m.seat = in.text("seat", kMaxSeat);
  const auto kind = help_kind_from(in.text("kind", 32));
  if (!kind) return in.fail("kind"), m;
  m.kind = *kind;
  if (m.kind == HelpKind::message) m.text = in.text("text", kMaxText);
  return m;
}

ClientMessage read_leave(MessageReader&) {
  return Leave{};
}

ClientMessage read_ping(MessageReader& in) {
  return Ping{in.id()};
}

struct Plain {
  std::string_view type;
  ClientMessage (*read)(MessageReader&);
};
constexpr Plain kPlain[] = {
    {"join", read_join},   {"restart", read_restart}, {"media", read_media}, {"stage", read_stage},
    {"mute", read_mute},   {"view", read_view},       {"text", read_text},   {"help", read_help},
    {"leave", read_leave}, {"ping", read_ping},
};

std::optional<ClientMessage> read(std::string_view type, MessageReader& in) {
  for (const auto& plain : kPlain)
    if (plain.type == type) return plain.read(in);
  return read_control(type, in);
}

}  // namespace

std::vector<std::string> client_message_types() {
  std::vector<std::string> types;
  for (const auto& plain : kPlain) types.emplace_back(plain.type);
  for (auto& type : control_message_types()) types.push_back(std::move(type));
  return types;
}

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
