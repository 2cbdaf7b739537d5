#include "media/transport/ice_transport.hpp"

#include <condition_variable>
#include <future>
#include <mutex>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

/// Bare ICE on a loop of its own.
struct IceEnd final : IceObserver {
  IceEnd(unsigned index, bool controlling, bool udp, bool tcp) : loop(index, clock, metrics) {
    loop.start();
    run([=, this] {
      TransportOptions options;
      options.addresses = {"127.0.0.1"};
      options.udp = udp;
      options.tcp = tcp;
      ice = *IceTransport::create(loop, options, controlling, counters, *this);
      local = ice->local();
    });
  }
  ~IceEnd() {
    run([this] { ice.reset(); });
    loop.stop();
  }
  void run(const std::function<void()>& work) { ASSERT_TRUE(loop.post_and_wait(work)); }
  void connect_to(const IceParameters& remote) {
    run([&] { ASSERT_TRUE(ice->set_remote(remote)); });
  }
  bool wait(const std::function<bool()>& ready) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), ready);
  }
  void on_ice_selected() override {
    const std::lock_guard lock(mutex);
    ++selections;
    changed.notify_all();
  }
  void on_ice_consent(bool) override {}
  void on_ice_failed() override {
    const std::lock_guard lock(mutex);
    ++failures;
    changed.notify_all();
  }
  void on_ice_datagram(std::span<std::uint8_t> datagram, TimePoint) override {
    const std::lock_guard lock(mutex);
    received.assign(datagram.begin(), datagram.end());
    changed.notify_all();
  }

  SystemClock clock;
  Metrics metrics;
  TransportCounters counters{metrics};
  TransportLoop loop;
  std::unique_ptr<IceTransport> ice;
  IceParameters local;
  std::mutex mutex;
  std::condition_variable changed;
  int selections = 0, failures = 0;
  std::vector<std::uint8_t> received;
};

TEST(IceTransport, sends_straight_on_the_socket_of_a_udp_pair) {
  IceEnd server(0, false, true, false), site(1, true, true, false);
  server.connect_to(site.local);
  site.connect_to(server.local);
  ASSERT_TRUE(server.wait([&] { return server.selections > 0; }));
  server.run([&] {
    EXPECT_TRUE(server.ice->path().direct);
    EXPECT_GE(server.ice->path().fd, 0);
  });
}

TEST(IceTransport, leaves_a_tcp_pair_to_libnice) {
  IceEnd server(0, false, false, true), site(1, true, false, true);
  server.connect_to(site.local);
  site.connect_to(server.local);
  ASSERT_TRUE(server.wait([&] { return server.selections > 0; }));
  server.run([&] { EXPECT_FALSE(server.ice->path().direct); });
}

TEST(IceTransport, goes_on_with_what_waits_on_a_tcp_pair_once_there_is_room) {
  IceEnd server(0, false, false, true), site(1, true, false, true);
  server.connect_to(site.local);
  site.connect_to(server.local);
  ASSERT_TRUE(server.wait([&] { return server.selections > 0; }));
  ASSERT_TRUE(site.wait([&] { return site.selections > 0; }));
  std::promise<void> let_go;
  ASSERT_TRUE(site.loop.post([released = let_go.get_future().share()] { released.wait(); }));
  // What the kernel does not take libnice keeps, one datagram; then it takes no more.
  std::vector<std::uint8_t> datagram(1200), last;
  server.run([&] {
    for (std::uint16_t number = 0;; ++number) {
      datagram[0] = static_cast<std::uint8_t>(0x80 | number >> 14);
      datagram[1] = static_cast<std::uint8_t>(number >> 7 & 0x7f);
      datagram[2] = static_cast<std::uint8_t>(number & 0x7f);
      if (!server.ice->send(datagram)) return;
      last = datagram;
    }
  });
  ASSERT_FALSE(last.empty());
  let_go.set_value();
  EXPECT_TRUE(site.wait([&] { return site.received == last; }));
}

TEST(IceTransport, selects_a_pair_anew_after_a_restart) {
  IceEnd server(0, false, true, false), site(1, true, true, false);
  server.connect_to(site.local);
  site.connect_to(server.local);
  ASSERT_TRUE(server.wait([&] { return server.selections > 0; }));
  ASSERT_TRUE(site.wait([&] { return site.selections > 0; }));
  IceParameters site_new;
  int server_before = 0;
  // Before the site knows the server's new credentials its checks cannot pass, so whatever the
  // server selects from here on is of the restart.
  site.run([&] { site_new = *site.ice->restart(server.local); });
  IceParameters server_new;
  server.run([&] {
    {
      const std::lock_guard lock(server.mutex);
      server_before = server.selections;
    }
    server_new = *server.ice->restart(site_new);
  });
  EXPECT_NE(server_new.password, server.local.password);
  EXPECT_EQ(server_new.candidates, server.local.candidates);
  site.run([&] { ASSERT_TRUE(site.ice->set_remote(server_new)); });
  EXPECT_TRUE(server.wait([&] { return server.selections > server_before; }));
  EXPECT_EQ(server.failures, 0);
}

TEST(IceTransport, connects_with_trickled_candidates) {
  IceEnd server(0, false, true, false), site(1, true, true, false);
  server.connect_to({site.local.ufrag, site.local.password, {}});
  site.connect_to({server.local.ufrag, server.local.password, {}});
  site.run([&] { ASSERT_TRUE(site.ice->add_remote_candidate(server.local.candidates[0])); });
  EXPECT_TRUE(server.wait([&] { return server.selections > 0; }));
}

TEST(IceTransport, bounds_the_candidates_of_a_peer) {
  IceEnd server(0, false, true, false);
  server.connect_to({"abcd", std::string(22, 'x'), {}});
  server.run([&] {
    std::size_t taken = 0;
    for (int port = 1; port <= 100; ++port) {
      const auto added = server.ice->add_remote_candidate("candidate:1 1 UDP 100 127.0.0.1 " +
                                                          std::to_string(port) + " typ host");
      if (added)
        ++taken;
      else
        EXPECT_EQ(added.error().code, "ice.too_many_candidates");
    }
    EXPECT_EQ(taken, IceTransport::kMaxRemoteCandidates);
  });
}

TEST(IceTransport, serves_three_hundred_sites_from_one_loop) {
  SystemClock clock;
  Metrics metrics;
  TransportLoop loop(0, clock, metrics);
  TransportCounters counters(metrics);
  struct Deaf final : IceObserver {
    void on_ice_selected() override {}
    void on_ice_consent(bool) override {}
    void on_ice_failed() override {}
    void on_ice_datagram(std::span<std::uint8_t>, TimePoint) override {}
  } deaf;
  loop.start();
  ASSERT_TRUE(loop.post_and_wait([&] {
    TransportOptions options;
    options.addresses = {"127.0.0.1"};
    std::vector<std::unique_ptr<IceTransport>> sites;
    for (int i = 0; i < 300; ++i) {
      auto made = IceTransport::create(loop, options, false, counters, deaf);
      ASSERT_TRUE(made) << i << ": " << made.error().detail;
      sites.push_back(std::move(*made));
    }
  }));
  loop.stop();
}

}  // namespace
}  // namespace diemcau::media
