#include "media/rtp/output_numbering.hpp"

#include "tests/media/rtp/session_harness.hpp"

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
constexpr TimePoint kStart{std::chrono::hours(1)};

class OutputNumberingTest : public SessionTest {
 protected:
  static PacketInfo packet(std::int64_t index, std::uint32_t timestamp) {
    PacketInfo info;
    info.index = index;
    info.timestamp = timestamp;
    return info;
  }
  OutputNumbering::Numbers send(const PacketInfo& p, TimePoint captured) {
    const auto numbers = OutputNumbering::numbers(*numbering_.current(), p);
    numbering_.sent(p, captured, std::nullopt);
    return numbers;
  }
  OutputNumbering numbering_{65'530, 5000};
  std::shared_ptr<EncodedStream> first_ = stream(Codec::h264), second_ = stream(Codec::h264);
};

TEST_F(OutputNumberingTest, goes_on_across_a_switch) {
  numbering_.begin(first_, {}, 96, packet(100, 0), {}, kStart);
  const auto before = send(packet(100, 0), kStart);
  numbering_.begin(second_, {}, 96, packet(7, 777), {}, kStart + milliseconds(40));
  const auto after = send(packet(7, 777), kStart + milliseconds(40));
  EXPECT_EQ(static_cast<std::uint16_t>(after.sequence - before.sequence), 1);
  EXPECT_EQ(after.timestamp - before.timestamp, 3600u);
}

TEST_F(OutputNumberingTest, never_gives_two_pictures_one_timestamp) {
  numbering_.begin(first_, {}, 96, packet(100, 0), {}, kStart);
  const auto before = send(packet(100, 0), kStart);
  numbering_.begin(second_, {}, 96, packet(7, 777), {}, kStart - milliseconds(500));
  const auto after = send(packet(7, 777), kStart - milliseconds(500));
  EXPECT_EQ(after.timestamp - before.timestamp, 900u);
}

TEST_F(OutputNumberingTest, resolves_what_was_sent_through_the_recent_switches) {
  numbering_.begin(first_, {}, 96, packet(100, 0), {}, kStart);
  const auto a = send(packet(100, 0), kStart);
  send(packet(101, 0), kStart);
  numbering_.begin(second_, SourceId{3}, 96, packet(7, 0), {}, kStart);
  const auto b = send(packet(7, 0), kStart);
  EXPECT_EQ(numbering_.resolve(a.sequence).index, 100);
  EXPECT_EQ(numbering_.resolve(a.sequence).segment->stream.lock(), first_);
  EXPECT_EQ(numbering_.resolve(b.sequence).index, 7);
  EXPECT_EQ(numbering_.resolve(b.sequence).segment->self, SourceId{3});
  EXPECT_EQ(numbering_.resolve(static_cast<std::uint16_t>(b.sequence + 1)).segment, nullptr);
  EXPECT_EQ(numbering_.resolve(static_cast<std::uint16_t>(a.sequence - 1)).segment, nullptr);
}

TEST_F(OutputNumberingTest, keeps_the_gaps_of_a_forwarded_source_but_not_its_restarts) {
  numbering_.begin(first_, {}, 96, packet(100, 0), {}, kStart);
  const auto a = send(packet(100, 0), kStart);
  EXPECT_TRUE(numbering_.in_segment(packet(103, 0)));
  EXPECT_EQ(static_cast<std::uint16_t>(send(packet(103, 0), kStart).sequence - a.sequence), 3);
  EXPECT_TRUE(numbering_.beyond(packet(103 + 70'000, 0)));
  EXPECT_FALSE(numbering_.in_segment(packet(99, 0)));
}

TEST_F(OutputNumberingTest, tells_the_rtp_time_of_now_for_sender_reports) {
  numbering_.begin(first_, {}, 96, packet(100, 0), {}, kStart);
  const auto a = send(packet(100, 0), kStart);
  EXPECT_EQ(numbering_.timestamp_at(kStart + milliseconds(500)) - a.timestamp, 45'000u);
}

}  // namespace
}  // namespace diemcau::media
