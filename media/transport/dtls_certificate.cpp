#include "media/transport/dtls_certificate.hpp"

#include <array>
#include <utility>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "media/transport/dtls_library.hpp"
#include "media/transport/dtls_session.hpp"

namespace diemcau::media {

// In dtls_session.cpp: compares the peer's certificate with the fingerprint of its session.
int verify_peer_fingerprint(X509_STORE_CTX* store, void*);

namespace {
template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;

// Own order decides as server: GCM first (half the cost of CM with HMAC).
constexpr const char* kSrtpProfiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
// Forward secrecy and AEAD only; RSA since a peer's own certificate may be RSA when it is server.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr long kDay = 24 * 3600;

X509Ptr self_sign(EVP_PKEY* key) {
  X509Ptr cert(X509_new_ex(dtls_library(), nullptr));
  if (!cert) return nullptr;
  X509_set_version(cert.get(), 2);
  std::uint64_t serial = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) return nullptr;
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert.get()), serial >> 1);
  // Nobody checks the dates of a self-signed certificate, but a day back forgives a wrong clock.
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), 365 * kDay);
  X509_NAME* name = X509_get_subject_name(cert.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("diemcau"), -1, -1, 0);
  X509_set_issuer_name(cert.get(), name);
  X509_set_pubkey(cert.get(), key);
  if (X509_sign(cert.get(), key, EVP_sha256()) == 0) return nullptr;
  return cert;
}

bool configure(SSL_CTX* context, X509* cert, EVP_PKEY* key) {
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Resumption would skip the certificate, which is all we know the peer by.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, &verify_peer_fingerprint, nullptr);
  return SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, kCiphers) == 1 &&
         SSL_CTX_set_tlsext_use_srtp(context, kSrtpProfiles) == 0 &&  // 0 is success here
         SSL_CTX_use_certificate(context, cert) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1;
}
}  // namespace

Result<DtlsCertificate> DtlsCertificate::generate() {
  const auto failed = [](const char* what) {
    ERR_clear_error();
    return make_error(Errc::internal, "dtls.certificate", what);
  };
  const KeyPtr key(EVP_PKEY_Q_keygen(dtls_library(), nullptr, "EC", "P-256"));
  if (!key) return failed("no ECDSA P-256 key could be made");
  const X509Ptr cert = self_sign(key.get());
  if (!cert) return failed("the certificate could not be signed");
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(cert.get(), EVP_sha256(), digest.data(), &size) != 1)
    return failed("the certificate could not be hashed");
  DtlsCertificate result;
  result.fingerprint_ = {"sha-256", {digest.begin(), digest.begin() + size}};
  result.context_ = SSL_CTX_new_ex(dtls_library(), nullptr, DTLS_method());
  if (result.context_ == nullptr || !configure(result.context_, cert.get(), key.get()))
    return failed("OpenSSL refused the DTLS configuration");
  return result;
}

DtlsCertificate::~DtlsCertificate() {
  SSL_CTX_free(context_);
}

DtlsCertificate::DtlsCertificate(DtlsCertificate&& other) noexcept
    : context_(std::exchange(other.context_, nullptr)),
      fingerprint_(std::move(other.fingerprint_)) {}

DtlsCertificate& DtlsCertificate::operator=(DtlsCertificate&& other) noexcept {
  std::swap(context_, other.context_);
  std::swap(fingerprint_, other.fingerprint_);
  return *this;
}

std::string to_string(const DtlsFingerprint& fingerprint) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string text = fingerprint.algorithm;
  char before = ' ';
  for (const std::uint8_t byte : fingerprint.digest) {
    text += before;
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
    before = ':';
  }
  return text;
}

}  // namespace diemcau::media
