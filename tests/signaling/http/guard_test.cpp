#include "signaling/http/guard.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace diemcau::signaling {
namespace {

struct Case {
  const char* name;
  std::string head;
  std::optional<HeadFault> fault;
};

std::string many_fields() {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 200; ++i) head += "X" + std::to_string(i) + ": 1\r\n";
  return head + "\r\n";
}

const std::vector<Case>& cases() {
  using enum HeadFault;
  static const std::vector<Case> kCases = {
      {"plain", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", std::nullopt},
      {"port and address", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", std::nullopt},
      {"1.0 without Host", "GET / HTTP/1.0\r\n\r\n", std::nullopt},
      {"chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n", std::nullopt},
      {"absolute form", "GET http://a/x HTTP/1.1\r\nHost: A\r\n\r\n", std::nullopt},
      {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", std::nullopt},
      {"high bytes in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: \xE1\xBB\x8D\r\n\r\n",
       std::nullopt},
      {"NUL", std::string("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 35), control_character},
      {"DEL", "GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n", control_character},
      {"bare CR", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", control_character},
      {"bare LF", "GET / HTTP/1.1\r\nHost: a\nX: a\r\n\r\n", control_character},
      {"obs-fold", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", obs_fold},
      {"obs-fold by tab", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n", obs_fold},
      {"fold before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", obs_fold},
      {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", bad_request_line},
      {"no version", "GET /\r\nHost: a\r\n\r\n", bad_request_line},
      {"bad method", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", bad_request_line},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", bad_version},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", bad_version},
      {"fragment", "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
      {"authority form", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
      {"asterisk with GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
      {"user information", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
      {"no colon", "GET / HTTP/1.1\r\nHost: a\r\nabc\r\n\r\n", bad_field},
      {"space before colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", bad_field},
      {"no name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", bad_field},
      {"too many fields", many_fields(), too_many_fields},
      {"no Host", "GET / HTTP/1.1\r\nX: a\r\n\r\n", no_host},
      {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", many_hosts},
      {"two Hosts in 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", many_hosts},
      {"Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", bad_host},
      {"empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", bad_host},
      {"Host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", bad_host},
      {"absolute form, other host", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", host_mismatch},
      {"two lengths",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
       many_content_lengths},
      {"length list", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n",
       bad_content_length},
      {"signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
       bad_content_length},
      {"huge length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
       bad_content_length},
      {"gzip coding beside a length",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\n",
       bad_transfer_encoding},
      {"gzip, chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
       bad_transfer_encoding},
      {"two codings",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
       "Transfer-Encoding: chunked\r\n\r\n",
       bad_transfer_encoding},
      {"chunked with a parameter",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n",
       bad_transfer_encoding},
      {"chunked in 1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
       transfer_encoding_in_http10},
      {"chunked and a length",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
       transfer_encoding_and_length},
  };
  return kCases;
}

TEST(RequestHeadGuard, refuses_what_rfc_9112_forbids_and_passes_the_rest) {
  for (const auto& c : cases()) {
    const auto fault = check_request_head(c.head);
    EXPECT_EQ(fault, c.fault) << c.name << ": "
                              << (fault ? std::string(name_of(*fault)) : "passed");
  }
}

TEST(RequestHeadGuard, survives_every_prefix_and_every_flipped_byte) {
  for (const auto& c : cases()) {
    for (std::size_t i = 0; i < c.head.size(); ++i) {
      (void)check_request_head(std::string_view(c.head).substr(0, i));
      std::string flipped = c.head;
      flipped[i] = static_cast<char>(flipped[i] ^ 0x20);
      (void)check_request_head(flipped);
    }
  }
}

TEST(RequestHeadGuard, names_every_fault_for_the_metrics) {
  std::vector<std::string_view> names;
  for (int i = 0; i < kHeadFaults; ++i) {
    const auto name = name_of(static_cast<HeadFault>(i));
    EXPECT_EQ(std::find(names.begin(), names.end(), name), names.end());
    EXPECT_NE(name, "other");
    names.push_back(name);
  }
}

}  // namespace
}  // namespace diemcau::signaling
