// The web client's files.

#include <array>
#include <filesystem>

#include "mcu/api/file_reply.hpp"
#include "mcu/api/route_families.hpp"
#include "signaling/async.hpp"

namespace diemcau::mcu {
namespace {

namespace fs = std::filesystem;
using signaling::HttpResponse;
using signaling::Method;
using signaling::RequestContext;

struct Kind {
  std::string_view extension, content_type;
};
constexpr auto kKinds = std::to_array<Kind>({
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
    {".map", "application/json; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".ttf", "font/ttf"},
    {".wav", "audio/wav"},
    {".mp3", "audio/mpeg"},
    {".ogg", "audio/ogg"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
});

std::string content_type_of(const fs::path& file) {
  const std::string extension = file.extension().string();
  for (const auto& kind : kKinds)
    if (kind.extension == extension) return std::string(kind.content_type);
  return "application/octet-stream";
}

/// The file below the root, or nothing: hidden files are not served, links are not followed, and
/// what resolves outside of the root is not there. The path's segments have been decoded and
/// refused "..", "/" and "\\" before (signaling/http/url).
std::optional<fs::path> file_below(const fs::path& root, const std::string& path) {
  fs::path file = root;
  std::error_code error;
  for (std::string_view rest = path; !rest.empty();) {
    const auto part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    if (part.empty() || part.front() == '.') return std::nullopt;
    file /= part;
    if (fs::is_symlink(fs::symlink_status(file, error))) return std::nullopt;
  }
  if (!fs::is_regular_file(file, error) || error) return std::nullopt;
  return file;
}

Result<HttpResponse> find_file(const ApiDependencies& api, const RequestContext& context) {
  const std::string& path = context.path.get("path");
  const auto not_found = make_error(Errc::not_found, "request.no_route", "no such resource");
  // A misspelt API address must not answer with a page.
  for (const std::string_view ours : {"api", "whip", "whep"})
    if (path == ours || path.starts_with(std::string(ours) + "/")) return not_found;
  auto file = file_below(api.web_root, path);
  if (!file) {
    // The client's own routes have no extension; a missing picture is missing.
    if (fs::path(path).has_extension()) return not_found;
    file = file_below(api.web_root, "index.html");
    if (!file)
      return make_error(Errc::not_found, "web.not_built",
                        "the web client is not there: " + api.web_root.string());
  }
  auto opened = recording::MediaFile::open(*file);
  if (!opened) return not_found;
  auto reply = file_reply(context.request, std::move(*opened), content_type_of(*file));
  // What the bundler put into assets/ has its content's hash in its name.
  const bool hashed = path.starts_with("assets/");
  reply.headers.set("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
  return reply;
}

Reply serve_file(const ApiDependencies& api, const RequestContext& context) {
  auto find = [&api, &context] { return find_file(api, context); };
  Result<HttpResponse> reply = co_await signaling::on_pool(*api.blocking, std::move(find));
  co_return reply;
}

}  // namespace

void register_static_routes(signaling::Router& router, const Api& api) {
  auto route = make_route(Method::get, "/{path...}", api, serve_file);
  route.access = signaling::Access::open;
  router.add(std::move(route));
}

}  // namespace diemcau::mcu
