// The composition root: what the server is made of, in the order in which it depends on itself.
// Destruction runs backwards, so that nothing outlives what it borrows.

#include "mcu/app/serve.hpp"

#include <algorithm>
#include <fstream>
#include <future>
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <unistd.h>

#include "base/log.hpp"
#include "mcu/api/device_rights.hpp"
#include "mcu/api/routes.hpp"
#include "mcu/app/first_accounts.hpp"
#include "mcu/app/machine.hpp"
#include "mcu/app/serve_settings.hpp"
#include "mcu/app/stores.hpp"
#include "mcu/checks/test_rooms.hpp"
#include "mcu/conference/conference_directory.hpp"
#include "mcu/meetings/documents/document_store.hpp"
#include "media/gst/runtime.hpp"
#include "media/transport/dtls_certificate.hpp"
#include "media/transport/local_addresses.hpp"
#include "recording/catalogue.hpp"
#include "recording/recovery.hpp"
#include "signaling/listener.hpp"
#include "signaling/store_authenticator.hpp"

namespace diemcau::mcu {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kLeastFreeBytes = 256ull << 20;

int fail(const Error& error) {
  log::error("{} ({})", error.detail, error.code);
  return 1;
}

/// The pages: where the configuration says, else beside the installed program, else the source
/// tree this was built from.
std::filesystem::path web_root(const ServeOptions& options) {
  if (!options.web_root.empty()) return options.web_root;
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const auto installed = program.parent_path().parent_path() / "share" / "diemcau" / "web";
  if (std::filesystem::exists(installed / "index.html", ignored)) return installed;
  return DIEMCAU_WEB_DIST;
}

media::TransportOptions transport_options(const ServeOptions& options) {
  media::TransportOptions transport;
  transport.addresses = options.ice_addresses;
  // Pages that come over loopback are on this machine, which need not have a network.
  if (transport.addresses.empty() && is_loopback(options.listen_address))
    transport.addresses = media::local_addresses_and_loopback();
  transport.port_low = options.ice_port_low;
  transport.port_high = options.ice_port_high;
  return transport;
}

/// What looks at documents, beside this program.
std::filesystem::path inspector_program() {
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return program.parent_path() / "diemcau-inspect";
}

DocumentLimits document_limits(const ServeOptions& options) {
  DocumentLimits limits;
  limits.file = std::uint64_t{options.document_size_mib} << 20;
  limits.meeting = std::uint64_t{options.document_quota_mib} << 20;
  return limits;
}

std::string url_of(const ServeOptions& options, std::uint16_t port) {
  if (!options.public_url.empty()) return options.public_url;
  const bool six = options.listen_address.find(':') != std::string::npos;
  return std::string(options.tls() ? "https://" : "http://") + (six ? "[" : "") +
         options.listen_address + (six ? "]" : "") + ":" + std::to_string(port);
}

signaling::ListenOptions listen_options(const ServeOptions& options) {
  signaling::ListenOptions listen;
  listen.address = options.listen_address;
  listen.port = options.listen_port;
  listen.certificate = options.tls_certificate.string();
  listen.key = options.tls_key.string();
  listen.behind_proxy = options.behind_proxy;
  listen.public_url = options.public_url;
  return listen;
}

Result<void> ready_for_a_meeting(const Stores& stores, const std::filesystem::path& data) {
  if (auto units = stores.units.today(stores.clock); !units) return units.error();
  std::error_code failed;
  const auto space = std::filesystem::space(data, failed);
  if (failed) return make_error(Errc::io, "disk.error", failed.message());
  if (space.available < kLeastFreeBytes)
    return make_error(Errc::unavailable, "disk.full", "under 256 MiB free in the data folder");
  return {};
}

/// Raises what may be open and refuses sites that would not fit: better now than in the middle of
/// a meeting.
Result<void> open_files_for(const ServeOptions& options) {
  const std::size_t limit = raise_open_files();
  std::vector<std::string> addresses = transport_options(options).addresses;
  if (addresses.empty()) addresses = media::local_addresses();
  const auto used = std::clamp<std::size_t>(addresses.size(), 1, 16);  // 16 are used
  const auto all =
      check_open_files(options.max_sites + options.max_viewers + options.max_checks, used, limit);
  if (all) return all;
  // Sites must fit. Viewers may come to fewer than were planned for, and the operator knows it.
  log::warn("{}", all.error().detail);
  return check_open_files(options.max_sites, used, limit);
}

std::vector<std::unique_ptr<media::TransportLoop>> start_transports(const ServeOptions& options,
                                                                    unsigned threads,
                                                                    const Clock& clock,
                                                                    Metrics& metrics) {
  const std::vector<int> cores = usable_cores();
  const std::vector<int> pinned = transport_cores(options.pin_threads, cores, threads);
  std::vector<std::unique_ptr<media::TransportLoop>> loops;
  for (unsigned i = 0; i < threads; ++i) {
    auto& loop = loops.emplace_back(std::make_unique<media::TransportLoop>(i, clock, metrics));
    loop->start();
    if (pinned.empty()) continue;
    loop->post([core = pinned[i]] {
      if (auto kept = pin_this_thread(core); !kept)
        log::warn("a transport thread is not pinned: {}", kept.error().detail);
    });
  }
  log::info("{} transport threads{} on {} cores", threads, pinned.empty() ? "" : ", pinned,",
            cores.size());
  return loops;
}

void wait_for_signal() {
  asio::io_context signals;
  asio::signal_set stop(signals, SIGINT, SIGTERM);
  stop.async_wait([](const boost::system::error_code&, int) {});
  signals.run();
}

}  // namespace

int run_serve(const ServeOptions& options) {
  log::setup(options.log_level);
  const SystemClock clock;
  Metrics metrics;
  if (auto fits = open_files_for(options); !fits) return fail(fits.error());
  if (auto ready = media::gst::require_elements(); !ready) return fail(ready.error());

  std::error_code failed;
  std::filesystem::create_directories(options.data, failed);
  auto stores = Stores::open(options.data, options.database, clock);
  if (!stores) return fail(stores.error());
  if (auto tidied = (*stores)->sessions.remove_expired(); !tidied) return fail(tidied.error());
  auto accounts = create_first_accounts(**stores, options.demo_accounts);
  if (!accounts) return fail(accounts.error());

  // Before anything records: what a crash left is made whole, without anyone's help.
  const auto disk = recording::real_disk();
  for (const auto& report : recording::recover_all(*disk, recordings_folder(options.data), clock))
    if (report.changed) log::info("recording {} recovered after an interruption", report.id.str());
  recording::Catalogue recordings((*stores)->database, recordings_folder(options.data), disk);
  if (auto indexed = recordings.reconcile(); !indexed) return fail(indexed.error());

  DocumentStore documents((*stores)->database, clock, documents_folder(options.data),
                          Inspector(inspector_program()), document_limits(options));
  if (auto tidied = documents.tidy(); !tidied) return fail(tidied.error());

  auto certificate = media::DtlsCertificate::generate();
  if (!certificate) return fail(certificate.error());

  const std::size_t cores = usable_cores().size();
  const auto carrying = transport_threads(options.transport_threads, cores);
  const auto transports = start_transports(options, carrying.all, clock, metrics);
  signaling::IoThreads threads(static_cast<unsigned>(std::max<std::size_t>(1, cores / 2)), 4);
  asio::thread_pool inspecting(2);
  EventWriter events((*stores)->events, (*stores)->ballots, metrics);

  DirectoryContext context;
  context.io = &threads.context();
  context.blocking = &threads.pool();
  context.meetings = &(*stores)->meetings;
  context.units = &(*stores)->units;
  context.events = &events;
  for (const auto& loop : transports) {
    context.media.transports.push_back(loop.get());
    context.media.loops.push_back(loop.get());
  }
  context.media.first_transports = carrying.first;
  context.media.certificate = &*certificate;
  context.media.clock = &clock;
  context.media.metrics = &metrics;
  context.media.transport = transport_options(options);
  context.media.video.h264_encoder =
      options.h264_encoder == "x264" ? media::H264Encoder::x264 : media::H264Encoder::openh264;
  context.recording = {&recordings, &threads.pool(), &clock, &metrics,
                       options.recording_reserve_mib << 20};
  Places viewers(options.max_viewers);
  context.settings.max_sites = options.max_sites;
  context.settings.viewers = &viewers;
  context.strained_cpu = options.shed_above / 100.0;
  ConferenceDirectory directory(context);
  TestRooms checks(threads.context(), context.media, options.max_checks);

  signaling::StoreAuthenticator authenticator((*stores)->accounts, (*stores)->tokens,
                                              (*stores)->devices, (*stores)->sessions,
                                              threads.pool(), clock, metrics);
  ApiDependencies api;
  api.conferences = &directory;
  api.checks = &checks;
  api.check_results = &(*stores)->checks;
  api.authenticator = &authenticator;
  api.meetings = &(*stores)->meetings;
  api.units = &(*stores)->units;
  api.events = &(*stores)->events;
  api.documents = &documents;
  api.links = &(*stores)->links;
  api.devices = &(*stores)->devices;
  PinThrottle device_door(enrolment_limits());
  api.device_door = &device_door;
  api.recordings = &recordings;
  api.blocking = &threads.pool();
  api.inspecting = &inspecting;
  api.clock = &clock;
  api.metrics = &metrics;
  api.clash_rules.max_sites = options.max_sites;
  api.clash_rules.invitation_days = options.invitation_days;
  for (const auto& day : options.holidays) {
    if (const auto date = parse_date(day)) api.clash_rules.holidays.push_back(*date);
  }
  api.web_root = web_root(options);
  api.public_url = options.public_url;
  api.ready = [&] { return ready_for_a_meeting(**stores, options.data); };
  signaling::Router router;
  register_routes(router, api);
  signaling::HttpServer server(threads, std::move(router), authenticator, listen_options(options),
                               clock, metrics);
  if (auto started = server.start(); !started) return fail(started.error());
  threads.start();
  print_first_accounts(std::cout, *accounts);
  std::cout << "Điểm Cầu: " << url_of(options, server.port()) << std::endl;

  wait_for_signal();

  log::info("stopping: telling everybody, finishing recordings");
  std::promise<void> closed;
  asio::co_spawn(
      threads.context(),
      [&]() -> asio::awaitable<void> {
        co_await checks.close_all();
        co_await directory.close();
      },
      [&](const std::exception_ptr&) { closed.set_value(); });
  closed.get_future().wait();
  server.stop(2s);
  threads.stop();
  inspecting.join();
  for (const auto& loop : transports) loop->stop();
  log::info("stopped");
  return 0;
}

}  // namespace diemcau::mcu
