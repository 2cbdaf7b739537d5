#pragma once
// A site over the pages' signalling that sends what `uplink` asks for, in both layers, a moment
// after it is asked, as a browser does. Lives on its io_context's one thread, its media on a loop.

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "mcu/app/simulate/signal_client.hpp"
#include "mcu/app/simulate/site_media.hpp"

namespace diemcau::bench {

class CalledSite {
 public:
  struct Options {
    mcu::ServerAddress server;
    std::string meeting, token;
    std::shared_ptr<const mcu::PictureLoop> picture, thumbnail;
    /// From the wish to the first packet of the camera that was off.
    std::function<Duration()> camera_delay;
    /// Sent all the time, muted or not; null: nothing.
    std::shared_ptr<const mcu::SpeechLoop> voice;
  };
  CalledSite(boost::asio::io_context& io, mcu::SiteMediaContext media, Options options)
      : io_(io), context_(std::move(media)), options_(std::move(options)) {}

  /// Joins and obeys until leave(). `joined` is called once, with what went wrong or nothing.
  void start(std::function<void(std::string failure)> joined);
  /// Sends a message of the site's own, e.g. the chair's wish for the stage.
  boost::asio::awaitable<bool> say(boost::json::object message);
  /// Its microphone is switched off.
  void hush();
  void leave();

  const std::string& seat() const noexcept { return seat_; }

 private:
  boost::asio::awaitable<std::string> visit();
  boost::asio::awaitable<void> obey(boost::json::object camera);
  void told(std::string failure);

  boost::asio::io_context& io_;
  mcu::SiteMediaContext context_;
  const Options options_;
  std::function<void(std::string)> joined_;
  std::unique_ptr<mcu::SignalClient> signal_;
  std::unique_ptr<mcu::SiteMedia> media_;  // the loop's
  std::string seat_;
  bool active_ = false, thumbnail_ = false;
};

}  // namespace diemcau::bench
