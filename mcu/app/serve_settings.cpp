#include "mcu/app/serve_settings.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include <arpa/inet.h>

#include "base/units/civil_date.hpp"

namespace diemcau::mcu {
namespace {

using Kind = ServeSetting::Kind;

Result<void> bad(std::string_view what) {
  return make_error(Errc::invalid_argument, "config.bad_value", what);
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_ip_address(const std::string& text) {
  std::array<unsigned char, 16> ignored{};
  return ::inet_pton(AF_INET, text.c_str(), ignored.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), ignored.data()) == 1;
}

Result<void> set_listen(ServeOptions& options, const std::string& value) {
  const std::size_t colon = value.rfind(':');
  if (colon == std::string::npos)
    return bad("must be ADDRESS:PORT, e.g. 127.0.0.1:8080 or [::]:8443");
  std::string address = value.substr(0, colon);
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  const auto port = number<std::uint16_t>(std::string_view(value).substr(colon + 1));
  const bool is_v6 = address.find(':') != std::string::npos;
  if (!is_ip_address(address) || !port || is_v6 != bracketed) {
    return bad("must be ADDRESS:PORT, e.g. 127.0.0.1:8080 or [::]:8443");
  }
  options.listen_address = address;
  options.listen_port = *port;
  return {};
}

Result<void> set_ice_ports(ServeOptions& options, const std::string& value) {
  const std::size_t dash = value.find('-');
  if (dash == std::string::npos) return bad("must be LOW-HIGH, e.g. 20000-21999");
  const auto low = number<std::uint16_t>(std::string_view(value).substr(0, dash));
  const auto high = number<std::uint16_t>(std::string_view(value).substr(dash + 1));
  if (!low || !high || *low < 1024 || *low > *high) {
    return bad("must be LOW-HIGH between 1024 and 65535, e.g. 20000-21999");
  }
  options.ice_port_low = *low;
  options.ice_port_high = *high;
  return {};
}

Result<void> add_ice_address(ServeOptions& options, const std::string& value) {
  if (!is_ip_address(value)) return bad("must be an IP address of this machine");
  options.ice_addresses.push_back(value);
  return {};
}

Result<void> set_public_url(ServeOptions& options, const std::string& value) {
  const bool http = value.starts_with("http://"), https = value.starts_with("https://");
  const std::string host = value.substr(https ? 8 : http ? 7 : 0);
  if ((!http && !https) || host.empty() || host.find_first_of("/?# \"'<>") != std::string::npos) {
    return bad("must be http(s)://HOST[:PORT] without a path");
  }
  options.public_url = value;
  return {};
}

Result<void> set_behind_proxy(ServeOptions& options, const std::string& value) {
  if (value != "true" && value != "false") return bad("must be true or false");
  options.behind_proxy = value == "true";
  return {};
}

Result<void> set_demo_accounts(ServeOptions& options, const std::string& value) {
  if (value != "true" && value != "false") return bad("must be true or false");
  options.demo_accounts = value == "true";
  return {};
}

Result<void> set_max_sites(ServeOptions& options, const std::string& value) {
  const auto count = number<std::size_t>(value);
  if (!count || *count < 1 || *count > 5000) return bad("must be a number from 1 to 5000");
  options.max_sites = *count;
  return {};
}

Result<void> set_invitation_days(ServeOptions& options, const std::string& value) {
  const auto count = number<int>(value);
  if (!count || *count < 0 || *count > 60) return bad("must be a number from 0 to 60");
  options.invitation_days = *count;
  return {};
}

Result<void> add_holiday(ServeOptions& options, const std::string& value) {
  if (!parse_date(value)) return bad("must be a day: 2027-02-05");
  options.holidays.push_back(value);
  return {};
}

Result<void> set_max_viewers(ServeOptions& options, const std::string& value) {
  const auto count = number<std::size_t>(value);
  if (!count || *count > 20'000) return bad("must be a number from 0 to 20000");
  options.max_viewers = *count;
  return {};
}

Result<void> set_max_checks(ServeOptions& options, const std::string& value) {
  const auto count = number<std::size_t>(value);
  if (!count || *count > 500) return bad("must be a number from 0 to 500");
  options.max_checks = *count;
  return {};
}

Result<void> set_recording_reserve(ServeOptions& options, const std::string& value) {
  const auto mebibytes = number<std::size_t>(value);
  if (!mebibytes || *mebibytes < 64 || *mebibytes > 1'000'000)
    return bad("must be a number of MiB from 64 to 1000000");
  options.recording_reserve_mib = *mebibytes;
  return {};
}

Result<void> set_shed_above(ServeOptions& options, const std::string& value) {
  const auto percent = number<unsigned>(value);
  if (!percent || *percent < 1 || *percent > 100) return bad("must be a number from 1 to 100");
  options.shed_above = *percent;
  return {};
}

Result<void> set_transport_threads(ServeOptions& options, const std::string& value) {
  const auto threads = number<unsigned>(value);
  if (!threads || *threads < 1 || *threads > 16) return bad("must be a number from 1 to 16");
  options.transport_threads = *threads;
  return {};
}

Result<void> set_pin_threads(ServeOptions& options, const std::string& value) {
  if (value != "true" && value != "false") return bad("must be true or false");
  options.pin_threads = value == "true";
  return {};
}

template <class Member>
Result<void> set_mebibytes(ServeOptions& options, Member ServeOptions::*member, std::size_t most,
                           const std::string& value) {
  const auto mebibytes = number<std::size_t>(value);
  if (!mebibytes || *mebibytes < 1 || *mebibytes > most)
    return bad("must be a number of MiB from 1 to " + std::to_string(most));
  options.*member = *mebibytes;
  return {};
}

Result<void> set_encoder(ServeOptions& options, const std::string& value) {
  if (value != "openh264" && value != "x264") return bad("must be openh264 or x264");
  options.h264_encoder = value;
  return {};
}

Result<void> set_log_level(ServeOptions& options, const std::string& value) {
  for (const std::string_view level : {"debug", "info", "warn", "error"}) {
    if (value == level) {
      options.log_level = value;
      return {};
    }
  }
  return bad("must be debug, info, warn or error");
}

template <class Member>
Result<void> set_text(ServeOptions& options, Member ServeOptions::*member,
                      const std::string& value) {
  if (value.empty()) return bad("must not be empty");
  options.*member = value;
  return {};
}

constexpr std::array kSettings{
    ServeSetting{"listen", Kind::text, "ADDR:PORT", "address and port to serve on", set_listen},
    ServeSetting{
        "data", Kind::text, "DIR", "folder of database, recordings and documents",
        [](ServeOptions& o, const std::string& v) { return set_text(o, &ServeOptions::data, v); }},
    ServeSetting{"database", Kind::text, "URL",
                 "postgresql://… (default: sqlite:DIR/diemcau.db); a password belongs in the file",
                 [](ServeOptions& o, const std::string& v) {
                   return set_text(o, &ServeOptions::database, v);
                 }},
    ServeSetting{"ice-address", Kind::list, "IP", "address offered for media; may be given again",
                 add_ice_address, [](ServeOptions& o) { o.ice_addresses.clear(); }},
    ServeSetting{"ice-ports", Kind::text, "LO-HI", "UDP ports of media (default: any)",
                 set_ice_ports},
    ServeSetting{"public-url", Kind::text, "URL", "how browsers reach this server", set_public_url},
    ServeSetting{"tls-cert", Kind::text, "FILE", "certificate chain (PEM): serve HTTPS",
                 [](ServeOptions& o, const std::string& v) {
                   return set_text(o, &ServeOptions::tls_certificate, v);
                 }},
    ServeSetting{"tls-key", Kind::text, "FILE", "its private key (PEM)",
                 [](ServeOptions& o, const std::string& v) {
                   return set_text(o, &ServeOptions::tls_key, v);
                 }},
    ServeSetting{"behind-proxy", Kind::flag, "",
                 "a proxy in front does TLS: allow plain HTTP beyond loopback", set_behind_proxy},
    ServeSetting{"web-root", Kind::text, "DIR", "the built web client",
                 [](ServeOptions& o, const std::string& v) {
                   return set_text(o, &ServeOptions::web_root, v);
                 }},
    ServeSetting{"max-sites", Kind::number, "N", "in one meeting (default 300)", set_max_sites},
    ServeSetting{"max-viewers", Kind::number, "N", "of all meetings together (default 1000)",
                 set_max_viewers},
    ServeSetting{"max-checks", Kind::number, "N", "test rooms at once (default 20)",
                 set_max_checks},
    ServeSetting{"invitation-days", Kind::number, "N",
                 "working days from invitation to meeting (default 3)", set_invitation_days},
    ServeSetting{"holiday", Kind::list, "DATE",
                 "a day off that moves each year (Tết, days in lieu); may be given again",
                 add_holiday, [](ServeOptions& o) { o.holidays.clear(); }},
    ServeSetting{"recording-reserve", Kind::number, "MIB",
                 "recordings stop while so much is still free (default 512)",
                 set_recording_reserve},
    ServeSetting{"shed-above", Kind::number, "PERCENT",
                 "of all cores: above it the wall, 1080p, frame rate give way (default 85; 100 "
                 "never)",
                 set_shed_above},
    ServeSetting{
        "transport-threads", Kind::number, "N",
        "threads that carry packets (default: half the cores; on two a second one in reserve)",
        set_transport_threads},
    ServeSetting{"pin-threads", Kind::flag, "",
                 "keep each of them on a core of its own (default: from four cores on; "
                 "--pin-threads=false never)",
                 set_pin_threads},
    ServeSetting{"document-size", Kind::number, "MIB", "of one document (default 50, at most 500)",
                 [](ServeOptions& o, const std::string& v) {
                   return set_mebibytes(o, &ServeOptions::document_size_mib, 500, v);
                 }},
    ServeSetting{"document-quota", Kind::number, "MIB",
                 "of all documents of a meeting (default 1024)",
                 [](ServeOptions& o, const std::string& v) {
                   return set_mebibytes(o, &ServeOptions::document_quota_mib, 100'000, v);
                 }},
    ServeSetting{"h264-encoder", Kind::text, "NAME", "openh264 (default) or x264", set_encoder},
    ServeSetting{"log-level", Kind::text, "LEVEL", "debug, info (default), warn or error",
                 set_log_level},
    ServeSetting{"demo-accounts", Kind::flag, "", "also create the accounts chair and secretary",
                 set_demo_accounts},
};

}  // namespace

std::span<const ServeSetting> serve_settings() {
  return kSettings;
}

const ServeSetting* find_serve_setting(std::string_view name) {
  for (const ServeSetting& setting : kSettings) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

bool is_loopback(const std::string& address) {
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return ::inet_pton(AF_INET6, address.c_str(), &v6) == 1 &&
         std::memcmp(&v6, &in6addr_loopback, sizeof v6) == 0;
}

Result<void> check_serve_options(const ServeOptions& options) {
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    return make_error(Errc::invalid_argument, "config.conflict",
                      "tls-cert and tls-key belong together");
  }
  if (!options.tls() && !options.behind_proxy && !is_loopback(options.listen_address)) {
    return make_error(Errc::invalid_argument, "config.plain_http",
                      "plain HTTP is served on loopback only: browsers give no camera without "
                      "HTTPS, and passwords would cross the network readable. Give --tls-cert and "
                      "--tls-key, or --behind-proxy when a proxy in front does TLS");
  }
  const std::size_t ports = options.ice_port_high - options.ice_port_low + std::size_t{1};
  const std::size_t needed = options.max_sites + options.max_viewers + options.max_checks;
  if (options.ice_port_high != 0 && ports < needed) {
    return make_error(Errc::invalid_argument, "config.too_few_ports",
                      "ice-ports has " + std::to_string(ports) +
                          " ports, max-sites, "
                          "max-viewers and max-checks together need " +
                          std::to_string(needed) + ", one each: widen the range or lower a limit");
  }
  return {};
}

}  // namespace diemcau::mcu
