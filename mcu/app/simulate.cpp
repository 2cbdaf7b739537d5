#include "mcu/app/simulate.hpp"

#include <algorithm>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/signal_set.hpp>

#include "base/log.hpp"
#include "base/storage/database.hpp"
#include "base/units/unit_store.hpp"
#include "mcu/app/simulate/simulated_site.hpp"
#include "mcu/app/simulate/site_choice.hpp"
#include "mcu/meetings/meeting_store.hpp"
#include "media/gst/runtime.hpp"
#include "media/transport/local_addresses.hpp"
#include "signaling/auth/token_store.hpp"
#include "signaling/io_threads.hpp"

namespace diemcau::mcu {

namespace {

int fail(const Error& error) {
  log::error("simulate: {} ({})", error.detail, error.code);
  return 1;
}

struct Seat {
  std::string name, token;
};

/// The chosen units, each with a token of its own, as `diemcau token` mints them.
Result<std::vector<Seat>> mint_seats(const SimulateOptions& options, const Clock& clock) {
  auto database = Database::open({.url = database_url(options.data, options.database)});
  if (!database) return database.error();
  UnitStore units(**database);
  MeetingStore meetings(**database, units, clock);
  signaling::TokenStore tokens(**database, clock);
  const MeetingId id(options.meeting);
  auto meeting = meetings.find(id);
  if (!meeting) return meeting.error();
  auto expected = meetings.expected(id);
  if (!expected) return expected.error();
  auto tree = units.catalogue(meeting->catalogue);
  if (!tree) return tree.error();
  const std::vector<UnitCode> except(options.except.begin(), options.except.end());
  auto units_chosen = choose_sites(*expected, except, options.sites);
  if (!units_chosen) return units_chosen.error();
  std::vector<Seat> seats;
  for (const auto& unit : *units_chosen) {
    signaling::NewToken token;
    token.meeting = id;
    token.unit = unit;
    token.role = unit == meeting->chair ? signaling::Role::chair : signaling::Role::site;
    token.name = (*tree)->display_name(unit);
    auto minted = tokens.mint(token);
    if (!minted) return minted.error();
    seats.push_back({token.name, std::move(minted->secret)});
  }
  return seats;
}

}  // namespace

int run_simulate(const SimulateOptions& options) {
  log::setup(options.log_level);
  if (auto ready = media::gst::require_elements(); !ready) return fail(ready.error());
  const SystemClock clock;
  auto server = parse_server_url(options.url);
  if (!server) return fail(server.error());
  auto seats = mint_seats(options, clock);
  if (!seats) return fail(seats.error());

  Metrics metrics;
  auto certificate = media::DtlsCertificate::generate();
  if (!certificate) return fail(certificate.error());
  media::TransportLoop loop(0, clock, metrics);
  loop.start();
  SiteMediaContext media;
  media.loop = &loop;
  media.certificate = &*certificate;
  media.metrics = &metrics;
  // The server is on this machine, but may offer only the machine's address in the network.
  media.transport.addresses = media::local_addresses_and_loopback();
  media.transport.tcp = false;

  // Coding the loops is the costly part: one at a time, so that the server keeps its cores.
  signaling::IoThreads threads(1, 1);
  std::vector<std::shared_ptr<SimulatedSite>> sites;
  for (std::size_t i = 0; i < seats->size(); ++i) {
    SimulatedSiteOptions site;
    site.number = static_cast<unsigned>(i);
    site.of = static_cast<unsigned>(seats->size());
    site.name = (*seats)[i].name;
    site.token = (*seats)[i].token;
    site.server = *server;
    site.meeting = options.meeting;
    site.takes_part = options.take_part;
    site.asks_floor = i < options.ask_floor;
    sites.push_back(
        std::make_shared<SimulatedSite>(threads.context(), threads.pool(), media, std::move(site)));
  }
  boost::asio::io_context signals;
  boost::asio::signal_set stop(signals, SIGINT, SIGTERM);
  stop.async_wait([](const boost::system::error_code&, int) {});
  threads.start();
  for (const auto& site : sites) site->start();
  log::info("simulating {} sites of meeting {}", sites.size(), options.meeting);
  signals.run();

  const auto connected =
      std::count_if(sites.begin(), sites.end(), [](const auto& site) { return site->connected(); });
  log::info("stopping; {} of {} sites were connected", connected, sites.size());
  for (const auto& site : sites) site->stop();
  threads.stop();
  sites.clear();
  loop.stop();
  return 0;
}

}  // namespace diemcau::mcu
