#pragma once
// OpenSSL as DTLS needs it. OpenSSL 3.0 looks through every kind of key and every decoder it knows
// each time it reads a peer's certificate, which is a quarter of a handshake's work: in a library
// context whose one provider is the default one less what no peer of ours may use, it finds what it
// looks for at once.
// Thread: any.

struct ossl_lib_ctx_st;

namespace diemcau::media {

/// The context for certificate, key and sessions; OpenSSL's own, with everything in it, where it
/// cannot be made. Lives as long as the program.
ossl_lib_ctx_st* dtls_library();

}  // namespace diemcau::media
