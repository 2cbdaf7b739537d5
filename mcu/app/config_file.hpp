#pragma once
// The configuration file of `serve`: TOML, one key per setting, no tables.
//
//   listen = "0.0.0.0:8443"
//   ice-address = ["10.1.2.3"]
//   behind-proxy = false

#include <filesystem>
#include <string_view>

#include "base/result.hpp"
#include "mcu/app/serve.hpp"

namespace diemcau::mcu {

inline constexpr std::size_t kMaxConfigBytes = 256 * 1024;

/// Applies a file's text to `options`; on an error they are unchanged.
/// Errors: config.malformed, config.unknown_key, config.bad_value (invalid_argument; detail begins
/// with "line 12: "), config.too_large.
Result<void> apply_config(ServeOptions& options, std::string_view text);

/// Errors: those, and config.unreadable (io).
Result<void> apply_config_file(ServeOptions& options, const std::filesystem::path& file);

}  // namespace diemcau::mcu
