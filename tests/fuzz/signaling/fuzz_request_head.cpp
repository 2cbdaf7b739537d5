#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "signaling/http/guard.hpp"
#include "signaling/http/url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::signaling;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!check_request_head(bytes)) {
    // What passes has no folded line and no control character but CR LF and HTAB.
    if (bytes.find("\r\n ") != std::string_view::npos) std::abort();
    if (bytes.find('\0') != std::string_view::npos) std::abort();
  }
  HttpRequest request;
  if (parse_target(bytes, request))
    for (const auto& segment : request.segments)
      if (segment == ".." || segment.find('/') != std::string::npos) std::abort();
  (void)parse_cookies(bytes);
  (void)origin_of(bytes);
  (void)percent_decode(bytes, true);
  return 0;
}
