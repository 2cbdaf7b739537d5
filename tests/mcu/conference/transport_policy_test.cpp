#include "mcu/conference/transport_policy.hpp"

#include <vector>

#include <gmock/gmock.h>

namespace diemcau::mcu {
namespace {

using ::testing::ElementsAre;

/// Sessions of each thread after so many have come.
std::vector<std::size_t> after(std::size_t count, std::size_t threads, std::size_t first) {
  std::vector<std::size_t> sessions(threads);
  for (std::size_t i = 0; i < count; ++i) ++sessions[choose_transport(sessions, first)];
  return sessions;
}

TEST(TransportPolicy, leaves_the_reserve_alone_while_a_province_meets) {
  EXPECT_THAT(after(266, 2, 1), ElementsAre(266, 0));
}

TEST(TransportPolicy, shares_a_thousand_receivers_with_the_reserve) {
  EXPECT_THAT(after(1000, 2, 1), ElementsAre(500, 500));
}

TEST(TransportPolicy, shares_evenly_between_the_threads_of_a_larger_machine) {
  EXPECT_THAT(after(266, 4, 4), ElementsAre(67, 67, 66, 66));
}

TEST(TransportPolicy, fills_the_gap_that_those_who_left_made) {
  std::vector<std::size_t> sessions{12, 7, 12};
  EXPECT_EQ(choose_transport(sessions, 3), 1u);
  sessions = {kFullTransport - 1, 0};
  EXPECT_EQ(choose_transport(sessions, 1), 0u);
  sessions = {kFullTransport, 3};
  EXPECT_EQ(choose_transport(sessions, 1), 1u);
}

TEST(TransportPolicy, takes_a_number_of_threads_out_of_range_for_the_nearest_one) {
  EXPECT_EQ(choose_transport(std::vector<std::size_t>{5, 0}, 0), 0u);
  EXPECT_EQ(choose_transport(std::vector<std::size_t>{5, 0}, 9), 1u);
}

}  // namespace
}  // namespace diemcau::mcu
