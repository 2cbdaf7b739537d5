#pragma once
// One function per group of commands: it adds them to the parser; parsing runs the one that was
// meant, which throws CommandFailed when it cannot.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "base/result.hpp"
#include "mcu/app/cli.hpp"
#include "mcu/app/stores.hpp"

namespace diemcau::mcu {

/// Ends a command; stops at run_cli.
struct CommandFailed {
  int code = kFailed;
  std::string message;
};
[[noreturn]] void fail(const Error& error);
[[noreturn]] void wrong_usage(const std::string& message);

template <class T>
T value_or_fail(Result<T> result) {
  if (!result) fail(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// Where the data is: --data and --database of every command that opens the database.
struct DataFlags {
  std::filesystem::path data = "data";
  std::string database;

  void add_to(CLI::App& command);
  std::unique_ptr<Stores> open(const Clock& clock) const;  // fails as a command does
};

void add_serve_command(CLI::App& app, CliContext& context);
void add_simulate_command(CLI::App& app, CliContext& context);
void add_user_commands(CLI::App& app, CliContext& context);
void add_unit_commands(CLI::App& app, CliContext& context);
void add_meeting_commands(CLI::App& app, CliContext& context);
void add_token_command(CLI::App& app, CliContext& context);
void add_recording_commands(CLI::App& app, CliContext& context);
void add_backup_commands(CLI::App& app, CliContext& context);

/// "90s", "30m", "8h", "7d".
std::optional<std::chrono::seconds> parse_duration(const std::string& text);
/// "2026-11-23 08:00:00", Vietnam's time.
std::string local_time(WallTime moment);

}  // namespace diemcau::mcu
