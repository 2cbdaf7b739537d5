#include "mcu/app/config_file.hpp"

#include <fstream>
#include <string>

#include <toml++/toml.h>

#include "mcu/app/serve_settings.hpp"

namespace diemcau::mcu {
namespace {

Error at_line(std::size_t line, std::string_view code, const std::string& what) {
  return make_error(Errc::invalid_argument, code, "line " + std::to_string(line) + ": " + what);
}

/// How a TOML value reads as the text a flag would have; nothing when its kind is not the
/// setting's.
std::optional<std::string> as_text(const toml::node& node, ServeSetting::Kind kind) {
  switch (kind) {
    case ServeSetting::Kind::flag:
      if (const auto value = node.value_exact<bool>()) return *value ? "true" : "false";
      return std::nullopt;
    case ServeSetting::Kind::number:
      if (const auto value = node.value_exact<std::int64_t>()) return std::to_string(*value);
      return std::nullopt;
    case ServeSetting::Kind::text:
    case ServeSetting::Kind::list:
      return node.value_exact<std::string>();
  }
  return std::nullopt;
}

std::string_view wanted(ServeSetting::Kind kind) {
  switch (kind) {
    case ServeSetting::Kind::flag:
      return "must be true or false";
    case ServeSetting::Kind::number:
      return "must be a number";
    case ServeSetting::Kind::text:
      return "must be a text in quotes";
    case ServeSetting::Kind::list:
      return "must be a list of texts: [\"…\"]";
  }
  return "";
}

Result<void> apply_one(ServeOptions& options, const ServeSetting& setting, const toml::node& node) {
  const std::string name(setting.name);
  const std::size_t line = node.source().begin.line;
  const auto value = as_text(node, setting.kind);
  if (!value)
    return at_line(line, "config.bad_value", name + " " + std::string(wanted(setting.kind)));
  auto set = setting.set(options, *value);
  if (!set) return at_line(line, set.error().code, name + " " + set.error().detail);
  return {};
}

Result<void> apply_key(ServeOptions& options, const ServeSetting& setting, const toml::node& node) {
  if (setting.kind != ServeSetting::Kind::list) return apply_one(options, setting, node);
  const toml::array* list = node.as_array();
  if (list == nullptr) {
    return at_line(node.source().begin.line, "config.bad_value",
                   std::string(setting.name) + " " + std::string(wanted(setting.kind)));
  }
  for (const toml::node& element : *list) {
    if (auto set = apply_one(options, setting, element); !set) return set;
  }
  return {};
}

}  // namespace

Result<void> apply_config(ServeOptions& options, std::string_view text) {
  if (text.size() > kMaxConfigBytes) {
    return make_error(Errc::too_large, "config.too_large", "the configuration file is too large");
  }
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return at_line(error.source().begin.line, "config.malformed", std::string(error.description()));
  }
  ServeOptions changed = options;
  for (const auto& [key, node] : table) {
    const ServeSetting* setting = find_serve_setting(key.str());
    if (setting == nullptr) {
      return at_line(key.source().begin.line, "config.unknown_key",
                     "unknown setting " + std::string(key.str().substr(0, 60)));
    }
    if (auto applied = apply_key(changed, *setting, node); !applied) return applied;
  }
  options = std::move(changed);
  return {};
}

Result<void> apply_config_file(ServeOptions& options, const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(kMaxConfigBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.eof() && !stream) {
    return make_error(Errc::io, "config.unreadable", "cannot read " + file.string());
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  auto applied = apply_config(options, text);
  if (applied) return {};
  Error error = applied.error();
  error.detail = file.string() + ": " + error.detail;
  return error;
}

}  // namespace diemcau::mcu
