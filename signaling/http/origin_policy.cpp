#include "signaling/http/origin_policy.hpp"

#include <algorithm>

#include "signaling/http/url.hpp"

namespace diemcau::signaling {

OriginPolicy::OriginPolicy(const std::vector<std::string>& allowed) {
  for (const auto& url : allowed)
    if (auto origin = origin_of(url)) allowed_.push_back(std::move(*origin));
}

bool OriginPolicy::allows(const HttpRequest& request) const {
  const auto sent = request.headers.find("Origin");
  if (!sent) {
    const auto site = request.headers.get("Sec-Fetch-Site");
    return site != "cross-site" && site != "same-site";
  }
  const auto origin = origin_of(*sent);  // "null" and the like are nobody's
  if (!origin || origin->size() < sent->size()) {
    // An origin has no path; default ports are the only thing origin_of may have taken away.
    if (!origin || sent->find('/', sent->find("://") + 3) != std::string_view::npos) return false;
  }
  if (std::find(allowed_.begin(), allowed_.end(), *origin) != allowed_.end()) return true;
  if (request.host.empty()) return false;
  return origin == origin_of((request.secure ? "https://" : "http://") + request.host);
}

}  // namespace diemcau::signaling
