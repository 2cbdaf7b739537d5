#include "media/transport/local_addresses.hpp"

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

TEST(LocalAddresses, leaves_loopback_and_link_local_out) {
  for (const auto& address : local_addresses()) {
    EXPECT_FALSE(address.starts_with("127.")) << address;
    EXPECT_NE(address, "::1");
    EXPECT_FALSE(address.starts_with("fe80")) << address;
    EXPECT_FALSE(address.starts_with("169.254.")) << address;
  }
}

TEST(LocalAddresses, offers_loopback_only_when_asked_for_by_hand) {
  const auto offered = addresses_to_offer({"127.0.0.1"});
  ASSERT_TRUE(offered);
  EXPECT_EQ(*offered, std::vector<std::string>{"127.0.0.1"});
}

TEST(LocalAddresses, refuses_an_address_of_another_machine) {
  for (const char* address : {"203.0.113.77", "not-an-address", ""}) {
    const auto offered = addresses_to_offer({address});
    ASSERT_FALSE(offered) << address;
    EXPECT_EQ(offered.error().code, "ice.address");
  }
}

}  // namespace
}  // namespace diemcau::media
