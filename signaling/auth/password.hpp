#pragma once
// Passwords as argon2id strings.

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace diemcau::signaling {

/// At least 10 characters (not bytes), at most 1024 bytes. Errors: account.weak_password.
Result<void> check_password_strength(std::string_view password);

/// Argon2id, 64 MiB, 3 passes ("$argon2id$…", with its own salt and parameters). Why these: about
/// 0.15 s of one core, so that on a machine of two cores, with meetings running on it, a burst of
/// sign-ins (everybody at eight o'clock) costs seconds and not minutes, and four at once take
/// 256 MiB; RFC 9106 §4 gives the same 64 MiB and 3 passes as its second recommended choice.
/// libsodium's MODERATE (256 MiB) would be four times that. Errors: account.hash (internal): out of
/// memory.
Result<std::string> hash_password(std::string_view password);

/// In constant time for a given stored string.
bool password_matches(const std::string& stored, std::string_view password);

/// Costs what a real check costs: for names that do not exist, so that the time tells nothing.
void waste_a_password_check(std::string_view password);

}  // namespace diemcau::signaling
