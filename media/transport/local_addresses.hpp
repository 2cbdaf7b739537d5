#pragma once
// Which addresses of this machine can be offered to sites.

#include <string>
#include <vector>

#include "base/result.hpp"

namespace diemcau::media {

/// All unicast addresses of interfaces that are up, without loopback and link-local ones.
std::vector<std::string> local_addresses();

/// `wanted` unchanged if every one can be bound here, else "ice.address"; empty: local_addresses(),
/// and "ice.no_address" when there are none. At most 16 are used.
Result<std::vector<std::string>> addresses_to_offer(const std::vector<std::string>& wanted);

}  // namespace diemcau::media
