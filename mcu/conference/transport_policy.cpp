#include "mcu/conference/transport_policy.hpp"

#include <algorithm>

namespace diemcau::mcu {

std::size_t choose_transport(std::span<const std::size_t> sessions, std::size_t first) noexcept {
  const auto emptiest = [](std::span<const std::size_t> of) {
    return static_cast<std::size_t>(std::min_element(of.begin(), of.end()) - of.begin());
  };
  const std::size_t chosen =
      emptiest(sessions.first(std::clamp<std::size_t>(first, 1, sessions.size())));
  return sessions[chosen] < kFullTransport ? chosen : emptiest(sessions);
}

}  // namespace diemcau::mcu
