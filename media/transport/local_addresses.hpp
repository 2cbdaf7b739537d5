#pragma once
// Which addresses of this machine can be offered to sites.

#include <string>
#include <vector>

#include "base/result.hpp"

namespace diemcau::media {

/// All unicast addresses of interfaces that are up, without loopback and link-local ones.
std::vector<std::string> local_addresses();

/// Those and 127.0.0.1: for a server or a site that is reached from this very machine, which may
/// have no network at all.
std::vector<std::string> local_addresses_and_loopback();

/// `wanted` unchanged if every one can be bound here, else "ice.address"; empty: local_addresses(),
/// and "ice.no_address" when there are none. At most 16 are used.
Result<std::vector<std::string>> addresses_to_offer(const std::vector<std::string>& wanted);

}  // namespace diemcau::media
