#include "media/transport/srtp_session.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include <srtp2/srtp.h>

namespace diemcau::media {

namespace {
// RFC 3711 §3.3.2 asks for at least 64; a burst of retransmissions or a reordering line needs more.
constexpr unsigned long kReplayWindow = 1024;

bool initialise_library() {
  static const bool done = srtp_init() == srtp_err_status_ok;
  return done;
}

std::uint32_t read_u32(const std::uint8_t* p) {
  return (std::uint32_t{p[0]} << 24) | (std::uint32_t{p[1]} << 16) | (std::uint32_t{p[2]} << 8) |
         p[3];
}

srtp_t create_context(SrtpProfile profile, std::span<const std::uint8_t> key, bool inbound,
                      std::span<const std::uint32_t> repeated) {
  srtp_policy_t policy{};
  const auto id = profile == SrtpProfile::aead_aes_128_gcm ? srtp_profile_aead_aes_128_gcm
                                                           : srtp_profile_aes128_cm_sha1_80;
  srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, id);
  srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, id);
  policy.ssrc.type = inbound ? ssrc_any_inbound : ssrc_any_outbound;
  std::vector<std::uint8_t> copy(key.begin(), key.end());  // the API is not const
  policy.key = copy.data();
  policy.window_size = kReplayWindow;
  srtp_t context = nullptr;
  bool made = srtp_create(&context, &policy) == srtp_err_status_ok;
  policy.ssrc.type = ssrc_specific;
  policy.allow_repeat_tx = 1;
  for (std::size_t i = 0; made && i < repeated.size(); ++i) {
    policy.ssrc.value = repeated[i];
    made = srtp_add_stream(context, &policy) == srtp_err_status_ok;
  }
  if (!made && context != nullptr) srtp_dealloc(std::exchange(context, nullptr));
  std::fill(copy.begin(), copy.end(), std::uint8_t{0});
  return context;
}
}  // namespace

std::string_view name_of(SrtpProfile profile) {
  return profile == SrtpProfile::aead_aes_128_gcm ? "AEAD_AES_128_GCM" : "AES_CM_128_HMAC_SHA1_80";
}

SrtpKeySizes key_sizes_of(SrtpProfile profile) {
  // RFC 7714 §12 and RFC 3711 §8.2: GCM takes a 96-bit salt, counter mode 112 bits.
  return profile == SrtpProfile::aead_aes_128_gcm ? SrtpKeySizes{16, 12} : SrtpKeySizes{16, 14};
}

Result<std::unique_ptr<SrtpSession>> SrtpSession::create(SrtpProfile profile,
                                                         std::span<const std::uint8_t> outbound_key,
                                                         std::span<const std::uint8_t> inbound_key,
                                                         TransportCounters& counters,
                                                         std::span<const std::uint32_t> repeated) {
  const SrtpKeySizes sizes = key_sizes_of(profile);
  if (outbound_key.size() != sizes.key + sizes.salt || inbound_key.size() != outbound_key.size())
    return make_error(Errc::internal, "srtp.key_size", "SRTP key material of a wrong size");
  if (!initialise_library())
    return make_error(Errc::internal, "srtp.init", "libsrtp could not be initialised");
  std::unique_ptr<SrtpSession> session(new SrtpSession(profile, counters));
  session->outbound_ = create_context(profile, outbound_key, false, repeated);
  session->inbound_ = create_context(profile, inbound_key, true, {});
  if (session->outbound_ == nullptr || session->inbound_ == nullptr)
    return make_error(Errc::internal, "srtp.create", "libsrtp refused the keys");
  return session;
}

SrtpSession::~SrtpSession() {
  if (outbound_ != nullptr) srtp_dealloc(outbound_);
  if (inbound_ != nullptr) srtp_dealloc(inbound_);
}

std::size_t SrtpSession::protect_rtp(std::span<std::uint8_t> room, std::size_t size) noexcept {
  if (size < 12 || room.size() < size + kMaxTrailer) return 0;
  int length = static_cast<int>(size);
  if (srtp_protect(outbound_, room.data(), &length) != srtp_err_status_ok) return 0;
  return static_cast<std::size_t>(length);
}

std::size_t SrtpSession::protect_rtcp(std::span<std::uint8_t> room, std::size_t size) noexcept {
  if (size < 8 || room.size() < size + kMaxTrailer) return 0;
  int length = static_cast<int>(size);
  if (srtp_protect_rtcp(outbound_, room.data(), &length) != srtp_err_status_ok) return 0;
  return static_cast<std::size_t>(length);
}

bool SrtpSession::admit(std::uint32_t ssrc) const noexcept {
  if (ssrc_count_ < kMaxInboundSsrcs) return true;
  return std::find(ssrcs_.begin(), ssrcs_.end(), ssrc) != ssrcs_.end();
}

void SrtpSession::remember(std::uint32_t ssrc) noexcept {
  const auto known = ssrcs_.begin() + static_cast<std::ptrdiff_t>(ssrc_count_);
  if (std::find(ssrcs_.begin(), known, ssrc) == known && ssrc_count_ < kMaxInboundSsrcs)
    ssrcs_[ssrc_count_++] = ssrc;
}

std::span<std::uint8_t> SrtpSession::unprotect_rtp(std::span<std::uint8_t> packet) noexcept {
  if (packet.size() < 12) {
    counters_.rejected_malformed.add();
    return {};
  }
  const std::uint32_t ssrc = read_u32(packet.data() + 8);
  if (!admit(ssrc)) {
    counters_.rejected_crowd.add();
    return {};
  }
  int length = static_cast<int>(packet.size());
  const auto status = srtp_unprotect(inbound_, packet.data(), &length);
  if (status != srtp_err_status_ok) {
    count_rejection(status);
    return {};
  }
  remember(ssrc);  // only now is it known to be the peer's
  return packet.first(static_cast<std::size_t>(length));
}

std::span<std::uint8_t> SrtpSession::unprotect_rtcp(std::span<std::uint8_t> packet) noexcept {
  if (packet.size() < 8) {
    counters_.rejected_malformed.add();
    return {};
  }
  const std::uint32_t ssrc = read_u32(packet.data() + 4);
  if (!admit(ssrc)) {
    counters_.rejected_crowd.add();
    return {};
  }
  int length = static_cast<int>(packet.size());
  const auto status = srtp_unprotect_rtcp(inbound_, packet.data(), &length);
  if (status != srtp_err_status_ok) {
    count_rejection(status);
    return {};
  }
  remember(ssrc);
  return packet.first(static_cast<std::size_t>(length));
}

void SrtpSession::count_rejection(int status) noexcept {
  switch (status) {
    case srtp_err_status_auth_fail:
      counters_.rejected_auth.add();
      return;
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
      counters_.rejected_replay.add();
      return;
    default:
      counters_.rejected_malformed.add();
      return;
  }
}

}  // namespace diemcau::media
