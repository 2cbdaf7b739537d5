// A burst of receivers that come to one encoded stream: few key frames for all of them.
#include <array>
#include <memory>
#include <vector>

#include "media/codec/vp8_payload.hpp"
#include "media/rtp/rtcp/key_frame_requests.hpp"
#include "tests/media/rtp/session_harness.hpp"

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;

constexpr int kJoiners = 100;
constexpr auto kFrame = milliseconds(40);

class LateJoinersTest : public SessionTest {
 protected:
  struct Joiner {
    explicit Joiner(const Clock& clock) : pipe(clock) {}
    Pipe pipe;
    std::unique_ptr<RtpSession> session;
  };

  void join(const std::shared_ptr<EncodedStream>& stage) {
    auto& joiner = *joiners_.emplace_back(std::make_unique<Joiner>(clock_));
    joiner.session = std::make_unique<RtpSession>(session({video()}), loop_, joiner.pipe, metrics_,
                                                  RtpSessionEvents{});
    joiner.session->show(Slot::main, stage);
  }
  /// As a browser does whose decoder has nothing to begin with.
  void ask_for_key_frame(Joiner& joiner) {
    std::array<std::uint8_t, 100> room;
    rtcp::Writer out(room);
    ASSERT_TRUE((rtcp::Pli{1, 1000}.write(out)));
    joiner.session->on_rtcp(out.written(), clock_.now());
  }
  /// One frame of the encoder: a key frame when one was asked for since the last.
  void encode(Vp8Source& source) {
    const bool key = key_frames_asked_ > answered_ || frames_ == 0;
    answered_ = key_frames_asked_;
    key_frames_ += key ? 1 : 0;
    ++frames_;
    source.publish(key);
    clock_.advance(kFrame);
    for (const auto& joiner : joiners_) tick(*joiner->session, clock_.now());
  }
  static bool begins_with_key_frame(Joiner& joiner) {
    std::vector<Pipe::Datagram> kept;
    const auto packets = joiner.pipe.rtp(kept);
    return !packets.empty() && vp8_starts_key_frame(packets[0].payload);
  }

  std::vector<std::unique_ptr<Joiner>> joiners_;
  int frames_ = 0, key_frames_ = 0, answered_ = 0;
};

TEST_F(LateJoinersTest, a_hundred_within_a_second_cost_four_key_frames_and_each_begins_with_one) {
  run([&] {
    auto stage = stream(Codec::vp8);
    Vp8Source source(stage, clock_, 100, 5000);
    join(stage);  // who was there before
    for (int i = 0; i < 50; ++i) encode(source);
    const int before = key_frames_;
    for (int joined = 0; joined < kJoiners;) {
      for (int i = 0; i < 4; ++i, ++joined) join(stage);
      encode(source);
    }
    EXPECT_GE(key_frames_ - before, 1) << "the old key frame lies too far back";
    EXPECT_LE(key_frames_ - before, 4) << "one in 300 ms at most";
    for (std::size_t i = 0; i < joiners_.size(); ++i)
      EXPECT_TRUE(begins_with_key_frame(*joiners_[i])) << "joiner " << i;
    joiners_.clear();
  });
}

TEST_F(LateJoinersTest, nor_do_their_own_requests_cost_more) {
  run([&] {
    auto stage = stream(Codec::vp8);
    Vp8Source source(stage, clock_, 100, 5000);
    for (int i = 0; i < kJoiners; ++i) join(stage);
    encode(source);
    const int before = key_frames_;
    for (int frame = 0; frame < 25; ++frame) {
      for (const auto& joiner : joiners_) ask_for_key_frame(*joiner);
      encode(source);
    }
    EXPECT_GE(key_frames_ - before, 1);
    EXPECT_LE(key_frames_ - before, 4);
    joiners_.clear();
  });
}

}  // namespace
}  // namespace diemcau::media
