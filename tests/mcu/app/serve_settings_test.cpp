#include "mcu/app/serve_settings.hpp"

#include <set>

#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

bool takes(const char* name, const std::string& value) {
  ServeOptions options;
  return find_serve_setting(name)->set(options, value).has_value();
}

TEST(ServeSettings, bear_one_name_each) {
  std::set<std::string_view> names;
  for (const ServeSetting& setting : serve_settings()) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    EXPECT_NE(setting.set, nullptr);
    EXPECT_EQ(setting.clear != nullptr, setting.kind == ServeSetting::Kind::list);
  }
  EXPECT_EQ(find_serve_setting("nothing"), nullptr);
}

TEST(ServeSettings, take_addresses_with_ports) {
  for (const char* good : {"127.0.0.1:0", "0.0.0.0:65535", "[::1]:80", "[2001:db8::1]:443"}) {
    EXPECT_TRUE(takes("listen", good)) << good;
  }
  for (const char* bad :
       {"", ":", "8080", "localhost:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
        "127.0.0.1:-1", "127.0.0.1:8x", "::1:80", "[127.0.0.1]:80", "[::1:80", "1.2.3:80"}) {
    EXPECT_FALSE(takes("listen", bad)) << bad;
  }
}

TEST(ServeSettings, refuse_what_would_not_work_later) {
  for (const char* bad : {"", "1-", "20000", "2000-1999", "80-90", "20000-70000", "a-b"}) {
    EXPECT_FALSE(takes("ice-ports", bad)) << bad;
  }
  EXPECT_FALSE(takes("ice-address", "hop.example"));
  for (const char* bad :
       {"", "hop.example", "https://", "https://hop.example/x", "ftp://x", "https://a b"}) {
    EXPECT_FALSE(takes("public-url", bad)) << bad;
  }
  EXPECT_TRUE(takes("public-url", "https://hop.example:8443"));
  EXPECT_FALSE(takes("log-level", "loud"));
  EXPECT_FALSE(takes("h264-encoder", "nvenc"));
  EXPECT_FALSE(takes("max-sites", "0"));
  EXPECT_FALSE(takes("max-viewers", "-1"));
  EXPECT_TRUE(takes("max-viewers", "0"));
  EXPECT_TRUE(takes("max-checks", "0"));
  EXPECT_FALSE(takes("max-checks", "501"));
  EXPECT_FALSE(takes("recording-reserve", "63"));
  EXPECT_TRUE(takes("document-size", "500"));
  EXPECT_FALSE(takes("document-size", "501"));
  EXPECT_FALSE(takes("document-size", "0"));
  EXPECT_TRUE(takes("document-quota", "100000"));
  EXPECT_FALSE(takes("document-quota", "1G"));
  EXPECT_FALSE(takes("recording-reserve", "512M"));
  for (const char* bad : {"0", "101", "85%", "-1"}) EXPECT_FALSE(takes("shed-above", bad)) << bad;
  EXPECT_TRUE(takes("shed-above", "100"));
  for (const char* bad : {"0", "17", "two", "-1"})
    EXPECT_FALSE(takes("transport-threads", bad)) << bad;
  EXPECT_TRUE(takes("transport-threads", "16"));
  EXPECT_FALSE(takes("pin-threads", "1"));
  EXPECT_FALSE(takes("behind-proxy", "yes"));
}

TEST(ServeSettings, refuse_a_port_range_too_small_for_the_limits) {
  ServeOptions options;
  EXPECT_TRUE(check_serve_options(options)) << "any port will do";
  options.max_sites = 300;
  options.max_viewers = 680;
  options.max_checks = 20;
  options.ice_port_low = 20000;
  options.ice_port_high = 20999;
  EXPECT_TRUE(check_serve_options(options)) << "a thousand ports for a thousand";
  options.max_viewers = 681;
  const auto refused = check_serve_options(options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "config.too_few_ports");
  EXPECT_NE(refused.error().detail.find("1001"), std::string::npos) << refused.error().detail;
}

TEST(ServeSettings, know_loopback) {
  EXPECT_TRUE(is_loopback("127.0.0.1"));
  EXPECT_TRUE(is_loopback("127.255.0.1"));
  EXPECT_TRUE(is_loopback("::1"));
  EXPECT_FALSE(is_loopback("0.0.0.0"));
  EXPECT_FALSE(is_loopback("::"));
  EXPECT_FALSE(is_loopback("10.0.0.1"));
}

}  // namespace
}  // namespace diemcau::mcu
