// Load client: receivers over WHEP (or of Janus's streaming plugin), sites over the pages'
// signalling, many in one process. Told what to do on standard input, a command a line; answers
// each with one JSON object on standard output.
//
//   sites SECONDS          all sites of --site-tokens join within so long
//   receivers N SECONDS    N more receivers join within so long
//   counts                 packets received and lost until now, and this process's own CPU time
//   quit

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unistd.h>

#include "media/gst/runtime.hpp"
#include "tests/bench/load/load_client.hpp"

namespace diemcau::bench {
namespace {

namespace asio = boost::asio;

Duration seconds(double count) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(count));
}

asio::awaitable<void> obey(LoadClient& client, asio::io_context& io) {
  asio::posix::stream_descriptor input(io, dup(STDIN_FILENO));
  std::string buffer;
  for (;;) {
    auto [ended, size] = co_await asio::async_read_until(input, asio::dynamic_buffer(buffer), '\n',
                                                         asio::as_tuple(asio::use_awaitable));
    if (ended) co_return;
    std::istringstream line(buffer.substr(0, size));
    buffer.erase(0, size);
    std::string word;
    std::size_t count = 0;
    double over = 0;
    line >> word;
    boost::json::object reply;
    if (word == "sites" && line >> over)
      reply = co_await client.join_sites(seconds(over));
    else if (word == "receivers" && line >> count >> over)
      reply = co_await client.join_receivers(count, seconds(over));
    else if (word == "counts")
      reply = client.counts();
    else if (word == "quit")
      co_return;
    else
      reply = {{"error", "sites SECONDS | receivers N SECONDS | counts | quit"}};
    std::cout << boost::json::serialize(reply) << std::endl;
  }
}

int run(LoadOptions options) {
  if (auto ready = media::gst::require_elements(); !ready) {
    std::fprintf(stderr, "load_client: %s\n", ready.error().detail.c_str());
    return 1;
  }
  asio::io_context io(1);
  auto client = LoadClient::create(io, std::move(options));
  if (!client) {
    std::fprintf(stderr, "load_client: %s\n", client.error().detail.c_str());
    return 1;
  }
  int status = 0;
  asio::co_spawn(io, obey(**client, io), [&](const std::exception_ptr& thrown) {
    (*client)->leave();
    io.stop();
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      std::fprintf(stderr, "load_client: %s\n", e.what());
      status = 1;
    }
  });
  io.run();
  return status;
}

}  // namespace
}  // namespace diemcau::bench

int main(int argc, char** argv) {
  diemcau::bench::LoadOptions options;
  std::string url, tokens, lines;
  CLI::App app("Many receivers and sites of one meeting in one process");
  app.add_option("--url", url, "http://ADDRESS:PORT of the server")->required();
  app.add_option("--meeting", options.meeting);
  app.add_option("--token", options.viewer_token, "a viewer's, for all receivers");
  app.add_option("--query", options.query, "of WHEP: view=stage or site=CODE");
  app.add_option("--site-tokens", tokens, "file with one token a line, the chair's first");
  app.add_option("--cameras", options.cameras, "sites with a camera: the first so many");
  app.add_option("--speakers", options.speakers, "sites that speak, behind the chair");
  app.add_option("--layout", options.layout, "the chair's wish, cameras pinned");
  app.add_flag("!--send-only", options.sites_receive, "sites receive nothing");
  app.add_flag("--coalesced", options.coalesced, "receive whole frames at once (UDP_GRO)");
  app.add_option_function<double>(
      "--rest", [&](double ms) { options.rest = diemcau::bench::seconds(ms / 1000); },
      "milliseconds between two looks at the sockets");
  app.add_option("--decrypting", options.decrypting, "receivers that decrypt all they get");
  app.add_option("--lines", options.lines, "REMB ceilings in bit/s, dealt out in turn; 0: none")
      ->delimiter(',');
  app.add_option("--janus", options.janus_stream, "the server is Janus; its mountpoint's id");
  CLI11_PARSE(app, argc, argv);
  auto server = diemcau::mcu::parse_server_url(url);
  if (!server) {
    std::fprintf(stderr, "load_client: %s\n", server.error().detail.c_str());
    return 2;
  }
  options.server = *server;
  if (!tokens.empty()) {
    std::ifstream file(tokens);
    for (std::string line; std::getline(file, line);)
      if (!line.empty()) options.site_tokens.push_back(line);
  }
  return diemcau::bench::run(std::move(options));
}
