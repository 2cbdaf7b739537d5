#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>

namespace diemcau::log {

void setup(const std::string& level) {
  auto logger = spdlog::get("diemcau");
  if (!logger) logger = spdlog::stderr_logger_mt("diemcau");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(logger);
}

}  // namespace diemcau::log
