#include "media/transport/dtls_library.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/provider.h>

#include "base/log.hpp"

namespace diemcau::media {

namespace {
constexpr const char* kName = "diemcau-dtls";
/// Keys of certificates (browsers: ECDSA, before RSA) and of the key exchange.
constexpr std::array<std::string_view, 6> kKeys = {"EC",      "RSA",    "RSA-PSS",
                                                   "ED25519", "X25519", "X448"};
constexpr std::string_view kPublicKey = "structure=SubjectPublicKeyInfo";

/// The first of its names counts: "RSA:rsaEncryption:1.2.840.113549.1.1.1".
bool is_wanted_key(const OSSL_ALGORITHM& algorithm) {
  std::string_view name = algorithm.algorithm_names;
  name = name.substr(0, name.find(':'));
  return std::find(kKeys.begin(), kKeys.end(), name) != kKeys.end();
}

bool reads_public_key(const OSSL_ALGORITHM& algorithm) {
  const std::string_view properties = algorithm.property_definition;
  return properties.find("input=der") != properties.npos &&
         properties.find(kPublicKey) != properties.npos;
}

/// OpenSSL's default provider, and the lists that are shorter here, ended by an empty entry.
struct Source {
  OSSL_PROVIDER* provider = nullptr;
  std::vector<OSSL_ALGORITHM> keys, decoders;

  template <class Wanted>
  std::vector<OSSL_ALGORITHM> take(int operation, Wanted wanted) const {
    std::vector<OSSL_ALGORITHM> taken;
    int no_cache = 0;
    const auto* all = OSSL_PROVIDER_query_operation(provider, operation, &no_cache);
    for (; all != nullptr && all->algorithm_names != nullptr; ++all)
      if (wanted(*all)) taken.push_back(*all);
    if (!taken.empty()) taken.push_back({});
    return taken;
  }
};

Source& source() {
  static Source made;
  return made;
}

const OSSL_ALGORITHM* query(void*, int operation, int* no_cache) {
  if (operation == OSSL_OP_KEYMGMT || operation == OSSL_OP_DECODER) {
    *no_cache = 0;
    return operation == OSSL_OP_KEYMGMT ? source().keys.data() : source().decoders.data();
  }
  return OSSL_PROVIDER_query_operation(source().provider, operation, no_cache);
}

int capabilities(void*, const char* capability, OSSL_CALLBACK* callback, void* argument) {
  return OSSL_PROVIDER_get_capabilities(source().provider, capability, callback, argument);
}

template <class Function>
OSSL_DISPATCH entry(int id, Function* function) {
  return {id, reinterpret_cast<void (*)()>(function)};
}

int initialise(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** out,
               void** context) {
  static const OSSL_DISPATCH functions[] = {
      entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, &query),
      entry(OSSL_FUNC_PROVIDER_GET_CAPABILITIES, &capabilities),
      {0, nullptr}};
  *out = functions;
  // What the algorithms are made with is the default provider's.
  *context = OSSL_PROVIDER_get0_provider_ctx(source().provider);
  return 1;
}

OSSL_LIB_CTX* make() {
  source().provider = OSSL_PROVIDER_load(nullptr, "default");
  if (source().provider == nullptr) return nullptr;
  source().keys = source().take(OSSL_OP_KEYMGMT, is_wanted_key);
  source().decoders = source().take(OSSL_OP_DECODER, reads_public_key);
  if (source().keys.empty() || source().decoders.empty()) return nullptr;
  OSSL_LIB_CTX* context = OSSL_LIB_CTX_new();
  if (context != nullptr && OSSL_PROVIDER_add_builtin(context, kName, &initialise) == 1 &&
      OSSL_PROVIDER_load(context, kName) != nullptr)
    return context;
  OSSL_LIB_CTX_free(context);
  return nullptr;
}
}  // namespace

OSSL_LIB_CTX* dtls_library() {
  static OSSL_LIB_CTX* const made = [] {
    OSSL_LIB_CTX* context = make();
    if (context == nullptr) log::warn("dtls: OpenSSL's own library context is used");
    return context;
  }();
  return made;
}

}  // namespace diemcau::media
