#pragma once
// One simulated site: signs in with its token, joins, sends its picture and speaks when it is its
// turn or when it is called, comes back after a cut. Lives on its own strand; its media on a
// transport loop.

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include "mcu/app/simulate/hall.hpp"
#include "mcu/app/simulate/signal_client.hpp"
#include "mcu/app/simulate/site_media.hpp"

namespace diemcau::mcu {

struct SimulatedSiteOptions {
  unsigned number = 0, of = 1;  // whose turn it is to speak follows from these
  std::string name;             // shown in its picture
  std::string token;            // never logged
  ServerAddress server;
  std::string meeting;
  bool takes_part = false;  // in the meeting's course, as Hall does; otherwise it speaks in turn
  bool asks_floor = false;
};

class SimulatedSite : public std::enable_shared_from_this<SimulatedSite> {
 public:
  SimulatedSite(boost::asio::io_context& io, boost::asio::thread_pool& coders,
                SiteMediaContext media, SimulatedSiteOptions options);
  ~SimulatedSite();

  void start();
  /// Not on the site's threads. Leaves, and returns when it is gone.
  void stop();
  bool connected() const noexcept { return connected_.load(); }

 private:
  enum class Ended { retry, for_good };
  boost::asio::awaitable<void> run();
  boost::asio::awaitable<Ended> visit();
  boost::asio::awaitable<Ended> converse();
  /// Errors: simulate.refused. Asks to be let in with the offer of this visit.
  boost::asio::awaitable<Result<void>> ask_in();
  boost::asio::awaitable<void> take_turns(std::shared_ptr<SignalClient> signal);
  /// Says what the hall wants to say and speaks while it has the floor; the only writer of a visit.
  boost::asio::awaitable<void> take_part(std::shared_ptr<SignalClient> signal);
  void hear(const boost::json::value& message);
  /// Microphone on or off. False: the connection is gone, or it cannot speak.
  boost::asio::awaitable<bool> speak(bool on, std::shared_ptr<SignalClient> signal);
  boost::asio::awaitable<void> show_camera(int width, int height);
  boost::asio::awaitable<void> show_thumbnail(bool wanted);
  /// Drawn and coded when it is first wanted; null when that failed.
  boost::asio::awaitable<std::shared_ptr<const PictureLoop>> picture_of(media::Size size);
  boost::asio::awaitable<bool> learn_to_speak();
  boost::asio::awaitable<Result<std::string>> open_media();
  void close_media();
  /// Runs `task` on the transport loop and resumes on the strand with what it returned.
  template <class F>
  auto on_loop(F task);

  boost::asio::strand<boost::asio::io_context::executor_type> strand_;
  boost::asio::thread_pool& coders_;
  SiteMediaContext context_;
  const SimulatedSiteOptions options_;
  std::shared_ptr<SignalClient> signal_;
  std::string offer_;  // of this visit's media
  Hall hall_;
  std::vector<boost::json::object> unsaid_;
  boost::asio::steady_timer wake_;    // of take_part
  std::unique_ptr<SiteMedia> media_;  // the loop's
  std::shared_ptr<const SpeechLoop> speech_;
  std::map<int, std::shared_ptr<const PictureLoop>> pictures_;  // by height
  bool speaking_ = false;
  int shown_height_ = 0;
  bool thumbnail_ = false;
  std::atomic<bool> connected_{false}, stopping_{false};
};

}  // namespace diemcau::mcu
