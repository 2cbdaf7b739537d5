#pragma once
// One decoder fed from one of two layers: the wanted one takes over with its next key frame, and
// until then the other goes on, so that a site called to the stage is seen at once and then sharp.
// Packets come on the site's transport loop; what is wanted is said from any thread.

#include <array>
#include <atomic>
#include <functional>
#include <memory>

#include "base/sequence_checker.hpp"
#include "media/codec/key_frame_detector.hpp"
#include "media/rtp/uplink.hpp"
#include "media/session_parameters.hpp"

namespace diemcau::media {

class LayerSwitch : public std::enable_shared_from_this<LayerSwitch> {
 public:
  /// A layer that was shown and sends nothing for this long leaves its place to the other, without
  /// waiting for a key frame: the decoder asks for one and keeps the last picture meanwhile.
  static constexpr Duration kSilence = std::chrono::milliseconds(700);

  /// A wanted layer that arrives without a key frame is asked for one this often.
  static constexpr Duration kAskAgain = std::chrono::milliseconds(300);

  /// `ask`: a key frame of this layer is needed. On the transport loop; must only post.
  static std::shared_ptr<LayerSwitch> create(Codec codec, Layer first,
                                             std::shared_ptr<OrderedPacketSink> to,
                                             std::function<void(Layer)> ask);

  /// What receives this layer's packets; keeps the switch alive.
  std::shared_ptr<OrderedPacketSink> port(Layer layer);

  // Any thread.
  void want(Layer layer) noexcept { wanted_.store(layer, std::memory_order_relaxed); }
  /// The layer the decoder reads, which needs the key frames it asks for.
  Layer active() const noexcept { return active_.load(std::memory_order_relaxed); }

 private:
  LayerSwitch(Codec codec, Layer first, std::shared_ptr<OrderedPacketSink> to,
              std::function<void(Layer)> ask);
  bool takes_over(Layer layer, bool key, TimePoint arrived) noexcept;
  struct Port;
  void on_packet(Layer layer, const UplinkPacket& packet, bool gap) noexcept;

  const std::shared_ptr<OrderedPacketSink> to_;
  const std::function<void(Layer)> ask_;
  std::atomic<Layer> wanted_, active_;
  // The transport loop's.
  SequenceChecker sequence_;
  std::array<KeyFrameDetector, kLayers> detectors_;
  std::array<TimePoint, kLayers> last_{};
  TimePoint asked_{};
};

}  // namespace diemcau::media
