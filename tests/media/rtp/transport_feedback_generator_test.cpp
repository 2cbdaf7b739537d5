#include "media/rtp/transport_feedback_generator.hpp"

#include <map>
#include <random>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

class TransportFeedbackGeneratorTest : public testing::Test {
 protected:
  /// Sends all that is due over the wire format and notes what a sender would learn.
  void tell() {
    while (const auto* message = generator_.next(1, now_)) {
      std::array<std::uint8_t, 1400> room;
      rtcp::Writer out(room);
      ASSERT_TRUE(message->write(out));
      const auto read = rtcp::TransportFeedback::parse(*rtcp::CompoundReader(out.written()).next());
      ASSERT_TRUE(read);
      counts_.push_back(read->count);
      Duration at = read->reference_time * rtcp::TransportFeedback::kReferenceStep;
      std::uint16_t sequence = read->base_sequence;
      for (const auto& status : read->statuses) {
        if (status.received) {
          at += status.delta * rtcp::TransportFeedback::kTick;
          told_[sequence] = at;
        }
        ++sequence;
      }
    }
  }
  TimePoint now_{std::chrono::seconds(64 * 100)};
  TransportFeedbackGenerator generator_;
  std::map<std::uint16_t, Duration> told_;
  std::vector<int> counts_;
};

TEST_F(TransportFeedbackGeneratorTest, covers_every_packet_through_the_wrap_without_drift) {
  std::mt19937 random(3);
  std::map<std::uint16_t, TimePoint> truth;
  std::uint16_t sequence = 65'000;
  for (int i = 0; i < 2000; ++i, ++sequence) {
    now_ += microseconds(random() % 3000);
    if (random() % 10 == 0) continue;  // lost
    truth[sequence] = now_;
    generator_.on_packet(sequence, 9, now_);
    if (generator_.due(now_)) tell();
  }
  tell();
  ASSERT_EQ(told_.size(), truth.size());
  for (const auto& [number, at] : truth)
    EXPECT_LT(std::chrono::abs(told_[number] - at.time_since_epoch()), microseconds(251)) << number;
  for (std::size_t i = 1; i < counts_.size(); ++i)
    EXPECT_EQ(counts_[i], (counts_[i - 1] + 1) % 256);
}

TEST_F(TransportFeedbackGeneratorTest, tells_a_packet_that_came_late_too) {
  generator_.on_packet(10, 9, now_);
  generator_.on_packet(12, 9, now_);
  tell();
  EXPECT_EQ(told_.count(11), 0u);
  now_ += milliseconds(70);
  generator_.on_packet(11, 9, now_);
  tell();
  EXPECT_EQ(told_.count(11), 1u);
}

TEST_F(TransportFeedbackGeneratorTest, begins_another_message_after_a_long_pause) {
  generator_.on_packet(10, 9, now_);
  now_ += std::chrono::seconds(20);  // beyond 16 bits of 250 µs
  generator_.on_packet(11, 9, now_);
  tell();
  EXPECT_EQ(told_.size(), 2u);
  EXPECT_EQ(counts_.size(), 2u);
}

TEST_F(TransportFeedbackGeneratorTest, is_due_every_interval_and_only_with_news) {
  EXPECT_FALSE(generator_.due(now_));
  generator_.on_packet(10, 9, now_);
  EXPECT_TRUE(generator_.due(now_));
  tell();
  generator_.on_packet(11, 9, now_);
  EXPECT_FALSE(generator_.due(now_ + milliseconds(40)));
  EXPECT_TRUE(generator_.due(now_ + TransportFeedbackGenerator::kInterval));
}

}  // namespace
}  // namespace diemcau::media
