#include "media/transport/glib_companion.hpp"

#include <algorithm>

#include <glib.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace diemcau::media {

namespace {
constexpr Duration kLongest = std::chrono::seconds(1);

std::uint32_t epoll_events(gushort glib) {
  // GLib's conditions are poll's, and so are epoll's low bits.
  static_assert(int{EPOLLIN} == int{G_IO_IN} && int{EPOLLOUT} == int{G_IO_OUT} &&
                int{EPOLLPRI} == int{G_IO_PRI});
  return glib & (EPOLLIN | EPOLLOUT | EPOLLPRI);
}
}  // namespace

GlibCompanion::GlibCompanion(EventLoop& loop)
    : loop_(loop),
      // Ownerless polling: a source attached between prepare and poll, even by this very thread,
      // wakes us; without the flag an owner is expected to be inside g_main_context_iteration.
      context_(g_main_context_new_with_flags(G_MAIN_CONTEXT_FLAGS_OWNERLESS_POLLING)),
      epoll_fd_(epoll_create1(EPOLL_CLOEXEC)) {
  loop_.watch(epoll_fd_, *this);
  loop_.set_companion(this);
}

GlibCompanion::~GlibCompanion() {
  loop_.set_companion(nullptr);
  loop_.unwatch(epoll_fd_);
  close(epoll_fd_);
  g_main_context_unref(context_);
}

void GlibCompanion::prepare() {
  if (!acquired_) {
    // Pushed for the life of the thread (GLib pops it when the thread ends): whatever libnice or
    // GIO starts from here reports here.
    g_main_context_push_thread_default(context_);
    acquired_ = g_main_context_acquire(context_) != FALSE;
  }
  g_main_context_prepare(context_, &priority_);
  gint timeout_ms = -1;
  for (;;) {
    const auto room = static_cast<gint>(wanted_.size());
    const gint needed =
        g_main_context_query(context_, priority_, &timeout_ms, wanted_.data(), room);
    const bool fits = needed <= room;
    wanted_.resize(static_cast<std::size_t>(needed));
    if (fits) break;
  }
  const Duration wait = timeout_ms < 0
                            ? kLongest
                            : std::min<Duration>(std::chrono::milliseconds(timeout_ms), kLongest);
  deadline_ = loop_.clock().now() + wait;
  watch_descriptors();
  prepared_ = true;
}

void GlibCompanion::watch_descriptors() {
  const auto same = [](const GPollFD& a, const GPollFD& b) {
    return a.fd == b.fd && a.events == b.events;
  };
  if (std::equal(wanted_.begin(), wanted_.end(), watched_.begin(), watched_.end(), same)) return;
  for (const GPollFD& old : watched_) epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, old.fd, nullptr);
  for (const GPollFD& entry : wanted_) {
    epoll_event event{};
    event.events = epoll_events(entry.events);
    event.data.fd = entry.fd;
    if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, entry.fd, &event) == 0) continue;
    // One descriptor may stand there twice, once for each direction.
    for (const GPollFD& other : wanted_)
      if (other.fd == entry.fd) event.events |= epoll_events(other.events);
    epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, entry.fd, &event);
  }
  watched_ = wanted_;
}

Duration GlibCompanion::before_wait() {
  if (!prepared_) prepare();
  return deadline_ - loop_.clock().now();
}

void GlibCompanion::on_readable(int) {
  ready_ = true;
}

void GlibCompanion::after_wait() {
  if (!prepared_ || (!ready_ && loop_.clock().now() < deadline_)) return;
  ready_ = false;
  prepared_ = false;
  poll(reinterpret_cast<pollfd*>(wanted_.data()), wanted_.size(), 0);
  if (g_main_context_check(context_, priority_, wanted_.data(),
                           static_cast<gint>(wanted_.size())) != FALSE)
    g_main_context_dispatch(context_);
}

}  // namespace diemcau::media
