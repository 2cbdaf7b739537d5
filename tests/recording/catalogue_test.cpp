// Lists, marks, playback and the command line's acts, over real folders and a real database.
#include "recording/catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recording/recording_writer.hpp"
#include "recording/recovery.hpp"
#include "recording/tools.hpp"
#include "tests/recording/sample_media.hpp"

namespace diemcau::recording {
namespace {

using namespace std::chrono_literals;

class CatalogueTest : public testing::Test {
 protected:
  CatalogueTest() : database_(open()), catalogue_(*database_, root()) {}
  std::unique_ptr<Database> open() {
    auto database = *Database::open({.url = database_url(temporary_.path())});
    EXPECT_TRUE(database->migrate(Catalogue::schema()).has_value());
    return database;
  }
  std::filesystem::path root() const { return temporary_.path() / "recordings"; }
  std::unique_ptr<RecordingWriter> begin(const std::string& id, const std::string& meeting = "m1") {
    RecorderOptions options;
    options.id = RecordingId(id);
    options.meeting = MeetingId(meeting);
    options.folder = catalogue_.folder_of(options.id);
    options.reserve_bytes = 0;
    auto writer = *RecordingWriter::create(options, real_disk(), clock_, [] {});
    EXPECT_TRUE(catalogue_.begin(options.id, options.meeting, clock_.wall()).has_value());
    return writer;
  }
  void feed(RecordingWriter& writer, const test::SampleMedia& media, Duration length) {
    const TimePoint start = clock_.now();
    for (const auto& frame : test::stage(media, start, length)) {
      clock_.advance(frame->captured - clock_.now());
      writer.add(frame);
    }
  }
  ManualClock clock_;
  test::TemporaryFolder temporary_;
  std::unique_ptr<Database> database_;
  Catalogue catalogue_;
};

TEST_F(CatalogueTest, knows_a_recording_from_start_to_end) {
  const RecordingId id = new_recording_id(clock_.wall());
  EXPECT_TRUE(is_recording_id(id.value));
  EXPECT_NE(id, new_recording_id(clock_.wall()));
  auto writer = begin(id.value);
  EXPECT_EQ(catalogue_.find(id)->state, RecorderState::recording);
  feed(*writer, test::sample_media(), 3s);
  ASSERT_TRUE(catalogue_.update(id, writer->status()).has_value());
  EXPECT_GE(catalogue_.find(id)->length, 2500ms);
  EXPECT_GT(catalogue_.open_media(id)->size(), 10'000u) << "it is served while it runs";
  writer->finish();
  ASSERT_TRUE(catalogue_.end(id).has_value());
  const auto entry = catalogue_.find(id);
  EXPECT_EQ(entry->state, RecorderState::finished);
  EXPECT_TRUE(entry->ended.has_value());
  EXPECT_EQ(entry->meeting, MeetingId("m1"));
  EXPECT_EQ(entry->bytes, catalogue_.open_media(id)->size());
  EXPECT_EQ(entry->files, 1);
}

TEST_F(CatalogueTest, lists_the_newest_first_and_by_meeting) {
  for (const char* id : {"a", "b", "c"}) {
    auto writer = begin(id, std::string(id) == "b" ? "m2" : "m1");
    clock_.advance(1min);
  }
  const auto ids = [](const std::vector<RecordingEntry>& entries) {
    std::string out;
    for (const auto& entry : entries) out += entry.id.value;
    return out;
  };
  EXPECT_EQ(ids(*catalogue_.list()), "cba");
  EXPECT_EQ(ids(*catalogue_.list(MeetingId("m1"))), "ca");
  EXPECT_EQ(ids(*catalogue_.list({}, 1, 1)), "b");
}

TEST_F(CatalogueTest, what_is_not_there_or_is_no_id_is_not_found) {
  for (const char* id : {"none", "", "..", "../x", "a/b", "a.b"}) {
    EXPECT_EQ(catalogue_.find(RecordingId(id)).error().code, "recording.not_found") << id;
    EXPECT_EQ(catalogue_.open_media(RecordingId(id)).error().code, "recording.not_found") << id;
    EXPECT_FALSE(catalogue_.add_mark(RecordingId(id), {clock_.wall(), "floor", "x"})) << id;
  }
  auto writer = begin("a");
  EXPECT_FALSE(catalogue_.open_media(RecordingId("a"), 0).has_value());
  EXPECT_FALSE(catalogue_.open_media(RecordingId("a"), 2).has_value());
}

TEST_F(CatalogueTest, marks_become_chapters_and_survive_the_loss_of_the_database) {
  auto writer = begin("a");
  const RecordingId id("a");
  feed(*writer, test::sample_media(), 4s);
  const Mark floor{clock_.wall(), "floor", "Xã <Mường Phăng>", "HD-10507", 3, 1900ms};
  ASSERT_TRUE(catalogue_.add_mark(id, floor));
  ASSERT_TRUE(catalogue_.add_mark(id, {clock_.wall() - 1s, "vote", "Thông qua?"}));
  EXPECT_EQ(catalogue_.add_mark(id, {clock_.wall(), "", "x"}).error().code, "recording.bad_mark");
  EXPECT_THAT(*catalogue_.marks(id), testing::Contains(floor));
  writer->finish();
  ASSERT_TRUE(catalogue_.end(id).has_value());
  const std::string vtt = *catalogue_.chapters_vtt(id);
  EXPECT_THAT(vtt, testing::HasSubstr("Phát biểu: Xã &lt;Mường Phăng&gt;"));
  EXPECT_THAT(vtt, testing::HasSubstr("00:00:01.9"));

  database_.reset();
  for (const char* suffix : {"", "-wal", "-shm"})
    std::filesystem::remove(temporary_.path() / (std::string("diemcau.db") + suffix));
  database_ = open();
  Catalogue fresh(*database_, root());
  EXPECT_EQ(*fresh.reconcile(), 1u);
  EXPECT_EQ(*fresh.chapters_vtt(id), vtt);
  EXPECT_EQ(*fresh.reconcile(), 0u);
}

TEST_F(CatalogueTest, says_so_when_a_folder_is_gone) {
  begin("a")->finish();
  std::filesystem::remove_all(root() / "a");
  EXPECT_EQ(*catalogue_.reconcile(), 1u);
  EXPECT_EQ(catalogue_.find(RecordingId("a"))->problem, "recording.missing");
  EXPECT_EQ(*catalogue_.reconcile(), 0u);
}

TEST_F(CatalogueTest, after_a_crash_recovery_and_reconciliation_show_it_finished) {
  auto writer = begin("a");
  feed(*writer, test::sample_media(), 3s);
  const auto file = test::read_file(root() / "a" / "0001.mp4");
  const auto json = test::read_file(root() / "a" / "recording.json");
  writer.reset();
  test::write_file(root() / "a" / "0001.mp4", file);
  test::write_file(root() / "a" / "recording.json", json);
  recover_all(*real_disk(), root(), clock_);
  EXPECT_EQ(*catalogue_.reconcile(), 1u);
  const auto entry = catalogue_.find(RecordingId("a"));
  EXPECT_EQ(entry->state, RecorderState::finished);
  EXPECT_TRUE(entry->recovered);
  EXPECT_GE(entry->length, 2500ms);
}

TEST_F(CatalogueTest, verify_finds_what_is_wrong) {
  auto writer = begin("a");
  feed(*writer, test::sample_media(), 3s);
  const auto folder = root() / "a";
  EXPECT_TRUE(verify_recording(*real_disk(), folder, true)->sound()) << "also while it runs";
  writer->finish();
  writer.reset();
  EXPECT_TRUE(verify_recording(*real_disk(), folder, true)->sound());
  auto bytes = test::read_file(folder / "0001.mp4");
  bytes[bytes.size() / 2] ^= 1;
  test::write_file(folder / "0001.mp4", bytes);
  EXPECT_TRUE(verify_recording(*real_disk(), folder, false)->sound());
  EXPECT_FALSE(verify_recording(*real_disk(), folder, true)->sound());
  // An index that points behind the data: the last chunk's offset is the file's last field.
  bytes[bytes.size() - 4] = 0x7F;
  test::write_file(folder / "0001.mp4", bytes);
  const auto broken = verify_recording(*real_disk(), folder, false);
  EXPECT_FALSE(broken->sound());
  std::filesystem::remove(folder / "0001.mp4");
  EXPECT_THAT(verify_recording(*real_disk(), folder, false)->problems,
              testing::ElementsAre("0001.mp4 is missing"));
}

TEST_F(CatalogueTest, export_copies_every_file_and_overwrites_nothing) {
  auto writer = begin("a");
  feed(*writer, test::sample_media(), 2s);
  const auto target = temporary_.path() / "họp.mp4";
  EXPECT_EQ(export_recording(*real_disk(), root() / "a", target).error().code,
            "recording.unfinished");
  feed(*writer, test::other_media(), 2s);
  writer->finish();
  const auto files = export_recording(*real_disk(), root() / "a", target);
  ASSERT_TRUE(files.has_value());
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ((*files)[0].filename(), "họp-1.mp4");
  EXPECT_EQ(test::read_file((*files)[1]), test::read_file(root() / "a" / "0002.mp4"));
  EXPECT_EQ(export_recording(*real_disk(), root() / "a", target).error().code, "recording.exists");
  EXPECT_FALSE(std::filesystem::exists((*files)[0].string() + ".part"));
  EXPECT_EQ(list_recordings(root()).size(), 1u);
}

}  // namespace
}  // namespace diemcau::recording
