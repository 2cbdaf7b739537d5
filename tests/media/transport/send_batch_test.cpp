#include "media/transport/send_batch.hpp"

#include <cstring>
#include <vector>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

struct Recorder final : RunSender {
  void send_run(const PacketRun& run) noexcept override {
    runs.push_back({run.segment, run.total, run.count});
  }
  struct Run {
    std::size_t segment, total, count;
    bool operator==(const Run&) const = default;
  };
  std::vector<Run> runs;
};

void put(SendBatch& batch, RunSender& sender, std::size_t size) {
  const auto room = batch.reserve(sender, 1300);
  ASSERT_EQ(room.size(), 1300u);
  std::memset(room.data(), 1, size);
  batch.append(size);
}

TEST(SendBatch, sends_equal_packets_and_a_shorter_last_one_together) {
  SendBatch batch;
  Recorder site;
  for (int i = 0; i < 6; ++i) put(batch, site, 1200);
  put(batch, site, 400);
  EXPECT_TRUE(site.runs.empty());
  batch.flush();
  EXPECT_EQ(site.runs, (std::vector<Recorder::Run>{{1200, 7600, 7}}));
}

TEST(SendBatch, begins_a_new_run_behind_a_shorter_and_before_a_longer_packet) {
  SendBatch batch;
  Recorder site;
  for (const std::size_t size : {100u, 1200u, 1200u, 300u, 300u}) put(batch, site, size);
  batch.flush();
  EXPECT_EQ(site.runs, (std::vector<Recorder::Run>{{100, 100, 1}, {1200, 2700, 3}, {300, 300, 1}}));
}

TEST(SendBatch, keeps_runs_within_what_the_kernel_takes) {
  SendBatch batch;
  Recorder site;
  for (int i = 0; i < 100; ++i) put(batch, site, 1200);
  batch.flush();
  std::size_t packets = 0;
  for (const auto& run : site.runs) {
    EXPECT_LE(run.count, SendBatch::kMaxSegments);
    EXPECT_LE(run.total, SendBatch::kMaxRunBytes);
    packets += run.count;
  }
  EXPECT_EQ(packets, 100u);
}

TEST(SendBatch, sends_by_itself_when_it_is_full) {
  SendBatch batch;
  Recorder site;
  for (int i = 0; i < 300; ++i) put(batch, site, 1200);
  EXPECT_FALSE(site.runs.empty());
  batch.flush();
  std::size_t packets = 0;
  for (const auto& run : site.runs) packets += run.count;
  EXPECT_EQ(packets, 300u);
}

TEST(SendBatch, sends_one_sites_packets_before_it_takes_anothers) {
  SendBatch batch;
  Recorder one, two;
  put(batch, one, 500);
  put(batch, two, 500);
  EXPECT_EQ(one.runs.size(), 1u);
  EXPECT_TRUE(two.runs.empty());
  batch.flush(one);
  EXPECT_TRUE(two.runs.empty()) << "not its packets";
  batch.flush(two);
  EXPECT_EQ(two.runs.size(), 1u);
}

TEST(SendBatch, forgets_room_that_was_not_used) {
  SendBatch batch;
  Recorder site;
  batch.reserve(site, 1300);
  batch.reserve(site, 1300);
  batch.flush();
  EXPECT_TRUE(site.runs.empty());
}

}  // namespace
}  // namespace diemcau::media
