#include "signaling/http/types.hpp"

#include <algorithm>

namespace diemcau::signaling {
namespace {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr std::pair<std::string_view, Method> kMethods[] = {
    {"GET", Method::get},         {"HEAD", Method::head},   {"POST", Method::post},
    {"PUT", Method::put},         {"PATCH", Method::patch}, {"DELETE", Method::del},
    {"OPTIONS", Method::options},
};

std::optional<std::string_view> first(const NameValues& values, std::string_view name) noexcept {
  for (const auto& [key, value] : values)
    if (key == name) return value;
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Method method) {
  for (const auto& [name, value] : kMethods)
    if (value == method) return name;
  return "other";
}

Method method_from(std::string_view name) {
  for (const auto& [known, value] : kMethods)
    if (known == name) return value;
  return Method::other;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

void Headers::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string_view name, std::string value) {
  std::erase_if(fields_, [&](const auto& f) { return equals_ignoring_case(f.first, name); });
  fields_.emplace_back(std::string(name), std::move(value));
}

std::optional<std::string_view> Headers::find(std::string_view name) const noexcept {
  for (const auto& [key, value] : fields_)
    if (equals_ignoring_case(key, name)) return value;
  return std::nullopt;
}

std::string_view Headers::get(std::string_view name) const noexcept {
  return find(name).value_or(std::string_view());
}

std::optional<std::string_view> HttpRequest::query_value(std::string_view name) const noexcept {
  return first(query, name);
}

std::optional<std::string_view> HttpRequest::cookie(std::string_view name) const noexcept {
  return first(cookies, name);
}

HttpResponse text_response(int status, std::string_view content_type, std::string body) {
  HttpResponse response(status);
  response.headers.set("Content-Type", std::string(content_type));
  response.body = std::move(body);
  return response;
}

HttpResponse json_response(int status, std::string body) {
  return text_response(status, "application/json; charset=utf-8", std::move(body));
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

}  // namespace diemcau::signaling
