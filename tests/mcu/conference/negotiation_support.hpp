#pragma once
// Offers as browsers wrote them, and what it takes to answer them.

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "mcu/conference/negotiation/answer.hpp"

namespace diemcau::mcu {

inline std::string vector(const std::string& name) {
  std::ifstream file(std::string(DIEMCAU_VECTORS) + "/sdp/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline NegotiationPolicy policy(PeerKind kind = PeerKind::page) {
  NegotiationPolicy p;
  p.kind = kind;
  p.random_ssrc = [n = 1000u]() mutable { return ++n; };
  return p;
}

inline LocalTransport local() {
  LocalTransport t;
  t.ice = {
      "UFRG", "PASSWORDPASSWORDPASSWORD", {"candidate:1 1 UDP 2013266431 10.0.0.1 5000 typ host"}};
  t.fingerprint = {"sha-256", std::vector<std::uint8_t>(32, 0xAB)};
  t.session_id = 7;
  return t;
}

inline std::vector<std::string> sections(const std::string& sdp) {
  std::vector<std::string> out;
  for (std::size_t at = sdp.find("m="); at != std::string::npos;) {
    const auto next = sdp.find("\r\nm=", at);
    out.push_back(sdp.substr(at, next == std::string::npos ? next : next + 2 - at));
    at = next == std::string::npos ? next : next + 2;
  }
  return out;
}

inline std::string replace(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

}  // namespace diemcau::mcu
