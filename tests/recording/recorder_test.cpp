// The recorder on its thread: fed by streams, on disks that are full, slow or broken.
#include "recording/recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include "recording/sidecar.hpp"
#include "tests/recording/sample_media.hpp"
#include "tests/recording/test_disks.hpp"

namespace diemcau::recording {
namespace {

using namespace std::chrono_literals;
using test::sample_media;
using test::stage;

class RecorderTest : public testing::Test {
 protected:
  RecorderTest() {
    (void)sample_media();  // encoded before anything is timed
    media::EncodedStream::Options video{
        .id = StreamId{1}, .codec = media::Codec::h264, .label = "v"};
    media::EncodedStream::Options audio{
        .id = StreamId{2}, .codec = media::Codec::aac, .label = "a"};
    media::StreamDemand demand;
    demand.on_key_frame_needed = [this] { ++key_requests_; };
    video_ = media::EncodedStream::create(video, {}, clock_, demand);
    audio_ = media::EncodedStream::create(audio, {}, clock_, {});
  }
  RecorderOptions options(std::shared_ptr<Disk> disk = nullptr) {
    RecorderOptions out;
    out.id = RecordingId("r1");
    out.meeting = MeetingId("m1");
    out.folder = temporary_.path() / "r1";
    out.reserve_bytes = 0;
    out.disk = std::move(disk);
    return out;
  }
  std::unique_ptr<Recorder> start(RecorderOptions options) {
    RecorderEvents events;
    events.on_status = [this](const RecorderStatus& status) {
      const std::lock_guard lock(mutex_);
      statuses_.push_back(status);
      changed_.notify_all();
    };
    auto recorder =
        Recorder::start(std::move(options), video_, audio_, clock_, metrics_, std::move(events));
    EXPECT_TRUE(recorder.has_value());
    return std::move(*recorder);
  }
  void publish(const std::vector<media::EncodedFramePtr>& frames) {
    for (const auto& frame : frames)
      (frame->codec == media::Codec::aac ? audio_ : video_)->publish(frame);
  }
  template <class Predicate>
  bool wait_for_status(Predicate predicate) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return std::ranges::any_of(statuses_, predicate); });
  }
  RecorderStatus stop(Recorder& recorder) {
    std::optional<RecorderStatus> final;
    recorder.stop([&](const RecorderStatus& status) {
      const std::lock_guard lock(mutex_);
      final = status;
      changed_.notify_all();
    });
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, 20s, [&] { return final.has_value(); }));
    return final.value_or(RecorderStatus{});
  }
  std::filesystem::path file() const { return temporary_.path() / "r1" / segment_name(1); }

  SystemClock clock_;
  Metrics metrics_;
  std::atomic<int> key_requests_{0};
  test::TemporaryFolder temporary_;
  std::shared_ptr<media::EncodedStream> video_, audio_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<RecorderStatus> statuses_;
};

TEST_F(RecorderTest, records_what_the_streams_publish_and_ends_as_an_ordinary_file) {
  auto recorder = start(options());
  EXPECT_GE(key_requests_, 1);
  publish(stage(sample_media(), clock_.now(), 8s));
  const auto status = stop(*recorder);
  EXPECT_EQ(status.state, RecorderState::finished);
  EXPECT_EQ(status.problem, "");
  EXPECT_EQ(test::probe(file()).codecs, "h264,aac");
  EXPECT_NEAR(test::probe(file()).duration, 8.0, 0.05);
  EXPECT_EQ(test::decode_errors(file()), "");
  EXPECT_THAT(metrics_.text(), testing::HasSubstr("diemcau_recording_seconds{meeting=\"m1\"} 8"));
  EXPECT_EQ(recorder->status().state, RecorderState::finished);
  EXPECT_EQ(stop(*recorder).state, RecorderState::finished) << "a second stop answers too";
}

TEST_F(RecorderTest, tells_its_length_every_second) {
  auto recorder = start(options());
  publish(stage(sample_media(), clock_.now(), 3s));
  EXPECT_TRUE(wait_for_status([](const auto& s) { return s.length >= 2500ms; }));
}

TEST_F(RecorderTest, what_is_dropped_without_a_stop_is_finished_all_the_same) {
  auto recorder = start(options());
  publish(stage(sample_media(), clock_.now(), 3s));
  recorder.reset();
  EXPECT_NEAR(test::probe(file()).duration, 3.0, 0.05);
  EXPECT_EQ(read_sidecar(temporary_.path() / "r1")->state, RecorderState::finished);
}

TEST_F(RecorderTest, takes_only_h264_and_aac) {
  auto refused = Recorder::start(options(), audio_, nullptr, clock_, metrics_, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "recording.codec");
}

TEST_F(RecorderTest, a_disk_that_cannot_be_written_is_a_refusal) {
  test::write_file(temporary_.path() / "r1", {1});
  auto refused = Recorder::start(options(), video_, audio_, clock_, metrics_, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "disk.error");
}

TEST_F(RecorderTest, too_little_free_space_is_a_refusal_that_leaves_nothing) {
  auto disk = std::make_shared<test::GatedDisk>();
  disk->free = 1000;
  auto with_reserve = options(disk);
  with_reserve.reserve_bytes = 1001;
  auto refused = Recorder::start(with_reserve, video_, audio_, clock_, metrics_, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "disk.full");
  EXPECT_FALSE(std::filesystem::exists(with_reserve.folder));
}

TEST_F(RecorderTest, a_slow_disk_blocks_nobody_and_the_gap_stays_on_the_timeline) {
  auto disk = std::make_shared<test::GatedDisk>();
  auto slow = options(disk);
  slow.queue_bytes = 40'000;
  auto recorder = start(slow);
  const TimePoint begin = clock_.now();
  publish(stage(sample_media(), begin, 1s));
  disk->close_gate();
  publish(stage(sample_media(), begin + 1s, 2s));
  ASSERT_TRUE(disk->wait_until_blocked());
  publish(stage(sample_media(), begin + 3s, 6s));  // returns at once: the test goes on
  Counter& dropped =
      metrics_.counter("diemcau_queue_dropped_total", "Left out because a bounded queue was full.",
                       {{"queue", "recording"}});
  EXPECT_GT(dropped.value(), 0u);
  const int asked = key_requests_;
  disk->open_gate();
  EXPECT_TRUE(wait_for_status([](const auto& s) { return s.problem == "disk.slow"; }));
  publish(stage(sample_media(), begin + 9s, 1s));
  const auto status = stop(*recorder);
  EXPECT_GE(key_requests_, asked);
  EXPECT_EQ(status.state, RecorderState::finished);
  const auto probe = test::probe(file());
  EXPECT_NEAR(probe.duration, 10.0, 0.06);
  EXPECT_LT(probe.video_packets, 250);
  EXPECT_EQ(test::decode_errors(file()), "");
  EXPECT_EQ(read_sidecar(temporary_.path() / "r1")->problem, "disk.slow");
}

TEST_F(RecorderTest, a_disk_getting_full_ends_the_recording_with_an_alarm_and_a_whole_file) {
  auto disk = std::make_shared<test::GatedDisk>();
  auto watched = options(disk);
  watched.reserve_bytes = 1 << 20;
  auto recorder = start(watched);
  publish(stage(sample_media(), clock_.now(), 4s));
  disk->free = 1 << 19;
  ASSERT_TRUE(wait_for_status([](const auto& s) { return s.problem == "disk.full"; }));
  EXPECT_EQ(recorder->status().state, RecorderState::finished);
  EXPECT_NEAR(test::probe(file()).duration, 4.0, 0.05);
  publish(stage(sample_media(), clock_.now(), 1s));  // the meeting goes on
  EXPECT_EQ(stop(*recorder).problem, "disk.full");
}

TEST_F(RecorderTest, after_a_write_error_everything_written_before_stays_readable) {
  auto disk = std::make_shared<test::GatedDisk>();
  auto recorder = start(options(disk));
  const TimePoint begin = clock_.now();
  publish(stage(sample_media(), begin, 4s));
  ASSERT_TRUE(wait_for_status([](const auto& s) { return s.length >= 3500ms; }));
  disk->fail_writes = true;
  publish(stage(sample_media(), begin + 4s, 2s));
  ASSERT_TRUE(wait_for_status([](const auto& s) { return s.state == RecorderState::failed; }));
  EXPECT_EQ(recorder->status().problem, "disk.error");
  EXPECT_EQ(test::decode_errors(file()), "");
  EXPECT_GE(test::probe(file()).duration, 3.4);
  EXPECT_EQ(stop(*recorder).state, RecorderState::failed);
}

/// A real file system of 3 MB.
class FullDiskTest : public RecorderTest {
 protected:
  void SetUp() override {
    if (::mount("tmpfs", temporary_.path().c_str(), "tmpfs", 0, "size=3m") != 0)
      GTEST_SKIP() << "*** SKIPPED: no right to mount a tmpfs; the full disk was NOT tested ***";
    mounted_ = true;
  }
  void TearDown() override {
    if (mounted_) ::umount2(temporary_.path().c_str(), MNT_DETACH);
  }
  bool mounted_ = false;
};

TEST_F(FullDiskTest, the_alarm_comes_before_the_disk_is_full) {
  auto small = options();
  small.reserve_bytes = 1 << 20;
  auto recorder = start(small);
  // Half a megabyte between two looks of the recorder at the disk.
  TimePoint begin = clock_.now();
  std::size_t seen = 0;
  while (recorder->status().problem.empty()) {
    publish(stage(sample_media(), begin, 28s));
    begin += 28s;
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, 20s, [&] { return statuses_.size() > seen; }));
    seen = statuses_.size();
  }
  const auto status = stop(*recorder);
  EXPECT_EQ(status.problem, "disk.full");
  EXPECT_EQ(status.state, RecorderState::finished);
  EXPECT_GT(*real_disk()->free_bytes(temporary_.path()), 0u);
  EXPECT_EQ(test::decode_errors(file()), "");
}

TEST_F(FullDiskTest, even_when_it_is_full_to_the_last_byte_all_that_was_written_plays) {
  auto recorder = start(options());
  publish(stage(sample_media(), clock_.now(), 300s));
  ASSERT_TRUE(wait_for_status([](const auto& s) { return s.problem == "disk.full"; }));
  const auto status = stop(*recorder);  // its thread is alive and answers
  EXPECT_EQ(status.state, RecorderState::failed);
  EXPECT_GT(status.length, 10s);
  EXPECT_EQ(test::decode_errors(file()), "");
  EXPECT_NEAR(test::probe(file()).duration, std::chrono::duration<double>(status.length).count(),
              0.6);
}

}  // namespace
}  // namespace diemcau::recording
