#include "signaling/messages.hpp"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace diemcau::signaling {
namespace {

std::string code_of(std::string_view text) {
  const auto parsed = parse_client_message(text);
  return parsed ? "accepted" : parsed.error().code;
}

TEST(ClientMessage, is_read_with_every_field) {
  const auto join = parse_client_message(
      R"({"type":"join","id":7,"sdp":"v=0","media":{"microphone":true,"camera":false,"screen":true},"new":1})");
  ASSERT_TRUE(join);
  const auto& j = std::get<Join>(*join);
  EXPECT_EQ(j.id, 7);
  EXPECT_EQ(j.sdp, "v=0");
  EXPECT_EQ(j.media, (MediaState{true, false, true}));

  const auto stage = parse_client_message(
      R"({"type":"stage","id":1,"layout":"speaker_strip","pinned":["A/site","B/chair"]})");
  ASSERT_TRUE(stage);
  EXPECT_EQ(std::get<SetStage>(*stage).pinned, (std::vector<std::string>{"A/site", "B/chair"}));
  EXPECT_EQ(code_of(R"({"type":"restart","id":1,"sdp":"x"})"), "accepted");
  EXPECT_EQ(code_of(R"({"type":"media","microphone":true,"camera":true,"screen":false})"),
            "accepted");
  EXPECT_EQ(code_of(R"({"type":"mute","id":1,"seat":"A/site","muted":true})"), "accepted");
  EXPECT_EQ(code_of(R"({"type":"leave"})"), "accepted");
  EXPECT_EQ(j.display, std::nullopt);
  EXPECT_EQ(code_of(R"({"type":"ping","id":9007199254740991})"), "accepted");
}

TEST(ClientMessage, a_text_has_an_addressee_and_at_most_16_kib) {
  const auto text = parse_client_message(
      R"({"type":"text","id":9,"to":"secretariat","text":"Xin phát biểu\nsau"})");
  ASSERT_TRUE(text);
  EXPECT_EQ(std::get<SendText>(*text).to, "secretariat");
  EXPECT_EQ(std::get<SendText>(*text).text, "Xin phát biểu\nsau");
  const auto of = [](const std::string& to, const std::string& said) {
    return R"({"type":"text","id":9,"to":)" + to + R"(,"text":)" + said + "}";
  };
  EXPECT_EQ(code_of(of("\"all\"", "\"" + std::string(16 * 1024, 'x') + "\"")), "accepted");
  EXPECT_EQ(code_of(of("\"all\"", "\"" + std::string(16 * 1024 + 1, 'x') + "\"")),
            "message.malformed");
  for (const char* wrong : {"\"\"", "null", "7", "[]"}) {
    EXPECT_EQ(code_of(of(wrong, "\"x\"")), "message.malformed") << wrong;
    EXPECT_EQ(code_of(of("\"all\"", wrong)), "message.malformed") << wrong;
  }
}

TEST(ClientMessage, help_is_of_a_known_kind_for_a_seat_and_words_have_their_text) {
  EXPECT_EQ(code_of(R"({"type":"help","id":3,"kind":"tone","seat":"A/site"})"), "accepted");
  EXPECT_EQ(code_of(R"({"type":"help","id":3,"kind":"recheck","seat":"A/site"})"), "accepted");
  const auto words = parse_client_message(
      R"({"type":"help","id":3,"kind":"message","seat":"A/site","text":"Cắm lại micro"})");
  ASSERT_TRUE(words);
  EXPECT_EQ(std::get<SendHelp>(*words).kind, HelpKind::message);
  EXPECT_EQ(std::get<SendHelp>(*words).seat, "A/site");
  EXPECT_EQ(std::get<SendHelp>(*words).text, "Cắm lại micro");
  for (const char* wrong :
       {R"("kind":"message","seat":"A/site")", R"("kind":"message","seat":"A/site","text":"")",
        R"("kind":"message","seat":"A/site","text":7)", R"("kind":"reboot","seat":"A/site")",
        R"("kind":1,"seat":"A/site")", R"("seat":"A/site")", R"("kind":"tone")",
        R"("kind":"tone","seat":"")", R"("kind":"tone","seat":["A/site"])"})
    EXPECT_EQ(code_of(R"({"type":"help","id":3,)" + std::string(wrong) + "}"), "message.malformed")
        << wrong;
}

TEST(ClientMessage, a_join_says_the_largest_picture_its_page_can_show) {
  const std::string head =
      R"({"type":"join","id":7,"sdp":"v","media":{"microphone":true,"camera":false,"screen":true})";
  const auto join = parse_client_message(head + R"(,"display":{"width":1920,"height":1080}})");
  ASSERT_TRUE(join);
  EXPECT_EQ(std::get<Join>(*join).display, (PictureSize{1920, 1080}));
  for (const char* wrong :
       {"1080", "null", "{}", R"({"width":1920})", R"({"width":0,"height":1})",
        R"({"width":1920,"height":16385})", R"({"width":1920.5,"height":1080})"})
    EXPECT_EQ(code_of(head + R"(,"display":)" + wrong + "}"), "message.malformed") << wrong;
}

TEST(ClientMessage, a_view_is_slides_one_site_or_a_page_of_the_wall) {
  const auto view = [](std::string_view second) {
    return parse_client_message(R"({"type":"view","id":7,"second":)" + std::string(second) + "}");
  };
  const auto second = [&](std::string_view text) {
    const auto parsed = view(text);
    return parsed ? std::get<SetView>(*parsed).second
                  : SecondPicture{SecondKind::slides, parsed.error().code, -1};
  };
  EXPECT_EQ(second(R"({"kind":"slides"})"), SecondPicture());
  EXPECT_EQ(second(R"({"kind":"site","seat":"A/site"})"),
            (SecondPicture{SecondKind::site, "A/site", 0}));
  EXPECT_EQ(second(R"({"kind":"wall","page":4})"), (SecondPicture{SecondKind::wall, "", 4}));
  for (const char* wrong :
       {"1", "{}", R"({"kind":"stage"})", R"({"kind":"site"})", R"({"kind":"site","seat":""})",
        R"({"kind":"site","seat":7})", R"({"kind":"wall"})", R"({"kind":"wall","page":-1})",
        R"({"kind":"wall","page":1000})", R"({"kind":"wall","page":"0"})"}) {
    const auto parsed = view(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().code, "message.malformed");
  }
  EXPECT_EQ(code_of(R"({"type":"view","second":{"kind":"slides"}})"), "message.malformed");
}

TEST(ClientMessage, is_refused_when_a_field_is_missing_or_of_the_wrong_kind) {
  for (const char* text :
       {"",
        "x",
        "[]",
        "null",
        "{}",
        R"({"type":1})",
        R"({"type":"ping"})",
        R"({"type":"ping","id":0})",
        R"({"type":"ping","id":-1})",
        R"({"type":"ping","id":1.5})",
        R"({"type":"ping","id":"1"})",
        R"({"type":"ping","id":9007199254740992})",
        R"({"type":"ping","id":1} x)",
        R"({"type":"join","id":1,"sdp":"x"})",
        R"({"type":"join","id":1,"sdp":"","media":{}})",
        R"({"type":"join","id":1,"sdp":"x","media":{"microphone":1,"camera":true,"screen":true}})",
        R"({"type":"stage","id":1,"layout":"mosaic","pinned":[]})",
        R"({"type":"stage","id":1,"layout":"grid","pinned":[1]})",
        R"({"type":"mute","id":1,"seat":"A","muted":"yes"})",
        R"({"type":"media","microphone":true,"camera":true})"}) {
    EXPECT_EQ(code_of(text), "message.malformed") << text;
  }
  EXPECT_EQ(code_of(R"({"type":"dance"})"), "message.unknown_type");
}

TEST(ClientMessage, is_bounded_in_size_depth_and_count) {
  EXPECT_EQ(code_of(std::string(kMaxClientMessage + 1, ' ')), "message.too_large");
  EXPECT_EQ(code_of(R"({"type":"leave","x":[[[[[[[]]]]]]]})"), "accepted");
  EXPECT_EQ(code_of(R"({"type":"leave","x":[[[[[[[[]]]]]]]]})"), "message.malformed");
  std::string pinned;
  for (int i = 0; i < 26; ++i) pinned += std::string(i > 0 ? "," : "") + "\"s\"";
  EXPECT_EQ(code_of(R"({"type":"stage","id":1,"layout":"grid","pinned":[)" + pinned + "]}"),
            "message.malformed");
  const std::string sdp(kMaxSdp + 1, 'a');
  EXPECT_EQ(code_of(R"({"type":"restart","id":1,"sdp":")" + sdp + "\"}"), "message.malformed");
}

TEST(ClientMessage, gives_the_id_of_a_refused_request) {
  EXPECT_EQ(request_id_of(R"({"type":"dance","id":12})"), 12);
  EXPECT_FALSE(request_id_of(R"({"type":"dance"})"));
  EXPECT_FALSE(request_id_of("nothing"));
}

boost::json::object written(const ServerMessage& message) {
  return boost::json::parse(to_json(message)).as_object();
}

TEST(ServerMessage, a_text_says_who_wrote_what_to_whom_and_when) {
  const TextTold text{
      81, "HD-300/site", "UBND huyện", "secretariat", "<b>x</b>", "2026-11-23T08:12:00.000Z"};
  EXPECT_EQ(to_json(text),
            R"({"from":"HD-300/site","name":"UBND huyện","to":"secretariat",)"
            R"("text":"<b>x</b>","at":"2026-11-23T08:12:00.000Z","seq":81,"type":"text"})");
}

TEST(ServerMessage, help_says_who_asks_for_what) {
  const HelpTold words{HelpKind::message, "Văn phòng", "<b>x</b>", "2026-11-23T08:12:00.000Z"};
  EXPECT_EQ(to_json(words),
            R"({"type":"help","kind":"message","name":"Văn phòng","text":"<b>x</b>",)"
            R"("at":"2026-11-23T08:12:00.000Z"})");
}

TEST(ServerMessage, welcome_says_all_a_page_needs) {
  Welcome welcome;
  welcome.meeting_id = "M";
  welcome.title = "Hội nghị \"quý III\"";
  welcome.seat = "HD-1/site";
  welcome.role = "site";
  welcome.server_time = "2026-11-23T08:00:00.000Z";
  welcome.limit = 300;
  SiteView site;
  site.seat = "HD-1/site";
  site.media.camera = true;
  welcome.sites = "[" + to_json(site) + "]";
  welcome.notices.push_back({"HD-1/site", "echo"});
  welcome.stage.tiles.push_back({"HD-1/site", "camera", 0, 0, 640, 360, "live", true});
  const auto json = written(welcome);
  EXPECT_EQ(json.at("type"), "welcome");
  EXPECT_EQ(json.at("protocol"), 1);
  EXPECT_EQ(json.at("meeting").at("title"), "Hội nghị \"quý III\"");
  EXPECT_EQ(json.at("self").at("seat"), "HD-1/site");
  EXPECT_EQ(json.at("sites").at(0).at("camera"), true);
  EXPECT_EQ(json.at("sites").at(0).at("state"), "absent");
  EXPECT_EQ(json.at("sites").at(0).at("expected"), true);
  EXPECT_EQ(json.at("stage").at("canvas").at("width"), 1280);
  EXPECT_EQ(json.at("stage").at("tiles").at(0).at("floor"), true);
  EXPECT_TRUE(json.at("second").is_null());
  EXPECT_EQ(json.at("limit"), 300);
  EXPECT_TRUE(json.at("wish").is_null()) << "a site does not choose the stage";
  welcome.wish = StageWishView{"single", {"A/site"}};
  EXPECT_EQ(boost::json::serialize(written(welcome).at("wish")),
            R"({"layout":"single","pinned":["A/site"]})");
  EXPECT_EQ(json.at("notices").at(0).at("kind"), "echo");
  EXPECT_EQ(json.at("recording").at("state"), "none");
}

TEST(ServerMessage, the_others_have_their_types_and_fields) {
  EXPECT_EQ(to_json(Ok{3}), R"({"type":"ok","id":3})");
  EXPECT_EQ(to_json(Speaking{{"A/site"}}), R"({"type":"speaking","seats":["A/site"]})");
  EXPECT_EQ(to_json(NoticeChanged{{"A/site", "camera.black"}, true}),
            R"({"type":"notice","seat":"A/site","kind":"camera.black","active":true})");
  EXPECT_EQ(to_json(Speaking{}), R"({"type":"speaking","seats":[]})");
  EXPECT_EQ(to_json(SecondChanged{}), R"({"type":"second","seat":null})");
  EXPECT_EQ(to_json(SecondChanged{"A/site"}), R"({"type":"second","seat":"A/site"})");
  EXPECT_EQ(to_json(Closed{"replaced", "x"}),
            R"({"type":"closed","code":"replaced","detail":"x"})");
  EXPECT_EQ(written(Joined{1, "v=0", "s"}).at("sdp"), "v=0");
  EXPECT_EQ(written(Restarted{1, "v=0"}).at("type"), "restarted");
  EXPECT_EQ(written(Pong{1, "t"}).at("server_time"), "t");
  EXPECT_EQ(written(SiteChanged{}).at("site").at("line"), "unknown");
  EXPECT_EQ(written(StageChanged{}).at("type"), "stage");
  EXPECT_EQ(to_json(WishChanged{{"grid", {"A/site"}}}),
            R"({"layout":"grid","pinned":["A/site"],"type":"wish"})");
  EXPECT_EQ(written(UplinkChanged{{true, 640, 360, 25, 600000}, {}}).at("camera").at("bitrate"),
            600000);
  EXPECT_EQ(written(RecordingChanged{}).at("type"), "recording");
  const auto uplink = written(UplinkChanged{{true, 160, 90, 5, 50000, true}, {}});
  EXPECT_EQ(uplink.at("camera").at("thumbnail"), true);
  EXPECT_FALSE(uplink.at("screen").as_object().contains("thumbnail"));
  EXPECT_EQ(written(SitesChanged{{{}, {}}}).at("sites").as_array().size(), 2U);
  EXPECT_EQ(to_json(LineChanged{"360p", "720p"}),
            R"({"type":"line","level":"360p","most":"720p"})");
  const auto load = written(LoadChanged{{2, {"wall", "1080p"}, 0.5, 266, 300}});
  EXPECT_EQ(boost::json::serialize(load.at("shed")), R"(["wall","1080p"])");
  EXPECT_EQ(load.at("cpu"), 0.5);
  EXPECT_EQ(load.at("limit"), 300);
}

TEST(ServerMessage, a_view_tells_whose_picture_arrives_and_the_places_on_the_wall) {
  EXPECT_EQ(to_json(ViewChanged{}), R"({"type":"view","kind":"slides","seat":null})");
  EXPECT_EQ(to_json(ViewChanged{{SecondKind::site, "A/site", 0, 0, 0, 0, {}}}),
            R"({"type":"view","kind":"site","seat":"A/site"})");
  SecondView wall{SecondKind::wall, std::nullopt, 1, 5, 1280, 720, {}};
  wall.tiles.push_back({"A/site", "", 160, 0, 160, 90, "live", false});
  const auto json = written(ViewChanged{wall});
  EXPECT_EQ(json.at("page"), 1);
  EXPECT_EQ(json.at("pages"), 5);
  EXPECT_EQ(json.at("canvas").at("width"), 1280);
  EXPECT_EQ(boost::json::serialize(json.at("tiles")),
            R"([{"seat":"A/site","x":160,"y":0,"w":160,"h":90,"state":"live"}])");
}

TEST(ServerMessage, an_error_carries_code_title_and_id) {
  const auto json =
      written(Refused{5, make_error(Errc::full, "meeting.full", "300 sites are here")});
  EXPECT_EQ(json.at("id"), 5);
  EXPECT_EQ(json.at("code"), "meeting.full");
  EXPECT_EQ(json.at("detail"), "300 sites are here");
  EXPECT_NE(std::string(json.at("title").as_string()).find("Phòng họp"), std::string::npos);
  EXPECT_EQ(written(Refused{std::nullopt, {}}).count("id"), 0U);
}

TEST(Rfc3339, is_utc_with_milliseconds) {
  EXPECT_EQ(rfc3339(WallTime(std::chrono::microseconds(1'700'000'000'123'456))),
            "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(rfc3339(WallTime(std::chrono::microseconds(-1))), "1969-12-31T23:59:59.999Z");
}

/// What the source refuses with, wherever it stands.
TEST(Titles, every_code_in_the_source_has_a_vietnamese_sentence_of_its_own) {
  const auto general = title_vi("no.such.code");
  const std::regex code("make_error\\(\\s*Errc::[a-z_]+,\\s*\"([a-z0-9_.]+)\"");
  std::set<std::string> without;
  int seen = 0;
  for (const char* folder : {"base", "media", "signaling", "recording", "mcu"}) {
    const auto root = std::filesystem::path(DIEMCAU_SOURCE_DIR) / folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
      std::stringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      const std::string source = text.str();
      for (std::sregex_iterator it(source.begin(), source.end(), code), end; it != end; ++it) {
        ++seen;
        if (title_vi((*it)[1].str()) == general) without.insert((*it)[1].str());
      }
    }
  }
  EXPECT_GT(seen, 50);
  EXPECT_EQ(without, std::set<std::string>());
}

}  // namespace
}  // namespace diemcau::signaling
