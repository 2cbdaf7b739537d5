// Cut at any byte, a recording loses at most its last fragment, and is whole again by itself.
#include "recording/recovery.hpp"

#include <random>

#include <gtest/gtest.h>

#include "recording/mp4_file.hpp"
#include "recording/recording_writer.hpp"
#include "recording/tools.hpp"
#include "tests/recording/sample_media.hpp"
#include "tests/recording/test_disks.hpp"

namespace diemcau::recording {
namespace {

using namespace std::chrono_literals;
using test::MemoryFile;

/// A recording of 6 s as it lies on disk before its stop, and what was durable at which size.
struct Unfinished {
  std::vector<std::uint8_t> bytes;
  std::vector<std::pair<std::uint64_t, Duration>> durable;
  Duration durable_at(std::uint64_t size) const {
    Duration length{};
    for (const auto& [at, l] : durable)
      if (at <= size) length = l;
    return length;
  }
};

Unfinished record(const std::filesystem::path& folder, ManualClock& clock, bool finish = false) {
  RecorderOptions options;
  options.id = RecordingId(folder.filename().string());
  options.meeting = MeetingId("m1");
  options.folder = folder;
  options.reserve_bytes = 0;
  auto writer = *RecordingWriter::create(options, real_disk(), clock, [] {});
  Unfinished out;
  const TimePoint start = clock.now();
  for (const auto& frame : test::stage(test::sample_media(), start, 6s)) {
    clock.advance(frame->captured - clock.now());
    writer->add(frame);
    if (out.durable.empty() || out.durable.back().first != writer->status().bytes)
      out.durable.emplace_back(writer->status().bytes, writer->status().length);
  }
  if (finish) writer->finish();
  out.bytes = test::read_file(folder / segment_name(1));
  return out;
}

class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest() : live_(record(temporary_.path() / "live", clock_)) {}
  std::vector<std::uint8_t> first(std::uint64_t n) const {
    return {live_.bytes.begin(), live_.bytes.begin() + static_cast<std::ptrdiff_t>(n)};
  }
  /// Recovers and demands a file that holds together; returns its length.
  static Duration recovered_length(MemoryFile& file) {
    const auto recovered = recover_mp4(file);
    EXPECT_TRUE(recovered.has_value());
    const auto check = verify_file(file, true);
    EXPECT_TRUE(check.has_value());
    EXPECT_EQ(check->state, ScannedFile::State::finished);
    for (const auto& problem : check->problems) ADD_FAILURE() << problem;
    EXPECT_EQ(check->length, recovered->length);
    const auto once = file.bytes();
    const auto again = recover_mp4(file);
    EXPECT_EQ(again->found, ScannedFile::State::finished);
    EXPECT_EQ(file.bytes(), once) << "a second recovery changed the file";
    return recovered->length;
  }

  ManualClock clock_;
  test::TemporaryFolder temporary_;
  Unfinished live_;
};

TEST_F(RecoveryTest, cut_at_hundreds_of_places_it_loses_at_most_the_last_fragment) {
  std::mt19937 random(7);
  int empty = 0;
  for (int i = 0; i < 600; ++i) {
    const auto size = std::uniform_int_distribution<std::uint64_t>(0, live_.bytes.size())(random);
    MemoryFile file(first(size));
    const Duration expected = live_.durable_at(size);
    if (expected == 0s) {
      EXPECT_EQ(recover_mp4(file)->found, ScannedFile::State::empty) << "cut at " << size;
      ++empty;
      continue;
    }
    EXPECT_GE(recovered_length(file), expected - 1ms) << "cut at " << size;
  }
  EXPECT_LT(empty, 100);
}

TEST_F(RecoveryTest, cut_anywhere_inside_the_front_it_is_known_as_empty) {
  for (std::uint64_t size = 0; size < 48 + 64; ++size) {
    MemoryFile file(first(size));
    EXPECT_EQ(recover_mp4(file)->found, ScannedFile::State::empty) << "cut at " << size;
  }
}

TEST_F(RecoveryTest, a_last_fragment_of_the_right_length_but_not_written_is_left_off) {
  const auto end = live_.durable[live_.durable.size() - 1];
  const auto before = live_.durable[live_.durable.size() - 2];
  std::mt19937 random(8);
  for (int i = 0; i < 60; ++i) {
    auto bytes = first(end.first);
    // A power cut: the length is there, from some page on the content is not.
    const auto from =
        std::uniform_int_distribution<std::uint64_t>(before.first, end.first - 400)(random);
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.end(), 0);
    MemoryFile file(std::move(bytes));
    EXPECT_EQ(recovered_length(file), before.second) << "zeros from " << from;
  }
}

TEST_F(RecoveryTest, stopped_after_any_byte_of_finishing_it_is_finished_at_the_next_start) {
  MemoryFile whole(live_.bytes);
  const Duration length = recovered_length(whole);
  MemoryFile counted(live_.bytes);
  ASSERT_TRUE(recover_mp4(counted).has_value());
  const std::uint64_t written = counted.written();
  std::vector<std::uint64_t> stops;
  for (std::uint64_t i = 0; i <= 20; ++i) stops.push_back(written - i);  // every byte of the patch
  std::mt19937 random(9);
  for (int i = 0; i < 100; ++i)
    stops.push_back(std::uniform_int_distribution<std::uint64_t>(0, written)(random));
  for (const std::uint64_t stop : stops) {
    MemoryFile file(live_.bytes);
    file.cut_power_after(stop);
    (void)recover_mp4(file);
    MemoryFile after(file.bytes());
    EXPECT_EQ(recovered_length(after), length) << "stopped after " << stop << " bytes";
    EXPECT_EQ(after.bytes(), whole.bytes());
  }
}

TEST_F(RecoveryTest, stopped_at_any_step_of_finishing_it_plays_even_before_recovery) {
  MemoryFile counted(live_.bytes);
  ASSERT_TRUE(recover_mp4(counted).has_value());
  const std::uint64_t written = counted.written();
  const auto path = temporary_.path() / "step.mp4";
  for (const std::uint64_t stop : {std::uint64_t{1}, written / 2, written - 16, written - 12,
                                   written - 8, written - 6, written - 4, written - 2, written}) {
    MemoryFile file(live_.bytes);
    file.cut_power_after(stop);
    (void)recover_mp4(file);
    test::write_file(path, file.bytes());
    const auto probe = test::probe(path);
    EXPECT_EQ(probe.codecs, "h264,aac") << "stopped after " << stop << " of " << written;
    EXPECT_NEAR(probe.video_packets, 150, 13) << "stopped after " << stop << " of " << written;
  }
}

TEST_F(RecoveryTest, players_take_a_recovered_file_without_complaint) {
  std::mt19937 random(10);
  const auto path = temporary_.path() / "cut.mp4";
  for (int i = 0; i < 6; ++i) {
    const auto size = std::uniform_int_distribution<std::uint64_t>(live_.bytes.size() / 4,
                                                                   live_.bytes.size())(random);
    test::write_file(path, first(size));
    auto file = *real_disk()->open(path);
    const auto recovered = recover_mp4(*file);
    ASSERT_TRUE(recovered.has_value());
    EXPECT_EQ(test::decode_errors(path), "") << "cut at " << size;
    EXPECT_NEAR(test::probe(path).duration,
                std::chrono::duration<double>(recovered->length).count(), 0.05);
  }
}

TEST_F(RecoveryTest, damaged_in_a_fragment_of_the_middle_it_loses_that_one_and_nothing_behind_it) {
  MemoryFile sound(live_.bytes);
  const Duration length = recovered_length(sound);
  const std::uint64_t samples = verify_file(sound, false)->samples;
  const std::size_t last = live_.durable.size() - 2;  // begins the last fragment
  for (const std::size_t fragment : {std::size_t{1}, last / 2, last - 1}) {
    const std::uint64_t at = live_.durable[fragment].first;
    // Its size, its type, its number, and the size of a sample.
    for (const std::uint64_t byte : {at + 1, at + 5, at + 23, at + 105}) {
      auto bytes = live_.bytes;
      bytes[byte] ^= 0x40;
      MemoryFile file(bytes);
      const auto recovered = recover_mp4(file);
      ASSERT_TRUE(recovered.has_value());
      EXPECT_EQ(recovered->found, ScannedFile::State::unfinished);
      EXPECT_TRUE(recovered->gap);
      EXPECT_EQ(recovered->cut_bytes, 0u);
      EXPECT_EQ(recovered->length, length) << "byte " << byte;
      EXPECT_TRUE(std::equal(bytes.begin() + 48, bytes.end(), file.bytes().begin() + 48))
          << "what was recorded was changed";
      const auto check = verify_file(file, true);
      EXPECT_EQ(check->state, ScannedFile::State::finished);
      EXPECT_EQ(check->problems,
                std::vector<std::string>{"1 fragments differ from their checksum"});
      EXPECT_LT(check->samples, samples);
      EXPECT_GT(check->samples, samples - 45) << "more than one fragment is gone";
    }
  }
}

TEST_F(RecoveryTest, damaged_in_its_first_and_in_neighbouring_fragments_it_keeps_all_others) {
  const std::uint64_t first = live_.durable[1].first;  // behind the first fragment
  auto bytes = live_.bytes;
  const auto moof =
      std::search(bytes.begin(), bytes.end(), std::begin("moof"), std::end("moof") - 1);
  ASSERT_LT(static_cast<std::uint64_t>(moof - bytes.begin()), first);
  moof[19] ^= 0x80;  // its number, which the others follow
  bytes[live_.durable[4].first + 4] ^= 1;
  bytes[live_.durable[5].first + 4] ^= 1;
  MemoryFile file(bytes);
  const auto recovered = recover_mp4(file);
  EXPECT_TRUE(recovered->gap);
  EXPECT_EQ(recovered->cut_bytes, 0u);
  EXPECT_EQ(verify_file(file, true)->problems,
            std::vector<std::string>{"2 fragments differ from their checksum"});
}

TEST_F(RecoveryTest, without_the_header_that_tells_how_to_play_it_a_file_is_kept_to_the_byte) {
  for (const std::uint64_t byte : {48 + 1, 48 + 5, 48 + 8 + 5, 48 + 8 + 30}) {
    auto bytes = live_.bytes;
    bytes[byte] ^= 0x40;
    MemoryFile file(bytes);
    EXPECT_EQ(recover_mp4(file)->found, ScannedFile::State::damaged) << "byte " << byte;
    EXPECT_EQ(file.bytes(), bytes);
  }
}

TEST_F(RecoveryTest, more_behind_the_last_fragment_than_a_crash_leaves_is_not_cut) {
  auto bytes = live_.bytes;
  bytes.resize(bytes.size() + (69u << 20), 0x55);
  {
    MemoryFile file(bytes);
    const auto recovered = recover_mp4(file);
    EXPECT_TRUE(recovered->gap);
    EXPECT_EQ(recovered->cut_bytes, 0u);
    EXPECT_GT(file.bytes().size(), bytes.size());
    EXPECT_EQ(verify_file(file, false)->problems, std::vector<std::string>{});
  }
  std::fill(bytes.begin() + 48, bytes.end(), 0x55);  // nothing in it can be read
  MemoryFile file(bytes);
  EXPECT_EQ(recover_mp4(file)->found, ScannedFile::State::damaged);
  EXPECT_EQ(file.bytes(), bytes);
}

TEST_F(RecoveryTest, a_damaged_file_is_set_aside_whole_and_its_recording_says_so) {
  const auto folder = temporary_.path() / "live";
  auto bytes = live_.bytes;
  bytes[48 + 5] ^= 0x40;
  test::write_file(folder / segment_name(1), bytes);
  const auto report = recover_folder(*real_disk(), folder, clock_);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->sidecar.problem, "recording.damaged");
  EXPECT_EQ(report->sidecar.state, RecorderState::failed);
  EXPECT_FALSE(std::filesystem::exists(folder / segment_name(1)));
  EXPECT_EQ(test::read_file(folder / "0001.mp4.damaged"), bytes);
  EXPECT_EQ(verify_recording(*real_disk(), folder, false)->problems.front(),
            "0001.mp4.damaged was set aside as damaged");

  const auto again = recover_folder(*real_disk(), folder, clock_);
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(again->sidecar.problem, "recording.damaged");

  // One set aside before is never written over: the new one stays under its own name.
  test::write_file(folder / segment_name(1), bytes);
  EXPECT_TRUE(recover_folder(*real_disk(), folder, clock_).has_value());
  EXPECT_EQ(test::read_file(folder / segment_name(1)), bytes);
  EXPECT_EQ(test::read_file(folder / "0001.mp4.damaged"), bytes);
}

TEST_F(RecoveryTest, a_recording_damaged_in_its_middle_says_so_and_plays) {
  const auto folder = temporary_.path() / "live";
  auto bytes = live_.bytes;
  bytes[live_.durable[5].first + 4] ^= 1;
  test::write_file(folder / segment_name(1), bytes);
  const auto report = recover_folder(*real_disk(), folder, clock_);
  EXPECT_EQ(report->sidecar.problem, "recording.damaged");
  EXPECT_EQ(report->sidecar.state, RecorderState::finished);
  EXPECT_GE(report->sidecar.length(), 5500ms);
  const auto probe = test::probe(folder / segment_name(1));
  EXPECT_EQ(probe.codecs, "h264,aac");
  EXPECT_NEAR(probe.video_packets, 150, 26);
  EXPECT_FALSE(recover_folder(*real_disk(), folder, clock_)->changed);
}

TEST_F(RecoveryTest, what_is_not_ours_is_left_alone) {
  std::vector<std::uint8_t> foreign(5000, 0x41);
  MemoryFile file(foreign);
  EXPECT_EQ(recover_mp4(file)->found, ScannedFile::State::foreign);
  EXPECT_EQ(file.bytes(), foreign);
}

TEST_F(RecoveryTest, every_folder_is_recovered_and_a_second_run_changes_nothing) {
  const auto root = temporary_.path();
  record(root / "done", clock_, true);
  std::filesystem::create_directories(root / "begun");
  test::write_file(root / "begun" / segment_name(1), first(40));
  std::filesystem::create_directories(root / "no-json");
  test::write_file(root / "no-json" / segment_name(1), live_.bytes);

  auto reports = recover_all(*real_disk(), root, clock_);
  ASSERT_EQ(reports.size(), 4u);  // begun, done, live, no-json
  EXPECT_EQ(reports[0].sidecar.problem, "recording.empty");
  EXPECT_FALSE(reports[1].changed);
  EXPECT_EQ(reports[2].sidecar.state, RecorderState::finished);
  EXPECT_TRUE(reports[2].sidecar.recovered);
  EXPECT_EQ(reports[2].sidecar.meeting, MeetingId("m1"));
  EXPECT_GE(reports[2].sidecar.length(), 5500ms);
  EXPECT_EQ(reports[3].sidecar.id, RecordingId("no-json"));
  EXPECT_GE(reports[3].sidecar.length(), 5500ms);
  EXPECT_EQ(test::decode_errors(root / "live" / segment_name(1)), "");

  for (const auto& report : recover_all(*real_disk(), root, clock_))
    EXPECT_FALSE(report.changed) << report.id.str();
}

TEST_F(RecoveryTest, a_recording_at_work_is_not_touched) {
  RecorderOptions options;
  options.folder = temporary_.path() / "working";
  options.reserve_bytes = 0;
  auto writer = *RecordingWriter::create(options, real_disk(), clock_, [] {});
  const auto report = recover_folder(*real_disk(), options.folder, clock_);
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code, "recording.in_use");
}

TEST_F(RecoveryTest, a_meeting_of_three_hours_ends_by_writing_its_index_only) {
  auto disk = std::make_shared<test::MemoryDisk>();
  RecorderOptions options;
  options.folder = temporary_.path() / "long";
  options.reserve_bytes = 0;
  auto writer = *RecordingWriter::create(options, disk, clock_, [] {});
  // Tiny pictures: the head of each slice, which nobody decodes here.
  test::SampleMedia tiny = test::sample_media();
  for (auto& frame : tiny.video)
    if (!frame.key) frame.data.resize(std::min<std::size_t>(frame.data.size(), 40));
  const TimePoint start = clock_.now();
  std::size_t v = 0, a = 0;
  while (v < 3 * 3600 * 25) {
    auto picture = test::video_frame(tiny, v++, start);
    for (;;) {
      auto sound = test::audio_frame(tiny, a, start);
      if (sound->captured > picture->captured) break;
      writer->add(sound);
      ++a;
    }
    writer->add(picture);
  }
  auto& file = *disk->files.at(options.folder / segment_name(1));
  const auto live = file.bytes();
  file.reset_counters();
  const auto before = std::chrono::steady_clock::now();
  writer->finish();
  const auto took = std::chrono::steady_clock::now() - before;
  RecordProperty("finish_ms", static_cast<int>(took / 1ms));
  const std::uint64_t samples = v + a;
  EXPECT_LT(file.written(), samples * 12 + (256u << 10)) << "more than the index was written";
  EXPECT_LE(file.syncs(), 5);
  EXPECT_NEAR(std::chrono::duration<double>(writer->status().length).count(), 3 * 3600, 0.05);

  MemoryFile cut(live);
  const auto recovered = recover_mp4(cut);
  ASSERT_TRUE(recovered.has_value());
  EXPECT_NEAR(std::chrono::duration<double>(recovered->length).count(), 3 * 3600, 0.5);
  EXPECT_LT(cut.reads(), 3u * 3600 * 3) << "recovery reads more than the headers";
}

}  // namespace
}  // namespace diemcau::recording
