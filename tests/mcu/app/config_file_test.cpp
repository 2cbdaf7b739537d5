#include "mcu/app/config_file.hpp"

#include <gmock/gmock.h>

#include "mcu/app/serve_settings.hpp"

namespace diemcau::mcu {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string refusal(const std::string& text) {
  ServeOptions options;
  auto applied = apply_config(options, text);
  return applied ? "accepted" : applied.error().detail;
}

TEST(ConfigFile, may_hold_every_setting) {
  const std::string text = R"(
# máy chủ của tỉnh
listen = "0.0.0.0:8443"
data = "/srv/diemcau"
database = "postgresql:///diemcau"
ice-address = ["10.0.0.1", "10.0.0.2"]
ice-ports = "20000-20999"
public-url = "https://hop.example"
tls-cert = "/etc/c.pem"
tls-key = "/etc/k.pem"
behind-proxy = true
web-root = "/srv/web"
max-sites = 266
max-viewers = 500
max-checks = 3
invitation-days = 4
holiday = ["2027-02-05", "2027-02-06"]
recording-reserve = 2048
shed-above = 70
transport-threads = 3
pin-threads = false
document-size = 80
document-quota = 2048
h264-encoder = "x264"
log-level = "warn"
demo-accounts = false
)";
  for (const ServeSetting& setting : serve_settings()) {
    EXPECT_THAT(text, HasSubstr("\n" + std::string(setting.name) + " = "));
  }
  ServeOptions options;
  auto applied = apply_config(options, text);
  ASSERT_TRUE(applied) << applied.error().detail;
  EXPECT_THAT(options.ice_addresses, ElementsAre("10.0.0.1", "10.0.0.2"));
  EXPECT_TRUE(options.behind_proxy);
  EXPECT_EQ(options.max_sites, 266u);
  EXPECT_EQ(options.max_viewers, 500u);
  EXPECT_EQ(options.max_checks, 3u);
  EXPECT_THAT(options.holidays, ElementsAre("2027-02-05", "2027-02-06"));
  EXPECT_EQ(options.recording_reserve_mib, 2048u);
  EXPECT_EQ(options.shed_above, 70u);
  EXPECT_EQ(options.transport_threads, 3u);
  EXPECT_EQ(options.pin_threads, false);
  EXPECT_EQ(options.h264_encoder, "x264");
}

TEST(ConfigFile, names_the_line_of_what_it_refuses) {
  EXPECT_THAT(refusal("data = \"x\"\nlisten-on = \"y\"\n"),
              HasSubstr("line 2: unknown setting listen-on"));
  EXPECT_THAT(refusal("[server]\nlisten = \"127.0.0.1:1\"\n"),
              HasSubstr("line 1: unknown setting server"));
  EXPECT_THAT(refusal("\nlisten = 8080\n"), HasSubstr("line 2: listen must be a text"));
  EXPECT_THAT(refusal("listen = \"8080\"\n"), HasSubstr("line 1: listen must be ADDRESS:PORT"));
  EXPECT_THAT(refusal("behind-proxy = \"true\"\n"), HasSubstr("must be true or false"));
  EXPECT_THAT(refusal("max-sites = 2.5\n"), HasSubstr("must be a number"));
  EXPECT_THAT(refusal("ice-address = \"10.0.0.1\"\n"), HasSubstr("must be a list"));
  EXPECT_THAT(refusal("ice-address = [\n\"10.0.0.1\",\n\"x\"]\n"),
              HasSubstr("line 3: ice-address"));
  EXPECT_THAT(refusal("listen = \n"), HasSubstr("line 1"));
  EXPECT_THAT(refusal("a = 1\na = 2\n"), HasSubstr("line 2"));
}

TEST(ConfigFile, never_repeats_a_value_that_may_be_secret) {
  EXPECT_THAT(refusal("public-url = \"secret\"\n"), ::testing::Not(HasSubstr("secret")));
}

TEST(ConfigFile, changes_nothing_when_it_is_refused) {
  ServeOptions options;
  EXPECT_FALSE(apply_config(options, "listen = \"127.0.0.1:9000\"\nnonsense = 1\n"));
  EXPECT_EQ(options.listen_port, 8080);
}

TEST(ConfigFile, has_a_bound) {
  ServeOptions options;
  EXPECT_EQ(apply_config(options, std::string(300'000, '#')).error().code, "config.too_large");
  EXPECT_EQ(apply_config_file(options, "/nowhere").error().code, "config.unreadable");
  EXPECT_EQ(apply_config_file(options, "/").error().code, "config.unreadable");
}

}  // namespace
}  // namespace diemcau::mcu
