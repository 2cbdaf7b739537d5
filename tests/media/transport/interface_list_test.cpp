#include "media/transport/interface_list.hpp"

#include <cerrno>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

int reads = 0, freed = 0;
bool broken = false;

int read_one(ifaddrs** out) noexcept {
  if (broken) {
    errno = ENOBUFS;
    return -1;
  }
  ++reads;
  *out = new ifaddrs{};
  return 0;
}

void free_one(ifaddrs* list) noexcept {
  ++freed;
  delete list;
}

class InterfaceLists : public testing::Test {
 protected:
  InterfaceLists() {
    reads = freed = 0;
    broken = false;
  }
  ifaddrs* get() {
    ifaddrs* list = nullptr;
    EXPECT_EQ(interfaces_.get(&list, clock_.now()), 0);
    return list;
  }

  ManualClock clock_;
  InterfaceList interfaces_{read_one, free_one};
};

TEST_F(InterfaceLists, asks_the_kernel_once_for_all_who_come_within_a_second) {
  ifaddrs* const first = get();
  clock_.advance(InterfaceList::kOldest - Duration(1));
  EXPECT_EQ(get(), first);
  EXPECT_EQ(reads, 1);
}

TEST_F(InterfaceLists, asks_again_when_a_second_is_over) {
  get();
  clock_.advance(InterfaceList::kOldest);
  get();
  EXPECT_EQ(reads, 2);
}

TEST_F(InterfaceLists, keeps_an_old_list_for_who_still_looks_at_it) {
  ifaddrs* const first = get();
  get();
  interfaces_.give_back(first);
  clock_.advance(InterfaceList::kOldest);
  get();
  EXPECT_EQ(freed, 0);
  interfaces_.give_back(first);
  EXPECT_EQ(freed, 1);
}

TEST_F(InterfaceLists, lets_go_of_an_old_list_nobody_looks_at) {
  interfaces_.give_back(get());
  EXPECT_EQ(freed, 0);
  clock_.advance(InterfaceList::kOldest);
  get();
  EXPECT_EQ(freed, 1);
}

TEST_F(InterfaceLists, frees_a_list_that_is_not_its_own) {
  get();
  ifaddrs* own = nullptr;
  ASSERT_EQ(read_one(&own), 0);
  interfaces_.give_back(own);
  EXPECT_EQ(freed, 1);
}

TEST_F(InterfaceLists, tells_of_a_failure_and_asks_again) {
  broken = true;
  ifaddrs* list = nullptr;
  EXPECT_EQ(interfaces_.get(&list, clock_.now()), -1);
  EXPECT_EQ(errno, ENOBUFS);
  EXPECT_EQ(list, nullptr);
  broken = false;
  EXPECT_NE(get(), nullptr);
}

// What libnice calls by this name is ours: two callers within the second share one list.
TEST(InterfaceListOfTheProgram, stands_before_the_c_librarys) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    ifaddrs *first = nullptr, *second = nullptr;
    ASSERT_EQ(getifaddrs(&first), 0);
    ASSERT_EQ(getifaddrs(&second), 0);
    const bool shared = first == second;
    freeifaddrs(first);
    freeifaddrs(second);
    // A second may end between the two: then they are asked for once more.
    if (shared) return;
  }
  FAIL() << "never one list for both";
}

}  // namespace
}  // namespace diemcau::media
