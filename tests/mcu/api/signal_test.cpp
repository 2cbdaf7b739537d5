#include <thread>

#include "tests/mcu/api/api_fixture.hpp"

namespace diemcau::test {
namespace {

class Signal : public ApiTest {
 protected:
  std::string path() const { return "/api/v1/meetings/" + meeting + "/signal"; }
};

constexpr const char* kJoin =
    R"({"type":"join","id":1,"sdp":"v=0","media":{"microphone":true,"camera":true,"screen":false}})";

TEST_F(Signal, welcomes_joins_and_leaves) {
  auto page = open_page("site");
  EXPECT_EQ(page.handshake.status, 101);
  EXPECT_EQ(page.handshake.header("sec-websocket-protocol"), "diemcau.v1");
  EXPECT_EQ(page.handshake.header("sec-websocket-extensions"), "");
  EXPECT_NE(page.read_until("welcome").find("HD-10507/site"), std::string::npos);
  page.send(kJoin);
  EXPECT_NE(page.read_until("joined").find("\"sdp\":\"v=0 answer\""), std::string::npos);
  EXPECT_TRUE(conferences.last_join().media.microphone);
  page.send(R"({"type":"restart","id":2,"sdp":"v=0 new"})");
  EXPECT_NE(page.read_until("restarted").find("\"id\":2"), std::string::npos);
  page.send(R"({"type":"media","microphone":true,"camera":true,"screen":false})");
  EXPECT_TRUE(conferences.wait_for("command"));
  page.send(R"({"type":"ping","id":3})");
  EXPECT_NE(page.read_until("pong").find("server_time"), std::string::npos);
  page.send(R"({"type":"leave"})");
  EXPECT_EQ(page.read_close(), 1000);
  EXPECT_TRUE(conferences.wait_for("leave"));
  EXPECT_TRUE(conferences.wait_for("detach"));
}

TEST_F(Signal, a_command_that_the_meeting_refuses_is_refused_by_its_id) {
  const char* stage = R"({"type":"stage","id":1,"layout":"grid","pinned":[]})";
  auto site = open_page("site");
  site.read_until("welcome");
  conferences.command_answer = make_error(Errc::forbidden, "auth.forbidden", "not you");
  site.send(stage);
  const auto error = site.read_until("error");
  EXPECT_NE(error.find("auth.forbidden"), std::string::npos);
  EXPECT_NE(error.find("\"id\":1"), std::string::npos);
  conferences.command_answer = {};
  auto chair = open_page("chair");
  chair.read_until("welcome");
  chair.send(stage);
  EXPECT_EQ(chair.read_until("ok"), R"({"type":"ok","id":1})");
}

TEST_F(Signal, a_page_that_finds_no_place_is_told_so_in_vietnamese_and_to_come_again) {
  auto page = open_page("site");
  page.read_until("welcome");
  conferences.full = true;
  page.send(kJoin);
  const auto error = page.read_until("error");
  EXPECT_NE(error.find("meeting.full"), std::string::npos);
  EXPECT_NE(error.find("Phòng họp đã đủ số điểm cầu"), std::string::npos) << error;
  EXPECT_NE(error.find("\"id\":1"), std::string::npos);
  EXPECT_EQ(page.read_close(), 1013);
}

TEST_F(Signal, every_page_that_joined_chooses_its_second_picture) {
  auto page = open_page("site");
  page.read_until("welcome");
  const char* view = R"({"type":"view","id":4,"second":{"kind":"slides"}})";
  page.send(view);
  EXPECT_NE(page.read_until("error").find("join.first"), std::string::npos);
  page.send(
      R"({"type":"join","id":1,"sdp":"v=0","media":{"microphone":true,"camera":true,"screen":false},)"
      R"("display":{"width":1920,"height":1080}})");
  page.read_until("joined");
  EXPECT_EQ(conferences.last_join().display, (signaling::PictureSize{1920, 1080}));
  page.send(view);
  EXPECT_EQ(page.read_until("ok"), R"({"type":"ok","id":4})");
}

TEST_F(Signal, what_needs_a_join_is_refused_before_it) {
  auto page = open_page("site");
  page.read_until("welcome");
  page.send(R"({"type":"restart","id":9,"sdp":"v=0"})");
  const auto answer = page.read_until("error");
  EXPECT_NE(answer.find("join.first"), std::string::npos);
  EXPECT_NE(answer.find("\"id\":9"), std::string::npos);
}

TEST_F(Signal, closes_with_a_code_a_page_can_read) {
  auto nobody = open_page("");
  EXPECT_EQ(nobody.handshake.status, 101);
  EXPECT_NE(nobody.read_until("auth.required"), "");
  EXPECT_EQ(nobody.read_close(), 4401);
  EXPECT_EQ(open_page("other").read_close(), 4403);
  RawWebSocket nowhere(port(), "/api/v1/meetings/nowhere/signal", bearer("admin"));
  EXPECT_EQ(nowhere.read_close(), 4404);
}

TEST_F(Signal, refuses_pages_of_other_origins_and_other_subprotocols) {
  EXPECT_EQ(open_page("", cookie("site") + "Origin: https://evil.example\r\n").handshake.status,
            403);
  EXPECT_EQ(open_page("site", "Origin: http://evil.example\r\n").handshake.status, 403);
  EXPECT_EQ(RawWebSocket(port(), path(), bearer("site"), "other.v1").handshake.status, 400);
  EXPECT_EQ(RawWebSocket(port(), path(), bearer("site"), "").handshake.status, 400);
  EXPECT_EQ(RawWebSocket(port(), path(), bearer("site"), "a, diemcau.v1").handshake.status, 101);
  EXPECT_EQ(ask("GET", path(), bearer("site")).status, 426);
}

TEST_F(Signal, lets_our_own_page_in_by_its_cookie) {
  auto page = open_page("", cookie("site") + "Origin: http://127.0.0.1\r\n");
  EXPECT_EQ(page.handshake.status, 101);
  EXPECT_NE(page.read_until("welcome"), "");
}

TEST_F(Signal, says_what_is_malformed_and_stays_until_the_tenth_in_a_row) {
  auto page = open_page("site");
  page.read_until("welcome");
  for (int i = 0; i < 9; ++i) {
    page.send("nonsense");
    EXPECT_NE(page.read_until("message.malformed"), "");
  }
  page.send(R"({"type":"ping","id":1})");
  EXPECT_NE(page.read_until("pong"), "");
  for (int i = 0; i < 10; ++i) page.send(R"({"type":"ping"})");
  EXPECT_EQ(page.read_close(), 1008);
}

TEST_F(Signal, closes_on_a_flood_an_oversized_message_and_a_binary_frame) {
  auto flood = open_page("site");
  flood.read_until("welcome");
  // Far above a second's worth: a slow machine's bucket fills up again meanwhile.
  for (int i = 0; i < 500; ++i) flood.send(R"({"type":"ping","id":1})");
  EXPECT_EQ(flood.read_close(), 1008);
  auto large = open_page("site");
  large.read_until("welcome");
  large.send(std::string(256 * 1024 + 1, ' '));
  EXPECT_EQ(large.read_close(), 1009);
  auto binary = open_page("site");
  binary.read_until("welcome");
  binary.send("x", 2);
  EXPECT_EQ(binary.read_close(), 1008);
  EXPECT_EQ(metric("diemcau_websocket_closed_total{reason=\"flood\"}"), "1");
  EXPECT_EQ(metric("diemcau_websocket_closed_total{reason=\"too_large\"}"), "1");
}

TEST_F(Signal, delivers_what_others_send_and_then_the_reason_for_closing) {
  auto page = open_page("site");
  page.read_until("welcome");
  const auto channel = conferences.channel();
  channel->send(std::make_shared<const std::string>(R"({"type":"speaking","seats":[]})"));
  channel->close(4409, "replaced", "joined elsewhere");
  EXPECT_NE(page.read_until("speaking"), "");
  EXPECT_NE(page.read_until("\"closed\"").find("replaced"), std::string::npos);
  EXPECT_EQ(page.read_close(), 4409);
  EXPECT_TRUE(conferences.wait_for("detach"));
}

TEST_F(Signal, gives_up_on_a_page_that_does_not_read) {
  options.websocket.close_within = std::chrono::milliseconds(200);
  auto page = open_page("site", "", 4096);
  page.read_until("welcome");
  const auto channel = conferences.channel();
  const auto large = std::make_shared<const std::string>(64 * 1024, 'x');
  for (int i = 0; i < 600; ++i) channel->send(large);
  EXPECT_TRUE(conferences.wait_for("detach"));
  EXPECT_EQ(metric("diemcau_websocket_closed_total{reason=\"slow\"}"), "1");
  EXPECT_NE(metric("diemcau_queue_dropped_total{queue=\"websocket\"}"), "0");
}

TEST_F(Signal, pings_and_drops_whoever_does_not_answer) {
  options.websocket.ping_every = std::chrono::milliseconds(20);
  options.websocket.idle = std::chrono::milliseconds(300);
  auto page = open_page("site");
  page.answer_pings = false;
  page.read_until("welcome");
  EXPECT_EQ(page.read_close(), 0);
  EXPECT_GT(page.pings, 0);
  EXPECT_TRUE(conferences.wait_for("detach"));
  EXPECT_EQ(metric("diemcau_websocket_closed_total{reason=\"idle\"}"), "1");
}

TEST_F(Signal, is_told_when_the_server_stops) {
  auto page = open_page("site");
  page.read_until("welcome");
  std::thread stopping([this] { server->stop(std::chrono::seconds(5)); });
  EXPECT_NE(page.read_until("server.stopping"), "");
  EXPECT_EQ(page.read_close(), 1001);
  stopping.join();
}

}  // namespace
}  // namespace diemcau::test
