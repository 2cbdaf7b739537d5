#include "signaling/http/security_headers.hpp"

namespace diemcau::signaling {
namespace {

// blob: and data: are what the page itself makes: recorded previews and icons; nothing is fetched.
constexpr const char* kPolicy =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

}  // namespace

void add_security_headers(HttpResponse& response, bool secure) {
  auto& headers = response.headers;
  // What people uploaded comes with a stricter one of its own.
  if (!headers.find("Content-Security-Policy")) headers.set("Content-Security-Policy", kPolicy);
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("X-Frame-Options", "DENY");
  headers.set("Referrer-Policy", "no-referrer");
  headers.set("Permissions-Policy",
              "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), "
              "autoplay=(self)");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  if (secure) headers.set("Strict-Transport-Security", "max-age=31536000");
}

void add_cors_headers(HttpResponse& response) {
  auto& headers = response.headers;
  headers.set("Access-Control-Allow-Origin", "*");
  headers.set("Access-Control-Allow-Methods", "POST, PATCH, DELETE, OPTIONS");
  headers.set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match");
  headers.set("Access-Control-Expose-Headers",
              "Location, ETag, Link, Accept-Patch, Retry-After, WWW-Authenticate");
  headers.set("Access-Control-Max-Age", "600");
}

}  // namespace diemcau::signaling
