#include "signaling/http/router.hpp"

#include <algorithm>
#include <stdexcept>

namespace diemcau::signaling {
namespace {

std::vector<std::string_view> split(std::string_view pattern) {
  std::vector<std::string_view> out;
  pattern.remove_prefix(1);
  while (!pattern.empty()) {
    const auto end = std::min(pattern.find('/'), pattern.size());
    out.push_back(pattern.substr(0, end));
    pattern.remove_prefix(std::min(end + 1, pattern.size()));
  }
  return out;
}

bool is_parameter(std::string_view part) {
  return part.size() > 2 && part.front() == '{';
}
bool is_rest(std::string_view part) {
  return is_parameter(part) && part.ends_with("...}");
}

std::string_view name_in(std::string_view part) {
  return part.substr(1, part.size() - (is_rest(part) ? 5 : 2));
}

/// How exact a match is, a digit per part: 2 literal, 1 parameter, 0 rest; nothing: no match.
std::optional<std::string> match(std::string_view pattern, const std::vector<std::string>& segments,
                                 PathParameters* out) {
  const auto parts = split(pattern);
  std::string exactness;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (is_rest(parts[i])) {
      std::string rest;
      for (std::size_t j = i; j < segments.size(); ++j) rest += (j > i ? "/" : "") + segments[j];
      if (out != nullptr) out->add(std::string(name_in(parts[i])), std::move(rest));
      return exactness + '0';
    }
    if (i >= segments.size()) return std::nullopt;
    if (is_parameter(parts[i])) {
      if (segments[i].empty()) return std::nullopt;
      if (out != nullptr) out->add(std::string(name_in(parts[i])), segments[i]);
      exactness += '1';
    } else if (parts[i] == segments[i]) {
      exactness += '2';
    } else {
      return std::nullopt;
    }
  }
  if (parts.size() != segments.size()) return std::nullopt;
  return exactness + '3';
}

}  // namespace

void PathParameters::add(std::string name, std::string value) {
  values_.emplace_back(std::move(name), std::move(value));
}

const std::string& PathParameters::get(std::string_view name) const {
  static const std::string kNone;
  for (const auto& [key, value] : values_)
    if (key == name) return value;
  return kNone;
}

void Router::add(Route route) {
  if (!route.pattern.starts_with('/')) throw std::logic_error("route pattern: " + route.pattern);
  if ((route.handler ? 1 : 0) + (route.websocket ? 1 : 0) + (route.upload ? 1 : 0) != 1)
    throw std::logic_error("route needs one handler: " + route.pattern);
  for (const auto& other : routes_)
    if (other->method == route.method && other->pattern == route.pattern)
      throw std::logic_error("route given twice: " + route.pattern);
  routes_.push_back(std::make_unique<Route>(std::move(route)));
}

RouteMatch Router::find(Method method, const std::vector<std::string>& segments) const {
  const Route* best = nullptr;
  std::string best_exactness;
  for (const auto& route : routes_) {
    const bool fits = route->method == method ||
                      (method == Method::head && route->method == Method::get && !route->websocket);
    if (!fits) continue;
    const auto exactness = match(route->pattern, segments, nullptr);
    if (!exactness) continue;
    // What takes any path must not answer for a path that is there with other methods.
    if (exactness->back() == '0' && !methods_of(segments).empty()) continue;
    const bool better = best == nullptr || *exactness > best_exactness ||
                        (*exactness == best_exactness && route->method == method);
    if (better) {
      best = route.get();
      best_exactness = *exactness;
    }
  }
  RouteMatch found;
  found.route = best;
  if (best != nullptr) match(best->pattern, segments, &found.path);
  return found;
}

std::vector<Method> Router::methods_of(const std::vector<std::string>& segments) const {
  std::vector<Method> methods;
  const auto insert = [&](Method m) {
    if (std::find(methods.begin(), methods.end(), m) == methods.end()) methods.push_back(m);
  };
  for (const auto& route : routes_) {
    const auto exactness = match(route->pattern, segments, nullptr);
    if (!exactness || exactness->back() == '0') continue;
    insert(route->method);
    if (route->method == Method::get && !route->websocket) insert(Method::head);
  }
  return methods;
}

}  // namespace diemcau::signaling
