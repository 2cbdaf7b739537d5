#include "mcu/checks/verdict.hpp"

#include <fstream>
#include <functional>
#include <sstream>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

/// A hall where nothing is wrong.
CheckFigures good() {
  CheckFigures f;
  f.connected = true;
  f.transport = "udp";
  f.up = 3'000;
  f.down = 4'000;
  f.loss_up = f.loss_down = 0;
  f.round_trip = 18;
  f.jitter = 5;
  f.camera = {"live", 1280, 720, 25, 120, 55, 30};
  f.microphone = {"live", -8, -24, -58, 0};
  f.speaker = "heard";
  f.echo = {true, 0.01, -70, 0};
  return f;
}

Finding of(const CheckFigures& figures, std::string_view item) {
  for (auto& finding : judge(figures))
    if (finding.item == item) return finding;
  return {};
}

/// The pages' sentences by code, as their locale has them.
boost::json::object sentences(const std::string& locale) {
  std::ifstream file(std::string(DIEMCAU_LOCALES) + "/" + locale + ".json");
  std::stringstream text;
  text << file.rdbuf();
  return boost::json::parse(text.str()).at("checks").at("say").as_object();
}
bool says(const boost::json::object& sentences, const std::string& code) {
  const auto dot = code.find('.');
  const auto* item = sentences.if_contains(code.substr(0, dot));
  const auto* said =
      item == nullptr ? nullptr : item->as_object().if_contains(code.substr(dot + 1));
  return said != nullptr && !said->as_string().empty();
}

TEST(Verdict, a_good_hall_passes_all) {
  for (const Finding& finding : judge(good())) {
    EXPECT_EQ(finding.verdict, Verdict::ok) << finding.item;
    EXPECT_EQ(finding.code, "");
  }
  EXPECT_EQ(worst(judge(good())), Verdict::ok);
}

TEST(Verdict, each_trouble_is_told_by_its_own_sentence) {
  struct Row {
    const char* item;
    std::function<void(CheckFigures&)> change;
    Verdict verdict;
    const char* code;
  };
  using F = CheckFigures;
  const auto bad = Verdict::bad, warn = Verdict::warn, ok = Verdict::ok, unknown = Verdict::unknown;
  const std::vector<Row> table{
      {"connection", [](F& f) { f.connected = false; }, bad, "connection.blocked"},
      {"connection", [](F& f) { f.transport = "tcp"; }, warn, "connection.tcp"},
      {"up", [](F& f) { f.up = 299; }, bad, "up.too_slow"},
      {"up", [](F& f) { f.up = 300; }, warn, "up.slow"},
      {"up", [](F& f) { f.up = 1'200; }, ok, ""},
      {"up", [](F& f) { f.up.reset(); }, unknown, ""},
      {"down", [](F& f) { f.down = 349; }, bad, "down.too_slow"},
      {"down", [](F& f) { f.down = 1'799; }, warn, "down.slow"},
      {"down", [](F& f) { f.down = 1'800; }, ok, ""},
      {"loss", [](F& f) { f.loss_up = 2; }, warn, "loss.some"},
      {"loss", [](F& f) { f.loss_down = 10; }, bad, "loss.heavy"},
      {"loss", [](F& f) { f.loss_up.reset(); }, ok, ""},
      {"loss", [](F& f) { f.loss_up = f.loss_down = std::nullopt; }, unknown, ""},
      {"delay", [](F& f) { f.round_trip = 299; }, ok, ""},
      {"delay", [](F& f) { f.round_trip = 300; }, warn, "delay.long"},
      {"delay", [](F& f) { f.round_trip = 800; }, bad, "delay.too_long"},
      {"delay", [](F& f) { f.jitter = 50; }, warn, "delay.long"},
      {"delay", [](F& f) { f.jitter = 150; }, bad, "delay.too_long"},
      {"delay", [](F& f) { f.round_trip.reset(); }, unknown, ""},
      {"camera", [](F& f) { f.camera.state = "off"; }, warn, "camera.off"},
      {"camera", [](F& f) { f.camera.state = "absent"; }, bad, "camera.absent"},
      {"camera", [](F& f) { f.camera.state = "denied"; }, bad, "camera.denied"},
      {"camera", [](F& f) { f.camera.state = "busy"; }, bad, "camera.busy"},
      {"camera", [](F& f) { f.camera.state = "insecure"; }, bad, "camera.insecure"},
      {"camera", [](F& f) { f.camera.state = "lost"; }, bad, "camera.lost"},
      {"camera", [](F& f) { f.camera.state = "failed"; }, bad, "camera.failed"},
      {"camera", [](F& f) { f.camera.brightness.reset(); }, unknown, ""},
      {"camera", [](F& f) { f.camera.brightness = f.camera.contrast = 2; }, bad, "camera.black"},
      {"camera", [](F& f) { f.camera.brightness = 15; }, warn, "camera.dark"},  // lamps at night
      {"camera", [](F& f) { f.camera.motion = 0; }, bad, "camera.frozen"},
      {"camera", [](F& f) { f.camera.fps = 7; }, warn, "camera.slow"},
      {"camera", [](F& f) { f.camera.width = 320, f.camera.height = 240; }, warn, "camera.small"},
      {"camera", [](F& f) { f.camera.width = 360, f.camera.height = 640; }, ok, ""},
      {"microphone", [](F& f) { f.microphone.state = "absent"; }, bad, "microphone.absent"},
      {"microphone", [](F& f) { f.microphone.state = "off"; }, bad, "microphone.off"},
      {"microphone", [](F& f) { f.microphone.state = "denied"; }, bad, "microphone.denied"},
      {"microphone", [](F& f) { f.microphone.state = "busy"; }, bad, "microphone.busy"},
      {"microphone", [](F& f) { f.microphone.state = "insecure"; }, bad, "microphone.insecure"},
      {"microphone", [](F& f) { f.microphone.state = "lost"; }, bad, "microphone.lost"},
      {"microphone", [](F& f) { f.microphone.state = "failed"; }, bad, "microphone.failed"},
      {"microphone", [](F& f) { f.microphone.speech.reset(); }, unknown, ""},
      {"microphone", [](F& f) { f.microphone.peak = f.microphone.speech = -120; }, bad,
       "microphone.silent"},
      {"microphone", [](F& f) { f.microphone.clipped = 1; }, bad, "microphone.clipping"},
      {"microphone", [](F& f) { f.microphone.clipped = 0.1; }, warn, "microphone.loud"},
      {"microphone", [](F& f) { f.microphone.speech = -51; }, bad, "microphone.too_quiet"},
      {"microphone", [](F& f) { f.microphone.speech = -41; }, warn, "microphone.quiet"},
      {"speaker", [](F& f) { f.speaker = "unheard"; }, bad, "speaker.unheard"},
      {"speaker", [](F& f) { f.speaker = "unknown"; }, unknown, ""},
      {"echo", [](F& f) { f.echo.measured = false; }, unknown, ""},
      {"echo",
       [](F& f) {
         f.echo = {true, 0.4, -20, 150};
       },
       bad, "echo.loud"},
      {"echo",
       [](F& f) {
         f.echo = {true, 0.4, -30, 150};
       },
       warn, "echo.some"},
      {"echo",
       [](F& f) {
         f.echo = {true, 0.4, -45, 150};
       },
       ok, ""},
      {"echo",
       [](F& f) {
         f.echo = {true, 0.04, -20, 150};
       },
       ok, ""},
  };
  const auto vietnamese = sentences("vi"), english = sentences("en");
  for (const Row& row : table) {
    CheckFigures figures = good();
    row.change(figures);
    const Finding found = of(figures, row.item);
    EXPECT_EQ(found.verdict, row.verdict) << row.item << " " << row.code;
    EXPECT_EQ(found.code, row.code);
    if (!found.code.empty()) {
      EXPECT_TRUE(says(vietnamese, found.code)) << found.code;
      EXPECT_TRUE(says(english, found.code)) << found.code;
    }
    EXPECT_EQ(worst(judge(figures)), row.verdict == unknown ? ok : row.verdict) << "of all";
  }
}

TEST(Verdict, a_line_that_carries_nothing_is_the_only_thing_known_of_it) {
  const auto findings = judge(CheckFigures());
  EXPECT_EQ(worst(findings), Verdict::bad);
  for (const Finding& finding : findings) {
    if (finding.item != "up" && finding.item != "loss" && finding.item != "echo") continue;
    EXPECT_EQ(finding.verdict, Verdict::unknown) << finding.item;
  }
}

TEST(CheckFigures, are_the_same_after_a_way_through_json) {
  const auto back = figures_from(to_json(good()));
  ASSERT_TRUE(back);
  EXPECT_EQ(to_json(*back), to_json(good()));
  const auto empty = figures_from(to_json(CheckFigures()));
  ASSERT_TRUE(empty);
  EXPECT_FALSE(empty->up);
}

TEST(CheckFigures, refuse_what_no_page_measures) {
  const auto refused = [](std::string_view path, boost::json::value value) {
    auto body = to_json(good());
    const auto dot = path.find('.');
    if (dot == std::string_view::npos)
      body[path] = std::move(value);
    else
      body[path.substr(0, dot)].as_object()[path.substr(dot + 1)] = std::move(value);
    const auto read = figures_from(body);
    return read ? std::string() : read.error().code;
  };
  for (const char* path : {"up_kbps", "loss_up", "jitter_ms", "camera.width", "camera.fps",
                           "microphone.peak", "echo.likeness"}) {
    EXPECT_EQ(refused(path, 1e300), "check.bad_figures") << path;
    EXPECT_EQ(refused(path, "12"), "check.bad_figures") << path;
  }
  EXPECT_EQ(refused("loss_down", -1), "check.bad_figures");
  EXPECT_EQ(refused("connected", 1), "check.bad_figures");
  EXPECT_EQ(refused("transport", "carrier pigeon"), "check.bad_figures");
  EXPECT_EQ(refused("camera.state", "<b>"), "check.bad_figures");
  EXPECT_EQ(refused("camera", 5), "check.bad_figures");
  EXPECT_EQ(refused("echo", nullptr), "check.bad_figures");
  EXPECT_EQ(refused("up_kbps", nullptr), "") << "not measured";
}

}  // namespace
}  // namespace diemcau::mcu
