#include "media/transport/dtls_session.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <random>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "media/transport/dtls_library.hpp"

namespace diemcau::media {

/// Makes an endpoint that offers other SRTP profiles than we do.
class DtlsCertificateTestAccess {
 public:
  static void offer(DtlsCertificate& certificate, const char* profiles) {
    ASSERT_EQ(SSL_CTX_set_tlsext_use_srtp(certificate.context_, profiles), 0);
  }
  /// Another key than we make, as a peer may have.
  static void use(DtlsCertificate& certificate, EVP_PKEY* key) {
    std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), &X509_free);
    X509_set_version(made.get(), 2);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    ASSERT_EQ(X509_set_pubkey(made.get(), key), 1);
    const bool hashes_itself = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
    ASSERT_GT(X509_sign(made.get(), key, hashes_itself ? nullptr : EVP_sha256()), 0);
    ASSERT_EQ(SSL_CTX_use_certificate(certificate.context_, made.get()), 1);
    ASSERT_EQ(SSL_CTX_use_PrivateKey(certificate.context_, key), 1);
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    ASSERT_EQ(X509_digest(made.get(), EVP_sha256(), digest.data(), &size), 1);
    certificate.fingerprint_.digest.assign(digest.begin(), digest.begin() + size);
  }
};

namespace {

using Datagrams = std::vector<std::vector<std::uint8_t>>;

Datagrams take(DtlsSession& session) {
  Datagrams out;
  session.drain_output(
      [&](std::span<const std::uint8_t> d) { out.emplace_back(d.begin(), d.end()); });
  return out;
}

struct Pair {
  DtlsCertificate server_certificate = *DtlsCertificate::generate();
  DtlsCertificate client_certificate = *DtlsCertificate::generate();
  std::unique_ptr<DtlsSession> server, client;

  Pair() {
    server = *DtlsSession::create(server_certificate, DtlsRole::server,
                                  client_certificate.fingerprint());
    client = *DtlsSession::create(client_certificate, DtlsRole::client,
                                  server_certificate.fingerprint());
  }
  /// Carries datagrams until both are silent.
  void settle() {
    for (int round = 0; round < 20; ++round) {
      const auto up = take(*client);
      for (const auto& d : up) server->receive(d);
      const auto down = take(*server);
      for (const auto& d : down) client->receive(d);
      if (up.empty() && down.empty()) return;
    }
  }
};

TEST(DtlsSession, agrees_on_gcm_and_mirrored_keys) {
  Pair pair;
  pair.client->start();
  pair.server->start();
  pair.settle();
  ASSERT_EQ(pair.client->state(), DtlsSession::State::connected) << pair.client->reason();
  ASSERT_EQ(pair.server->state(), DtlsSession::State::connected) << pair.server->reason();
  const auto client_keys = pair.client->export_keys();
  const auto server_keys = pair.server->export_keys();
  ASSERT_TRUE(client_keys);
  ASSERT_TRUE(server_keys);
  EXPECT_EQ(client_keys->profile, SrtpProfile::aead_aes_128_gcm);
  EXPECT_EQ(client_keys->outbound.size(), 28u);
  EXPECT_EQ(client_keys->outbound, server_keys->inbound);
  EXPECT_EQ(client_keys->inbound, server_keys->outbound);
  EXPECT_NE(client_keys->inbound, client_keys->outbound);
}

// Browsers make ECDSA P-256; older ones and other clients RSA, or another curve.
TEST(DtlsSession, accepts_a_peer_with_another_kind_of_key) {
  const auto agrees_with = [](EVP_PKEY* made) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(made, &EVP_PKEY_free);
    ASSERT_NE(key, nullptr);
    Pair pair;
    DtlsCertificateTestAccess::use(pair.client_certificate, key.get());
    pair.server = *DtlsSession::create(pair.server_certificate, DtlsRole::server,
                                       pair.client_certificate.fingerprint());
    pair.client = *DtlsSession::create(pair.client_certificate, DtlsRole::client,
                                       pair.server_certificate.fingerprint());
    pair.client->start();
    pair.settle();
    EXPECT_EQ(pair.server->state(), DtlsSession::State::connected) << pair.server->reason();
    EXPECT_EQ(pair.client->state(), DtlsSession::State::connected) << pair.client->reason();
  };
  agrees_with(EVP_PKEY_Q_keygen(dtls_library(), nullptr, "RSA", std::size_t{2048}));
  agrees_with(EVP_PKEY_Q_keygen(dtls_library(), nullptr, "EC", "P-384"));
  agrees_with(EVP_PKEY_Q_keygen(dtls_library(), nullptr, "ED25519"));
}

// Finite-field Diffie-Hellman is among what is left out: were it there, all would be there.
TEST(DtlsLibrary, knows_only_keys_a_peer_may_have) {
  for (const char* key : {"EC", "RSA", "X25519"}) {
    EVP_KEYMGMT* found = EVP_KEYMGMT_fetch(dtls_library(), key, nullptr);
    EXPECT_NE(found, nullptr) << key;
    EVP_KEYMGMT_free(found);
  }
  EVP_KEYMGMT* found = EVP_KEYMGMT_fetch(dtls_library(), "DH", nullptr);
  EXPECT_EQ(found, nullptr);
  EVP_KEYMGMT_free(found);
}

TEST(DtlsSession, accepts_a_peer_that_knows_counter_mode_only) {
  Pair pair;
  DtlsCertificateTestAccess::offer(pair.client_certificate, "SRTP_AES128_CM_SHA1_80");
  pair.client = *DtlsSession::create(pair.client_certificate, DtlsRole::client,
                                     pair.server_certificate.fingerprint());
  pair.client->start();
  pair.settle();
  const auto keys = pair.server->export_keys();
  ASSERT_TRUE(keys) << keys.error().detail;
  EXPECT_EQ(keys->profile, SrtpProfile::aes_cm_128_hmac_sha1_80);
  EXPECT_EQ(keys->inbound.size(), 30u);
  EXPECT_EQ(keys->inbound, pair.client->export_keys()->outbound);
}

TEST(DtlsSession, chooses_gcm_though_the_peer_puts_counter_mode_first) {
  Pair pair;
  DtlsCertificateTestAccess::offer(pair.client_certificate,
                                   "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM");
  pair.client = *DtlsSession::create(pair.client_certificate, DtlsRole::client,
                                     pair.server_certificate.fingerprint());
  pair.client->start();
  pair.settle();
  EXPECT_EQ(pair.server->export_keys()->profile, SrtpProfile::aead_aes_128_gcm);
}

TEST(DtlsSession, gives_no_keys_when_no_srtp_profile_is_common) {
  Pair pair;
  DtlsCertificateTestAccess::offer(pair.client_certificate, "SRTP_AES128_CM_SHA1_32");
  pair.client = *DtlsSession::create(pair.client_certificate, DtlsRole::client,
                                     pair.server_certificate.fingerprint());
  pair.client->start();
  pair.settle();
  const auto keys = pair.server->export_keys();
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().code, "dtls.no_srtp_profile");
}

TEST(DtlsSession, takes_a_client_hello_cut_into_pieces_and_out_of_order) {
  Pair pair;
  pair.client->start();
  const auto hello = take(*pair.client);
  ASSERT_EQ(hello.size(), 1u);
  // One handshake message in two records of two datagrams, as a post-quantum ClientHello is
  // (RFC 6347 §4.2.3): 13 bytes of record header, 12 of handshake header.
  const auto& whole = hello[0];
  const std::size_t body = whole.size() - 25, half = body / 2;
  const auto fragment = [&](std::size_t offset, std::size_t length, std::uint8_t sequence) {
    std::vector<std::uint8_t> out(whole.begin(), whole.begin() + 25);
    out[10] = sequence;
    const std::size_t record = length + 12;
    out[11] = static_cast<std::uint8_t>(record >> 8);
    out[12] = static_cast<std::uint8_t>(record);
    out[19] = 0;
    out[20] = static_cast<std::uint8_t>(offset >> 8);
    out[21] = static_cast<std::uint8_t>(offset);
    out[22] = 0;
    out[23] = static_cast<std::uint8_t>(length >> 8);
    out[24] = static_cast<std::uint8_t>(length);
    const auto from = whole.begin() + 25 + static_cast<std::ptrdiff_t>(offset);
    out.insert(out.end(), from, from + static_cast<std::ptrdiff_t>(length));
    return out;
  };
  // Record numbers the client will not come to, or its next record would be a replay.
  pair.server->receive(fragment(half, body - half, 50));
  pair.server->receive(fragment(0, half, 40));
  pair.settle();
  EXPECT_EQ(pair.server->state(), DtlsSession::State::connected) << pair.server->reason();
  EXPECT_EQ(pair.client->state(), DtlsSession::State::connected) << pair.client->reason();
}

TEST(DtlsSession, keeps_every_datagram_within_the_mtu) {
  Pair pair;
  pair.client->start();
  for (int round = 0; round < 6; ++round) {
    for (const auto& d : take(*pair.client)) {
      EXPECT_LE(d.size(), 1200u);
      pair.server->receive(d);
    }
    for (const auto& d : take(*pair.server)) {
      EXPECT_LE(d.size(), 1200u);
      pair.client->receive(d);
    }
  }
  EXPECT_EQ(pair.client->state(), DtlsSession::State::connected);
}

TEST(DtlsSession, answers_an_early_client_hello_when_there_is_a_way_without_any_retransmission) {
  Pair pair;
  pair.client->start();
  for (const auto& d : take(*pair.client)) pair.server->receive(d);
  // No pair is selected yet: the answer stays queued. Later it goes out and all is well.
  pair.settle();
  EXPECT_EQ(pair.client->state(), DtlsSession::State::connected);
  EXPECT_EQ(pair.server->state(), DtlsSession::State::connected);
}

TEST(DtlsSession, fails_both_sides_on_a_wrong_fingerprint) {
  Pair pair;
  DtlsFingerprint wrong = pair.client_certificate.fingerprint();
  wrong.digest[7] ^= 1;
  pair.server = *DtlsSession::create(pair.server_certificate, DtlsRole::server, wrong);
  pair.client->start();
  pair.settle();
  EXPECT_EQ(pair.server->state(), DtlsSession::State::failed);
  EXPECT_NE(pair.server->reason().find("fingerprint"), std::string::npos) << pair.server->reason();
  EXPECT_FALSE(pair.server->export_keys());
  EXPECT_EQ(pair.client->state(), DtlsSession::State::failed);
}

TEST(DtlsSession, client_checks_the_fingerprint_too) {
  Pair pair;
  DtlsFingerprint wrong = pair.server_certificate.fingerprint();
  wrong.digest.back() ^= 0x80;
  pair.client = *DtlsSession::create(pair.client_certificate, DtlsRole::client, wrong);
  pair.client->start();
  pair.settle();
  EXPECT_EQ(pair.client->state(), DtlsSession::State::failed);
  EXPECT_FALSE(pair.client->export_keys());
}

TEST(DtlsSession, refuses_weak_or_misshapen_fingerprints) {
  const auto certificate = *DtlsCertificate::generate();
  const auto weak =
      DtlsSession::create(certificate, DtlsRole::server, {"sha-1", std::vector<std::uint8_t>(20)});
  ASSERT_FALSE(weak);
  EXPECT_EQ(weak.error().code, "dtls.fingerprint_algorithm");
  const auto misshapen = DtlsSession::create(certificate, DtlsRole::server,
                                             {"sha-256", std::vector<std::uint8_t>(31)});
  ASSERT_FALSE(misshapen);
  EXPECT_EQ(misshapen.error().code, "dtls.fingerprint_size");
}

TEST(DtlsSession, asks_to_send_a_lost_flight_again) {
  Pair pair;
  pair.client->start();
  take(*pair.client);  // lost
  const auto wait = pair.client->timeout();
  ASSERT_TRUE(wait);
  EXPECT_LE(*wait, std::chrono::milliseconds(250));
  EXPECT_FALSE(pair.client->on_timeout()) << "not before the time is over";
}

TEST(DtlsSession, tells_the_peer_that_it_closes) {
  Pair pair;
  pair.client->start();
  pair.settle();
  pair.client->close();
  pair.settle();
  EXPECT_EQ(pair.server->state(), DtlsSession::State::closed);
}

TEST(DtlsSession, lives_through_garbage_once_connected) {
  Pair pair;
  pair.client->start();
  pair.settle();
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    std::vector<std::uint8_t> garbage(1 + random() % 1400);
    std::generate(garbage.begin(), garbage.end(),
                  [&] { return static_cast<std::uint8_t>(random()); });
    garbage[0] = static_cast<std::uint8_t>(20 + random() % 44);
    pair.server->receive(garbage);
  }
  EXPECT_EQ(pair.server->state(), DtlsSession::State::connected);
  pair.client->close();
  pair.settle();
  EXPECT_EQ(pair.server->state(), DtlsSession::State::closed);
}

TEST(DtlsSession, bounds_what_waits_for_a_way_out) {
  Pair pair;
  pair.client->start();
  const auto hello = take(*pair.client);
  // The same ClientHello again and again makes the server send its flight again.
  for (int i = 0; i < 200; ++i)
    for (const auto& d : hello) pair.server->receive(d);
  EXPECT_LE(take(*pair.server).size(), DtlsSession::kMaxQueued);
}

TEST(DtlsFingerprintText, is_written_as_in_sdp) {
  EXPECT_EQ(to_string(DtlsFingerprint{"sha-256", {0x0a, 0xff, 0x00}}), "sha-256 0A:FF:00");
}

}  // namespace
}  // namespace diemcau::media
