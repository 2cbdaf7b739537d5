#include "mcu/app/backup.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "mcu/app/stores.hpp"
#include "recording/disk.hpp"
#include "recording/sidecar.hpp"
#include "tests/base/storage/testing/database_test.hpp"

namespace diemcau::mcu {
namespace {

namespace fs = std::filesystem;

class Backup : public ::testing::Test {
 protected:
  void SetUp() override {
    stores_ = std::move(*Stores::open(data(), "", clock_));
    NewMeeting wanted;
    wanted.title = "Giao ban";
    meeting_ = stores_->meetings.create(wanted)->id;
  }
  fs::path data() const { return folder_.path() / "data"; }
  fs::path backup() const { return folder_.path() / "backup"; }
  fs::path restored() const { return folder_.path() / "restored"; }

  void record(const std::string& id, recording::RecorderState state) {
    const fs::path folder = recordings_folder(data()) / id;
    fs::create_directories(folder);
    recording::Sidecar sidecar;
    sidecar.id = RecordingId(id);
    sidecar.meeting = meeting_;
    sidecar.state = state;
    sidecar.segments = {{"0001.mp4", {}, std::chrono::seconds(1), 5}};
    ASSERT_TRUE(recording::write_sidecar(*recording::real_disk(), folder, sidecar));
    write(folder / "0001.mp4", "media");
  }
  static void write(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
  }
  static std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  diemcau::testing::TemporaryFolder folder_;
  ManualClock clock_;
  std::unique_ptr<Stores> stores_;
  MeetingId meeting_;
};

TEST_F(Backup, comes_back_whole_in_an_empty_folder) {
  record("done", recording::RecorderState::finished);
  fs::create_directories(documents_folder(data()) / "incoming");
  write(documents_folder(data()) / "abcdefghijklmnop", "document");
  write(documents_folder(data()) / "incoming" / "half", "doc");
  auto made = make_backup(stores_->database, data(), backup(), clock_);
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(made->recordings, 1u);
  auto back = restore_backup(backup(), restored());
  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_EQ(read(documents_folder(restored()) / "abcdefghijklmnop"), "document");
  EXPECT_FALSE(fs::exists(documents_folder(restored()) / "incoming"));
  EXPECT_EQ(back->recordings, 1u);
  auto stores = Stores::open(restored(), "", clock_);
  ASSERT_TRUE(stores);
  EXPECT_EQ((*stores)->meetings.find(meeting_)->title, "Giao ban");
  EXPECT_EQ(read(recordings_folder(restored()) / "done" / "0001.mp4"), "media");
  EXPECT_FALSE(fs::exists(restored() / ".restore"));
}

TEST_F(Backup, shares_media_on_one_disk_but_never_what_may_still_change) {
  record("done", recording::RecorderState::finished);
  ASSERT_TRUE(make_backup(stores_->database, data(), backup(), clock_));
  EXPECT_EQ(fs::hard_link_count(backup() / "recordings" / "done" / "0001.mp4"), 2u);
  EXPECT_EQ(fs::hard_link_count(backup() / "recordings" / "done" / "recording.json"), 1u);
}

TEST_F(Backup, leaves_out_what_is_being_recorded_and_says_so) {
  record("running", recording::RecorderState::recording);
  auto made = make_backup(stores_->database, data(), backup(), clock_);
  ASSERT_TRUE(made);
  EXPECT_THAT(made->left_out, ::testing::ElementsAre("running"));
  EXPECT_FALSE(fs::exists(backup() / "recordings" / "running"));
}

TEST_F(Backup, overwrites_nothing) {
  ASSERT_TRUE(make_backup(stores_->database, data(), backup(), clock_));
  EXPECT_EQ(make_backup(stores_->database, data(), backup(), clock_).error().code, "backup.exists");
  EXPECT_EQ(restore_backup(backup(), data()).error().code, "backup.exists");
  fs::create_directories(recordings_folder(restored()) / "other");
  EXPECT_EQ(restore_backup(backup(), restored()).error().code, "backup.exists");
}

TEST_F(Backup, that_was_damaged_or_cut_short_is_refused) {
  record("done", recording::RecorderState::finished);
  ASSERT_TRUE(make_backup(stores_->database, data(), backup(), clock_));
  EXPECT_EQ(restore_backup(data(), restored()).error().code, "backup.not_one");
  const fs::path media = backup() / "recordings" / "done" / "0001.mp4";
  fs::remove(media);
  EXPECT_EQ(restore_backup(backup(), restored()).error().code, "backup.damaged");
  write(media, "medja");
  EXPECT_EQ(restore_backup(backup(), restored()).error().code, "backup.damaged");
  write(media, "media");
  write(backup() / "backup.json", "{");
  EXPECT_EQ(restore_backup(backup(), restored()).error().code, "backup.damaged");
  EXPECT_FALSE(fs::exists(restored() / "diemcau.db"));
}

TEST_F(Backup, cannot_write_outside_its_folder) {
  ASSERT_TRUE(make_backup(stores_->database, data(), backup(), clock_));
  write(backup() / "backup.json",
        R"({"format":1,"made_at":0,"files":[{"name":"../evil","bytes":1,"blake2b":""}]})");
  write(folder_.path() / "evil", "x");
  EXPECT_EQ(restore_backup(backup(), restored()).error().code, "backup.damaged");
}

}  // namespace
}  // namespace diemcau::mcu
