#pragma once
// One connection of one seat, as the conference's strand sees it: plain data and the endpoint it
// steers. Policies and the media plane work on it; it decides nothing itself.

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "mcu/conference/conference_service.hpp"
#include "mcu/conference/downlink_policy.hpp"
#include "mcu/conference/negotiation/answer.hpp"
#include "mcu/conference/places.hpp"
#include "media/endpoint.hpp"
#include "media/mix/rendition.hpp"
#include "media/stream/encoded_stream.hpp"

namespace diemcau::mcu {

struct Participant {
  ParticipantId id;
  std::string seat;
  signaling::Identity who;
  JoinKind kind = JoinKind::browser;
  std::shared_ptr<SignalChannel> channel;  // null for WHIP and WHEP
  std::string whep_unit;                   // WHEP ?site=CODE

  Offer offer;
  Negotiated negotiated;
  std::uint64_t sdp_session = 0, sdp_version = 1;
  std::shared_ptr<media::Endpoint> endpoint;

  Places::Place place;  // held by the seat: whoever takes over holds the same
  signaling::MediaState media;
  bool muted = false;
  bool connected = false;  // transport is up
  bool camera_flowing = false, screen_flowing = false;
  signaling::UplinkWish camera_wish, screen_wish;  // as last told
  bool wishes_told = false;
  DownlinkPolicy downlink;
  DownlinkContent content;                      // what its line carries
  std::optional<media::Quality> shown_quality;  // of the stage it gets; none: nothing
  std::array<std::shared_ptr<media::EncodedStream>, media::kLayers> camera_relays;
  std::shared_ptr<media::EncodedStream> screen_relay;

  /// The largest picture its page can show; none: unknown.
  std::optional<signaling::PictureSize> display;
  signaling::SecondPicture second;  // what its page wants there
  /// What is relayed to it, by whom (zero: nobody), whether it is the screen, and which layer; or
  /// the page of the wall it gets.
  struct Shown {
    ParticipantId site;
    bool screen = false;
    media::Layer layer = media::Layer::high;
    std::optional<int> wall_page;
    bool operator==(const Shown&) const = default;
  };
  Shown shown_main, shown_second;
  signaling::SecondView view_told;
  std::string line_told;

  // A participant's sources, and back: the two low bits tell them apart.
  SourceId microphone() const { return {id.value * 4 + 1}; }
  SourceId camera() const { return {id.value * 4 + 2}; }
  SourceId screen() const { return {id.value * 4 + 3}; }
  static ParticipantId owner_of(SourceId source) { return {source.value / 4}; }
  static bool is_screen(SourceId source) { return source.value % 4 == 3; }

  const media::SlotParameters* slot(media::Slot which) const {
    for (const auto& slot : negotiated.parameters.slots)
      if (slot.slot == which) return &slot;
    return nullptr;
  }
  bool receives(media::Slot which) const {
    const auto* parameters = slot(which);
    return parameters != nullptr && parameters->send;
  }
  bool sends(media::Slot which) const {
    const auto* parameters = slot(which);
    return parameters != nullptr && parameters->receive;
  }
  bool sends_layers() const {
    return sends(media::Slot::main) && slot(media::Slot::main)->simulcast;
  }
  /// What the line to it carries.
  media::Quality line() const {
    return quality_of(downlink.level()).value_or(media::Quality::slides);
  }
  /// WHIP has no signalling: what it sends is what it has switched on.
  bool camera_on() const {
    return sends(media::Slot::main) && (kind == JoinKind::whip || media.camera);
  }
  bool screen_on() const {
    return sends(media::Slot::second) && (kind == JoinKind::whip ? screen_flowing : media.screen);
  }
};

}  // namespace diemcau::mcu
