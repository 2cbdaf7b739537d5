#include "mcu/conference/negotiation/sdp_offer.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <set>

#include <gst/sdp/gstsdpmessage.h>

namespace diemcau::mcu {
namespace {

struct FreeMessage {
  void operator()(GstSDPMessage* message) const { gst_sdp_message_free(message); }
};
using MessagePtr = std::unique_ptr<GstSDPMessage, FreeMessage>;

Error refuse(std::string_view code, std::string_view detail) {
  return make_error(Errc::invalid_argument, code, detail);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = text.find(separator);
    const auto part = text.substr(0, end);
    if (!part.empty()) parts.push_back(part);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "key=value;key=value" (RFC 8866 §6.15, in the form the codec RFCs use).
std::map<std::string, std::string> parse_parameters(std::string_view text) {
  std::map<std::string, std::string> out;
  for (auto part : split(text, ';')) {
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      out.emplace(std::string(part), "");
    } else {
      out[lower(part.substr(0, equals))] = std::string(part.substr(equals + 1));
    }
  }
  return out;
}

/// "sha-256 AB:CD:…" (RFC 8122 §5).
std::optional<media::DtlsFingerprint> parse_fingerprint(std::string_view value) {
  const auto parts = split(value, ' ');
  if (parts.size() != 2) return std::nullopt;
  media::DtlsFingerprint out;
  out.algorithm = lower(parts[0]);
  for (const auto byte : split(parts[1], ':')) {
    unsigned v = 0;
    const auto [end, error] = std::from_chars(byte.data(), byte.data() + byte.size(), v, 16);
    if (byte.size() != 2 || error != std::errc{} || end != byte.data() + byte.size())
      return std::nullopt;
    out.digest.push_back(static_cast<std::uint8_t>(v));
  }
  return out;
}

/// Transport attributes, which may stand at session or media level (RFC 8842, RFC 8839).
struct TransportLines {
  media::IceParameters ice;
  std::vector<media::DtlsFingerprint> fingerprints;
  std::optional<SetupRole> setup;
};

void read_transport_line(std::string_view key, std::string_view value, TransportLines& into) {
  if (key == "ice-ufrag") {
    into.ice.ufrag = value;
  } else if (key == "ice-pwd") {
    into.ice.password = value;
  } else if (key == "candidate") {
    if (into.ice.candidates.size() < kMaxCandidates)
      into.ice.candidates.push_back("candidate:" + std::string(value));
  } else if (key == "fingerprint") {
    if (auto fingerprint = parse_fingerprint(value))
      into.fingerprints.push_back(std::move(*fingerprint));
  } else if (key == "setup") {
    if (value == "active") into.setup = SetupRole::active;
    if (value == "passive") into.setup = SetupRole::passive;
    if (value == "actpass") into.setup = SetupRole::actpass;
  }
}

OfferedFormat& format_of(OfferedMedia& media, std::uint8_t payload_type) {
  for (auto& format : media.formats)
    if (format.payload_type == payload_type) return format;
  media.formats.push_back({});
  media.formats.back().payload_type = payload_type;
  return media.formats.back();
}

bool lists(const OfferedMedia& media, std::uint8_t payload_type) {
  return std::any_of(media.formats.begin(), media.formats.end(),
                     [&](const auto& f) { return f.payload_type == payload_type; });
}

void read_rtpmap(std::string_view value, OfferedMedia& media) {
  const auto parts = split(value, ' ');
  if (parts.size() < 2) return;
  const auto payload_type = number<std::uint8_t>(parts[0]);
  if (!payload_type || !lists(media, *payload_type)) return;
  const auto encoding = split(parts[1], '/');
  if (encoding.size() < 2) return;
  auto& format = format_of(media, *payload_type);
  format.name = lower(encoding[0]);
  format.clock_rate = number<std::uint32_t>(encoding[1]).value_or(0);
  if (encoding.size() > 2) format.channels = number<int>(encoding[2]).value_or(1);
}

void read_fmtp(std::string_view value, OfferedMedia& media) {
  const auto space = value.find(' ');
  const auto payload_type = number<std::uint8_t>(value.substr(0, space));
  if (!payload_type || !lists(media, *payload_type) || space == std::string_view::npos) return;
  auto& format = format_of(media, *payload_type);
  format.fmtp = value.substr(space + 1);
  format.parameters = parse_parameters(format.fmtp);
}

void read_feedback(std::string_view value, OfferedMedia& media) {
  const auto space = value.find(' ');
  if (space == std::string_view::npos) return;
  const auto what = value.substr(space + 1);
  if (value.substr(0, space) == "*") {
    for (auto& format : media.formats) format.feedback.emplace_back(what);
  } else if (const auto payload_type = number<std::uint8_t>(value.substr(0, space));
             payload_type && lists(media, *payload_type)) {
    format_of(media, *payload_type).feedback.emplace_back(what);
  }
}

/// "3 urn:…" or "3/sendonly urn:…" (RFC 8285 §5). Only ids that fit the one-byte form are usable.
void read_extmap(std::string_view value, OfferedMedia& media) {
  const auto parts = split(value, ' ');
  if (parts.size() < 2) return;
  const auto id = number<unsigned>(parts[0].substr(0, parts[0].find('/')));
  if (id && *id >= 1 && *id <= 14)
    media.extensions[std::string(parts[1])] = static_cast<std::uint8_t>(*id);
}

void read_ssrc(std::string_view key, std::string_view value, OfferedMedia& media) {
  if (key == "ssrc-group") {
    const auto parts = split(value, ' ');
    if (parts.size() == 3 && parts[0] == "FID") {
      media.ssrc = number<std::uint32_t>(parts[1]).value_or(0);
      media.rtx_ssrc = number<std::uint32_t>(parts[2]).value_or(0);
    }
  } else if (media.ssrc == 0) {
    media.ssrc = number<std::uint32_t>(value.substr(0, value.find(' '))).value_or(0);
  }
}

Result<OfferedMedia> read_media(const GstSDPMedia& section, TransportLines& transport) {
  OfferedMedia media;
  const auto text = [](const char* s) { return s != nullptr ? std::string(s) : std::string(); };
  media.kind = text(gst_sdp_media_get_media(&section));
  media.protocol = text(gst_sdp_media_get_proto(&section));
  for (guint i = 0; i < gst_sdp_media_formats_len(&section); ++i) {
    media.format_list.push_back(text(gst_sdp_media_get_format(&section, i)));
    if (const auto payload_type = number<std::uint8_t>(media.format_list.back());
        payload_type && *payload_type <= 127)
      format_of(media, *payload_type);
  }
  if (media.kind.empty() || media.format_list.empty())
    return refuse("sdp.malformed", "an m-line has no media type or no format");

  bool bundle_only = false;
  for (guint i = 0; i < gst_sdp_media_attributes_len(&section); ++i) {
    const auto* attribute = gst_sdp_media_get_attribute(&section, i);
    const std::string_view key = attribute->key != nullptr ? attribute->key : "";
    const std::string_view value = attribute->value != nullptr ? attribute->value : "";
    if (key == "mid")
      media.mid = value;
    else if (key == "sendrecv")
      media.direction = Direction::sendrecv;
    else if (key == "sendonly")
      media.direction = Direction::sendonly;
    else if (key == "recvonly")
      media.direction = Direction::recvonly;
    else if (key == "inactive")
      media.direction = Direction::inactive;
    else if (key == "bundle-only")
      bundle_only = true;
    else if (key == "rtcp-mux")
      media.rtcp_mux = true;
    else if (key == "rtpmap")
      read_rtpmap(value, media);
    else if (key == "fmtp")
      read_fmtp(value, media);
    else if (key == "rtcp-fb")
      read_feedback(value, media);
    else if (key == "extmap")
      read_extmap(value, media);
    else if (key == "rid")
      media.simulcast.read_rid(value);
    else if (key == "simulcast")
      media.simulcast.read_simulcast(value);
    else if (key == "ssrc" || key == "ssrc-group")
      read_ssrc(key, value, media);
    else
      read_transport_line(key, value, transport);
  }
  // Firefox offers bundled sections after the first with port 0 and bundle-only: no refusal.
  media.disabled = gst_sdp_media_get_port(&section) == 0 && !bundle_only;
  return media;
}

bool unsafe_token(std::string_view token) {
  return std::any_of(token.begin(), token.end(),
                     [](unsigned char c) { return c <= 0x20 || c >= 0x7f; });
}

}  // namespace

Result<Offer> parse_offer(std::string_view sdp) {
  // GStreamer raises a GLib critical on empty input, and reads past an embedded NUL.
  if (sdp.empty()) return refuse("sdp.empty", "the offer is empty");
  if (sdp.size() > kMaxOfferBytes) return refuse("sdp.too_large", "the offer is above 128 KiB");
  if (!sdp.starts_with("v=0") || sdp.find('\0') != std::string_view::npos)
    return refuse("sdp.malformed", "the offer does not begin with v=0 or holds a NUL");

  GstSDPMessage* raw = nullptr;
  if (gst_sdp_message_new(&raw) != GST_SDP_OK) return refuse("sdp.malformed", "not SDP");
  const MessagePtr message(raw);
  if (gst_sdp_message_parse_buffer(reinterpret_cast<const guint8*>(sdp.data()),
                                   static_cast<guint>(sdp.size()), raw) != GST_SDP_OK)
    return refuse("sdp.malformed", "the offer is not SDP (RFC 8866)");

  const guint sections = gst_sdp_message_medias_len(raw);
  if (sections == 0) return refuse("sdp.no_media", "the offer has no m-line");
  if (sections > kMaxOfferSections)
    return refuse("sdp.too_many_sections", "the offer has more than 32 m-lines");

  Offer offer;
  TransportLines session;
  std::set<std::string, std::less<>> bundle;
  for (guint i = 0; i < gst_sdp_message_attributes_len(raw); ++i) {
    const auto* attribute = gst_sdp_message_get_attribute(raw, i);
    const std::string_view key = attribute->key != nullptr ? attribute->key : "";
    const std::string_view value = attribute->value != nullptr ? attribute->value : "";
    if (key == "group" && value.starts_with("BUNDLE") && bundle.empty()) {
      for (const auto mid : split(value.substr(6), ' ')) bundle.emplace(mid);
    } else if (key == "ice-lite") {
      offer.ice_lite = true;
    } else {
      read_transport_line(key, value, session);
    }
  }

  TransportLines bundled;  // of the first section we may use: it carries the 5-tuple
  for (guint i = 0; i < sections; ++i) {
    TransportLines own;
    auto media = read_media(*gst_sdp_message_get_media(raw, i), own);
    if (!media) return media.error();
    if (unsafe_token(media->mid)) return refuse("sdp.malformed", "a mid holds odd characters");
    media->bundled = sections == 1 || bundle.contains(media->mid);
    if (media->bundled && !media->disabled && bundled.ice.ufrag.empty()) bundled = std::move(own);
    offer.media.push_back(std::move(*media));
  }

  offer.ice = bundled.ice;
  if (offer.ice.ufrag.empty()) offer.ice.ufrag = session.ice.ufrag;
  if (offer.ice.password.empty()) offer.ice.password = session.ice.password;
  offer.ice.candidates.insert(offer.ice.candidates.end(), session.ice.candidates.begin(),
                              session.ice.candidates.end());
  // RFC 8839 §5.4: at least 4 and 22 characters, at most 256.
  const auto fits = [](const std::string& s, std::size_t least) {
    return s.size() >= least && s.size() <= 256 && !unsafe_token(s);
  };
  if (!fits(offer.ice.ufrag, 4) || !fits(offer.ice.password, 22))
    return refuse("sdp.no_ice", "ice-ufrag or ice-pwd is missing or malformed");

  auto fingerprints = bundled.fingerprints.empty() ? session.fingerprints : bundled.fingerprints;
  if (fingerprints.empty()) return refuse("sdp.no_fingerprint", "a=fingerprint is missing");
  const auto usable = std::find_if(fingerprints.begin(), fingerprints.end(), [](const auto& f) {
    return f.algorithm == "sha-256" && f.digest.size() == 32;
  });
  if (usable == fingerprints.end())
    return refuse("sdp.fingerprint_unsupported", "a sha-256 fingerprint is needed");
  offer.fingerprint = *usable;
  offer.setup = bundled.setup.value_or(session.setup.value_or(SetupRole::actpass));
  return offer;
}

Result<media::IceParameters> parse_ice_fragment(std::string_view fragment) {
  if (fragment.empty()) return refuse("sdp.empty", "the fragment is empty");
  if (fragment.size() > kMaxOfferBytes) return refuse("sdp.too_large", "the fragment is too large");
  TransportLines lines;
  for (auto line : split(fragment, '\n')) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.size() < 2 || line[1] != '=')
      return refuse("sdp.malformed", "a line is not of the form x=…");
    if (!line.starts_with("a=")) continue;
    line.remove_prefix(2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    read_transport_line(line.substr(0, colon), line.substr(colon + 1), lines);
  }
  if (lines.ice.ufrag.size() > 256 || lines.ice.password.size() > 256 ||
      unsafe_token(lines.ice.ufrag) || unsafe_token(lines.ice.password))
    return refuse("sdp.malformed", "ICE credentials are malformed");
  return lines.ice;
}

}  // namespace diemcau::mcu
