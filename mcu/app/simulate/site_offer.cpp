#include "mcu/app/simulate/site_offer.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <openssl/rand.h>

#include "media/transport/dtls_certificate.hpp"

namespace diemcau::mcu {
namespace {

constexpr const char* kAudioLines =
    "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\na=rtpmap:111 opus/48000/2\r\n"
    "a=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n"
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n";
constexpr const char* kVideoLines =
    "a=rtpmap:102 H264/90000\r\na=rtcp-fb:102 goog-remb\r\na=rtcp-fb:102 transport-cc\r\n"
    "a=rtcp-fb:102 ccm fir\r\na=rtcp-fb:102 nack\r\na=rtcp-fb:102 nack pli\r\n"
    "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
    "a=rtpmap:103 rtx/90000\r\na=fmtp:103 apt=102\r\n";
constexpr const char* kRid = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
constexpr const char* kRepairedRid = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";

std::string layer_lines() {
  return fmt::format(
      "a=extmap:5 {}\r\na=extmap:6 {}\r\na=rid:h send\r\na=rid:l send\r\n"
      "a=simulcast:send h;l\r\n",
      kRid, kRepairedRid);
}

std::uint32_t random_ssrc() {
  std::uint32_t value = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&value), sizeof value);
  return value;
}

/// Ours is the sending end of the two layers the server takes.
void send_layers(const Offer& answer, media::SessionParameters& parameters) {
  for (auto& slot : parameters.slots) {
    const auto section =
        std::find_if(answer.media.begin(), answer.media.end(),
                     [&](const OfferedMedia& media) { return media.mid == slot.mid; });
    if (slot.slot != media::Slot::main || section == answer.media.end() ||
        !section->simulcast.takes_our_layers())
      continue;
    const auto id_of = [&](const char* uri) {
      const auto found = section->extensions.find(uri);
      return found == section->extensions.end() ? std::uint8_t{0} : found->second;
    };
    slot.extensions.rid = id_of(kRid);
    slot.extensions.repaired_rid = id_of(kRepairedRid);
    if (slot.send && slot.extensions.rid != 0) slot.send_layer = media::Layer::high;
  }
}

void write_section(std::string& out, const LocalTransport& local, int mid, const char* kind,
                   const char* formats, const char* lines) {
  out += fmt::format("m={} 9 UDP/TLS/RTP/SAVPF {}\r\nc=IN IP4 0.0.0.0\r\n", kind, formats);
  out += fmt::format("a=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:{}\r\n", local.ice.ufrag,
                     local.ice.password, media::to_string(local.fingerprint));
  out += fmt::format("a=setup:actpass\r\na=mid:{}\r\na=sendrecv\r\na=rtcp-mux\r\na=rtcp-rsize\r\n",
                     mid);
  out +=
      "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"
      "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
      "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
  out += lines;
  if (mid == 0) {
    for (const auto& candidate : local.ice.candidates) out += fmt::format("a={}\r\n", candidate);
    out += "a=end-of-candidates\r\n";
  }
}

}  // namespace

std::string write_site_offer(const LocalTransport& local, bool layers) {
  std::string out =
      fmt::format("v=0\r\no=- {} {} IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\n",
                  local.session_id, local.session_version);
  write_section(out, local, 0, "audio", "63 111", kAudioLines);
  write_section(out, local, 1, "video", "102 103",
                (kVideoLines + (layers ? layer_lines() : std::string())).c_str());
  write_section(out, local, 2, "video", "102 103", kVideoLines);
  return out;
}

Result<media::SessionParameters> read_site_answer(const std::string& answer) {
  // An answer has the form of an offer; what it accepts is what both sides do.
  auto parsed = parse_offer(answer);
  if (!parsed) return parsed.error();
  NegotiationPolicy policy;
  policy.cname = "simulated";
  policy.random_ssrc = random_ssrc;
  auto negotiated = negotiate(*parsed, policy);
  if (!negotiated) return negotiated.error();
  negotiated->parameters.ice_controlling = true;
  send_layers(*parsed, negotiated->parameters);
  return std::move(negotiated->parameters);
}

std::optional<media::SessionParameters> thumbnail_session(const media::SessionParameters& site) {
  for (const auto& slot : site.slots) {
    if (slot.send_layer != media::Layer::high) continue;
    media::SessionParameters thumbnail = site;
    thumbnail.slots = {slot};
    auto& low = thumbnail.slots.front();
    low.receive = false;
    low.send_layer = media::Layer::low;
    low.local_ssrc = random_ssrc();
    low.local_rtx_ssrc = low.codec.rtx_payload_type ? random_ssrc() : 0;
    return thumbnail;
  }
  return std::nullopt;
}

}  // namespace diemcau::mcu
