#include "media/rtp/layer_switch.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

/// What the decoder gets: the layer told by its timestamps, and whether behind a gap.
struct Given {
  Layer layer;
  bool gap;
  bool operator==(const Given&) const = default;
};
class Decoder final : public OrderedPacketSink {
 public:
  void on_ordered_packet(const UplinkPacket& packet, bool gap) noexcept override {
    given.push_back({packet.timestamp >= 1'000'000 ? Layer::low : Layer::high, gap});
  }
  std::vector<Given> take() { return std::exchange(given, {}); }
  std::vector<Given> given;
};

class LayerSwitchTest : public testing::Test {
 protected:
  void open(Layer first) {
    layers_ = LayerSwitch::create(Codec::vp8, first, decoder_,
                                  [this](Layer layer) { asked_.push_back(layer); });
    for (const Layer layer : {Layer::high, Layer::low})
      ports_[index_of(layer)] = layers_->port(layer);
  }
  void frame(Layer layer, bool key = false) {
    // VP8: one byte of descriptor, then the frame header with its inverse key bit (RFC 6386 §9.1).
    const std::uint8_t payload[] = {0x10, static_cast<std::uint8_t>(key ? 0 : 1), 0, 0};
    UplinkPacket packet;
    packet.timestamp = (layer == Layer::low ? 1'000'000u : 0u) + ++frames_;
    packet.payload = payload;
    packet.arrived = now_;
    ports_[index_of(layer)]->on_ordered_packet(packet, false);
  }
  void wait(Duration by) { now_ += by; }

  TimePoint now_{std::chrono::hours(1)};
  std::uint32_t frames_ = 0;
  std::shared_ptr<Decoder> decoder_ = std::make_shared<Decoder>();
  std::shared_ptr<LayerSwitch> layers_;
  std::array<std::shared_ptr<OrderedPacketSink>, kLayers> ports_;
  std::vector<Layer> asked_;
};

TEST_F(LayerSwitchTest, the_small_layer_goes_on_until_the_large_ones_key_frame) {
  open(Layer::low);
  frame(Layer::low, true);
  layers_->want(Layer::high);
  frame(Layer::low);
  frame(Layer::high);
  frame(Layer::low);
  EXPECT_EQ(layers_->active(), Layer::low);
  EXPECT_THAT(decoder_->take(), ElementsAre(Given{Layer::low, false}, Given{Layer::low, false},
                                            Given{Layer::low, false}));
  frame(Layer::high, true);
  frame(Layer::low);
  frame(Layer::high);
  EXPECT_EQ(layers_->active(), Layer::high);
  EXPECT_THAT(decoder_->take(), ElementsAre(Given{Layer::high, true}, Given{Layer::high, false}));
}

TEST_F(LayerSwitchTest, a_key_frame_of_the_layer_not_wanted_changes_nothing) {
  open(Layer::high);
  frame(Layer::high, true);
  frame(Layer::low, true);
  EXPECT_THAT(decoder_->take(), ElementsAre(Given{Layer::high, false}));
}

TEST_F(LayerSwitchTest, asks_for_the_key_frame_of_a_wanted_layer_at_once_and_again_in_a_while) {
  open(Layer::low);
  frame(Layer::low, true);
  layers_->want(Layer::high);
  frame(Layer::high);
  EXPECT_THAT(asked_, ElementsAre(Layer::high));
  wait(milliseconds(100));
  frame(Layer::low);
  frame(Layer::high);
  EXPECT_THAT(asked_, ElementsAre(Layer::high));
  wait(milliseconds(200));
  frame(Layer::low);
  frame(Layer::high);
  EXPECT_THAT(asked_, ElementsAre(Layer::high, Layer::high));
}

TEST_F(LayerSwitchTest, whatever_arrives_first_is_shown) {
  open(Layer::high);
  frame(Layer::low, true);
  EXPECT_EQ(layers_->active(), Layer::low);
  frame(Layer::high, true);
  EXPECT_EQ(layers_->active(), Layer::high);
}

TEST_F(LayerSwitchTest, a_layer_that_falls_silent_is_replaced_and_taken_back_when_it_returns) {
  open(Layer::high);
  frame(Layer::high, true);
  wait(LayerSwitch::kSilence - milliseconds(1));
  frame(Layer::low);
  EXPECT_EQ(layers_->active(), Layer::high);
  wait(milliseconds(1));
  frame(Layer::low);
  EXPECT_EQ(layers_->active(), Layer::low);
  EXPECT_THAT(decoder_->take(), ElementsAre(Given{Layer::high, false}, Given{Layer::low, true}));
  frame(Layer::high);
  EXPECT_THAT(asked_, ElementsAre(Layer::high)) << "it is still the wanted one";
  frame(Layer::high, true);
  EXPECT_EQ(layers_->active(), Layer::high);
}

TEST_F(LayerSwitchTest, asks_for_nothing_while_the_wanted_layer_is_shown) {
  open(Layer::high);
  frame(Layer::high);
  frame(Layer::low);
  EXPECT_THAT(asked_, IsEmpty());
}

}  // namespace
}  // namespace diemcau::media
