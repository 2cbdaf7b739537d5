#pragma once
// Waits on a strand for what a transport loop makes. Everything of it lives on the strand.

#include <chrono>
#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "media/endpoint.hpp"

namespace diemcau::mcu {

template <class Strand>
class Arrival {
 public:
  explicit Arrival(const Strand& strand)
      : strand_(strand), waiting_(std::make_shared<Waiting>(strand)) {}

  /// For the transport loop.
  media::Endpoint::Ready ready() const {
    return [strand = strand_, waiting = waiting_](Result<media::IceParameters> value) {
      boost::asio::post(strand, [waiting, value = std::move(value)] {
        waiting->value = value;
        waiting->timer.cancel();
      });
    };
  }

  /// Errors: media.busy, and what the loop says.
  boost::asio::awaitable<Result<media::IceParameters>> wait() const {
    const auto waiting = waiting_;
    boost::system::error_code ignored;
    if (!waiting->value)
      co_await waiting->timer.async_wait(
          boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    if (!waiting->value)
      co_return make_error(Errc::unavailable, "media.busy", "the transport did not answer in time");
    co_return *waiting->value;
  }

 private:
  struct Waiting {
    explicit Waiting(const Strand& strand) : timer(strand) {
      // A transport loop that does not answer is a broken server.
      timer.expires_after(std::chrono::seconds(5));
    }
    boost::asio::steady_timer timer;
    std::optional<Result<media::IceParameters>> value;
  };
  Strand strand_;
  std::shared_ptr<Waiting> waiting_;
};

}  // namespace diemcau::mcu
