#include "media/mix/video_encoder.hpp"

#include <gtest/gtest.h>

#include "media/codec/h264_bitstream.hpp"
#include "media/codec/vp8_bitstream.hpp"
#include "media/rtp/packet_output.hpp"
#include "tests/media/mix/video/video_support.hpp"

namespace diemcau::media {
namespace {

using namespace testing;

struct Setup {
  const char* name;
  Codec codec;
  H264Encoder h264;
};
void PrintTo(const Setup& setup, std::ostream* out) {
  *out << setup.name;
}

class EncoderTest : public ::testing::TestWithParam<Setup> {
 protected:
  void SetUp() override {
    VideoEncoderOptions options;
    options.codec = GetParam().codec;
    options.h264_encoder = GetParam().h264;
    options.epoch = kStart;
    VideoEncoderEvents events;
    events.on_frame = [this](EncodedFramePtr frame) { frames_.on_encoded_frame(frame); };
    events.on_packets = [this](std::unique_ptr<PacketChunk> chunk) {
      std::lock_guard lock(mutex_);
      chunks_.push_back(std::move(chunk));
      changed_.notify_all();
    };
    auto made = VideoEncoder::create(options, std::move(events), counters_);
    ASSERT_TRUE(made) << made.error().detail;
    encoder_ = std::move(*made);
  }
  /// Pushes one moving picture and waits for it to come out: the encoder keeps none back.
  const PacketChunk& push(Size size = {640, 360}) {
    auto picture = solid_buffer(size, kGrey);
    fill(picture->span().crop((pushed_ * 16) % 512, 64, 96, 96), kRed);
    encoder_->push(picture, kStart + pushed_ * 40ms);
    ++pushed_;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 10s,
                      [&] { return chunks_.size() >= static_cast<std::size_t>(pushed_); });
    return *chunks_.at(static_cast<std::size_t>(pushed_) - 1);
  }
  EncodedFramePtr frame(std::size_t i) { return frames_.wait_for(i + 1).at(i); }

  Metrics metrics_;
  std::shared_ptr<VideoMetrics> counters_ = std::make_shared<VideoMetrics>(metrics_);
  Frames frames_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<PacketChunk>> chunks_;
  int pushed_ = 0;
  std::unique_ptr<VideoEncoder> encoder_;
};

TEST_P(EncoderTest, each_picture_leaves_before_the_next_one_comes) {
  for (int i = 0; i < 5; ++i) push();
  EXPECT_EQ(counters_->encode_dropped.value(), 0u);
}

TEST_P(EncoderTest, keeps_the_time_of_the_picture) {
  for (int i = 0; i < 3; ++i) {
    const PacketChunk& chunk = push();
    EXPECT_EQ(chunk.captured, kStart + i * 40ms);
    EXPECT_EQ(frame(static_cast<std::size_t>(i))->captured, kStart + i * 40ms);
    for (const PacketInfo& packet : chunk.packets) {
      EXPECT_EQ(packet.timestamp - chunks_[0]->packets[0].timestamp,
                static_cast<std::uint32_t>(i * 3600));
    }
  }
}

TEST_P(EncoderTest, packets_fit_and_the_last_has_the_marker) {
  for (int i = 0; i < 3; ++i) {
    const PacketChunk& chunk = push();
    ASSERT_FALSE(chunk.packets.empty());
    for (std::size_t p = 0; p < chunk.packets.size(); ++p) {
      EXPECT_LE(chunk.packets[p].size, kMaxRtpPayload);
      EXPECT_GT(chunk.packets[p].size, 0);
      EXPECT_EQ(chunk.packets[p].marker, p + 1 == chunk.packets.size());
      EXPECT_EQ(chunk.packets[p].key_start, i == 0 && p == 0);
    }
  }
}

TEST_P(EncoderTest, makes_key_frames_when_asked_and_only_then) {
  for (int i = 0; i < 300; ++i) {
    if (i == 100) encoder_->force_key_frame();
    EXPECT_EQ(push({320, 180}).packets[0].key_start, i == 0 || i == 100) << i;
    EXPECT_EQ(frame(static_cast<std::size_t>(i))->key, i == 0 || i == 100) << i;
  }
}

TEST_P(EncoderTest, key_frames_say_their_size) {
  for (int i = 0; i < 2; ++i) {
    if (i > 0) encoder_->force_key_frame();
    push();
    const auto& data = frame(static_cast<std::size_t>(i))->data;
    const auto header =
        GetParam().codec == Codec::h264 ? inspect_h264_access_unit(data) : inspect_vp8_frame(data);
    ASSERT_TRUE(header) << header.error().detail;
    EXPECT_TRUE(header->key);
    EXPECT_EQ(header->width, 640);
    EXPECT_NEAR(header->height, 360, 8);  // H.264: coded size, 368
  }
}

TEST_P(EncoderTest, takes_a_new_size_with_a_key_frame) {
  push();
  push();
  const PacketChunk& chunk = push({320, 180});
  EXPECT_TRUE(chunk.packets[0].key_start);
}

INSTANTIATE_TEST_SUITE_P(All, EncoderTest,
                         ::testing::Values(Setup{"openh264", Codec::h264, H264Encoder::openh264},
                                           Setup{"x264", Codec::h264, H264Encoder::x264},
                                           Setup{"vp8", Codec::vp8, H264Encoder::openh264}),
                         [](const auto& setup) { return setup.param.name; });

/// NAL unit types of an access unit, in order (RFC 6184 §1.3).
std::vector<int> nal_types(const std::vector<std::uint8_t>& annexb) {
  std::vector<int> types;
  for (std::size_t i = 0; i + 3 < annexb.size(); ++i) {
    if (annexb[i] == 0 && annexb[i + 1] == 0 && annexb[i + 2] == 1)
      types.push_back(annexb[i + 3] & 31);
  }
  return types;
}

class H264Test : public EncoderTest {};

TEST_P(H264Test, parameter_sets_stand_before_every_idr_once) {
  for (int i = 0; i < 3; ++i) {
    if (i == 2) encoder_->force_key_frame();
    const PacketChunk& chunk = push();
    const auto types = nal_types(frame(static_cast<std::size_t>(i))->data);
    EXPECT_EQ(std::count(types.begin(), types.end(), 7), i == 1 ? 0 : 1) << i;
    EXPECT_EQ(std::count(types.begin(), types.end(), 8), i == 1 ? 0 : 1) << i;
    EXPECT_EQ(std::count(types.begin(), types.end(), 5), i == 1 ? 0 : 1) << i;
    int sps = 0;  // on the wire: alone or in a STAP-A
    for (const PacketInfo& packet : chunk.packets) {
      const auto payload = chunk.payload(packet);
      if ((payload[0] & 31) == 7) ++sps;
      if ((payload[0] & 31) != 24) continue;
      for (std::size_t at = 1; at + 2 < payload.size();) {
        if ((payload[at + 2] & 31) == 7) ++sps;
        at += 2 + (std::size_t{payload[at]} << 8 | payload[at + 1]);
      }
    }
    EXPECT_EQ(sps, i == 1 ? 0 : 1) << i;
  }
}

TEST_P(H264Test, is_constrained_baseline) {
  push();
  const auto& data = frame(0)->data;
  for (std::size_t i = 0; i + 6 < data.size(); ++i) {
    if (data[i] == 0 && data[i + 1] == 0 && data[i + 2] == 1 && (data[i + 3] & 31) == 7) {
      EXPECT_EQ(data[i + 4], 66) << "profile_idc: baseline";
      EXPECT_EQ(data[i + 5] & 0x40, 0x40) << "constraint_set1: constrained";
      return;
    }
  }
  FAIL() << "no SPS";
}

INSTANTIATE_TEST_SUITE_P(Both, H264Test,
                         ::testing::Values(Setup{"openh264", Codec::h264, H264Encoder::openh264},
                                           Setup{"x264", Codec::h264, H264Encoder::x264}),
                         [](const auto& setup) { return setup.param.name; });

TEST(VideoRtpTimestamp, is_90_kHz_of_the_monotonic_clock) {
  EXPECT_EQ(video_rtp_timestamp(TimePoint{1s}), 90'000u);
  EXPECT_EQ(video_rtp_timestamp(TimePoint{40ms}), 3600u);
  const TimePoint late{std::chrono::hours(24 * 365)};
  EXPECT_EQ(video_rtp_timestamp(late + 1s) - video_rtp_timestamp(late), 90'000u);
}

}  // namespace
}  // namespace diemcau::media
