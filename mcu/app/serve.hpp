#pragma once
// `diemcau serve`: what it was told, and the composition root that does it.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace diemcau::mcu {

struct ServeOptions {
  std::string listen_address = "127.0.0.1";  // IPv4 or IPv6, without brackets
  std::uint16_t listen_port = 8080;          // 0: any free one
  std::filesystem::path data = "data";
  std::string database;                               // empty: sqlite:<data>/diemcau.db
  std::vector<std::string> ice_addresses;             // empty: all of the machine's
  std::uint16_t ice_port_low = 0, ice_port_high = 0;  // 0, 0: any
  std::string public_url;                             // empty: http(s)://listen
  std::filesystem::path tls_certificate, tls_key;     // both or none
  /// Plain HTTP on an address that is not loopback is refused unless this is set.
  bool behind_proxy = false;
  std::filesystem::path web_root;             // empty: beside the program or in the source tree
  std::size_t max_sites = 300;                // in one meeting
  int invitation_days = 3;                    // working days before a meeting
  std::vector<std::string> holidays;          // "2027-02-05": beside those of fixed date
  std::size_t max_viewers = 1000;             // of all meetings together
  std::size_t max_checks = 20;                // test rooms at once
  std::size_t recording_reserve_mib = 512;    // left free on the disk
  unsigned shed_above = 85;                   // per cent of all cores; 100: never
  std::optional<unsigned> transport_threads;  // none: half the cores
  std::optional<bool> pin_threads;            // none: from four cores on
  std::size_t document_size_mib = 50;         // of one document
  std::size_t document_quota_mib = 1024;      // of all documents of a meeting
  std::string h264_encoder = "openh264";      // or "x264"
  std::string log_level = "info";
  /// First start only: accounts of chair and secretary beside admin.
  bool demo_accounts = false;

  bool tls() const { return !tls_certificate.empty(); }
};

/// Until SIGTERM or SIGINT. 0 done, 1 failed.
int run_serve(const ServeOptions& options);

}  // namespace diemcau::mcu
