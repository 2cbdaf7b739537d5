// The pure parts: ranges, chapters, times, boxes, parameter sets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recording/byte_range.hpp"
#include "recording/chapters.hpp"
#include "recording/media_file.hpp"
#include "recording/mp4/aac.hpp"
#include "recording/mp4/avc.hpp"
#include "recording/mp4/box_reader.hpp"
#include "recording/mp4/fragment.hpp"
#include "recording/mp4/movie.hpp"
#include "recording/timeline.hpp"
#include "tests/recording/sample_media.hpp"

namespace diemcau::recording {
namespace {

using namespace std::chrono_literals;
using Kind = ByteRange::Kind;

TEST(ByteRange, follows_the_examples_of_rfc_9110_section_14) {
  EXPECT_EQ(parse_range("bytes=0-499", 10000), (ByteRange{Kind::part, 0, 500}));
  EXPECT_EQ(parse_range("bytes=500-999", 10000), (ByteRange{Kind::part, 500, 500}));
  EXPECT_EQ(parse_range("bytes=-500", 10000), (ByteRange{Kind::part, 9500, 500}));
  EXPECT_EQ(parse_range("bytes=9500-", 10000), (ByteRange{Kind::part, 9500, 500}));
  EXPECT_EQ(parse_range("Bytes= 0-0", 10000), (ByteRange{Kind::part, 0, 1}));
}
TEST(ByteRange, is_cut_at_the_end_of_the_file) {
  EXPECT_EQ(parse_range("bytes=9000-20000", 10000), (ByteRange{Kind::part, 9000, 1000}));
  EXPECT_EQ(parse_range("bytes=-20000", 10000), (ByteRange{Kind::part, 0, 10000}));
  EXPECT_EQ(parse_range("bytes=0-99999999999999999999999", 10), (ByteRange{Kind::part, 0, 10}));
}
TEST(ByteRange, behind_the_end_is_unsatisfiable) {
  for (const char* header :
       {"bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=99999999999999999999999-"})
    EXPECT_EQ(parse_range(header, 10000).kind, Kind::unsatisfiable) << header;
  EXPECT_EQ(parse_range("bytes=0-", 0).kind, Kind::unsatisfiable);
  EXPECT_EQ(content_range(parse_range("bytes=10000-", 10000), 10000), "bytes */10000");
}
TEST(ByteRange, what_is_not_one_range_of_bytes_is_ignored) {
  for (const char* header :
       {"", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "bytes=1", "bytes=0-1,3-4",
        "lines=0-1", "bytes=+1-2", "bytes=1 - 2", "bytes=0x1-2"})
    EXPECT_EQ(parse_range(header, 100), (ByteRange{Kind::whole, 0, 100})) << header;
}
TEST(ByteRange, names_the_part_in_content_range) {
  EXPECT_EQ(content_range(parse_range("bytes=0-499", 1234), 1234), "bytes 0-499/1234");
}

TEST(MediaFile, serves_parts_with_validators) {
  test::TemporaryFolder folder;
  test::write_file(folder.path() / "a.mp4", {1, 2, 3, 4, 5});
  const auto file = MediaFile::open(folder.path() / "a.mp4");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->size(), 5u);
  std::uint8_t bytes[8] = {};
  EXPECT_EQ(*file->read(3, bytes), 2u);
  EXPECT_EQ(bytes[0], 4);
  EXPECT_THAT(file->last_modified(), testing::EndsWith(" GMT"));
  EXPECT_EQ(file->range_for("bytes=1-2", "").length, 2u);
  EXPECT_EQ(file->range_for("bytes=1-2", file->etag()).length, 2u);
  EXPECT_EQ(file->range_for("bytes=1-2", "\"other\"").kind, Kind::whole);
  EXPECT_TRUE(file->not_modified(file->etag()));
  EXPECT_FALSE(file->not_modified("\"other\""));
}
TEST(MediaFile, never_follows_a_link_or_opens_a_folder) {
  test::TemporaryFolder folder;
  test::write_file(folder.path() / "a.mp4", {1});
  std::filesystem::create_symlink("a.mp4", folder.path() / "b.mp4");
  EXPECT_EQ(MediaFile::open(folder.path() / "b.mp4").error().code, "recording.not_found");
  EXPECT_EQ(MediaFile::open(folder.path()).error().code, "recording.not_found");
  EXPECT_EQ(MediaFile::open(folder.path() / "c.mp4").error().code, "recording.not_found");
}

TEST(Chapters, become_cues_that_meet_each_other) {
  const std::vector<Chapter> chapters = {{90s, "Ý kiến huyện Mường Chà"}, {0s, "Khai mạc"}};
  EXPECT_EQ(to_webvtt(chapters, 3601500ms),
            "WEBVTT\n\n00:00:00.000 --> 00:01:30.000\nKhai mạc\n\n"
            "00:01:30.000 --> 01:00:01.500\nÝ kiến huyện Mường Chà\n");
}
TEST(Chapters, a_title_cannot_break_out_of_its_cue) {
  const std::vector<Chapter> chapters = {{0s, "<b>a & b</b>\n\n00:00 --> 00:01\nx"}, {2s, "\r\n"}};
  EXPECT_EQ(to_webvtt(chapters, 4s),
            "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n"
            "&lt;b&gt;a &amp; b&lt;/b&gt;  00:00 --&gt; 00:01 x\n\n"
            "00:00:02.000 --> 00:00:04.000\n-\n");
}
TEST(Chapters, at_one_moment_stand_beside_each_other_and_behind_the_end_nowhere) {
  const std::vector<Chapter> chapters = {{-5s, "before"}, {0s, "start"}, {10s, "behind the end"}};
  EXPECT_EQ(to_webvtt(chapters, 10s), "WEBVTT\n\n00:00:00.000 --> 00:00:10.000\nbefore · start\n");
  EXPECT_EQ(to_webvtt({}, 10s), "WEBVTT\n");
}
TEST(Chapters, are_counted_from_the_first_media) {
  Sidecar sidecar;
  const std::vector<Mark> marks = {{WallTime(100s), "chapter", "a"}};
  EXPECT_TRUE(chapters_of(sidecar, marks, 90s).empty());
  sidecar.media_started = WallTime(40s);
  EXPECT_EQ(chapters_of(sidecar, marks, 90s).at(0).start, 60s);
  EXPECT_TRUE(chapters_of(sidecar, marks, 60s).empty()) << "behind its end";
}
TEST(Chapters, keep_their_place_when_the_clock_was_set_and_end_where_the_speech_ended) {
  Sidecar sidecar;
  sidecar.media_started = WallTime(1h);
  const std::vector<Mark> marks = {
      {WallTime(2min), "floor", "Huyện Thanh Miện", "HD-300", 3, 20s},  // the clock went back
      {WallTime(1h), "agenda", "Tham luận", "", 3, 20s},
      {WallTime(1h), "floor_end", "", "HD-300", 3, 50s},
      {WallTime(1h), "agenda", "Bế mạc", "", 4, 60s},
      {WallTime(1h), "vote", "Thông qua?", "", 4, -1s},
  };
  const auto chapters = chapters_of(sidecar, marks, 100s);
  std::vector<std::string> said;
  for (const auto& c : chapters)
    said.push_back(std::to_string(c.start / 1s) + "-" + std::to_string(c.end / 1s) + " " + c.title);
  EXPECT_EQ(said, (std::vector<std::string>{
                      "0-100 Biểu quyết: Thông qua?", "20-60 Mục 3: Tham luận",
                      "20-50 Phát biểu: Huyện Thanh Miện", "60-100 Mục 4: Bế mạc"}));
}

TEST(Chapters, begun_and_ended_before_the_first_picture_are_none) {
  Sidecar sidecar;
  const WallTime zero{1h};
  sidecar.media_started = zero;
  const std::vector<Mark> marks{{zero - 800ms, "floor", "UBND huyện Thanh Miện"},
                                {zero - 300ms, "floor_end", ""},
                                {zero - 200ms, "agenda", "Khai mạc"}};
  const auto chapters = chapters_of(sidecar, marks, 60s);
  ASSERT_EQ(chapters.size(), 1u);
  EXPECT_EQ(chapters[0].kind, "agenda");
  EXPECT_EQ(chapters[0].start, 0s) << "it goes on when the picture comes";
  EXPECT_EQ(chapters[0].end, 60s);
}

TEST(AudioTimeline, ignores_jitter_and_fills_holes) {
  const TimePoint zero{1h};
  AudioTimeline time(zero, 48000, 1024);
  EXPECT_EQ(time.place(zero)->dts, 0u);
  EXPECT_EQ(time.place(zero + 21333us + 15ms)->dts, 1024u);
  EXPECT_EQ(time.place(zero + 42666us - 15ms)->dts, 2048u);
  const auto after_hole = time.place(zero + 1s);
  EXPECT_EQ(after_hole->dts, 48000u);
  EXPECT_EQ(after_hole->silence_dts, 3072u);
  EXPECT_EQ(after_hole->silent_frames, (48000u - 3072u) / 1024);
}
TEST(AudioTimeline, leaves_out_what_is_already_filled) {
  const TimePoint zero{1h};
  AudioTimeline time(zero, 48000, 1024);
  for (int i = 0; i < 100; ++i) (void)time.place(zero + i * 21333us);
  EXPECT_FALSE(time.place(zero + 1s).has_value());
}
TEST(AudioTimeline, never_strays_from_the_capture_time) {
  const TimePoint zero{1h};
  AudioTimeline time(zero, 48000, 1024);
  // A mixer whose clock runs 0.1 % fast: an hour of it.
  for (int i = 0; i < 170'000; ++i) {
    const Duration captured(std::int64_t{i} * 21'312'000);
    const auto placed = time.place(zero + captured);
    if (!placed) continue;
    const Duration at(static_cast<std::int64_t>(placed->dts * 1'000'000'000 / 48000));
    ASSERT_LE(std::chrono::abs(at - captured), AudioTimeline::kTolerance + 1ms) << i;
  }
}
TEST(VideoTimeline, is_strictly_increasing) {
  const TimePoint zero{1h};
  VideoTimeline time(zero, 90000);
  EXPECT_EQ(time.place(zero + 40ms), 3600u);
  EXPECT_EQ(time.place(zero + 40ms), 3601u);
  EXPECT_EQ(time.place(zero - 1s), 3602u);
  EXPECT_EQ(time.place(zero + 2h), 648'000'000u);
}

TEST(Avc, splits_annex_b_and_takes_out_what_the_file_says_once) {
  const std::vector<std::uint8_t> annex_b = {0, 0, 0,    1, 9, 0xF0, 0, 0,    1, 0x67, 1, 2, 0, 0,
                                             0, 1, 0x68, 3, 0, 0,    1, 0x65, 7, 8,    9, 0, 0};
  const auto sample = mp4::to_avc_sample(annex_b);
  EXPECT_TRUE(sample.idr);
  EXPECT_THAT(sample.data, testing::ElementsAre(0, 0, 0, 4, 0x65, 7, 8, 9));
  ASSERT_TRUE(sample.parameters.complete());
  EXPECT_THAT(sample.parameters.sps[0], testing::ElementsAre(0x67, 1, 2));
}
TEST(Avc, reads_the_size_of_the_picture_after_cropping) {
  const auto sample = mp4::to_avc_sample(test::sample_media().video.at(0).data);
  ASSERT_TRUE(sample.parameters.complete());
  const auto picture = mp4::parse_sps(sample.parameters.sps[0]);
  ASSERT_TRUE(picture.has_value());
  EXPECT_EQ(picture->width, 320);
  EXPECT_EQ(picture->height, 180);
}
TEST(Avc, refuses_a_parameter_set_cut_anywhere) {
  const auto sample = mp4::to_avc_sample(test::sample_media().video.at(0).data);
  const auto& sps = sample.parameters.sps.at(0);
  for (std::size_t n = 0; n < 8; ++n)
    EXPECT_FALSE(mp4::parse_sps(std::span(sps).first(n)).has_value()) << n;
}
TEST(Aac, reads_rate_and_channels) {
  const std::vector<std::uint8_t> config = {0x11, 0x90};  // AAC-LC, 48 kHz, stereo
  const auto parsed = mp4::parse_audio_specific_config(config);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->sample_rate, 48000u);
  EXPECT_EQ(parsed->channels, 2);
  EXPECT_EQ(parsed->frame_samples, 1024u);
  EXPECT_FALSE(mp4::parse_audio_specific_config({}).has_value());
  EXPECT_FALSE(mp4::parse_audio_specific_config(std::vector<std::uint8_t>{0xFF, 0xFF}).has_value());
}

TEST(Fragment, is_read_back_as_written) {
  const std::vector<mp4::TrackRun> runs = {{1, 9000, {{3, 3600, true}, {2, 3600, false}}},
                                           {2, 4800, {{4, 1024, true}}}};
  const std::vector<std::vector<std::uint8_t>> data = {{1, 2, 3, 4, 5}, {6, 7, 8, 9}};
  const auto bytes = mp4::write_fragment(7, runs, data);
  const auto fragment = mp4::parse_fragment(bytes);
  ASSERT_TRUE(fragment.has_value());
  EXPECT_EQ(fragment->sequence, 7u);
  EXPECT_EQ(fragment->runs, runs);
  const std::span<const std::uint8_t> all(bytes);
  EXPECT_EQ(mp4::fragment_crc(all.first(fragment->moof_size), all.subspan(fragment->moof_size + 8)),
            fragment->crc);
  for (std::size_t n = 0; n < fragment->moof_size; ++n)
    EXPECT_FALSE(mp4::parse_fragment(all.first(n)).has_value()) << n;
}
TEST(Movie, the_header_of_fragments_is_read_back_as_written) {
  const auto sample = mp4::to_avc_sample(test::sample_media().video.at(0).data);
  mp4::Movie movie;
  movie.created = 3'900'000'000;
  movie.tracks.push_back(*mp4::avc_track(1, sample.parameters));
  movie.tracks.push_back(*mp4::aac_track(2, std::vector<std::uint8_t>{0x11, 0x90}));
  const auto bytes = mp4::fragmented_movie(movie);
  EXPECT_EQ(mp4::parse_fragmented_movie(bytes), movie);
  for (std::size_t n = 0; n < bytes.size(); ++n)
    EXPECT_FALSE(mp4::parse_fragmented_movie(std::span(bytes).first(n)).has_value()) << n;
}
TEST(SampleTable, uses_64_bit_offsets_beyond_4_gigabytes) {
  mp4::SampleTable table;
  table.begin_chunk(1000);
  table.add(10, 0, 3600, true);
  table.begin_chunk(5'000'000'000);
  table.add(20, 3600, 3600, false);
  table.add(20, 10000, 3600, false);
  const auto sample = mp4::to_avc_sample(test::sample_media().video.at(0).data);
  mp4::BoxWriter out;
  table.write(out, *mp4::avc_track(1, sample.parameters));
  const auto stbl = mp4::first_box(out.view());
  const auto co64 = mp4::find_box(stbl->payload, "co64");
  ASSERT_TRUE(co64.has_value());
  mp4::ByteReader in(co64->payload);
  in.skip(8);
  EXPECT_EQ(in.u64(), 1000u);
  EXPECT_EQ(in.u64(), 5'000'000'000u);
  const auto stts = mp4::find_box(stbl->payload, "stts");
  mp4::ByteReader times(stts->payload);
  times.skip(4);
  EXPECT_EQ(times.u32(), 3u);  // 3600, 6400, 3600
  EXPECT_EQ(table.duration(), 13600u);
}

}  // namespace
}  // namespace diemcau::recording
