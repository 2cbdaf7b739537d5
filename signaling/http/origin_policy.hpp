#pragma once
// Which pages may act with somebody's cookie.

#include <string>
#include <string_view>
#include <vector>

#include "signaling/http/types.hpp"

namespace diemcau::signaling {

class OriginPolicy {
 public:
  /// URLs or origins; what is not one is left out.
  explicit OriginPolicy(const std::vector<std::string>& allowed);

  /// The request's Origin is one of ours: in the list, or the host it was sent to. A request
  /// without Origin comes from no page (browsers send it with every WebSocket and every
  /// state-changing request); one that Sec-Fetch-Site calls cross-site is refused even so.
  bool allows(const HttpRequest& request) const;

 private:
  std::vector<std::string> allowed_;
};

}  // namespace diemcau::signaling
