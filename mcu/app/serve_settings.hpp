#pragma once
// What `serve` can be told, once, for both places it is told in: the command line and the
// configuration file. A setting is called "ice-ports" in the file and "--ice-ports" on the line.

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "mcu/app/serve.hpp"

namespace diemcau::mcu {

struct ServeSetting {
  enum class Kind { text, number, flag, list };
  std::string_view name;
  Kind kind = Kind::text;
  std::string_view placeholder;  // "ADDR:PORT"
  std::string_view help;
  /// Takes one value as text ("true" or "false" for a flag; a list takes one at a time).
  /// Errors: config.bad_value (detail says what it should be, never the value).
  Result<void> (*set)(ServeOptions&, const std::string& value) = nullptr;
  /// A list begun by flags replaces the one of the file.
  void (*clear)(ServeOptions&) = nullptr;
};

std::span<const ServeSetting> serve_settings();
/// Null when there is none of that name.
const ServeSetting* find_serve_setting(std::string_view name);

/// What settings may not be together. Errors: config.conflict, config.plain_http,
/// config.too_few_ports (invalid_argument).
Result<void> check_serve_options(const ServeOptions& options);

/// True for 127.0.0.0/8 and ::1.
bool is_loopback(const std::string& address);

}  // namespace diemcau::mcu
