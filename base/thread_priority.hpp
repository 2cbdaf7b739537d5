#pragma once
// Which threads go first when the machine is short: sound and packets before pictures.

namespace diemcau {

/// Puts the calling thread, and threads it starts from here on, before those of ordinary niceness
/// (nice −10). Without the right to (CAP_SYS_NICE, or RLIMIT_NICE of 30: systemd's LimitNICE=-10)
/// nothing changes: false.
bool hurry_this_thread() noexcept;

}  // namespace diemcau
