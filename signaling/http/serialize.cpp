#include "signaling/http/serialize.hpp"

#include <algorithm>
#include <ctime>

namespace diemcau::signaling {
namespace {

bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && u != '\t') || u == 0x7f;
  });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  if (!is_clean(name) || !is_clean(value)) return;
  out.append(name).append(": ").append(value).append("\r\n");
}

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  const auto size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text, size};
}

}  // namespace

std::string serialize_head(const HttpResponse& response, bool keep_alive, std::uint64_t length) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out.append(reason_phrase(response.status)).append("\r\n");
  append_field(out, "Date", http_date());
  for (const auto& [name, value] : response.headers.all()) append_field(out, name, value);
  // RFC 9110 §8.6: never with 204; with 304 it would speak of the representation not sent.
  if (response.status != 204 && response.status != 304)
    append_field(out, "Content-Length", std::to_string(length));
  append_field(out, "Connection", keep_alive ? "keep-alive" : "close");
  out.append("\r\n");
  return out;
}

}  // namespace diemcau::signaling
