#include <gtest/gtest.h>

#include "media/gst/runtime.hpp"
#include "media/mix/stage_style.hpp"
#include "media/mix/video_mixer_impl.hpp"
#include "tests/media/mix/video/video_support.hpp"
#include "tests/support/shared_clock.hpp"

namespace diemcau::media {
namespace {

using namespace testing;

constexpr SourceId kHue{1}, kLaoCai{2};

class MixerTest : public ::testing::Test {
 protected:
  void SetUp() override { make({}); }
  void make(VideoMixerOptions options) {
    ASSERT_TRUE(gst::require_elements());
    options.name = "test";
    VideoMixerEvents events;
    events.on_key_frame_needed = [this](SourceId) { ++keys_asked_; };
    events.on_flow_changed = [this](SourceId source, bool flowing) {
      flow_.push_back({source, flowing});
    };
    mixer_.reset();
    mixer_ = std::make_unique<VideoMixerImpl>(options, std::vector<EventLoop*>{}, clock_, metrics_,
                                              std::move(events));
  }
  MixPlan plan_of(std::initializer_list<SourceId> sources) {
    MixPlan plan;
    int x = 0;
    for (SourceId source : sources) {
      Tile tile;
      tile.source = source;
      tile.rect = {x, 180, 640, 360};
      plan.tiles.push_back(tile);
      x += 640;
    }
    return plan;
  }
  void tick() {
    clock_.advance(40ms);
    mixer_->compose_once(clock_.now());
  }
  /// Ticks at the same time until it holds: what runs on other threads needs its own time.
  bool ticks_until(const std::function<bool()>& holds) {
    return eventually([&] {
      mixer_->compose_once(clock_.now());
      return holds();
    });
  }
  std::shared_ptr<Frames> watch(Rendition rendition) {
    auto frames = std::make_shared<Frames>();
    mixer_->rendition(rendition)->add_frame_reader(frames);
    mixer_->settle();
    return frames;
  }
  double encodes(const char* rendition) {
    return metrics_.gauge("diemcau_encodes", "", {{"rendition", rendition}}).value();
  }
  /// The last frame of a run of coded frames, as a viewer sees it.
  PicturePtr viewed(Codec codec, const std::vector<EncodedFramePtr>& frames) {
    // Decoded by the product's own decoder, through a packetised copy.
    auto counters = std::make_shared<VideoMetrics>(metrics_);
    DecodePool pool("view");
    VideoDecoderOptions options;
    options.codec = codec;
    options.on_key_frame_needed = [](SourceId) {};
    auto decoder = *VideoDecoder::create(options, pool, counters);
    PicturePtr seen;
    std::int64_t index = 0;
    for (const auto& frame : frames) {
      send_frame(*frame, *decoder, index);
      PicturePtr next;
      if (!eventually([&] { return decoder->take(next); })) return nullptr;
      seen = next;
    }
    decoder->close();
    return seen;
  }
  /// H.264: one FU-A free packet per NAL unit; VP8: one packet. Any size: this is no network.
  static void send_frame(const EncodedFrame& frame, OrderedPacketSink& to, std::int64_t& index) {
    const auto emit = [&](std::vector<std::uint8_t> payload, bool last) {
      UplinkPacket packet;
      packet.index = index++;
      packet.timestamp = video_rtp_timestamp(frame.captured);
      packet.marker = last;
      packet.payload = payload;
      packet.arrived = frame.captured;
      to.on_ordered_packet(packet, false);
    };
    if (frame.codec == Codec::vp8) {
      std::vector<std::uint8_t> payload{0x10};
      payload.insert(payload.end(), frame.data.begin(), frame.data.end());
      emit(std::move(payload), true);
      return;
    }
    std::vector<std::size_t> starts;
    const auto& d = frame.data;
    for (std::size_t i = 0; i + 3 < d.size(); ++i) {
      if (d[i] == 0 && d[i + 1] == 0 && d[i + 2] == 1) starts.push_back(i + 3);
    }
    for (std::size_t n = 0; n < starts.size(); ++n) {
      std::size_t end = n + 1 < starts.size() ? starts[n + 1] - 3 : d.size();
      while (n + 1 < starts.size() && end > starts[n] && d[end - 1] == 0) --end;
      emit({d.begin() + static_cast<std::ptrdiff_t>(starts[n]),
            d.begin() + static_cast<std::ptrdiff_t>(end)},
           n + 1 == starts.size());
    }
  }

  test::SharedClock clock_;  // the decoding threads date their pictures by it
  Metrics metrics_;
  std::atomic<int> keys_asked_{0};
  std::vector<std::pair<SourceId, bool>> flow_;
  std::unique_ptr<VideoMixerImpl> mixer_;
};

TEST_F(MixerTest, shows_every_site_in_its_place_to_every_watcher) {
  auto hue = *mixer_->open_input(kHue, Codec::h264);
  auto lao_cai = *mixer_->open_input(kLaoCai, Codec::vp8);
  mixer_->set_plan(plan_of({kHue, kLaoCai}));
  Camera first(Codec::h264), second(Codec::vp8);
  first.film(solid_buffer({640, 360}, kRed), *hue);
  second.film(solid_buffer({320, 180}, kGreen), *lao_cai);
  ASSERT_TRUE(ticks_until([&] { return flow_.size() == 2; }));

  for (Rendition rendition :
       {Rendition{Codec::h264, Quality::p1080}, Rendition{Codec::h264, Quality::p720},
        Rendition{Codec::h264, Quality::p360}, Rendition{Codec::h264, Quality::p180},
        Rendition{Codec::vp8, Quality::p720}, Rendition{Codec::vp8, Quality::p360}}) {
    auto frames = watch(rendition);
    std::vector<EncodedFramePtr> made;
    for (std::size_t i = 1; i <= 4; ++i) {
      tick();
      made = frames->wait_for(i);
      ASSERT_EQ(made.size(), i);
    }
    auto seen = viewed(rendition.codec, made);
    ASSERT_TRUE(seen);
    const int h = height_of(rendition.quality), w = h * 16 / 9;
    EXPECT_EQ(seen->view.width, w);
    EXPECT_EQ(seen->view.height, h);
    EXPECT_TRUE(near(at(seen->view, w / 4, h / 2), kRed, 10));
    EXPECT_TRUE(near(at(seen->view, w * 3 / 4, h / 2), kGreen, 10));
    EXPECT_TRUE(near(at(seen->view, w / 2, h / 10), style::kBackground, 10));
  }
}

TEST_F(MixerTest, encodes_a_rendition_only_while_it_is_watched) {
  mixer_->set_plan({});
  auto stream = mixer_->rendition({Codec::h264, Quality::p720});
  tick();
  mixer_->settle();
  EXPECT_EQ(encodes("720p-h264"), 0.0);

  auto frames = watch({Codec::h264, Quality::p720});
  EXPECT_EQ(encodes("720p-h264"), 1.0);
  EXPECT_EQ(encodes("360p-h264"), 0.0);
  tick();
  ASSERT_EQ(frames->wait_for(1).size(), 1u) << "from the first tick on";
  EXPECT_TRUE(eventually([&] { return stream->published() > 0; }));

  stream->remove_frame_reader(frames.get());
  mixer_->settle();
  EXPECT_EQ(encodes("720p-h264"), 0.0);
  for (int i = 0; i < 3; ++i) tick();
  EXPECT_EQ(frames->size(), 1u);

  auto again = watch({Codec::h264, Quality::p720});
  tick();
  ASSERT_EQ(again->wait_for(1).size(), 1u);
  EXPECT_TRUE(again->wait_for(1)[0]->key);
}

TEST_F(MixerTest, makes_five_pictures_a_second_of_the_slides_alone) {
  auto screen = *mixer_->open_input(kHue, Codec::h264);
  auto plan = plan_of({kLaoCai, kHue});
  plan.tiles[1].slides = true;
  mixer_->set_plan(plan);
  Camera camera(Codec::h264);
  camera.film(solid_buffer({640, 360}, kGreen), *screen);
  ASSERT_TRUE(ticks_until([&] { return flow_.size() == 1; }));
  auto frames = watch({Codec::h264, Quality::slides});
  std::vector<EncodedFramePtr> made;
  for (std::size_t i = 0; i < 25; ++i) {
    tick();
    made = frames->wait_for(i / 5 + 1);
    ASSERT_EQ(made.size(), i / 5 + 1);
  }
  for (std::size_t i = 1; i < 5; ++i) EXPECT_EQ(made[i]->captured - made[i - 1]->captured, 200ms);
  auto seen = viewed(Codec::h264, made);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->view.width, 640);
  EXPECT_TRUE(near(at(seen->view, 20, 20), kGreen, 10));
  EXPECT_TRUE(near(at(seen->view, 620, 340), kGreen, 10));
}

TEST_F(MixerTest, composes_a_page_of_the_wall_only_while_it_is_watched) {
  auto hue = *mixer_->open_input(kHue, Codec::h264);
  MixPlan page;
  for (int i = 0; i < 64; ++i)
    page.tiles.push_back(
        {i == 9 ? kHue : SourceId{100}, {i % 8 * 160, i / 8 * 90, 160, 90}, "Huế"});
  mixer_->set_wall_page(0, page);
  Camera camera(Codec::h264);
  camera.film(solid_buffer({160, 90}, kGreen), *hue);
  ASSERT_TRUE(ticks_until([&] { return flow_.size() == 1; }));
  const auto stream = mixer_->wall(Codec::h264, 0);
  EXPECT_EQ(mixer_->wall(Codec::h264, 0), stream);
  tick();
  mixer_->settle();
  EXPECT_EQ(encodes("wall-h264"), 0.0);

  auto frames = std::make_shared<Frames>();
  stream->add_frame_reader(frames);
  mixer_->settle();
  std::vector<EncodedFramePtr> made;
  for (std::size_t i = 0; i < 15; ++i) {
    tick();
    made = frames->wait_for(i / 5 + 1);
    ASSERT_EQ(made.size(), i / 5 + 1) << "five a second";
  }
  auto seen = viewed(Codec::h264, made);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->view.width, 1280);
  EXPECT_TRUE(near(at(seen->view, 160 + 80, 90 + 20), kGreen, 16));
  EXPECT_TRUE(near(at(seen->view, 80, 10), style::kCard, 16));

  stream->remove_frame_reader(frames.get());
  mixer_->settle();
  EXPECT_EQ(encodes("wall-h264"), 0.0);
}

TEST_F(MixerTest, pages_of_the_wall_have_streams_of_their_own_within_a_bound) {
  EXPECT_NE(mixer_->wall(Codec::h264, 0), mixer_->wall(Codec::h264, 1));
  EXPECT_NE(mixer_->wall(Codec::h264, 0)->id(), mixer_->wall(Codec::vp8, 0)->id());
  EXPECT_EQ(mixer_->wall(Codec::h264, VideoMixer::kWallPages), nullptr);
  EXPECT_EQ(mixer_->wall(Codec::h264, -1), nullptr);
  EXPECT_EQ(mixer_->wall(Codec::opus, 0), nullptr);
}

TEST_F(MixerTest, eight_pages_of_the_wall_at_most_are_composed_at_once) {
  std::vector<std::shared_ptr<Frames>> readers;
  for (int page = 0; page < 9; ++page) {
    mixer_->set_wall_page(page, plan_of({kHue}));
    readers.push_back(std::make_shared<Frames>());
    mixer_->wall(Codec::h264, page)->add_frame_reader(readers.back());
  }
  mixer_->settle();
  tick();
  for (int page = 0; page < 8; ++page)
    EXPECT_EQ(readers[static_cast<std::size_t>(page)]->wait_for(1).size(), 1u);
  EXPECT_EQ(readers[8]->size(), 0u);
  mixer_->wall(Codec::h264, 3)->remove_frame_reader(readers[3].get());
  tick();
  EXPECT_EQ(readers[8]->wait_for(1).size(), 1u) << "its turn came";
}

TEST_F(MixerTest, tells_the_encoder_of_another_frame_rate) {
  mixer_->set_plan({});
  auto frames = watch({Codec::h264, Quality::p360});
  tick();
  ASSERT_EQ(frames->wait_for(1).size(), 1u);
  mixer_->set_frame_rate(10);
  tick();
  tick();
  const auto made = frames->wait_for(3);
  ASSERT_EQ(made.size(), 3u);
  EXPECT_EQ(made[0]->duration, 40ms);
  EXPECT_EQ(made[2]->duration, 100ms);
}

TEST_F(MixerTest, the_same_rendition_is_the_same_stream) {
  EXPECT_EQ(mixer_->rendition({Codec::h264, Quality::p720}),
            mixer_->rendition({Codec::h264, Quality::p720}));
  EXPECT_NE(mixer_->rendition({Codec::h264, Quality::p720})->id(),
            mixer_->rendition({Codec::vp8, Quality::p720})->id());
  EXPECT_EQ(mixer_->rendition({Codec::vp8, Quality::p360})->codec(), Codec::vp8);
}

TEST_F(MixerTest, slides_are_kept_long_enough_for_a_line_of_64_kbit) {
  // 20 kB at the 24 kbit/s that the thinnest line has for pictures, before what waits is given up.
  EXPECT_GT(mixer_->rendition({Codec::vp8, Quality::slides})->options().history_age * 0.85,
            std::chrono::milliseconds(20 * 8 * 1000 / 24));
  EXPECT_LE(mixer_->rendition({Codec::vp8, Quality::p720})->options().history_age,
            std::chrono::seconds(2));
}

TEST_F(MixerTest, stamps_the_tick_on_what_it_makes) {
  mixer_->set_plan({});
  auto frames = watch({Codec::h264, Quality::p360});
  for (std::size_t i = 1; i <= 3; ++i) {
    tick();
    ASSERT_EQ(frames->wait_for(i).size(), i);
    EXPECT_EQ(frames->wait_for(i)[i - 1]->captured, clock_.now());
  }
}

TEST_F(MixerTest, makes_a_key_frame_on_request_and_periodically) {
  VideoMixerOptions options;
  options.key_frame_period = 400ms;
  make(options);
  mixer_->set_plan({});
  auto frames = watch({Codec::h264, Quality::p360});
  std::vector<std::size_t> keys;
  for (std::size_t i = 0; i < 25; ++i) {
    if (i == 14) mixer_->rendition({Codec::h264, Quality::p360})->request_key_frame();
    tick();
    const auto made = frames->wait_for(i + 1);
    ASSERT_EQ(made.size(), i + 1);
    if (made[i]->key) keys.push_back(i);
  }
  // Every tenth, and the period begins anew at the requested one.
  EXPECT_EQ(keys, (std::vector<std::size_t>{0, 10, 14, 24}));
}

TEST_F(MixerTest, encodes_with_x264_when_told_so) {
  VideoMixerOptions options;
  options.h264_encoder = H264Encoder::x264;
  make(options);
  mixer_->set_plan({});
  auto frames = watch({Codec::h264, Quality::p720});
  tick();
  const auto made = frames->wait_for(1);
  ASSERT_EQ(made.size(), 1u);
  const std::string bytes(made[0]->data.begin(), made[0]->data.end());
  EXPECT_NE(bytes.find("x264"), std::string::npos) << "x264 signs its streams in an SEI";
}

TEST_F(MixerTest, a_stalled_site_never_holds_the_stage) {
  auto hue = *mixer_->open_input(kHue, Codec::h264);
  auto lao_cai = *mixer_->open_input(kLaoCai, Codec::h264);
  mixer_->set_plan(plan_of({kHue, kLaoCai}));
  auto frames = watch({Codec::h264, Quality::p720});
  Camera first(Codec::h264), second(Codec::h264);
  second.film(solid_buffer({640, 360}, kGreen), *lao_cai);
  first.film(solid_buffer({640, 360}, kRed), *hue);
  ASSERT_TRUE(ticks_until([&] { return flow_.size() == 2; }));
  mixer_->settle();  // the encoder may still begin when the sites' pictures are there
  const std::size_t before = frames->size();
  std::size_t ticks = 0;
  // Three seconds in which only one of them sends: each tick makes a picture.
  for (; ticks < 75; ++ticks) {
    if (ticks % 25 == 0) first.film(solid_buffer({640, 360}, kRed), *hue);
    tick();
    ASSERT_GE(frames->wait_for(before + ticks + 1).size(), before + ticks + 1);
  }
  ASSERT_GE(flow_.size(), 3u);
  EXPECT_EQ(flow_[2], std::make_pair(kLaoCai, false));
  auto seen = viewed(Codec::h264, frames->wait_for(before + ticks));
  ASSERT_TRUE(seen);
  EXPECT_TRUE(near(at(seen->view, 320, 300), kRed, 10));
  EXPECT_LT(at(seen->view, 960, 220).y, kGreen.y - 40) << "dimmed";

  second.film(solid_buffer({640, 360}, kGreen), *lao_cai);
  ASSERT_TRUE(ticks_until([&] { return flow_.back() == std::make_pair(kLaoCai, true); }));
}

TEST_F(MixerTest, tells_of_flow_even_when_nobody_watches) {
  auto hue = *mixer_->open_input(kHue, Codec::vp8);
  Camera camera(Codec::vp8);
  camera.film(solid_buffer({320, 180}, kRed), *hue);
  ASSERT_TRUE(ticks_until([&] { return flow_.size() == 1; }));
  for (int i = 0; i < 51; ++i) tick();
  ASSERT_EQ(flow_.size(), 2u);
  EXPECT_EQ(flow_[1], std::make_pair(kHue, false));
}

TEST_F(MixerTest, a_closed_input_leaves_its_name_card) {
  auto hue = *mixer_->open_input(kHue, Codec::h264);
  mixer_->set_plan(plan_of({kHue}));
  Camera camera(Codec::h264);
  camera.film(solid_buffer({640, 360}, kRed), *hue);
  ASSERT_TRUE(ticks_until([&] { return flow_.size() == 1; }));
  mixer_->close_input(kHue);
  mixer_->settle();
  EXPECT_EQ(metrics_.gauge("diemcau_decodes", "").value(), 0.0);
  auto frames = watch({Codec::h264, Quality::p720});
  tick();
  auto seen = viewed(Codec::h264, frames->wait_for(1));
  ASSERT_TRUE(seen);
  EXPECT_TRUE(near(at(seen->view, 320, 300), style::kCard, 10));
}

TEST_F(MixerTest, asks_the_site_for_a_key_frame) {
  auto hue = *mixer_->open_input(kHue, Codec::h264);
  Camera camera(Codec::h264);
  (void)camera.code(solid_buffer({320, 180}, kRed));
  camera.film(solid_buffer({320, 180}, kRed), *hue);
  EXPECT_EQ(keys_asked_, 1);
}

TEST_F(MixerTest, refuses_to_decode_sound) {
  const auto refused = mixer_->open_input(kHue, Codec::opus);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Errc::unsupported);
}

TEST_F(MixerTest, streams_may_be_kept_longer_than_the_mixer) {
  auto stream = mixer_->rendition({Codec::h264, Quality::p720});
  auto sink = *mixer_->open_input(kHue, Codec::h264);
  auto frames = watch({Codec::h264, Quality::p720});
  tick();
  mixer_.reset();
  EXPECT_EQ(encodes("720p-h264"), 0.0);
  stream->request_key_frame();
  stream->remove_frame_reader(frames.get());
  Camera camera(Codec::h264);
  camera.film(solid_buffer({320, 180}, kRed), *sink);
}

TEST(VideoMixer, makes_25_pictures_a_second_by_itself) {
  SystemClock clock;
  Metrics metrics;
  VideoMixerOptions options;
  options.name = "live";
  auto mixer = VideoMixer::create(options, {}, clock, metrics, {});
  ASSERT_TRUE(mixer) << mixer.error().detail;
  auto frames = std::make_shared<Frames>();
  (*mixer)->rendition({Codec::h264, Quality::p360})->add_frame_reader(frames);
  const auto made = frames->wait_for(12);
  ASSERT_GE(made.size(), 12u);
  for (std::size_t i = 1; i < 12; ++i) {
    const Duration apart = made[i]->captured - made[i - 1]->captured;
    EXPECT_EQ(apart % 40ms, 0ns) << "on the schedule, even where a tick was left out";
  }
}

}  // namespace
}  // namespace diemcau::media
