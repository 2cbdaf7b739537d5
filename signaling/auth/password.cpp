#include "signaling/auth/password.hpp"

#include <algorithm>
#include <array>

#include <sodium.h>

#include "signaling/auth/secret.hpp"

namespace diemcau::signaling {
namespace {

constexpr std::size_t kMemory = 64u << 20;
constexpr unsigned long long kPasses = 3;
constexpr std::size_t kMinCharacters = 10;
constexpr std::size_t kMaxBytes = 1024;

}  // namespace

Result<void> check_password_strength(std::string_view password) {
  const auto characters = std::ranges::count_if(
      password, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  if (static_cast<std::size_t>(characters) < kMinCharacters || password.size() > kMaxBytes) {
    return make_error(Errc::invalid_argument, "account.weak_password",
                      "a password has at least 10 characters and at most 1024 bytes");
  }
  return {};
}

Result<std::string> hash_password(std::string_view password) {
  init_crypto();
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), kPasses, kMemory,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return make_error(Errc::internal, "account.hash", "not enough memory to hash a password");
  }
  return std::string(text.data());
}

bool password_matches(const std::string& stored, std::string_view password) {
  init_crypto();
  if (password.size() > kMaxBytes) return false;
  return crypto_pwhash_str_verify(stored.c_str(), password.data(), password.size()) == 0;
}

void waste_a_password_check(std::string_view password) {
  static const std::string nobody = hash_password(random_secret()).value();
  (void)password_matches(nobody, password.substr(0, kMaxBytes));
}

}  // namespace diemcau::signaling
