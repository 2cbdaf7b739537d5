// Frames in, files out: what players and tools say of the files.
#include "recording/recording_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recording/disk.hpp"
#include "tests/recording/sample_media.hpp"

namespace diemcau::recording {
namespace {

using namespace std::chrono_literals;
using test::sample_media;
using test::stage;

class RecordingWriterTest : public testing::Test {
 protected:
  std::unique_ptr<RecordingWriter> begin() {
    RecorderOptions options;
    options.id = RecordingId("r1");
    options.meeting = MeetingId("m1");
    options.folder = folder();
    options.reserve_bytes = 0;
    auto writer =
        RecordingWriter::create(options, real_disk(), clock_, [this] { ++key_requests_; });
    EXPECT_TRUE(writer.has_value());
    return std::move(*writer);
  }
  /// Feeds frames in the order of their capture, the clock going along.
  void feed(RecordingWriter& writer, const std::vector<media::EncodedFramePtr>& frames) {
    for (const auto& frame : frames) {
      if (frame->captured > clock_.now()) clock_.advance(frame->captured - clock_.now());
      writer.add(frame);
      writer.tick();
    }
  }
  std::filesystem::path folder() const { return temporary_.path() / "r1"; }
  std::filesystem::path file(int n = 1) const {
    return folder() / segment_name(static_cast<std::size_t>(n));
  }

  ManualClock clock_;
  int key_requests_ = 0;
  test::TemporaryFolder temporary_;
};

TEST_F(RecordingWriterTest, while_recording_the_file_is_a_fragmented_mp4_that_plays) {
  auto writer = begin();
  EXPECT_GE(key_requests_, 1);
  feed(*writer, stage(sample_media(), clock_.now(), 5s));
  const auto probe = test::probe(file());
  EXPECT_EQ(probe.codecs, "h264,aac");
  EXPECT_NEAR(probe.duration, 5.0, 0.5);
  EXPECT_EQ(test::decode_errors(file()), "");
  EXPECT_GE(writer->status().length, 4500ms);
}

TEST_F(RecordingWriterTest, a_finished_file_has_both_tracks_aligned_and_as_long_as_the_meeting) {
  auto writer = begin();
  feed(*writer, stage(sample_media(), clock_.now(), 10s));
  writer->finish();
  EXPECT_EQ(writer->status().state, RecorderState::finished);
  EXPECT_EQ(writer->status().problem, "");
  const auto probe = test::probe(file());
  EXPECT_EQ(probe.codecs, "h264,aac");
  EXPECT_NEAR(probe.duration, 10.0, 0.05);
  EXPECT_NEAR(probe.video_start, 0, 0.001);
  EXPECT_NEAR(probe.audio_start, 0, 0.001);
  EXPECT_NEAR(probe.video_duration, 10.0, 0.04);
  EXPECT_NEAR(probe.audio_duration, 10.0, 0.04);
  EXPECT_EQ(probe.video_packets, 250);
  EXPECT_EQ(test::decode_errors(file()), "");
  EXPECT_NEAR(std::chrono::duration<double>(writer->status().length).count(), 10.0, 0.05);
  EXPECT_EQ(writer->status().bytes, std::filesystem::file_size(file()));
}

TEST_F(RecordingWriterTest, seeking_to_the_end_reads_the_last_second_only) {
  auto writer = begin();
  feed(*writer, stage(sample_media(), clock_.now(), 60s));
  writer->finish();
  const auto out = test::run_command(
      "ffprobe -v error -read_intervals 58.5 -select_streams v -show_entries packet=pts_time "
      "-of csv=p=0 " +
      file().string());
  EXPECT_EQ(out.code, 0);
  EXPECT_NEAR(std::atof(out.output.c_str()), 58.0, 0.001);  // the key frame before
  EXPECT_LT(std::ranges::count(out.output, '\n'), 60);
}

TEST_F(RecordingWriterTest, finishing_writes_the_index_and_sixteen_bytes_never_the_data) {
  auto writer = begin();
  feed(*writer, stage(sample_media(), clock_.now(), 4s));
  const auto before = test::read_file(file());
  writer->finish();
  const auto after = test::read_file(file());
  ASSERT_GT(after.size(), before.size());
  EXPECT_TRUE(std::equal(before.begin(), before.begin() + 32, after.begin()));
  EXPECT_TRUE(std::equal(before.begin() + 48, before.end(), after.begin() + 48));
}

TEST_F(RecordingWriterTest, a_track_that_begins_later_keeps_its_distance) {
  auto writer = begin();
  const TimePoint start = clock_.now();
  auto frames = stage(sample_media(), start, 4s);
  std::erase_if(frames, [&](const auto& f) {
    return f->codec == media::Codec::aac && f->captured < start + 300ms;
  });
  feed(*writer, frames);
  writer->finish();
  const auto probe = test::probe(file());
  EXPECT_NEAR(probe.audio_start - probe.video_start, 0.3, 0.022);
  EXPECT_EQ(test::decode_errors(file()), "");
}

TEST_F(RecordingWriterTest, starts_with_a_key_frame_and_asks_for_one) {
  auto writer = begin();
  const int asked = key_requests_;
  const TimePoint start = clock_.now();
  auto frames = stage(sample_media(), start, 4s);
  frames.erase(frames.begin());  // the first key frame is missed: the next comes a second later
  feed(*writer, frames);
  writer->finish();
  EXPECT_GT(key_requests_, asked);
  const auto out = test::run_command(
      "ffprobe -v error -select_streams v -show_entries packet=flags -of csv=p=0 " +
      file().string());
  EXPECT_EQ(out.output.substr(0, 1), "K");
  EXPECT_EQ(test::decode_errors(file()), "");
}

TEST_F(RecordingWriterTest, a_pause_of_both_leaves_later_samples_at_their_time) {
  auto writer = begin();
  const TimePoint start = clock_.now();
  feed(*writer, stage(sample_media(), start, 2s));
  feed(*writer, stage(sample_media(), start + 7s, 2s));
  writer->finish();
  const auto probe = test::probe(file());
  EXPECT_NEAR(probe.duration, 9.0, 0.06);
  EXPECT_EQ(probe.video_packets, 100);
  // The hole in the sound is filled with silence: 9 s of frames of 1024 samples.
  EXPECT_NEAR(probe.audio_packets, 9 * 48000 / 1024, 3);
  EXPECT_EQ(test::decode_errors(file()), "");
  const auto times = test::run_command(
      "ffprobe -v error -select_streams v -read_intervals 6.9 -show_entries packet=pts_time,flags "
      "-of csv=p=0 " +
      file().string());
  EXPECT_THAT(times.output, testing::HasSubstr("7.000000,K"));
}

TEST_F(RecordingWriterTest, jitter_of_the_mixing_tick_does_not_reach_the_sound) {
  auto writer = begin();
  const TimePoint start = clock_.now();
  auto frames = stage(sample_media(), start, 4s);
  int i = 0;
  for (auto& frame : frames) {
    if (frame->codec != media::Codec::aac) continue;
    auto late = std::make_shared<media::EncodedFrame>(*frame);
    late->captured += (i++ % 3) * 10ms;
    frame = late;
  }
  feed(*writer, frames);
  writer->finish();
  const auto out = test::run_command(
      "ffprobe -v error -select_streams a -show_entries packet=duration -of csv=p=0 " +
      file().string() + " | sort -u | tr '\\n' ' '");
  EXPECT_EQ(out.output.substr(0, 4), "1024");
  EXPECT_EQ(std::ranges::count(out.output, ' '), 1) << out.output;
}

TEST_F(RecordingWriterTest, new_parameter_sets_begin_a_new_file_without_a_hole) {
  auto writer = begin();
  const TimePoint start = clock_.now();
  feed(*writer, stage(sample_media(), start, 3s));
  feed(*writer, stage(test::other_media(), start + 3s, 3s));
  writer->finish();
  const auto sidecar = read_sidecar(folder());
  ASSERT_TRUE(sidecar.has_value());
  ASSERT_EQ(sidecar->segments.size(), 2u);
  EXPECT_EQ(sidecar->segments[0].start, 0s);
  EXPECT_NEAR(std::chrono::duration<double>(sidecar->segments[1].start).count(), 3.0, 0.001);
  EXPECT_NEAR(std::chrono::duration<double>(sidecar->length()).count(), 6.0, 0.05);
  for (int n : {1, 2}) {
    EXPECT_EQ(test::probe(file(n)).codecs, "h264,aac");
    EXPECT_NEAR(test::probe(file(n)).duration, 3.0, 0.05);
    EXPECT_EQ(test::decode_errors(file(n)), "");
  }
}

TEST_F(RecordingWriterTest, records_sound_alone_when_no_picture_comes_and_takes_it_in_later) {
  auto writer = begin();
  const TimePoint start = clock_.now();
  auto frames = stage(sample_media(), start, 6s);
  std::erase_if(frames, [&](const auto& f) {
    return f->codec == media::Codec::h264 && f->captured < start + 3s;
  });
  feed(*writer, frames);
  writer->finish();
  EXPECT_EQ(test::probe(file(1)).codecs, "aac");
  EXPECT_EQ(test::probe(file(2)).codecs, "h264,aac");
  const auto sidecar = read_sidecar(folder());
  EXPECT_NEAR(std::chrono::duration<double>(sidecar->length()).count(), 6.0, 0.06);
}

TEST_F(RecordingWriterTest, a_stop_before_any_frame_leaves_no_file_and_says_so) {
  auto writer = begin();
  EXPECT_TRUE(std::filesystem::exists(file()));
  writer->finish();
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_EQ(writer->status().state, RecorderState::failed);
  EXPECT_EQ(writer->status().problem, "recording.empty");
}

TEST_F(RecordingWriterTest, what_is_old_enough_is_written_though_no_frame_comes) {
  auto writer = begin();
  feed(*writer, stage(sample_media(), clock_.now(), 300ms));
  EXPECT_EQ(writer->status().length, 0s);
  clock_.advance(500ms);
  writer->tick();
  EXPECT_GE(writer->status().length, 280ms);
}

TEST_F(RecordingWriterTest, damaged_frames_change_nothing) {
  auto writer = begin();
  const TimePoint start = clock_.now();
  auto frames = stage(sample_media(), start, 2s);
  auto empty = std::make_shared<media::EncodedFrame>(*frames[0]);
  empty->data.clear();
  auto no_config = std::make_shared<media::EncodedFrame>(*frames[1]);
  no_config->codec = media::Codec::aac;
  no_config->codec_config.clear();
  auto vp8 = std::make_shared<media::EncodedFrame>(*frames[0]);
  vp8->codec = media::Codec::vp8;
  feed(*writer, {empty, no_config, vp8});
  feed(*writer, frames);
  writer->finish();
  EXPECT_EQ(test::probe(file()).video_packets, 50);
  EXPECT_EQ(test::decode_errors(file()), "");
}

TEST_F(RecordingWriterTest, a_second_recorder_cannot_take_the_same_folder) {
  auto writer = begin();
  RecorderOptions options;
  options.folder = folder();
  options.reserve_bytes = 0;
  const auto second = RecordingWriter::create(options, real_disk(), clock_, [] {});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, "recording.in_use");
}

}  // namespace
}  // namespace diemcau::recording
