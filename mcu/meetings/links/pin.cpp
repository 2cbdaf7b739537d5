#include "mcu/meetings/links/pin.hpp"

#include <algorithm>
#include <array>

#include <sodium.h>

#include "signaling/auth/secret.hpp"

namespace diemcau::mcu {
namespace {

constexpr std::size_t kMemory = 16u << 20;
constexpr unsigned long long kPasses = 2;

}  // namespace

bool is_pin(std::string_view text) {
  return text.size() == kPinLength &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string random_pin() {
  signaling::init_crypto();
  std::string pin(kPinLength, '0');
  for (char& digit : pin) digit = static_cast<char>('0' + randombytes_uniform(10));
  return pin;
}

Result<std::string> hash_pin(std::string_view pin) {
  signaling::init_crypto();
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (crypto_pwhash_str_alg(text.data(), pin.data(), pin.size(), kPasses, kMemory,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return make_error(Errc::internal, "account.hash", "not enough memory to hash a PIN");
  return std::string(text.data());
}

bool pin_matches(const std::string& stored, std::string_view pin) {
  signaling::init_crypto();
  return is_pin(pin) && crypto_pwhash_str_verify(stored.c_str(), pin.data(), pin.size()) == 0;
}

}  // namespace diemcau::mcu
