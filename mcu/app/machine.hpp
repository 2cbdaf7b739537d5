#pragma once
// What the server takes of its machine: cores for the threads that carry packets, and open files.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace diemcau::mcu {

/// Numbers of the cores this process may run on (a container or taskset may leave out some).
std::vector<int> usable_cores();

/// How many transport threads.
struct TransportThreads {
  unsigned first = 1;  // in use from the first session on
  unsigned all = 1;    // with the reserve; at most EncodedStream::kMaxLoops
};
/// Those asked for, all of them in use; else half the cores, the others making picture and sound.
/// On two or three cores a second thread is the reserve: a thousand receivers are more than one
/// core carries beside everything else that runs there.
TransportThreads transport_threads(std::optional<unsigned> asked, std::size_t cores);

/// The core of each transport thread, counted from the last one because interrupts mostly go to
/// the first; empty: not pinned. Unless asked, threads are pinned from four cores on: with fewer a
/// pinned thread would wait behind an encoder while another core is free.
std::vector<int> transport_cores(std::optional<bool> asked, std::span<const int> cores,
                                 unsigned threads);

/// Keeps the calling thread on this core. Errors: machine.core (unavailable).
Result<void> pin_this_thread(int core);

/// Open files that so many connections need, each offering `addresses` addresses.
std::size_t open_files_needed(std::size_t connections, std::size_t addresses);

/// Raises the limit of open files as far as the system lets us (many begin with 1 024). Returns the
/// limit that holds now.
std::size_t raise_open_files();

/// Errors: config.too_few_files (unavailable), saying what to do.
Result<void> check_open_files(std::size_t connections, std::size_t addresses, std::size_t limit);

}  // namespace diemcau::mcu
