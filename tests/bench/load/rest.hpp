#pragma once
// Lets a load client look at its sockets so often and no oftener: receivers that are elsewhere do
// not wake a thread of the server's machine with every packet, and a network card hands over what
// came in a while together. Lives on the client's loop.

#include <thread>

#include "base/event_loop.hpp"

namespace diemcau::bench {

class Rest {
 public:
  /// `time` zero: no rest.
  Rest(EventLoop& loop, Duration time) : loop_(loop), time_(time) {}

  /// Something came: the loop rests once what came with it has been read.
  void after_this_round() {
    if (time_ <= Duration{} || due_) return;
    due_ = true;
    loop_.at_round_end([this] {
      due_ = false;
      std::this_thread::sleep_for(time_);
    });
  }

 private:
  EventLoop& loop_;
  const Duration time_;
  bool due_ = false;
};

}  // namespace diemcau::bench
