#include "mcu/conference/negotiation/answer.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

namespace diemcau::mcu {
namespace {

using media::Codec;
using media::Slot;
using media::SlotCodec;
using media::SlotParameters;

constexpr const char* kMid = "urn:ietf:params:rtp-hdrext:sdes:mid";
constexpr const char* kRid = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
constexpr const char* kRepairedRid = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
constexpr const char* kAudioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
constexpr const char* kAbsSendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
constexpr const char* kTransportCc =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
constexpr const char* kPlayoutDelay = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

// The sound mixer writes this payload type into RED blocks; every browser offers Opus as 111.
constexpr std::uint8_t kRedBlockPayloadType = 111;

std::uint8_t extension(const OfferedMedia& media, const char* uri) {
  const auto found = media.extensions.find(uri);
  return found == media.extensions.end() ? 0 : found->second;
}

bool has_feedback(const OfferedFormat& format, std::string_view what) {
  return std::find(format.feedback.begin(), format.feedback.end(), what) != format.feedback.end();
}

std::string parameter(const OfferedFormat& format, const std::string& key) {
  const auto found = format.parameters.find(key);
  return found == format.parameters.end() ? std::string() : found->second;
}

const OfferedFormat* find_format(const OfferedMedia& media, std::string_view name) {
  for (const auto& format : media.formats)
    if (format.name == name) return &format;
  return nullptr;
}

/// How well an offered H.264 suits us; 0: not usable. We send constrained baseline in packetisation
/// mode 1 (RFC 6184 §8.1); a peer that only publishes may use any profile, it is decoded.
int h264_rank(const OfferedFormat& format, bool we_send) {
  const bool mode1 = parameter(format, "packetization-mode") == "1";
  std::string profile = parameter(format, "profile-level-id");
  for (char& c : profile) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const bool constrained = profile.starts_with("42e0");
  const bool baseline = profile.starts_with("42") || profile.empty();
  if (we_send && (!mode1 || !baseline)) return 0;
  return 1 + (mode1 ? 4 : 0) + (constrained ? 2 : 0) + (baseline ? 1 : 0);
}

const OfferedFormat* choose_h264(const OfferedMedia& media, bool we_send) {
  const OfferedFormat* best = nullptr;
  int best_rank = 0;
  for (const auto& format : media.formats) {
    if (format.name != "h264" || format.clock_rate != 90'000) continue;
    if (const int rank = h264_rank(format, we_send); rank > best_rank) {
      best = &format;
      best_rank = rank;
    }
  }
  return best;
}

void add_video_repair(const OfferedMedia& media, const OfferedFormat& format, SlotCodec& codec) {
  codec.payload_type = format.payload_type;
  codec.nack = has_feedback(format, "nack");
  codec.pli = has_feedback(format, "nack pli");
  codec.fir = has_feedback(format, "ccm fir");
  codec.remb = has_feedback(format, "goog-remb");
  codec.transport_cc = has_feedback(format, "transport-cc");
  for (const auto& rtx : media.formats)
    if (rtx.name == "rtx" && parameter(rtx, "apt") == std::to_string(format.payload_type))
      codec.rtx_payload_type = rtx.payload_type;
}

std::optional<SlotCodec> choose_codec(const OfferedMedia& media, bool we_send,
                                      std::optional<Codec> only_video) {
  SlotCodec codec;
  if (media.kind == "audio") {
    const auto* opus = find_format(media, "opus");
    if (opus == nullptr || opus->clock_rate != 48'000) return std::nullopt;
    codec.codec = Codec::opus;
    codec.payload_type = opus->payload_type;
    // Both browsers retransmit sound on NACK whether or not it was negotiated, and Chromium asks
    // for it when the answer has it.
    codec.nack = true;
    const auto* red = find_format(media, "red");
    if (red != nullptr && red->clock_rate == 48'000 && opus->payload_type == kRedBlockPayloadType &&
        red->fmtp.starts_with("111/111"))
      codec.red_payload_type = red->payload_type;
    return codec;
  }
  const auto allowed = [&](Codec c) { return !only_video || *only_video == c; };
  if (const auto* h264 = choose_h264(media, we_send); h264 != nullptr && allowed(Codec::h264)) {
    codec.codec = Codec::h264;
    add_video_repair(media, *h264, codec);
    return codec;
  }
  if (const auto* vp8 = find_format(media, "vp8");
      vp8 != nullptr && vp8->clock_rate == 90'000 && allowed(Codec::vp8)) {
    codec.codec = Codec::vp8;
    add_video_repair(media, *vp8, codec);
    return codec;
  }
  return std::nullopt;
}

std::optional<Slot> slot_for(const OfferedMedia& media, std::array<bool, media::kSlots>& taken) {
  const auto take = [&](Slot slot) -> bool {
    return !std::exchange(taken[media::index_of(slot)], true);
  };
  if (media.kind == "audio" && take(Slot::audio)) return Slot::audio;
  if (media.kind != "video") return std::nullopt;
  if (take(Slot::main)) return Slot::main;
  if (take(Slot::second)) return Slot::second;
  return std::nullopt;
}

std::string_view name_of(Direction direction) {
  switch (direction) {
    case Direction::sendrecv:
      return "sendrecv";
    case Direction::sendonly:
      return "sendonly";
    case Direction::recvonly:
      return "recvonly";
    case Direction::inactive:
      return "inactive";
  }
  return "inactive";
}

std::string_view direction_of(const SlotParameters& slot) {
  if (slot.receive && slot.send) return name_of(Direction::sendrecv);
  if (slot.receive) return name_of(Direction::recvonly);
  if (slot.send) return name_of(Direction::sendonly);
  return name_of(Direction::inactive);
}

/// Why a section cannot be used, or nothing when it can.
std::optional<std::string> unusable(const OfferedMedia& media) {
  if (media.disabled) return "port is 0";
  if (media.kind != "audio" && media.kind != "video") return media.kind + " is not served";
  if (!media.bundled) return "not in the BUNDLE group";
  if (media.protocol != "UDP/TLS/RTP/SAVPF" && media.protocol != "TCP/TLS/RTP/SAVPF" &&
      media.protocol != "TCP/DTLS/RTP/SAVPF")
    return "protocol " + media.protocol + " is not DTLS-SRTP with feedback";
  // RFC 8834 §4.5 wants multiplexing; without it a second 5-tuple would be needed.
  if (!media.rtcp_mux) return "no rtcp-mux";
  return std::nullopt;
}

/// Both layers or none: a layer whose packets or repairs cannot be told apart is no use.
void accept_layers(const OfferedMedia& media, SlotParameters& slot) {
  const auto rid = extension(media, kRid), repaired = extension(media, kRepairedRid);
  if (rid == 0 || (slot.codec.rtx_payload_type && repaired == 0) || slot.extensions.mid == 0 ||
      !media.simulcast.sends_our_layers(slot.codec.payload_type))
    return;
  slot.simulcast = true;
  slot.extensions.rid = rid;
  slot.extensions.repaired_rid = repaired;
  slot.remote_ssrc = slot.remote_rtx_ssrc = 0;
}

void write_codec(std::string& out, const OfferedMedia& media, const SlotParameters& slot) {
  const auto& codec = slot.codec;
  const int pt = codec.payload_type;
  const auto fb = [&](bool wanted, std::string_view what) {
    if (wanted) out += fmt::format("a=rtcp-fb:{} {}\r\n", pt, what);
  };
  if (codec.codec == Codec::opus) {
    if (codec.red_payload_type) {
      out += fmt::format("a=rtpmap:{} red/48000/2\r\n", *codec.red_payload_type);
      out += fmt::format("a=fmtp:{} {}/{}\r\n", *codec.red_payload_type, pt, pt);
    }
    out += fmt::format("a=rtpmap:{} opus/48000/2\r\n", pt);
    fb(codec.transport_cc, "transport-cc");
    fb(codec.nack, "nack");
    // Rooms are mono; in-band FEC is for receivers without RED (RFC 7587 §6.1).
    out += fmt::format("a=fmtp:{} minptime=10;useinbandfec=1\r\n", pt);
    return;
  }
  out += fmt::format("a=rtpmap:{} {}/90000\r\n", pt, media::name_of(codec.codec));
  fb(codec.remb, "goog-remb");
  fb(codec.transport_cc, "transport-cc");
  fb(codec.fir, "ccm fir");
  fb(codec.nack, "nack");
  fb(codec.pli, "nack pli");
  if (codec.codec == Codec::h264) {
    for (const auto& format : media.formats)
      if (format.payload_type == pt && !format.fmtp.empty())
        out += fmt::format("a=fmtp:{} {}\r\n", pt, format.fmtp);
  }
  if (codec.rtx_payload_type) {
    out += fmt::format("a=rtpmap:{} rtx/90000\r\n", *codec.rtx_payload_type);
    out += fmt::format("a=fmtp:{} apt={}\r\n", *codec.rtx_payload_type, pt);
  }
}

void write_extensions(std::string& out, const OfferedMedia& media, const SlotParameters& slot) {
  const auto write = [&](std::uint8_t id, const char* uri) {
    if (id != 0 && media.extensions.contains(uri))
      out += fmt::format("a=extmap:{} {}\r\n", id, uri);
  };
  write(slot.extensions.mid, kMid);
  write(slot.extensions.rid, kRid);
  write(slot.extensions.repaired_rid, kRepairedRid);
  write(slot.extensions.audio_level, kAudioLevel);
  write(slot.extensions.abs_send_time, kAbsSendTime);
  write(slot.extensions.transport_cc, kTransportCc);
  write(slot.extensions.playout_delay, kPlayoutDelay);
}

void write_senders(std::string& out, const SlotParameters& slot, const std::string& cname) {
  if (!slot.send) return;
  // One stream id for sound and stage keeps them in lip sync; slides must not wait for sound.
  const bool second = slot.slot == Slot::second;
  out += fmt::format("a=msid:{} {}\r\n", second ? "second" : "stage",
                     slot.slot == Slot::audio ? "mix"
                     : second                 ? "second-picture"
                                              : "stage-picture");
  if (slot.local_rtx_ssrc != 0)
    out += fmt::format("a=ssrc-group:FID {} {}\r\n", slot.local_ssrc, slot.local_rtx_ssrc);
  out += fmt::format("a=ssrc:{} cname:{}\r\n", slot.local_ssrc, cname);
  if (slot.local_rtx_ssrc != 0)
    out += fmt::format("a=ssrc:{} cname:{}\r\n", slot.local_rtx_ssrc, cname);
}

std::string hex_of(const media::DtlsFingerprint& fingerprint) {
  std::string out;
  for (const auto byte : fingerprint.digest)
    out += fmt::format("{}{:02X}", out.empty() ? "" : ":", byte);
  return out;
}

void write_ice(std::string& out, const media::IceParameters& ice) {
  out += fmt::format("a=ice-ufrag:{}\r\na=ice-pwd:{}\r\n", ice.ufrag, ice.password);
}

}  // namespace

Result<Negotiated> negotiate(const Offer& offer, const NegotiationPolicy& policy) {
  Negotiated out;
  auto& parameters = out.parameters;
  parameters.remote_ice = offer.ice;
  parameters.remote_fingerprint = offer.fingerprint;
  // As DTLS server our order of SRTP profiles wins (GCM); only a passive offerer makes us client.
  parameters.local_dtls_role =
      offer.setup == SetupRole::passive ? media::DtlsRole::client : media::DtlsRole::server;
  parameters.ice_controlling = offer.ice_lite;  // RFC 8445 §6.1.1
  parameters.cname = policy.cname;

  std::array<bool, media::kSlots> taken{};
  std::string reasons;
  for (const auto& media : offer.media) {
    out.slot_of_section.push_back(-1);
    auto reason = unusable(media);
    std::optional<SlotCodec> codec;
    const bool peer_sends =
        media.direction == Direction::sendrecv || media.direction == Direction::sendonly;
    const bool peer_receives =
        media.direction == Direction::sendrecv || media.direction == Direction::recvonly;
    const bool we_send = peer_receives && policy.kind != PeerKind::publisher;
    if (!reason) {
      codec = choose_codec(media, we_send, policy.only_video);
      if (!codec)
        reason = media.kind == "audio" ? "no Opus"
                 : policy.only_video   ? "not the codec the site sends, " +
                                           std::string(media::name_of(*policy.only_video))
                                     : "neither H.264 nor VP8";
    }
    std::optional<Slot> slot;
    if (!reason) {
      slot = slot_for(media, taken);
      if (!slot) reason = "all slots of this kind are taken";
    }
    if (reason) {
      reasons += (reasons.empty() ? "" : "; ") + media.kind + ": " + *reason;
      continue;
    }
    SlotParameters accepted;
    accepted.slot = *slot;
    accepted.mid = media.mid;
    accepted.codec = *codec;
    accepted.receive = peer_sends && policy.kind != PeerKind::receiver;
    accepted.send = we_send;
    accepted.extensions.mid = extension(media, kMid);
    accepted.extensions.audio_level = extension(media, kAudioLevel);
    accepted.extensions.abs_send_time = extension(media, kAbsSendTime);
    accepted.extensions.transport_cc = extension(media, kTransportCc);
    accepted.extensions.playout_delay = extension(media, kPlayoutDelay);
    // Down, REMB estimates the line; with transport-cc in the answer browsers send none. Of sound
    // Chromium sends again no more than it is allotted by an estimate (docs/decisions/0003).
    const bool estimated = accepted.receive && accepted.codec.transport_cc;
    if (!estimated) accepted.extensions.transport_cc = 0;
    accepted.codec.transport_cc = estimated && accepted.extensions.transport_cc != 0;
    accepted.remote_ssrc = accepted.receive ? media.ssrc : 0;
    accepted.remote_rtx_ssrc = accepted.receive ? media.rtx_ssrc : 0;
    if (*slot == Slot::main && accepted.receive) accept_layers(media, accepted);
    if (accepted.send) {
      accepted.local_ssrc = policy.random_ssrc();
      if (accepted.codec.rtx_payload_type) accepted.local_rtx_ssrc = policy.random_ssrc();
    }
    out.slot_of_section.back() = static_cast<int>(parameters.slots.size());
    parameters.slots.push_back(std::move(accepted));
  }
  if (parameters.slots.empty())
    return make_error(Errc::invalid_argument, "sdp.no_usable_media",
                      "no section of the offer can be served: " + reasons);
  return out;
}

std::string write_answer(const Offer& offer, const Negotiated& negotiated,
                         const LocalTransport& local) {
  const auto& parameters = negotiated.parameters;
  std::string bundle;
  for (const auto& slot : parameters.slots)
    if (!slot.mid.empty()) bundle += " " + slot.mid;
  std::string out = fmt::format("v=0\r\no=- {} {} IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
                                local.session_id, local.session_version);
  if (!bundle.empty()) out += "a=group:BUNDLE" + bundle + "\r\n";
  out += "a=msid-semantic: WMS *\r\n";

  bool transport_written = false;
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const auto& media = offer.media[i];
    const int accepted = negotiated.slot_of_section[i];
    if (accepted < 0) {
      // RFC 3264 §6: refused with port 0, formats as offered.
      out += fmt::format("m={} 0 {} {}\r\nc=IN IP4 0.0.0.0\r\n", media.kind, media.protocol,
                         fmt::join(media.format_list, " "));
      if (!media.mid.empty()) out += fmt::format("a=mid:{}\r\n", media.mid);
      out += "a=inactive\r\n";
      continue;
    }
    const auto& slot = parameters.slots[static_cast<std::size_t>(accepted)];
    std::string formats;
    if (slot.codec.red_payload_type) formats += fmt::format(" {}", *slot.codec.red_payload_type);
    formats += fmt::format(" {}", slot.codec.payload_type);
    if (slot.codec.rtx_payload_type) formats += fmt::format(" {}", *slot.codec.rtx_payload_type);
    out += fmt::format("m={} 9 {}{}\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n", media.kind,
                       media.protocol, formats);
    write_ice(out, local.ice);
    out += fmt::format("a=fingerprint:{} {}\r\n", local.fingerprint.algorithm,
                       hex_of(local.fingerprint));
    out += parameters.local_dtls_role == media::DtlsRole::server ? "a=setup:passive\r\n"
                                                                 : "a=setup:active\r\n";
    if (!media.mid.empty()) out += fmt::format("a=mid:{}\r\n", media.mid);
    out += fmt::format("a={}\r\na=rtcp-mux\r\na=rtcp-rsize\r\n", direction_of(slot));
    write_extensions(out, media, slot);
    write_codec(out, media, slot);
    if (slot.simulcast) out += write_simulcast(media.simulcast);
    write_senders(out, slot, parameters.cname);
    if (!transport_written) {
      for (const auto& candidate : local.ice.candidates) out += fmt::format("a={}\r\n", candidate);
      out += "a=end-of-candidates\r\n";
      transport_written = true;
    }
  }
  return out;
}

std::string write_ice_fragment(const media::IceParameters& local) {
  std::string out;
  write_ice(out, local);
  for (const auto& candidate : local.candidates) out += fmt::format("a={}\r\n", candidate);
  out += "a=end-of-candidates\r\n";
  return out;
}

}  // namespace diemcau::mcu
