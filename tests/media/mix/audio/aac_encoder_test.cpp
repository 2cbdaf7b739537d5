// The recorder's sound: decoded by another implementation (avdec_aac), it must be the same tone
// at the moments the frames claim.

#include "media/mix/aac_encoder.hpp"

#include <atomic>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "media/gst/app_sink.hpp"
#include "media/gst/app_source.hpp"
#include "media/mix/audio_mixer_impl.hpp"
#include "tests/media/mix/audio/simulated_microphone.hpp"

namespace diemcau::media {
namespace {

using diemcau::test::find_pattern;
using diemcau::test::level_db;
using diemcau::test::tone_level_db;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Decodes raw access units with GStreamer's avdec_aac; every frame gives 1 024 samples.
std::vector<float> decode(const std::vector<EncodedFramePtr>& frames) {
  std::mutex mutex;
  std::condition_variable more;
  std::vector<float> sound;
  auto pipeline = *gst::Pipeline::parse(
      "appsrc name=in ! avdec_aac ! audioconvert ! audio/x-raw,format=F32LE,channels=1"
      " ! appsink name=out",
      [](const std::string& what) { ADD_FAILURE() << what; });
  gst::AppSink sink(*pipeline, "out", [&](gst::Ptr<GstSample> sample) {
    const gst::MappedBuffer map(gst_sample_get_buffer(sample.get()));
    const std::lock_guard lock(mutex);
    const auto* begin = reinterpret_cast<const float*>(map.bytes().data());
    sound.insert(sound.end(), begin, begin + map.bytes().size() / sizeof(float));
    more.notify_all();
  });
  gst::AppSource source(*pipeline, "in", frames.size() + 1, gst::Drop::newest);
  GstBuffer* config = gst_buffer_new_memdup(frames.front()->codec_config.data(),
                                            frames.front()->codec_config.size());
  source.set_caps(gst::adopt(gst_caps_new_simple(
      "audio/mpeg", "mpegversion", G_TYPE_INT, 4, "stream-format", G_TYPE_STRING, "raw", "framed",
      G_TYPE_BOOLEAN, TRUE, "rate", G_TYPE_INT, 48'000, "channels", G_TYPE_INT, 1, "codec_data",
      GST_TYPE_BUFFER, config, nullptr)));
  gst_buffer_unref(config);
  EXPECT_TRUE(pipeline->play().has_value());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    GstBuffer* buffer = gst_buffer_new_memdup(frames[i]->data.data(), frames[i]->data.size());
    GST_BUFFER_PTS(buffer) = gst_util_uint64_scale(i * 1'024, GST_SECOND, 48'000);
    EXPECT_EQ(source.push(gst::adopt(buffer)), gst::AppSource::Pushed::taken);
  }
  std::unique_lock lock(mutex);
  // The decoder may hold its last frame back.
  EXPECT_TRUE(more.wait_for(lock, seconds(20),
                            [&] { return sound.size() >= (frames.size() - 2) * 1'024; }));
  lock.unlock();
  pipeline->stop();
  return sound;
}

struct Encoding {
  std::unique_ptr<AacEncoder> encoder = *AacEncoder::create(96'000);
  TimePoint start{std::chrono::hours(1) + milliseconds(3)};
  TimePoint now = start;
  std::vector<EncodedFramePtr> frames;
  std::size_t pushed = 0, received = 0;  // blocks, frames

  void push(std::span<const float> samples) {
    for (std::size_t at = 0; at + kTickSamples <= samples.size(); at += kTickSamples) {
      AudioBlock block;
      std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(at), kTickSamples, block.begin());
      ASSERT_TRUE(encoder->push(block, now));
      now += milliseconds(20);
      ++pushed;
      // Its entrance is bounded; a meeting pushes in real time, this test as fast as it may.
      ASSERT_TRUE(until([&] { return received + 24 >= pushed * kTickSamples / 1'024; }));
    }
  }
  void drain() {
    encoder->drain([this](EncodedFramePtr f) {
      frames.push_back(std::move(f));
      ++received;
    });
  }
  template <class Condition>
  bool until(Condition met) {
    const auto deadline = std::chrono::steady_clock::now() + seconds(20);
    for (drain(); !met() && std::chrono::steady_clock::now() < deadline; drain())
      std::this_thread::yield();
    return met();
  }
  /// Until `n` frames are there, or a deadline.
  bool wait_for(std::size_t n) {
    return until([&] { return frames.size() >= n; });
  }
};

TEST(AacEncoder, frames_decode_to_the_same_sound_at_the_time_they_claim) {
  Encoding e;
  // A burst of changing pitch can be found in only one place.
  std::vector<float> sound(96'000, 0.0F);
  std::vector<float> burst(4'800);
  double phase = 0;
  for (std::size_t i = 0; i < burst.size(); ++i) {
    phase += (300 + static_cast<double>(i) * 0.3) * 2 * 3.14159265 / 48'000;
    burst[i] = static_cast<float>(0.5 * std::sin(phase));
  }
  constexpr std::size_t kAt = 48'000;
  std::copy(burst.begin(), burst.end(), sound.begin() + kAt);
  e.push(sound);
  ASSERT_TRUE(e.wait_for(90));
  const auto decoded = decode(e.frames);
  const auto found = find_pattern(std::span(decoded).subspan(40'000, 20'000), burst);
  ASSERT_TRUE(found);
  // The decoder's output begins at the first frame's `captured`.
  const Duration claimed = e.frames.front()->captured +
                           to_duration(static_cast<std::int64_t>(40'000 + *found)) - e.start;
  const Duration truth = to_duration(kAt);
  EXPECT_LT(std::abs((claimed - truth).count()), 1'000'000)
      << "off by " << (claimed - truth).count() / 1000 << " us";
}

TEST(AacEncoder, frames_follow_each_other_exactly_and_carry_their_configuration) {
  Encoding e;
  diemcau::test::ToneGenerator tone(700, 0.4);
  e.push(tone.take(96'000));
  ASSERT_TRUE(e.wait_for(90));
  for (std::size_t i = 0; i < e.frames.size(); ++i) {
    EXPECT_EQ(e.frames[i]->captured,
              e.start + to_duration(-1'024) + to_duration(static_cast<std::int64_t>(i) * 1'024));
    // ISO/IEC 14496-3 §1.6.2.1: object type 2 (LC), frequency index 3 (48 kHz), one channel.
    ASSERT_GE(e.frames[i]->codec_config.size(), 2u);
    EXPECT_EQ(e.frames[i]->codec_config[0], 0x11);
    EXPECT_EQ(e.frames[i]->codec_config[1] & 0xF8, 0x88);
    EXPECT_EQ(e.frames[i]->codec, Codec::aac);
    EXPECT_TRUE(e.frames[i]->key);
  }
  const auto decoded = decode(e.frames);
  EXPECT_NEAR(tone_level_db(std::span(decoded).subspan(10'000, 48'000), 700), -8, 0.5);
}

TEST(AacEncoder, a_short_hole_becomes_silence_and_shifts_nothing) {
  Encoding e;
  diemcau::test::ToneGenerator tone(700, 0.4);
  e.push(tone.take(48'000));
  e.now += milliseconds(200);
  e.push(tone.take(48'000));
  ASSERT_TRUE(e.wait_for(100));
  const auto decoded = decode(e.frames);
  // Sample 0 of what was pushed is sample 1 024 of what is decoded.
  EXPECT_LT(level_db(std::span(decoded).subspan(1'024 + 48'000 + 1'500, 6'000)), -60);
  EXPECT_GT(level_db(std::span(decoded).subspan(1'024 + 48'000 + 9'600 + 500, 6'000)), -10);
}

TEST(AacEncoder, stops_and_starts_anew) {
  Encoding e;
  diemcau::test::ToneGenerator tone(700, 0.4);
  e.push(tone.take(48'000));
  ASSERT_TRUE(e.wait_for(40));
  e.encoder->stop();
  EXPECT_FALSE(e.encoder->running());
  e.frames.clear();
  e.now += seconds(30);
  e.start = e.now;
  e.push(tone.take(48'000));
  ASSERT_TRUE(e.wait_for(40));
  EXPECT_EQ(e.frames.front()->captured, e.start + to_duration(-1'024));
}

struct FrameReader final : EncodedFrameReader {
  std::atomic<int> frames{0};
  void on_encoded_frame(const EncodedFramePtr&) noexcept override { ++frames; }
};

TEST(AudioMixerAac, is_made_only_while_somebody_records) {
  Metrics metrics;
  ManualClock clock;
  EventLoop loop("t-0", 0, clock, metrics);
  auto mixer = *AudioMixerImpl::create({}, {&loop}, clock, metrics, {}, false);
  const auto run = [&](int ticks) {
    for (int i = 0; i < ticks; ++i) {
      clock.advance(milliseconds(20));
      mixer->run_due(clock.now());
    }
  };
  run(50);
  auto reader = std::make_shared<FrameReader>();
  mixer->aac()->add_frame_reader(reader);
  const auto deadline = std::chrono::steady_clock::now() + seconds(20);
  while (reader->frames < 40 && std::chrono::steady_clock::now() < deadline) {
    run(1);
    std::this_thread::yield();
  }
  EXPECT_GE(reader->frames, 40);
  mixer->aac()->remove_frame_reader(reader.get());
  run(2);
  const int then = reader->frames;
  run(100);
  EXPECT_EQ(reader->frames, then);
}

}  // namespace
}  // namespace diemcau::media
