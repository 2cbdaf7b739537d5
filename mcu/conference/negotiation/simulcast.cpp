#include "mcu/conference/negotiation/simulcast.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace diemcau::mcu {
namespace {

using media::Layer;
using media::rid_of;

/// The part before `separator`, which is taken from `rest` together with it.
std::string_view next(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

/// RFC 8851 §10: letters, digits, "-" and "_".
bool is_rid(std::string_view text) {
  return !text.empty() && text.size() <= kMaxRidBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

/// "h;~l" or "h,x;l": streams by ";", the alternatives of one by ",", the preferred first. Nothing
/// when it is malformed or longer than anybody needs.
std::optional<std::vector<OfferedLayer>> parse_layers(std::string_view list) {
  std::vector<OfferedLayer> layers;
  while (!list.empty()) {
    std::string_view stream = next(list, ';');
    std::string_view preferred = next(stream, ',');
    OfferedLayer layer;
    layer.paused = preferred.starts_with('~');
    if (layer.paused) preferred.remove_prefix(1);
    if (!is_rid(preferred) || layers.size() == kMaxLayers) return std::nullopt;
    layer.rid = preferred;
    layers.push_back(std::move(layer));
  }
  return layers;
}

const OfferedLayer* find(const std::vector<OfferedLayer>& layers, Layer layer) {
  const auto found = std::find_if(layers.begin(), layers.end(),
                                  [&](const auto& l) { return l.rid == rid_of(layer); });
  return found == layers.end() ? nullptr : &*found;
}

}  // namespace

void OfferedSimulcast::read_rid(std::string_view value) {
  OfferedRid rid;
  rid.id = next(value, ' ');
  const auto direction = next(value, ' ');
  if (!is_rid(rid.id) || (direction != "send" && direction != "recv") || rids.size() == kMaxRids)
    return;
  rid.send = direction == "send";
  while (!value.empty()) {
    std::string_view restriction = next(value, ';');
    if (!restriction.starts_with("pt=")) continue;
    restriction.remove_prefix(3);
    while (!restriction.empty() && rid.payload_types.size() < 128) {
      const auto text = next(restriction, ',');
      std::uint8_t type = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), type);
      if (error == std::errc{} && end == text.data() + text.size())
        rid.payload_types.push_back(type);
    }
  }
  rids.push_back(std::move(rid));
}

void OfferedSimulcast::read_simulcast(std::string_view value) {
  OfferedSimulcast read;
  while (!value.empty()) {
    const auto direction = next(value, ' ');
    const auto list = next(value, ' ');
    auto layers = parse_layers(list);
    if (!layers || (direction != "send" && direction != "recv")) return;
    (direction == "send" ? read.send : read.receive) = std::move(*layers);
  }
  send = std::move(read.send);
  receive = std::move(read.receive);
}

bool OfferedSimulcast::sends_our_layers(std::uint8_t payload_type) const {
  const auto offered = [&](Layer layer) {
    return find(send, layer) != nullptr &&
           std::any_of(rids.begin(), rids.end(), [&](const OfferedRid& rid) {
             const auto& types = rid.payload_types;
             return rid.send && rid.id == rid_of(layer) &&
                    (types.empty() ||
                     std::find(types.begin(), types.end(), payload_type) != types.end());
           });
  };
  return offered(Layer::high) && offered(Layer::low);
}

bool OfferedSimulcast::takes_our_layers() const {
  return find(receive, Layer::high) != nullptr && find(receive, Layer::low) != nullptr;
}

std::string write_simulcast(const OfferedSimulcast& offered) {
  std::string rids, list;
  for (const auto& layer : offered.send) {
    if (layer.rid != rid_of(Layer::high) && layer.rid != rid_of(Layer::low)) continue;
    if (rids.find(fmt::format("a=rid:{} ", layer.rid)) != std::string::npos) continue;  // twice
    rids += fmt::format("a=rid:{} recv\r\n", layer.rid);
    list += fmt::format("{}{}{}", list.empty() ? "" : ";", layer.paused ? "~" : "", layer.rid);
  }
  return rids + fmt::format("a=simulcast:recv {}\r\n", list);
}

}  // namespace diemcau::mcu
