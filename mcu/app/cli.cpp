#include "mcu/app/cli.hpp"

#include <ctime>
#include <istream>
#include <ostream>

#include "mcu/app/commands.hpp"

namespace diemcau::mcu {

void fail(const Error& error) {
  const bool usage = error.kind == Errc::invalid_argument || error.kind == Errc::too_large;
  throw CommandFailed{usage ? kWrongUsage : kFailed, error.detail};
}

void wrong_usage(const std::string& message) {
  throw CommandFailed{kWrongUsage, message};
}

void DataFlags::add_to(CLI::App& command) {
  command.add_option("--data", data, "folder of the database and the recordings")
      ->type_name("DIR")
      ->capture_default_str();
  command.add_option("--database", database, "postgresql://… (default: sqlite:DIR/diemcau.db)")
      ->type_name("URL");
}

std::unique_ptr<Stores> DataFlags::open(const Clock& clock) const {
  auto stores = Stores::open(data, database, clock, 1);
  if (!stores) throw CommandFailed{kFailed, stores.error().detail};
  return std::move(*stores);
}

std::optional<std::chrono::seconds> parse_duration(const std::string& text) {
  if (text.size() < 2 || text.size() > 9) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  switch (text.back()) {
    case 's':
      return std::chrono::seconds(number);
    case 'm':
      return std::chrono::minutes(number);
    case 'h':
      return std::chrono::hours(number);
    case 'd':
      return std::chrono::hours(24) * number;
    default:
      return std::nullopt;
  }
}

std::string local_time(WallTime moment) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(moment + kVietnamOffset).time_since_epoch().count();
  std::tm fields{};
  ::gmtime_r(&seconds, &fields);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &fields);
  return text;
}

int run_cli(const std::vector<std::string>& arguments, CliContext& context) {
  CLI::App app("Điểm Cầu: họp trực tuyến của tỉnh · the province's online meetings", "diemcau");
  app.set_version_flag("--version", std::string("diemcau ") + DIEMCAU_VERSION);
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "help of all commands");
  if (context.serve) add_serve_command(app, context);
  add_user_commands(app, context);
  add_unit_commands(app, context);
  add_meeting_commands(app, context);
  add_token_command(app, context);
  if (context.simulate) add_simulate_command(app, context);
  add_recording_commands(app, context);
  add_backup_commands(app, context);

  try {
    // CLI11 takes the arguments last first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    context.out.flush();
    return kDone;
  } catch (const CLI::Success& asked) {  // --help, --version
    app.exit(asked, context.out, context.err);
    return kDone;
  } catch (const CLI::ParseError& error) {
    context.err << "diemcau: " << error.what() << " (see --help)\n";
    return kWrongUsage;
  } catch (const CommandFailed& failed) {
    context.out.flush();
    if (!failed.message.empty()) context.err << "diemcau: " << failed.message << "\n";
    return failed.code;
  } catch (const std::exception& error) {
    context.err << "diemcau: " << error.what() << "\n";
    return kFailed;
  }
}

}  // namespace diemcau::mcu
