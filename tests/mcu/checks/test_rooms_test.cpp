#include "mcu/checks/test_rooms.hpp"

#include <fstream>
#include <sstream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "mcu/checks/test_tone.hpp"
#include "media/transport/dtls_certificate.hpp"
#include "signaling/io_threads.hpp"

namespace diemcau::mcu {
namespace {

std::string offer() {
  std::ifstream file(std::string(DIEMCAU_VECTORS) + "/sdp/chromium-156-offer.sdp");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class TestRoomsTest : public ::testing::Test {
 protected:
  explicit TestRoomsTest(std::size_t most = 1) {
    loop_.start();
    media_.transports = {&loop_};
    media_.loops = {&loop_};
    media_.certificate = &certificate_;
    media_.clock = &clock_;
    media_.metrics = &metrics_;
    media_.transport.addresses = {"127.0.0.1"};
    rooms_ = std::make_unique<TestRooms>(threads_.context(), media_, most);
    threads_.start();
  }
  template <class F>
  auto asked(F fn) {
    return boost::asio::co_spawn(threads_.context(), std::move(fn), boost::asio::use_future).get();
  }
  ~TestRoomsTest() override {
    asked([this] { return rooms_->close_all(); });
    threads_.stop();
    rooms_.reset();
    loop_.stop();
  }
  Result<CheckOpened> open(const std::string& owner, const std::string& sdp = offer(),
                           const std::string& device = "") {
    return asked([&] { return rooms_->open(owner, device, sdp); });
  }
  std::string step(const std::string& id, const std::string& owner) {
    const auto done = asked([&] { return rooms_->step(id, owner, CheckStep::record); });
    return done ? "begun" : done.error().code;
  }

  SystemClock clock_;
  Metrics metrics_;
  media::DtlsCertificate certificate_ = *media::DtlsCertificate::generate();
  media::TransportLoop loop_{0, clock_, metrics_};
  MediaContext media_;
  signaling::IoThreads threads_{2, 1};
  std::unique_ptr<TestRooms> rooms_;
};

class TenTestRooms : public TestRoomsTest {
 protected:
  TenTestRooms() : TestRoomsTest(10) {}
};

TEST_F(TestRoomsTest, answers_as_a_meeting_does_but_for_redundant_sound) {
  const auto opened = open("a");
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_EQ(opened->id.size(), 32u);
  EXPECT_NE(opened->sdp.find("a=setup:passive"), std::string::npos);
  EXPECT_NE(opened->sdp.find("opus/48000"), std::string::npos);
  EXPECT_EQ(opened->sdp.find("red/48000"), std::string::npos) << "what is kept is played as it is";
  const auto view = asked([&] { return rooms_->view(opened->id, "a"); });
  ASSERT_TRUE(view);
  EXPECT_EQ(view->state, CheckView::State::connecting);
  EXPECT_EQ(step(opened->id, "a"), "check.not_connected");
}

TEST_F(TestRoomsTest, refuses_one_more_than_it_has_and_says_so) {
  const auto first = open("a");
  ASSERT_TRUE(first);
  const auto second = open("b");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "check.full");
  EXPECT_EQ(second.error().kind, Errc::full);
  ASSERT_TRUE(asked([&] { return rooms_->close(first->id, "a"); }));
  EXPECT_TRUE(open("b")) << "the place is free again";
}

TEST_F(TestRoomsTest, each_owner_has_one_which_is_nobody_else_s) {
  const auto first = open("a");
  ASSERT_TRUE(first);
  const auto again = open("a");
  ASSERT_TRUE(again) << "another takes the place of the first";
  EXPECT_EQ(step(first->id, "a"), "check.not_found");
  EXPECT_EQ(step(again->id, "b"), "check.not_found");
  EXPECT_EQ(step(again->id, "a"), "check.not_connected");
  EXPECT_EQ(asked([&] { return rooms_->close(again->id, "b"); }).error().code, "check.not_found");
}

TEST_F(TenTestRooms, two_computers_of_one_hall_check_side_by_side_and_no_crowd_of_them) {
  const auto first = open("a", offer(), "may-1"), second = open("a", offer(), "may-2");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(step(first->id, "a"), "check.not_connected") << "still there";
  const auto again = open("a", offer(), "may-2");
  ASSERT_TRUE(again);
  EXPECT_EQ(step(second->id, "a"), "check.not_found") << "the same computer has one";
  EXPECT_EQ(step(first->id, "a"), "check.not_connected");
  for (const char* device : {"may-3", "may-4", "may-5"}) ASSERT_TRUE(open("a", offer(), device));
  EXPECT_EQ(step(first->id, "a"), "check.not_found") << "the oldest of five makes room";
  EXPECT_EQ(step(again->id, "a"), "check.not_connected");
}

TEST_F(TestRoomsTest, a_bad_offer_takes_no_place) {
  EXPECT_EQ(open("a", "v=0\r\n").error().kind, Errc::invalid_argument);
  EXPECT_TRUE(open("b"));
}

TEST(TestTone, is_three_seconds_of_sweeps_with_pauses) {
  const auto samples = test_tone_samples();
  EXPECT_EQ(samples.size(), 144'000u);
  const auto loudest = [&](double from, double to) {
    float most = 0;
    for (auto i = static_cast<std::size_t>(from * 48'000);
         i < static_cast<std::size_t>(to * 48'000); ++i)
      most = std::max(most, std::abs(samples[i]));
    return most;
  };
  EXPECT_NEAR(loudest(0.1, 0.4), 0.3, 0.01);
  EXPECT_EQ(loudest(0.46, 0.59), 0) << "a pause, in which an echo would stand alone";
  EXPECT_NEAR(loudest(2.5, 2.8), 0.3, 0.01);
  const auto tone = make_test_tone();
  EXPECT_EQ(tone->size(), 150u);
  for (const auto& packet : *tone) EXPECT_GT(packet.size(), 0u);
}

}  // namespace
}  // namespace diemcau::mcu
