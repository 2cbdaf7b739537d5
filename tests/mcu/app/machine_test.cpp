#include "mcu/app/machine.hpp"

#include <algorithm>
#include <thread>

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/resource.h>

#include "media/stream/encoded_stream.hpp"

namespace diemcau::mcu {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Machine, gives_half_its_cores_to_packets_and_a_small_one_a_thread_in_reserve) {
  const struct {
    std::optional<unsigned> asked;
    std::size_t cores;
    unsigned first, all;
  } cases[] = {{{}, 1, 1, 1},    {{}, 2, 1, 2}, {{}, 3, 1, 2}, {{}, 4, 2, 2}, {{}, 8, 4, 4},
               {{}, 64, 16, 16}, {3u, 2, 3, 3}, {1u, 2, 1, 1}, {1u, 8, 1, 1}};
  for (const auto& c : cases) {
    const auto threads = transport_threads(c.asked, c.cores);
    EXPECT_EQ(threads.first, c.first) << c.cores << " cores";
    EXPECT_EQ(threads.all, c.all) << c.cores << " cores";
  }
  EXPECT_EQ(transport_threads(1000u, 2).all, media::EncodedStream::kMaxLoops)
      << "a stream knows no more loops";
}

TEST(Machine, pins_to_the_last_cores_where_there_are_enough_or_it_is_asked_for) {
  const std::vector<int> two{0, 1}, four{0, 1, 2, 3}, left_over{2, 5};
  EXPECT_THAT(transport_cores({}, two, 1), IsEmpty());
  EXPECT_THAT(transport_cores({}, four, 2), ElementsAre(3, 2));
  EXPECT_THAT(transport_cores(false, four, 2), IsEmpty());
  EXPECT_THAT(transport_cores(true, two, 1), ElementsAre(1));
  EXPECT_THAT(transport_cores(true, left_over, 3), ElementsAre(5, 2, 5));
}

TEST(Machine, keeps_a_thread_where_it_was_pinned) {
  const std::vector<int> cores = usable_cores();
  ASSERT_FALSE(cores.empty());
  std::thread([&] {
    ASSERT_TRUE(pin_this_thread(cores.back()));
    EXPECT_THAT(usable_cores(), ElementsAre(cores.back()));
    EXPECT_EQ(::sched_getcpu(), cores.back());
    const auto refused = pin_this_thread(CPU_SETSIZE - 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "machine.core");
  }).join();
  EXPECT_EQ(usable_cores(), cores) << "other threads keep theirs";
}

TEST(Machine, refuses_more_connections_than_it_may_open_files_for) {
  const std::size_t needed = open_files_needed(1300, 1);
  EXPECT_GE(needed, 1300u * 5);
  EXPECT_GT(open_files_needed(1300, 2), needed) << "each address has sockets of its own";
  EXPECT_TRUE(check_open_files(1300, 1, needed));
  const auto refused = check_open_files(1300, 1, needed - 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "config.too_few_files");
  const std::string parts[] = {"1300", std::to_string(needed), std::to_string(needed - 1),
                               "LimitNOFILE", "1299"};
  for (const std::string& part : parts) EXPECT_THAT(refused.error().detail, HasSubstr(part));
  EXPECT_TRUE(check_open_files(1299, 1, needed - 1)) << "what it advises fits";
  EXPECT_FALSE(check_open_files(1, 1, 10));
}

TEST(Machine, raises_its_open_files_to_the_hard_limit) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit low = before;
  low.rlim_cur = std::min<rlim_t>(before.rlim_max, 128);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(raise_open_files(), before.rlim_max);
  rlimit now{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &now), 0);
  EXPECT_EQ(now.rlim_cur, before.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace diemcau::mcu
