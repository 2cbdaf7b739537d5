#pragma once
// Requests and responses as plain values: what handlers see. No Beast here.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace diemcau::signaling {

enum class Method { get, head, post, put, patch, del, options, other };
std::string_view name_of(Method method);
/// Methods are case-sensitive (RFC 9110 §9.1).
Method method_from(std::string_view name);

/// ASCII only, as field names and tokens are.
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// Fields in the order they came. Names compare without case.
class Headers {
 public:
  void add(std::string name, std::string value);
  /// Replaces every field of that name.
  void set(std::string_view name, std::string value);
  /// The first of that name.
  std::optional<std::string_view> find(std::string_view name) const noexcept;
  /// Empty when absent.
  std::string_view get(std::string_view name) const noexcept;
  const std::vector<std::pair<std::string, std::string>>& all() const noexcept { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

using NameValues = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  Method method = Method::other;
  std::string path;                   // as sent, without the query
  std::vector<std::string> segments;  // the path's, percent-decoded; no ".", ".." or "/" in any
  NameValues query;                   // decoded, in order
  Headers headers;
  NameValues cookies;
  std::string body;
  std::string host;     // the Host field
  std::string peer;     // the client's address; behind a proxy the one it reports
  bool secure = false;  // the client speaks https, to us or to the proxy before us

  std::optional<std::string_view> query_value(std::string_view name) const noexcept;
  std::optional<std::string_view> cookie(std::string_view name) const noexcept;
};

/// A body too large to hold, read piece by piece on the blocking pool.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// Blocking. Fills from the start of `into` and returns how many bytes; 0 means the end.
  virtual Result<std::size_t> read(std::span<char> into) = 0;
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
  /// Instead of body; exactly stream_length bytes.
  std::unique_ptr<BodySource> stream;
  std::uint64_t stream_length = 0;

  HttpResponse() = default;
  explicit HttpResponse(int s) : status(s) {}
};

HttpResponse json_response(int status, std::string body);
HttpResponse text_response(int status, std::string_view content_type, std::string body);
std::string_view reason_phrase(int status);

}  // namespace diemcau::signaling
