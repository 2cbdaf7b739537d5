#pragma once
// Many receivers and sites in one process: signalling on the caller's io_context (one thread),
// media on one event loop. The peers live on that loop; everything public here on the io_context's
// thread.

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "mcu/app/simulate/signal_client.hpp"
#include "tests/bench/load/load_peer.hpp"
#include "tests/bench/load/offer.hpp"

namespace diemcau::bench {

struct LoadOptions {
  mcu::ServerAddress server;
  std::string meeting;
  std::string viewer_token;
  std::string query = "view=stage";        // of WHEP
  std::vector<std::string> site_tokens;    // one site each, the chair's first
  bool sites_receive = true;               // as pages do
  std::size_t cameras = 16, speakers = 5;  // the first of the sites; the others' are off
  std::string layout;                      // the chair's wish once all are here; empty: none
  bool coalesced = false;                  // UDP_GRO
  std::size_t decrypting = 4;              // receivers that decrypt everything
  std::vector<std::uint64_t> lines;        // REMB ceilings, dealt out in turn; empty: none
  Duration rest{};                         // between two looks at the sockets
  int janus_stream = 0;                    // then the server is Janus, and this its mountpoint
};

class LoadClient {
 public:
  static Result<std::unique_ptr<LoadClient>> create(boost::asio::io_context& io,
                                                    LoadOptions options);
  ~LoadClient();

  /// All sites join, `over` apart from first to last; returns when each is connected or refused.
  boost::asio::awaitable<boost::json::object> join_sites(Duration over);
  /// So many more receivers; returns when each has its first picture or failed.
  boost::asio::awaitable<boost::json::object> join_receivers(std::size_t count, Duration over);
  /// What came until now.
  boost::json::object counts();
  /// Everybody says goodbye.
  void leave();

 private:
  struct Party;
  struct Loops;
  using Joined = Result<media::SessionParameters>;

  LoadClient(boost::asio::io_context& io, LoadOptions options);
  Result<void> prepare();
  std::shared_ptr<Party> add_party(bool site);
  boost::asio::awaitable<void> receive(std::shared_ptr<Party> party, Duration after);
  boost::asio::awaitable<Joined> ask_whep(const LoadPeer& peer);
  boost::asio::awaitable<Joined> ask_janus(const LoadPeer& peer);
  boost::asio::awaitable<void> visit(std::shared_ptr<Party> party, std::size_t number,
                                     Duration after);
  void on_uplink(const std::shared_ptr<Party>& party, const boost::json::value& message);
  void connect(const std::shared_ptr<Party>& party, media::SessionParameters parameters,
               TimePoint asked);
  boost::asio::awaitable<void> settle(std::size_t first, bool need_picture, Duration longest);
  boost::json::object summary(std::size_t first);
  boost::asio::awaitable<void> set_stage();
  void tick();
  void fail(const std::shared_ptr<Party>& party, const Error& error);
  LocalPeer local_of(const LoadPeer& peer) const;

  boost::asio::io_context& io_;
  const LoadOptions options_;
  SystemClock clock_;
  Metrics metrics_;
  media::TransportCounters counters_;
  media::DtlsCertificate certificate_;
  ReceiveRoom room_;
  EventLoop loop_;
  Rest rest_;
  LoadContext context_;
  std::shared_ptr<const Loops> loops_;
  std::vector<std::shared_ptr<Party>> parties_;  // io_context's
  std::vector<LoadPeer*> ticked_;                // the loop's
  TimePoint next_tick_{};
  bool leaving_ = false;
};

}  // namespace diemcau::bench
