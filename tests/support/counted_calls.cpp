#include "tests/support/counted_calls.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>

#include <dlfcn.h>
#include <pthread.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DIEMCAU_COUNTS_CALLS 0
#else
#define DIEMCAU_COUNTS_CALLS 1
#endif

namespace {

// initial-exec: the first touch of one in another model would allocate, inside malloc.
__attribute__((tls_model("initial-exec"))) thread_local bool counting = false;
__attribute__((tls_model("initial-exec"))) thread_local int in_glib = 0;
std::atomic<std::uint64_t> allocations{0}, locks{0}, ice_turns{0};

[[maybe_unused]] void count(std::atomic<std::uint64_t>& calls) {
  if (counting && in_glib == 0) calls.fetch_add(1, std::memory_order_relaxed);
}

/// The next definition of a function that this program puts itself before.
template <class Function>
[[maybe_unused]] Function* next(std::atomic<Function*>& known, const char* name) {
  Function* function = known.load(std::memory_order_acquire);
  if (function == nullptr) {
    function = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
    known.store(function, std::memory_order_release);
  }
  return function;
}

}  // namespace

#if DIEMCAU_COUNTS_CALLS
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  count(allocations);
  return __libc_malloc(size);
}
void* calloc(std::size_t n, std::size_t size) {
  count(allocations);
  return __libc_calloc(n, size);
}
void* realloc(void* old, std::size_t size) {
  count(allocations);
  return __libc_realloc(old, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  count(allocations);
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return memalign(alignment, size);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
  *out = memalign(alignment, size);
  return *out == nullptr ? ENOMEM : 0;
}

#define DIEMCAU_COUNTED_LOCK(name, Lock)                 \
  int name(Lock* lock) {                                 \
    static constinit std::atomic<int (*)(Lock*)> real{}; \
    count(locks);                                        \
    return next<int(Lock*)>(real, #name)(lock);          \
  }
DIEMCAU_COUNTED_LOCK(pthread_mutex_lock, pthread_mutex_t)
DIEMCAU_COUNTED_LOCK(pthread_mutex_trylock, pthread_mutex_t)
DIEMCAU_COUNTED_LOCK(pthread_rwlock_rdlock, pthread_rwlock_t)
DIEMCAU_COUNTED_LOCK(pthread_rwlock_wrlock, pthread_rwlock_t)

// GLib's mutexes are futexes of its own.
#define DIEMCAU_COUNTED_GLIB_LOCK(name)                   \
  void name(void* lock) {                                 \
    static constinit std::atomic<void (*)(void*)> real{}; \
    count(locks);                                         \
    next<void(void*)>(real, #name)(lock);                 \
  }
DIEMCAU_COUNTED_GLIB_LOCK(g_mutex_lock)
DIEMCAU_COUNTED_GLIB_LOCK(g_rec_mutex_lock)

int g_main_context_iteration(void* context, int may_block) {
  static constinit std::atomic<int (*)(void*, int)> real{};
  if (counting) ice_turns.fetch_add(1, std::memory_order_relaxed);
  ++in_glib;
  const int did = next<int(void*, int)>(real, "g_main_context_iteration")(context, may_block);
  --in_glib;
  return did;
}
// What the transport asks GLib for after such a turn.
int g_main_context_prepare(void* context, int* priority) {
  static constinit std::atomic<int (*)(void*, int*)> real{};
  ++in_glib;
  const int ready = next<int(void*, int*)>(real, "g_main_context_prepare")(context, priority);
  --in_glib;
  return ready;
}
int g_main_context_query(void* context, int most, int* timeout, void* polled, int room) {
  static constinit std::atomic<int (*)(void*, int, int*, void*, int)> real{};
  ++in_glib;
  const int found = next<int(void*, int, int*, void*, int)>(real, "g_main_context_query")(
      context, most, timeout, polled, room);
  --in_glib;
  return found;
}
}
#endif

namespace diemcau {

bool calls_are_counted() noexcept {
  return DIEMCAU_COUNTS_CALLS != 0;
}

void count_this_thread(bool on) noexcept {
  counting = on;
}

CountedCalls counted_calls() noexcept {
  return {allocations.load(), locks.load(), ice_turns.load()};
}

}  // namespace diemcau
