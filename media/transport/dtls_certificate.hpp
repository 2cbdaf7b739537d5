#pragma once
// Who we are to every peer: one self-signed ECDSA P-256 certificate per process, made at start.
// Its fingerprint stands in the SDP, so nobody needs to sign it (RFC 8827 §6.5).
// Thread: immutable after generate(); read from all transport loops.

#include <memory>
#include <string>

#include "base/result.hpp"
#include "media/session_parameters.hpp"

struct ssl_ctx_st;

namespace diemcau::media {

class DtlsCertificate {
 public:
  static Result<DtlsCertificate> generate();
  ~DtlsCertificate();
  DtlsCertificate(DtlsCertificate&&) noexcept;
  DtlsCertificate& operator=(DtlsCertificate&&) noexcept;
  DtlsCertificate(const DtlsCertificate&) = delete;
  DtlsCertificate& operator=(const DtlsCertificate&) = delete;

  /// SHA-256 of the DER form.
  const DtlsFingerprint& fingerprint() const noexcept { return fingerprint_; }

 private:
  friend class DtlsSession;
  friend class DtlsCertificateTestAccess;
  DtlsCertificate() = default;
  ssl_ctx_st* context_ = nullptr;  // certificate, key, ciphers, SRTP profiles
  DtlsFingerprint fingerprint_;
};

/// "sha-256 AB:CD:…" as in a=fingerprint (RFC 8122 §5), upper case.
std::string to_string(const DtlsFingerprint& fingerprint);

}  // namespace diemcau::media
