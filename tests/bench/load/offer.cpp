#include "tests/bench/load/offer.hpp"

#include <fmt/format.h>

#include "media/transport/dtls_certificate.hpp"

namespace diemcau::bench {
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

std::string session_lines(const std::string& bundle) {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE" + bundle + "\r\n";
}

std::string transport_lines(const LocalPeer& local, const char* setup, std::string_view mid,
                            const char* direction) {
  return fmt::format(
      "c=IN IP4 127.0.0.1\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:{}\r\na=setup:{}\r\n"
      "a=mid:{}\r\na={}\r\na=rtcp-mux\r\na=rtcp-rsize\r\n",
      local.ufrag, local.password, media::to_string(local.fingerprint), setup, mid, direction);
}

std::string candidate_lines(const LocalPeer& local) {
  return fmt::format(
      "a=candidate:1 1 UDP 2130706431 127.0.0.1 {} typ host\r\na=end-of-candidates\r\n",
      local.port);
}

}  // namespace

std::string write_offer(const LocalPeer& local, Traffic traffic) {
  const char* direction = traffic == Traffic::receives ? "recvonly"
                          : traffic == Traffic::sends  ? "sendonly"
                                                       : "sendrecv";
  const int sections = traffic == Traffic::both ? 3 : 2;
  std::string out = session_lines(sections == 3 ? " 0 1 2" : " 0 1");
  for (int i = 0; i < sections; ++i) {
    out += i == 0 ? "m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\n"
                  : "m=video 9 UDP/TLS/RTP/SAVPF 102 103\r\n";
    out += transport_lines(local, "actpass", std::to_string(i), direction);
    out +=
        "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"
        "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
        "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
    out += i == 0 ? kAudioLines : kVideoLines;
    if (i == 0) out += candidate_lines(local);
  }
  return out;
}

std::string write_answer_to(const mcu::Offer& offer, const LocalPeer& local) {
  std::string bundle;
  for (const auto& media : offer.media) bundle += " " + media.mid;
  std::string out = session_lines(bundle);
  for (const auto& media : offer.media) {
    const auto& format = media.formats.front();
    const bool audio = media.kind == "audio";
    out += fmt::format("m={} 9 {} {}\r\n", media.kind, media.protocol, format.payload_type);
    out += transport_lines(local, "active", media.mid, "recvonly");
    out += fmt::format("a=rtpmap:{} {}\r\n", format.payload_type,
                       audio ? "opus/48000/2" : "H264/90000");
    if (!audio)
      out +=
          fmt::format("a=rtcp-fb:{0} goog-remb\r\na=rtcp-fb:{0} nack\r\na=rtcp-fb:{0} nack pli\r\n",
                      format.payload_type);
    if (!format.fmtp.empty())
      out += fmt::format("a=fmtp:{} {}\r\n", format.payload_type, format.fmtp);
    out += candidate_lines(local);
  }
  return out;
}

}  // namespace diemcau::bench
