#include <gtest/gtest.h>

#include "media/rtp/rtcp/bye.hpp"
#include "media/rtp/rtcp/key_frame_requests.hpp"
#include "media/rtp/rtcp/nack.hpp"
#include "media/rtp/rtcp/remb.hpp"
#include "media/rtp/rtcp/reports.hpp"
#include "media/rtp/rtcp/source_description.hpp"
#include "media/rtp/rtcp/transport_feedback.hpp"
#include "tests/media/codec/hex.hpp"

namespace diemcau::media::rtcp {
namespace {

// Bytes made by aiortc 1.4, a peer of another hand, unless a source stands beside them.
constexpr std::string_view kSr =
    "81c8000c11223344e000000080000000000010000000000500000258"
    "aabbccdd0cfffffd00011170000000210102030400010000";
constexpr std::string_view kSdes = "81ca000511223344010c73697465406578616d706c650000";
constexpr std::string_view kBye_ = "82cb00020000000100000002";
constexpr std::string_view kNackBytes = "81cd00050000000100000002000c8001001d000000640000";
constexpr std::string_view kPliBytes = "81ce00020000000100000002";
constexpr std::string_view kRembBytes = "8fce0005000000010000000052454d420113f7a096be96cf";
// After an example in the tests of Pion; not a capture of ours. Padded by one byte.
constexpr std::string_view kFeedback = "afcd0005fa17fa1743032fa0009900013de8021720019401";

template <class Message>
Message read(std::string_view text) {
  static thread_local std::vector<std::uint8_t> bytes;
  bytes = hex(text);
  CompoundReader reader(bytes);
  const auto packet = reader.next();
  EXPECT_TRUE(packet);
  auto message = Message::parse(*packet);
  EXPECT_TRUE(message);
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.malformed());
  return message.value_or(Message{});
}
template <class Message>
std::vector<std::uint8_t> written(const Message& message) {
  std::array<std::uint8_t, 1500> room;
  Writer out(room);
  EXPECT_TRUE(message.write(out));
  return {out.written().begin(), out.written().end()};
}

TEST(SenderReport, is_read_and_written_as_the_peer_does) {
  const auto sr = read<SenderReport>(kSr);
  EXPECT_EQ(sr.ssrc, 0x11223344u);
  EXPECT_EQ(sr.ntp, 0xe000000080000000u);
  EXPECT_EQ(sr.packet_count, 5u);
  ASSERT_EQ(sr.blocks.size(), 1u);
  EXPECT_EQ(sr.blocks[0].fraction_lost, 12);
  EXPECT_EQ(sr.blocks[0].cumulative_lost, -3);
  EXPECT_EQ(sr.blocks[0].highest_sequence, 70000u);
  EXPECT_EQ(sr.blocks[0].delay_since_last_sr, 65536u);
  EXPECT_EQ(written(sr), hex(kSr));
}

TEST(SourceDescription, is_read_and_written_as_the_peer_does) {
  const auto sdes = read<SourceDescription>(kSdes);
  ASSERT_EQ(sdes.chunks.size(), 1u);
  EXPECT_EQ(sdes.chunks[0].cname, "site@example");
  EXPECT_EQ(written(sdes), hex(kSdes));
}

TEST(SourceDescription, without_an_end_is_refused) {
  const auto bytes = hex("81ca000211223344010273ff");
  CompoundReader reader(bytes);
  EXPECT_FALSE(SourceDescription::parse(*reader.next()));
}

TEST(SourceDescription, may_have_no_name) {
  SourceDescription description;
  description.chunks.push_back({7, {}});
  EXPECT_EQ(read<SourceDescription>("81ca0002000000070100 0000"), description);
  EXPECT_EQ(written(description), hex("81ca000200000007 01000000"));
}

TEST(Bye, is_read_and_written_as_the_peer_does) {
  const auto bye = read<Bye>(kBye_);
  EXPECT_EQ(bye.sources.size(), 2u);
  EXPECT_EQ(written(bye), hex(kBye_));
}

TEST(Nack, is_read_and_written_as_the_peer_does) {
  const auto nack = read<Nack>(kNackBytes);
  std::vector<int> lost;
  nack.for_each([&](std::uint16_t s) { lost.push_back(s); });
  EXPECT_EQ(lost, (std::vector<int>{12, 13, 28, 29, 100}));
  Nack ours{1, 2, {}};
  for (const int s : lost) EXPECT_TRUE(ours.add(static_cast<std::uint16_t>(s)));
  EXPECT_EQ(written(ours), hex(kNackBytes));
}

TEST(Nack, packs_across_the_wrap) {
  Nack nack;
  nack.add(0xffff);
  nack.add(0);
  ASSERT_EQ(nack.items.size(), 1u);
  EXPECT_EQ(nack.items[0].behind, 1);
}

TEST(Pli, is_read_and_written_as_the_peer_does) {
  EXPECT_EQ(written(read<Pli>(kPliBytes)), hex(kPliBytes));
}

// RFC 5104 §4.3.1.1 figure 4.
TEST(Fir, has_one_entry_per_source) {
  const auto fir = read<Fir>("84ce0006 00000001 00000000 0000000a 05000000 0000000b 06000000");
  ASSERT_EQ(fir.entries.size(), 2u);
  EXPECT_EQ(fir.entries[1].ssrc, 11u);
  EXPECT_EQ(fir.entries[1].sequence, 6);
}

TEST(Remb, is_read_and_written_as_the_peer_does) {
  const auto remb = read<Remb>(kRembBytes);
  EXPECT_EQ(remb.bitrate, 4'160'000u);
  ASSERT_EQ(remb.ssrcs.size(), 1u);
  EXPECT_EQ(remb.ssrcs[0], 2529072847u);
  EXPECT_EQ(written(remb), hex(kRembBytes));
}

TEST(Remb, of_absurd_exponent_or_count_is_refused) {
  const auto exponent = hex("8fce0004000000010000000052454d4200ffffff");
  EXPECT_FALSE(Remb::parse(*CompoundReader(exponent).next()));
  const auto count = hex("8fce0004000000010000000052454d420513f7a0");
  EXPECT_FALSE(Remb::parse(*CompoundReader(count).next()));
}

TEST(TransportFeedback, reads_chromiums) {
  const auto feedback = read<TransportFeedback>(kFeedback);
  EXPECT_EQ(feedback.media_ssrc, 0x43032fa0u);
  EXPECT_EQ(feedback.base_sequence, 153);
  EXPECT_EQ(feedback.reference_time, 4057090);
  EXPECT_EQ(feedback.count, 23);
  ASSERT_EQ(feedback.statuses.size(), 1u);
  EXPECT_EQ(feedback.statuses[0].delta, 148);
}

TEST(TransportFeedback, survives_writing_in_every_mixture) {
  TransportFeedback feedback;
  feedback.sender_ssrc = 1;
  feedback.media_ssrc = 2;
  feedback.base_sequence = 65'000;
  feedback.reference_time = -5;
  for (int i = 0; i < 400; ++i) {
    const bool run = i / 40 % 2 == 0;
    const bool received = run || i % 3 != 0;
    const auto delta = static_cast<std::int16_t>(!received ? 0 : i % 7 == 0 ? -300 : i % 200);
    feedback.statuses.push_back({received, delta});
  }
  const auto bytes = written(feedback);
  EXPECT_EQ(bytes.size(), feedback.size());
  EXPECT_EQ(TransportFeedback::parse(*CompoundReader(bytes).next()), feedback);
}

TEST(TransportFeedback, that_claims_more_than_the_bound_is_refused) {
  const auto bytes = hex("8fcd0005 00000001 00000002 0000ffff 00000000 1fff1fff 1fff1fff");
  const auto packet = CompoundReader(bytes).next();
  EXPECT_FALSE(packet && TransportFeedback::parse(*packet));
}

TEST(CompoundReader, walks_a_compound_and_skips_unknown_types) {
  const auto bytes =
      hex(std::string(kSr) + std::string(kSdes) + "80dd000100000000" + std::string(kPliBytes));
  CompoundReader reader(bytes);
  std::vector<int> types;
  while (const auto packet = reader.next()) types.push_back(packet->type);
  EXPECT_EQ(types, (std::vector<int>{200, 202, 221, 206}));
  EXPECT_FALSE(reader.malformed());
}

TEST(CompoundReader, accepts_reduced_size_and_stops_at_nonsense) {
  const auto bytes = hex(std::string(kPliBytes) + "81ceffff00000001");
  CompoundReader reader(bytes);
  EXPECT_TRUE(reader.next());
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.malformed());
}

TEST(Writer, does_not_begin_what_does_not_fit) {
  std::array<std::uint8_t, 11> room;
  Writer out(room);
  EXPECT_FALSE((Pli{1, 2}.write(out)));
  EXPECT_EQ(out.size(), 0u);
}

}  // namespace
}  // namespace diemcau::media::rtcp
