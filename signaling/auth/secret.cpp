#include "signaling/auth/secret.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

#include <sodium.h>

namespace diemcau::signaling {

void init_crypto() {
  if (sodium_init() < 0) {
    std::fputs("libsodium cannot start\n", stderr);
    std::abort();
  }
}

std::string random_secret() {
  init_crypto();
  std::array<unsigned char, 32> bits{};
  randombytes_buf(bits.data(), bits.size());
  std::array<char, kSecretLength + 1> text{};
  sodium_bin2base64(text.data(), text.size(), bits.data(), bits.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero(bits.data(), bits.size());
  std::string out(text.data(), kSecretLength);
  sodium_memzero(text.data(), text.size());
  return out;
}

std::string random_readable(std::size_t length) {
  init_crypto();
  constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyz23456789";
  static_assert(kLetters.size() == 32);
  std::string out(length, ' ');
  for (char& c : out) c = kLetters[randombytes_uniform(32)];
  return out;
}

std::string random_password() {
  std::string out = random_readable(16);
  for (const std::size_t at : {12u, 8u, 4u}) out.insert(at, 1, '-');
  return out;
}

std::string hash_secret(std::string_view secret) {
  init_crypto();
  std::array<unsigned char, 32> hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), nullptr,
                     0);
  std::array<char, 65> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return std::string(hex.data(), 64);
}

}  // namespace diemcau::signaling
