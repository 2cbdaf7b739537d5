#pragma once
// Runs a GMainContext (libnice's timers, writable TCP sockets) on the thread of an EventLoop.
//
// GLib walks all its sources at every prepare(), several per site: doing so at each wake-up of a
// busy loop would cost more than the packets. So it is prepared once and left alone until its
// time-out is over or one of its descriptors (among them its own wake-up) is ready.

#include <vector>

#include "base/event_loop.hpp"

struct _GMainContext;
struct _GPollFD;

namespace diemcau::media {

class GlibCompanion final : public LoopCompanion, public ReadableHandler {
 public:
  explicit GlibCompanion(EventLoop& loop);
  ~GlibCompanion();
  GlibCompanion(const GlibCompanion&) = delete;
  GlibCompanion& operator=(const GlibCompanion&) = delete;

  _GMainContext* context() const noexcept { return context_; }

  Duration before_wait() override;
  void after_wait() override;
  void on_readable(int fd) override;

 private:
  void prepare();
  void watch_descriptors();

  EventLoop& loop_;
  _GMainContext* context_;
  int epoll_fd_;  // GLib's descriptors with GLib's conditions, nested in the loop's own epoll
  bool acquired_ = false;
  bool prepared_ = false;
  bool ready_ = false;
  int priority_ = 0;
  TimePoint deadline_{};
  std::vector<_GPollFD> wanted_;   // of the last query
  std::vector<_GPollFD> watched_;  // in epoll_fd_
};

}  // namespace diemcau::media
