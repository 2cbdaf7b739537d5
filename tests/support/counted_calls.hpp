#pragma once
// Counts what a thread asks of the allocator and of locks, C libraries included. Linking the .cpp
// into a test program puts it before libc and GLib: a program of its own, for it counts them all.

#include <cstdint>

namespace diemcau {

/// False where a sanitizer owns these functions: nothing is counted then.
bool calls_are_counted() noexcept;

/// From here on this thread's calls are counted, or no more.
void count_this_thread(bool on) noexcept;

/// Of all counted threads together, outside of libnice's turns.
struct CountedCalls {
  std::uint64_t allocations = 0;  // malloc, calloc, realloc, aligned ones; operator new with them
  std::uint64_t locks = 0;        // pthread mutexes and read-write locks, GLib's mutexes
  std::uint64_t ice_turns = 0;    // GLib iterations: STUN and consent, no media
};
CountedCalls counted_calls() noexcept;

}  // namespace diemcau
