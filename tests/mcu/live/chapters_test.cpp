// What the chair does while it is recorded, found again beside the recording; also after kill -9,
// which chapters.py sees to between the two tests.

#include <gtest/gtest.h>

#include "tests/mcu/live/live_page.hpp"

namespace diemcau::test {
namespace {

namespace json = boost::json;

class LiveChapters : public ::testing::Test {
 protected:
  json::value rest(const std::string& method, const std::string& path) {
    RawClient client(meeting.port);
    client.send(request(method, path, meeting.credentials("chair")));
    const auto answer = client.read();
    EXPECT_LT(answer.status, 300) << method << " " << path << ": " << answer.body;
    return answer.body.empty() ? json::value() : json::parse(answer.body);
  }
  /// "kind title (unit, item)" of each, in order.
  std::vector<std::string> chapters() {
    const auto recordings = rest("GET", "/api/v1/recordings?meeting=" + meeting.id);
    const auto& recording = recordings.at("recordings").at(0);
    const auto length = recording.at("length_ms").as_int64();
    const auto id = std::string(recording.at("id").as_string());
    const auto body = rest("GET", "/api/v1/recordings/" + id + "/chapters");
    std::vector<std::string> out;
    std::int64_t before = 0;
    for (const auto& chapter : body.at("chapters").as_array()) {
      out.push_back(std::string(chapter.at("kind").as_string()) + " " +
                    std::string(chapter.at("title").as_string()) + " (" +
                    std::string(chapter.at("unit").as_string()) + ", " +
                    std::to_string(chapter.at("agenda_item").as_int64()) + ")");
      const auto start = chapter.at("start_ms").as_int64();
      EXPECT_GE(start, before);
      EXPECT_LE(chapter.at("end_ms").as_int64(), length);
      before = start;
    }
    return out;
  }

  const LiveMeeting meeting = LiveMeeting::from_environment("chapters");
  const std::vector<std::string> expected{
      "agenda Báo cáo trung tâm (, 1)",           "floor UBND phường Cẩm Thượng (HD-10507, 1)",
      "floor UBND phường Bình Hàn (HD-10510, 1)", "agenda Biểu quyết (, 2)",
      "vote Thông qua nghị quyết? (, 2)",         "vote_result Thông qua nghị quyết? (, 2)",
  };
};

TEST_F(LiveChapters, are_marked_while_the_chair_leads_the_meeting) {
  LiveMedia media;
  LivePage chair(meeting, meeting.credentials("chair"));
  LiveSite first(meeting, media, meeting.credentials("holder")),
      second(meeting, media, meeting.credentials("site"));
  const auto act = [&](json::object request) {
    const auto what = json::serialize(request);
    EXPECT_EQ(chair.answer_to(std::move(request)), "ok") << what;
    // So that the acts are apart on the timeline.
    EXPECT_EQ(first.ear().next(12'000).size(), 12'000u);
  };
  // Going on when the recording begins: its first chapters.
  act({{"type", "agenda.next"}});
  act({{"type", "floor.call"}, {"seat", first.seat()}});
  rest("POST", "/api/v1/meetings/" + meeting.id + "/recording");
  EXPECT_EQ(first.ear().next(96'000).size(), 96'000u);
  act({{"type", "floor.call"}, {"seat", second.seat()}});
  act({{"type", "floor.end"}});
  act({{"type", "agenda.next"}});
  act({{"type", "vote.open"},
       {"question", "Thông qua nghị quyết?"},
       {"secret", false},
       {"by", "site"},
       {"quorum", 0}});
  EXPECT_EQ(first.answer_to({{"type", "vote.cast"}, {"agree", 1}, {"disagree", 0}, {"other", 0}}),
            "ok");
  act({{"type", "vote.close"}});
  act({{"type", "vote.announce"}});
  // Two seconds more: what was written a second ago survives.
  EXPECT_EQ(first.ear().next(96'000).size(), 96'000u);
  EXPECT_EQ(chapters(), expected);
}

TEST_F(LiveChapters, are_there_after_the_server_was_killed) {
  EXPECT_EQ(chapters(), expected);
}

}  // namespace
}  // namespace diemcau::test
