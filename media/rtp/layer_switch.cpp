#include "media/rtp/layer_switch.hpp"

#include <algorithm>
#include <utility>

namespace diemcau::media {

struct LayerSwitch::Port final : OrderedPacketSink {
  Port(std::shared_ptr<LayerSwitch> o, Layer l) : owner(std::move(o)), layer(l) {}
  void on_ordered_packet(const UplinkPacket& packet, bool gap) noexcept override {
    owner->on_packet(layer, packet, gap);
  }
  const std::shared_ptr<LayerSwitch> owner;
  const Layer layer;
};

LayerSwitch::LayerSwitch(Codec codec, Layer first, std::shared_ptr<OrderedPacketSink> to,
                         std::function<void(Layer)> ask)
    : to_(std::move(to)),
      ask_(std::move(ask)),
      wanted_(first),
      active_(first),
      detectors_{KeyFrameDetector(codec), KeyFrameDetector(codec)} {}

std::shared_ptr<LayerSwitch> LayerSwitch::create(Codec codec, Layer first,
                                                 std::shared_ptr<OrderedPacketSink> to,
                                                 std::function<void(Layer)> ask) {
  return std::shared_ptr<LayerSwitch>(new LayerSwitch(codec, first, std::move(to), std::move(ask)));
}

std::shared_ptr<OrderedPacketSink> LayerSwitch::port(Layer layer) {
  return std::make_shared<Port>(shared_from_this(), layer);
}

bool LayerSwitch::takes_over(Layer layer, bool key, TimePoint arrived) noexcept {
  const Layer active = active_.load(std::memory_order_relaxed);
  if (arrived - last_[index_of(active)] >= kSilence) return true;
  if (layer != wanted_.load(std::memory_order_relaxed)) return false;
  if (key) return true;
  if (arrived - asked_ >= kAskAgain) {
    asked_ = arrived;
    ask_(layer);
  }
  return false;
}

void LayerSwitch::on_packet(Layer layer, const UplinkPacket& packet, bool gap) noexcept {
  DIEMCAU_RUN_ON(sequence_);
  TimePoint& last = last_[index_of(layer)];
  last = std::max(last, packet.arrived);
  const bool key = detectors_[index_of(layer)].starts_key_frame(packet.timestamp, packet.payload);
  const Layer active = active_.load(std::memory_order_relaxed);
  if (layer != active) {
    if (!takes_over(layer, key, packet.arrived)) return;
    active_.store(layer, std::memory_order_relaxed);
    gap = true;  // what the decoder has of the other layer's last frame is not continued
  }
  to_->on_ordered_packet(packet, gap);
}

}  // namespace diemcau::media
