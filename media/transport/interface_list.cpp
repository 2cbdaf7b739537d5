#include "media/transport/interface_list.hpp"

#include <algorithm>

#include <dlfcn.h>

namespace diemcau::media {

InterfaceList::~InterfaceList() {
  for (const auto& held : held_) free_(held.list);
}

int InterfaceList::get(ifaddrs** out, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (held_.empty() || now - held_.back().read >= kOldest) {
    ifaddrs* list = nullptr;
    if (const int failed = read_(&list); failed != 0) return failed;
    held_.push_back({list, now, 0});
    forget_unused();
  }
  ++held_.back().users;
  *out = held_.back().list;
  return 0;
}

void InterfaceList::give_back(ifaddrs* list) {
  const std::lock_guard lock(mutex_);
  const auto held =
      std::find_if(held_.begin(), held_.end(), [&](const Held& h) { return h.list == list; });
  if (held == held_.end()) {
    free_(list);  // somebody's own
    return;
  }
  --held->users;
  forget_unused();
}

void InterfaceList::forget_unused() {
  const auto newest = held_.end() - 1;
  const auto unused =
      std::stable_partition(held_.begin(), newest, [](const Held& held) { return held.users > 0; });
  std::for_each(unused, newest, [&](const Held& held) { free_(held.list); });
  held_.erase(unused, newest);
}

namespace {
template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

/// Never destroyed: a library may ask while the program ends.
InterfaceList& shared() {
  static auto* const list = new InterfaceList(next<InterfaceList::Read>("getifaddrs"),
                                              next<InterfaceList::Free>("freeifaddrs"));
  return *list;
}
}  // namespace

}  // namespace diemcau::media

extern "C" {
__attribute__((visibility("default"))) int getifaddrs(ifaddrs** out) noexcept {
  return diemcau::media::shared().get(out, std::chrono::steady_clock::now());
}
__attribute__((visibility("default"))) void freeifaddrs(ifaddrs* list) noexcept {
  diemcau::media::shared().give_back(list);
}
}
