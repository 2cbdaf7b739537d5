// Counts every allocation of the process, C libraries included, while packets are sent.

#include <atomic>
#include <cstddef>
#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/media/transport/peer.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DIEMCAU_COUNTS_ALLOCATIONS 0  // the sanitizer has replaced malloc already
#else
#define DIEMCAU_COUNTS_ALLOCATIONS 1
#endif

namespace {
thread_local bool counting = false;
std::atomic<std::uint64_t> allocations{0};
[[maybe_unused]] void count() {
  if (counting) allocations.fetch_add(1, std::memory_order_relaxed);
}
}  // namespace

#if DIEMCAU_COUNTS_ALLOCATIONS
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* malloc(std::size_t size) {
  count();
  return __libc_malloc(size);
}
void* calloc(std::size_t n, std::size_t size) {
  count();
  return __libc_calloc(n, size);
}
void* realloc(void* old, std::size_t size) {
  count();
  return __libc_realloc(old, size);
}
}
#endif

namespace diemcau::media {
namespace {

using test::Peer;

TEST(SendPath, allocates_nothing_per_packet) {
  if (!DIEMCAU_COUNTS_ALLOCATIONS) GTEST_SKIP() << "a sanitizer owns malloc in this build";
  counting = true;
  auto known = std::make_unique<test::Bytes>(1000);
  counting = false;
  ASSERT_EQ(allocations.exchange(0), 2u) << "the counter itself does not count";
  known.reset();
  auto options = Peer::loopback();
  options.tcp = false;
  Peer server(0, false, DtlsRole::server, options);
  Peer site(1, true, DtlsRole::client, options);
  server.connect_to(site);
  site.connect_to(server);
  ASSERT_TRUE(server.wait_connected());
  std::vector<test::Bytes> packets;
  for (std::uint32_t i = 0; i < 1100; ++i) packets.push_back(Peer::rtp(i, 600));
  server.run([&] {
    // The first packets of an SSRC set its stream up.
    for (std::size_t i = 0; i < 100; ++i) ASSERT_TRUE(server.send(packets[i]));
    server.transport->flush();
    counting = true;
    for (std::size_t i = 100; i < packets.size(); ++i) {
      server.send(packets[i]);
      if (i % 8 == 0) server.transport->flush();
    }
    server.transport->flush();
    counting = false;
  });
  EXPECT_EQ(allocations.load(), 0u);
}

}  // namespace
}  // namespace diemcau::media
