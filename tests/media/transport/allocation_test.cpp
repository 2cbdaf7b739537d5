// Counts every allocation and lock of the process, C libraries included, while packets are sent.

#include <mutex>

#include <gtest/gtest.h>

#include "tests/media/transport/peer.hpp"
#include "tests/support/counted_calls.hpp"

namespace diemcau::media {
namespace {

using test::Peer;

TEST(CountedCalls, are_those_of_this_thread) {
  if (!calls_are_counted()) GTEST_SKIP() << "a sanitizer owns malloc in this build";
  std::mutex mutex;
  const auto before = counted_calls();
  count_this_thread(true);
  auto known = std::make_unique<test::Bytes>(1000);
  mutex.lock();
  count_this_thread(false);
  mutex.unlock();
  known = std::make_unique<test::Bytes>(1000);
  EXPECT_EQ(counted_calls().allocations - before.allocations, 2u);
  EXPECT_EQ(counted_calls().locks - before.locks, 1u);
}

TEST(SendPath, allocates_nothing_per_packet) {
  if (!calls_are_counted()) GTEST_SKIP() << "a sanitizer owns malloc in this build";
  auto options = Peer::loopback();
  options.tcp = false;
  Peer server(0, false, DtlsRole::server, options);
  Peer site(1, true, DtlsRole::client, options);
  server.connect_to(site);
  site.connect_to(server);
  ASSERT_TRUE(server.wait_connected());
  std::vector<test::Bytes> packets;
  for (std::uint32_t i = 0; i < 1100; ++i) packets.push_back(Peer::rtp(i, 600));
  const auto before = counted_calls();
  server.run([&] {
    // The first packets of an SSRC set its stream up.
    for (std::size_t i = 0; i < 100; ++i) ASSERT_TRUE(server.send(packets[i]));
    server.transport->flush();
    count_this_thread(true);
    for (std::size_t i = 100; i < packets.size(); ++i) {
      server.send(packets[i]);
      if (i % 8 == 0) server.transport->flush();
    }
    server.transport->flush();
    count_this_thread(false);
  });
  EXPECT_EQ(counted_calls().allocations, before.allocations);
  EXPECT_EQ(counted_calls().locks, before.locks);
}

}  // namespace
}  // namespace diemcau::media
