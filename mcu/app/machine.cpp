#include "mcu/app/machine.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

namespace diemcau::mcu {
namespace {

constexpr std::size_t kPinnedFrom = 4;    // cores
constexpr unsigned kMostTransports = 16;  // EncodedStream::kMaxLoops
// Data base, log, pages, recordings, threads' own.
constexpr std::size_t kOwnFiles = 256;
// The page's WebSocket and what wakes the agent's loop, with one of each to spare while a site
// reconnects before its old connection is given up.
constexpr std::size_t kFilesOfConnection = 4;
constexpr std::size_t kFilesOfAddress = 2;  // UDP and ICE-TCP

}  // namespace

std::vector<int> usable_cores() {
  std::vector<int> cores;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0) {
    for (int core = 0; core < CPU_SETSIZE; ++core)
      if (CPU_ISSET(core, &set)) cores.push_back(core);
  }
  if (cores.empty()) cores.push_back(0);
  return cores;
}

TransportThreads transport_threads(std::optional<unsigned> asked, std::size_t cores) {
  const auto half = static_cast<unsigned>(std::min<std::size_t>(cores / 2, kMostTransports));
  const unsigned first = std::clamp(asked.value_or(half), 1u, kMostTransports);
  return {first, !asked && cores > 1 ? std::max(first, 2u) : first};
}

std::vector<int> transport_cores(std::optional<bool> asked, std::span<const int> cores,
                                 unsigned threads) {
  std::vector<int> out;
  if (cores.empty() || !asked.value_or(cores.size() >= kPinnedFrom)) return out;
  for (unsigned i = 0; i < threads; ++i) out.push_back(cores[cores.size() - 1 - i % cores.size()]);
  return out;
}

Result<void> pin_this_thread(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(core), &set);
  const int failed = ::pthread_setaffinity_np(::pthread_self(), sizeof set, &set);
  if (failed != 0)
    return make_error(Errc::unavailable, "machine.core",
                      "core " + std::to_string(core) + ": " + std::strerror(failed));
  return {};
}

std::size_t open_files_needed(std::size_t connections, std::size_t addresses) {
  return kOwnFiles + connections * (kFilesOfConnection + kFilesOfAddress * addresses);
}

std::size_t raise_open_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return 0;
  const rlim_t before = files.rlim_cur;
  files.rlim_cur = files.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_max : before;
}

Result<void> check_open_files(std::size_t connections, std::size_t addresses, std::size_t limit) {
  const std::size_t needed = open_files_needed(connections, addresses);
  if (needed <= limit) return {};
  const std::size_t fit =
      limit > kOwnFiles ? (limit - kOwnFiles) / (open_files_needed(1, addresses) - kOwnFiles) : 0;
  return make_error(
      Errc::unavailable, "config.too_few_files",
      "max-sites and max-viewers together are " + std::to_string(connections) +
          " connections and need " + std::to_string(needed) + " open files, the system allows " +
          std::to_string(limit) +
          ": raise its hard limit (LimitNOFILE= of systemd, ulimit -Hn) or lower them to " +
          std::to_string(fit) + " together");
}

}  // namespace diemcau::mcu
