#pragma once
// The machine's network interfaces, asked of the kernel at most once a second. libnice asks five
// times for each site that joins, an eighth of what a join costs a transport thread, and has no way
// to be told: so this program's own getifaddrs() stands before the C library's
// (interface_list.cpp). Thread: any.

#include <mutex>
#include <vector>

#include <ifaddrs.h>

#include "base/clock.hpp"

namespace diemcau::media {

/// Lists shared between callers, who must not write in them.
class InterfaceList {
 public:
  /// How long an address may have gone or come without our knowing.
  static constexpr Duration kOldest = std::chrono::seconds(1);
  using Read = int (*)(ifaddrs**) noexcept;
  using Free = void (*)(ifaddrs*) noexcept;

  InterfaceList(Read read, Free free) : read_(read), free_(free) {}
  ~InterfaceList();
  InterfaceList(const InterfaceList&) = delete;
  InterfaceList& operator=(const InterfaceList&) = delete;

  /// As getifaddrs(): 0, or -1 with errno and nothing in `out`.
  int get(ifaddrs** out, TimePoint now);
  /// As freeifaddrs(), once for each get().
  void give_back(ifaddrs* list);

 private:
  struct Held {
    ifaddrs* list;
    TimePoint read;
    int users;
  };
  void forget_unused();

  const Read read_;
  const Free free_;
  std::mutex mutex_;
  std::vector<Held> held_;  // the newest last; older ones while somebody still looks at them
};

}  // namespace diemcau::media
