#pragma once
// First come, first served among coroutines of one strand: whoever holds the turn finishes what it
// began, waits for the disk included, before the next may look at the state.

#include <deque>
#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace diemcau::mcu {

class Turns {
 public:
  static constexpr std::size_t kMostWaiting = 64;

  template <class Executor>
  explicit Turns(const Executor& executor) : executor_(executor) {}

  /// Held until destroyed.
  class Turn {
   public:
    explicit Turn(Turns& turns) : turns_(&turns) {}
    Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->pass_on();
    }

   private:
    Turns* turns_;
  };

  /// Nothing when too many wait already.
  boost::asio::awaitable<std::optional<Turn>> take() {
    if (!taken_) {
      taken_ = true;
      co_return Turn(*this);
    }
    if (waiting_.size() >= kMostWaiting) co_return std::nullopt;
    // A timer that never fires by itself is Asio's way to wait for another coroutine.
    const auto bell = std::make_shared<boost::asio::steady_timer>(
        executor_, boost::asio::steady_timer::time_point::max());
    waiting_.push_back(bell);
    boost::system::error_code rung;
    co_await bell->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, rung));
    co_return Turn(*this);
  }

 private:
  void pass_on() {
    if (waiting_.empty()) {
      taken_ = false;
      return;
    }
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    next->cancel();
  }

  boost::asio::any_io_executor executor_;
  std::deque<std::shared_ptr<boost::asio::steady_timer>> waiting_;
  bool taken_ = false;
};

}  // namespace diemcau::mcu
