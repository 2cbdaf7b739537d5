#include <fstream>

#include <gmock/gmock.h>

#include "mcu/app/commands.hpp"
#include "tests/mcu/app/cli_fixture.hpp"

namespace diemcau::mcu {

std::filesystem::path CliTest::write(const std::string& name, const std::string& text) const {
  const auto file = folder_.path() / name;
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

using Serve = CliTest;
using Commands = CliTest;

TEST_F(Serve, has_defaults_that_are_safe) {
  EXPECT_EQ(run({"serve"}).code, kDone);
  EXPECT_EQ(served_.listen_address, "127.0.0.1");
  EXPECT_EQ(served_.listen_port, 8080);
  EXPECT_FALSE(served_.behind_proxy);
}

TEST_F(Serve, takes_every_flag_of_the_contract) {
  const Ran ran = run({"serve", "--listen", "[::]:8443", "--data", "/srv/dc", "--ice-address",
                       "10.0.0.1", "--ice-address", "2001:db8::1", "--ice-ports", "20000-21999",
                       "--public-url", "https://hop.example", "--tls-cert", "c.pem", "--tls-key",
                       "k.pem", "--database", "postgresql:///dc"});
  ASSERT_EQ(ran.code, kDone) << ran.err;
  EXPECT_EQ(served_.listen_address, "::");
  EXPECT_EQ(served_.listen_port, 8443);
  EXPECT_EQ(served_.data, "/srv/dc");
  EXPECT_THAT(served_.ice_addresses, ElementsAre("10.0.0.1", "2001:db8::1"));
  EXPECT_EQ(served_.ice_port_low, 20000);
  EXPECT_EQ(served_.ice_port_high, 21999);
  EXPECT_EQ(served_.public_url, "https://hop.example");
  EXPECT_TRUE(served_.tls());
  EXPECT_EQ(served_.database, "postgresql:///dc");
}

TEST_F(Serve, lets_flags_win_over_the_file) {
  const auto file = write("a.toml",
                          "listen = \"127.0.0.1:9000\"\nice-address = [\"10.0.0.9\"]\n"
                          "max-sites = 50\n");
  ASSERT_EQ(run({"serve", "--ice-address", "10.0.0.1", "--config", file.string()}).code, kDone);
  EXPECT_EQ(served_.listen_port, 9000);
  EXPECT_EQ(served_.max_sites, 50u);
  EXPECT_THAT(served_.ice_addresses, ElementsAre("10.0.0.1"));
}

TEST_F(Serve, knows_a_switch_that_is_off_from_one_that_was_not_given) {
  ASSERT_EQ(run({"serve"}).code, kDone);
  EXPECT_EQ(served_.pin_threads, std::nullopt);
  ASSERT_EQ(run({"serve", "--pin-threads"}).code, kDone);
  EXPECT_EQ(served_.pin_threads, true);
  const auto file = write("a.toml", "pin-threads = true\n");
  ASSERT_EQ(run({"serve", "--config", file.string(), "--pin-threads=false"}).code, kDone);
  EXPECT_EQ(served_.pin_threads, false);
}

TEST_F(Serve, refuses_plain_http_beyond_loopback) {
  const Ran ran = run({"serve", "--listen", "0.0.0.0:8080"});
  EXPECT_EQ(ran.code, kWrongUsage);
  EXPECT_THAT(ran.err, HasSubstr("HTTPS"));
  EXPECT_EQ(run({"serve", "--listen", "0.0.0.0:8080", "--behind-proxy"}).code, kDone);
  EXPECT_EQ(run({"serve", "--listen", "[::1]:8080"}).code, kDone);
  EXPECT_EQ(run({"serve", "--tls-cert", "c.pem"}).code, kWrongUsage);
}

TEST_F(Serve, says_which_flag_is_wrong_in_one_line) {
  const Ran ran = run({"serve", "--ice-ports", "5-1"});
  EXPECT_EQ(ran.code, kWrongUsage);
  EXPECT_THAT(ran.err, MatchesRegex("diemcau: --ice-ports must be LOW-HIGH[^\n]*\n"));
  EXPECT_EQ(run({"serve", "--config", "/nowhere.toml"}).code, kFailed);
  EXPECT_EQ(run({"serve", "--nonsense"}).code, kWrongUsage);
  EXPECT_EQ(run({"serve", "extra"}).code, kWrongUsage);
}

TEST_F(Serve, ends_with_the_servers_own_code) {
  exit_code_ = 1;
  EXPECT_EQ(run({"serve"}).code, kFailed);
}

TEST_F(Commands, simulate_takes_what_the_contract_says) {
  ASSERT_EQ(
      with_data({"simulate", "--url", "http://127.0.0.1:8080", "--meeting", "m", "--sites", "9"})
          .code,
      kDone);
  EXPECT_EQ(simulated_.url, "http://127.0.0.1:8080");
  EXPECT_EQ(simulated_.meeting, "m");
  EXPECT_EQ(simulated_.sites, 9u);
  EXPECT_EQ(simulated_.data, data());
  EXPECT_FALSE(simulated_.take_part);
  ASSERT_EQ(with_data({"simulate", "--url", "http://127.0.0.1:8080", "--meeting", "m", "--sites",
                       "24", "--except", "HD,HD-300", "--take-part", "--ask-floor", "3"})
                .code,
            kDone);
  EXPECT_THAT(simulated_.except, ElementsAre("HD", "HD-300"));
  EXPECT_TRUE(simulated_.take_part);
  EXPECT_EQ(simulated_.ask_floor, 3u);
  EXPECT_EQ(run({"simulate", "--url", "x", "--meeting", "m", "--sites", "0"}).code, kWrongUsage);
  EXPECT_EQ(run({"simulate", "--url", "x", "--meeting", "m"}).code, kWrongUsage);
}

TEST_F(Commands, help_is_success_and_nonsense_is_wrong_usage) {
  EXPECT_EQ(run({"--help"}).code, kDone);
  EXPECT_THAT(run({"meeting", "create", "--help"}).out, HasSubstr("--expect"));
  EXPECT_THAT(run({"--version"}).out, HasSubstr("diemcau "));
  EXPECT_EQ(run({}).code, kWrongUsage);
  EXPECT_EQ(run({"fly"}).code, kWrongUsage);
  EXPECT_EQ(run({"user"}).code, kWrongUsage);
}

TEST_F(Commands, create_a_meeting_and_a_token_for_it) {
  const Ran meeting = with_data({"meeting", "create", "--title", "Giao ban", "--chair", "HD",
                                 "--expect", "HD-291/+,HD-SNV", "--kind", "giao ban"});
  ASSERT_EQ(meeting.code, kDone) << meeting.err;
  ASSERT_THAT(meeting.out, MatchesRegex("[a-z2-7]{10}\n"));
  const std::string id = meeting.out.substr(0, 10);
  const Ran token = with_data({"token", "--meeting", id, "--unit", "HD-10654", "--role", "site"});
  EXPECT_EQ(token.code, kDone) << token.err;
  EXPECT_THAT(token.out, MatchesRegex("dc_[A-Za-z0-9_-]{43}\n"));
  EXPECT_THAT(token.err, IsEmpty());

  auto stores = Stores::open(data(), "", clock_);
  auto resolved = (*stores)->tokens.resolve(token.out.substr(0, token.out.size() - 1));
  ASSERT_TRUE(resolved);
  EXPECT_EQ(resolved->name, "UBND xã Hồng Phong (Nam Sách)");
  EXPECT_EQ(resolved->expires_at, clock_.wall() + std::chrono::hours(8));
  EXPECT_THAT(with_data({"meeting", "list"}).out, HasSubstr("Giao ban"));

  ASSERT_TRUE((*stores)->meetings.set_state(MeetingId(id), MeetingState::closed, {}));
  EXPECT_EQ(with_data({"token", "--meeting", id, "--unit", "HD", "--role", "site"}).code, kFailed);
}

TEST_F(Commands, refuse_a_token_that_makes_no_sense) {
  const std::string id = with_data({"meeting", "create", "--title", "x"}).out.substr(0, 10);
  auto code = [&](const std::string& meeting, const std::string& unit, const std::string& role,
                  const std::string& ttl) {
    return with_data({"token", "--meeting", meeting, "--unit", unit, "--role", role, "--ttl", ttl})
        .code;
  };
  EXPECT_EQ(code(id, "HD", "site", "8h"), kDone);
  EXPECT_EQ(code("nowhere", "HD", "site", "8h"), kFailed);
  EXPECT_EQ(code(id, "HD-99999", "site", "8h"), kWrongUsage);
  EXPECT_EQ(code(id, "HD", "admin", "8h"), kWrongUsage);
  EXPECT_EQ(code(id, "HD", "site", "8 hours"), kWrongUsage);
  EXPECT_EQ(code(id, "HD", "site", "1s"), kWrongUsage);
  EXPECT_EQ(code(id, "HD", "site", "9999999d"), kWrongUsage);
}

TEST_F(Commands, make_a_password_or_read_one_and_never_take_it_as_an_argument) {
  const Ran made = with_data({"user", "add", "chu.toa", "--role", "chair"});
  ASSERT_EQ(made.code, kDone) << made.err;
  ASSERT_THAT(made.out, MatchesRegex("([a-z2-9]{4}-){3}[a-z2-9]{4}\n"));
  const Ran read = with_data({"user", "add", "thu.ky", "--role", "secretary", "--password-stdin"},
                             "mật khẩu của tôi\r\n");
  ASSERT_EQ(read.code, kDone) << read.err;
  EXPECT_THAT(read.out, IsEmpty());
  auto stores = Stores::open(data(), "", clock_);
  EXPECT_TRUE((*stores)->accounts.verify("chu.toa", made.out.substr(0, made.out.size() - 1)));
  EXPECT_TRUE((*stores)->accounts.verify("thu.ky", "mật khẩu của tôi"));
  EXPECT_THAT(run({"user", "add", "--help"}).out, Not(HasSubstr("--password ")));
  EXPECT_EQ(with_data({"user", "add", "x", "--role", "chair", "--password", "secret"}).code,
            kWrongUsage);
}

TEST_F(Commands, keep_accounts) {
  ASSERT_EQ(
      with_data({"user", "add", "an", "--role", "site", "--unit", "HD-SNV", "--name", "Sở Nội vụ"})
          .code,
      kDone);
  EXPECT_EQ(with_data({"user", "add", "an", "--role", "site"}).code, kFailed);
  EXPECT_EQ(with_data({"user", "add", "binh", "--role", "king"}).code, kWrongUsage);
  EXPECT_EQ(with_data({"user", "add", "binh", "--role", "site", "--unit", "XX"}).code, kWrongUsage);
  EXPECT_EQ(with_data({"user", "disable", "an"}).code, kDone);
  EXPECT_THAT(with_data({"user", "list"}).out, HasSubstr("disabled"));
  EXPECT_EQ(with_data({"user", "enable", "an"}).code, kDone);
  EXPECT_THAT(with_data({"user", "list"}).out, Not(HasSubstr("disabled")));
  EXPECT_EQ(with_data({"user", "reset-password", "an", "--password-stdin"}, "short\n").code,
            kWrongUsage);
  EXPECT_EQ(with_data({"user", "reset-password", "an"}).code, kDone);
  EXPECT_EQ(with_data({"user", "disable", "nobody"}).code, kFailed);
}

TEST_F(Commands, import_a_catalogue_of_units) {
  const auto file =
      write("moi.csv",
            "code,parent_code,level,kind,name\nHP,,province,thành phố,UBND thành phố Hải Phòng\n");
  const Ran ran = with_data({"unit", "import", file.string(), "--valid-from", "2025-07-01"});
  ASSERT_EQ(ran.code, kDone) << ran.err;
  EXPECT_THAT(with_data({"unit", "list"}).out, HasSubstr("moi                      2025-07-01"));
  EXPECT_EQ(with_data({"unit", "import", file.string(), "--valid-from", "2025-07-01"}).code,
            kFailed);
  EXPECT_EQ(with_data({"unit", "import", file.string(), "--valid-from", "1/7/2025"}).code,
            kWrongUsage);
  const auto bad = write("bad.csv", "code,parent_code,level,kind,name\nHP,,county,x,y\n");
  const Ran refused = with_data({"unit", "import", bad.string()});
  EXPECT_EQ(refused.code, kWrongUsage);
  EXPECT_THAT(refused.err, HasSubstr("line 2: level must be"));
  EXPECT_EQ(with_data({"unit", "import", "/nowhere.csv"}).code, kFailed);
}

TEST_F(Commands, work_on_an_empty_folder_of_recordings) {
  EXPECT_EQ(with_data({"recording", "list"}).code, kDone);
  EXPECT_EQ(with_data({"recording", "verify"}).code, kDone);
  EXPECT_EQ(with_data({"recording", "recover"}).code, kDone);
  const Ran none =
      with_data({"recording", "export", "nothing", "--to", (folder_.path() / "x.mp4").string()});
  EXPECT_EQ(none.code, kFailed);
  EXPECT_THAT(none.err, HasSubstr("no recording nothing"));
}

TEST_F(Commands, say_clearly_that_a_database_cannot_be_had) {
  const Ran ran =
      run({"user", "list", "--database", "postgresql:///x?host=/nowhere&password=secret"});
  EXPECT_EQ(ran.code, kFailed);
  EXPECT_THAT(ran.err, HasSubstr("cannot open the database"));
  EXPECT_THAT(ran.err, Not(HasSubstr("secret")));
  EXPECT_EQ(run({"user", "list", "--database", "mysql://x"}).code, kFailed);
}

TEST(DurationFlag, is_a_number_with_a_unit) {
  using namespace std::chrono;
  EXPECT_EQ(parse_duration("90s"), seconds(90));
  EXPECT_EQ(parse_duration("30m"), minutes(30));
  EXPECT_EQ(parse_duration("8h"), hours(8));
  EXPECT_EQ(parse_duration("7d"), hours(168));
  for (const char* text : {"", "8", "h", "-8h", "8.5h", "8H", "12345678901h"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

}  // namespace
}  // namespace diemcau::mcu
