#include "media/mix/video_decoder.hpp"

#include <atomic>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/media/mix/video/video_support.hpp"

namespace diemcau::media {
namespace {

using namespace testing;

class DecoderTest : public ::testing::TestWithParam<Codec> {
 protected:
  void SetUp() override { open({1920, 1088}); }
  void TearDown() override {
    if (decoder_) decoder_->close();
  }
  void open(Size largest) {
    VideoDecoderOptions options;
    options.source = SourceId{7};
    options.codec = GetParam();
    options.largest = largest;
    options.on_key_frame_needed = [this](SourceId) { ++asked_; };
    decoder_ = *VideoDecoder::create(options, pool_, counters_);
  }
  /// Waits for the next picture.
  PicturePtr next() {
    PicturePtr picture;
    eventually([&] { return decoder_->take(picture); });
    return picture;
  }

  Metrics metrics_;
  std::shared_ptr<VideoMetrics> counters_ = std::make_shared<VideoMetrics>(metrics_);
  DecodePool pool_{"test"};
  std::atomic<int> asked_{0};
  std::shared_ptr<VideoDecoder> decoder_;
  Camera camera_{GetParam()};
};

double psnr_luma(const I420View& a, const I420View& b) {
  double sum = 0;
  for (int y = 0; y < a.height; ++y) {
    for (int x = 0; x < a.width; ++x) {
      const double d = a.data[0][y * a.stride[0] + x] - b.data[0][y * b.stride[0] + x];
      sum += d * d;
    }
  }
  return 10 * std::log10(255.0 * 255 * a.width * a.height / std::max(sum, 1.0));
}

TEST_P(DecoderTest, gives_back_what_was_filmed) {
  auto filmed = solid_buffer({640, 360}, kGrey);
  fill(filmed->span().crop(64, 64, 128, 128), kRed);
  fill(filmed->span().crop(320, 96, 200, 160), kBlue);
  PicturePtr seen;
  for (int i = 0; i < 10; ++i) {
    camera_.film(filmed, *decoder_);
    seen = next();
    ASSERT_TRUE(seen) << "picture " << i << " is kept back";
    EXPECT_EQ(seen->arrived, kStart + i * 40ms);
  }
  ASSERT_EQ(seen->view.width, 640);
  ASSERT_EQ(seen->view.height, 360);
  EXPECT_TRUE(near(at(seen->view, 128, 128), kRed, 8)) << ::testing::PrintToString(1);
  EXPECT_TRUE(near(at(seen->view, 420, 176), kBlue, 8));
  EXPECT_TRUE(near(at(seen->view, 20, 340), kGrey, 8));
  EXPECT_GT(psnr_luma(seen->view, filmed->view()), 34.0);
  EXPECT_EQ(counters_->decodes.value(), 1.0);
}

TEST_P(DecoderTest, follows_a_new_size_in_mid_stream) {
  for (Size size : {Size{640, 360}, Size{320, 180}, Size{426, 240}, Size{640, 360}}) {
    for (int i = 0; i < 3; ++i) {
      camera_.film(solid_buffer(size, kRed), *decoder_);
      auto seen = next();
      ASSERT_TRUE(seen);
      EXPECT_EQ(seen->view.width, size.width);
      EXPECT_EQ(seen->view.height, size.height);
      EXPECT_TRUE(near(at(seen->view, size.width / 2, size.height / 2), kRed, 8));
    }
  }
  EXPECT_FALSE(decoder_->take(*std::make_unique<PicturePtr>()));
}

TEST_P(DecoderTest, latest_picture_wins) {
  const Colour colours[] = {kRed, kGreen, kBlue};
  for (int i = 0; i < 9; ++i) camera_.film(solid_buffer({320, 180}, colours[i % 3]), *decoder_);
  // One more, told apart by its size; everything before it was overtaken or taken.
  camera_.film(solid_buffer({160, 90}, kGreen), *decoder_);
  PicturePtr seen;
  ASSERT_TRUE(eventually([&] { return decoder_->take(seen) && seen->view.width == 160; }));
  EXPECT_FALSE(decoder_->take(seen));
}

TEST_P(DecoderTest, after_a_gap_asks_for_a_key_frame_and_shows_nothing_until_it_comes) {
  camera_.film(solid_buffer({320, 180}, kRed), *decoder_);
  ASSERT_TRUE(next());
  EXPECT_EQ(asked_, 0);
  (void)camera_.code(solid_buffer({320, 180}, kGreen));  // lost on the way
  camera_.send(*camera_.code(solid_buffer({320, 180}, kBlue)), *decoder_, true);
  EXPECT_EQ(asked_, 1);
  camera_.film(solid_buffer({320, 180}, kBlue), *decoder_);
  EXPECT_EQ(asked_, 1) << "paced";
  camera_.film(solid_buffer({320, 180}, kGrey), *decoder_, true);
  auto seen = next();
  ASSERT_TRUE(seen);
  EXPECT_TRUE(near(at(seen->view, 160, 90), kGrey, 8))
      << "the first picture after is the key frame";
  camera_.film(solid_buffer({320, 180}, kRed), *decoder_);
  EXPECT_TRUE(next());
}

TEST_P(DecoderTest, begun_in_the_middle_asks_for_a_key_frame) {
  (void)camera_.code(solid_buffer({320, 180}, kRed));
  camera_.film(solid_buffer({320, 180}, kRed), *decoder_);
  EXPECT_EQ(asked_, 1);
  decoder_->maintain(kStart + 2s);
  EXPECT_EQ(asked_, 1) << "a silent site is not asked again";
  camera_.film(solid_buffer({320, 180}, kRed), *decoder_);
  EXPECT_EQ(asked_, 1) << "too soon";
  decoder_->maintain(kStart + 2s);
  EXPECT_EQ(asked_, 2) << "one that goes on without a key frame is";
  PicturePtr none;
  EXPECT_FALSE(decoder_->take(none));
}

TEST_P(DecoderTest, refuses_pictures_above_the_limit_before_the_decoder) {
  decoder_->close();
  open({320, 192});
  camera_.film(solid_buffer({640, 360}, kRed), *decoder_);
  camera_.film(solid_buffer({640, 360}, kRed), *decoder_);
  ASSERT_TRUE(eventually([&] { return counters_->refused_size.value() >= 1; }));
  camera_.film(solid_buffer({320, 180}, kGreen), *decoder_);
  auto seen = next();
  ASSERT_TRUE(seen) << "a picture within the limit is shown again";
  EXPECT_EQ(seen->view.width, 320);
}

TEST_P(DecoderTest, accepts_a_phone_held_upright) {
  camera_.film(solid_buffer({360, 640}, kRed), *decoder_);
  auto seen = next();
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->view.height, 640);
}

/// Among the seeds are those that make parameters claim reordered pictures and sizes within bounds:
/// libavcodec believes them, and remembers.
TEST_P(DecoderTest, survives_garbage_and_decodes_again_after_it) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    decoder_->close();
    open({1920, 1088});
    std::uint32_t noise = seed;
    for (int i = 0; i < 40; ++i) {
      auto chunk = *camera_.code(solid_buffer({320, 180}, i % 2 ? kBlue : kGreen), i % 7 == 0);
      for (std::size_t b = 12; b < chunk.bytes.size(); ++b) {
        noise = noise * 1664525u + 1013904223u;
        if (noise >> 28 == 0) chunk.bytes[b] ^= static_cast<std::uint8_t>(noise >> 16);
      }
      camera_.send(chunk, *decoder_);
      decoder_->maintain(kStart + (i + 2) * 40ms);
    }
    camera_.send(*camera_.code(solid_buffer({320, 180}, kGrey), true), *decoder_, true);
    ASSERT_TRUE(eventually([&] {
      PicturePtr seen;
      // Garbage that passes for a key frame may be of any size.
      return decoder_->take(seen) && seen->view.width == 320 && seen->view.height == 180 &&
             near(at(seen->view, 160, 90), kGrey, 8);
    })) << "seed "
        << seed << ": " << counters_->decode_dropped.value() << " dropped, "
        << counters_->decoder_restarts.value() << " broken, "
        << counters_->refused_malformed.value() << " malformed, " << counters_->refused_size.value()
        << " too large";
  }
}

TEST_P(DecoderTest, ignores_packets_after_it_was_closed) {
  decoder_->close();
  EXPECT_EQ(counters_->decodes.value(), 0.0);
  camera_.film(solid_buffer({320, 180}, kRed), *decoder_);
  PicturePtr none;
  EXPECT_FALSE(decoder_->take(none));
}

TEST_P(DecoderTest, a_picture_lives_longer_than_its_decoder) {
  camera_.film(solid_buffer({320, 180}, kRed), *decoder_);
  auto seen = next();
  ASSERT_TRUE(seen);
  decoder_->close();
  decoder_.reset();
  EXPECT_TRUE(near(at(seen->view, 160, 90), kRed, 8));
}

INSTANTIATE_TEST_SUITE_P(Both, DecoderTest, ::testing::Values(Codec::h264, Codec::vp8),
                         [](const auto& codec) { return std::string(name_of(codec.param)); });

TEST(VideoDecoder, a_small_vp8_frame_claiming_16383_by_16383_never_reaches_the_decoder) {
  Metrics metrics;
  auto counters = std::make_shared<VideoMetrics>(metrics);
  DecodePool pool("test");
  VideoDecoderOptions options;
  options.codec = Codec::vp8;
  options.on_key_frame_needed = [](SourceId) {};
  auto decoder = *VideoDecoder::create(options, pool, counters);
  Camera camera(Codec::vp8);
  camera.film(solid_buffer({320, 180}, kGreen), *decoder);
  PicturePtr seen;
  ASSERT_TRUE(eventually([&] { return decoder->take(seen); }));

  // RFC 7741 §4.2 descriptor (start of partition 0), then RFC 6386 §9.1: key frame, shown, first
  // partition of 100 bytes, start code, 16383 × 16383.
  std::vector<std::uint8_t> bomb(161, 0);
  bomb[0] = 0x10;
  const std::uint32_t tag = 0u | 1u << 4 | 100u << 5;
  bomb[1] = static_cast<std::uint8_t>(tag);
  bomb[2] = static_cast<std::uint8_t>(tag >> 8);
  bomb[3] = static_cast<std::uint8_t>(tag >> 16);
  bomb[4] = 0x9D, bomb[5] = 0x01, bomb[6] = 0x2A;
  bomb[7] = 0xFF, bomb[8] = 0x3F, bomb[9] = 0xFF, bomb[10] = 0x3F;
  UplinkPacket packet;
  packet.index = 1000;
  packet.timestamp = 4'000'000;
  packet.marker = true;
  packet.payload = bomb;
  packet.arrived = kStart + 1s;
  decoder->on_ordered_packet(packet, false);
  ASSERT_TRUE(eventually([&] { return counters->refused_size.value() == 1; }));
  EXPECT_FALSE(decoder->take(seen));
  EXPECT_EQ(seen->view.width, 320) << "the last good picture stays";
  camera.film(solid_buffer({320, 180}, kRed), *decoder, true);
  EXPECT_TRUE(eventually([&] { return decoder->take(seen); }));
  EXPECT_EQ(counters->decoder_restarts.value(), 0u);
  decoder->close();
}

}  // namespace
}  // namespace diemcau::media
