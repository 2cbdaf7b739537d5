#pragma once
// Secrets that are looked up: random, so that a fast hash suffices, and stored only as that hash,
// so that a copy of the database opens nothing.

#include <cstddef>
#include <string>
#include <string_view>

namespace diemcau::signaling {

inline constexpr std::size_t kSecretLength = 43;  // 256 bits in base64url without padding

/// Ends the program when the library cannot start: there are no secrets without random numbers.
void init_crypto();

/// 256 random bits in base64url.
std::string random_secret();
/// `length` characters of lower-case base32 without look-alikes (no 0, 1, l, o): an id, or part of
/// a password, that can be read out on the telephone. Five bits each.
std::string random_readable(std::size_t length);
/// Four groups of four: 80 bits, "k7fm-2qzd-ax8c-wn4r".
std::string random_password();

/// BLAKE2b-256 in hex: what is stored and looked up by. An index on it leaks by its timing at most
/// how many leading bits of a hash agree, which helps nobody to a secret.
std::string hash_secret(std::string_view secret);

}  // namespace diemcau::signaling
