#pragma once
// The six digits that go with a unit's link: read out on the telephone, so they are short; what
// makes them safe is that nobody tries many (pin_throttle.hpp) and nobody tries any without the
// link's own 256 bits.

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace diemcau::mcu {

inline constexpr std::size_t kPinLength = 6;

bool is_pin(std::string_view text);
/// Evenly drawn, leading zeros and all.
std::string random_pin();

/// Argon2id, 16 MiB, 2 passes: about 20 ms. Lighter than a password's, because a sheet of 266 is
/// made while somebody waits, and a copy of the database does not hold the link that belongs to
/// it. Errors: account.hash (internal): out of memory.
Result<std::string> hash_pin(std::string_view pin);
/// In constant time for a given stored string.
bool pin_matches(const std::string& stored, std::string_view pin);

}  // namespace diemcau::mcu
