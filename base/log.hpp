#pragma once
// Life-cycle events are logged, one line each, never per packet and never with a secret:
//   info  one per meaningful transition (site joined, recording started)
//   warn  something was refused or recovered and a technician may care
//   error something was lost or needs a person

#include <spdlog/spdlog.h>

namespace diemcau::log {

using spdlog::debug;
using spdlog::error;
using spdlog::info;
using spdlog::warn;

/// Sets pattern and level ("debug", "info", "warn", "error") for the process, to standard error.
void setup(const std::string& level);

}  // namespace diemcau::log
