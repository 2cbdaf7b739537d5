// Who may say what to a running meeting: each message a page can send, by each role, in its own
// meeting and in another's. What is refused changes neither the log nor anything a page is shown.

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "signaling/message_types.hpp"
#include "tests/mcu/live/live_page.hpp"

namespace diemcau::test {
namespace {

namespace json = boost::json;

// Chair, secretary, co-chair, the site with the floor, a site without, a district's secretary (who
// manages other meetings), a viewer.
constexpr std::string_view kActors = "CSOFTDV";
constexpr const char* kManagers = "CSO";
constexpr const char* kSeated = "CSOFTD";
constexpr const char* kAll = "CSOFTDV";

/// One message and who may say it. HOLDER, SITE and SPARE stand for seats.
struct Row {
  const char* type;
  const char* fields;
  const char* who;
};
constexpr Row kRows[] = {
    {"ping", "{}", kAll},
    {"join", R"({"sdp":"v=0","media":{"microphone":true,"camera":true,"screen":false}})", kAll},
    {"restart", R"({"sdp":"v=0"})", kAll},
    {"media", R"({"microphone":true,"camera":true,"screen":false})", kAll},
    {"view", R"({"second":{"kind":"slides"}})", kAll},
    {"view", R"({"second":{"kind":"site","seat":"HOLDER"}})", kAll},
    {"view", R"({"second":{"kind":"wall","page":0}})", kManagers},
    {"stage", R"({"layout":"single","pinned":["SITE"]})", kManagers},
    {"mute", R"({"seat":"SITE","muted":false})", kManagers},
    {"mute", R"({"seat":"HOLDER","muted":true})", kManagers},
    {"text", R"({"to":"secretariat","text":"Xin nghe rõ"})", kSeated},
    {"text", R"({"to":"all","text":"Mười phút nữa bắt đầu"})", kManagers},
    {"text", R"({"to":"SPARE","text":"Bật micro lên"})", kManagers},
    {"help", R"({"kind":"tone","seat":"SITE"})", kManagers},
    {"help", R"({"kind":"recheck","seat":"HOLDER"})", kManagers},
    {"help", R"({"kind":"message","seat":"SITE","text":"Cắm lại micro"})", kManagers},
    {"floor.request", "{}", kSeated},
    {"floor.withdraw", "{}", kSeated},
    {"floor.call", R"({"seat":"SITE"})", kManagers},
    {"floor.extend", R"({"seconds":60})", kManagers},
    {"floor.end", "{}", "CSOF"},
    {"floor.decline", R"({"seat":"SITE"})", kManagers},
    {"floor.reorder", R"({"seats":["SITE"]})", kManagers},
    {"roll_call.open", "{}", kManagers},
    {"roll_call.answer", R"({"presence":"head"})", kSeated},
    {"roll_call.mark", R"({"seat":"SPARE","presence":"absent","reason":"Mất điện"})", kManagers},
    {"roll_call.consent", R"({"seat":"SITE","granted":true})", "C"},
    {"roll_call.tour", R"({"seconds":60})", kManagers},
    {"roll_call.stop_tour", "{}", kManagers},
    {"roll_call.close", "{}", kManagers},
    {"agenda.next", "{}", kManagers},
    {"agenda.go", R"({"item":1})", kManagers},
    {"vote.open", R"({"question":"Thông qua?","secret":false,"by":"site","quorum":50})", kManagers},
    {"vote.cast", R"({"agree":1,"disagree":0,"other":0})", kSeated},
    {"vote.close", "{}", kManagers},
    {"vote.announce", "{}", kManagers},
    {"room.admit", R"({"seat":"SPARE"})", kManagers},
    {"room.admit_expected", "{}", kManagers},
    {"room.lock", "{}", kManagers},
    {"room.unlock", "{}", kManagers},
    {"room.remove", R"({"seat":"SPARE"})", kManagers},
    {"room.restore", R"({"seat":"SPARE"})", kManagers},
    {"room.mute_all", "{}", kManagers},
    {"room.unmute_all", "{}", kManagers},
    {"room.delegate", R"({"seat":"SPARE"})", "C"},
    {"room.withdraw", R"({"seat":"SPARE"})", "C"},
    {"leave", "{}", kAll},
};

/// Without what only passes with time.
json::object still(json::object control) {
  if (auto* holder = control.at("floor").as_object().at("holder").if_object())
    holder->erase("elapsed");
  for (auto& waiting : control.at("floor").at("queue").as_array())
    waiting.as_object().erase("waited");
  return control;
}

class Rights : public ::testing::Test {
 protected:
  Rights() {
    for (const auto& [letter, name] : std::map<char, std::string>{{'C', "chair"},
                                                                  {'S', "secretary"},
                                                                  {'O', "co_chair"},
                                                                  {'F', "holder"},
                                                                  {'T', "site"},
                                                                  {'V', "viewer"}})
      actors[letter] = std::make_unique<LiveSite>(meeting, media, meeting.credentials(name));
    actors['D'] =
        std::make_unique<LiveSite>(meeting, media, meeting.sign_in("huyen", "mat khau 123"));
    furnish();
  }

  /// Something for each message to change, were it obeyed.
  void furnish() {
    const auto ok = [this](char who, json::object request) {
      const auto what = json::serialize(request);
      EXPECT_EQ(actors[who]->answer_to(std::move(request)), "ok") << what;
    };
    // The test before left some of it: whether there was anything to end is no matter.
    for (const char* end : {"floor.end", "vote.close", "vote.announce"})
      actors['C']->answer_to({{"type", end}});
    ok('C', {{"type", "room.delegate"}, {"seat", actors['O']->seat()}});
    ok('C', {{"type", "room.mute_all"}});
    ok('C', {{"type", "roll_call.open"}});
    ok('T', {{"type", "roll_call.answer"}, {"presence", "substitute"}, {"person", "Trần Văn B"}});
    ok('C', {{"type", "vote.open"},
             {"question", "?"},
             {"secret", false},
             {"by", "site"},
             {"quorum", 1}});
    ok('C', {{"type", "floor.call"}, {"seat", actors['F']->seat()}});
    ok('D', {{"type", "floor.request"}});
    ok('T', {{"type", "floor.request"}});
  }

  json::object message(const Row& row) {
    std::string fields = row.fields;
    for (const auto& [word, seat] :
         {std::pair<std::string, std::string>{"HOLDER", actors['F']->seat()},
          {"SITE", actors['T']->seat()},
          {"SPARE", spare}})
      if (const auto at = fields.find(word); at != std::string::npos)
        fields.replace(at, word.size(), seat);
    auto out = json::parse(fields).as_object();
    out["type"] = row.type;
    return out;
  }

  /// All that a page is shown and all that is written down.
  std::string state() {
    const LivePage page(meeting, meeting.credentials("chair"));
    const auto& welcome = page.welcome();
    json::object seen{{"control", still(welcome.at("control").as_object())},
                      {"attendance", welcome.at("attendance")},
                      {"texts", welcome.at("texts")},
                      {"layout", welcome.at("stage").at("layout")}};
    json::array mutes;
    for (const auto& site : welcome.at("sites").as_array())
      if (site.at("muted").as_bool()) mutes.push_back(site.at("seat"));
    seen["muted"] = std::move(mutes);
    const auto log = meeting.get("/api/v1/meetings/" + meeting.id + "/events?limit=1000",
                                 meeting.credentials("chair"));
    EXPECT_EQ(log.status, 200) << log.body;
    return json::serialize(seen) + log.body;
  }

  const LiveMeeting meeting = LiveMeeting::from_environment("rights"),
                    elsewhere = LiveMeeting::from_environment("elsewhere");
  LiveMedia media;
  std::map<char, std::unique_ptr<LiveSite>> actors;
  const std::string spare = "HD-10513/site";
};

TEST(RightsTable, has_a_row_for_every_message_a_page_can_send) {
  std::set<std::string> rows;
  for (const auto& row : kRows) rows.insert(row.type);
  const auto types = signaling::client_message_types();
  EXPECT_EQ(rows, std::set<std::string>(types.begin(), types.end()));
  EXPECT_GE(types.size(), 40u);
}

TEST_F(Rights, what_a_role_may_not_say_is_refused_and_changes_nothing) {
  const auto before = state();
  int refused = 0;
  for (const auto& row : kRows)
    for (const char actor : kActors) {
      if (std::string_view(row.who).find(actor) != std::string_view::npos) continue;
      EXPECT_EQ(actors[actor]->answer_to(message(row)), "auth.forbidden")
          << row.type << " " << actor;
      ASSERT_EQ(state(), before) << row.type << " " << row.fields << " by " << actor;
      ++refused;
    }
  EXPECT_GE(refused, 120);

  // And what it may say is not refused for want of the right, whatever else stands in its way.
  LivePage helper(meeting, meeting.credentials("secretary"));
  int obeyed = 0;
  for (const auto& row : kRows) {
    // A page may say fifty things a second.
    ASSERT_EQ(actors['C']->ear().next(2'000).size(), 2'000u);
    for (const char actor : kActors) {
      const std::string_view type = row.type;
      if (std::string_view(row.who).find(actor) == std::string_view::npos) continue;
      if (type == "leave" || type == "media") continue;  // without an answer
      if (type == "floor.end")
        helper.answer_to({{"type", "floor.call"}, {"seat", actors['F']->seat()}});
      const auto answer = actors[actor]->answer_to(message(row));
      EXPECT_FALSE(answer.starts_with("auth.") || answer.starts_with("message.") ||
                   answer == "closed")
          << row.type << " by " << actor << ": " << answer;
      obeyed += answer == "ok" ? 1 : 0;
    }
  }
  EXPECT_GE(obeyed, 90);
}

TEST_F(Rights, who_manages_sees_a_stage_before_it_goes_live_and_then_that_one_does) {
  const auto before = state();
  const auto path = "/api/v1/meetings/" + meeting.id + "/stage/preview?layout=speaker";
  const auto as = [&](const std::string& name) {
    return meeting.get(path, meeting.credentials(name));
  };
  EXPECT_EQ(as("site").status, 403);
  EXPECT_EQ(as("holder").status, 403);
  EXPECT_EQ(as("viewer").status, 403);
  EXPECT_EQ(meeting.get(path, elsewhere.credentials("chair")).status, 403);
  EXPECT_EQ(as("co_chair").status, 200) << "delegated";
  const auto preview = as("chair");
  ASSERT_EQ(preview.status, 200) << preview.body;
  EXPECT_EQ(state(), before);

  EXPECT_EQ(
      actors['C']->answer_to({{"type", "stage"}, {"layout", "speaker"}, {"pinned", json::array{}}}),
      "ok");
  const LivePage page(meeting, meeting.credentials("chair"));
  const auto promised = json::parse(preview.body);
  EXPECT_EQ(page.welcome().at("stage").at("layout"), promised.at("layout"));
  EXPECT_EQ(page.welcome().at("stage").at("tiles"), promised.at("tiles"));
  actors['C']->answer_to({{"type", "stage"}, {"layout", "auto"}, {"pinned", json::array{}}});
}

TEST_F(Rights, who_manages_helps_a_site_from_the_board_and_its_page_alone_is_told) {
  const auto path = "/api/v1/meetings/" + meeting.id;
  const auto as = [&](const std::string& credentials, const json::object& help) {
    return meeting.post(path + "/help", credentials, json::serialize(help));
  };
  const std::string site = actors['F']->seat();
  const auto before = state();
  const json::object tone{{"kind", "tone"}, {"seat", site}};
  for (const char* who : {"site", "holder", "viewer"})
    EXPECT_EQ(as(meeting.credentials(who), tone).status, 403) << who;
  EXPECT_EQ(as(elsewhere.credentials("chair"), tone).status, 403);
  EXPECT_EQ(as(meeting.sign_in("huyen", "mat khau 123"), tone).status, 403) << "another's meeting";
  EXPECT_EQ(as("", tone).status, 401);
  const auto chair = meeting.credentials("chair");
  const json::object away{{"kind", "tone"}, {"seat", spare}}, none{{"kind", "tone"}, {"seat", "x"}};
  EXPECT_EQ(as(chair, away).status, 409) << "no page of it is open";
  EXPECT_EQ(as(chair, none).status, 404);
  EXPECT_EQ(state(), before);

  ASSERT_EQ(as(meeting.credentials("co_chair"),
               {{"kind", "message"}, {"seat", site}, {"text", "Cắm\u202E lại\r\nmicro"}})
                .status,
            204)
      << "delegated";
  for (const char actor : {'T', 'F', 'C'})
    ASSERT_EQ(actors[actor]->answer_to({{"type", "ping"}}), "pong");
  const auto told = actors['F']->told("help");
  EXPECT_EQ(told.at("kind"), "message");
  EXPECT_EQ(told.at("text"), "Cắm lại\nmicro");
  EXPECT_FALSE(told.at("name").as_string().empty());
  EXPECT_TRUE(actors['T']->told("help").empty());
  EXPECT_TRUE(actors['C']->told("help").empty());
  const auto log = meeting.get(path + "/events?limit=1000", chair);
  EXPECT_NE(log.body.find("help.sent"), std::string::npos);
  const auto board = json::parse(meeting.get(path + "/checks", chair).body);
  std::map<std::string, json::value> seats;
  for (const auto& row : board.at("sites").as_array())
    seats[std::string(row.at("unit").as_string())] = row.at("seat");
  EXPECT_EQ(seats.at("HD-10507"), json::string(site));
  EXPECT_TRUE(seats.at("HD-10513").is_null());
}

TEST_F(Rights, who_manages_knows_what_the_other_chose_for_the_stage_and_no_site_does) {
  LivePage secretary(meeting, meeting.credentials("secretary"));
  LivePage site(meeting, meeting.credentials("site"));
  EXPECT_TRUE(site.welcome().at("wish").is_null());
  const std::string chosen = actors['T']->seat();
  ASSERT_EQ(actors['C']->answer_to(
                {{"type", "stage"}, {"layout", "grid"}, {"pinned", json::array{chosen}}}),
            "ok");
  const json::object wish{{"layout", "grid"}, {"pinned", json::array{chosen}}};
  const auto without_type = [](json::object message) {
    message.erase("type");
    return message;
  };
  EXPECT_EQ(without_type(actors['C']->told("wish")), wish) << "before the answer";
  for (LivePage* page : {&secretary, static_cast<LivePage*>(actors['O'].get()), &site})
    ASSERT_EQ(page->answer_to({{"type", "ping"}}), "pong");
  EXPECT_EQ(without_type(secretary.told("wish")), wish);
  EXPECT_EQ(without_type(actors['O']->told("wish")), wish) << "delegated";
  EXPECT_TRUE(site.told("wish").empty());
  const LivePage reloaded(meeting, meeting.credentials("chair"));
  EXPECT_EQ(reloaded.welcome().at("wish"), wish);

  // Who is given the right hears what was chosen before.
  const json::object at_site{{"type", "room.delegate"}, {"seat", chosen}};
  ASSERT_EQ(actors['C']->answer_to(at_site), "ok");
  ASSERT_EQ(site.answer_to({{"type", "ping"}}), "pong");
  EXPECT_EQ(without_type(site.told("wish")), wish);
  actors['C']->answer_to({{"type", "room.withdraw"}, {"seat", chosen}});
  actors['C']->answer_to({{"type", "stage"}, {"layout", "auto"}, {"pinned", json::array{}}});
}

TEST_F(Rights, the_log_is_read_by_who_manages_the_meeting) {
  const auto path = "/api/v1/meetings/" + meeting.id + "/events";
  for (const auto& [credentials, status] :
       {std::pair(meeting.credentials("chair"), 200),
        std::pair(meeting.credentials("secretary"), 200),
        std::pair(meeting.credentials("site"), 403), std::pair(meeting.credentials("viewer"), 403),
        // Manages its district's meetings; at this one its communes are merely expected.
        std::pair(meeting.sign_in("huyen", "mat khau 123"), 403),
        std::pair(elsewhere.credentials("chair"), 403), std::pair(std::string(), 401)})
    EXPECT_EQ(meeting.get(path, credentials).status, status) << credentials;
}

TEST_F(Rights, another_meetings_people_and_who_is_not_signed_in_do_not_get_to_speak) {
  const auto before = state();
  for (const auto& [credentials, code] :
       {std::pair(elsewhere.credentials("chair"), 4403),
        std::pair(elsewhere.credentials("site"), 4403), std::pair(std::string(), 4401)}) {
    for (const auto& row : kRows) {
      RawWebSocket socket(meeting.port, meeting.signal_path(), credentials);
      auto request = message(row);
      request["id"] = 1;
      socket.send(json::serialize(request));
      std::string told;
      Frame frame = socket.read();
      for (; frame.opcode == 1; frame = socket.read()) told += frame.payload;
      EXPECT_EQ(frame.close_code(), code) << row.type;
      EXPECT_NE(told.find(R"("type":"error")"), std::string::npos) << told;
      EXPECT_EQ(told.find(R"("id":)"), std::string::npos) << "no answer to it: " << told;
    }
    ASSERT_EQ(state(), before) << code;
  }
  // A foreign chair may do all this in its own meeting; the seats there have the same names.
  LivePage chair(elsewhere, elsewhere.credentials("chair"));
  for (const auto& row : kRows) {
    const std::string_view type = row.type;
    if (type == "leave" || type == "media") continue;  // without an answer
    EXPECT_NE(chair.answer_to(message(row)), "auth.forbidden") << type;
  }
  EXPECT_EQ(state(), before);
}

}  // namespace
}  // namespace diemcau::test
