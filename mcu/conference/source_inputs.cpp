#include "mcu/conference/source_inputs.hpp"

#include "base/log.hpp"

namespace diemcau::mcu {

using media::Layer;
using media::LayerSwitch;
using media::Slot;

namespace {
Slot slot_of(SourceId source) {
  return Participant::is_screen(source) ? Slot::second : Slot::main;
}
}  // namespace

void SourceInputs::read(const Wanted& wanted, const Participants& all) {
  for (auto it = inputs_.begin(); it != inputs_.end();) {
    if (wanted.contains(it->first)) {
      ++it;
      continue;
    }
    if (const auto owner = all.find(Participant::owner_of(it->first)); owner != all.end())
      for (const Layer layer : {Layer::high, Layer::low})
        owner->second->endpoint->set_ordered_sink(slot_of(it->first), layer, nullptr);
    mixer_.close_input(it->first);
    it = inputs_.erase(it);
  }
  for (const auto& [source, layer] : wanted) {
    const auto owner = all.find(Participant::owner_of(source));
    if (owner == all.end() || !owner->second->connected) continue;
    const auto input = inputs_.find(source);
    if (input == inputs_.end()) {
      open(source, layer, *owner->second);
    } else if (input->second.layers && input->second.layer != layer) {
      input->second.layer = layer;
      input->second.layers->want(layer);
      owner->second->endpoint->request_key_frame(slot_of(source), layer);
    }
  }
}

void SourceInputs::open(SourceId source, Layer layer, Participant& owner) {
  const Slot slot = slot_of(source);
  const auto* parameters = owner.slot(slot);
  if (parameters == nullptr || !parameters->receive) return;
  auto decoder = mixer_.open_input(source, parameters->codec.codec);
  if (!decoder) {
    log::warn("{}: no picture input: {}", owner.seat, decoder.error().detail);
    return;
  }
  Input input;
  if (parameters->simulcast) {
    input.layer = layer;
    const std::weak_ptr<media::Endpoint> endpoint = owner.endpoint;
    input.layers = LayerSwitch::create(parameters->codec.codec, layer, *decoder,
                                       [endpoint, slot](Layer needed) {
                                         if (const auto alive = endpoint.lock())
                                           alive->request_key_frame(slot, needed);
                                       });
    for (const Layer each : {Layer::high, Layer::low})
      owner.endpoint->set_ordered_sink(slot, each, input.layers->port(each));
  } else {
    owner.endpoint->set_ordered_sink(slot, Layer::high, *decoder);
  }
  owner.endpoint->request_key_frame(slot, input.layer);
  inputs_.emplace(source, std::move(input));
}

void SourceInputs::drop(SourceId source) {
  if (inputs_.erase(source) > 0) mixer_.close_input(source);
}

void SourceInputs::request_key_frame(SourceId source, Participant& owner) {
  const auto input = inputs_.find(source);
  const bool layered = input != inputs_.end() && input->second.layers;
  owner.endpoint->request_key_frame(slot_of(source),
                                    layered ? input->second.layers->active() : Layer::high);
}

}  // namespace diemcau::mcu
