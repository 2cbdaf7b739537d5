#include "mcu/api/json_body.hpp"

#include <charconv>
#include <chrono>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace diemcau::mcu {
namespace {

namespace json = boost::json;

Error bad_body(std::string_view detail) {
  return make_error(Errc::invalid_argument, "request.bad_body", detail);
}

bool is_json_type(std::string_view type) {
  const auto essence = type.substr(0, type.find(';'));
  return essence.empty() || signaling::equals_ignoring_case(essence, "application/json") ||
         signaling::equals_ignoring_case(essence, "application/json ");
}

const json::value* field(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains({name.data(), name.size()});
  return value == nullptr || value->is_null() ? nullptr : value;
}

/// Exactly `digits` digits at `at`, or nothing.
std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

Result<json::object> json_body(const signaling::HttpRequest& request) {
  if (!is_json_type(request.headers.get("Content-Type")))
    return make_error(Errc::unsupported, "request.media_type", "the body must be application/json");
  json::parse_options options;
  options.max_depth = 8;
  boost::system::error_code error;
  json::value value = json::parse(request.body, error, {}, options);
  if (error) return bad_body("not a JSON text: " + error.message());
  auto* object = value.if_object();
  if (object == nullptr) return bad_body("not a JSON object");
  return std::move(*object);
}

Result<std::optional<std::string>> optional_text(const json::object& body, std::string_view name,
                                                 std::size_t limit) {
  const auto* value = field(body, name);
  if (value == nullptr) return std::optional<std::string>();
  const auto* text = value->if_string();
  if (text == nullptr || text->size() > limit)
    return bad_body("field " + std::string(name) + " is not a text of at most " +
                    std::to_string(limit) + " bytes");
  return std::optional<std::string>(std::in_place, text->data(), text->size());
}

Result<std::string> required_text(const json::object& body, std::string_view name,
                                  std::size_t limit) {
  auto text = optional_text(body, name, limit);
  if (!text) return text.error();
  if (!*text || (*text)->empty()) return bad_body("field " + std::string(name) + " is missing");
  return std::move(**text);
}

Result<bool> optional_flag(const json::object& body, std::string_view name, bool otherwise) {
  const auto* value = field(body, name);
  if (value == nullptr) return otherwise;
  const bool* flag = value->if_bool();
  if (flag == nullptr) return bad_body("field " + std::string(name) + " is not a boolean");
  return *flag;
}

Result<std::int64_t> query_number(const signaling::HttpRequest& request, std::string_view name,
                                  std::int64_t least, std::int64_t most, std::int64_t otherwise) {
  const auto text = request.query_value(name);
  if (!text) return otherwise;
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (failed != std::errc() || end != text->data() + text->size() || value < least || value > most)
    return make_error(Errc::invalid_argument, "request.bad_query",
                      "parameter " + std::string(name) + " must be a number from " +
                          std::to_string(least) + " to " + std::to_string(most));
  return value;
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const auto y = number_at(text, 0, 4), mo = number_at(text, 5, 2), d = number_at(text, 8, 2);
  const auto h = number_at(text, 11, 2), mi = number_at(text, 14, 2), s = number_at(text, 17, 2);
  if (!y || !mo || !d || !h || !mi || !s) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (text[10] != 'T' && text[10] != 't') return std::nullopt;
  const year_month_day date{year(*y), month(static_cast<unsigned>(*mo)),
                            day(static_cast<unsigned>(*d))};
  if (!date.ok() || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
  std::size_t at = 19;
  microseconds fraction{0};
  if (at < text.size() && text[at] == '.') {
    std::int64_t scale = 100'000;
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
      fraction += microseconds((text[at] - '0') * scale);
    if (at == first || at - first > 9) return std::nullopt;
  }
  minutes offset{0};
  if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) {
    // UTC
  } else if (at + 6 == text.size() && (text[at] == '+' || text[at] == '-') && text[at + 3] == ':') {
    const auto oh = number_at(text, at + 1, 2), om = number_at(text, at + 4, 2);
    if (!oh || !om || *oh > 23 || *om > 59) return std::nullopt;
    offset = hours(*oh) + minutes(*om);
    if (text[at] == '-') offset = -offset;
  } else {
    return std::nullopt;
  }
  const auto moment = sys_days(date) + hours(*h) + minutes(*mi) + seconds(*s) + fraction - offset;
  return time_point_cast<microseconds>(moment);
}

signaling::HttpResponse json_reply(int status, const json::object& body) {
  auto response = signaling::json_response(status, json::serialize(body));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace diemcau::mcu
