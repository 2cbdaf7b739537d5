#include "media/transport/udp_sender.hpp"

#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace diemcau::media {
namespace {

int bound_socket(sockaddr_storage& address, int type = SOCK_DGRAM) {
  const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  auto& v4 = reinterpret_cast<sockaddr_in&>(address);
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof v4;
  EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return fd;
}

struct Sockets : testing::Test {
  sockaddr_storage from_address{}, to_address{};
  int from = bound_socket(from_address), to = bound_socket(to_address);
  Metrics metrics;
  TransportCounters counters{metrics};
  UdpSender sender{counters};
  std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(10 * 1000, 7);

  Sockets() { sender.set_path(from, to_address, sizeof(sockaddr_in)); }
  ~Sockets() override {
    close(from);
    close(to);
  }
  std::vector<std::size_t> arrived() {
    std::vector<std::size_t> sizes;
    std::uint8_t buffer[4096];
    // Loopback delivers before send returns.
    for (ssize_t n = 0; (n = recv(to, buffer, sizeof buffer, MSG_DONTWAIT)) >= 0;)
      sizes.push_back(static_cast<std::size_t>(n));
    return sizes;
  }
};

TEST_F(Sockets, receive_a_run_as_separate_datagrams) {
  EXPECT_EQ(sender.send({bytes.data(), 1000, 3500, 4}), 4u);
  EXPECT_TRUE(sender.segments());
  EXPECT_EQ(arrived(), (std::vector<std::size_t>{1000, 1000, 1000, 500}));
}

TEST_F(Sockets, receive_the_same_when_the_kernel_refuses_to_segment) {
  // With UDP checksums off the kernel refuses UDP_SEGMENT (EIO), as for a device that cannot.
  const int off = 1;
  ASSERT_EQ(setsockopt(from, SOL_SOCKET, SO_NO_CHECK, &off, sizeof off), 0);
  EXPECT_EQ(sender.send({bytes.data(), 1000, 3500, 4}), 4u);
  EXPECT_FALSE(sender.segments()) << "found out once, not for every frame";
  EXPECT_EQ(arrived(), (std::vector<std::size_t>{1000, 1000, 1000, 500}));
  EXPECT_EQ(sender.send({bytes.data(), 1000, 2000, 2}), 2u);
  EXPECT_EQ(arrived().size(), 2u);
  EXPECT_EQ(counters.send_dropped.value(), 0u);
}

TEST_F(Sockets, that_are_gone_count_as_drops) {
  sender.set_path(-1, to_address, sizeof(sockaddr_in));
  EXPECT_EQ(sender.send({bytes.data(), 1000, 3000, 3}), 0u);
  EXPECT_EQ(counters.send_dropped.value(), 3u);
}

}  // namespace
}  // namespace diemcau::media
