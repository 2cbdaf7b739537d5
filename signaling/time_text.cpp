#include <cstdio>
#include <ctime>

#include "signaling/messages.hpp"

namespace diemcau::signaling {

std::string rfc3339(WallTime time) {
  using std::chrono::milliseconds;
  const auto since = std::chrono::floor<milliseconds>(time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const std::time_t whole = seconds.count();
  std::tm parts{};
  gmtime_r(&whole, &parts);
  char text[24];
  const auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  char fraction[16];
  std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>((since - seconds).count()));
  return std::string(text, size) + fraction;
}

}  // namespace diemcau::signaling
