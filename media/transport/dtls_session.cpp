#include "media/transport/dtls_session.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/time.h>

namespace diemcau::media {

namespace {
// A handshake datagram stays under what every path carries with IPv6, UDP and TURN around it.
constexpr long kMtu = 1200;
constexpr unsigned kFirstTimeoutUs = 200'000;
constexpr unsigned kLongestTimeoutUs = 2'000'000;

// RFC 6347 §4.2.4.1 says one second at first; the path was just measured by ICE in milliseconds,
// and on a lossy line a second per lost flight is what a user waits.
unsigned next_timeout(SSL*, unsigned previous_us) {
  return previous_us == 0 ? kFirstTimeoutUs : std::min(previous_us * 2, kLongestTimeoutUs);
}

int session_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

const EVP_MD* digest_of(std::string_view algorithm) {
  // RFC 8122 §5; md5, md2 and sha-1 are not accepted.
  if (algorithm == "sha-256") return EVP_sha256();
  if (algorithm == "sha-384") return EVP_sha384();
  if (algorithm == "sha-512") return EVP_sha512();
  return nullptr;
}

std::string openssl_reason(const char* otherwise) {
  const unsigned long code = ERR_peek_last_error();
  const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
  return text == nullptr ? otherwise : text;
}
}  // namespace

// A BIO that keeps datagrams apart: OpenSSL's own memory BIO is a stream and would melt a flight
// into one piece.
struct DtlsBio {
  static DtlsSession& session(BIO* bio) { return *static_cast<DtlsSession*>(BIO_get_data(bio)); }
  static int write(BIO* bio, const char* data, int size) {
    session(bio).queue_output(
        {reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)});
    return size;
  }
  static int read(BIO* bio, char* out, int size) {
    BIO_clear_retry_flags(bio);
    auto& input = session(bio).input_;
    if (input.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const auto taken = std::min(input.size(), static_cast<std::size_t>(size));
    std::memcpy(out, input.data(), taken);
    input = {};  // a datagram is read at once or its rest is lost, as from a socket
    return static_cast<int>(taken);
  }
  static long ctrl(BIO*, int command, long, void*) {
    switch (command) {
      case BIO_CTRL_FLUSH:
        return 1;
      case BIO_CTRL_DGRAM_QUERY_MTU:
      case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return kMtu;
      default:
        return 0;
    }
  }
  static BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
      BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
      BIO_meth_set_write(m, &write);
      BIO_meth_set_read(m, &read);
      BIO_meth_set_ctrl(m, &ctrl);
      BIO_meth_set_create(m, [](BIO* bio) {
        BIO_set_init(bio, 1);
        return 1;
      });
      return m;
    }();
    return made;
  }
  static bool matches(DtlsSession& session, X509* cert) {
    const EVP_MD* digest = digest_of(session.expected_.algorithm);
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    const bool same = cert != nullptr && digest != nullptr &&
                      X509_digest(cert, digest, bytes.data(), &size) == 1 &&
                      size == session.expected_.digest.size() &&
                      CRYPTO_memcmp(bytes.data(), session.expected_.digest.data(), size) == 0;
    session.fingerprint_mismatch_ = !same;
    return same;
  }
};

int verify_peer_fingerprint(X509_STORE_CTX* store, void*) {
  auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* session = static_cast<DtlsSession*>(SSL_get_ex_data(ssl, session_index()));
  if (session != nullptr && DtlsBio::matches(*session, X509_STORE_CTX_get0_cert(store))) {
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
  }
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

Result<std::unique_ptr<DtlsSession>> DtlsSession::create(const DtlsCertificate& certificate,
                                                         DtlsRole role, DtlsFingerprint expected) {
  const EVP_MD* digest = digest_of(expected.algorithm);
  if (digest == nullptr)
    return make_error(Errc::unsupported, "dtls.fingerprint_algorithm",
                      "the fingerprint must be sha-256, sha-384 or sha-512");
  if (expected.digest.size() != static_cast<std::size_t>(EVP_MD_get_size(digest)))
    return make_error(Errc::invalid_argument, "dtls.fingerprint_size",
                      "the fingerprint is not as long as its algorithm says");
  std::unique_ptr<DtlsSession> session(new DtlsSession(role, std::move(expected)));
  session->ssl_ = SSL_new(certificate.context_);
  BIO* bio = BIO_new(DtlsBio::method());
  if (session->ssl_ == nullptr || bio == nullptr) {
    BIO_free(bio);
    return make_error(Errc::internal, "dtls.create", "OpenSSL has no memory for a session");
  }
  BIO_set_data(bio, session.get());
  SSL* ssl = session->ssl_;
  SSL_set_bio(ssl, bio, bio);
  SSL_set_ex_data(ssl, session_index(), session.get());
  DTLS_set_link_mtu(ssl, kMtu);
  SSL_set_mtu(ssl, kMtu);
  DTLS_set_timer_cb(ssl, &next_timeout);
  if (role == DtlsRole::client)
    SSL_set_connect_state(ssl);
  else
    SSL_set_accept_state(ssl);
  return session;
}

DtlsSession::~DtlsSession() {
  SSL_free(ssl_);
}

void DtlsSession::queue_output(std::span<const std::uint8_t> datagram) {
  if (output_.size() >= kMaxQueued) {
    output_.pop_front();  // the oldest: a retransmission of it comes anyway
    ++dropped_;
  }
  output_.emplace_back(datagram.begin(), datagram.end());
}

void DtlsSession::start() {
  if (started_ || state_ != State::handshaking) return;
  started_ = true;
  if (role_ == DtlsRole::client) advance();
}

void DtlsSession::receive(std::span<const std::uint8_t> datagram) {
  if (state_ == State::failed || state_ == State::closed) return;
  started_ = true;
  input_ = datagram;
  advance();
  input_ = {};
}

void DtlsSession::advance() {
  ERR_clear_error();  // the queue is per thread: somebody else's leftovers would look like ours
  if (state_ == State::handshaking) {
    const int result = SSL_do_handshake(ssl_);
    if (result != 1) {
      on_result(result);
      return;
    }
    state_ = State::connected;
  }
  // No application data is ours (no data channels); reading serves alerts and a peer that sends
  // its last flight again.
  std::array<char, 2048> ignored{};
  int result = 0;
  while ((result = SSL_read(ssl_, ignored.data(), ignored.size())) > 0) {
  }
  on_result(result);
}

void DtlsSession::on_result(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return;
    case SSL_ERROR_ZERO_RETURN:
      if (state_ == State::handshaking)
        fail("dtls: the peer closed during the handshake");
      else
        state_ = State::closed;
      return;
    default:
      if (fingerprint_mismatch_)
        fail("dtls: the peer's certificate does not have the fingerprint of its SDP");
      else
        fail("dtls: " + openssl_reason("handshake failed"));
  }
}

void DtlsSession::fail(std::string why) {
  ERR_clear_error();
  state_ = State::failed;
  reason_ = std::move(why);
}

std::optional<Duration> DtlsSession::timeout() const {
  if (state_ != State::handshaking || !started_) return std::nullopt;
  timeval left{};
  if (DTLSv1_get_timeout(ssl_, &left) != 1) return std::nullopt;
  const Duration wait = std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec);
  // OpenSSL 3.0 reckons with the wall clock: after a jump of it, ask again soon.
  return std::clamp<Duration>(wait, Duration::zero(), std::chrono::microseconds(kLongestTimeoutUs));
}

bool DtlsSession::on_timeout() {
  if (state_ != State::handshaking || !started_) return false;
  ERR_clear_error();
  const int result = static_cast<int>(DTLSv1_handle_timeout(ssl_));
  if (result < 0) fail("dtls: no answer to the handshake");
  return result > 0;
}

void DtlsSession::close() {
  if (state_ == State::connected) {
    ERR_clear_error();
    SSL_shutdown(ssl_);
    ERR_clear_error();
  }
  if (state_ != State::failed) state_ = State::closed;
}

Result<SrtpKeys> DtlsSession::export_keys() const {
  const SRTP_PROTECTION_PROFILE* chosen = SSL_get_selected_srtp_profile(ssl_);
  if (state_ != State::connected || chosen == nullptr)
    return make_error(Errc::unsupported, "dtls.no_srtp_profile",
                      "dtls: the peer offers no SRTP profile of ours");
  SrtpKeys keys;
  keys.profile = chosen->id == SRTP_AEAD_AES_128_GCM ? SrtpProfile::aead_aes_128_gcm
                                                     : SrtpProfile::aes_cm_128_hmac_sha1_80;
  const auto [key, salt] = key_sizes_of(keys.profile);
  // RFC 5764 §4.2: client key, server key, client salt, server salt.
  std::vector<std::uint8_t> material(2 * (key + salt));
  static constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
  if (SSL_export_keying_material(ssl_, material.data(), material.size(), kLabel.data(),
                                 kLabel.size(), nullptr, 0, 0) != 1) {
    ERR_clear_error();
    return make_error(Errc::internal, "dtls.export", "dtls: no keys could be exported");
  }
  const auto part = [&, key = key, salt = salt](std::size_t which) {
    std::vector<std::uint8_t> out(
        material.begin() + static_cast<std::ptrdiff_t>(which * key),
        material.begin() + static_cast<std::ptrdiff_t>((which + 1) * key));
    const auto salts = material.begin() + static_cast<std::ptrdiff_t>(2 * key + which * salt);
    out.insert(out.end(), salts, salts + static_cast<std::ptrdiff_t>(salt));
    return out;
  };
  keys.outbound = part(role_ == DtlsRole::client ? 0 : 1);
  keys.inbound = part(role_ == DtlsRole::client ? 1 : 0);
  OPENSSL_cleanse(material.data(), material.size());
  return keys;
}

}  // namespace diemcau::media
